"""Many shares at once, each pulled towards the common one as far as its own evidence is thin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit

from customer_factory.statistics.checks import Floats, shares

# On log(a + b): from all-or-nothing groups to groups that do not differ. Beyond, the likelihood is flat.
_LOOSE, _TIGHT = math.log(0.01), math.log(1e7)


@dataclass(frozen=True, eq=False, slots=True)
class Shrinkage:
    """The common distribution Beta(a, b) of the groups' shares, and each group's share given its data.

    Attributes:
        a: First parameter of the prior; infinite where the groups differ no more than chance makes them.
        b: Second parameter; infinite likewise.
        mean: The mean of the prior: the common share.
        means: Posterior means, one per group.
        sds: Posterior standard deviations, the uncertainty of the common share included.
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
    own.

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
    mean, size = _fit(k, n)
    prior_share = np.ones_like(n) if math.isinf(size) else size / (size + n)
    own = np.divide(k, n, out=np.full_like(k, mean), where=n > 0)
    means = prior_share * mean + (1 - prior_share) * own
    # Where all or none succeeded, half a success keeps the spread from vanishing.
    total = float(n.sum())
    centre = (float(k.sum()) + 0.5) / (total + 1) if mean in {0.0, 1.0} else mean
    within = np.zeros_like(n) if math.isinf(size) else means * (1 - means) / (size + n + 1)
    # What each group tells of the common share: its n trials, deflated by how alike they are within it.
    alike = 0.0 if math.isinf(size) else 1 / (size + 1)
    information = np.sum(n / (1 + np.maximum(n - 1, 0) * alike)) / (centre * (1 - centre))
    sds = np.sqrt(within + prior_share**2 / information)
    a, b = (math.inf, math.inf) if math.isinf(size) else (mean * size, (1 - mean) * size)
    return Shrinkage(a, b, mean, means, sds)


def _fit(k: Floats, n: Floats) -> tuple[float, float]:
    """Mean and size (a + b) of the most likely beta; the pooled share and infinity if spread adds nothing."""
    pooled = float(k.sum() / n.sum())
    if pooled in {0.0, 1.0} or np.count_nonzero(n) < 2:
        return pooled, math.inf

    def unlikelihood(point: Floats) -> float:
        mean, size = expit(point[0]), math.exp(point[1])
        a, b = mean * size, (1 - mean) * size
        return -float(np.sum(betaln(a + k, b + n - k) - betaln(a, b)))

    flat = -float(np.sum(k * math.log(pooled) + (n - k) * math.log(1 - pooled)))
    bounds = [(-20.0, 20.0), (_LOOSE, _TIGHT)]
    fits = [
        minimize(unlikelihood, np.array([logit(pooled), math.log(size)]), method="L-BFGS-B", bounds=bounds)
        for size in (2.0, 30.0, 1000.0)
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    # A flat ridge towards infinite size is told from a maximum by what it gains over one common share.
    if best.fun > flat - 1e-4 or best.x[1] > _TIGHT - 0.5:
        return pooled, math.inf
    return float(expit(best.x[0])), math.exp(best.x[1])
