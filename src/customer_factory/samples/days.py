"""The days of a company's history, and moments in them: busy and quiet weekdays, waking hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from customer_factory.basics.period import Batches

Ints = NDArray[np.int64]
EPOCH = datetime(1970, 1, 1)
DAY = 86_400
AWAKE = (4.0, 3.2)
"""The hour of the day as a share of it is beta distributed: from about six in the morning, most after lunch."""


def seconds(moment: datetime) -> int:
    """Seconds since 1970, UTC.

    >>> seconds(datetime(1970, 1, 2))
    86400
    """
    return int((moment - EPOCH).total_seconds())


class Days:
    """The history of a company: so many complete batches, and the one that the last moment falls into.

    Batches are numbered from 0, the first of the history; the last one, ``count``, is not complete.

    Args:
        batches: The calendar.
        on: The last moment, naive UTC.
        count: Complete batches before it.
        weekdays: Relative activity from Monday to Sunday.

    >>> days = Days(Batches("week", "UTC"), datetime(2026, 3, 4), 2, [1, 1, 1, 1, 1, 0, 0])
    >>> days.batch_of(np.array([seconds(datetime(2026, 2, 16)), seconds(datetime(2026, 3, 1))])).tolist()
    [0, 1]
    """

    def __init__(self, batches: Batches, on: datetime, count: int, weekdays: Sequence[float]) -> None:
        last = batches.index(on)
        indices = range(last - count, last + 2)
        self.count = count
        self.on = seconds(on)
        self.edges: Ints = np.array([seconds(batches.begins(i)) for i in indices])
        daily = Batches("day", batches.timezone)
        first = daily.index_of_day(batches.start(indices[0]))
        end = daily.index_of_day(batches.start(indices[-1]))
        self.dates = [daily.start(i) for i in range(first, end)]
        self.starts: Ints = np.array([seconds(daily.begins(i)) for i in range(first, end)])
        self._load = np.concatenate([[0.0], np.cumsum([weekdays[date.weekday()] for date in self.dates])])
        self._opening: Ints = np.searchsorted(self.starts, self.edges)

    def batch_of(self, moments: Ints) -> Ints:
        """The number of the batch each moment falls into; ``count + 1`` for any later one."""
        found: Ints = np.searchsorted(self.edges, moments, side="right") - 1
        return found

    def moments(self, batch: Ints, rng: np.random.Generator) -> Ints:
        """A random moment in each of the batches, at its weekday's and hour's usual frequency."""
        low, high = self._load[self._opening[batch]], self._load[self._opening[batch + 1]]
        at = low + (high - low) * rng.random(len(batch))
        day = np.clip(
            np.searchsorted(self._load, at, side="right") - 1,
            self._opening[batch],
            self._opening[batch + 1] - 1,
        )
        # 23 hours, because that is how long the day is on which the clocks go forward
        hour = rng.beta(*AWAKE, len(batch)) * 23 * 3600
        found: Ints = self.starts[day] + hour.astype(np.int64)
        return found
