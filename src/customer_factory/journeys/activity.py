"""Activity: a row per person and batch – were they active, and what did they pay."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint, Step
from customer_factory.events.selector import field
from customer_factory.journeys.calendar import batch_index, day_index
from customer_factory.journeys.completion import completion
from customer_factory.journeys.log import Log
from customer_factory.journeys.money import priced


def activity(log: Log, blueprint: Blueprint, acquired: Any) -> Any:
    """Batches in which somebody did the retention step's events often enough. Without such a step there are none.

    Args:
        log: The events.
        blueprint: What counts.
        acquired: Who was acquired when (``journeys.acquired``).

    Returns:
        person, batch, first_time, and cohort: the batch of acquisition, so that a look needs no join.
    """
    import ibis

    step = blueprint.steps.retention
    events = log.events.filter(step.expression(log.events)) if step else log.events.filter(ibis.literal(value=False))
    events = events.mutate(batch=batch_index(events.time, blueprint.batches, log.offsets))
    grouped = events.group_by("person", "batch")
    if step is None or not step.counts:
        found = grouped.agg(first_time=events.time.min())
    elif step.within is None:
        found = grouped.agg(first_time=events.time.min(), units=_units(events, step, log))
        found = found.filter(found.units >= step.times).drop("units")
    else:
        unit = {} if step.distinct in {None, "day"} else {"unit": field(events, step.distinct)}
        enough = completion(events.mutate(**unit), step, log.offsets, ["person", "batch"])
        found = grouped.agg(first_time=events.time.min()).semi_join(enough, ["person", "batch"])
    return _in_cohorts(found, log, blueprint, acquired)


def _units(events: Any, step: Step, log: Log) -> Any:
    if step.distinct is None:
        return events.count()
    unit = day_index(events.time, log.offsets) if step.distinct == "day" else field(events, step.distinct)
    return unit.nunique()


def _in_cohorts(table: Any, log: Log, blueprint: Blueprint, acquired: Any) -> Any:
    cohorts = acquired.select("person", cohort=batch_index(acquired.time, blueprint.batches, log.offsets))
    return table.left_join(cohorts, "person").select(table, cohorts.cohort)


def payments(log: Log, blueprint: Blueprint, acquired: Any) -> Any:
    """What each person paid in each batch, net of refunds: person, batch, paid, cohort."""
    events = priced(log, blueprint)
    events = events.mutate(batch=batch_index(events.time, blueprint.batches, log.offsets))
    value = (events.amount * events.worth).fill_null(0.0)
    grouped = events.group_by("person", "batch").agg(paid=value.sum())
    return _in_cohorts(grouped, log, blueprint, acquired)
