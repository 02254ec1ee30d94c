"""Two means compared without assuming that they spread alike: Welch's test, on tallies."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import stdtr, stdtrit

from customer_factory.statistics.checks import level_of
from customer_factory.statistics.tallies import Tally


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much b is above a.

    Attributes:
        difference: mean(b) − mean(a), or that as a fraction of |mean(a)| when relative.
        low: Lower end of its confidence interval.
        high: Upper end of its confidence interval.
        p: Two-sided p-value of "no difference".
    """

    difference: float
    low: float
    high: float
    p: float


def welch(a: Tally, b: Tally, level: float = 0.95, *, relative: bool = False) -> Comparison:
    """Welch's t-test (1947) of two independent means, from their tallies.

    Args:
        a: The tally compared with (before, control).
        b: The tally compared (after, treatment).
        level: The confidence level.
        relative: Give the difference as a fraction of |mean(a)|; its error by the delta method.

    Raises:
        ValueError: If a tally has fewer than two values, or relative is asked and mean(a) is 0.

    >>> a, b = Tally.from_moments(3407, 0.41, 3.9), Tally.from_moments(3461, 0.70, 6.2)
    >>> result = welch(a, b)
    >>> round(result.difference, 2), round(result.low, 5), round(result.high, 5), round(result.p, 5)
    (0.29, 0.04538, 0.53462, 0.02016)
    >>> round(welch(a, b, relative=True).difference, 5)
    0.70732
    """
    for name, tally in (("a", a), ("b", b)):
        if tally.n < 2:
            raise ValueError(f"tally {name} has {tally.n:g} values; a comparison needs at least 2 in each.")
    share = 1 - (1 - level_of(level)) / 2
    error_a, error_b = a.variance / a.n, b.variance / b.n
    difference, variance = b.mean - a.mean, error_a + error_b
    if relative:
        base = abs(a.mean)
        if base == 0:
            raise ValueError("mean(a) is 0; nothing can be given as a fraction of it. Use relative=False.")
        difference /= base
        variance = error_b / base**2 + error_a * b.mean**2 / base**4
    if variance == 0:
        return Comparison(difference, difference, difference, float(difference == 0))
    # Welch and Satterthwaite's degrees of freedom.
    freedom = (error_a + error_b) ** 2 / (error_a**2 / (a.n - 1) + error_b**2 / (b.n - 1))
    error = math.sqrt(variance)
    half = float(stdtrit(freedom, share)) * error
    p = 2 * float(stdtr(freedom, -abs(difference) / error))
    return Comparison(difference, difference - half, difference + half, min(p, 1.0))
