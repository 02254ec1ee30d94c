"""Happenings: how often what happened on which day – events, people by channel, rows by load – one grouped query."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import day_index
from customer_factory.journeys.log import LOAD
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch
from customer_factory.measures.moment import Moment

EVENT, CHANNEL, SOURCE = "event", "channel", "load"


def happenings(traced: Traced, blueprint: Blueprint, moment: Moment) -> Columns:
    """Counts by local day.

    Returns:
        kind (EVENT, CHANNEL or SOURCE), name, day (since 1970-01-01), n, and again: how many of them repeat another
        event of the same name, person and moment. Channels count people acquired; SOURCE has the numbers of loads, and
        occurs only where the engine knows them.
    """

    def tally(_: Now) -> Any:
        import ibis

        found = [_events(traced), _arrivals(traced, blueprint)]
        if LOAD in traced.events.columns:
            events = traced.events.select(
                name=traced.events[LOAD].cast("string"), day=day_index(traced.events.time, traced.offsets)
            )
            found.append(_counted(events, SOURCE))
        return ibis.union(*found)

    return fetch(traced, "happenings", tally, moment)


def _events(traced: Traced) -> Any:
    import ibis

    moments = repeated(traced)
    found = moments.group_by("name", "day").agg(n=moments.times.sum(), again=(moments.times - 1).sum())
    return found.select("name", "day", "n", "again", kind=ibis.literal(EVENT))


def repeated(traced: Traced) -> Any:
    """A row per event's name, person and moment: name, day, person, times (how many such events there are)."""
    events = traced.events.select("person", "time", name="event", day=day_index(traced.events.time, traced.offsets))
    return events.group_by("name", "day", "person", "time").agg(times=events.count())


def _arrivals(traced: Traced, blueprint: Blueprint) -> Any:
    people = traced.alone.filter(traced.alone.acquisition_at.notnull())
    people = people.select(
        name=people.channel.fill_null(blueprint.channels.default),
        day=day_index(people.acquisition_at, traced.offsets),
    )
    return _counted(people, CHANNEL)


def _counted(table: Any, kind: str) -> Any:
    import ibis

    found = table.group_by("name", "day").agg(n=table.count())
    return found.select("name", "day", "n", again=ibis.literal(0, "int64"), kind=ibis.literal(kind))
