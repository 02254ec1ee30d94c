"""Gamma distributions known by the mean and variance of their logarithm, and quantiles of counts and amounts.

A rate whose logarithm is followed through time is matched by a gamma distribution whenever a count is observed, which
keeps the arithmetic exact at counts of 0 and 1 (West, Harrison and Migon 1985). The quantiles are Cornish and Fisher's
and Wilson and Hilferty's: smooth functions of one normal deviate, so that a hundred thousand draws take a millisecond
and two futures can share their chance.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, psi, zeta

from customer_factory.statistics.checks import Floats

Real = NDArray[np.floating[Any]]
"""Of single or double precision."""
_LEAST, _MOST = -6.0, 12.0
"""The range of log α that is tabulated: a logarithm known to ± 20 or to ± .0025."""


@cache
def _table() -> tuple[Floats, Floats]:
    """Logarithm of α and the log of the variance that log of a gamma has at it (trigamma), both rising in the end."""
    shape = np.linspace(_LEAST, _MOST, 3000)
    return shape, np.log(zeta(2, np.exp(shape)))


def shape_of(variance: Floats) -> Floats:
    """The shape α of a gamma whose logarithm has this variance: trigamma(α) = variance.

    >>> shape_of(np.array([np.pi**2 / 6])).round(4).tolist()
    [1.0]
    """
    shape, spread = _table()
    return np.asarray(np.exp(np.interp(-np.log(variance), -spread, shape)))


def log_moments(shape: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the logarithm of a gamma.

    >>> [x.round(3).tolist() for x in log_moments(np.array([1.0]), np.array([1.0]))]
    [[-0.577], [1.645]]
    """
    table, spread = _table()
    return np.asarray(psi(shape) - np.log(rate)), np.asarray(np.exp(np.interp(np.log(shape), table, spread)))


def count_at(mean: Real, spread: Real, deviate: Real) -> Real:
    """The count at a normal deviate: Cornish and Fisher's expansion with the skewness of binomial or Poisson counts.

    Args:
        mean: Expected count, ≥ 0.
        spread: Variance over mean, in (0, 1]: 1 is Poisson, 1 − p is binomial with chance p.
        deviate: Standard normal; the same deviate gives a higher count for a higher mean.

    Returns:
        Whole numbers from 0 up; for a binomial none above mean / (1 − spread), its number of trials.

    >>> count_at(np.array([100.0, 100.0, 0.5]), np.array([1.0, 0.2, 1.0]), np.array([1.0, 1.0, 0.0])).tolist()
    [110.0, 104.0, 0.0]
    """
    bend = (2 * spread - 1) / 6
    root = np.sqrt(mean * spread)
    # Beyond its vertex the parabola would turn back.
    vertex = root / np.maximum(2 * np.abs(bend), 1e-9)
    z = np.where(bend > 0, np.maximum(deviate, -vertex), np.minimum(deviate, vertex))
    root += bend * z
    root *= z
    root += mean
    root += 0.5 - bend
    most = np.ceil(mean / np.maximum(1 - spread, 1e-9) - 1e-4)
    found = np.clip(np.floor(root, out=root), 0, most, out=root)
    few = mean < FEW
    if few.any():
        found[few] = _few_at(mean[few], np.broadcast_to(spread, mean.shape)[few], deviate[few])
    return found


FEW = 3.0
"""Expected counts below which the expansion is not exact enough, and the chances are summed up."""


def _few_at(mean: Real, spread: Real, deviate: Real) -> Real:
    """The quantile of a binomial count, one chance after the other; Poisson is one with many trials."""
    below = ndtr(deviate)
    chance = np.maximum(1 - spread, 1e-3)
    trials, odds = mean / chance, chance / (1 - chance)
    mass = (1 - chance) ** trials
    total, found = mass.copy(), np.zeros_like(mean)
    for k in range(20):
        more = below > total
        if not more.any():
            break
        found += more
        mass *= np.maximum(trials - k, 0) / (k + 1) * odds
        total += mass
        # Past the last trial nothing is left; a fraction of a trial must not go on for ever.
        total[trials - k <= 1] = 2.0
    return found


def amount_at(mean: Real, spread: float, deviate: Real) -> Real:
    """The amount at a normal deviate of a gamma with this mean and variance over mean (Wilson and Hilferty 1931).

    >>> amount_at(np.array([100.0]), 4.0, np.array([0.0])).round(1).tolist()
    [98.7]
    """
    shape = np.maximum(mean, 1e-12) / spread
    cube = np.maximum(1 - 1 / (9 * shape) + deviate / (3 * np.sqrt(shape)), 0)
    return np.asarray(mean * cube * cube * cube)
