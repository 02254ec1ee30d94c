"""Traced: the tables from which every number is read, and the protocol of the engines that make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import Offsets


@dataclass(frozen=True)
class Now:
    """The moment of a report as Ibis scalars, so that an engine can keep a question and ask it again later.

    Args:
        on: The moment (naive UTC); everything up to and including it is known.
        running: The index of the batch that is not complete yet.
    """

    on: Any
    running: Any


Question = Callable[[Now], Any]
"""Builds the Ibis query of a grouped tally."""


class Ask(Protocol):
    """Answers a question with an Arrow table; ``name`` tells questions over the same tables apart."""

    def __call__(self, name: str, question: Question, on: datetime, running: int) -> Any:
        """The answer for a moment."""
        ...


def ask_directly(name: str, question: Question, on: datetime, running: int) -> Any:
    """Build the query, run it, and forget it."""
    import ibis

    del name
    return question(Now(ibis.timestamp(on), ibis.literal(running, "int32"))).to_pyarrow()


@dataclass(frozen=True)
class Traced:
    """The log, traced.

    Args:
        journeys: A row per person (see ``journeys.journeys``), referrals in place.
        activity: person, cohort (the batch of acquisition), batch: one row for each batch with activity.
        payments: person, cohort, batch, paid.
        events: The log as it was known at the moment: person, event, time, id, channel and properties (``Log.events``).
        people: person and name, the id to show; None where persons are names.
        offsets: The factory's zone over the span of the log.
        ask: How the engine answers a question over these tables.
    """

    journeys: Any
    activity: Any
    payments: Any
    events: Any
    people: Any | None
    offsets: Offsets
    ask: Ask = ask_directly


class Engine(Protocol):
    """Holds events and traces them."""

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments (naive UTC) of the first and the last event; None when there are no events."""
        ...

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment."""
        ...
