"""The moment of a report, and which batches are complete by then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from customer_factory.basics.period import Batches


@dataclass(frozen=True)
class Moment:
    """When a report looks: it knows everything up to and including ``on`` (naive UTC), and nothing after.

    >>> now = Moment(datetime(2026, 3, 4, 12), Batches("week"), datetime(2026, 2, 20))
    >>> now.running, now.complete(now.running - 1), now.complete(now.running)
    (2931, True, False)
    """

    on: datetime
    batches: Batches
    first: datetime

    @cached_property
    def running(self) -> int:
        """The index of the batch that is not complete yet."""
        return self.batches.index(self.on + timedelta(microseconds=1))

    @cached_property
    def opening(self) -> int:
        """The index of the batch of the first event."""
        return self.batches.index(self.first)

    @property
    def known(self) -> range:
        """All batches from the first event's to that of the moment, which may be incomplete."""
        return range(self.opening, max(self.opening, self.batches.index(self.on)) + 1)

    def complete(self, index: int) -> bool:
        """Whether a batch lies wholly in the past."""
        return index < self.running

    def whole(self, index: int) -> bool:
        """Whether a batch is complete, and the data reach back to its first day."""
        late = index == self.opening and self.batches.local(self.first).date() > self.start(index)
        return self.complete(index) and not late

    def start(self, index: int) -> date:
        """The first date of a batch."""
        return self.batches.start(index)
