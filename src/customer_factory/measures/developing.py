"""Cohorts whose windows are still open, counted as far as they tell the rate.

People of a young cohort who have not reached the step yet are no failures, but those who have are no secret either.
How much of a cohort's final count is there after so many batches is read from older cohorts, as actuaries do with
claims that are not reported yet: the chain ladder (Mack, *Astin Bulletin* 23, 1993, whose mean it is).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ENOUGH = 0.5
"""Cohorts of which at least this share of the final count is there tell the rate before their windows close."""


@dataclass(frozen=True)
class Development:
    """How the complete cohorts of a step came to their counts.

    Args:
        entered: People per cohort, oldest first.
        reached: Per cohort, people by the age at which they reached the step: complete batches since they entered it.
            All rows are as long as the window allows; what lies ahead is 0.
    """

    entered: tuple[int, ...] = ()
    reached: tuple[tuple[int, ...], ...] = ()

    def so_far(self, batches: int | None = None) -> tuple[tuple[float, float], ...]:
        """(entered, reached) of cohorts, oldest first, as effective numbers: open ones count as far as they tell.

        Args:
            batches: As known when only so many batches were complete; None: now.

        >>> Development((100, 100, 100), ((20, 20), (20, 20), (20, 0))).so_far()
        ((100.0, 40.0), (100.0, 40.0), (37.5, 15.0))
        """
        count = len(self.entered) if batches is None else min(batches, len(self.entered))
        if count == 0 or not self.reached:
            return ()
        entered = np.array(self.entered[:count], dtype=np.float64)
        ladder = np.array(self.reached[:count], dtype=np.float64)
        newest = np.arange(count)[::-1]
        ladder[np.arange(ladder.shape[1]) > newest[:, None]] = 0.0
        share = developed(ladder, count)[np.minimum(newest, ladder.shape[1] - 1)]
        keep = (share >= ENOUGH) & (entered > 0)
        size, hits = effective(entered[keep], ladder.sum(axis=1)[keep], share[keep])
        return tuple(zip(size.tolist(), hits.tolist(), strict=True))


def developed(reached: Floats, complete: int) -> Floats:
    """Which share of those who will reach the step have done so, by age of the cohort in complete batches.

    Args:
        reached: People by (cohort, batches from entry to reaching), cohorts oldest first; the last column is the
            longest that the window allows. Cells that lie after the last complete batch are not read.
        complete: How many cohorts, all of them complete, there are; the newest is at age 0.

    Returns:
        Shares by age, one per column. 0 where no older cohort tells.

    >>> ladder = np.array([[4.0, 4.0, 2.0], [8.0, 8.0, 0.0], [5.0, 0.0, 0.0]])
    >>> developed(ladder, 3).round(2).tolist()
    [0.4, 0.8, 1.0]
    """
    sums = np.cumsum(reached, axis=1)
    columns = reached.shape[1]
    share = np.ones(columns)
    for age in range(columns - 2, -1, -1):
        old = complete - 1 - age  # cohorts that have been seen for longer than this age
        then = sums[: max(old, 0), age + 1].sum()
        share[age] = share[age + 1] * (sums[: max(old, 0), age].sum() / then) if then > 0 else 0.0
    return share


def effective(entered: Floats, reached: Floats, share: Floats) -> tuple[Floats, Floats]:
    """How many fully watched people would tell as much of the rate, and how many of them reached the step.

    Of n people with rate p, of whom a share s of those who will has reached the step, x = Binomial(n, p·s). So x/(n·s)
    estimates p with variance p(1 − p·s)/(n·s); n·s·(1 − p)/(1 − p·s) fully watched people have the same.

    Args:
        entered: People per cohort.
        reached: Those who have reached it so far.
        share: Per cohort, which share of those who will has done so.

    >>> of, hits = effective(np.array([100.0, 100.0]), np.array([40.0, 20.0]), np.array([1.0, 0.5]))
    >>> of.round(1).tolist(), (hits / of).round(2).tolist()
    ([100.0, 37.5], [0.4, 0.4])
    """
    watched = entered * share
    total = float(watched.sum())
    rate = min(float(reached.sum()) / total, 1.0) if total else 0.0
    size = np.where(share < 1, watched * (1 - rate) / np.maximum(1 - rate * share, 1e-9), entered)
    own = np.divide(reached, watched, out=np.zeros_like(watched), where=watched > 0)
    return size, np.minimum(own, 1.0) * size
