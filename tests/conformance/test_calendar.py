"""Batches and days are the same on every engine and in plain Python, in every zone, whatever its clocks do."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import ibis
import pyarrow as pa
import pytest

from conformance.implementations import clickhouse_connection
from customer_factory.basics.period import Batches
from customer_factory.journeys.calendar import batch_index, midnight
from customer_factory.warehouse.foreign import prepare
from customer_factory.warehouse.scratch import Scratch

# Zones whose clocks change in spring and autumn, at midnight (Beirut), by half an hour (Lord Howe), in Ramadan
# (Casablanca); that skipped a day (Apia) or never change, with odd offsets.
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
         "Asia/Kathmandu", "UTC"]  # fmt: skip
FIRST, LAST = datetime(2011, 12, 1), datetime(2027, 1, 10)


def moments() -> list[datetime]:
    """Around every change of every zone, and around every local midnight of some days."""
    found = set()
    for zone in ZONES:
        batches = Batches("day", zone)
        turns = [start for start, _ in batches.offsets(FIRST, LAST)][1:]
        turns += [batches.begins(batches.index(datetime(2026, 2, 27)) + day) for day in range(4)]
        for turn in turns:
            found |= {turn + timedelta(microseconds=us) for us in (-1, 0, 1)}
            found |= {turn + timedelta(minutes=minutes) for minutes in (-90, -60, -30, 30, 60, 90)}
    return sorted(moment for moment in found if FIRST <= moment <= LAST)


@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_batches_of_every_zone(engine):
    connection = ibis.duckdb.from_connection(duckdb.connect()) if engine == "duckdb" else clickhouse_connection()
    prepare(connection)
    scratch = Scratch(connection)
    times = moments()
    table = scratch.store("moments", pa.table({"time": pa.array(times, pa.timestamp("us"))}))
    calendars = {f"{unit} in {zone}": Batches(unit, zone) for unit in ("day", "week", "month") for zone in ZONES}
    columns = {
        name: batch_index(table.time, batches, batches.offsets(FIRST, LAST)) for name, batches in calendars.items()
    }
    rows = table.select("time", **columns).to_pyarrow().to_pylist()
    scratch.clear()
    assert len(rows) == len(times) > 1000
    for row in rows:
        for name, batches in calendars.items():
            assert row[name] == batches.index(row["time"]), (name, row["time"])


def test_midnight_is_that_of_the_wall_clock():
    connection = ibis.duckdb.from_connection(duckdb.connect())
    batches = Batches("day", "Europe/Berlin")
    times = [datetime(2026, 3, 1) + timedelta(hours=hours) for hours in range(24 * 60)]
    table = Scratch(connection).store("moments", pa.table({"time": pa.array(times, pa.timestamp("us"))}))
    found = (
        table.select("time", start=midnight(table.time, batches.offsets(times[0], times[-1]))).to_pyarrow().to_pylist()
    )
    turn = batches.index(datetime(2026, 3, 29, 12))
    for row in found:
        day = batches.index(row["time"])
        assert row["start"] == batches.begins(day) or day == turn
