"""Whether a share is another one after a date than before: batches compared, with all that they differ by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from customer_factory.statistics.checks import Floats, level_of, shares

_ASIDE = 4  # batches before the date that may have triggered it
_PRIOR = 4  # batches' worth of belief that shares vary as binomial ones do


@dataclass(frozen=True, slots=True)
class RateShift:
    """A share before and after a date.

    Attributes:
        before: The share before.
        after: The share after.
        effect: Relative: 0.5 is half as much again.
        low: Lower end of its interval.
        high: Upper end.
        dispersion: Variance over that of binomial shares; 1 is binomial.
    """

    before: float
    after: float
    effect: float
    low: float
    high: float
    dispersion: float


def rate_shift(
    before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]], *, level: float = 0.9
) -> RateShift:
    """Compares the share of successes before and after.

    The last four batches before are left out where they are lower than the others let expect: low ones trigger changes,
    and recover by themselves.

    Args:
        before: (successes, trials) per batch, oldest first.
        after: The same after the date.
        level: Of the interval.

    Raises:
        ValueError: If there is no trial on one side, or more successes than trials.

    Quasi-binomial logarithm of a ratio (McCullagh and Nelder 1989, 4.5): the dispersion is Pearson's, pulled towards 1
    by four batches' worth of belief, with Student's t; half a success and failure are added on each side.

    >>> found = rate_shift([(24, 100), (26, 100), (25, 100), (25, 100)], [(40, 100), (38, 100)])
    >>> found.before, found.after, found.low > 0.2
    (0.25, 0.39, True)
    """
    level = level_of(level)
    k0, n0 = shares(*np.array(before, dtype=np.float64).reshape(-1, 2).T)
    k1, n1 = shares(*np.array(after, dtype=np.float64).reshape(-1, 2).T)
    for trials, side in ((n0, "before"), (n1, "after")):
        if not trials.sum() > 0:
            raise ValueError(f"there is no trial {side} the date; each side needs some.")
    k0, n0 = _without_low_end(k0, n0)
    p0, p1 = k0.sum() / n0.sum(), k1.sum() / n1.sum()
    dispersion, freedom = _dispersion([(k0, n0), (k1, n1)])
    error = np.sqrt(dispersion * (_variance(k0.sum(), n0.sum()) + _variance(k1.sum(), n1.sum())))
    ratio = np.log(_smooth(k1.sum(), n1.sum()) / _smooth(k0.sum(), n0.sum()))
    reach = -stdtrit(freedom, (1 - level) / 2) * error
    return RateShift(
        float(p0),
        float(p1),
        float(np.expm1(ratio)),
        float(np.expm1(ratio - reach)),
        float(np.expm1(ratio + reach)),
        float(dispersion),
    )


def _smooth(successes: float, trials: float) -> float:
    return (successes + 0.5) / (trials + 1)


def _variance(successes: float, trials: float) -> float:
    """Of the logarithm of a share."""
    return (1 - _smooth(successes, trials)) / (successes + 0.5)


def _dispersion(groups: list[tuple[Floats, Floats]]) -> tuple[float, int]:
    """Pearson's dispersion within the groups, no less than 1, and its degrees of freedom."""
    chi, freedom = float(_PRIOR), _PRIOR
    for successes, trials in groups:
        p = _smooth(successes.sum(), trials.sum())
        there = trials > 0
        chi += float((((successes - trials * p)[there]) ** 2 / (trials[there] * p * (1 - p))).sum())
        freedom += max(int(there.sum()) - 1, 0)
    return max(chi / freedom, 1.0), freedom


def _without_low_end(successes: Floats, trials: Floats) -> tuple[Floats, Floats]:
    aside = min(_ASIDE, len(trials) // 4)
    k, n = successes[: len(trials) - aside], trials[: len(trials) - aside]
    if not aside or not n.sum() > 0:
        return successes, trials
    dispersion, _ = _dispersion([(k, n)])
    for last in range(1, aside + 1):
        k1, n1 = successes[-last:].sum(), trials[-last:].sum()
        p, all_of_them = _smooth(k.sum(), n.sum()), n.sum()
        sd = np.sqrt(dispersion * p * (1 - p) * n1 * (1 + n1 / all_of_them))
        if k1 < n1 * p - sd:
            return k, n
    return successes, trials
