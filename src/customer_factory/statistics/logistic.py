"""Logistic regression on grouped rows, by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, xlog1py, xlogy

from customer_factory.statistics.checks import Floats, shares

_STEPS, _SMALL = 100, 1e-8


def fit_logistic(x: ArrayLike, successes: ArrayLike, trials: ArrayLike, ridge: float = 0.0) -> Floats:
    """The coefficients of P(success) = 1 / (1 + exp(−x·β)), by (penalised) maximum likelihood.

    Args:
        x: A row per group, a column per covariate; the first column is the constant.
        successes: Per group.
        trials: Per group.
        ridge: Half of it times the squared coefficients, the constant's excepted, is taken from the log-likelihood
            (le Cessie and van Houwelingen 1992). Above 0 there is a fit even where a covariate decides everything.

    Returns:
        A coefficient per column.

    Raises:
        ValueError: If shapes do not fit, or not 0 ≤ successes ≤ trials.

    >>> fit_logistic([[1, 0], [1, 1]], [20, 50], [100, 100]).round(4).tolist()      # log odds .25, and times 4
    [-1.3863, 1.3863]
    """
    k, n = shares(successes, trials)
    design = np.asarray(x, dtype=np.float64)
    if design.ndim != 2 or len(design) != len(k) or not np.isfinite(design).all():
        raise ValueError(f"x must be finite and have a row for each of {len(k)} groups, not the shape {design.shape}.")
    penalty = np.full(design.shape[1], float(ridge))
    penalty[0] = 0.0
    beta = np.zeros(design.shape[1])
    best = _loglik(design, k, n, penalty, beta)
    for _ in range(_STEPS):
        p = expit(design @ beta)
        gradient = design.T @ (k - n * p) - penalty * beta
        information = (design * (n * p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]
        size = 1.0
        # Newton's step can be too long where a fit is nearly perfect: then half of it is tried.
        while (value := _loglik(design, k, n, penalty, beta + size * step)) < best - _SMALL and size > _SMALL:
            size /= 2
        beta, gained, best = beta + size * step, value - best, value
        if abs(gained) < _SMALL:
            break
    return beta


def _loglik(design: Floats, k: Floats, n: Floats, penalty: Floats, beta: Floats) -> float:
    p = expit(design @ beta)
    return float((xlogy(k, p) + xlog1py(n - k, -p)).sum() - (penalty * beta**2).sum() / 2)
