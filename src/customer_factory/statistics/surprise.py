"""How surprising the newest numbers are, given those before them: silence, and a share that jumps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics.checks import counts_of, shares
from customer_factory.statistics.count_model import predict

LEAST = 6
"""Periods, or groups, from which on it can be told how much they vary."""
_SPREADS = np.linspace(0.02, 2, 40)
"""Standard deviations of shares, as multiples of their mean, that are averaged over."""


def expected_and_silence(counts: ArrayLike) -> tuple[float, float]:
    """What the next count is expected to be, and the chance that it is 0, if nothing changes.

    The prediction is that of `count_model`: negative binomial, with and without a trend, dispersion unknown.

    Args:
        counts: Of equal periods, oldest first; six or more.

    Raises:
        ValueError: If there are fewer, or a count is negative or not whole.

    >>> expected, chance = expected_and_silence([21, 18, 24, 17, 20, 22])
    >>> round(expected), chance < 0.001
    (21, True)
    >>> round(expected_and_silence([2, 0, 1, 3, 1, 2])[1], 1)
    0.3
    """
    found = counts_of(counts, least=LEAST)[None, :]
    one = predict(found, np.ones_like(found)).one
    return float(one.mean[0]), float(one.at_most(np.zeros(1))[0])


def chance_of_as_many(k: int, n: int, successes: ArrayLike, trials: ArrayLike) -> float:
    """The chance of k successes or more in n trials, if their share is what it was in the groups before.

    The groups' shares come from one beta distribution, and so does the new one: a share that always varied much
    surprises less. How much they vary is averaged over, as likely as the groups before make it, its standard deviation
    being uniform beforehand (Gelman 2006).

    Args:
        k: Successes now, of
        n: trials now.
        successes: Per group before; six groups or more with trials.
        trials: Per group before.

    Raises:
        ValueError: If there are fewer groups, or not 0 ≤ successes ≤ trials.

    >>> steady = [3, 2, 4, 1, 3, 2, 3, 2], [100] * 8
    >>> chance_of_as_many(30, 100, *steady) < 1e-4, chance_of_as_many(4, 100, *steady) > 0.1
    (True, True)
    >>> chance_of_as_many(30, 100, [3, 40, 4, 10, 3, 22, 3, 2], [100] * 8) > 0.01
    True
    """
    from scipy.stats import betabinom

    before, of = shares(successes, trials)
    if np.count_nonzero(of) < LEAST:
        raise ValueError(f"there are {np.count_nonzero(of)} groups with trials; at least {LEAST} are needed.")
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} trials cannot be successes.")
    before, of = before[of > 0], of[of > 0]
    # Half a success and half a failure (Jeffreys): what never happened so far is not impossible.
    mean = float((before.sum() + 0.5) / (of.sum() + 1))
    spread = mean * (1 - mean)
    sd = _SPREADS * min(mean, 1 - mean)
    size = (spread / sd**2 - 1)[sd**2 < 0.99 * spread]
    weight = betabinom.logpmf(before, of, mean * size[:, None], (1 - mean) * size[:, None]).sum(axis=1)
    weight = np.exp(weight - weight.max())
    # The mean is known as well as by so many independent trials; its variance widens what is foretold.
    independent = (of / (1 + (of - 1) / (size[:, None] + 1))).sum(axis=1)
    wide = 1 / (1 / (size + 1) + 1 / (independent + 1)) - 1
    return float(np.average(betabinom.sf(k - 1, n, mean * wide, (1 - mean) * wide), weights=weight))


def stratified_deficit(k: ArrayLike, n: ArrayLike, others: ArrayLike, of: ArrayLike) -> float:
    """The chance that a group falls this far short of the others, stratum by stratum, were it like them.

    The test of Cochran (1954) and Mantel and Haenszel (1959), one-sided and with the continuity correction. Where
    the group's odds differ from stratum to stratum by more than chance makes them, the variance is as much larger
    (quasi-likelihood: Pearson's χ² over its degrees of freedom).

    Args:
        k: Successes of the group in each stratum.
        n: Its trials there.
        others: Successes of the others there.
        of: Their trials.

    >>> stratified_deficit([5, 4], [50, 50], [60, 40], [200, 200]) < 0.01
    True
    >>> stratified_deficit([15, 10], [50, 50], [60, 40], [200, 200])
    0.5...
    """
    from scipy.special import ndtr

    mine, trials = shares(k, n)
    theirs, their_trials = shares(others, of)
    total, successes = trials + their_trials, mine + theirs
    gap = mine - np.divide(trials * successes, total, out=np.zeros_like(total), where=total > 0)
    variance = np.divide(
        trials * their_trials * successes * (total - successes),
        total**2 * (total - 1),
        out=np.zeros_like(total),
        where=total > 1,
    )
    gap, variance = gap[variance > 0], variance[variance > 0]
    if not len(gap):
        return 1.0
    deficit = gap.sum() / variance.sum()
    excess = float(((gap - deficit * variance) ** 2 / variance).sum()) / (len(gap) - 1) if len(gap) >= LEAST else 1.0
    return float(ndtr((float(gap.sum()) + 0.5) / math.sqrt(max(excess, 1.0) * float(variance.sum()))))
