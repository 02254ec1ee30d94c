"""How often customers without a contract will buy again: the BG/NBD model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import hyp2f1

from customer_factory.statistics.checks import Floats, not_negative, same_length, vector, weights_for
from customer_factory.statistics.fitting import climb, grouped
from customer_factory.statistics.purchase_histories import Histories, coarse

MANY = 10_000
"""Above so many groups a rough fit finds the start of the exact one."""


@dataclass(frozen=True, slots=True)
class BetaGeo:
    """Beta-geometric / negative binomial distribution of repeat purchases.

    While alive a customer buys at a rate that is Gamma(r, alpha) among customers; after each purchase one leaves
    with a chance that is Beta(a, b) among them.

    Attributes:
        r: Shape of the rates.
        alpha: Scale of the rates, in units of time.
        a: First parameter of the chance to leave.
        b: Second parameter.
        loglik: The log-likelihood of the data at these.
    """

    r: float
    alpha: float
    a: float
    b: float
    loglik: float

    def expected(self, t: ArrayLike, frequency: ArrayLike = 0, recency: ArrayLike = 0, T: ArrayLike = 0) -> Floats:  # noqa: N803
        """Expected purchases in the next t, of customers with such a past; of a new one by default.

        Equation 10 of the paper, after Euler's transformation of the hypergeometric function, which keeps it accurate
        for customers with hundreds of purchases.

        Args:
            t: How far ahead, ≥ 0.
            frequency: Repeat purchases so far.
            recency: Time of the last, since the first purchase.
            T: Time since the first purchase.

        Returns:
            An array of the broadcast shape of the arguments.

        >>> fit = BetaGeo(0.243, 4.414, 0.793, 2.426, 0.0)
        >>> round(float(fit.expected(39, frequency=2, recency=30.43, T=38.86)), 3)
        1.226
        """
        ahead, x, last, age = _history(frequency, recency, T, t)
        # The formula is 0/0 at a = 1, where it is continuous.
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        b, r, alpha = self.b, self.r, self.alpha
        z = ahead / (alpha + age + ahead)
        shrink = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        return np.asarray((a + b + x - 1) / (a - 1) * (1 - shrink) * self.p_alive(x, last, age))

    def p_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:  # noqa: N803
        """The chance that customers with such a past will buy again; 1 for who never bought twice."""
        _, x, last, age = _history(frequency, recency, T)
        odds = (self.r + x) * np.log((self.alpha + age) / (self.alpha + last))
        left = self.a / (self.b + np.maximum(x, 1) - 1) * np.exp(odds)
        return np.asarray(np.where(x > 0, 1 / (1 + left), 1.0))


def fit_beta_geo(
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,  # noqa: N803
    weights: ArrayLike | None = None,
) -> BetaGeo:
    """Fits the BG/NBD by maximum likelihood (Fader, Hardie and Lee, Marketing Science 2005).

    Args:
        frequency: Repeat purchases per customer (or group of equal ones): purchases less one, merged per unit of time.
        recency: Time of the last purchase since the first; 0 where there was no repeat.
        T: Time watched since the first purchase; the unit of time is free, and alpha's.
        weights: How many customers each row stands for; default 1.

    Raises:
        ValueError: If lengths differ, something is negative, recency is beyond T, someone has repeats but recency 0
            or the reverse, or nobody ever bought again.

    >>> fit = fit_beta_geo([2, 1, 0, 0, 5, 0], [30, 2, 0, 0, 37, 0], [39, 39, 35, 30, 38, 33],
    ...                    weights=[40, 60, 300, 300, 30, 270])
    >>> round(fit.loglik), bool(fit.p_alive(2, 30, 39) > fit.p_alive(2, 10, 39))
    (-1441, True)
    """
    x, last, age = (vector(v, n) for v, n in ((frequency, "frequency"), (recency, "recency"), (T, "T")))
    same_length(x, last, "frequency and recency")
    same_length(x, age, "frequency and T")
    _history(x, last, age)
    n = weights_for(x, weights)
    if weights is None:
        (x, last, age), n = grouped([x, last, age], n)
    if not (x * n).any():
        raise ValueError("nobody has bought again; there is no rate to learn from.")
    unit, total = float(np.average(age, weights=n)), float(n.sum())
    groups = x, last / unit, age / unit, n / total
    starts: Sequence[Sequence[float] | Floats] = [(1, 1, 1, 1), (0.3, 0.2, 0.7, 2.5), (2, 1, 0.2, 3)]
    if len(x) > MANY:
        # The best fit of roughly the same histories is a start from which a few steps remain.
        starts = [climb(Histories.of(*coarse(*groups)).loglik, starts)[0]]
    found, value = climb(Histories.of(*groups).loglik, starts)
    # Undo the unit of time: each of a customer's x purchases has a density per unit.
    scale = float(np.dot(n, x)) * math.log(unit)
    r, alpha, a, b = (float(parameter) for parameter in found)
    return BetaGeo(r, alpha * unit, a, b, value * total - scale)


def _history(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, ahead: ArrayLike = 0
) -> tuple[Floats, Floats, Floats, Floats]:
    """The arguments as arrays, if they can be true; ValueError otherwise."""
    x, last, whole, t = (np.asarray(value, dtype=np.float64) for value in (frequency, recency, age, ahead))
    for name, values in (("frequency", x), ("recency", last), ("T", whole), ("t", t)):
        not_negative(vector(values.ravel(), name), name)
    if np.any(last > whole):
        raise ValueError("recency is beyond T; the last purchase must lie within the time watched.")
    if np.any((x > 0) != (last > 0)):
        raise ValueError("recency must be above 0 exactly where frequency is: it is the time of the last repeat.")
    return t, x, last, whole
