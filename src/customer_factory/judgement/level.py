"""Where a rate stands now, as a posterior that honours luck, cohorts that differ, and change over time.

Each batch's count is beta-binomial: people of one cohort are alike (they came in the same week, from the same
campaign), so that the cohorts' own rates vary by a share v of themselves, which is an intraclass correlation of
ρ = v²·p/(1 − p). The rate itself may wander by a share w of itself per batch: older batches are discounted by δ per
batch (the discount model of West & Harrison, *Bayesian Forecasting and Dynamic Models*, 2nd ed., ch. 14, for binomial
counts), δ being the one at which such a walk settles at these counts: thousands a batch show within weeks that a rate
wandered, tens do not, and forgetting them would only cost evidence. Neither v nor w is known, so every pair of a grid
is weighted by how well it predicted each batch from those before (Bayesian model averaging). With v = w = 0 this is
Jeffreys' Beta(½ + reached, ½ + entered − reached).
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
WANDER = np.array([0.0, 0.01, 0.03, 0.1, 0.3])
"""w: .03 means that a step at 30 % stands somewhere between 29 and 31 % a batch later; .3 is a jump."""
WANDER_PRIOR = np.array([0.6, 0.25, 0.1, 0.04, 0.01])
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

    def draw(self, rng: np.random.Generator, draws: int, *, doubt: float = 0.0) -> Floats:
        """Draws from the posterior, shape (draws,).

        Args:
            rng: For the draws.
            draws: How many.
            doubt: So much of a failure is taken for a success. With ½ the upper tail is that of the exact test: the
                chance that so few, or fewer, reach it (Clopper & Pearson 1934).
        """
        pick = rng.choice(len(self.weight), size=draws, p=self.weight)
        return np.maximum(rng.beta(self.a[pick] + doubt, np.maximum(self.b[pick] - doubt, 1e-9)), 1e-12)


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
    alike = intraclass(VARIED, entered, reached)
    a, b, loglik, deflated = _filter(entered, reached, alike, discounts(WANDER, alike, entered, reached))
    weight = softmax(loglik + np.log(VARIED_PRIOR)[:, None] + np.log(WANDER_PRIOR)[None, :])
    inflation = float(np.sum(weight.sum(axis=1) * entered.sum() / deflated.sum(axis=1)))
    return Level(a.ravel(), b.ravel(), weight.ravel(), inflation)


def intraclass(varied: Floats, entered: Floats, reached: Floats) -> Floats:
    """ρ for groups whose rates vary by these shares – of the rate, or of its complement where that is smaller.

    >>> intraclass(np.array([0.1]), np.array([100.0]), np.array([25.0])).round(4).tolist()
    [0.0034]
    """
    rate = (float(reached.sum()) + 0.5) / (float(entered.sum()) + 1)
    return np.asarray(varied**2 * min(rate, 1 - rate) / max(rate, 1 - rate))


def discounts(wander: Floats, alike: Floats, entered: Floats, reached: Floats) -> Floats:
    """δ by (alike, wander), for rates that wander by these shares – of the rate, or of its complement – per batch.

    A walk of variance w² that is seen with a precision i per batch is known, once it has settled, with a variance V for
    which 1/V = i + 1/(V + w²), and V + w² = V/δ (West & Harrison, ch. 2): δ = 1 + c/2 − √(c + c²/4) with c = w²·i.

    >>> few, many = ((np.array([n]), np.array([0.3 * n])) for n in (10.0, 10_000.0))
    >>> [discounts(np.array([0.03]), np.zeros(1), *counts).round(2).tolist() for counts in (few, many)]
    [[[0.94]], [[0.18]]]
    """
    rate = (float(reached.sum()) + 0.5) / (float(entered.sum()) + 1)
    odds = min(rate, 1 - rate) / max(rate, 1 - rate)
    size = np.mean(entered / (1 + np.maximum(entered - 1, 0) * alike[:, None]), axis=1)
    c = wander**2 * odds * size[:, None]
    return np.asarray(np.maximum(1 + c / 2 - np.sqrt(c + c**2 / 4), 0.1))


def alike_posterior(entered: Floats, reached: Floats, alike: Floats, prior: Floats) -> Floats:
    """The posterior weights of ρ where groups have no order, such as channels. Shape of ``alike``."""
    _, _, loglik, _ = _filter(entered, reached, alike, np.ones((len(alike), 1)))
    return softmax(loglik[:, 0] + np.log(prior))


def softmax(logs: Floats) -> Floats:
    """Weights that sum to 1 from unnormalised logarithms."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _filter(entered: Floats, reached: Floats, alike: Floats, keep: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Posterior parameters and log predictive likelihood, by (alike, δ), and deflated entries by (alike, batch).

    ``keep`` holds the δ of each alike, (alike, δ).
    """
    from scipy.special import betaln  # slow to load

    deflate = 1 / (1 + np.maximum(entered - 1, 0) * alike[:, None])
    hit, miss = reached * deflate, np.maximum(entered - reached, 0) * deflate
    lag = np.arange(len(entered))[:, None] - np.arange(len(entered))[None, :]
    # seen[r, d, t, i]: how much batch i still counts when batch t is predicted.
    seen = np.where(lag > 0, keep[:, :, None, None] ** np.maximum(lag, 1), 0.0)
    before_a = 0.5 + np.einsum("rdti,ri->rdt", seen, hit)
    before_b = 0.5 + np.einsum("rdti,ri->rdt", seen, miss)
    size = before_a + before_b
    # The prediction spreads by what is unknown of the rate and by what cohorts differ anyway.
    spread = 1 - (1 - alike[:, None, None]) * (1 - 1 / (size + 1))
    a, b = before_a / size * (1 / spread - 1), before_b / size * (1 / spread - 1)
    loglik = np.sum(betaln(a + reached, b + np.maximum(entered - reached, 0)) - betaln(a, b), axis=2)
    now = keep[:, :, None] ** np.arange(len(entered))[::-1]
    return 0.5 + np.einsum("rdi,ri->rd", now, hit), 0.5 + np.einsum("rdi,ri->rd", now, miss), loglik, entered * deflate
