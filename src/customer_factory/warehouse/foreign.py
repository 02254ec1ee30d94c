"""A foreign table's columns as those of a log: every type becomes the text, time and number that an event needs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from customer_factory.basics.errors import SourceError, suggestion
from customer_factory.basics.period import Batches
from customer_factory.events.event import LINKING, STANDARD
from customer_factory.events.reasons import LONGEST_PERSON
from customer_factory.events.selector import PROPERTIES, finite, number, own
from customer_factory.journeys.calendar import utc
from customer_factory.warehouse.intake import FUTURE

OURS = KNOWN, KEY, OWN_ID, BAD_AMOUNT = "(known)", "(key)", "(own id)", "(bad amount)"
"""Columns of ours: is the person's id no anonymous one; what tells events apart, and is that the event's own id; is the
amount no number."""
EARLIEST = datetime(1970, 1, 5)
DAY = timedelta(days=1)
INSTANTS = {"clickhouse"}
"""Engines whose times without a zone are instants all the same."""
HASHES = {"clickhouse", "duckdb", "postgres", "bigquery", "snowflake"}
"""Engines that make 64 bits of a text; elsewhere the text itself is what tells events apart."""


def foreign(table: Any, timezone: str) -> Any:
    """A table of events with the columns and types of a log.

    Returns:
        person, event, time (naive UTC), (known), (key), and where the table has them channel, amount, currency,
        anonymous_id, previous_id, (bad amount), and its properties as texts. An empty text is missing.

    Raises:
        SourceError: A column is missing, or its type cannot be what it has to be.
    """
    import ibis

    _check(table)
    table = _without_enums(table)
    has = set(table.columns)
    texts = {name: text(table[name]) for name in ("channel", "currency", *LINKING) if name in has}
    given = text(table.person) if "person" in has else ibis.null("string")
    person = given.coalesce(texts["anonymous_id"]) if "anonymous_id" in has else given
    # The event's name as it is, so that an engine can use its index.
    event = table.event if table.event.type().is_string() else text(table.event)
    columns = {**texts, "person": person, KNOWN: given.notnull(), "event": event, "time": _time(table, timezone)}
    if "currency" in has:
        columns["currency"] = texts["currency"].upper()
    if "amount" in has:
        columns["amount"] = finite(number(table.amount).cast("float64"))
        said = table.amount.nullif("") if table.amount.type().is_string() else table.amount
        columns[BAD_AMOUNT] = said.notnull() & columns["amount"].isnull()
    for name in sorted(has - {*STANDARD, *LINKING}):
        if name == PROPERTIES and (table[name].type().is_map() or table[name].type().is_json()):
            columns[name] = table[name]
        elif not (table[name].type().is_nested() or table[name].type().is_binary()):
            columns[own(name)] = text(table[name])
    identifier = text(table.event_id) if "event_id" in has else ibis.null("string")
    return table.select(**columns, **{OWN_ID: identifier.notnull(), KEY: _key(table, columns, identifier)})


def reason(rows: Any, now: datetime) -> Any:
    """Why a row is set aside, by the codes of ``events.reasons``; null where it is not."""
    import ibis

    found = [
        (rows.person.isnull(), "missing_person"),
        (rows.person.length() > LONGEST_PERSON, "person_too_long"),
        (rows.event.isnull() | (rows.event == ""), "missing_event"),
        (rows.time.isnull(), "missing_time"),
        (rows.time < ibis.timestamp(EARLIEST), "time_before_1970"),
        (rows.time > ibis.timestamp(now + FUTURE), "future_time"),
    ]
    if BAD_AMOUNT in rows.columns:
        found.append((rows[BAD_AMOUNT], "bad_amount"))
    return ibis.cases(*found, else_=ibis.null("string"))


def sound(rows: Any, now: datetime, met: Collection[str]) -> Any:
    """The rows that are events, given the reasons that have been met: asked in as few words as will do."""
    import ibis

    rows = rows.filter(
        rows.person.notnull(),
        rows.event != "",
        rows.time >= ibis.timestamp(EARLIEST),
        rows.time <= ibis.timestamp(now + FUTURE),
    )
    if "person_too_long" in met:
        rows = rows.filter(rows.person.length() <= LONGEST_PERSON)
    return rows.filter(~rows[BAD_AMOUNT]) if "bad_amount" in met else rows


def text(value: Any) -> Any:
    """Any column as text, as the intake of files writes it: 17850.0 is the id 17850."""
    import ibis

    kind = value.type()
    if kind.is_floating():
        small = (value.abs() < 1e15).ifelse(value, ibis.null("float64"))
        found = ibis.cases(
            (value.isnan(), ibis.null("string")),
            (small == small.floor(), small.cast("int64").cast("string")),
            else_=value.cast("string"),
        )
    elif kind.is_boolean():
        found = ibis.cases((value, "true"), (~value, "false"), else_=ibis.null("string"))
    else:
        found = value if kind.is_string() else value.cast("string")
    return found.nullif("")


def _check(table: Any) -> None:
    needed = [name for name in ("person", "event", "time") if name not in table.columns]
    if "anonymous_id" in table.columns and "person" in needed:
        needed.remove("person")
    if needed:
        raise SourceError(
            f"There is no column '{needed[0]}'.",
            where=table.get_name() if hasattr(table.op(), "name") else "table",
            hint=f"{suggestion(needed[0], table.columns)} Rename the column that is meant: "
            f"table.rename({needed[0]}=...).",
        )


def _without_enums(table: Any) -> Any:
    """ClickHouse refuses to compare an Enum with a word it does not list, and Ibis takes it for a text."""
    import ibis

    connection = table.get_backend()
    if connection.name != "clickhouse":
        return table
    columns = connection.con.query(f"DESCRIBE ({connection.compile(table)})").result_rows
    return table.mutate(**{name: ibis.literal("") + table[name] for name, kind, *_ in columns if "Enum" in kind})


def _time(table: Any, timezone: str) -> Any:
    time = table.time
    kind = time.type()
    if not (kind.is_timestamp() or kind.is_date()):
        raise SourceError(
            f"The column 'time' is of the type {kind}.",
            hint="Legal are timestamps and dates. Cast it: table.mutate(time=table.time.cast('timestamp')).",
        )
    exact = kind.is_timestamp() and kind.timezone is None and kind.scale == 6 and kind.nullable
    wall = time if exact else time.cast("timestamp(6)")
    instant = kind.is_timestamp() and (kind.timezone is not None or table.get_backend().name in INSTANTS)
    if instant or timezone == "UTC":
        return wall
    span = table.agg(first=wall.min(), last=wall.max()).to_pyarrow().to_pylist()[0]
    if span["first"] is None:
        return wall
    return utc(wall, Batches("day", timezone).offsets(span["first"] - DAY, span["last"] + DAY))


def _key(table: Any, columns: dict[str, Any], identifier: Any) -> Any:
    """The event's own id where it has one, else all that the row says."""
    import ibis

    rest = [table[name].cast("string") for name in sorted(set(table.columns) - {"person", "event_id", "time"})]
    content = [part.fill_null("") for part in (columns["person"], columns["time"].cast("string"), *rest)]
    key = ibis.literal("|").join(content)
    if "event_id" in table.columns:
        key = identifier.notnull().ifelse(ibis.literal("|").join([columns["event"], identifier]), key)
    return key.hash() if table.get_backend().name in HASHES else key


def prepare(connection: Any) -> None:
    """Let the session keep time in UTC, and a join without a match give nulls."""
    if connection.name == "clickhouse":
        connection.con.set_client_setting("session_timezone", "UTC")
        connection.con.set_client_setting("join_use_nulls", 1)
    elif connection.name == "duckdb":
        connection.raw_sql("SET TimeZone = 'UTC'")
    elif connection.name in {"postgres", "risingwave"}:
        connection.raw_sql("SET TIME ZONE 'UTC'")
    elif connection.name == "snowflake":
        connection.raw_sql("ALTER SESSION SET TIMEZONE = 'UTC'")
