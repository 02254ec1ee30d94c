"""What counts would have been: told from the counts before, at any batch ahead, with all that is not known of them.

The logarithm of what a batch is expected to bring is a level, a trend, a season and a noise that may hand part of
itself on to the next batch:

    count ~ Poisson(mean),   log mean = level + slope·t + season(t) + noise(t) [+ log exposure] [+ β·log control]

How strong each of them is, the counts before a date tell badly: twenty-six of them hardly tell a trend from a season
or a wandering level. So nothing is chosen. A grid of models – strengths of trend, of season and of noise, with memory
and without – is averaged over, each weighted by how well it explains the counts (Hoeting and others 1999). Given its
strengths a model is a Gaussian process on the logarithm, which Poisson counts enter by their working responses
(Breslow and Clayton 1993). The sum of batches ahead is a negative binomial with the resulting mean and variance, so
that its tails are those of counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from customer_factory.statistics.checks import Floats
from customer_factory.statistics.mixtures import Mixture

_LEVEL = 25.0  # variance of the level: as good as unknown
# Strengths, and how much each is believed in before the counts speak. A trend is a share per batch, a season the
# amplitude of its first wave, a noise the standard deviation by which a batch differs from what is expected.
_TREND = {0.0: 0.4, 0.01: 0.3, 0.03: 0.3}
_SEASON = {0.0: 0.65, 0.1: 0.2, 0.25: 0.15}
_STRONG = {0.6: 0.1}  # a season that is believed in only once it has come round
_QUIET = 0.6  # how much it is believed that counts vary as Poisson's do, and no more
_NOISE = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 1.6)
_MEMORY = (0.0, 0.6)
# How much of a control's ups and downs the counts follow: none, half or all of them.
_CONTROL = {0.0: 0.2, 0.5: 0.2, 1.0: 0.6}
_WAVES = 3  # of a season at most; one where it has not come round twice
_BEST = 8  # models that the fitted curve is taken from


class Series(NamedTuple):
    """Counts before and after a step, and what else is known of every batch.

    Attributes:
        counts: (batches,), NaN where a batch is left out.
        at: Index of the first batch after the step.
        offset: (batches,), the logarithm of the exposure.
        control: (batches,), counts of the control; None without one.
        period: Batches until the season comes round; None without one.
    """

    counts: Floats
    at: int
    offset: Floats
    control: Floats | None
    period: float | None


@dataclass(frozen=True, eq=False, slots=True)
class Counterfactual:
    """The batches after a step, had there been none, as a mixture of models.

    Attributes:
        weights: (models,), sum to 1.
        means: (models, ahead), of the logarithm.
        covariances: (models, ahead, ahead), of the logarithm.
        noise: (models, ahead), the part of the variances that is the noise's.
        trending: (models,), whether the model has a trend.
    """

    weights: Floats
    means: Floats
    covariances: Floats
    noise: Floats
    trending: NDArray[np.bool_]

    def sum_of(self, batches: slice, only: NDArray[np.bool_] | None = None) -> Mixture:
        """The sum of some batches ahead, as a mixture of one row; by some of the models only."""
        which = np.ones(len(self.weights), dtype=bool) if only is None else only
        weights = self.weights[which] / self.weights[which].sum()
        covariance = self.covariances[which][:, batches, batches]
        own = self.noise[which][:, batches, None] * np.eye(covariance.shape[1])
        # What is not known of the curve is log-normal; the noise is a factor of mean 1.
        curve = np.clip(covariance - own, 0, 1.5)
        mean = np.exp(self.means[which][:, batches] + np.diagonal(curve, axis1=1, axis2=2) / 2)
        spread = covariance + np.expm1(curve) - curve
        total = mean.sum(axis=1)
        excess = (mean[:, :, None] * mean[:, None, :] * spread).sum(axis=(1, 2))
        return Mixture(weights[None], total[None], np.maximum(excess, 1e-9 * total)[None])

    def batches(self) -> Mixture:
        """Each batch ahead, as a mixture of as many rows."""
        rows = [self.sum_of(slice(k, k + 1)) for k in range(self.means.shape[1])]
        columns = ([getattr(row, name)[0] for row in rows] for name in ("weights", "means", "excesses"))
        return Mixture(*(np.array(column) for column in columns))


class _Grid(NamedTuple):
    """One number per model; noise is a variance."""

    trend: Floats
    season: Floats
    noise: Floats
    memory: Floats
    control: Floats
    log_belief: Floats


def counterfactual(series: Series) -> Counterfactual:
    """What the batches after the step would have been without it.

    The step is a parameter of its own, of which nothing is believed: so the batches after it tell of the trend, the
    season and the noise, and not of the level.
    """
    known = np.flatnonzero(~np.isnan(series.counts))
    ahead = slice(series.at, len(series.counts))
    past = known < series.at
    step: Floats = _LEVEL * np.outer(~past, ~past).astype(np.float64)
    time = np.arange(len(series.counts)) - known[past].mean()
    # Half an event in all (Jeffreys) keeps the level of an empty past off zero.
    counts = series.counts[known] + 0.5 / len(known)
    shift = series.offset + np.log(counts[past].sum() / np.exp(series.offset[known[past]]).sum())
    follows, blur = _control(series.control, known, len(time))

    fitted = _pilot(counts, shift[known], time[known], series.period, step)
    residual = float(((counts / fitted - 1) ** 2).mean())
    grid = _grid(series, 1 / float(fitted.mean()), residual)
    curve, noise = _covariances(grid, time, _waves(series.period, len(known)))
    models, both = np.arange(len(grid.trend)), curve + noise
    within, across = both[np.ix_(models, known, known)] + step, both[:, known, ahead]
    share = grid.control[:, None]
    followed = share * follows

    # Twice: the working responses depend on the fitted curve, which depends on the weights.
    for last in (False, True):
        working = np.log(fitted) + counts / fitted - 1 - shift[known] - followed[:, known]
        own = (1 / fitted + share**2 * blur[known])[:, :, None] * np.eye(len(known))
        root = np.linalg.cholesky(within + own)
        right = np.concatenate([working[:, :, None], across], axis=2) if last else working[:, :, None]
        solved = np.linalg.solve(root, right)
        fit = grid.log_belief - (solved[:, :, 0] ** 2).sum(axis=1) / 2
        fit -= np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        weights = np.exp(fit - fit.max())
        if not last:
            best = np.argsort(-weights)[:_BEST]
            pull = np.linalg.solve(root[best].transpose(0, 2, 1), solved[best])
            lines = ((curve[np.ix_(best, known, known)] + step) @ pull)[:, :, 0] + followed[best][:, known]
            fitted = np.exp(shift[known] + weights[best] @ lines / weights[best].sum())
    lever = solved[:, :, 1:]
    blurred = share**2 * blur[ahead]
    return Counterfactual(
        weights / weights.sum(),
        shift[ahead] + (lever * solved[:, :, :1]).sum(axis=1) + followed[:, ahead],
        both[:, ahead, ahead] - lever.transpose(0, 2, 1) @ lever + blurred[:, :, None] * np.eye(blurred.shape[1]),
        grid.noise[:, None] + blurred,
        grid.trend > 0,
    )


def _control(control: Floats | None, known: NDArray[np.intp], length: int) -> tuple[Floats, Floats]:
    """The logarithm of the control, centred, and the variance of its error."""
    if control is None:
        return np.zeros(length), np.zeros(length)
    logs = np.log(control + 0.5)
    return logs - logs[known].mean(), 1 / (control + 0.5)


def _pilot(counts: Floats, shift: Floats, time: Floats, period: float | None, step: Floats) -> Floats:
    """A curve to start from: trend, season and some noise."""
    curve = _LEVEL + step + 0.03**2 * np.outer(time, time) + 0.2**2 * _season(time, _waves(period, len(time)))
    fitted = counts + 0.5
    for _ in range(5):
        working = np.log(fitted) + counts / fitted - 1 - shift
        fitted = np.exp(shift + curve @ np.linalg.solve(curve + np.diag(1 / fitted + 0.02), working))
    return fitted


def _grid(series: Series, poisson: float, residual: float) -> _Grid:
    """The models worth asking: no noise far below Poisson's, none far above what is seen."""
    round_ = series.period is not None and len(series.counts) >= 1.5 * series.period
    season = {0.0: 1.0} if series.period is None else {**_SEASON, **(_STRONG if round_ else {})}
    seen = [sd**2 for sd in _NOISE if 0.1 * poisson < sd**2 < 6 * max(residual, poisson)] or [poisson]
    noises = [(0.0, 0.0, _QUIET)]
    noises += [(v, memory, (1 - _QUIET) / len(seen) / len(_MEMORY)) for v in seen for memory in _MEMORY]
    control = {0.0: 1.0} if series.control is None else _CONTROL
    rows = [
        (trend, wave, noise, memory, follows, np.log(a * b * c * d))
        for (trend, a), (wave, b), (noise, memory, c), (follows, d) in product(
            _TREND.items(), season.items(), noises, control.items()
        )
    ]
    return _Grid(*np.array(rows).T)


def _waves(period: float | None, known: int) -> list[float]:
    """Frequencies of a season, per batch: as many as the batches known can tell."""
    if period is None:
        return []
    return [2 * np.pi * k / period for k in range(1, _WAVES + 1) if k == 1 or (k <= known / period and 2 * k < period)]


def _season(time: Floats, waves: list[float]) -> Floats:
    """Correlations of a season of amplitude 1, its waves ever weaker."""
    lag = np.subtract.outer(time, time)
    return sum((np.cos(wave * lag) / k**2 for k, wave in enumerate(waves, start=1)), np.zeros_like(lag))


def _covariances(grid: _Grid, time: Floats, waves: list[float]) -> tuple[Floats, Floats]:
    """Of the curve and of the noise, (models, batches, batches)."""
    lag = np.abs(np.subtract.outer(time, time))
    trend, season, noise, memory = (values[:, None, None] for values in grid[:4])
    curve = _LEVEL + trend**2 * np.outer(time, time) + season**2 * _season(time, waves)
    return curve, noise * np.power(memory, lag)
