"""Time is a parameter: whoever needs the present is handed a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment as a naive datetime in UTC, the form in which the product keeps time."""


def system_clock() -> datetime:
    """The present moment; the only place that asks the machine for it.

    >>> system_clock().tzinfo is None
    True
    """
    return datetime.now(UTC).replace(tzinfo=None)


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still, for tests and for looking back.

    >>> fixed_clock(datetime(2026, 3, 1))()
    datetime.datetime(2026, 3, 1, 0, 0)
    """
    return lambda: moment


def to_utc(moment: datetime) -> datetime:
    """A datetime as naive UTC; one without a zone is taken to be UTC already.

    >>> from datetime import timezone, timedelta
    >>> to_utc(datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=1))))
    datetime.datetime(2026, 3, 1, 0, 0)
    """
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
