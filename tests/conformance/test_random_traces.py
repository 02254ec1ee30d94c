"""The trace in plain Python is the oracle: the expression says the same of every random story, column by column."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.direct import Direct
from conformance.implementations import clickhouse_connection, read
from conformance.randoms import MOMENTS, blueprints, logs
from customer_factory.journeys.journey import Journey
from customer_factory.journeys.trace import trace

# Building the query takes longer than running it: many people in few stories say more than few people in many.
STORIES = logs(people=40, most=500)
UNTIL = st.none() | st.sampled_from(MOMENTS)


@cache
def engine(name: str) -> Direct:
    import duckdb
    import ibis

    return Direct(ibis.duckdb.from_connection(duckdb.connect()) if name == "duckdb" else clickhouse_connection())


def columns(journeys: dict[str, Journey]) -> dict[str, dict[str, Any]]:
    """Every column of every journey; money without the noise of adding in another order."""
    return {
        name: {**asdict(journey), "paid": round(journey.paid, 6), "refunded": round(journey.refunded, 6)}
        for name, journey in journeys.items()
    }


def tells_the_same(name: str, events: Any, blueprint: Any, until: Any) -> None:
    expected = trace([event for event in events if until is None or event.time <= until], blueprint)
    found = read(engine(name).traced(events, blueprint, until))
    assert columns(found) == columns(expected)


@settings(max_examples=20)
@given(STORIES, blueprints(), UNTIL)
def test_trace_on_duckdb(events, blueprint, until):
    tells_the_same("duckdb", events, blueprint, until)


@settings(max_examples=10)
@given(STORIES, blueprints(), UNTIL)
def test_trace_on_clickhouse(events, blueprint, until):
    tells_the_same("clickhouse", events, blueprint, until)
