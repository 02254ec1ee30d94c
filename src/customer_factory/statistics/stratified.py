"""Two shares compared within strata – among people who are alike – and then together: Mantel and Haenszel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from customer_factory.statistics.checks import Floats, level_of, shares

LEAST = 5.0
"""What Mantel and Fleiss (1980) ask to be possible on either side of the expected count, so that p can be trusted."""


@dataclass(frozen=True, slots=True)
class Stratified:
    """How much the share of the first group is above that of the second, strata taken into account.

    Attributes:
        difference: Of the two shares, in the mean over the strata.
        low: Lower end of its confidence interval.
        high: Upper end.
        ratio: Of the two shares; infinite where the second is 0, NaN where both are.
        ratio_low: Lower end of its confidence interval.
        ratio_high: Upper end.
        z: The signed root of the Cochran–Mantel–Haenszel statistic.
        p: Two-sided p-value of "no difference in any stratum".
        enough: Whether there are enough for z and p (Mantel and Fleiss's rule).
    """

    difference: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    z: float
    p: float
    enough: bool


def mantel_haenszel(
    successes_a: ArrayLike, trials_a: ArrayLike, successes_b: ArrayLike, trials_b: ArrayLike, level: float = 0.95
) -> Stratified:
    """Group a against group b, one entry per stratum. Strata may be many and small; one without both groups counts not.

    The difference is weighted after Mantel and Haenszel, its variance is Sato's (1989), the ratio's Greenland and
    Robins's (1985): both hold with few large as with many small strata. z is Cochran, Mantel and Haenszel's (1959),
    without a correction for continuity.

    Args:
        successes_a: Successes of group a in each stratum.
        trials_a: Its trials.
        successes_b: Successes of group b in each stratum.
        trials_b: Its trials.
        level: The confidence level.

    Raises:
        ValueError: If not 0 ≤ successes ≤ trials, lengths differ, or no stratum holds both groups.

    Two clinics; in each the treatment helps a tenth of the patients, though altogether it looks harmful:

    >>> found = mantel_haenszel([20, 72], [100, 80], [2, 320], [20, 400])
    >>> round(found.difference, 2), found.z > 0, 92 / 180 < 322 / 420
    (0.1, True, True)
    """
    a, n = shares(successes_a, trials_a)
    b, m = shares(successes_b, trials_b)
    if len(a) != len(b):
        raise ValueError(f"group a has {len(a)} strata, group b {len(b)}; give one entry for each in both.")
    both = (n > 0) & (m > 0)
    if not both.any():
        raise ValueError("no stratum holds people of both groups; there is nothing to compare.")
    a, n, b, m = a[both], n[both], b[both], m[both]
    total = n + m
    half = float(ndtri(0.5 + level_of(level) / 2))
    difference, error = _difference(a, n, b, m)
    ratio, spread = _ratio(a, n, b, m)
    z, enough = _test(a, n, a + b, total)
    return Stratified(
        difference,
        max(difference - half * error, -1.0),
        min(difference + half * error, 1.0),
        ratio,
        ratio * math.exp(-half * spread) if math.isfinite(spread) else 0.0,
        ratio * math.exp(half * spread) if math.isfinite(spread) else math.inf,
        z,
        2 * float(ndtr(-abs(z))),
        enough,
    )


def _difference(a: Floats, n: Floats, b: Floats, m: Floats) -> tuple[float, float]:
    total = n + m
    weight = float((n * m / total).sum())
    difference = float(((a * m - b * n) / total).sum()) / weight
    p = (n**2 * b - m**2 * a + n * m * (m - n) / 2) / total**2
    q = (a * (m - b) + b * (n - a)) / (2 * total)
    return difference, math.sqrt(max(difference * float(p.sum()) + float(q.sum()), 0.0)) / weight


def _ratio(a: Floats, n: Floats, b: Floats, m: Floats) -> tuple[float, float]:
    """The ratio, and the standard error of its logarithm."""
    total = n + m
    up, down = float((a * m / total).sum()), float((b * n / total).sum())
    if up == 0 or down == 0:
        return (math.nan if up == down else math.inf if down == 0 else 0.0), math.inf
    variance = float(((n * m * (a + b) - a * b * total) / total**2).sum()) / (up * down)
    return up / down, math.sqrt(max(variance, 0.0))


def _test(a: Floats, n: Floats, successes: Floats, total: Floats) -> tuple[float, bool]:
    m = total - n
    expected = n * successes / total
    least, most = np.maximum(0, successes - m), np.minimum(n, successes)
    enough = min(float((expected - least).sum()), float((most - expected).sum())) >= LEAST
    several = total > 1
    failures = total - successes
    variance = float((n * m * successes * failures)[several] @ (1 / (total**2 * (total - 1))[several]))
    return (float((a - expected).sum()) / math.sqrt(variance) if variance > 0 else 0.0), enough
