"""Maximum likelihood for models of few positive parameters on grouped data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize

from customer_factory.statistics.checks import Floats

_LARGEST = 2**62  # numbers above it do not fit a row's key


def most_likely(loglik: Callable[[Floats], float], starts: Sequence[Sequence[float]]) -> tuple[Floats, float]:
    """The positive parameters at which the log-likelihood is largest, and its value there.

    The search is on logarithms, where such likelihoods are nearly quadratic; several starts guard against ridges.

    Args:
        loglik: Of an array of parameters; should be scaled to some −1 per observation.
        starts: Points to start from.
    """
    bound = [(-12.0, 16.0)] * len(starts[0])

    def unlikelihood(logs: Floats) -> float:
        value = loglik(np.exp(logs))
        return -value if np.isfinite(value) else 1e10

    fits = [
        minimize(unlikelihood, np.log(start), method="L-BFGS-B", bounds=bound, options={"ftol": 1e-9})
        for start in starts
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    fine = minimize(
        unlikelihood,
        best.x,
        method="Nelder-Mead",
        bounds=bound,
        options={"xatol": 1e-7, "fatol": 1e-13, "maxiter": 4000, "maxfev": 8000},
    )
    best = fine if fine.fun < best.fun else best
    return np.exp(best.x), -float(best.fun)


def climb(
    loglik: Callable[[Floats], tuple[float, Floats]], starts: Sequence[Sequence[float] | Floats]
) -> tuple[Floats, float]:
    """The same from a log-likelihood that gives its gradient too: no polishing is needed, and ten times fewer calls.

    Args:
        loglik: The value and the gradient at an array of parameters; should be scaled to some −1 per observation.
        starts: Points to start from.
    """
    bound = [(-12.0, 16.0)] * len(starts[0])

    def unlikelihood(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, gradient = loglik(parameters)
        return (-value, -gradient * parameters) if np.isfinite(value) else (1e10, np.zeros_like(logs))

    options = {"ftol": 1e-14, "gtol": 1e-7, "maxcor": 20}
    fits = [
        minimize(unlikelihood, np.log(start), jac=True, method="L-BFGS-B", bounds=bound, options=options)
        for start in starts
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    return np.exp(best.x), -float(best.fun)


def grouped(columns: Sequence[Floats], weights: Floats) -> tuple[list[Floats], Floats]:
    """Equal rows put together, their weights summed: ten million customers become some thousand groups."""
    # One number per row, made of each column's ranks, is sorted far faster than rows are.
    key, most = np.zeros(len(weights), dtype=np.int64), 1
    for column in columns:
        values = np.unique(column)
        if most * len(values) > _LARGEST:
            kept = np.unique(key)
            key, most = np.searchsorted(kept, key), len(kept)
        key, most = key * len(values) + np.searchsorted(values, column), most * len(values)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    total = np.asarray(np.add.reduceat(weights[order], starts), dtype=np.float64)
    return [column[order[starts]] for column in columns], total
