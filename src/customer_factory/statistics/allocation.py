"""Did chance share out as it was told to? Where not, something was lost unevenly, and no effect is to be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from customer_factory.statistics.checks import counts_of, not_negative, same_length, vector


def sample_ratio(counts: ArrayLike, shares: ArrayLike | None = None) -> float:
    """The p-value of Pearson's χ² of counts against the shares that were meant. Below .01 is worth a warning.

    Args:
        counts: How many each group holds, two groups or more.
        shares: What each was meant to hold, in any unit; equal ones without it.

    Returns:
        The p-value; 1 where nobody has been counted.

    Raises:
        ValueError: If there are fewer than two groups, the lengths differ, or a share is not above 0.

    >>> round(sample_ratio([44_700, 45_489]), 4)
    0.0086
    """
    found = counts_of(counts, least=2)
    meant = np.ones_like(found) if shares is None else not_negative(vector(shares, "shares"), "shares")
    same_length(found, meant, "counts and shares")
    if not meant.all():
        raise ValueError("a share is 0; a group that is meant to be empty is none.")
    if not found.any():
        return 1.0
    expected = found.sum() * meant / meant.sum()
    return float(chdtrc(len(found) - 1, float(((found - expected) ** 2 / expected).sum())))
