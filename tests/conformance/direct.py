"""The expression over events as they are, with their own ids: what a trace must equal in every column."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.events.event import Event
from customer_factory.events.selector import own
from customer_factory.journeys.activity import activity, payments
from customer_factory.journeys.expression import acquired, journeys
from customer_factory.journeys.log import Log
from customer_factory.journeys.referrals import referrals, with_referrals
from customer_factory.journeys.traced import Traced
from customer_factory.journeys.transactions import transactions
from customer_factory.warehouse.foreign import prepare
from customer_factory.warehouse.scratch import Scratch

STANDARD = ("person", "event", "time", "id", "channel", "amount", "currency")


def columns(events: list[Event]) -> dict[str, pa.Array]:
    """The standard columns of events."""
    types = {"time": pa.timestamp("us"), "id": pa.int64(), "amount": pa.float64()}
    return {
        name: pa.array([getattr(event, name) for event in events], types.get(name, pa.string())) for name in STANDARD
    }


class Direct:
    """Traces events on a connection, after making a table of them there."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._scratch = Scratch(connection)
        prepare(connection)

    def traced(self, events: list[Event], blueprint: Blueprint, until: datetime | None = None) -> Traced:
        self._scratch.clear()
        table = self._in_clickhouse(events) if self._connection.name == "clickhouse" else self._in_duckdb(events)
        first, last = min(event.time for event in events), max(event.time for event in events)
        log = Log(table, None, blueprint.batches.offsets(first, last + timedelta(days=1)))
        log = log if until is None else log.until(until)
        came = self._scratch.keep("acquisition", acquired(log, blueprint))
        active = self._scratch.keep("activity", activity(log, blueprint, came))
        paid = self._scratch.keep("payments", payments(log, blueprint, came))
        found = self._scratch.keep("journeys", journeys(log, blueprint, came, active, self._scratch.keep))
        made = transactions(log, blueprint, found)
        whole = with_referrals(found, referrals(found, blueprint, None))
        return Traced(whole, found, active, paid, made, None, log)

    def _in_duckdb(self, events: list[Event]) -> Any:
        """Properties as JSON, as in the embedded engine."""
        properties = [json.dumps(event.properties) if event.properties else None for event in events]
        self._connection.con.register("given", pa.table({**columns(events), "properties": properties}))
        self._connection.con.execute(
            "CREATE OR REPLACE TABLE log AS SELECT * REPLACE (properties::JSON AS properties) FROM given"
        )
        return self._connection.table("log")

    def _in_clickhouse(self, events: list[Event]) -> Any:
        """Each property a column."""
        names = sorted({name for event in events for name in event.properties})
        properties = {own(name): pa.array([e.properties.get(name) for e in events], pa.string()) for name in names}
        return self._scratch.store("log", pa.table({**columns(events), **properties}))
