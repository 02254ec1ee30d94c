"""Traced: the tables from which every number is read, and the protocol of the engines that make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import Offsets
from customer_factory.journeys.log import Log


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
"""Builds the Ibis query of a question that depends on the moment."""
Build = Callable[["Traced"], Any]
"""Builds the Ibis query of a tally over traced tables, whichever they are: everybody's, or those of some people."""


class Ask(Protocol):
    """Answers questions over traced tables with Arrow tables; ``name`` tells them apart."""

    def __call__(self, name: str, question: Question, on: datetime, running: int) -> Any:
        """The answer for a moment."""
        ...

    def tally(self, name: str, build: Build, traced: Traced, sums: Sequence[str]) -> Any:
        """The answer that holds whenever one looks; ``sums`` are the columns that add up over people."""
        ...


class Directly:
    """Builds each query, runs it, and forgets it."""

    def __call__(self, name: str, question: Question, on: datetime, running: int) -> Any:
        """The answer for a moment."""
        import ibis

        del name
        return question(Now(ibis.timestamp(on), ibis.literal(running, "int32"))).to_pyarrow()

    def tally(self, name: str, build: Build, traced: Traced, sums: Sequence[str]) -> Any:
        """The answer that holds whenever one looks."""
        del name, sums
        return build(traced).to_pyarrow()


@dataclass(frozen=True)
class Traced:
    """The log, traced.

    Args:
        journeys: A row per person (see ``journeys.journeys``), referrals in place.
        alone: The same without the columns that take other people's journeys: referral_at and accepted.
        activity: person, cohort (the batch of acquisition), batch: one row for each batch with activity.
        payments: person, cohort, batch, paid.
        transactions: person, batch, made; None where throughput counts people.
        people: person and name, the id to show; None where persons are names.
        log: The events themselves, as they were known at the moment, for questions that no journey answers.
        ask: How the engine answers a question over these tables.
    """

    journeys: Any
    alone: Any
    activity: Any
    payments: Any
    transactions: Any | None
    people: Any | None
    log: Log
    ask: Ask = field(default_factory=Directly)

    @property
    def offsets(self) -> Offsets:
        """The factory's zone over the span of the log."""
        return self.log.offsets


class Engine(Protocol):
    """Holds events and traces them."""

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments (naive UTC) of the first and the last event; None when there are no events."""
        ...

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment."""
        ...
