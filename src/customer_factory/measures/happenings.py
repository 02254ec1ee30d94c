"""Happenings: how often what happened on which day – events, people by channel, rows by load – one grouped query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import day_index, plus
from customer_factory.journeys.log import LOAD
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch
from customer_factory.measures.moment import Moment

EVENT, CHANNEL, SOURCE = "event", "channel", "load"
COLUMNS = ("kind", "name", "day", "n", "again")
LOOKED_BACK = timedelta(weeks=32)
"""How far back repeats are looked for: telling every event from every other is dear."""


def happenings(traced: Traced, blueprint: Blueprint, moment: Moment) -> Columns:
    """Counts by local day.

    Returns:
        kind (EVENT, CHANNEL or SOURCE), name, day (since 1970-01-01), n, and again: how many of them repeat another
        event of the same name, person and moment, within LOOKED_BACK. Channels count people acquired; SOURCE has the
        numbers of loads, and occurs only where the engine knows them.
    """

    def tally(now: Now) -> Any:
        import ibis

        events = traced.log.events
        found = [_counted(_by_day(traced, events.event), EVENT), _again(traced, now), _arrivals(traced, blueprint)]
        if LOAD in events.columns:
            found.append(_counted(_by_day(traced, events[LOAD].cast("string")), SOURCE))
        return ibis.union(*found)

    return fetch(traced, "happenings", tally, moment)


def _by_day(traced: Traced, name: Any) -> Any:
    return traced.log.events.select(name=name, day=day_index(traced.log.events.time, traced.offsets))


def _again(traced: Traced, now: Now) -> Any:
    """The repeats of each day, which add no events to those counted."""
    import ibis

    moments = repeated(traced, now)
    found = moments.group_by("name", "day").agg(again=(moments.times - 1).sum())
    return found.mutate(n=ibis.literal(0, "int64"), kind=ibis.literal(EVENT)).select(*COLUMNS)


def repeated(traced: Traced, now: Now) -> Any:
    """A row per name, person and moment of the last months with several events: name, day, person, times (how many)."""
    events = traced.log.events.filter(traced.log.events.time > plus(now.on, -LOOKED_BACK))
    events = events.select("person", "time", name="event")
    found = events.group_by("name", "person", "time").agg(times=events.count()).filter(lambda t: t.times > 1)
    return found.mutate(day=day_index(found.time, traced.offsets))


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
    found = found.mutate(again=ibis.literal(0, "int64"), kind=ibis.literal(kind))
    return found.select(*COLUMNS)
