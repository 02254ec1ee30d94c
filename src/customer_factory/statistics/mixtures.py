"""Predictive distributions of counts: mixtures of negative binomials, and their exact tails and limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from customer_factory.statistics.checks import Floats

Index = NDArray[np.intp] | NDArray[np.bool_] | tuple[NDArray[np.intp], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Mixture:
    """One mixture of negative binomials per row; all arrays have the shape (rows…, components).

    Attributes:
        weights: Of the components; each row sums to 1.
        means: Of the components.
        excesses: Of the components, variance less mean: what they vary beyond Poisson, above 0. Kept as the difference,
            for it would be lost in a variance whose mean is tiny.
    """

    weights: Floats
    means: Floats
    excesses: Floats

    def rows(self, which: Index) -> Mixture:
        """The mixtures of some of the rows."""
        return Mixture(self.weights[which], self.means[which], self.excesses[which])

    def put(self, which: Index, mixture: Mixture) -> None:
        """Writes the mixtures into some of the rows."""
        self.weights[which], self.means[which] = mixture.weights, mixture.means
        self.excesses[which] = mixture.excesses

    @property
    def mean(self) -> Floats:
        """Per row."""
        return np.asarray((self.weights * self.means).sum(axis=1))

    @property
    def sd(self) -> Floats:
        """Per row."""
        squares = (self.weights * (self.excesses + self.means + self.means**2)).sum(axis=1)
        return np.asarray(np.sqrt(squares - self.mean**2))

    def at_most(self, count: Floats) -> Floats:
        """P(Y ≤ count) per row, for whole counts.

        The distribution function of a negative binomial is the regularised incomplete beta function.

        >>> row = Mixture(np.array([[1.0]]), np.array([[2.0]]), np.array([[2.0]]))  # size 2, p = ½
        >>> row.at_most(np.array([0.0])).tolist(), row.at_least(np.array([1.0])).tolist()
        ([0.25], [0.75])
        """
        size, p = self._shape()
        inside = np.maximum(count, 0.0)[:, None] + 1
        return np.where(count < 0, 0.0, (self.weights * betainc(size, inside, p)).sum(axis=1))

    def at_least(self, count: Floats) -> Floats:
        """P(Y ≥ count) per row, for whole counts; accurate where it is tiny."""
        size, p = self._shape()
        inside = np.maximum(count, 1.0)[:, None]
        # Rounded to 1 the argument would make any count likely; scipy's complement of betainc is ten times slower.
        q = np.minimum(1 - p, 1 - 1e-15)
        return np.where(count < 1, 1.0, (self.weights * betainc(inside, size, q)).sum(axis=1))

    def lowest(self, chance: float) -> Floats:
        """Per row the smallest count that is not too low: the first with P(Y ≤ count) ≥ chance."""
        top = np.ceil(self.mean)
        bottom = np.maximum(np.floor(top - 4 * self.sd) - 1, -1)
        while (falls := (bottom >= 0) & (self.at_most(bottom) >= chance)).any():
            bottom = np.where(falls, np.maximum(np.floor(2 * bottom - top) - 1, -1), bottom)
        # Invariant: bottom is too low (or −1), top is not.
        while (top - bottom > 1).any():
            middle = np.floor((top + bottom) / 2)
            enough = self.at_most(middle) >= chance
            top, bottom = np.where(enough, middle, top), np.where(enough, bottom, middle)
        return top

    def highest(self, chance: float) -> Floats:
        """Per row the largest count that is not too high: the last with P(Y ≥ count) ≥ chance."""
        bottom = np.floor(self.mean)
        top = np.ceil(bottom + 6 * self.sd) + 1
        while (rises := self.at_least(top) >= chance).any():
            top = np.where(rises, 2 * top - bottom, top)
        while (top - bottom > 1).any():
            middle = np.floor((top + bottom) / 2)
            enough = self.at_least(middle) >= chance
            top, bottom = np.where(enough, top, middle), np.where(enough, middle, bottom)
        return bottom

    def _shape(self) -> tuple[Floats, Floats]:
        size = self.means**2 / self.excesses
        return size, size / (size + self.means)
