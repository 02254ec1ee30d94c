"""Events that stay in a database of their own: what it may hold, what is set aside, and what it need not allow."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from conformance.implementations import clickhouse_connection, clickhouse_table, read
from conformance.stories import happened, plan, table
from customer_factory.basics.clock import fixed_clock
from customer_factory.basics.errors import FactoryError, SourceError
from customer_factory.factory import Factory
from customer_factory.journeys.journey import Journey
from customer_factory.warehouse.external import External
from customer_factory.warehouse.intake import Counts

SHARED = plan(
    activation={"event": "shared", "where": {"plan": ["pro"]}}, also={"factory": {"timezone": "Europe/Berlin"}}
)
STORY = happened(
    {
        "ann": [("signed_up", "2026-03-01 10:00"), ("shared", "2026-03-02 10:00", {"plan": "pro"})],
        "bob": [("signed_up", "2026-03-03 10:00"), ("shared", "2026-03-04 10:00", {"plan": "free"})],
    }
)


def stored(values: pa.Table) -> Any:
    """A table in a DuckDB database that is not the factory's own."""
    connection = duckdb.connect()
    connection.register("given", values)
    connection.execute("CREATE TABLE happened AS FROM given")
    return ibis.duckdb.from_connection(connection).table("happened")


def made(columns: str, *rows: str) -> Any:
    """A table in ClickHouse, of its own types."""
    connection, name = clickhouse_connection(), "made"
    connection.raw_sql(f"DROP TABLE IF EXISTS {name}")
    connection.raw_sql(f"CREATE TABLE {name} ({columns}) ENGINE = Memory")
    connection.raw_sql(f"INSERT INTO {name} VALUES {', '.join(rows)}")
    return connection.table(name)


def journeys(engine: External, blueprint: Any = SHARED) -> dict[str, Journey]:
    span = engine.span()
    assert span
    found = read(engine.traced(blueprint, span[1]))
    engine.close()
    return found


def test_what_is_wrong_is_set_aside_and_counted_as_the_intake_does():
    good = {"person": "ann", "event": "signed_up", "time": datetime(2026, 3, 1), "amount": 1.0}
    wrong = [
        {"person": None}, {"person": ""}, {"person": "x" * 1001}, {"event": None}, {"event": ""}, {"time": None},
        {"time": datetime(1970, 1, 4)}, {"time": datetime(2026, 3, 12)}, {"amount": float("nan")},
        {"amount": float("inf")},
    ]  # fmt: skip
    values = table([good, *({**good, **each} for each in wrong)])
    clock = fixed_clock(datetime(2026, 3, 10))
    engine = External(stored(values), clock=clock)
    assert engine.counts() == Counts(11, 1, 10, 0)
    assert engine.span() == (datetime(2026, 3, 1), datetime(2026, 3, 1))
    expected = {
        "bad_amount": 2, "future_time": 1, "missing_event": 2, "missing_person": 2, "missing_time": 1,
        "person_too_long": 1, "time_before_1970": 1,
    }  # fmt: skip
    assert engine.reasons() == expected
    with Factory.from_events(values, SHARED, clock) as factory:
        assert factory.intake().reasons == expected


def test_an_amount_that_is_a_text_is_read_and_a_bad_one_set_aside():
    rows = [{"person": "ann", "event": "paid", "time": datetime(2026, 3, 1), "total": None}] * 2
    values = table(rows).drop(["total"]).append_column("amount", pa.array(["12.50", "n/a"]))
    engine = External(stored(values))
    assert engine.reasons() == {"bad_amount": 1}
    found = journeys(engine, plan(acquisition="x", activation="y", revenue="paid"))
    assert found["ann"].paid == 12.5


@pytest.mark.parametrize("place", [stored, clickhouse_table], ids=["duckdb", "clickhouse"])
def test_copies_of_an_event_count_once_and_equal_rows_each(place):
    row = {"person": "ann", "event": "paid", "time": datetime(2026, 3, 2), "amount": 5.0}
    start = {**row, "event": "signed_up", "time": datetime(2026, 3, 1)}
    again = plan(acquisition="paid", activation={"event": "paid", "after": "acquisition"}, revenue={
        "event": "paid", "after": "acquisition", "same_event": True})  # fmt: skip
    copies = table([{**start, "event_id": "1"}, *[{**row, "event_id": "2"}] * 3, {**row, "event_id": None}])
    equal = table([start, row, row])
    found = []
    for values in (copies, equal):
        kept = place(values)
        with kept if place is clickhouse_table else _given(kept) as events:
            engine = External(events)
            found.append((engine.counts(), journeys(engine, again)["ann"]))
    (counts, copied), (equal_counts, alike) = found
    assert (counts, equal_counts) == (Counts(5, 3, 0, 2), Counts(3, 3, 0, 0))
    assert (copied.payments, alike.payments) == (2, 2)
    assert copied.reached["activation"] == alike.reached["activation"] == datetime(2026, 3, 2)
    with Factory.from_events(copies, again) as factory:
        assert factory.intake().duplicates == 2


class _given:  # noqa: N801
    def __init__(self, value: Any) -> None:
        self.value = value

    def __enter__(self) -> Any:
        return self.value

    def __exit__(self, *_: object) -> None: ...


def test_clickhouse_types_of_its_own():
    events = made(
        "person LowCardinality(String), event Enum8('signed_up' = 1, 'shared' = 2, 'paid' = 3), "
        "time DateTime64(3, 'Europe/Berlin'), channel String, amount Decimal(10, 2), currency FixedString(3), "
        "plan LowCardinality(Nullable(String)), seats UInt8, active Bool, score Float64, since Date, "
        "tags Array(String)",
        "('ann', 'signed_up', '2026-03-01 11:00:00.000', '', 0, 'EUR', NULL, 1, true, 7, '2026-01-01', ['x'])",
        "('ann', 'shared', '2026-03-02 11:00:00.123', 'web', 0, 'EUR', 'pro', 7, true, 7, '2026-01-01', [])",
        "('ann', 'paid', '2026-03-03 11:00:00.000', '', 12.5, 'USD', NULL, 1, false, 7.5, '2026-01-01', [])",
        "('', 'paid', '2026-03-03 11:00:00.000', '', 12.5, 'USD', NULL, 1, false, 7.5, '2026-01-01', [])",
    )
    blueprint = plan(
        activation={"event": "shared", "where": {"plan": ["pro"], "seats": 7, "active": True, "score": "7"}},
        revenue={"event": "paid", "where": {"score": {"gt": 7}, "since": "2026-01-01", "tags": {"exists": False}}},
        also={"currency": {"rates": {"USD": 0.5}}},
    )
    engine = External(events)
    assert read(engine.traced(plan(activation="never"), datetime(2026, 3, 4)))["ann"].happy is None
    assert engine.reasons() == {"missing_person": 1}
    (ann,) = journeys(engine, blueprint).values()
    assert ann.reached["activation"] == datetime(2026, 3, 2, 10, 0, 0, 123000)
    assert ann.reached["revenue"] == datetime(2026, 3, 3, 10)
    assert (ann.channel, ann.paid) == ("web", 6.25)


def test_properties_in_a_map():
    events = made(
        "person String, event String, time DateTime, properties Map(String, String)",
        "('ann', 'signed_up', '2026-03-01 10:00:00', {'utm_source': 'letter'})",
        "('ann', 'shared', '2026-03-02 10:00:00', {'plan': 'pro'})",
        "('bob', 'signed_up', '2026-03-01 10:00:00', {'utm_source': ''})",
        "('bob', 'shared', '2026-03-02 10:00:00', {})",
    )
    found = journeys(External(events, "Europe/Berlin"))
    assert {name: journey.channel for name, journey in found.items()} == {"ann": "letter", "bob": None}
    assert found["ann"].reached["activation"] == datetime(2026, 3, 2, 10)
    assert "activation" not in found["bob"].reached


def test_times_without_a_zone_are_the_factorys_as_in_every_table():
    walls = ["2026-03-29 01:59:59", "2026-03-29 02:30", "2026-03-29 03:00", "2026-10-25 01:59:59", "2026-10-25 02:30",
             "2026-10-25 03:00", "2026-12-01 00:00"]  # fmt: skip
    values = pa.table(
        {
            "person": [f"p{place}" for place in range(len(walls))],
            "event": ["signed_up"] * len(walls),
            "time": pa.array([datetime.fromisoformat(wall) for wall in walls], pa.timestamp("us")),
        }
    )
    clock = fixed_clock(datetime(2027, 1, 1))
    found = journeys(External(stored(values), "Europe/Berlin", clock))
    assert found["p2"].reached["acquisition"] == datetime(2026, 3, 29, 1)
    with Factory.from_events(values, SHARED, clock) as factory:
        assert read(factory.traced()) == found


def test_days_are_midnights_of_the_zone():
    values = pa.table({"person": ["ann"], "event": ["signed_up"], "time": [date(2026, 7, 1)]})
    assert journeys(External(stored(values), "Europe/Berlin"))["ann"].reached["acquisition"] == datetime(
        2026, 6, 30, 22
    )


def test_who_is_known_only_by_an_anonymous_id():
    values = table(happened({"": [("signed_up", "2026-03-01 10:00", {"anonymous_id": "web"})]})).drop(["person"])
    assert set(journeys(External(stored(values)))) == {"web"}


def test_an_empty_table():
    engine = External(stored(table(STORY).slice(0, 0)))
    assert (engine.span(), engine.counts()) == (None, Counts())
    assert read(engine.traced(SHARED, datetime(2026, 3, 1))) == {}


def test_a_connection_that_may_make_no_tables(monkeypatch):
    values = table([*STORY, {**STORY[0], "person": "bob"}])
    expected = journeys(External(stored(values)))
    events = stored(values)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("not allowed")

    monkeypatch.setattr(events.get_backend(), "create_table", refuse)
    assert journeys(External(events)) == expected
    linked = stored(table([{**STORY[0], "anonymous_id": "web"}]))
    monkeypatch.setattr(linked.get_backend(), "name", "postgres")
    monkeypatch.setattr(linked.get_backend(), "create_table", refuse)
    with pytest.raises(SourceError, match="may make no temporary table: not allowed"):
        External(linked)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"event": ["x"], "time": [datetime(2026, 3, 1)]}, "There is no column 'person'"),
        ({"person": ["x"], "event": ["x"], "when": [datetime(2026, 3, 1)]}, "There is no column 'time'"),
        ({"person": ["x"], "event": ["x"], "time": ["2026-03-01"]}, "The column 'time' is of the type string"),
    ],
)
def test_a_table_that_cannot_be_events(columns, message):
    with pytest.raises(SourceError, match=message):
        External(stored(pa.table(columns)))


def test_the_factory_leaves_events_where_they_are():
    with clickhouse_table(table(STORY)) as events, Factory.from_events(events, SHARED) as factory:
        assert factory.look().to_dict()["events"]["accepted"] == 4
        assert factory.who("activation") == ["ann"]
        assert factory.warehouse.counts() == Counts()
        with pytest.raises(FactoryError, match="stay in their own database"):
            factory.load(table(STORY))


def test_its_own_tables_are_gone_when_it_is_closed():
    events = stored(table([*STORY, {**STORY[0], "anonymous_id": "web"}]))
    engine = External(events)
    engine.traced(SHARED, datetime(2026, 3, 10))
    tables = events.get_backend().con.execute("SELECT table_name FROM information_schema.tables")
    assert len(tables.fetchall()) > 5
    engine.close()
    tables = events.get_backend().con.execute("SELECT table_name FROM information_schema.tables ORDER BY 1")
    assert tables.fetchall() == [("given",), ("happened",)]
