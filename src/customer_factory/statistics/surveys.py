"""What people answer: the net promoter score, and the share of the satisfied."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.special import ndtri

from customer_factory.statistics.checks import counts_of, level_of
from customer_factory.statistics.intervals import wilson


@dataclass(frozen=True, slots=True)
class Nps:
    """A net promoter score, in points from −100 to 100.

    Attributes:
        score: Promoters less detractors, in percent of all answers.
        se: Its standard error, in points.
        low: Lower end of the confidence interval.
        high: Upper end.
        n: Answers.
    """

    score: float
    se: float
    low: float
    high: float
    n: int


def nps(promoters: int, passives: int, detractors: int, level: float = 0.95) -> Nps:
    """The net promoter score (Reichheld 2003) and how far it can be off.

    The variance of the score is (p + d − (p − d)²) / n. The interval is the adjusted Wald of Rocks (Interval
    estimation for the net promoter score, 2016): with three answers more, ¾ at either end, so that a few answers
    which happen to agree are not taken for certainty.

    Args:
        promoters: How many answered 9 or 10.
        passives: How many answered 7 or 8.
        detractors: How many answered 0 to 6.
        level: The confidence level.

    Raises:
        ValueError: If a count is negative or not whole, or there is no answer.

    >>> result = nps(162, 108, 54)
    >>> round(result.score, 2), round(result.se, 3), round(result.low, 1), round(result.high, 1)
    (33.33, 4.141, 24.9, 41.1)
    >>> result = nps(4, 0, 0)
    >>> result.score, result.se, round(result.low, 1), result.high
    (100.0, 0.0, 6.9, 100.0)
    """
    counts_of([promoters, passives, detractors], "[promoters, passives, detractors]")
    n = int(promoters + passives + detractors)
    if n == 0:
        raise ValueError("there is no answer; a score needs at least one.")
    z = float(ndtri(0.5 + level_of(level) / 2))
    score, se = _net(promoters, detractors, n)
    centre, spread = _net(promoters + 0.75, detractors + 0.75, n + 3)
    return Nps(100 * score, 100 * se, 100 * max(centre - z * spread, -1.0), 100 * min(centre + z * spread, 1.0), n)


def _net(up: float, down: float, n: float) -> tuple[float, float]:
    score = (up - down) / n
    return score, math.sqrt(max((up + down) / n - score**2, 0.0) / n)


@dataclass(frozen=True, slots=True)
class Csat:
    """The share of the satisfied.

    Attributes:
        share: Satisfied over all, 0 to 1.
        low: Lower end of its confidence interval.
        high: Upper end.
        n: Answers.
    """

    share: float
    low: float
    high: float
    n: int


def csat(answers: Mapping[int, int], level: float = 0.95) -> Csat:
    """Customer satisfaction: the 4s and 5s among all answers from 1 to 5, with Wilson's interval.

    Not the mean of the scores, which cannot tell nothing but 4s from as many 5s as 3s.

    Args:
        answers: How many gave each score, for example {5: 42, 4: 32, 3: 10, 2: 9, 1: 14}.
        level: The confidence level.

    Raises:
        ValueError: If a score is not one of 1 to 5, a count is negative or not whole, or there is no answer.

    >>> round(csat({5: 42, 4: 32, 3: 10, 2: 9, 1: 14}).share, 4)
    0.6916
    """
    strange = sorted(set(answers) - {1, 2, 3, 4, 5})
    if strange:
        raise ValueError(f"score {strange[0]} is none of 1, 2, 3, 4, 5.")
    counts_of(list(answers.values()), "answers")
    n = int(sum(answers.values()))
    if n == 0:
        raise ValueError("there is no answer; a share needs at least one.")
    satisfied = answers.get(4, 0) + answers.get(5, 0)
    return Csat(satisfied / n, *wilson(satisfied, n, level), n)
