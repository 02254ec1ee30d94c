"""Each step against its own baseline: is its rate rising, falling, or steady?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from customer_factory.judgement.evidence import Pair
from customer_factory.judgement.level import VARIED, VARIED_PRIOR, changed_level

RECENT = 4
"""Cohorts that are held against those before them."""
BASELINE = 26
"""Cohorts that a baseline goes back at most; it needs as many as are held against it."""
SURE = 0.995
"""The probability that a direction needs: over five steps a false one in at most 5 % of looks."""
STEADY = 1.25
"""Steady is a rate that is known to have changed by less than this factor, either way."""


@dataclass(frozen=True)
class Trend:
    """How a rate changed.

    Attributes:
        direction: "rising", "falling", "steady", or None where the counts do not tell.
        probability: That the rate is higher than it was; None with fewer than eight cohorts.
        ratio: The rate of the newest four cohorts over that of those before them.
        low: The lower end of the 95 % interval of that.
        high: The upper end.
        reason: Why, in words.
    """

    direction: Literal["rising", "falling", "steady"] | None
    probability: float | None
    ratio: float | None
    low: float | None
    high: float | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain types."""
        return asdict(self)


def trend(cohorts: Sequence[Pair], *, seed: int = 0, draws: int = 4000) -> Trend:
    """Whether the newest four cohorts reach a step more or less often than up to 26 before them.

    Cohorts that vary more than binomial are honoured, as in a Laney p′ chart, but at any count: both levels are
    posteriors, averaged over how much the cohorts vary (see `level`).

    Args:
        cohorts: (entered, reached) per batch, oldest first; effective numbers where windows are still open.
        seed: Makes the draws repeatable.
        draws: How many.

    >>> trend([(100, 30)] * 12 + [(100, 18)] * 4).direction, trend([(500, 150)] * 16).direction
    ('falling', 'steady')
    >>> trend([(10, 3)] * 5).reason
    'Only 5 cohorts tell the rate; 3 more are needed.'
    """
    known = [pair for pair in cohorts if pair[0] > 0][-(BASELINE + RECENT) :]
    if len(known) < 2 * RECENT:
        missing = 2 * RECENT - len(known)
        return Trend(
            None, None, None, None, None, f"Only {len(known)} cohorts tell the rate; {missing} more are needed."
        )
    then, now = changed_level(known, len(known) - RECENT, VARIED, VARIED_PRIOR)
    rng = np.random.default_rng(seed)
    # One choice of how much cohorts vary for both levels.
    pick = rng.choice(len(now.weight), size=draws, p=now.weight)
    ratio = rng.beta(now.a[pick], now.b[pick]) / np.maximum(rng.beta(then.a[pick], then.b[pick]), 1e-12)
    higher = float(np.mean(ratio > 1))
    centre, low, high = (float(q) for q in np.quantile(ratio, [0.5, 0.025, 0.975]))
    direction = _direction(higher, low, high)
    span = f"{centre:.2f} times what it was ({low:.2f} to {high:.2f})"
    said = f"The rate of the newest {RECENT} cohorts is {span}"
    return Trend(direction, higher, centre, low, high, f"{said}." if direction else f"{said}: the counts do not tell.")


def _direction(higher: float, low: float, high: float) -> Literal["rising", "falling", "steady"] | None:
    if higher >= SURE:
        return "rising"
    if higher <= 1 - SURE:
        return "falling"
    return "steady" if low > 1 / STEADY and high < STEADY else None
