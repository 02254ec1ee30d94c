"""Sufficient statistics of a sample: what an engine returns, and what comparisons of means start from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics.checks import vector


@dataclass(frozen=True, slots=True)
class Tally:
    """Count, sum and sum of squares of some values. Tallies of disjoint samples add up.

    Attributes:
        n: How many values.
        total: Their sum.
        squares: The sum of their squares.

    Raises:
        ValueError: If no values could have this tally (n < 0, or squares below total² / n).

    >>> Tally.of([1, 2, 3]) + Tally.of([4]) == Tally.of([1, 2, 3, 4])
    True
    >>> Tally.of([1, 2, 3, 4]).mean
    2.5
    """

    n: float = 0
    total: float = 0.0
    squares: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.n, self.total, self.squares)
        if not all(math.isfinite(number) for number in numbers) or self.n < 0 or self.squares < 0:
            raise ValueError(f"{self} is impossible: n, total and squares must be finite, n and squares ≥ 0.")
        if self.n == 0 and (self.total or self.squares):
            raise ValueError(f"{self} is impossible: no values have no sum.")
        # Sums from engines carry rounding, so equality (all values alike) is allowed a little less.
        if self.n and self.squares * self.n < self.total**2 * (1 - 1e-9):
            raise ValueError(f"{self} is impossible: squares cannot be less than total² / n.")

    @classmethod
    def of(cls, values: ArrayLike) -> Tally:
        """The tally of raw values (one-dimensional, finite)."""
        array = vector(values, "values", least=0)
        return cls(len(array), float(array.sum()), float(np.dot(array, array)))

    @classmethod
    def from_moments(cls, n: float, mean: float, sd: float) -> Tally:
        """The tally of n values of which mean and (sample) standard deviation are known.

        >>> round(Tally.from_moments(3407, 0.41, 3.9).sd, 6)
        3.9
        """
        if sd < 0:
            raise ValueError(f"sd is {sd:g}; a standard deviation cannot be negative.")
        return cls(n, n * mean, (n - 1) * sd**2 + n * mean**2 if n else 0.0)

    @classmethod
    def of_share(cls, successes: float, trials: float) -> Tally:
        """The tally of yes and no, kept as 1 and 0; its mean is the share.

        >>> Tally.of_share(3, 12).mean
        0.25
        """
        if not 0 <= successes <= trials:
            raise ValueError(f"{successes:g} successes of {trials:g} trials: 0 ≤ successes ≤ trials must hold.")
        return cls(trials, successes, successes)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def __radd__(self, other: int) -> Tally:
        # sum(tallies) starts from 0.
        return self if other == 0 else NotImplemented

    @property
    def mean(self) -> float:
        """The mean; NaN without values."""
        return self.total / self.n if self.n else math.nan

    @property
    def variance(self) -> float:
        """The unbiased sample variance; NaN below two values."""
        if self.n < 2:
            return math.nan
        return max(self.squares - self.total**2 / self.n, 0.0) / (self.n - 1)

    @property
    def sd(self) -> float:
        """The sample standard deviation; NaN below two values."""
        return math.sqrt(self.variance)
