"""Where the next ten happy customers will come from, whether that is luck, and whether effort runs everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from customer_factory.judgement.evidence import HORIZON
from customer_factory.measures.grouped import Columns
from customer_factory.measures.measures import Measures

NEXT = 10
LEAST = 10
"""Happy customers with a known source, below which nothing is said: the first ten."""
SHOWN = 0.5
"""Of the next ten a source must be expected to bring this many to be shown by itself."""
NEW = 4
"""A source that first delivered in one of so many newest batches is too young to be called one-off."""
ONE_OFF = 0.2
"""Above this share of one-off sources a fifth of what was made cannot be made again."""
LARGEST = 2 / 3
"""Above this share the loss of one source could not be made up for by doubling all others."""
UNTRACED = 0.3
"""Above this share of happy customers without a known source, the rest says too little."""
OTHERS = "others"
DIRECTIONS = 2
"""More directions than before that count as drift."""
GROWTH = 1.25
"""By more than this factor spend must grow to be called scaling: less is within what budgets vary."""


@dataclass(frozen=True)
class Expected:
    """Of the next ten happy customers, those from one source.

    Attributes:
        source: The channel; "others" is all those from which hardly one of ten comes.
        expected: How many, on average.
        low: The lower end of the interval.
        high: The upper end.
        chance: How likely the interval is: as near to 80 % as whole numbers allow.
    """

    source: str
    expected: float
    low: int
    high: int
    chance: float


@dataclass(frozen=True)
class SourceVerdict:
    """Whether it is known where the next ten happy customers come from.

    Attributes:
        known: "yes": they come from sources that deliver again; "no": too many came from those that did only once;
            or "undecided".
        reason: Why, in a sentence.
        customers: Happy customers of the last two quarters with a known source.
        untraced: Share of happy customers whose source is not known; None without any.
        next_ten: The next ten by source; empty where too little is known.
        happy: Happy customers of the last two quarters by source, the largest first.
        one_off: Share from sources that delivered in a single batch; None where too little is known.
        one_off_sources: Which they are.
        largest: The share of the largest source.
        concentration: The sum of squared shares (Herfindahl): 1 is a single source.
        directions: Channels that brought people in the last eight batches, and in the eight before.
        alarms: What to be alarmed at, in sentences.
    """

    known: str
    reason: str
    customers: int
    untraced: float | None
    next_ten: tuple[Expected, ...] = ()
    happy: Mapping[str, int] = field(default_factory=dict)
    one_off: float | None = None
    one_off_sources: tuple[str, ...] = ()
    largest: float | None = None
    concentration: float | None = None
    directions: tuple[int, int] | None = None
    alarms: tuple[str, ...] = ()

    @property
    def repeating(self) -> float | None:
        """The share from sources that delivered again."""
        return None if self.one_off is None else 1 - self.one_off

    def to_dict(self) -> dict[str, Any]:
        """Plain types."""
        return {
            "known": self.known,
            "reason": self.reason,
            "customers": self.customers,
            "untraced": self.untraced,
            "next_ten": [vars(each) for each in self.next_ten],
            "happy": dict(self.happy),
            "one_off": self.one_off,
            "one_off_sources": list(self.one_off_sources),
            "largest": self.largest,
            "concentration": self.concentration,
            "directions": list(self.directions) if self.directions else None,
            "alarms": list(self.alarms),
        }


def sources(measures: Measures, *, seed: int = 0) -> SourceVerdict:
    """Judge where happy customers come from, over the complete batches of the last two quarters.

    Args:
        measures: The numbers.
        seed: Makes the draws behind the intervals repeatable.
    """
    from customer_factory.statistics.next_shares import next_shares  # slow to load

    moment, plan = measures.moment, measures.blueprint
    last = moment.running
    span = min(2 * HORIZON[plan.factory.batch], last - moment.opening)
    first = last - span
    counts, names = _table(measures.sources.happy, first, last)
    nameless = plan.channels.default
    everybody = int(counts.sum())
    named = [place for place, name in enumerate(names) if name != nameless]
    counts, names = counts[:, named], [names[place] for place in named]
    customers = int(counts.sum())
    untraced = 1 - customers / everybody if everybody else None
    drift, directions = _drift(measures, last)
    if customers < LEAST or (untraced or 0) > UNTRACED:
        reason = (
            f"The source of {untraced:.0%} of happy customers is not known: tag links, or map a column to the channel."
            if untraced is not None and untraced > UNTRACED
            else f"{customers} happy customer{'s have' if customers != 1 else ' has'} a known source; "
            f"{LEAST - customers} more tell where the next ten come from."
        )
        return SourceVerdict("undecided", reason, customers, untraced, directions=directions, alarms=drift)
    totals = counts.sum(axis=0)
    order = np.argsort(-totals, kind="stable")
    shares = totals / customers
    delivered = counts > 0
    young = delivered[:-NEW].sum(axis=0) == 0
    once = (delivered.sum(axis=0) == 1) & ~young
    one_off, largest = float(shares[once].sum()), float(shares.max())
    alarms = [*_luck(one_off, [names[i] for i in order if once[i]], largest, names[order[0]]), *drift]
    found = _expected(counts, names, next_shares, seed)
    shown = [each for each in found if each.source != OTHERS][:3]
    said = ", ".join(f"{_range(each)} from {each.source}" for each in shown)
    return SourceVerdict(
        "no" if one_off > ONE_OFF else "yes",
        f"Of the next {NEXT} happy customers expect {said}." if said else f"Hardly two of {NEXT} share a source.",
        customers,
        untraced,
        tuple(found),
        {names[i]: int(totals[i]) for i in order},
        one_off,
        tuple(names[i] for i in order if once[i]),
        largest,
        float((shares**2).sum()),
        directions,
        tuple(alarms),
    )


def _range(each: Expected) -> str:
    return f"{each.low}" if each.low == each.high else f"{each.low}–{each.high}"


def _table(rows: Columns, first: int, last: int) -> tuple[Any, list[str]]:
    """Counts as (batches, channels), and the names of the channels."""
    inside = (rows["batch"] >= first) & (rows["batch"] < last) & (rows["n"] > 0)
    names, place = np.unique(rows["channel"][inside].astype(str), return_inverse=True)
    counts = np.zeros((max(last - first, 0), len(names)))
    np.add.at(counts, (rows["batch"][inside] - first, place), rows["n"][inside])
    return counts, [str(name) for name in names]


def _expected(counts: Any, names: list[str], next_shares: Any, seed: int) -> list[Expected]:
    """The next ten by source, those with hardly any together."""
    first = next_shares(_kept(counts, _large(counts)), NEXT, seed=seed)
    large = _large(counts)
    few = [place for place in range(len(large)) if first.mean[place] < SHOWN]
    large = [place for i, place in enumerate(large) if i not in few]
    found = next_shares(_kept(counts, large), NEXT, seed=seed) if few else first
    labels = [names[place] for place in large] + [OTHERS] * (found.draws.shape[1] > len(large))
    ends = zip(labels, found.mean, found.low, found.high, found.chance, strict=True)
    rows = [Expected(name, float(mean), int(low), int(high), float(chance)) for name, mean, low, high, chance in ends]
    return sorted(rows, key=lambda each: (each.source == OTHERS, -each.expected))


def _large(counts: Any) -> list[int]:
    return [int(place) for place in np.argsort(-counts.sum(axis=0), kind="stable")[:20]]


def _kept(counts: Any, large: list[int]) -> Any:
    """The large sources, and all others as one."""
    rest = np.delete(counts, large, axis=1).sum(axis=1, keepdims=True)
    return np.concatenate([counts[:, large], rest], axis=1) if counts.shape[1] > len(large) else counts[:, large]


def _luck(one_off: float, names: list[str], largest: float, name: str) -> list[str]:
    found = []
    if one_off > ONE_OFF:
        found.append(
            f"{one_off:.0%} of happy customers came from sources that delivered only once ({', '.join(names[:3])}): "
            "that is luck, and luck does not repeat."
        )
    if largest > LARGEST:
        found.append(f"{largest:.0%} of happy customers come from {name}: doubling all others would not replace it.")
    return found


def _drift(measures: Measures, last: int) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """Whether people are sought in ever more channels while no more of them become happy."""
    start = last - 16
    if start < measures.moment.opening:
        return (), None
    nameless = measures.blueprint.channels.default
    active, made = [], []
    for begin in (start, start + 8):
        counts, names = _table(measures.sources.leads, begin, begin + 8)
        active.append(sum(1 for name, n in zip(names, counts.sum(axis=0), strict=True) if name != nameless and n > 0))
        made.append(_table(measures.sources.happy, begin, begin + 8)[0].sum())
    before, now = active
    if now < before + DIRECTIONS or made[1] > made[0] + np.sqrt(made[0] + made[1]):
        return (), (now, before)
    said = (
        f"People came from {now} channels in the last eight batches, from {before} in the eight before, and no more of "
        "them became happy: effort runs in many directions."
    )
    return (said,), (now, before)


def premature(measures: Measures, repeatable: str) -> str | None:
    """The alarm of scaling before its time: spend grows while throughput is not repeatable.

    A quarter is held against the quarter before, so that monthly bills do not look like growth; where less is known,
    the later half against the earlier, from eight complete batches on.
    """
    spend = [
        amount
        for amount, index in zip(measures.sources.spend, measures.moment.known, strict=False)
        if measures.moment.complete(index)
    ]
    begun = next((place for place, amount in enumerate(spend) if amount > 0), len(spend))
    spend = spend[begun:]
    window = min(HORIZON[measures.blueprint.factory.batch], len(spend) // 2)
    if repeatable == "yes" or window < min(4, HORIZON[measures.blueprint.factory.batch]):
        return None
    now, before = sum(spend[-window:]), sum(spend[-2 * window : -window])
    if now <= GROWTH * before:
        return None
    unit = measures.blueprint.factory.batch
    more = f"{now / before - 1:.0%} more" if before > 0 else "now, nothing before"
    return (
        f"Spend grows ({more} in {window} {unit}s) while throughput is not repeatable: what is not repeatable cannot "
        "be scaled, it only gets dearer."
    )
