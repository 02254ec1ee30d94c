"""Durations, and batches: the periods of production, cut at midnight of the factory's own time zone.

A batch is known by an integer, its *index*: days since 1970-01-01, Mondays since 1969-12-29, or months since
January 1970. Integers mean the same on every engine, where week starts and zone functions do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from customer_factory.basics.clock import to_utc

Unit = Literal["day", "week", "month"]
UNIT_DAYS: dict[Unit, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
EPOCH = date(1970, 1, 1)
_DAY = timedelta(days=1)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """A length of time from words such as "14 days", "1 week" or "12 hours".

    Raises:
        ValueError: The text is no positive number with a unit from second to week. Months and years have no
            fixed length, so days are asked for instead.

    >>> parse_duration("14 days"), parse_duration("1.5 hours")
    (datetime.timedelta(days=14), datetime.timedelta(seconds=5400))
    """
    found = _DURATION.fullmatch(text)
    unit = found.group(2).lower() if found else ""
    if found is None or unit not in _SECONDS or float(found.group(1)) <= 0:
        raise ValueError(
            f"'{text}' is not a length of time; write a positive number and seconds, minutes, hours, days or weeks, "
            "such as '14 days' (a month has no fixed length: write '30 days')"
        )
    return timedelta(seconds=float(found.group(1)) * _SECONDS[unit])


@dataclass(frozen=True)
class Batches:
    """The calendar of production: which batch a moment falls into, and when a batch starts.

    Moments are naive UTC datetimes; starts are dates in the factory's zone.

    >>> weeks = Batches("week", "Europe/Berlin")
    >>> weeks.start(weeks.index(datetime(2026, 3, 1, 23, 30)))  # Monday 00:30 in Berlin
    datetime.date(2026, 3, 2)
    >>> weeks.begins(weeks.index(datetime(2026, 3, 1, 23, 30)))  # the same midnight, in UTC
    datetime.datetime(2026, 3, 1, 23, 0)
    """

    unit: Unit = "week"
    timezone: str = "UTC"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The factory's time zone."""
        return ZoneInfo(self.timezone)

    def local(self, moment: datetime) -> datetime:
        """The moment on the factory's wall clock, with its offset."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone)

    def index_of_day(self, day: date) -> int:
        """The index of the batch that a local date falls into."""
        if self.unit == "month":
            return (day.year - 1970) * 12 + day.month - 1
        days = (day - EPOCH).days
        return days if self.unit == "day" else (days + 3) // 7

    def index(self, moment: datetime) -> int:
        """The index of the batch that a moment falls into."""
        return self.index_of_day(self.local(moment).date())

    def start(self, index: int) -> date:
        """The first local date of a batch."""
        if self.unit == "month":
            return date(1970 + index // 12, index % 12 + 1, 1)
        return EPOCH + timedelta(days=index if self.unit == "day" else 7 * index - 3)

    def begins(self, index: int) -> datetime:
        """The moment (naive UTC) at which a batch begins; it ends where the next one begins."""
        return to_utc(datetime.combine(self.start(index), time(), tzinfo=self.zone))

    def end_of_day(self, day: date) -> datetime:
        """The last moment (naive UTC, microsecond) of a local date."""
        return to_utc(datetime.combine(day + _DAY, time(), tzinfo=self.zone)) - timedelta(microseconds=1)

    def offsets(self, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
        """The zone's offsets from UTC between two moments: each with the moment (UTC) from which it holds.

        An engine turns these few rows into a CASE, so no engine's own zone rules are needed.

        >>> [str(o) for _, o in Batches("day", "Europe/Berlin").offsets(datetime(2026, 1, 1), datetime(2026, 6, 1))]
        ['1:00:00', '2:00:00']
        """
        found = [(first, self._offset(first))]
        before, moment = first, first
        while moment < last:
            moment = min(moment + 7 * _DAY, last)
            if self._offset(moment) != found[-1][1]:
                found.append((self._change_between(before, moment), self._offset(moment)))
            before = moment
        return found

    def _offset(self, moment: datetime) -> timedelta:
        return self.local(moment).utcoffset() or timedelta()

    def _change_between(self, before: datetime, after: datetime) -> datetime:
        offset = self._offset(before)
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if middle <= before:
                break
            if self._offset(middle) == offset:
                before = middle
            else:
                after = middle
        return after.replace(microsecond=0)
