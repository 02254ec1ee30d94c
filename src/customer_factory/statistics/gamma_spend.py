"""How much customers spend per purchase: the Gamma-Gamma model."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from customer_factory.statistics.checks import Floats, same_length, vector, weights_for
from customer_factory.statistics.fitting import grouped, most_likely


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Spend per purchase: Gamma(p, ν) within a customer, with ν ~ Gamma(q, v) among customers.

    Attributes:
        p: Shape within a customer.
        q: Shape among customers.
        v: Scale among customers, in units of money.
        loglik: The log-likelihood of the data at these.
    """

    p: float
    q: float
    v: float
    loglik: float

    @property
    def mean(self) -> float:
        """Expected mean spend of a customer of whom nothing is known; infinite if q ≤ 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else math.inf

    def expected(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """Expected mean spend per purchase of customers with such a past: theirs, shrunk to the common one.

        Args:
            frequency: Purchases that the mean is of, ≥ 0.
            monetary: The mean; any number where frequency is 0.

        >>> round(float(GammaGamma(6.25, 3.74, 15.44, 0.0).expected(0, 0)), 2)
        35.22
        """
        x, m = np.asarray(frequency, dtype=np.float64), np.asarray(monetary, dtype=np.float64)
        return np.asarray(self.p * (self.v + x * m) / (self.p * x + self.q - 1))


def fit_gamma_gamma(frequency: ArrayLike, monetary: ArrayLike, weights: ArrayLike | None = None) -> GammaGamma:
    """Fits the Gamma-Gamma model by maximum likelihood (Fader and Hardie, 2013; Colombo and Jiang 1999).

    It assumes that how much is spent per purchase has nothing to do with how often.

    Args:
        frequency: Per customer (or group of equal ones) the purchases that the mean is of, > 0.
        monetary: Their mean amount, > 0.
        weights: How many customers each row stands for; default 1.

    Raises:
        ValueError: If lengths differ, or something is not above 0.

    >>> fit = fit_gamma_gamma([1, 2, 3, 2, 5, 1, 4, 2], [20, 35, 30, 60, 25, 45, 33, 50])
    >>> 25 < float(fit.expected(5, 25)) < fit.mean
    True
    """
    x, m = vector(frequency, "frequency"), vector(monetary, "monetary")
    same_length(x, m, "frequency and monetary")
    for name, values in (("frequency", x), ("monetary", m)):
        bad = np.flatnonzero(values <= 0)
        if len(bad):
            raise ValueError(f"{name}[{bad[0]}] is {values[bad[0]]:g}; it must be above 0.")
    (x, m), n = grouped([x, m], weights_for(x, weights))
    unit, total = float(np.average(m, weights=n)), float(n.sum())
    m = m / unit

    def loglik(parameters: Floats) -> float:
        p, q, v = parameters
        shape = p * x
        each = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
        each += (shape - 1) * np.log(m) + shape * np.log(x) - (shape + q) * np.log(v + x * m)
        return float(np.dot(n, each)) / total

    found, value = most_likely(loglik, [(1, 2, 1), (6, 4, 0.5), (2, 10, 5)])
    p, q, v = (float(parameter) for parameter in found)
    return GammaGamma(p, q, v * unit, (value - math.log(unit)) * total)
