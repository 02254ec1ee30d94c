"""Everything that can trace: plain Python, and the expression on every engine that can be had in a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

import pyarrow as pa

from conformance.direct import Direct
from conformance.stories import Rows, events, shown, table
from customer_factory.blueprint.blueprint import STEPS, Blueprint
from customer_factory.events.event import Event
from customer_factory.factory import Factory
from customer_factory.journeys.journey import Journey
from customer_factory.journeys.trace import trace
from customer_factory.journeys.traced import Traced
from customer_factory.warehouse.external import External

Journeys = dict[str, Journey]
_numbers = count()


def python(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """The trace in plain Python, the oracle."""
    referral = blueprint.steps.referral
    known = [row for row in rows if until is None or row["time"] <= until]
    return trace(events(known, shown(rows), referral.referrer if referral else None), blueprint)


def of_its_log(factory: Factory, rows: Rows, until: datetime | None = None) -> Journeys:
    """Plain Python's trace of the log that a factory keeps, so that events of one moment stand in its order."""
    names, blueprint = shown(rows), factory.blueprint
    referral = blueprint.steps.referral
    log = factory.warehouse.rows("""
        SELECT name, event, time, id, channel, amount, currency, properties FROM events JOIN people USING (number)""")
    events = []
    for name, event, time, identifier, channel, amount, currency, properties in log:
        more = json.loads(properties or "{}")
        if referral and referral.referrer in more:
            more[referral.referrer] = names.get(more[referral.referrer], more[referral.referrer])
        if until is None or time <= until:
            person = names.get(name, name)
            events.append(Event(person, event, time, identifier, channel, amount, currency, more))
    return trace(events, blueprint)


def duckdb(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """The embedded engine, as a factory uses it."""
    with Factory.from_events(table(rows), blueprint) as factory:
        return read(factory.engine.traced(blueprint, until or _last(rows)))


def clickhouse(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """The same expression on ClickHouse's real engine, which runs in this process."""
    referral = blueprint.steps.referral
    joined = events(rows, shown(rows), referral.referrer if referral else None)
    return read(Direct(clickhouse_connection()).traced(joined, blueprint, until))


def external(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """Events that stay in a ClickHouse database, as they came: it validates them and joins identities."""
    with clickhouse_table(table(rows)) as stored:
        engine = External(stored, blueprint.factory.timezone)
        try:
            return read(engine.traced(blueprint, until or _last(rows)))
        finally:
            engine.close()


IMPLEMENTATIONS: dict[str, Callable[..., Journeys]] = {
    "python": python,
    "duckdb": duckdb,
    "clickhouse": clickhouse,
    "external": external,
}


def _last(rows: Rows) -> datetime:
    return max(row["time"] for row in rows)


@cache
def clickhouse_connection() -> Any:
    """The one ClickHouse engine of this process."""
    import clickhouse_connect
    import ibis

    return ibis.clickhouse.from_connection(clickhouse_connect.get_client(interface="chdb"))


@contextmanager
def clickhouse_table(values: pa.Table, schema: dict[str, str] | None = None) -> Any:
    """A table in ClickHouse."""
    import ibis

    connection, name = clickhouse_connection(), f"happened_{next(_numbers)}"
    columns = ibis.schema(schema) if schema else ibis.Schema.from_pyarrow(values.schema)
    connection.create_table(name, schema=columns, engine="Memory")
    connection.con.insert_arrow(name, values)
    yield connection.table(name)
    connection.raw_sql(f"DROP TABLE {name}")


def read(traced: Traced) -> Journeys:
    """Journeys of an engine's table, in the form in which plain Python gives them."""
    names: dict[str, int] = {}
    known_first: dict[int, tuple[bool, str]] = {}
    for row in traced.people.to_pyarrow().to_pylist() if traced.people is not None else []:
        key, called = row["person"], (not row["known"], row["name"])
        names[row["name"]] = key
        known_first[key] = min(known_first.get(key, called), called)
    called = {key: name for key, (_, name) in known_first.items()}
    found = {}
    for row in traced.journeys.to_pyarrow().to_pylist():
        person = called[row["person"]] if called else row["person"]
        assert person not in found, f"{person} has two journeys"
        referrer = row["referrer"]
        if referrer in names:
            referrer = called[names[referrer]]
        found[person] = Journey(
            person,
            row["channel"],
            row["visited_at"],
            {step: row[f"{step}_at"] for step in STEPS if row[f"{step}_at"] is not None},
            row["happy_at"],
            row["paid"],
            row["payments"],
            row["refunded"],
            row["unpriced"],
            row["invites"],
            row["accepted"],
            None if referrer == person else referrer,
            row["last_active"],
        )
    return found
