"""Everything that can trace: plain Python, and the expression on every engine that can be had in a test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import pyarrow as pa

from customer_factory.blueprint.blueprint import STEPS, Blueprint
from customer_factory.factory import Factory
from customer_factory.journeys.journey import Journey
from customer_factory.journeys.trace import trace
from customer_factory.journeys.traced import Traced
from customer_factory.warehouse.external import External

from conformance.stories import Rows, events, shown, table

Journeys = dict[str, Journey]
_numbers = count()


def python(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """The trace in plain Python, the oracle."""
    referral = blueprint.steps.referral
    known = [row for row in rows if until is None or row["time"] <= until]
    return trace(events(known, shown(rows), referral.referrer if referral else None), blueprint)


def warehouse(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """The embedded engine, through the factory."""
    with Factory.from_events(table(rows), blueprint) as factory:
        return read(factory.engine.traced(blueprint, until or _last(rows)), blueprint)


def duckdb(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """Events that stay in a DuckDB database."""
    with duckdb_table(table(rows)) as events_:
        return _external(events_, rows, blueprint, until)


def clickhouse(rows: Rows, blueprint: Blueprint, until: datetime | None = None) -> Journeys:
    """Events that stay in ClickHouse, whose real engine runs in this process."""
    with clickhouse_table(table(rows)) as events_:
        return _external(events_, rows, blueprint, until)


IMPLEMENTATIONS: dict[str, Callable[..., Journeys]] = {
    "python": python,
    "warehouse": warehouse,
    "duckdb": duckdb,
    "clickhouse": clickhouse,
}


def _external(events_: Any, rows: Rows, blueprint: Blueprint, until: datetime | None) -> Journeys:
    engine = External(events_, blueprint.factory.timezone)
    try:
        return read(engine.traced(blueprint, until or _last(rows)), blueprint)
    finally:
        engine.close()


def _last(rows: Rows) -> datetime:
    return max(row["time"] for row in rows)


@contextmanager
def duckdb_table(values: pa.Table) -> Any:
    """A table in a DuckDB database of its own."""
    import duckdb as driver
    import ibis

    with driver.connect() as connection:
        connection.register("given", values)
        connection.execute("CREATE TABLE happened AS FROM given")
        yield ibis.duckdb.from_connection(connection).table("happened")


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


def read(traced: Traced, blueprint: Blueprint) -> Journeys:
    """Journeys of an engine's table, in the form in which plain Python gives them."""
    names, called = {}, {}
    if traced.people is not None:
        for row in traced.people.to_pyarrow().to_pylist():
            names[row["name"]] = row["person"]
            best = called.get(row["person"])
            called[row["person"]] = min(best or (True, ""), (not row["known"], row["name"])) if best else (
                not row["known"],
                row["name"],
            )
    found = {}
    for row in traced.journeys.to_pyarrow().to_pylist():
        person = called[row["person"]][1] if called else row["person"]
        referrer = row["referrer"]
        if called and referrer in names:
            referrer = called[names[referrer]][1]
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
