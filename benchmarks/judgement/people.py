"""The people of a made-up company, one by one: when each came, through which channel, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from judgement.companies import EVENTS, WINDOWS, Company, Plan, Rng

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY, WEEK = 86_400, 604_800
NEVER = np.iinfo(np.int64).max // 4
"""Stands for a moment that does not come."""
_WEEKDAYS = np.array([0.17, 0.18, 0.18, 0.17, 0.15, 0.07, 0.08])
FRIENDS = "friends"


@dataclass(frozen=True, eq=False)
class People:
    """What happened, in whole seconds since the first batch began.

    Attributes:
        company: Theirs.
        channel: The channel of each.
        referrer: Who brought each; -1: nobody.
        at: Per step, when each reached it; NEVER where they did not.
        visits: Visitors by batch and channel.
        channels: The names of the channels; the last one is that of people who were brought.
        on: The moment until which everything is known.
        capacity: Of the full step, people per batch.
    """

    company: Company
    channel: Ints
    referrer: Ints
    at: dict[str, Ints]
    visits: Ints
    channels: list[str]
    on: int
    capacity: dict[str, float] = field(default_factory=dict)

    def entered(self, step: str) -> Ints:
        """When each entered a step."""
        return np.asarray(np.max([self.at[name] for name in self.company.needs(step)], axis=0))


def people_of(company: Company, rng: Rng) -> People:
    """Live through the plan's batches, and some days of the next."""
    plan = company.plan
    batches, channels = plan.batches, int(rng.integers(2, 6))
    mix = _mix(plan, channels, rng)
    rates = _rates(company, mix, rng)
    volume = plan.acquired * (1 - company.k) * _volume(plan, rng)
    acquiring = rates["acquisition"][:, :channels]
    visits = rng.poisson(mix * volume[:, None] / (company.level("acquisition")))
    acquired = rng.binomial(visits, acquiring)
    batch, channel = (axis.repeat(acquired.ravel()) for axis in map(np.ravel, np.indices(acquired.shape)))
    came = batch * WEEK + rng.choice(7, len(batch), p=_WEEKDAYS) * DAY + rng.integers(1, DAY, len(batch))
    delays = {step: rng.uniform(0.1, 0.6) for step in WINDOWS}
    life = _Life(company, rates, delays, rng)

    now = life.of(came, channel, np.full(len(came), -1))
    everybody = [now]
    friends = np.zeros(batches + 1, dtype=np.int64)
    first = 0
    while len(now["acquisition"]) and "referral" in company.best:
        brought, by = _brought(now["referral"], company.frame.people_per_referrer, batches, rng)
        by, first = by + first, first + len(now["acquisition"])
        friends += np.bincount(brought // WEEK, minlength=batches + 1)
        now = life.of(brought, np.full(len(brought), channels), by)
        everybody.append(now)
    together = {name: np.concatenate([one[name] for one in everybody]) for name in everybody[0]}
    # Of those who were invited some come only to look, as strangers do.
    looked = friends + rng.poisson(friends * (1 / np.append(acquiring, acquiring[-1:], axis=0).mean(axis=1) - 1))
    on = batches * WEEK + int(rng.integers(0, WEEK)) - 1
    people = People(
        company,
        together.pop("channel"),
        together.pop("referrer"),
        together,
        np.column_stack([np.vstack([visits, np.zeros(channels, dtype=np.int64)]), looked]),
        [f"channel {i}" for i in range(channels)] + [FRIENDS],
        on,
        life.capacity,
    )
    if plan.late:
        _hold_back(people, rng)
    return people


@dataclass
class _Life:
    """What becomes of people who come."""

    company: Company
    rates: dict[str, Floats]
    delays: dict[str, float]
    rng: Rng
    capacity: dict[str, float] = field(default_factory=dict)

    def of(self, came: Ints, channel: Ints, referrer: Ints) -> dict[str, Ints]:
        """When they reach each step."""
        at: dict[str, Ints] = {"acquisition": came}
        order = [s for s in ("activation", "revenue", "retention", "referral") if s in self.company.best]
        for step in order:
            entered = np.max([at[name] for name in self.company.needs(step)], axis=0)
            batch = np.minimum(entered // WEEK, len(self.rates[step]) - 1)
            will = (entered < NEVER) & (self.rng.random(len(came)) < self.rates[step][batch, channel])
            at[step] = np.where(will, self._when(step, entered), NEVER)
            if step == self.company.plan.full:
                window, batches = WINDOWS[step] * DAY, self.company.plan.batches
                at[step], self.capacity[step] = _served(at[step], entered, window, batches, self.rng)
        return {**at, "channel": channel, "referrer": referrer}

    def _when(self, step: str, entered: Ints) -> Ints:
        if step == "retention":
            ahead = np.minimum(self.rng.geometric(0.5, len(entered)), 4)
            moment = (entered // WEEK + ahead) * WEEK + self.rng.integers(1, WEEK, len(entered))
        else:
            # Exponential, cut at the window: the rate is that of the window by definition.
            window, mean = WINDOWS[step] * DAY, self.delays[step]
            u = self.rng.random(len(entered)) * -np.expm1(-1 / mean)
            moment = entered + 1 + (-np.log1p(-u) * mean * (window - 2)).astype(np.int64)
        return np.asarray(moment + (moment % DAY == 0))  # at midnight sharp only a date would be known


def _brought(referral: Ints, per_referrer: float, batches: int, rng: Rng) -> tuple[Ints, Ints]:
    """When the friends of these people come, and whose they are: the first one is the referral."""
    referrers = np.flatnonzero(referral < NEVER)
    more = rng.poisson(per_referrer - 1, len(referrers))
    first = referral[referrers]
    rest = first.repeat(more) + rng.exponential(7 * DAY, int(more.sum())).astype(np.int64) + 1
    moments = np.concatenate([first, rest + (rest % DAY == 0)])
    by = np.concatenate([referrers, referrers.repeat(more)])
    soon = moments < (batches + 1) * WEEK
    return moments[soon], by[soon]


def _mix(plan: Plan, channels: int, rng: Rng) -> Floats:
    shares = rng.dirichlet(np.full(channels, 4.0))
    later = rng.dirichlet(np.full(channels, 4.0)) if plan.mix_shift else shares
    return np.asarray(shares + (later - shares) * np.linspace(0, 1, plan.batches)[:, None])


def _volume(plan: Plan, rng: Rng) -> Floats:
    time = np.linspace(-0.5, 0.5, plan.batches)
    drift = 1 + (rng.uniform(-1, 1) * time if plan.drift else 0 * time)
    wave = np.sin(2 * np.pi * (np.arange(plan.batches) / 52 + rng.random()))
    noise = rng.normal(0, plan.varied, plan.batches)
    return np.asarray(drift * (1 + plan.season * wave) * np.exp(noise - plan.varied**2 / 2))


def _rates(company: Company, mix: Floats, rng: Rng) -> dict[str, Floats]:
    """True rates of those who enter a step in a batch, (batch, channel); friends are as the mean of the others."""
    plan = company.plan
    shared = rng.normal(0, 1, plan.batches)
    found = {}
    for step in company.best:
        rate = _plain(company, step, mix, rng)
        own = rng.normal(0, 1, plan.batches)
        shock = plan.varied * (np.sqrt(plan.correlated) * shared + np.sqrt(1 - plan.correlated) * own)
        odds = rate / (1 - rate) * np.exp(shock / (1 - rate.mean()))[:, None]
        rate = odds / (1 + odds)
        found[step] = np.column_stack([rate, (rate * mix).sum(axis=1)])
    return found


def _plain(company: Company, step: str, mix: Floats, rng: Rng) -> Floats:
    plan, best, share = company.plan, company.best[step], company.share[step]
    batches, channels = mix.shape
    rate, weak = np.full((batches, channels), best * share), plan.weak == step
    if plan.declared == "none" and weak and plan.shown_by == "channel":
        # One channel of a fair size stands at the attainable level, the others pull the whole down.
        good = int(np.argmax(mix[0]))
        rate[:] = best * max((share - mix[0, good]) / (1 - mix[0, good]), 0.05)
        rate[:, good] = best
    elif plan.declared == "none" and weak:
        rate[: batches // 2] = best
    elif plan.mix_shift and plan.declared != "none":
        # Channels differ by up to a quarter, but the whole stays where the plan says.
        spread = rng.uniform(0.75, 1.25, channels)
        rate = rate * spread / (mix @ spread)[:, None]
    else:
        rate = rate * (1 + rng.uniform(-0.02, 0.02, channels))
    if weak and plan.course != "steady":
        rate[-6:] = best * (0.97 if plan.course == "recovered" else share)
        rate[:-6] = best * (share if plan.course == "recovered" else 0.97)
    if plan.drift and not weak:
        rate = rate * (1 + 0.05 * rng.uniform(-1, 1) * np.linspace(-0.5, 0.5, batches))[:, None]
    return np.clip(rate, 0.001, 0.99)


def _served(wanted: Ints, entered: Ints, window: int, batches: int, rng: Rng) -> tuple[Ints, float]:
    """When a full step serves those who want it, and how many it serves per batch.

    First come, first served; who is not served when the window closes is gone. It serves 50 to 80 % of the demand.
    """
    order = np.argsort(wanted, kind="stable")
    order = order[wanted[order] < NEVER]
    seconds = batches * WEEK / max(len(order), 1) / rng.uniform(0.5, 0.8)
    served, free = np.full_like(wanted, NEVER), 0.0
    for who in order:
        moment = max(free, float(wanted[who])) + seconds * rng.uniform(0.9, 1.1)
        if moment < entered[who] + window:
            served[who], free = int(moment), moment
    return served + (served % DAY == 0), WEEK / seconds


def _hold_back(people: People, rng: Rng) -> None:
    for step, at in people.at.items():
        late = (at > people.on - 3 * DAY) & (at <= people.on) & (rng.random(len(at)) < 0.5)
        if step in EVENTS and step != "acquisition":
            at[late] = NEVER
