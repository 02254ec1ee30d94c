"""Where a rate stands now, as a posterior that honours luck, cohorts that differ, and change over time.

Each batch's count is beta-binomial: people of one cohort are alike (they came in the same week, from the same
campaign), so that the cohorts' own rates vary by a share v of themselves, which is an intraclass correlation of
ρ = v²·p/(1 − p). The rate itself may have changed at once, so that hardly more than the batches since then tell it; or
it may wander by a share w of itself per batch: then older batches are discounted by δ per batch (the discount model of
West & Harrison, *Bayesian Forecasting and Dynamic Models*, 2nd ed., ch. 14, for binomial
counts), δ being the one at which such a walk settles at these counts: thousands a batch show within weeks that a rate
wandered, tens do not, and forgetting them would only cost evidence. None of this is known, so every v is paired with
every course that the rate may have taken, and each pair is weighted by how well it predicted each batch from those
before (Bayesian model averaging). With v = 0 and no change this is Jeffreys' Beta(½ + reached, ½ + entered − reached).
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
WANDER = np.array([0.0, 0.01, 0.03, 0.1])
"""w: .03 means that a step at 30 % stands somewhere between 29 and 31 % a batch later."""
WANDER_PRIOR = np.array([0.55, 0.2, 0.1, 0.05])
CHANGED_PRIOR = 0.15
"""How likely it is beforehand that the rate changed at once in one of the batches of which it can be told."""
JUMP = 0.5
"""By which share of itself it then changed, give or take: what was before still tells as much of what is now."""
SINCE, CHANGES = 3, 26
"""Batches since a change that make a level rather than an accident, and how far back a change is looked for."""
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
    (0.3, 0.4)
    """
    if not cohorts:
        half = np.array([0.5])
        return Level(half, half, np.ones(1))
    entered, reached = np.array(cohorts[-HISTORY:], dtype=np.float64).T
    alike = intraclass(VARIED, entered, reached)
    seen, prior = _courses(discounts(WANDER, alike, entered, reached), precision(alike, entered, reached), len(entered))
    a, b, loglik, deflated = _filter(entered, reached, alike, seen)
    weight = softmax(loglik + np.log(VARIED_PRIOR)[:, None] + np.log(prior)[None, :])
    inflation = float(np.sum(weight.sum(axis=1) * entered.sum() / deflated.sum(axis=1)))
    return Level(a.ravel(), b.ravel(), weight.ravel(), inflation)


def changed_level(cohorts: Sequence[Pair], start: int, varied: Floats, prior: Floats) -> tuple[Level, Level]:
    """The levels before and from cohort ``start`` on, with one component per v, weighted alike in both.

    >>> before, after = changed_level([(100, 20)] * 8 + [(100, 40)] * 4, 8, VARIED, VARIED_PRIOR)
    >>> round(before.mean, 2), round(after.mean, 2)
    (0.2, 0.4)
    """
    entered, reached = np.array(cohorts, dtype=np.float64).T
    alike = intraclass(varied, entered, reached)
    halves = [(entered[:start], reached[:start]), (entered[start:], reached[start:])]
    fits = [_filter(n, x, alike, _discounted(np.ones((len(alike), 1)), len(n))) for n, x in halves]
    weight = softmax(fits[0][2][:, 0] + fits[1][2][:, 0] + np.log(prior))
    before, after = (Level(a[:, 0], b[:, 0], weight) for a, b, _, _ in fits)
    return before, after


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
    c = wander**2 * precision(alike, entered, reached)[:, None]
    return np.asarray(np.maximum(1 + c / 2 - np.sqrt(c + c**2 / 4), 0.1))


def precision(alike: Floats, entered: Floats, reached: Floats) -> Floats:
    """What a mean batch tells of the rate, by alike: one over the variance of a share of the rate, or its complement.

    >>> precision(np.zeros(1), np.array([100.0]), np.array([20.0])).round(1).tolist()
    [25.5]
    """
    rate = (float(reached.sum()) + 0.5) / (float(entered.sum()) + 1)
    size = np.mean(entered / (1 + np.maximum(entered - 1, 0) * alike[:, None]), axis=1)
    return np.asarray(size * min(rate, 1 - rate) / max(rate, 1 - rate))


def alike_posterior(entered: Floats, reached: Floats, alike: Floats, prior: Floats) -> Floats:
    """The posterior weights of ρ where groups have no order, such as channels. Shape of ``alike``."""
    _, _, loglik, _ = _filter(entered, reached, alike, _discounted(np.ones((len(alike), 1)), len(entered)))
    return softmax(loglik[:, 0] + np.log(prior))


def softmax(logs: Floats) -> Floats:
    """Weights that sum to 1 from unnormalised logarithms."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _courses(keep: Floats, told: Floats, batches: int) -> tuple[Floats, Floats]:
    """How much each batch counts under each course, as in _filter, and what is believed of the courses beforehand.

    ``told`` is what a mean batch tells of the rate, by alike.
    """
    starts = np.arange(max(SINCE, batches - CHANGES), batches - SINCE + 1)
    if not len(starts):
        return _discounted(keep, batches), WANDER_PRIOR / WANDER_PRIOR.sum()
    later, earlier, start = np.arange(batches + 1)[:, None], np.arange(batches)[None, :], starts[:, None, None]
    # A change with batch s: from s on, all before s together tell no more than a jump leaves to be told.
    left = np.minimum(1 / (JUMP**2 * np.maximum(told[:, None] * starts, 1e-9)), 1.0)[:, :, None, None]
    changed = np.where(earlier < later, np.where((earlier < start) & (later >= start), left, 1.0), 0.0)
    prior = np.concatenate([WANDER_PRIOR, np.full(len(starts), CHANGED_PRIOR / len(starts))])
    return np.concatenate([_discounted(keep, batches), changed], axis=1), prior / prior.sum()


def _discounted(keep: Floats, batches: int) -> Floats:
    lag = np.arange(batches + 1)[:, None] - np.arange(batches)[None, :]
    # Now is the moment of the newest batch: it counts in full.
    age = np.maximum(lag - (np.arange(batches + 1) == batches)[:, None], 0)
    return np.where(lag > 0, keep[:, :, None, None] ** age, 0.0)


def _filter(entered: Floats, reached: Floats, alike: Floats, seen: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Posterior parameters and log predictive likelihood, by (alike, course), and deflated entries by (alike, batch).

    ``seen`` says by (alike, course, t, i) how much batch i counts when batch t is predicted; t one beyond the last
    batch stands for now.
    """
    from scipy.special import betaln  # slow to load

    deflate = 1 / (1 + np.maximum(entered - 1, 0) * alike[:, None])
    hit, miss = reached * deflate, np.maximum(entered - reached, 0) * deflate
    all_a = 0.5 + np.einsum("rdti,ri->rdt", seen, hit)
    all_b = 0.5 + np.einsum("rdti,ri->rdt", seen, miss)
    before_a, before_b = all_a[:, :, :-1], all_b[:, :, :-1]
    size = before_a + before_b
    # The prediction spreads by what is unknown of the rate and by what cohorts differ anyway.
    spread = 1 - (1 - alike[:, None, None]) * (1 - 1 / (size + 1))
    a, b = before_a / size * (1 / spread - 1), before_b / size * (1 / spread - 1)
    loglik = np.sum(betaln(a + reached, b + np.maximum(entered - reached, 0)) - betaln(a, b), axis=2)
    return all_a[:, :, -1], all_b[:, :, -1], loglik, entered * deflate
