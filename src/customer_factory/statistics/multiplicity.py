"""Many tests at once: p-values that stay honest when the smallest of many is picked out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics.checks import Floats, vector


def holm(p: ArrayLike) -> Floats:
    """Holm's (1979) adjusted p-values: rejecting those up to α keeps the chance of *any* false claim at α.

    Args:
        p: p-values, in any order and however they depend on each other; there may be none.

    Returns:
        The adjusted ones, in the same order.

    Raises:
        ValueError: If one is not between 0 and 1.

    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    values, order = _ordered(p)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1.0)
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Benjamini and Hochberg's (1995) adjusted p-values: of those up to q, at most the share q is false, on average.

    Args:
        p: p-values, in any order, independent or positively dependent; there may be none.

    Returns:
        The adjusted ones, in the same order.

    Raises:
        ValueError: If one is not between 0 and 1.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    values, order = _ordered(p)
    n = len(values)
    adjusted = np.empty_like(values)
    scaled = values[order] * n / np.arange(1, n + 1)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return adjusted


def _ordered(p: ArrayLike) -> tuple[Floats, np.ndarray]:
    values = vector(p, "p", least=0)
    bad = np.flatnonzero((values < 0) | (values > 1))
    if len(bad):
        raise ValueError(f"p[{bad[0]}] is {values[bad[0]]:g}; a p-value lies between 0 and 1.")
    return values, np.argsort(values, kind="stable")
