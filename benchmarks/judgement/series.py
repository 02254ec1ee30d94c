"""Counts per batch of made-up factories whose batches are known to be stable, or to have changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """A factory that is stable, in its way.

    Attributes:
        mean: Expected count of the first batch.
        dispersion: Variance over mean (negative binomial); 1 is Poisson.
        noise: Standard deviation of the (log-normal) factor by which batches vary.
        trend: Growth of the expected count per batch.
        memory: How much of that factor one batch hands to the next.
        season: How far the expected count swings around its mean within a year; where in the year it starts is random.
        cycle: The same within four batches, as in weeks of a month.
    """

    mean: float
    dispersion: float = 1.0
    noise: float = 0.0
    trend: float = 0.0
    memory: float = 0.0
    season: float = 0.0
    cycle: float = 0.0

    def draw(self, rng: np.random.Generator, series: int, batches: int, *, change: float = 1.0, at: int = 0) -> Floats:
        """Counts, (series, batches); from batch `at` on the expected count is multiplied by `change`."""
        expected = self.mean * (1 + self.trend) ** np.arange(batches) * np.ones((series, 1))
        expected[:, at:] *= change
        for swing, length in ((self.season, 365.25 / 7), (self.cycle, 365.25 / 12 / 7)):
            phase = rng.random((series, 1)) if swing else 0.0
            expected *= 1 + swing * np.sin(2 * np.pi * (np.arange(batches) / length + phase))
        if self.noise:
            expected *= np.exp(self.noise * self._standard(rng, series, batches) - self.noise**2 / 2)
        if self.dispersion > 1:
            expected = rng.gamma(expected / (self.dispersion - 1)) * (self.dispersion - 1)
        return rng.poisson(expected).astype(np.float64)

    def _standard(self, rng: np.random.Generator, series: int, batches: int) -> Floats:
        fresh = rng.standard_normal((series, batches))
        fresh[:, 1:] *= np.sqrt(1 - self.memory**2)
        for batch in range(1, batches):
            fresh[:, batch] += self.memory * fresh[:, batch - 1]
        return fresh
