"""Traced: the three tables from which every number is read, and the protocol of the engines that make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import Offsets


@dataclass(frozen=True)
class Traced:
    """The log, traced.

    Args:
        journeys: A row per person (see ``journeys.journeys``), referrals in place.
        activity: person, cohort (the batch of acquisition), batch: one row for each batch with activity.
        payments: person, cohort, batch, paid.
        people: person and name, the id to show; None where persons are names.
        offsets: The factory's zone over the span of the log.
    """

    journeys: Any
    activity: Any
    payments: Any
    people: Any | None
    offsets: Offsets


class Engine(Protocol):
    """Holds events and traces them."""

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments (naive UTC) of the first and the last event; None when there are no events."""
        ...

    def people(self) -> int:
        """How many people there are."""
        ...

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment."""
        ...
