"""The level of counts or amounts as it moves: what it is now, and where it may go.

Each batch's expected count is its exposure times exp(level + trend + season + a shock of its own). The level wanders,
the trend fades, and how much of each there is, is not known: a grid of models, from "constant" to "wanders a third
each batch", is run over the series, and each is weighted by how well it predicted every batch from those before it.
Each is a dynamic generalised linear model: between batches the logarithm of the rate is normal, at a batch it is a
gamma that meets a count (West, Harrison and Migon 1985; West and Harrison 1997, ch. 14; shocks as in Berry and West
2020). The predictions are negative binomial, hence right at counts of 0 and 1 too.

Everything is vectorised over rows, so that one call follows one series, or one from many points in its past.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from customer_factory.statistics.checks import Floats
from customer_factory.statistics.log_gamma import log_moments, shape_of

Singles = NDArray[np.float32]

SHOCK = np.array([0.0, 0.08, 0.16, 0.3, 0.55, 0.9])
SHOCK_PRIOR = np.array([0.4, 0.2, 0.17, 0.12, 0.08, 0.03])
"""Standard deviations of a batch's own factor: .3 means that weeks are a third above or below for no lasting reason."""
WANDER = np.array([0.006, 0.03, 0.07, 0.14, 0.28])
WANDER_PRIOR = np.array([0.45, 0.24, 0.17, 0.09, 0.05])
"""Standard deviations of the level's step from week to week. None is 0: no business stays what it is for ever."""
TREND = 0.012
"""Standard deviation, before the data, of growth per week."""
FADE = 0.9
"""What is left of a trend that may change, one week later."""
START = 1.5
"""Standard deviation of the log level before the first count."""
SEASON_SD = 0.3


@dataclass(frozen=True)
class Season:
    """A cycle of so many batches, as a sum of harmonics.

    Args:
        period: Length in batches.
        harmonics: How many sine waves; period / 2 at most.
    """

    period: float
    harmonics: int

    def waves(self, index: Floats) -> Floats:
        """Cosine and sine of each harmonic at batches with these indices; shape (..., 2 · harmonics)."""
        angle = 2 * np.pi * index[..., None] * np.arange(1, self.harmonics + 1) / self.period
        return np.concatenate([np.cos(angle), np.sin(angle)], axis=-1)


@dataclass(frozen=True, eq=False)
class Level:
    """Where a series stands after its last batch: a weighted grid of normal distributions of (level, trend, season).

    Attributes:
        weight: Of each model, shape (models,); sums to 1.
        mean: Shape (models, states).
        cov: Shape (models, states, states).
        models: Shock, wander, step of the trend and what is left of it, per model; shape (4, models).
        season: The cycle, where one is followed.
        next_index: The index of the batch after the last.
    """

    weight: Floats
    mean: Floats
    cov: Floats
    models: Floats
    season: Season | None
    next_index: int

    def paths(self, rng: np.random.Generator, futures: int, batches: int) -> Singles:
        """Possible futures of the rate per exposure; shape (futures, batches)."""
        # Four digits are plenty for chance, and half the memory is twice the speed.
        single = np.float32
        pick = rng.choice(len(self.weight), size=futures, p=self.weight)
        root = np.linalg.cholesky(self.cov + 1e-12 * np.eye(self.cov.shape[-1]))
        drawn = rng.standard_normal((futures, root.shape[-1]))
        state = (self.mean[pick] + np.einsum("fij,fj->fi", root[pick], drawn)).astype(single)
        shock, wander, turn, left = self.models[:, pick].astype(single)
        level, trend = state[:, 0], state[:, 1]
        found = rng.standard_normal((batches, futures), dtype=single)
        found *= shock
        steps = rng.standard_normal((batches, futures), dtype=single)
        steps *= wander
        turns = rng.standard_normal((batches, futures), dtype=single) if turn.any() else np.zeros((batches, 1), single)
        for k in range(batches):
            level = level + trend
            level += steps[k]
            trend = left * trend + turn * turns[k]
            found[k] += level
        if self.season is not None:
            found += (self.season.waves(self.next_index + np.arange(float(batches))) @ state[:, 2:].T).astype(single)
        # A level that grows beyond any past by a factor of e⁵ is a fault of extrapolation, not a forecast.
        np.minimum(found, single(self.mean[:, 0].max() + 5), out=found)
        return np.ascontiguousarray(np.exp(found, out=found).T)


def follow(
    counts: Floats,
    exposure: Floats,
    known: Floats,
    *,
    spread: Floats | float = 1.0,
    pace: float = 1.0,
    restless: float = 1.0,
    season: Season | None = None,
    last_index: ArrayLike = 0,
) -> list[Level]:
    """Follow series, each to its last batch.

    Args:
        counts: (rows, batches), each row's last batch at the end.
        exposure: Same shape: the count that a level of 0 expects; above 0 where known.
        known: Same shape: 1 where the batch was observed whole, else 0.
        spread: Variance over mean of the counts given their rate; same shape or one number. 1 is Poisson.
        pace: How long a batch is, in weeks: a level wanders, and may grow, further in a longer one.
        restless: How far it may wander and grow before the data, compared with the number of people who come. Less for
            what people do once they are there: they change less than how many there are.
        season: The cycle that may be there.
        last_index: The index of the last column's batch in the calendar of the season; of each row, or of all.

    Returns:
        One level per row.

    >>> steady = np.array([[20, 22, 18, 21, 19, 20, 23, 17, 20, 21]], dtype=float)
    >>> level, = follow(steady, np.ones_like(steady), np.ones_like(steady))
    >>> futures = level.paths(np.random.default_rng(0), 4000, 4)
    >>> low, high = np.quantile(futures[:, 3], [0.1, 0.9])
    >>> bool(13 < low < 19 and 21 < high < 28)
    True
    """
    rows, length = counts.shape
    models, prior, size = _grid(pace, restless, season)
    shock, wander, turn, left = models
    y, m = counts / spread, np.where(known > 0, exposure, 1.0) / spread
    index = np.asarray(last_index).reshape(-1, 1) - np.arange(length)[::-1]
    waves = np.broadcast_to(season.waves(index.astype(np.float64)), (rows, length, size - 2)) if season else None
    mean = np.zeros((rows, len(prior), size))
    mean[:, :, 0] = _first(counts, exposure, known)[:, None]
    cov = np.zeros((rows, len(prior), size, size))
    cov[:] = _start(models, TREND * pace * restless, size, season)
    logs = np.zeros((rows, len(prior))) + np.log(prior)
    begun = np.cumsum(known, axis=1) > 0
    for t in range(length):
        on = begun[:, t, None]
        # Until the first count nothing moves: there is nothing yet that could.
        mean[:, :, 0] += on * mean[:, :, 1]
        mean[:, :, 1] *= np.where(on, left, 1.0)
        cov[:, :, 0, :] += on[:, :, None] * cov[:, :, 1, :]
        cov[:, :, :, 0] += on[:, :, None] * cov[:, :, :, 1]
        cov[:, :, 1, :] *= np.where(on, left, 1.0)[:, :, None]
        cov[:, :, :, 1] *= np.where(on, left, 1.0)[:, :, None]
        cov[:, :, 0, 0] += on * wander**2
        cov[:, :, 1, 1] += on * turn**2
        seen = known[:, t, None]
        if not seen.any():
            continue
        if waves is None:
            lever, centre = cov[:, :, :, 0], mean[:, :, 0]
            variance = lever[:, :, 0] + shock**2
        else:
            design = np.zeros((rows, size))
            design[:, 0] = 1
            design[:, 2:] = waves[:, t]
            lever = np.einsum("rmij,rj->rmi", cov, design)
            centre = np.einsum("rmi,ri->rm", mean, design)
            variance = np.einsum("rmi,ri->rm", lever, design) + shock**2
        shape = shape_of(variance)
        base, _ = log_moments(shape, np.ones_like(shape))
        rate = np.exp(base - centre)
        count, size_of = y[:, t, None], m[:, t, None]
        after, spread_after = log_moments(shape + count, rate + size_of)
        # The negative binomial of the count; what no model changes is left out.
        logs += seen * (
            gammaln(shape + count) - gammaln(shape) - shape * np.log1p(size_of / rate) - count * np.log(rate + size_of)
        )
        gain = seen[:, :, None] * lever / variance[:, :, None]
        mean += gain * (after - centre)[:, :, None]
        cov -= gain[:, :, :, None] * lever[:, :, None, :] * (1 - spread_after / variance)[:, :, None, None]
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    following = np.broadcast_to(index[:, -1], rows) + 1
    return [Level(weights[r], mean[r], cov[r], models, season, int(following[r])) for r in range(rows)]


def _grid(pace: float, restless: float, season: Season | None) -> tuple[Floats, Floats, int]:
    """Every combination of shock, wander, kind of trend and season, with its prior; and how many states there are."""
    # Without a trend; with a steady one; with one that fades and turns.
    turn = TREND * restless * pace * np.sqrt(pace)
    trends = [(0.0, 0.0, 0.6), (0.1 * turn, 1.0, 0.2), (0.4 * turn, FADE**pace, 0.2)]
    rows, prior = [], []
    for (tau, p), (sigma, q), (turn, left, r) in product(
        zip(SHOCK, SHOCK_PRIOR, strict=True), zip(WANDER * restless * np.sqrt(pace), WANDER_PRIOR, strict=True), trends
    ):
        rows.append((tau, sigma, turn, left))
        prior.append(p * q * r)
    models, weights = np.array(rows).T, np.array(prior)
    if season is None:
        return models, weights, 2
    return np.concatenate([models, models], axis=1), np.concatenate([weights, weights]) / 2, 2 + 2 * season.harmonics


def _start(models: Floats, trend: float, size: int, season: Season | None) -> Floats:
    cov = np.zeros((models.shape[1], size, size))
    cov[:, 0, 0] = START**2
    cov[:, 1, 1] = np.where(models[3] > 0, trend**2, 0.0)
    if season is not None:
        half = models.shape[1] // 2
        cov[half:, range(2, size), range(2, size)] = SEASON_SD**2
    return cov


def _first(counts: Floats, exposure: Floats, known: Floats) -> Floats:
    """The log level of the first six known batches of each row, half an event added."""
    early = known * (np.cumsum(known, axis=1) <= 6)
    return np.asarray(np.log(((early * counts).sum(axis=1) + 0.5) / ((early * exposure).sum(axis=1) + 1e-12)))
