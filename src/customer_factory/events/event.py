"""An event: something a person did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

STANDARD = ("event_id", "person", "event", "time", "channel", "amount", "currency")
"""The columns with a meaning of their own; every other column of a table of events is a property."""

LINKING = ("anonymous_id", "previous_id")
"""Columns that name the same person by another id: who they were before, or on another device."""


@dataclass(frozen=True)
class Event:
    """Something a person did, once identities are joined.

    ``time`` is naive UTC. ``id`` orders events of the same moment and tells copies of one event from two events.

    >>> Event("ann", "signed_up", datetime(2026, 3, 1)).get("channel") is None
    True
    >>> Event("ann", "signed_up", datetime(2026, 3, 1), properties={"plan": "pro"}).get("plan")
    'pro'
    """

    person: str
    event: str
    time: datetime
    id: int = 0
    channel: str | None = None
    amount: float | None = None
    currency: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | float | None:
        """A standard field or a property by its name; None where the event has none."""
        if name in {"event", "channel", "amount", "currency"}:
            value: str | float | None = getattr(self, name)
            return value
        return self.properties.get(name)
