"""Which early behaviour goes with an outcome – and does so again among people who had no say in choosing it.

A rule such as "3 reports in the first 7 days" is found on one half of the people and held to the other half. Channel
and time of entry are alike in each comparison, the days are the same for all, and the more rules are tried, the more
each must show.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from customer_factory.measures.early import EVERYBODY, Early
from customer_factory.statistics.multiplicity import holm
from customer_factory.statistics.stratified import Stratified, mantel_haenszel

TIMES = (1, 2, 3, 4, 5, 7, 10, 15, 20)
DAYS = (2, 3, 4, 5, 7, 10, 14)
"""Thresholds that are tried, as far as the days before the landmark allow."""
LEAST = 20
"""People of either fate that each half needs before anything is judged."""
SCREEN = 0.05
"""How unlikely a rule must be on the first half for the second to be asked."""
MOST_EVENTS = 200
"""So many of the commonest events are tried."""


@dataclass(frozen=True)
class Behaviour:
    """A rule, and what the second half of the people says of it.

    Attributes:
        event: What was done.
        at_least: How many times, or on how many days.
        unit: "times" or "days".
        share: Of all people, who did.
        rate_with: The share of those who did that reached the outcome, in the second half.
        rate_without: The same of those who did not.
        difference: In the mean over channels and batches of entry.
        low: Lower end of its 95 % interval.
        high: Upper end.
        ratio: Of the two shares, adjusted likewise; None where nobody reached it otherwise.
        own: Whether it is one of the outcome's own events: a part of the way rather than what leads there.
        p: Two-sided, and adjusted for the number of rules that the second half was asked about (Holm).
        claimed: Whether it holds.
    """

    event: str
    at_least: int
    unit: Literal["times", "days"]
    share: float
    rate_with: float
    rate_without: float
    difference: float
    low: float
    high: float
    ratio: float | None
    own: bool
    p: float
    claimed: bool


@dataclass(frozen=True)
class Behaviours:
    """The verdict on one outcome.

    Attributes:
        outcome: The step.
        verdict: "found", "none" or "undecided".
        days: The first days in which behaviour counts.
        within: Days after them in which the outcome does; None: four batches.
        people: Who had not reached it by then and were watched to the end.
        reached: How many of them reached it after.
        tried: How many rules were tried.
        candidates: Rules the second half was asked about: claimed ones first, then those that are no part of the
            outcome itself, then the surest effect.
        reason: In words.
        would_decide: What would turn it into a claim; None where found.
    """

    outcome: str
    verdict: Literal["found", "none", "undecided"]
    days: float
    within: float | None
    people: int
    reached: int
    tried: int
    candidates: tuple[Behaviour, ...]
    reason: str
    would_decide: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        return {**asdict(self), "candidates": [asdict(each) for each in self.candidates]}


def behaviours(early: Early, level: float = 0.05) -> Behaviours:
    """Judge which early behaviour predicts an outcome.

    1. On the first half of the people the best threshold of each event is chosen: the one with the largest Cochran–
       Mantel–Haenszel statistic over strata of channel and batch of entry. Events that show nothing there (two-sided
       p above 5 %) are dropped.
    2. On the second half each remaining rule is tested once. It is claimed if it points the same way and its p-value,
       adjusted for all rules tested there (Holm), is at most `level`.

    Choosing never touches the people who test, so the chance of any false claim is at most `level` (half of it,
    since the direction must agree). A claim says "goes with": whether it causes is for an experiment to say.

    Args:
        early: The counts.
        level: The chance of a false claim that is accepted.

    Raises:
        ValueError: If level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must lie between 0 and 1, for example 0.05.")
    halves = [_Half(early, 0), _Half(early, 1)]
    people, reached = (sum(getattr(half, name) for half in halves) for name in ("people", "reached"))
    known = (early.outcome, early.days, early.within, people, reached)
    if min(half.least for half in halves) < LEAST:
        return _too_few(known, min(reached, people - reached), fate="reached" if 2 * reached <= people else "missed")
    best, tried = _chosen(early, halves[0])
    tested = [(rule, found) for rule in best if (found := halves[1].table(rule)) is not None]
    adjusted = holm([found.p for _, found in tested])
    candidates = [
        _behaviour(rule, found, float(p), claimed=p <= level and found.z * rule.sign > 0, early=early, halves=halves)
        for (rule, found), p in zip(tested, adjusted, strict=True)
    ]
    candidates.sort(key=lambda each: (not each.claimed, each.own, -_surely(each), each.p, each.event))
    return _verdict(known, tried, tuple(candidates), halves[1])


@dataclass(frozen=True)
class _Rule:
    event: str
    at_least: int
    unit: Literal["times", "days"]
    sign: int = 0


class _Half:
    """One half of the people: by stratum all of them, and those who keep a rule."""

    def __init__(self, early: Early, half: int) -> None:
        mine = early.half == half
        everybody = mine & (early.event == EVERYBODY)
        self._strata = int(early.stratum.max()) + 1 if len(early.stratum) else 0
        self._n = self._sum(early.stratum[everybody], early.n[everybody])
        self._k = self._sum(early.stratum[everybody], early.reached[everybody])
        self.people, self.reached = int(self._n.sum()), int(self._k.sum())
        self.least = min(self.reached, self.people - self.reached)
        order = np.flatnonzero(mine & (early.event != EVERYBODY))
        order = order[np.argsort(early.event[order].astype(str), kind="stable")]
        names, starts = np.unique(early.event[order].astype(str), return_index=True)
        parts = np.split(order, starts[1:]) if len(order) else []
        self._rows = {str(name): rows for name, rows in zip(names, parts, strict=True)}
        self._early = early

    def _sum(self, stratum: Any, weights: Any) -> Any:
        return np.bincount(stratum, weights, self._strata)

    def events(self) -> list[str]:
        """The commonest events, by people."""
        size = {name: int(self._early.n[rows].sum()) for name, rows in self._rows.items()}
        return sorted(size, key=lambda name: (-size[name], name))[:MOST_EVENTS]

    def counts(self, rule: _Rule) -> tuple[Any, Any]:
        """By stratum, people who keep a rule, and how many of them reached the outcome."""
        early, rows = self._early, self._rows.get(rule.event, np.zeros(0, dtype=np.int64))
        rows = rows[(early.times if rule.unit == "times" else early.active)[rows] >= rule.at_least]
        return self._sum(early.stratum[rows], early.n[rows]), self._sum(early.stratum[rows], early.reached[rows])

    def table(self, rule: _Rule) -> Stratified | None:
        """Those who keep a rule against those who do not; None where there are too few of either."""
        n, k = self.counts(rule)
        if not ((n > 0) & (self._n > n)).any():
            return None
        found = mantel_haenszel(k, n, self._k - k, self._n - n)
        return found if found.enough else None

    def rates(self, rule: _Rule) -> tuple[float, float, float]:
        """People who keep it, and the shares of them and of the others that reached the outcome."""
        n, k = (float(each.sum()) for each in self.counts(rule))
        return n, k / n, (self.reached - k) / (self.people - n)


def _rules(event: str, days: float) -> Iterator[_Rule]:
    yield from (_Rule(event, times, "times") for times in TIMES)
    yield from (_Rule(event, active, "days") for active in DAYS if active <= math.ceil(days))


def _chosen(early: Early, half: _Half) -> tuple[list[_Rule], int]:
    """The best rule of each event that shows something, and how many rules were tried."""
    best, tried = [], 0
    for event in half.events():
        found = [(rule, table) for rule in _rules(event, early.days) if (table := half.table(rule)) is not None]
        tried += len(found)
        if found:
            rule, table = max(found, key=lambda each: abs(each[1].z))
            if table.p <= SCREEN:
                best.append(_Rule(event, rule.at_least, rule.unit, 1 if table.z > 0 else -1))
    return best, tried


def _behaviour(
    rule: _Rule, found: Stratified, p: float, *, claimed: bool, early: Early, halves: list[_Half]
) -> Behaviour:
    n, rate_with, rate_without = halves[1].rates(rule)
    first = float(halves[0].counts(rule)[0].sum())
    return Behaviour(
        rule.event,
        rule.at_least,
        rule.unit,
        (n + first) / (halves[0].people + halves[1].people),
        rate_with,
        rate_without,
        found.difference,
        found.low,
        found.high,
        found.ratio if math.isfinite(found.ratio) else None,
        rule.event in early.own,
        p,
        bool(claimed),
    )


def _surely(each: Behaviour) -> float:
    """The effect that is at least there: the end of the interval nearer to none."""
    return 0.0 if each.low <= 0 <= each.high else min(abs(each.low), abs(each.high))


def _detectable(half: _Half) -> float:
    """The difference that would be found in four of five cases if every other person did it (5 %, two-sided)."""
    share = half.reached / half.people
    return (1.96 + 0.84) * math.sqrt(4 * share * (1 - share) / half.people)


def _too_few(known: tuple[str, float, float | None, int, int], rarer: int, fate: str) -> Behaviours:
    outcome, days, within, people, reached = known
    missing = max(2 * LEAST - rarer, 1)
    return Behaviours(
        outcome,
        "undecided",
        days,
        within,
        people,
        reached,
        0,
        (),
        f"Of {people:,} people who can be compared {reached:,} reached it: too few to choose a rule on one half and "
        "test it on the other.",
        f"About {missing:,} more people who {fate} it.",
    )


def _verdict(
    known: tuple[str, float, float | None, int, int], tried: int, candidates: tuple[Behaviour, ...], half: _Half
) -> Behaviours:
    claimed = [each for each in candidates if each.claimed]
    outcome, days, within, people, reached = known
    if claimed:
        reason = (
            f"Of {tried:,} rules tried on one half of the people, {len(claimed)} "
            f"{'holds' if len(claimed) == 1 else 'hold'} on the other half too."
        )
        return Behaviours(outcome, "found", days, within, people, reached, tried, candidates, reason, None)
    seen = _detectable(half)
    reason = (
        f"None of {tried:,} rules tried on one half of the people holds on the other half. "
        f"A difference of {100 * seen:.1f} points, for something that every other person does, would probably have "
        "been seen."
    )
    more = f"Four times as many people would show half of that: {100 * seen / 2:.1f} points."
    return Behaviours(outcome, "none", days, within, people, reached, tried, candidates, reason, more)
