"""The factory's calendar as Ibis expressions made of comparisons and integers, which mean the same on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any

from customer_factory.basics.period import Batches

Offsets = Sequence[tuple[datetime, timedelta]]
"""The zone's offsets from UTC, each with the moment from which it holds (``Batches.offsets``)."""


def plus(time: Any, length: timedelta) -> Any:
    """A time column moved by a fixed length, which may be negative."""
    import ibis

    return time + ibis.interval(seconds=int(length.total_seconds()))


def local(time: Any, offsets: Offsets) -> Any:
    """A UTC time column on the factory's wall clock."""
    import ibis

    moved = [plus(time, offset) if offset else time for _, offset in offsets]
    if len(offsets) == 1:
        return moved[0]
    branches = [(time < ibis.timestamp(start), moved[i]) for i, (start, _) in enumerate(offsets[1:])]
    return ibis.cases(*branches, else_=moved[-1])


def utc(wall: Any, offsets: Offsets) -> Any:
    """A wall-clock column as UTC: the later of two moments that a clock shows twice."""
    import ibis

    moved = [plus(wall, -offset) for _, offset in offsets]
    branches = [(wall < ibis.timestamp(start + offset), moved[i]) for i, (start, offset) in enumerate(offsets[1:])]
    return ibis.cases(*branches, else_=moved[-1]) if branches else moved[0]


def last_of(times: Sequence[Any]) -> Any:
    """The last of several moments once all of them are known, else null: engines' greatest may pass over a null."""
    import ibis

    if len(times) == 1:
        return times[0]
    known = reduce(and_, [time.notnull() for time in times])
    return known.ifelse(ibis.greatest(*times), ibis.null("timestamp(6)"))


def day_index(time: Any, offsets: Offsets) -> Any:
    """The local date of a UTC time column, as days since 1970-01-01."""
    return (local(time, offsets).epoch_seconds() / 86400).floor().cast("int32")


def batch_index(time: Any, batches: Batches, offsets: Offsets) -> Any:
    """The index of the batch that a UTC time column falls into (see ``basics.period``)."""
    if batches.unit == "month":
        wall = local(time, offsets)
        return ((wall.year() - 1970) * 12 + wall.month() - 1).cast("int32")
    days = day_index(time, offsets)
    return days if batches.unit == "day" else ((days + 3) / 7).floor().cast("int32")


def midnight(time: Any, offsets: Offsets) -> Any:
    """The first instant (UTC) of the local day of a UTC time column."""
    import ibis

    # The offset at the moment itself is taken back off; on the two days of a year when it changes this may be an
    # hour away from midnight, and so equal to no event of which only the date is known.
    wall = local(time, offsets)
    starts = wall.truncate("D")
    if len(offsets) == 1:
        return plus(starts, -offsets[0][1])
    back = [plus(starts, -offset) for _, offset in offsets]
    branches = [(time < ibis.timestamp(start), back[i]) for i, (start, _) in enumerate(offsets[1:])]
    return ibis.cases(*branches, else_=back[-1])
