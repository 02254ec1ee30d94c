"""How many it takes: sample sizes for shares and means, and batches for counts.

They answer "how much more?" for an effect that would be worth having, chosen beforehand. The effect that has been seen
so far answers nothing: it is large when luck was.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from customer_factory.statistics.checks import level_of
from customer_factory.statistics.sequential import reach


def sample_size_shares(
    base: float, other: float, *, level: float = 0.95, power: float = 0.8, share: float = 0.5
) -> float:
    """Trials in both groups together to tell two shares apart, two-sided (Fleiss, Levin and Paik 2003, no correction).

    Args:
        base: The share of the first group.
        other: That of the second.
        level: 1 − the chance of seeing a difference where there is none.
        power: The chance of seeing this one.
        share: The part of the trials that are the second group's.

    Raises:
        ValueError: If something is not between 0 and 1; shares may be 0 or 1, but not equal.

    >>> math.ceil(sample_size_shares(0.25, 0.40) / 2)             # each group
    152
    """
    for name, value in (("base", base), ("other", other)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is {value}; a share lies between 0 and 1.")
    _open(share, "share")
    if base == other:
        raise ValueError("the two shares are equal; no number of trials tells them apart.")
    common = base * (1 - share) + other * share
    alike = common * (1 - common) / (share * (1 - share))
    apart = base * (1 - base) / (1 - share) + other * (1 - other) / share
    root = _z(0.5 + level_of(level) / 2) * math.sqrt(alike) + _z(_open(power, "power")) * math.sqrt(apart)
    return (root / (other - base)) ** 2


def sample_size_means(
    difference: float, sd: float, *, level: float = 0.95, power: float = 0.8, share: float = 0.5
) -> float:
    """Values in both groups together to tell two means apart, two-sided, with Guenther's correction (1981) for t.

    Args:
        difference: Between the means, not 0.
        sd: Standard deviation within each group, > 0.
        level: 1 − the chance of seeing a difference where there is none.
        power: The chance of seeing this one.
        share: The part of the values that are the second group's.

    Raises:
        ValueError: If the difference is 0, sd is not above 0, or a probability is not between 0 and 1.

    >>> math.ceil(sample_size_means(0.5, 1) / 2)                  # each group; Cohen (1988) has 64
    64
    """
    if difference == 0 or not sd > 0:
        raise ValueError(f"difference is {difference} and sd {sd}; both must differ from 0, and sd be above it.")
    z = _z(0.5 + level_of(level) / 2)
    within = (z + _z(_open(power, "power"))) ** 2 * (sd / difference) ** 2
    return within / (share * (1 - _open(share, "share"))) + z**2 / 2


def batches_for_counts(
    base: float,
    other: float,
    before: float = math.inf,
    *,
    dispersion: float = 1.0,
    level: float = 0.95,
    power: float = 0.8,
) -> float:
    """Batches to watch after a change until a new mean count is told from the old, two-sided.

    On the scale of square roots, where counts have one variance (Anscombe 1948; Gu and others 2008).

    Args:
        base: Mean count per batch before, ≥ 0.
        other: Mean count per batch after, ≥ 0.
        before: Batches that the old mean is known from; infinite where it is known exactly.
        dispersion: Variance over mean of the counts; 1 is Poisson.
        level: 1 − the chance of seeing a change where there is none.
        power: The chance of seeing this one.

    Returns:
        Batches, a fraction perhaps; infinite where so few batches before can never tell.

    Raises:
        ValueError: If a mean is negative, both are equal, or another argument is out of range.

    >>> round(batches_for_counts(20, 30), 1), batches_for_counts(20, 22, before=8)
    (1.9, inf)
    """
    if not (base >= 0 and other >= 0 and base != other):
        raise ValueError(f"the means are {base} and {other}; they must be from 0 up, and differ.")
    if not (before > 0 and dispersion > 0):
        raise ValueError(f"before is {before} and dispersion {dispersion}; both must be above 0.")
    needed = (_z(0.5 + level_of(level) / 2) + _z(_open(power, "power"))) ** 2
    told = 4 * (math.sqrt(other) - math.sqrt(base)) ** 2 / (dispersion * needed) - 1 / before
    return 1 / told if told > 0 else math.inf


def always_valid_size(
    difference: float, variance: float, planned: float, *, level: float = 0.95, power: float = 0.8
) -> float:
    """Values in both groups together until an always-valid interval leaves out 0, with this power at that look.

    Args:
        difference: Between the two means, not 0.
        variance: Of that difference times the number of values in all: var(a) / share(a) + var(b) / share(b).
        planned: As `always_valid` is told.
        level: As `always_valid` is told.
        power: The chance of having seen it by then.

    Raises:
        ValueError: If the difference is 0, or the variance or planned is not above 0.

    >>> fixed = sample_size_means(0.1, 1)
    >>> round(always_valid_size(0.1, 4, planned=5000) / fixed, 1)
    1.9
    """
    if difference == 0 or not (variance > 0 and planned > 0):
        raise ValueError(f"difference {difference}, variance {variance}, planned {planned}: none may be 0 or below.")
    beyond, n = _z(_open(power, "power")), planned
    for _ in range(100):
        was, n = n, variance * ((reach(n, planned, 1 - level_of(level)) + beyond) / difference) ** 2
        if abs(n - was) < 1e-6 * n:
            break
    return n


def _z(probability: float) -> float:
    return float(ndtri(probability))


def _open(value: float, name: str) -> float:
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; it must lie between 0 and 1.")
    return value
