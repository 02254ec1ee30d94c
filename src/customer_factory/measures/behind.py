"""Behind: the people behind an alarm, as tables with the column person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import day_index
from customer_factory.journeys.passages import passage, waits
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.happenings import repeated
from customer_factory.measures.leads import settled
from customer_factory.measures.moment import Moment
from customer_factory.measures.people import names


def named(traced: Traced, moment: Moment, people: Callable[[Now], Any]) -> tuple[str, ...]:
    """The names of the people in a table, in the order of the alphabet."""
    import ibis

    now = Now(ibis.timestamp(moment.on), ibis.literal(moment.running, "int32"))
    return tuple(sorted(names(people(now).select("person").distinct(), traced)))


def did(traced: Traced, event: str, first: int, last: int) -> Any:
    """Who did something from one day to another (days since 1970-01-01)."""
    events = traced.log.events.filter(traced.log.events.event == event)
    return events.filter(day_index(events.time, traced.offsets).between(first, last))


def came(traced: Traced, blueprint: Blueprint, channel: str, first: int, last: int) -> Any:
    """Who was acquired through a channel from one day to another."""
    people = traced.alone.filter(traced.alone.acquisition_at.notnull())
    people = people.filter(people.channel.fill_null(blueprint.channels.default) == channel)
    return people.filter(day_index(people.acquisition_at, traced.offsets).between(first, last))


def recorded_again(traced: Traced, event: str, first: int, now: Now) -> Any:
    """Whose events of a name were recorded more than once from a day on."""
    moments = repeated(traced, now)
    return moments.filter(moments.name == event, moments.day >= first)


def not_happy(traced: Traced, blueprint: Blueprint, by: str, name: str, now: Now) -> Any:
    """Who came from a source (``by`` "channel" or "seller"), long enough ago, and did not become happy."""
    people = settled(traced, blueprint, now)
    return people.filter(people[by] == name, ~people.happy)


def lost(traced: Traced, blueprint: Blueprint, step: StepName, first: Any, now: Now) -> Any:
    """Who entered a step from a batch on, and was lost at it."""
    people = passage(step, traced, blueprint)
    gone = people.reached_at.isnull() & ~waits(people, step, blueprint, now)
    return people.filter(gone, people.cohort >= first)
