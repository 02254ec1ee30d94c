"""Log: what a trace reads, whichever engine holds it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from customer_factory.events.selector import PROPERTIES, own
from customer_factory.journeys.calendar import Offsets

LOAD = "(load)"
"""The column that tells which load brought an event, in engines that know."""


@dataclass(frozen=True)
class Log:
    """The events of an engine, with identities joined, as Ibis tables.

    Args:
        events: person, event, time (naive UTC), id, channel, amount, currency, and properties: a map or columns.
        people: name (any id) and person (the key that stands for it); None where names are the keys themselves.
        offsets: The factory's zone over the span of the log.
        properties: The names of the properties that occur, where the engine knows them.
        everybody: Who has events (person), where the engine knows it without looking at them.
    """

    events: Any
    people: Any | None
    offsets: Offsets
    properties: frozenset[str] | None = None
    everybody: Any | None = None

    def until(self, moment: datetime) -> Log:
        """The same log as it was known at a moment (naive UTC)."""
        import ibis

        known = self.events.filter(self.events.time <= ibis.timestamp(moment))
        return replace(self, events=known, everybody=None)

    def has(self, name: str) -> bool:
        """Whether a property or column occurs at all."""
        if own(name) in self.events.columns:
            return True
        return PROPERTIES in self.events.columns and (self.properties is None or name in self.properties)
