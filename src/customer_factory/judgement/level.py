"""Where a rate stands now, as a posterior that honours luck, cohorts that differ, and change over time.

Each batch's count is beta-binomial: people of one cohort are alike (they came in the same week, from the same
campaign), so that the cohorts' own rates vary by a share v of themselves, which is an intraclass correlation of
ρ = v²·p/(1 − p). The rate itself may wander: older batches are discounted by δ per batch (the
discount model of West & Harrison, *Bayesian Forecasting and Dynamic Models*, 2nd ed., ch. 14, for binomial counts).
Neither v nor δ is known, so every pair of a grid is weighted by how well it predicted each batch from those before
(Bayesian model averaging). With v = 0 and δ = 1 this is Jeffreys' Beta(½ + reached, ½ + entered − reached).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_factory.judgement.evidence import Pair

Floats = NDArray[np.float64]

VARIED = np.array([0.0, 0.05, 0.1, 0.2, 0.4])
"""v: .1 means that a step at 30 % has weeks whose own rate is 27 or 33 %, beyond chance."""
VARIED_PRIOR = np.array([0.4, 0.2, 0.2, 0.13, 0.07])
KEEP = np.array([1.0, 0.95, 0.9, 0.8, 0.6])
"""δ: .9 keeps about the last ten batches in view, .6 the last two or three."""
KEEP_PRIOR = np.array([0.55, 0.2, 0.15, 0.07, 0.03])
HISTORY = 104
"""Batches that count at most."""


@dataclass(frozen=True, eq=False)
class Level:
    """A mixture of beta distributions.

    Attributes:
        a: First parameters, one per component.
        b: Second parameters.
        weight: Weights of the components; sum to 1.
        inflation: By how much cohorts vary more than binomial (1: not at all), averaged over the components.
    """

    a: Floats
    b: Floats
    weight: Floats
    inflation: float = 1.0

    @property
    def mean(self) -> float:
        """The posterior mean."""
        return float(np.sum(self.weight * self.a / (self.a + self.b)))

    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Draws from the posterior, shape (draws,)."""
        pick = rng.choice(len(self.weight), size=draws, p=self.weight)
        return np.maximum(rng.beta(self.a[pick], self.b[pick]), 1e-12)


def level_now(cohorts: Sequence[Pair]) -> Level:
    """The posterior of the rate as it is now.

    Args:
        cohorts: (entered, reached) per batch, oldest first. None at all gives the prior, Beta(½, ½).

    >>> steady = level_now([(100, 30)] * 16)
    >>> risen = level_now([(100, 20)] * 10 + [(100, 40)] * 6)
    >>> round(steady.mean, 2), round(risen.mean, 2)
    (0.3, 0.39)
    """
    if not cohorts:
        half = np.array([0.5])
        return Level(half, half, np.ones(1))
    entered, reached = np.array(cohorts[-HISTORY:], dtype=np.float64).T
    a, b, loglik, deflated = _filter(entered, reached, intraclass(VARIED, entered, reached), KEEP)
    weight = softmax(loglik + np.log(VARIED_PRIOR)[:, None] + np.log(KEEP_PRIOR)[None, :])
    inflation = float(np.sum(weight.sum(axis=1) * entered.sum() / deflated.sum(axis=1)))
    return Level(a.ravel(), b.ravel(), weight.ravel(), inflation)


def intraclass(varied: Floats, entered: Floats, reached: Floats) -> Floats:
    """ρ for groups whose rates vary by these shares – of the rate, or of its complement where that is smaller.

    >>> intraclass(np.array([0.1]), np.array([100.0]), np.array([25.0])).round(4).tolist()
    [0.0034]
    """
    rate = (float(reached.sum()) + 0.5) / (float(entered.sum()) + 1)
    return np.asarray(varied**2 * min(rate, 1 - rate) / max(rate, 1 - rate))


def alike_posterior(entered: Floats, reached: Floats, alike: Floats, prior: Floats) -> Floats:
    """The posterior weights of ρ where groups have no order, such as channels. Shape of ``alike``."""
    _, _, loglik, _ = _filter(entered, reached, alike, np.ones(1))
    return softmax(loglik[:, 0] + np.log(prior))


def softmax(logs: Floats) -> Floats:
    """Weights that sum to 1 from unnormalised logarithms."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _filter(entered: Floats, reached: Floats, alike: Floats, keep: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Posterior parameters and log predictive likelihood, by (alike, keep), and deflated entries by (alike, batch)."""
    from scipy.special import betaln  # slow to load

    deflate = 1 / (1 + np.maximum(entered - 1, 0) * alike[:, None])
    hit, miss = reached * deflate, np.maximum(entered - reached, 0) * deflate
    lag = np.arange(len(entered))[:, None] - np.arange(len(entered))[None, :]
    # seen[d, t, i]: how much batch i still counts when batch t is predicted.
    seen = np.where(lag > 0, keep[:, None, None] ** np.maximum(lag, 1), 0.0)
    before_a = 0.5 + np.einsum("dti,ri->rdt", seen, hit)
    before_b = 0.5 + np.einsum("dti,ri->rdt", seen, miss)
    size = before_a + before_b
    # The prediction spreads by what is unknown of the rate and by what cohorts differ anyway.
    spread = 1 - (1 - alike[:, None, None]) * (1 - 1 / (size + 1))
    a, b = before_a / size * (1 / spread - 1), before_b / size * (1 / spread - 1)
    loglik = np.sum(betaln(a + reached, b + np.maximum(entered - reached, 0)) - betaln(a, b), axis=2)
    now = keep[:, None] ** np.arange(len(entered))[::-1][None, :]
    return 0.5 + hit @ now.T, 0.5 + miss @ now.T, loglik, entered * deflate
