"""Two means or two shares compared, from tallies: once, at a moment that was fixed beforehand.

Who looks again and again, and may stop at any look, needs `sequential.always_valid`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from customer_factory.statistics.checks import level_of
from customer_factory.statistics.intervals import wilson
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
    share = 1 - (1 - level_of(level)) / 2
    difference, variance = effect(a, b, relative=relative)
    if variance == 0:
        return Comparison(difference, difference, difference, float(difference == 0))
    # Welch and Satterthwaite's degrees of freedom.
    error_a, error_b = a.variance / a.n, b.variance / b.n
    freedom = (error_a + error_b) ** 2 / (error_a**2 / (a.n - 1) + error_b**2 / (b.n - 1))
    error = math.sqrt(variance)
    half = float(stdtrit(freedom, share)) * error
    p = 2 * float(stdtr(freedom, -abs(difference) / error))
    return Comparison(difference, difference - half, difference + half, min(p, 1.0))


def effect(a: Tally, b: Tally, *, relative: bool = False) -> tuple[float, float]:
    """The difference of two means and its estimated variance; as a fraction of |mean(a)| when relative.

    Raises:
        ValueError: If a tally has fewer than two values, or relative is asked and mean(a) is 0.
    """
    for name, tally in (("a", a), ("b", b)):
        if tally.n < 2:
            raise ValueError(f"tally {name} has {tally.n:g} values; a comparison needs at least 2 in each.")
    error_a, error_b = a.variance / a.n, b.variance / b.n
    if not relative:
        return b.mean - a.mean, error_a + error_b
    base = abs(a.mean)
    if base == 0:
        raise ValueError("mean(a) is 0; nothing can be given as a fraction of it. Use relative=False.")
    return (b.mean - a.mean) / base, error_b / base**2 + error_a * b.mean**2 / base**4


def compare_shares(a: Tally, b: Tally, level: float = 0.95, *, relative: bool = False) -> Comparison:
    """Two independent shares compared, good at small numbers and near 0 and 1.

    The difference has Newcombe's hybrid score interval (1998, method 10), made of the two Wilson intervals. Relative,
    it is share(b) / share(a) − 1 with Walter's log interval (1975), half a success added to each so that it exists
    without successes too. The p-value of both is that of Pearson's χ² without correction.

    Args:
        a: The share compared with, as `Tally.of_share(successes, trials)`.
        b: The share compared.
        level: The confidence level.
        relative: Give the difference as a fraction of share(a).

    Raises:
        ValueError: If a tally is not one of yes and no, has no trials, or relative is asked and share(a) is 0.

    >>> result = compare_shares(Tally.of_share(48, 80), Tally.of_share(56, 70))
    >>> round(result.difference, 2), round(result.low, 4), round(result.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    for name, tally in (("a", a), ("b", b)):
        if tally.n == 0 or tally.total != tally.squares or tally.total > tally.n:
            raise ValueError(f"tally {name} is no share of at least one trial; make it with Tally.of_share.")
    p = _pearson(a, b)
    if relative:
        return _ratio(a, b, level_of(level), p)
    difference = b.mean - a.mean
    low_a, high_a = wilson(a.total, a.n, level)
    low_b, high_b = wilson(b.total, b.n, level)
    low = difference - math.hypot(b.mean - low_b, high_a - a.mean)
    return Comparison(difference, low, difference + math.hypot(high_b - b.mean, a.mean - low_a), p)


def _pearson(a: Tally, b: Tally) -> float:
    common = (a.total + b.total) / (a.n + b.n)
    error = math.sqrt(common * (1 - common) * (1 / a.n + 1 / b.n))
    return 2 * float(ndtr(-abs(b.mean - a.mean) / error)) if error else 1.0


def _ratio(a: Tally, b: Tally, level: float, p: float) -> Comparison:
    if a.total == 0:
        raise ValueError("share(a) is 0; nothing can be given as a fraction of it. Use relative=False.")
    middle = math.log((b.total + 0.5) / (b.n + 0.5)) - math.log((a.total + 0.5) / (a.n + 0.5))
    variance = sum(1 / (tally.total + 0.5) - 1 / (tally.n + 0.5) for tally in (a, b))
    half = float(ndtri(0.5 + level / 2)) * math.sqrt(variance)
    return Comparison(b.mean / a.mean - 1, math.expm1(middle - half), math.expm1(middle + half), p)
