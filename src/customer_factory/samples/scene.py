"""A company at work: what is drawn for each person, before it is written down as events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from customer_factory.samples.business import REFERRAL, SERVED, SERVED_ODDS, Business, Delay, Floats, scaled, split
from customer_factory.samples.days import DAY, Days, Ints
from customer_factory.samples.log import Log, numbered

Bools = NDArray[np.bool_]
NEVER = np.int64(2**62)
"""A moment later than any: what has not happened and will not."""
GRACE = 4
"""Batches after the one in which a person became happy; retained is who is active in one of them."""
FIRST_RETURN = (0.72, 0.17, 0.07, 0.04)
"""In which of them the retained are active first."""


@dataclass(frozen=True)
class People:
    """What is true of each person; arrays with an entry per person, in the order of their arrival.

    Moments are seconds since 1970 (UTC), ``NEVER`` where nothing happens. ``activated`` and ``paid`` may lie after
    the window has closed. ``life`` is the number of batches a retained customer stays after becoming happy, 0 for
    the others; ``inviter`` is the position of the person who brought them, -1 where nobody did.
    """

    arrived: Ints
    acquired: Ints
    channel: Ints
    activated: Ints
    happy: Bools
    paid: Ints
    first_return: Ints
    life: Ints
    refers: Bools
    inviter: Ints

    def __len__(self) -> int:
        return len(self.arrived)

    def take(self, positions: Ints) -> People:
        """These people only; ``inviter`` keeps pointing into the whole."""
        return People(**{name: values[positions] for name, values in vars(self).items()})


class Scene:
    """One company with its random numbers: who comes, what becomes of them, and the log of it.

    Args:
        business: The kind of company.
        rng: The source of chance.
        batches: Complete batches of history.
        scale: Size, as a multiple of the usual.
    """

    def __init__(self, business: Business, rng: np.random.Generator, batches: int, scale: float) -> None:
        self.business = business
        self.rng = rng
        self.scale = scale
        self.days = Days(business.calendar, business.on, batches, business.weekdays)
        self.channels = [channel.name for channel in business.channels]
        size = batches + 2  # the open batch, and one for all that comes later
        spread = business.mood
        self._mood = {step: rng.uniform(-spread, spread, size) for step in business.rates}
        self.log = Log(self.days.on)

    @cached_property
    def level(self) -> Floats:
        """Volume of each batch relative to the mean over the complete ones; shape (count + 1,)."""
        count = self.days.count
        at = np.arange(count + 1) / max(count - 1, 1) - 0.5
        year = 2 * np.pi * self.days.edges[: count + 1] / (365.25 * DAY)
        level = (1 + self.business.trend * at) * (1 + 0.04 * np.cos(year))
        found: Floats = level / level[:count].mean()
        return found

    @cached_property
    def shares(self) -> Floats:
        """Share of each channel among those who come by themselves; shape (count + 1, channels)."""
        count = self.days.count
        at = np.arange(count + 1) / max(count - 1, 1) - 0.5
        own = np.array([0.0 if self._is_loop(i) else c.share for i, c in enumerate(self.business.channels)])
        shares = own + at[:, None] * np.array([c.drift for c in self.business.channels])
        found: Floats = np.clip(shares, 0, None) / np.clip(shares, 0, None).sum(axis=1, keepdims=True)
        return found

    @cached_property
    def weights(self) -> Floats:
        """Share of each channel among all who are acquired, over the whole history; shape (channels,)."""
        count = self.days.count
        own = self.level[:count] @ self.shares[:count] / count
        brought = self.business.brought()
        loop = np.array([self._is_loop(i) for i in range(len(self.channels))], dtype=float)
        found: Floats = own * (1 - brought) + loop * brought
        return found

    @cached_property
    def odds(self) -> dict[str, Floats]:
        """Probability of each step in each channel, such that the rate over all people is the true one."""
        rates, channels = self.business.rates, self.business.channels
        loyalty = np.array([channel.loyalty for channel in channels])
        odds = {"activation": split(rates["activation"], self.weights, np.array([c.quality for c in channels]))}
        happy = self.weights * odds["activation"] / rates["activation"]
        for step in ("revenue", "retention", "referral"):
            if step in rates:
                odds[step] = split(rates[step], happy, loyalty)
        if "acquisition" in rates:
            # The weights are those of the acquired, so it is the visitors per acquired person that average out.
            pull = np.array([channel.pull for channel in channels])
            odds["acquisition"] = rates["acquisition"] * pull * float(self.weights @ (1 / pull))
        return odds

    @cached_property
    def people(self) -> People:
        """Everybody who arrives before the history ends, in order of arrival."""
        generation = self._newcomers()
        generations, before = [generation], 0
        while len(generation) and self.business.loops:
            offset = before
            before += len(generation)
            generation = self._brought_by(generation, offset)
            generations.append(generation)
        everybody = People(
            **{name: np.concatenate([getattr(g, name) for g in generations]) for name in vars(generation)}
        )
        here = np.flatnonzero(everybody.arrived < self.days.on)
        order = here[np.argsort(everybody.arrived[here], kind="stable")]
        position = np.full(len(everybody), -1, dtype=np.int64)
        position[order] = np.arange(len(order))
        sorted_people = everybody.take(order)
        inviter = np.where(sorted_people.inviter >= 0, position[sorted_people.inviter], -1)
        return People(**{**vars(sorted_people), "inviter": inviter})

    @cached_property
    def service(self) -> tuple[Ints, Ints]:
        """Who is active in which batch after becoming happy."""
        return self.in_service(self.people)

    def in_service(self, people: People) -> tuple[Ints, Ints]:
        """Positions of people, and batches in which they are active; the first of each person comes first."""
        days = self.days
        retained = np.flatnonzero(people.life > 0)
        happy_in = days.batch_of(people.activated[retained])
        start = happy_in + people.first_return[retained]
        stop = np.minimum(happy_in + people.life[retained], days.count)
        who, rank = repeated(np.clip(stop - start + 1, 0, None))
        active = (rank == 0) | (self.rng.random(len(who)) < self.business.active)
        return retained[who[active]], (start[who] + rank)[active]

    @cached_property
    def ids(self) -> pa.Array:
        """The id of each person, numbered in the order of arrival."""
        return numbered(self.business.person, len(self.people))

    def named(self, positions: Ints) -> pa.Array:
        """The ids of the people at these positions; null at -1."""
        return self.ids.take(pa.array(positions, mask=positions < 0))

    def came_by(self, positions: Ints) -> pa.Array:
        """The channels of the people at these positions."""
        return pa.array(self.channels, pa.string()).take(pa.array(self.people.channel[positions]))

    def after(self, since: Ints, step: str, *, limit: float | None = None) -> Ints:
        """A moment for each person some time after another: lognormal, redrawn until it is inside the limit."""
        delay = self.business.delays[step]
        return since + self._wait(len(since), delay, limit)

    def _is_loop(self, channel: int) -> bool:
        return self.business.loops and self.channels[channel] == REFERRAL

    def _newcomers(self) -> People:
        business, rng, days = self.business, self.rng, self.days
        own = business.acquired(days.count, self.scale) * (1 - business.brought())
        expected = own * self.level
        busy = rng.gamma(1 / business.noise**2, business.noise**2, len(expected))
        low, high = (np.round(bound * expected) for bound in business.bounds)
        numbers = np.clip(rng.poisson(expected * busy), low, high).astype(np.int64)
        batch, _ = repeated(numbers)
        channel = (rng.random(len(batch))[:, None] > np.cumsum(self.shares, axis=1)[batch]).sum(axis=1)
        arrived = days.moments(batch, rng)
        acquired = arrived
        if "acquisition" in business.rates:
            acquired = self.after(arrived, "acquisition", limit=business.window("acquisition"))
        nobody = np.full(len(batch), -1, dtype=np.int64)
        return self.become(arrived, acquired, np.minimum(channel, len(self.channels) - 1), nobody)

    def _brought_by(self, inviters: People, offset: int) -> People:
        """The people whom one generation brings: the first inside the window of referral, others any time."""
        business, rng = self.business, self.rng
        referring = np.flatnonzero(inviters.refers)
        numbers = 1 + rng.poisson(business.brings - 1, len(referring))
        who, rank = repeated(numbers)
        inviter = referring[who]
        since = inviters.activated[inviter]
        acquired = self.after(since, "referral", limit=business.window("referral"))
        later = self.after(acquired, "referral", limit=business.window("referral"))
        acquired = np.where(rank == 0, acquired, later)
        arrived = acquired
        if "acquisition" in business.rates:
            looking = self._wait(len(since), business.delays["acquisition"], business.window("acquisition"))
            arrived = acquired - np.minimum(looking, (acquired - since) // 2)
        kept = acquired < self.days.on
        channel = np.full(int(kept.sum()), self.channels.index(REFERRAL), dtype=np.int64)
        return self.become(arrived[kept], acquired[kept], channel, inviter[kept] + offset)

    def become(self, arrived: Ints, acquired: Ints, channel: Ints, inviter: Ints) -> People:
        """What becomes of people who were acquired at these moments."""
        business, rng, n = self.business, self.rng, len(arrived)
        happy = self._does("activation", channel, acquired)
        if business.capacity is None:
            activated = self._moments_of("activation", acquired, happy)
        else:
            activated = self._served(acquired, happy)
            happy = activated < NEVER
        pays = happy & self._does("revenue", channel, activated)
        paid = self._moments_of("revenue", activated, pays, among=happy)
        first = 1 + rng.choice(GRACE, n, p=FIRST_RETURN)
        staying = first + rng.geometric(np.clip(rng.beta(*business.churn, n), 1e-3, 1.0)) - 1
        retained = happy & self._stays(pays, channel, activated)
        refers = np.zeros(n, dtype=bool)
        if "referral" in business.rates:
            refers = happy & self._does("referral", channel, activated)
        return People(
            arrived, acquired, channel, activated, happy, paid, first, np.where(retained, staying, 0), refers, inviter
        )

    def _chance(self, step: str, channel: Ints, since: Ints) -> Floats:
        """The probability of a step for each person: the channel's, in the mood of the batch."""
        p = self.odds[step][channel]
        mood = self._mood[step][np.clip(self.days.batch_of(since), 0, self.days.count + 1)]
        # A mood is as likely good as bad and leaves [0, 1] alone, so the mean stays what it was.
        found: Floats = p * (1 + mood * np.minimum(1, (1 - p) / p))
        return found

    def _does(self, step: str, channel: Ints, since: Ints) -> Bools:
        found: Bools = self.rng.random(len(channel)) < self._chance(step, channel, since)
        return found

    def _stays(self, pays: Bools, channel: Ints, since: Ints) -> Bools:
        """Who is retained: those who pay likelier than those who do not, at the channel's rate together."""
        both, paying = self._chance("retention", channel, since), self.odds["revenue"][channel]
        with_pay = np.minimum(np.minimum(both * self.business.stays, 0.98), both / paying)
        without = np.where(paying < 1, (both - paying * with_pay) / np.maximum(1 - paying, 1e-9), both)
        found: Bools = self.rng.random(len(pays)) < np.where(pays, with_pay, without)
        return found

    def _moments_of(self, step: str, since: Ints, reached: Bools, among: Bools | None = None) -> Ints:
        """When each person does a step: those who reach it inside the window, a few others too late for it."""
        window = self.business.window(step)
        n = len(since)
        inside = self.after(np.where(since < NEVER, since, 0), step, limit=window)
        too_late = since + (window * (1.02 + self.rng.exponential(0.4, n))).astype(np.int64)
        late = ~reached & (since < NEVER) & (self.rng.random(n) < self.business.late)
        if among is not None:
            late &= among
        return np.where(reached, inside, np.where(late, too_late, NEVER))

    def _wait(self, n: int, delay: Delay, limit: float | None) -> Ints:
        wait = DAY * delay.median * self.rng.lognormal(0, delay.sigma, n)
        while limit is not None and (over := wait > limit).any():
            wait[over] = DAY * delay.median * self.rng.lognormal(0, delay.sigma, int(over.sum()))
        return np.maximum(wait, 60).astype(np.int64)

    def _served(self, acquired: Ints, willing: Bools) -> Ints:
        """First come, first served, in the few places that a step with a capacity has in each batch."""
        rng, capacity = self.rng, scaled(self.business.capacity or 0, self.scale)
        share = rng.choice(SERVED, self.days.count + 1, p=SERVED_ODDS)
        batch, _ = repeated(np.floor(capacity * share + rng.random(len(share))).astype(np.int64))
        places = np.sort(self.days.moments(batch, rng)).tolist()
        queue = np.flatnonzero(willing)
        queue = queue[np.argsort(acquired[queue], kind="stable")]
        activated = np.full(len(acquired), NEVER)
        waiting = iter(queue.tolist())
        person = next(waiting, None)
        for place in places:
            if person is not None and acquired[person] + DAY <= place:
                activated[person] = place
                person = next(waiting, None)
        return activated


def repeated(numbers: Ints) -> tuple[Ints, Ints]:
    """Each position as often as its number says, and how many times it stood there before.

    >>> [each.tolist() for each in repeated(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    who: Ints = np.repeat(np.arange(len(numbers)), numbers)
    rank: Ints = np.arange(len(who)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    return who, rank
