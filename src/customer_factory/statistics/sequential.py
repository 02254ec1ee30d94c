"""Comparisons that may be looked at again and again, and stopped at any look: intervals that hold at all times at once.

A fixed interval misses 5 times in 100 at one look; who looks every day and stops at the first "significant" one errs
many times as often. These intervals are wider, and the chance that they *ever* miss is 5 in 100.
"""

from __future__ import annotations

import math

from customer_factory.statistics.checks import level_of
from customer_factory.statistics.comparison import Comparison, effect
from customer_factory.statistics.tallies import Tally

LEAST = 20
"""Values that each tally must hold, and of a share successes and failures, before anything is said."""


def always_valid(
    a: Tally, b: Tally, level: float = 0.95, *, planned: float = 10_000, relative: bool = False
) -> Comparison:
    """The difference of two means or shares with an interval, and a p-value, valid at every look and any stopping time.

    The normal-mixture confidence sequence of Robbins (1970) in the asymptotic form of Waudby-Smith, Arbour, Sinha,
    Kennedy and Ramdas (Time-uniform central limit theory and asymptotic confidence sequences, 2024); the p-value is
    that of the mixture sequential probability ratio test (Johari, Koomen, Pekelis and Walsh 2017). Being asymptotic
    it starts late: while either tally holds fewer than 20 values – of a share, 20 successes and 20 failures – the
    interval is infinite and p is 1. Means of very skewed values are wanted later still.

    Args:
        a: The tally compared with (control).
        b: The tally compared (treatment).
        level: The chance that the interval holds the truth at all looks together.
        planned: Values in both tallies together at which the interval shall be tightest, > 0. To be chosen before
            looking; where it is far off, the interval is wider but as valid.
        relative: Give the difference as a fraction of |mean(a)|, by the delta method.

    Raises:
        ValueError: If the level or planned is out of range.

    >>> a, b = Tally.of_share(8502, 44_700), Tally.of_share(8279, 45_489)
    >>> seen = always_valid(a, b, planned=90_000)
    >>> round(seen.difference, 4), round(seen.low, 4), round(seen.high, 4), round(seen.p, 3)
    (-0.0082, -0.0161, -0.0003, 0.035)
    >>> always_valid(Tally.of_share(1, 30), Tally.of_share(9, 30)).high
    inf
    """
    if not (math.isfinite(planned) and planned > 0):
        raise ValueError(f"planned is {planned}; it must be a number of values above 0.")
    error = 1 - level_of(level)
    if min(_informative(a), _informative(b)) < LEAST or (relative and a.mean == 0):
        known = a.n > 0 and b.n > 0 and not (relative and a.mean == 0)
        difference = (b.mean - a.mean) / (abs(a.mean) if relative else 1.0) if known else math.nan
        return Comparison(difference, -math.inf, math.inf, 1.0)
    difference, variance = effect(a, b, relative=relative)
    share = (a.n + b.n) * _spread(planned, error)
    half = reach(a.n + b.n, planned, error) * math.sqrt(variance)
    log_e = difference**2 / variance / 2 * share / (1 + share) - math.log1p(share) / 2
    return Comparison(difference, difference - half, difference + half, math.exp(-max(log_e, 0.0)))


def reach(n: float, planned: float, error: float) -> float:
    """How many standard errors the interval reaches to either side once n values are known.

    A fixed interval's 1.96 becomes 3.04 at the planned number.

    >>> round(reach(10_000, 10_000, 0.05), 2), round(reach(2_000, 10_000, 0.05), 2)
    (3.04, 3.32)
    """
    share = n * _spread(planned, error)
    return math.sqrt((1 + share) / share * (math.log1p(share) - 2 * math.log(error)))


def _spread(planned: float, error: float) -> float:
    """ρ², the variance of the mixture, for which the interval is about tightest at the planned number of values."""
    bits = -2 * math.log(error)
    return (bits + math.log(bits) + 1) / planned


def _informative(tally: Tally) -> float:
    """How many values say something: of a share the rarer of successes and failures, else all unless they are equal."""
    if tally.total == tally.squares and tally.total <= tally.n:
        return min(tally.total, tally.n - tally.total)
    return tally.n if tally.n > 1 and tally.variance > 0 else 0.0
