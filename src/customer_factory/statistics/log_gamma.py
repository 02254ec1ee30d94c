"""Gamma distributions known by the mean and variance of their logarithm, and quantiles of counts and amounts.

A rate whose logarithm is followed through time is matched by a gamma distribution whenever a count is observed, which
keeps the arithmetic exact at counts of 0 and 1 (West, Harrison and Migon 1985). The quantiles are Cornish and Fisher's
and Wilson and Hilferty's: smooth functions of one normal deviate, so that a hundred thousand draws take a millisecond
and two futures can share their chance.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import psi, zeta

from customer_factory.statistics.checks import Floats

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


def count_at(mean: Floats, spread: Floats | float, deviate: Floats) -> Floats:
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
    bend = (2 * np.asarray(spread) - 1) / 6
    root = np.sqrt(mean * spread)
    # Beyond its vertex the parabola would turn back.
    if np.all(bend > 0):
        z = np.maximum(deviate, -root / (2 * bend))
    else:
        steep = root / (2 * np.where(bend == 0, 1e-9, np.abs(bend)))
        z = np.where(bend > 0, np.maximum(deviate, -steep), np.minimum(deviate, steep))
    found = np.floor(mean + root * z + bend * (z * z - 1) + 0.5)
    most = np.where(np.asarray(spread) < 1, np.ceil(mean / np.maximum(1 - np.asarray(spread), 1e-9) - 1e-6), np.inf)
    return np.asarray(np.clip(found, 0, most))


def amount_at(mean: Floats, spread: Floats | float, deviate: Floats) -> Floats:
    """The amount at a normal deviate of a gamma with this mean and variance over mean (Wilson and Hilferty 1931).

    >>> amount_at(np.array([100.0]), 4.0, np.array([0.0])).round(1).tolist()
    [98.7]
    """
    shape = np.maximum(mean, 1e-12) / spread
    cube = 1 - 1 / (9 * shape) + deviate / (3 * np.sqrt(shape))
    return np.asarray(mean * np.maximum(cube, 0) ** 3)
