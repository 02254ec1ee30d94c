"""Which kinds the next few events will be of: shares that drift, and batches that differ beyond chance.

A Dirichlet-multinomial with discounting: each batch's counts by kind are a multinomial draw from that batch's own
shares, which vary around the present shares with an intraclass correlation ρ; older batches count δ per batch less
(West and Harrison, *Bayesian Forecasting and Dynamic Models*, 2nd ed., ch. 14). Neither is known, so every pair of a
grid is weighted by how well it predicted each batch from those before (Bayesian model averaging).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from customer_factory.statistics.checks import Floats

KEEP = np.array([1.0, 0.98, 0.95, 0.9, 0.8, 0.6])
KEEP_PRIOR = np.array([0.35, 0.25, 0.2, 0.12, 0.06, 0.02])
"""δ: .95 keeps about the last twenty batches in view."""
ALIKE = np.array([0.0, 0.02, 0.05, 0.1, 0.25])
ALIKE_PRIOR = np.array([0.4, 0.2, 0.2, 0.13, 0.07])
"""ρ: how alike the events of one batch are in kind."""
HISTORY = 104
"""Batches that count at most."""
_CENTRAL = 0.3
"""What an interval's uneven tails cost, beside its distance from the level: few kinds allow of even ones."""
_PRIOR = 0.5
"""Of each kind before anything is seen: Jeffreys'."""


@dataclass(frozen=True, eq=False)
class NextShares:
    """The next events by kind.

    Attributes:
        draws: Simulated counts, (draws, kinds); each row sums to the number of events.
        mean: Expected count per kind.
        low: Per kind the lower end of the interval.
        high: The upper end.
        chance: The probability that each interval holds: as near to the level as whole numbers allow.
    """

    draws: Floats
    mean: Floats
    low: Floats
    high: Floats
    chance: Floats


def next_shares(
    counts: ArrayLike, ahead: int = 10, *, level: float = 0.8, draws: int = 4000, seed: int = 0
) -> NextShares:
    """How many of the next events will be of each kind.

    Args:
        counts: (batches, kinds), whole numbers, the latest batch last; at least one event in all.
        ahead: How many events to look ahead; they are taken to come at the pace of the last eight batches.
        level: Of the intervals.
        draws: How many futures are drawn.
        seed: Makes them repeatable.

    Raises:
        ValueError: If counts are not two-dimensional, negative, not whole, or nothing was ever counted.

    >>> steady = next_shares([[6, 3, 1]] * 20)
    >>> steady.mean.round().tolist(), steady.draws.shape
    ([6.0, 3.0, 1.0], (4000, 3))
    >>> bool(steady.low[0] < 6 < steady.high[0]), bool(0.7 < steady.chance[0] < 0.9)
    (True, True)
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or not table.shape[1]:
        raise ValueError(f"counts must have the shape (batches, kinds), not {table.shape}.")
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.floor(table)).all()):
        raise ValueError("counts must be whole numbers from 0 up.")
    if not table.sum():
        raise ValueError("nothing was ever counted; the next events can be of any kind.")
    if ahead < 1 or not 0 < level < 1:
        raise ValueError(f"ahead is {ahead} and level {level}; at least 1, and between 0 and 1, are legal.")
    table = table[-HISTORY:]
    rng = np.random.default_rng(seed)
    weight, now = _weights(table)
    pick = rng.choice(weight.size, size=draws, p=weight.ravel())
    alike, keep = ALIKE[pick // len(KEEP)], KEEP[pick % len(KEEP)]
    pace = max(float(table[-8:].sum()) / min(len(table), 8), 1 / HISTORY)
    # The shares drift until half of the next events have come; one batch of them is alike, several less so.
    seen = now.reshape(-1, table.shape[1])[pick] * keep[:, None] ** (ahead / pace / 2)
    shares = _dirichlet(rng, seen + _PRIOR)
    each = max(min(ahead, pace), 1.0)
    alike_all = alike * (each - 1) / max(ahead - 1, 1)
    varied = alike_all > 0
    size = 1 / np.where(varied, alike_all, 1.0) - 1
    shares[varied] = _dirichlet(rng, shares[varied] * size[varied, None])
    found = rng.multinomial(ahead, shares).astype(np.float64)
    ends = np.array([_interval(np.bincount(kind.astype(int), minlength=ahead + 1) / draws, level) for kind in found.T])
    return NextShares(found, found.mean(axis=0), ends[:, 0], ends[:, 1], ends[:, 2])


def _weights(table: Floats) -> tuple[Floats, Floats]:
    """Weights of the grid, (alike, keep), and what each has seen of the kinds by now, (alike, keep, kinds)."""
    n = table.sum(axis=1)
    deflated = table / (1 + np.maximum(n - 1, 0) * ALIKE[:, None])[:, :, None]
    seen = np.zeros((len(ALIKE), len(KEEP), table.shape[1]))
    loglik = np.log(ALIKE_PRIOR)[:, None] + np.log(KEEP_PRIOR)
    for batch, total, own in zip(table, n, deflated.transpose(1, 0, 2), strict=True):
        before = seen + _PRIOR
        size = before.sum(axis=2)
        spread = 1 - (1 - ALIKE[:, None]) * (1 - 1 / (size + 1))
        a = before / size[:, :, None] * (1 / spread - 1)[:, :, None]
        whole = a.sum(axis=2)
        loglik = loglik + gammaln(whole) - gammaln(whole + total) + (gammaln(a + batch) - gammaln(a)).sum(axis=2)
        seen = (seen + own[:, None, :]) * KEEP[None, :, None]
    weight = np.exp(loglik - loglik.max())
    return weight / weight.sum(), seen


def _dirichlet(rng: np.random.Generator, a: Floats) -> Floats:
    """One draw per row, from gamma variates; rows that underflow fall back to their means."""
    gamma = rng.standard_gamma(np.maximum(a, 1e-9))
    total = gamma.sum(axis=1, keepdims=True)
    mean = a / a.sum(axis=1, keepdims=True)
    shares = np.where(total > 1e-250, gamma / np.maximum(total, 1e-300), mean)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _interval(chances: Floats, level: float) -> tuple[int, int, float]:
    """The ends of the interval of counts whose probability is near the level, and that lies as central as may be.

    >>> _interval(np.array([0.1, 0.2, 0.4, 0.2, 0.1]), 0.8)
    (1, 3, 0.8)
    """
    running = np.concatenate([[0.0], np.cumsum(chances)])
    chance = running[None, 1:] - running[:-1, None]  # [low, high]
    legal = np.triu(np.ones_like(chance), 0) > 0
    tails = np.abs(running[:-1, None] - (1 - running[None, 1:]))
    cost = np.where(legal, np.abs(chance - level) + _CENTRAL * tails, np.inf)
    low, high = np.unravel_index(int(np.argmin(np.round(cost, 12))), cost.shape)
    return int(low), int(high), round(float(chance[low, high]), 12)
