"""How long customers with a contract stay: the shifted beta-geometric model."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, hyp2f1

from customer_factory.statistics.checks import Floats, not_negative, vector
from customer_factory.statistics.fitting import most_likely


@dataclass(frozen=True, slots=True)
class ShiftedBetaGeo:
    """Contract lengths where each customer leaves with a constant chance per period that is Beta(α, β) among them.

    Retention rises with age though nobody becomes more loyal: those likely to leave have left.

    Attributes:
        alpha: First parameter of the chance to leave.
        beta: Second parameter.
        loglik: The log-likelihood of the data at these.
    """

    alpha: float
    beta: float
    loglik: float

    def survival(self, t: ArrayLike) -> Floats:
        """S(t): the share still there after t renewals, S(0) = 1.

        >>> round(float(ShiftedBetaGeo(0.704, 1.182, 0.0).survival(12)), 3)
        0.17
        """
        periods = not_negative(vector(np.atleast_1d(t), "t"), "t").reshape(np.shape(t))
        return np.asarray(np.exp(betaln(self.alpha, self.beta + periods) - betaln(self.alpha, self.beta)))

    def retention(self, t: ArrayLike) -> Floats:
        """The share of those there after t − 1 renewals who renew the t-th time, t ≥ 1."""
        periods = np.asarray(t, dtype=np.float64)
        return np.asarray((self.beta + periods - 1) / (self.alpha + self.beta + periods - 1))

    def lifetime(self, discount: float = 0.0) -> float:
        """Expected periods paid for, the first included: Σ S(t) / (1 + discount)^t, in closed form.

        Without discount and with α ≤ 1 it is infinite: some stay all but for ever. Fader and Hardie 2010.

        Args:
            discount: Per period, ≥ 0.
        """
        if discount < 0:
            raise ValueError(f"discount is {discount:g}; it cannot be negative.")
        if discount == 0:
            return (self.alpha + self.beta - 1) / (self.alpha - 1) if self.alpha > 1 else math.inf
        return float(hyp2f1(1, self.beta, self.alpha + self.beta, 1 / (1 + discount)))


def fit_shifted_beta_geo(survivors: ArrayLike) -> ShiftedBetaGeo:
    """Fits the shifted beta-geometric by maximum likelihood (Fader and Hardie, Projecting customer retention, 2007).

    Args:
        survivors: How many of a cohort were there at the start, after the first renewal, the second, …: at least
            three numbers, none larger than the one before. Counts; shares give the same α and β but another loglik.

    Raises:
        ValueError: If there are fewer than three, one grows, or nobody has left.

    >>> fit = fit_shifted_beta_geo([1000, 631, 468, 382, 326, 289, 262, 241])
    >>> round(fit.alpha, 3), round(fit.beta, 3), round(fit.loglik, 2)
    (0.704, 1.182, -1680.27)
    """
    there = not_negative(vector(survivors, "survivors", least=3), "survivors")
    lost = -np.diff(there)
    if np.any(lost < 0):
        at = int(np.flatnonzero(lost < 0)[0]) + 1
        raise ValueError(f"survivors[{at}] is above survivors[{at - 1}]; who has left does not come back.")
    if not lost.any():
        raise ValueError("nobody has left yet; there is no churn to learn from.")
    renewals = np.arange(1, len(there))

    def loglik(parameters: Floats) -> float:
        a, b = parameters
        leaving = betaln(a + 1, b + renewals - 1) - betaln(a, b)
        staying = betaln(a, b + renewals[-1]) - betaln(a, b)
        return float(np.dot(lost, leaving) + there[-1] * staying) / float(there[0])

    found, value = most_likely(loglik, [(1, 1), (0.5, 5), (5, 20)])
    return ShiftedBetaGeo(float(found[0]), float(found[1]), value * float(there[0]))
