"""A ratio of two sums per person – revenue per order, clicks per view – as the tally of a mean, by the delta method."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics.checks import same_length, vector
from customer_factory.statistics.tallies import Tally


@dataclass(frozen=True, slots=True)
class RatioTally:
    """Sufficient statistics of pairs (x, y), one per person, for Σy / Σx. They add up, as tallies do.

    Pairs, because the rows behind the two sums are not independent: one person has many orders. What is independent
    are people.

    Attributes:
        below: The tally of the x, the denominators.
        above: The tally of the y, the numerators.
        products: The sum of x · y.

    Raises:
        ValueError: If the two tallies are not of as many people.

    >>> revenue, orders = [30, 0, 50, 20], [2, 0, 3, 1]
    >>> RatioTally.of(revenue, orders).mean.mean
    16.666666666666668
    """

    below: Tally
    above: Tally
    products: float

    def __post_init__(self) -> None:
        if self.below.n != self.above.n:
            raise ValueError(f"{self.above.n:g} numerators, {self.below.n:g} denominators: each person has both.")

    @classmethod
    def of(cls, above: ArrayLike, below: ArrayLike) -> RatioTally:
        """The tally of raw values: per person the numerator (above) and the denominator (below)."""
        y, x = vector(above, "above", least=0), vector(below, "below", least=0)
        same_length(y, x, "above and below")
        return cls(Tally.of(x), Tally.of(y), float(np.dot(x, y)))

    def __add__(self, other: RatioTally) -> RatioTally:
        return RatioTally(self.below + other.below, self.above + other.above, self.products + other.products)

    @property
    def mean(self) -> Tally:
        """The tally of a mean that has the value and, by the delta method, the error of the ratio.

        Whatever compares means compares ratios with it: `welch(a.mean, b.mean)`. Deng, Knoblich and Lu, Applying the
        delta method in metric analytics, 2018.

        Raises:
            ValueError: If there are fewer than two people, or the denominators add up to nothing.
        """
        n, x, y = self.below.n, self.below, self.above
        if n < 2 or x.total == 0:
            raise ValueError(f"a ratio needs two people and something to divide by; it has {n:g} and {x.total:g}.")
        ratio = y.total / x.total
        covariance = (self.products - x.total * y.total / n) / (n - 1)
        variance = y.variance - 2 * ratio * covariance + ratio**2 * x.variance
        return Tally.from_moments(n, ratio, math.sqrt(max(variance, 0.0)) / abs(x.mean))
