"""Activity: a row per person and batch – were they active, and what did they pay."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import batch_index, day_index
from customer_factory.journeys.log import Log
from customer_factory.journeys.money import priced


def activity(log: Log, blueprint: Blueprint) -> Any:
    """Batches in which somebody did the retention step's events often enough: person, batch, active, first_time.

    Without a retention step there are none.
    """
    import ibis

    step = blueprint.steps.retention
    events = log.events.filter(step.expression(log.events)) if step else log.events.filter(ibis.literal(value=False))
    events = events.mutate(batch=batch_index(events.time, blueprint.batches, log.offsets))
    measures = {"first_time": events.time.min()}
    if step and step.counts:
        by_day = step.distinct == "day"
        measures["units"] = day_index(events.time, log.offsets).nunique() if by_day else events.count()
    grouped = events.group_by("person", "batch").agg(**measures)
    if step and step.counts:
        return grouped.mutate(active=grouped.units >= step.times).drop("units")
    return grouped.mutate(active=ibis.literal(value=True))


def payments(log: Log, blueprint: Blueprint) -> Any:
    """What each person paid in each batch, net of refunds: person, batch, paid. Empty without a revenue step."""
    events = priced(log, blueprint)
    events = events.mutate(batch=batch_index(events.time, blueprint.batches, log.offsets))
    value = (events.amount * events.worth).fill_null(0.0)
    return events.group_by("person", "batch").agg(paid=value.sum())
