"""A large log of events for the benchmarks: the sample company "saas" with millions of people, written as Parquet.

Made and written fortnight by fortnight, so that memory stays small however many people there are. The blueprint of
the sample applies: same steps, same windows, same true rates. Most events are sessions. The log is in the order of
time but for one event in a hundred that comes late, as in real logs.

    python benchmarks/data.py events.parquet --people 200000
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from customer_factory.samples.companies import COMPANIES
from customer_factory.samples.days import DAY
from customer_factory.samples.scene import NEVER, People, Scene, repeated

SAAS = COMPANIES["saas"]
WEEKS = 104
STEP = 2  # weeks that are made at a time
ROW_GROUP = 500_000
SAMPLE = 1_000  # people of each fortnight from whom the number of sessions is learned
TRIAL = 2.0  # sessions before a person is happy or gives up, on average
EVENTS = ["session_started", "signed_up", "report_created", "report_shared", "invoice_paid", "invite_sent"]
SESSION, SIGNED_UP, CREATED, SHARED, PAID, INVITED = range(len(EVENTS))
PLANS = {"starter": (0.5, 49.0), "team": (0.4, 119.0), "business": (0.1, 390.0)}
NONE = -1
HOUR = 3600


class Rows(NamedTuple):
    """Events as numbers, an array each; ``NONE`` and NaN where a column is empty."""

    time: np.ndarray
    person: np.ndarray
    event: np.ndarray
    channel: np.ndarray
    plan: np.ndarray
    inviter: np.ndarray
    amount: np.ndarray

    def take(self, chosen: np.ndarray) -> Rows:
        return Rows(*(column[chosen] for column in self))


def rows(event: int, person: np.ndarray, when: np.ndarray, **given: np.ndarray) -> Rows:
    n = len(person)
    kinds = {"channel": np.int8, "plan": np.int8, "inviter": np.int32}
    words = {name: given.get(name, np.broadcast_to(NONE, n)).astype(kind) for name, kind in kinds.items()}
    amount = given.get("amount", np.broadcast_to(np.nan, n)).astype(np.float32)
    return Rows(when, person.astype(np.int32), np.full(n, event, np.int8), amount=amount, **words)


def joined(pieces: list[Rows]) -> Rows:
    return Rows(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))


class Company:
    """The made-up company: people by the fortnight, and what they do from then on."""

    def __init__(self, people: int, events_per_person: float, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.scene = Scene(SAAS, self.rng, WEEKS, scale=1.0)
        self.sizes = np.diff(np.linspace(0, people, WEEKS // STEP + 1).round().astype(int))
        self.pool = np.empty(0, np.int64)  # who brings somebody in the next fortnight
        self.active_weeks = 0
        self.per_week = 0.0
        self.per_week = self._sessions_per_week(events_per_person)

    def fortnight(self, number: int, first: int, size: int) -> Rows:
        """All events, until the end of the history, of the people acquired in a fortnight."""
        acquired = self._moments(number, size)
        channel = self.rng.choice(len(self.scene.channels), size, p=self.scene.weights)
        loop = len(self.scene.channels) - 1
        inviter = np.full(size, NONE, np.int64)
        brought = np.flatnonzero(channel == loop)
        if len(self.pool):
            extra = self.rng.choice(self.pool, max(0, len(brought) - len(self.pool)))
            inviter[brought] = np.concatenate([self.rng.permutation(self.pool), extra])[: len(brought)]
        else:
            channel[brought] = 0
        people = self.scene.become(acquired, acquired, channel, inviter)
        self.pool = first + np.flatnonzero(people.refers)
        made = joined(list(self._life(people)))
        made = made.take(np.flatnonzero(made.time < self.scene.days.on))
        return made._replace(person=made.person + np.int32(first))

    def arriving(self, made: Rows) -> Rows:
        """Events in the order in which a server gets them: a few from phones that were off line come late."""
        delay = np.where(self.rng.random(len(made.time)) < 0.01, self.rng.exponential(HOUR, len(made.time)), 0)
        return made.take(np.argsort(made.time + delay, kind="stable"))

    def _moments(self, number: int, size: int) -> np.ndarray:
        weeks = self.rng.integers(STEP * number, STEP * (number + 1), size)
        return np.sort(self.scene.days.moments(weeks, self.rng))

    def _life(self, people: People):
        rng, n = self.rng, len(people)
        everybody = np.arange(n)
        plan = rng.choice(len(PLANS), n, p=[odds for odds, _ in PLANS.values()])
        yield rows(SIGNED_UP, everybody, people.acquired, channel=people.channel, plan=plan, inviter=people.inviter)
        for event, mean in ((SESSION, TRIAL), (CREATED, 0.6)):
            who, _ = repeated(rng.poisson(mean * rng.gamma(1.0, 1.0, n)))
            given_up = rng.exponential(4 * DAY, len(who))
            until_happy = (people.activated - people.acquired)[who] * rng.random(len(who))
            after = np.where(people.happy[who], until_happy, given_up).astype(np.int64)
            yield rows(event, who, people.acquired[who] + 1 + after)
        done = np.flatnonzero(people.activated < NEVER)
        yield rows(SHARED, done, people.activated[done])

        who, week = self.scene.in_service(people)
        self.active_weeks += len(who)
        for event, mean in ((SESSION, self.per_week), (SHARED, 0.15)):
            often = rng.poisson(mean, len(who))
            if event == SESSION:
                often += np.diff(who, prepend=NONE) > 0  # the first week of the retained has one at least
            again, _ = repeated(often)
            yield rows(event, who[again], self.scene.days.moments(week[again], rng))

        payers = np.flatnonzero(people.paid < NEVER)
        stay = np.minimum(people.life[payers] * 7 * DAY, self.scene.days.on - people.paid[payers])
        which, month = repeated(1 + np.clip(stay // (30 * DAY), 0, None))
        prices = np.array([price for _, price in PLANS.values()])
        who = payers[which]
        yield rows(PAID, who, people.paid[who] + month * 30 * DAY, plan=plan[who], amount=prices[plan[who]])
        who, _ = repeated(np.where(people.happy, rng.poisson(0.5, n) + people.refers, 0))
        yield rows(INVITED, who, people.activated[who] + rng.exponential(6 * DAY, len(who)).astype(np.int64))

    def _sessions_per_week(self, events_per_person: float) -> float:
        """What fills the log up to so many events per person, learned from a small company without it."""
        made = [len(self.fortnight(number, 0, SAMPLE).time) for number in range(len(self.sizes))]
        weeks, self.pool, self.active_weeks = self.active_weeks, np.empty(0, np.int64), 0
        least = sum(made) / (SAMPLE * len(made))
        if events_per_person <= least:
            raise ValueError(f"{events_per_person} events per person are too few: it takes more than {least:.1f}")
        return (events_per_person - least) * SAMPLE * len(made) / weeks


class Writer:
    """Writes rows as text, in groups of a fixed size."""

    def __init__(self, path: Path, people: int, channels: list[str]) -> None:
        self._width = max(6, len(str(people)))
        self._channels = channels
        self._file: pq.ParquetWriter | None = None
        self._path = path
        self._pending: list[pa.Table] = []
        self.written = 0

    def add(self, made: Rows) -> None:
        for start in range(0, len(made.time), ROW_GROUP):
            self._pending.append(self._table(made.take(np.s_[start : start + ROW_GROUP])))
            self.flush(ROW_GROUP)

    def flush(self, least: int = 1) -> None:
        while sum(map(len, self._pending)) >= least:
            table = pa.concat_tables(self._pending)
            self._file = self._file or pq.ParquetWriter(self._path, table.schema, compression="zstd")
            self._file.write_table(table.slice(0, ROW_GROUP), row_group_size=ROW_GROUP)
            self.written += min(len(table), ROW_GROUP)
            self._pending = [table.slice(ROW_GROUP)]

    def close(self) -> None:
        self.flush()
        if self._file is not None:
            self._file.close()

    def _table(self, made: Rows) -> pa.Table:
        paid = pa.array(made.event != PAID)
        return pa.table(
            {
                "person": self._ids(made.person),
                "event": _words(EVENTS, made.event),
                "time": pa.array(made.time * 1_000_000).cast(pa.timestamp("us")),
                "channel": _words(self._channels, made.channel),
                "amount": pa.array(made.amount.astype(np.float64), from_pandas=True),
                "currency": pc.if_else(paid, pa.scalar(None, pa.string()), "EUR"),
                "plan": _words(list(PLANS), made.plan),
                "invited_by": self._ids(made.inviter),
            }
        )

    def _ids(self, numbers: np.ndarray) -> pa.Array:
        text = pa.array(numbers + 1, mask=numbers == NONE).cast(pa.string())
        return pc.binary_join_element_wise("user-", pc.utf8_lpad(text, self._width, "0"), "")


def _words(words: list[str], positions: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(positions, mask=positions == NONE))


def write(path: str | Path, people: int, events_per_person: float = 10.0, seed: int = 0) -> int:
    """Write a log of events; returns how many.

    Columns person, event, time (naive UTC), channel, amount, currency, plan and invited_by; row groups of 500,000.
    The number of events comes out within a few per cent of ``people * events_per_person``.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    company = Company(people, events_per_person, seed)
    writer = Writer(path, people, company.scene.channels)
    later: list[Rows] = []
    first = 0
    for number, size in enumerate(company.sizes):
        later.append(company.fortnight(number, first, int(size)))
        first += int(size)
        known = joined(later)
        # What comes after this fortnight waits for those who come then.
        now = known.time < company.scene.days.edges[STEP * (number + 1)]
        writer.add(company.arriving(known.take(np.flatnonzero(now))))
        later = [known.take(np.flatnonzero(~now))]
    writer.add(company.arriving(joined(later)))
    writer.close()
    return writer.written


def main() -> None:
    about = (__doc__ or "").partition("\n")[0]
    options = argparse.ArgumentParser(description=about)
    options.add_argument("path", type=Path, help="the Parquet file to write")
    options.add_argument("--people", type=int, default=200_000)
    options.add_argument("--events-per-person", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    begun = time.perf_counter()
    events = write(given.path, given.people, given.events_per_person, given.seed)
    took = time.perf_counter() - begun
    print(f"{events:,} events of {given.people:,} people in {took:.0f} s, {given.path.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
