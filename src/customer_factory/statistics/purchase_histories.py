"""The likelihood of purchase histories under the BG/NBD, with its gradient, made for millions of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, psi

from customer_factory.statistics.checks import Floats
from customer_factory.statistics.fitting import grouped

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Histories:
    """Grouped histories, laid out so that what depends on one column alone is computed once per distinct value.

    Attributes:
        x, x_n: Distinct numbers of repeats, and the customers with each.
        age, age_n, age_x: Distinct times watched, and the customers and the repeats of each.
        last: Distinct times of a last repeat.
        rows_x, rows_last, rows_age, rows_n: Groups with repeats: their places among the distinct values, and customers.
    """

    x: Floats
    x_n: Floats
    age: Floats
    age_n: Floats
    age_x: Floats
    last: Floats
    rows_x: Places
    rows_last: Places
    rows_age: Places
    rows_n: Floats

    @classmethod
    def of(cls, x: Floats, last: Floats, age: Floats, n: Floats) -> Histories:
        """The layout of grouped rows: repeats, time of the last, time watched, customers."""
        repeats, at_x = np.unique(x, return_inverse=True)
        ages, at_age = np.unique(age, return_inverse=True)
        again = x > 0
        lasts, at_last = np.unique(last[again], return_inverse=True)
        x_n, age_n, age_x = (
            np.bincount(*each).astype(np.float64) for each in ((at_x, n), (at_age, n), (at_age, n * x))
        )
        return cls(repeats, x_n, ages, age_n, age_x, lasts, at_x[again], at_last, at_age[again], n[again])

    def loglik(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood at r, alpha, a, b, and its gradient.

        In logarithms throughout: hundreds of purchases neither over- nor underflow.
        """
        r, alpha, a, b = parameters
        x, x_n, customers = self.x, self.x_n, self.x_n.sum()
        log_age, log_last = np.log(alpha + self.age), np.log(alpha + self.last)
        # How much likelier it is to have left after the last purchase than to be silent until now, as log odds.
        waited = log_age[self.rows_age] - log_last[self.rows_last]
        each = r + x[self.rows_x]
        odds = each * waited + (np.log(a) - np.log(b + np.maximum(x, 1) - 1))[self.rows_x]
        left = self.rows_n * expit(odds)
        value = np.dot(x_n, gammaln(r + x) - gammaln(r) + r * np.log(alpha))
        value += np.dot(x_n, gammaln(b + x) + gammaln(a + b) - gammaln(b) - gammaln(a + b + x))
        value -= np.dot(r * self.age_n + self.age_x, log_age)
        value += np.dot(self.rows_n, np.logaddexp(0.0, odds))

        gone, left_x = left.sum(), np.bincount(self.rows_x, left, len(x))
        slope = left * each
        by_age = np.bincount(self.rows_age, slope, len(self.age)) - (r * self.age_n + self.age_x)
        by_last = np.bincount(self.rows_last, slope, len(self.last))
        of_r = np.dot(x_n, psi(r + x) - psi(r) + np.log(alpha)) - np.dot(self.age_n, log_age) + np.dot(left, waited)
        of_alpha = customers * r / alpha + (by_age / (alpha + self.age)).sum() - (by_last / (alpha + self.last)).sum()
        of_a = np.dot(x_n, psi(a + b) - psi(a + b + x)) + gone / a
        of_b = np.dot(x_n, psi(b + x) - psi(a + b + x) - psi(b) + psi(a + b))
        of_b -= (left_x / (b + np.maximum(x, 1) - 1)).sum()
        return float(value), np.array([of_r, of_alpha, of_a, of_b])


def coarse(x: Floats, last: Floats, age: Floats, n: Floats, cells: int = 20) -> tuple[Floats, Floats, Floats, Floats]:
    """Groups with their times rounded to so many cells: a few thousand whose best fit is near that of all."""
    step = float(age.max()) / cells
    watched = np.maximum(np.round(age / step), 1) * step
    seen = np.minimum(np.maximum(np.round(last / step), 0.5) * step, watched)
    (x, seen, watched), n = grouped([x, np.where(x > 0, seen, 0.0), watched], n)
    return x, seen, watched, n
