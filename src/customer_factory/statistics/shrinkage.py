"""Many shares at once, each pulled towards the common one as far as its own evidence is thin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit

from customer_factory.statistics.checks import Floats, shares

_GRID = 60  # sizes of the prior averaged over
_TIGHT = 1e7  # a prior worth more trials than this is one common share


@dataclass(frozen=True, eq=False, slots=True)
class Shrinkage:
    """The common distribution Beta(a, b) of the groups' shares, and each group's share given its data.

    Attributes:
        a: First parameter of the prior; infinite where the groups differ no more than chance makes them.
        b: Second parameter; infinite likewise.
        mean: The mean of the prior: the common share.
        means: Posterior means, one per group.
        sds: Standard errors of the means: posterior spread, with that a and b are not known exactly included.
    """

    a: float
    b: float
    mean: float
    means: Floats
    sds: Floats

    @property
    def size(self) -> float:
        """How many trials the prior is worth: a + b."""
        return self.a + self.b


def shrink(successes: ArrayLike, trials: ArrayLike) -> Shrinkage:
    """Empirical-Bayes shares: a beta-binomial model fitted by maximum likelihood (Skellam 1948; Morris 1983).

    The best of many groups is partly the luckiest. With no more spread between them than chance makes, every
    group gets the pooled share; the more they truly differ, and the larger a group, the more it keeps of its
    own. How much they differ is itself uncertain, with few groups very: the standard errors average over it, its
    standard deviation being uniform beforehand (Gelman 2006).

    Args:
        successes: Per group; may be fractional.
        trials: Per group, ≥ successes; groups without trials get the common share.

    Raises:
        ValueError: If there are no trials at all, or not 0 ≤ successes ≤ trials.

    >>> result = shrink([3, 30, 0], [10, 100, 0])
    >>> result.means.round(3).tolist(), result.a
    ([0.3, 0.3, 0.3], inf)
    >>> shrink([90, 10, 1], [100, 100, 1]).means.round(2).tolist()
    [0.9, 0.11, 0.76]
    """
    k, n = shares(successes, trials)
    if not n.any():
        raise ValueError("there are no trials in any group; at least one is needed.")
    pooled, total = float(k.sum() / n.sum()), float(n.sum())
    if pooled in {0.0, 1.0} or np.count_nonzero(n) < 2:
        # Nothing tells groups apart. Half a success keeps the spread from vanishing.
        centre = (float(k.sum()) + 0.5) / (total + 1)
        sd = math.sqrt(centre * (1 - centre) / total)
        return Shrinkage(math.inf, math.inf, pooled, np.full_like(k, pooled), np.full_like(k, sd))

    size, mean = _grid(k, n, pooled)
    weight = _loglik(k, n, size, mean)
    # The mean is profiled out; its own uncertainty at each size weighs in as in restricted likelihood.
    mean_variance = mean * (1 - mean) / _information(n, size).sum(axis=1, keepdims=True)
    weight = weight + np.log(mean_variance) / 2
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()

    a, b, best = _fit(k, n, pooled, size[np.argmax(weight), 0])
    means = np.full_like(k, pooled) if math.isinf(a) else (a + k) / (a + b + n)
    at_each = (mean * size + k) / (size + n)
    variance = at_each * (1 - at_each) / (size + n + 1) + (size / (size + n)) ** 2 * mean_variance
    sds = np.sqrt((weight * (variance + (at_each - means) ** 2)).sum(axis=0))
    return Shrinkage(a, b, best, means, sds)


def _grid(k: Floats, n: Floats, pooled: float) -> tuple[Floats, Floats]:
    """Sizes of the prior whose standard deviations are evenly spread from 0 up, and the best mean at each; columns."""
    full = n > 0
    spread = pooled * (1 - pooled)
    seen = math.sqrt(np.average((k[full] / n[full] - pooled) ** 2, weights=n[full]))
    most = min(max(seen, math.sqrt(spread / n.sum())) * (1 + 5 / math.sqrt(full.sum())), math.sqrt(spread) * 0.99)
    sd = most * (np.arange(_GRID)[:, None] + 0.5) / _GRID
    size = spread / sd**2 - 1
    information = _information(n, size)
    own = np.divide(k, n, out=np.zeros_like(k), where=full)
    mean = (information * own).sum(axis=1, keepdims=True) / information.sum(axis=1, keepdims=True)
    return size, np.clip(mean, 1e-9, 1 - 1e-9)


def _information(n: Floats, size: Floats) -> Floats:
    """What each group tells of the common share: its trials, deflated by how alike they are within it."""
    return np.asarray(n / (1 + np.maximum(n - 1, 0) / (size + 1)))


def _loglik(k: Floats, n: Floats, size: Floats, mean: Floats) -> Floats:
    a, b = mean * size, (1 - mean) * size
    return np.asarray((betaln(a + k, b + n - k) - betaln(a, b)).sum(axis=1, keepdims=True))


def _fit(k: Floats, n: Floats, pooled: float, start: float) -> tuple[float, float, float]:
    """The most likely a and b and their mean; infinite and the pooled share where spread adds nothing."""

    def unlikelihood(point: Floats) -> float:
        size, mean = np.array([[math.exp(point[1])]]), np.array([[expit(point[0])]])
        return -float(_loglik(k, n, size, mean)[0, 0])

    fit = minimize(
        unlikelihood,
        np.array([logit(pooled), math.log(start)]),
        method="L-BFGS-B",
        bounds=[(-20.0, 20.0), (math.log(0.01), math.log(_TIGHT))],
    )
    # A ridge that rises towards infinite size is told from a maximum by what it gains over one common share.
    flat = -float(np.sum(k * math.log(pooled) + (n - k) * math.log(1 - pooled)))
    size, mean = math.exp(fit.x[1]), float(expit(fit.x[0]))
    if fit.fun > flat - 1e-3 or size > _TIGHT / 2:
        return math.inf, math.inf, pooled
    return mean * size, (1 - mean) * size, mean
