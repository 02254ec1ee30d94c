"""Gaming: a step's rate rises in the newest cohorts while what comes after it falls, and nothing is won.

Easier sign-ups, a lower bar for "activated", pushed sales: they move a number, not throughput. This is the alarm where
nobody has logged a change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from customer_factory.measures.flow import CohortFlow

RECENT = (4, 8)
"""How many of the newest mature cohorts are held against those before."""
BEFORE = 8
"""Mature cohorts before them that are needed."""
CHANCE = 0.01
"""Each of rise and fall must be less likely than this by chance, both spans taken together."""


@dataclass(frozen=True)
class Gamed:
    """A rate that rose at the cost of the next one.

    Args:
        since: The first date of the cohorts in question.
        step_before, step_now: The step's rate before and since.
        next_before, next_now: The rate of the step after it.
        net: How the product of both changed, as a fraction; not above 0.
        chances: The chances of such a rise and of such a fall.
    """

    since: date
    step_before: float
    step_now: float
    next_before: float
    next_now: float
    net: float
    chances: tuple[float, float]


def gamed(step: Sequence[CohortFlow], following: Sequence[CohortFlow]) -> Gamed | None:
    """Whether a step is gamed; None where it is not, or too few cohorts are mature.

    Args:
        step: The step's cohorts, oldest first.
        following: Those of the step after it, of the same batches.

    Raises:
        ValueError: If the batches differ.
    """
    if [cohort.start for cohort in step] != [cohort.start for cohort in following]:
        raise ValueError("the cohorts of both steps must be of the same batches.")
    pairs = [(one, two) for one, two in zip(step, following, strict=True) if one.maturity == 1 and two.maturity == 1]
    found = [_split(pairs, recent) for recent in RECENT if len(pairs) >= recent + BEFORE]
    return min((each for each in found if each is not None), key=lambda each: max(each.chances), default=None)


def _split(pairs: list[tuple[CohortFlow, CohortFlow]], recent: int) -> Gamed | None:
    (up, was, now), (down, next_was, next_now) = (_rise([pair[place] for pair in pairs], recent) for place in (0, 1))
    fall = 1 - down
    if max(up, fall) >= CHANCE / len(RECENT) or was * next_was == 0:
        return None
    net = now * next_now / (was * next_was) - 1
    if net > 0:
        return None
    return Gamed(pairs[-recent][0].start, was, now, next_was, next_now, net, (up, fall))


def _rise(cohorts: list[CohortFlow], recent: int) -> tuple[float, float, float]:
    """The chance of such a rise by the newest cohorts, the rate before and the rate since."""
    from scipy.special import stdtr

    (was, old), (now, new) = _rate(cohorts[:-recent]), _rate(cohorts[-recent:])
    error = math.sqrt(old + new)
    return (float(stdtr(len(cohorts) - 2, (was - now) / error)) if error else 0.5), was, now


def _rate(cohorts: list[CohortFlow]) -> tuple[float, float]:
    """The common rate and its variance: that of a binomial, or what the cohorts' own spread says if that is more."""
    entered = np.array([cohort.entered or 0 for cohort in cohorts], dtype=np.float64)
    reached = np.array([cohort.reached for cohort in cohorts], dtype=np.float64)
    n, m = entered.sum(), np.count_nonzero(entered)
    if m < 2:
        return 0.0, math.inf
    rate = float(reached.sum() / n)
    spread = float(((reached - rate * entered) ** 2).sum()) / n**2 * m / (m - 1)
    return rate, max(rate * (1 - rate) / n, spread)
