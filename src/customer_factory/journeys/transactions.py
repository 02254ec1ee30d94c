"""Transactions: what a marketplace makes – events of its happy step, from the one that made the person happy on."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import batch_index, midnight
from customer_factory.journeys.log import Log


def transactions(log: Log, blueprint: Blueprint, journeys: Any) -> Any | None:
    """How many transactions each person made in each batch: person, batch, made. None for other kinds of business.

    Args:
        log: The events.
        blueprint: What counts: the events of the last step that makes a happy customer, however many that step takes.
        journeys: The table of ``journeys.journeys``: nothing before a person's ``happy_at`` is counted.
    """
    if not blueprint.counts_transactions:
        return None
    step = blueprint.declared[blueprint.factory.happy[-1]]
    happy = journeys.filter(journeys.happy_at.notnull()).select("person", "happy_at")
    happy = happy.mutate(happy_day=midnight(happy.happy_at, log.offsets))
    events = log.events.filter(step.expression(log.events)).select("person", "time")
    events = events.inner_join(happy, "person")
    # Of an event at the first instant of a day only the date is known, as in the trace.
    events = events.filter((events.time >= events.happy_at) | (events.time == events.happy_day))
    keys = events.select("person", batch=batch_index(events.time, blueprint.batches, log.offsets))
    return keys.group_by("person", "batch").agg(made=keys.count())
