"""How far a share can be off: the Wilson score interval."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtri

from customer_factory.statistics.checks import level_of


class Interval(NamedTuple):
    """The two ends of an interval; unpacks as `low, high`."""

    low: float
    high: float


def wilson(successes: float, trials: float, level: float = 0.95) -> Interval:
    """The score interval of a share (Wilson 1927), good at small numbers and near 0 and 1.

    Args:
        successes: How many succeeded. May be fractional, as effective sample sizes are.
        trials: How many could have. With none, nothing is known: 0 to 1.
        level: The confidence level.

    Returns:
        The interval of the share, within 0 … 1.

    Raises:
        ValueError: If not 0 ≤ successes ≤ trials, or the level is not between 0 and 1.

    >>> low, high = wilson(1, 29)
    >>> round(low, 4), round(high, 4)
    (0.0061, 0.1718)
    """
    if not (math.isfinite(successes) and math.isfinite(trials) and 0 <= successes <= trials):
        raise ValueError(f"{successes:g} successes of {trials:g} trials: 0 ≤ successes ≤ trials must hold.")
    z2 = float(ndtri(0.5 + level_of(level) / 2)) ** 2
    if trials == 0:
        return Interval(0.0, 1.0)
    failures = trials - successes
    middle = successes + z2 / 2
    half = math.sqrt(z2 * (successes * failures / trials + z2 / 4))
    # At 0 and at all the ends are exact; rounding must not move them.
    low = 0.0 if successes == 0 else (middle - half) / (trials + z2)
    high = 1.0 if failures == 0 else (middle + half) / (trials + z2)
    return Interval(max(low, 0.0), min(high, 1.0))
