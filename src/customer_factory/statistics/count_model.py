"""What the next counts will be if nothing changes, told from the counts before them.

The model is a negative binomial regression on time: mean exp(a + b·t), variance μ + κμ². Neither whether there is a
trend b nor how much the counts vary beyond Poisson is known, and at a start-up's counts both matter, so the
prediction is an average over both: over eight dispersions and Poisson, with and without a trend, each weighted by
how well it explains the batches so far. Uncertainty of a and b widens each component, and so does memory: where what
batches vary beyond Poisson is handed on from one to the next, sums of four vary more than four by themselves would.
The tails are those of counts, not of a normal curve.

Everything is vectorised over rows, so that one call judges one series or thousands of simulated ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from customer_factory.statistics.checks import Floats
from customer_factory.statistics.mixtures import Mixture

AHEAD = 4  # batches that the moving sum spans
_DISPERSIONS = 8
COMPONENTS = 2 * (_DISPERSIONS + 1)  # with and without a trend; Poisson besides
# What is believed of a trend before the data speak: Student's t, most of it within −3 % … +5 % a batch. Where counts
# are large the data overrule it at once; where they are small it keeps noise from being extrapolated.
_GROWTH, _GROWTH_SD, _TAIL = 0.0125, 0.02, 3
# How much Poisson counts are believed in, in units of one e-fold of dispersion.
_POISSON = 1.8
# Batches that the belief in no memory is worth, and the autocorrelation that is let go.
_DOUBT, _LEAST_MEMORY = 8, 0.1


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """Per row: what the next batch, and the sum of the next four, will be.

    Attributes:
        one: The next batch.
        four: The sum of the next four batches.
        dispersion: Expected variance over mean of a batch at the mean level; 1 is Poisson.
        trend: Expected growth per batch, as a fraction.
    """

    one: Mixture
    four: Mixture
    dispersion: Floats
    trend: Floats


def predict(counts: Floats, known: Floats) -> Prediction:
    """Predicts the batches that follow.

    Args:
        counts: (rows, batches), the latest batch last.
        known: Same shape; 1 where the batch is part of the baseline, 0 where it is to be ignored. Every row needs
            three batches at least; six make a prediction worth having.
    """
    batches = known.sum(axis=1, keepdims=True)
    time = np.arange(-counts.shape[1], 0.0)
    middle = (known * time).sum(axis=1, keepdims=True) / batches
    time = (time - middle) * known
    ahead = (np.arange(float(AHEAD)) - middle)[:, None, :]

    # Half an event in all (Jeffreys) keeps the level of an empty baseline off zero.
    smooth = known * (counts + 0.5 / batches)
    total = smooth.sum(axis=1)
    level = total[:, None] / batches
    start = _poisson_line(smooth, time, known)
    fitted = np.exp(start[0] + start[1] * time)
    z = known * (counts - fitted) / np.sqrt(fitted)
    pearson = (z**2).sum(axis=1, keepdims=True) / (batches - 2)
    memory = _memory(z, batches)[:, :, None]
    log_d, log_prior = _dispersions(np.log(np.maximum(pearson, 1e-3)), batches)
    dispersion = np.exp(log_d)
    kappa = (dispersion - 1) / level

    y, m, t, k = counts[:, None, :], known[:, None, :], time[:, None, :], kappa[:, :, None]
    a, b, info = _line(smooth[:, None, :], m, t, k, start=start)
    likelihood = _Likelihood.of(y, m, k)
    # Each free parameter costs the dispersion a degree of freedom, hence half of log D; the prior on it grows as √D,
    # for too small a dispersion is the costlier mistake. Between the models only the likelihood weighs, with no penalty
    # for the trend: overlooking a steady trend raises false alarms, allowing for an absent one only widens limits.
    flat = likelihood(level[:, :, None]) + log_prior + log_d
    bent = likelihood(np.exp(a[:, :, None] + b[:, :, None] * t)) + log_prior + log_d
    bent += (log_d - np.log(np.maximum(pearson, 1))) / 2
    bent -= (_TAIL + 1) / 2 * np.log1p(((b - _GROWTH) / _GROWTH_SD) ** 2 / _TAIL)
    weights = np.concatenate([flat, bent], axis=1)
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)

    level_ahead = np.broadcast_to(level[:, :, None], (*kappa.shape, AHEAD))
    bent_ahead = np.exp(a[:, :, None] + b[:, :, None] * ahead)
    s0, s1, s2 = info
    zero = np.zeros_like(s0)
    # With memory fewer batches than there are tell level and slope: (1 − ρ)/(1 + ρ) of them, as far as not Poisson.
    wide = 1 + (1 - 1 / dispersion) * 2 * memory[:, :, 0] / (1 - memory[:, :, 0])
    flat_error = (wide * dispersion / total[:, None], zero, zero)
    det = (s0 * s2 - s1**2) / wide
    bent_error = (s2 / det, -s1 / det, s0 / det)

    def mixture(steps: int) -> Mixture:
        means, excesses = zip(
            _sum_of(level_ahead[..., :steps], ahead[..., :steps], k, memory, flat_error),
            _sum_of(bent_ahead[..., :steps], ahead[..., :steps], k, memory, bent_error),
            strict=True,
        )
        return Mixture(weights, np.concatenate(means, axis=1), np.concatenate(excesses, axis=1))

    half = weights.shape[1] // 2
    return Prediction(
        mixture(1),
        mixture(AHEAD),
        (weights * np.tile(dispersion, 2)).sum(axis=1),
        (weights[:, half:] * np.expm1(b)).sum(axis=1),
    )


def _memory(z: Floats, batches: Floats) -> Floats:
    """How much of its residual one batch hands to the next, (rows, 1).

    The autocorrelation of residuals is about 3/n too low after a line was fitted, and within a dozen batches mostly
    noise, so it is drawn towards 0, and what is small is let go: believing in memory that is not there hides falls.
    """
    total = np.maximum((z**2).sum(axis=1, keepdims=True), 1e-9)
    seen = (z[:, 1:] * z[:, :-1]).sum(axis=1, keepdims=True) / total + 3 / batches
    return np.asarray(np.clip(seen * batches / (batches + _DOUBT) - _LEAST_MEMORY, 0, 0.9))


def _pull(slope: Floats) -> Floats:
    """The precision by which the prior holds the slope, as of a normal curve with Student's slope there."""
    return (_TAIL + 1) / (_TAIL * _GROWTH_SD**2 + (slope - _GROWTH) ** 2)


def _poisson_line(y: Floats, time: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Level and slope of a Poisson regression, by Newton's method on the slope: the start of the other fits."""
    total = y.sum(axis=1, keepdims=True)
    moment = (y * time).sum(axis=1, keepdims=True)
    slope = np.zeros_like(total)
    for _ in range(6):
        share = known * np.exp(slope * time)
        share /= share.sum(axis=1, keepdims=True)
        mean = (share * time).sum(axis=1, keepdims=True)
        spread = (share * time**2).sum(axis=1, keepdims=True) - mean**2
        pull = _pull(slope)
        score = moment - total * mean - (slope - _GROWTH) * pull
        slope = slope + np.clip(score / (total * spread + pull), -0.3, 0.3)
    return np.log(total / (known * np.exp(slope * time)).sum(axis=1, keepdims=True)), slope


def _dispersions(estimate: Floats, batches: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the dispersions averaged over, Poisson first, and of their prior weights."""
    reach = 5 / np.sqrt(batches)
    low = np.maximum(estimate - reach, 0)
    step = (np.maximum(estimate, 0) + 1.2 * reach - low) / _DISPERSIONS
    grid = low + step * (np.arange(_DISPERSIONS) + 0.5)
    poisson = np.zeros_like(estimate)
    prior = [np.full_like(estimate, np.log(_POISSON)), np.broadcast_to(np.log(step), grid.shape)]
    return np.concatenate([poisson, grid], axis=1), np.concatenate(prior, axis=1)


def _line(
    y: Floats, m: Floats, t: Floats, kappa: Floats, *, start: tuple[Floats, Floats]
) -> tuple[Floats, Floats, tuple[Floats, Floats, Floats]]:
    """Level, slope and their information matrix at each dispersion, by two steps of Fisher's scoring."""
    shape = kappa.shape[:2]
    a, b = np.broadcast_to(start[0], shape), np.broadcast_to(start[1], shape)
    for step in range(3):
        mu = np.exp(a[:, :, None] + b[:, :, None] * t)
        per_mean = m / (1 + kappa * mu)
        weight = mu * per_mean
        s0, s1 = weight.sum(axis=2), (weight * t).sum(axis=2)
        pull = _pull(b)
        s2 = (weight * t**2).sum(axis=2) + pull
        if step < 2:
            score = (y - mu) * per_mean
            g0, g1 = score.sum(axis=2), (score * t).sum(axis=2) - (b - _GROWTH) * pull
            a = a + np.clip((s2 * g0 - s1 * g1) / (s0 * s2 - s1**2), -0.5, 0.5)
            b = b + np.clip((s0 * g1 - s1 * g0) / (s0 * s2 - s1**2), -0.1, 0.1)
    return a, b, (s0, s1, s2)


@dataclass(frozen=True, eq=False, slots=True)
class _Likelihood:
    """The log-likelihood of the counts at each dispersion, up to what no parameter changes."""

    y: Floats
    m: Floats
    kappa: Floats
    constant: Floats

    @classmethod
    def of(cls, y: Floats, m: Floats, kappa: Floats) -> _Likelihood:
        spread = kappa > 0
        size = np.divide(1, kappa, out=np.ones_like(kappa), where=spread)
        gammas = gammaln(y + size) - gammaln(size) - y * np.log(size)
        return cls(y, m, kappa, np.where(spread, gammas, 0))

    def __call__(self, mu: Floats) -> Floats:
        spread = self.kappa > 0
        size = np.divide(1, self.kappa, out=np.ones_like(self.kappa), where=spread)
        decay = np.where(spread, (self.y + size) * np.log1p(self.kappa * mu), mu)
        return np.asarray(((self.constant + self.y * np.log(mu) - decay) * self.m).sum(axis=2))


def _sum_of(
    mu: Floats, time: Floats, kappa: Floats, memory: Floats, error: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats]:
    """Mean of a sum of batches, and its variance beyond that: their own spread, and the fit's error (delta method).

    With memory ρ the mean of m batches varies by 1 + 2·Σ (1 − l/m)·ρ^l as much as without.
    """
    mean, lever = mu.sum(axis=2), (mu * time).sum(axis=2)
    of_a, of_both, of_b = error
    steps = mu.shape[2]
    shared = sum(2 * (1 - lag / steps) * memory[:, :, 0] ** lag for lag in range(1, steps))
    own = (kappa * mu**2).sum(axis=2) * (1 + shared)
    return mean, own + mean**2 * of_a + 2 * mean * lever * of_both + lever**2 * of_b
