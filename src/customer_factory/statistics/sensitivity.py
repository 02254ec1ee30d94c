"""How strong something unseen would have to be to explain an effect away."""

from __future__ import annotations

import math


def e_value(ratio: float) -> float:
    """The E-value of a risk ratio (VanderWeele and Ding 2017): RR + √(RR·(RR − 1)), of its inverse where it is below 1.

    Something that is not in the data would have to go with the cause *and* with the outcome by at least this risk
    ratio each, beyond all that was adjusted for, to explain the whole effect. 1: nothing is needed.

    Args:
        ratio: The risk ratio, or the end of its interval that is nearer to 1.

    Raises:
        ValueError: If the ratio is negative or no number.

    >>> round(e_value(3.9), 2), round(e_value(1 / 3.9), 2), e_value(1)
    (7.26, 7.26, 1.0)
    """
    if math.isnan(ratio) or ratio < 0:
        raise ValueError(f"ratio is {ratio}; a risk ratio is 0 or more.")
    if ratio in {0.0, math.inf}:
        return math.inf
    away = max(ratio, 1 / ratio)
    return away + math.sqrt(away * (away - 1))


def e_value_of_interval(low: float, high: float) -> float:
    """The E-value of an interval of risk ratios: of the end nearer to 1, and 1 where the interval holds 1.

    >>> round(e_value_of_interval(1.8, 8.7), 2), e_value_of_interval(0.9, 1.4)
    (3.0, 1.0)
    """
    if not low <= high:
        raise ValueError(f"the interval runs from {low} to {high}; low ≤ high must hold.")
    return 1.0 if low <= 1 <= high else e_value(low if low > 1 else high)
