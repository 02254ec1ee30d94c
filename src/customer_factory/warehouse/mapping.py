"""A source's columns as SQL: any Arrow type becomes the text, time and number that an event needs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from customer_factory.basics.errors import SourceError, suggestion
from customer_factory.blueprint.blueprint import Source
from customer_factory.events.event import LINKING, STANDARD
from customer_factory.events.reading.reading import PACKED
from customer_factory.warehouse.columns import Column, columns_of, literal, rest_as_json, row_as_json

EARLIEST_NUMBER = 1e8  # a smaller number (before 1973) is a year, a date or an id, not seconds since 1970
MANY_COLUMNS = 20


@dataclass(frozen=True)
class Mapping:
    """The SQL expressions that make an event of a row of ``incoming``; ``event`` and the like may be constants."""

    person: str
    anonymous_id: str
    previous_id: str
    event: str
    time: str
    time_given: str
    channel: str
    amount: str
    amount_given: str
    currency: str
    event_id: str
    properties: str
    property_names: tuple[str, ...]
    row: str
    links: bool


def mapping(schema: Any, source: Source, zone: str, where: str, names: Iterable[str] | None = None) -> Mapping:
    """How a table of a given Arrow schema is mapped, once it is ``plain``.

    Args:
        schema: The table's Arrow schema.
        source: Which of its columns is what.
        zone: The time zone of times that name none, where the source has none of its own.
        where: What to call the table in messages.
        names: For packed rows, every column that one of them has named so far.

    Raises:
        SourceError: A column that the source names, or that no event can do without, is not there; or the format
            of its times cannot be one.
    """
    columns = columns_of(schema, names)
    packed = schema.names == [PACKED]
    _check(columns, source, where, packed=packed)

    def text(column: str) -> str:
        return _text(columns[column]) if column in columns else "NULL::VARCHAR"

    used = {getattr(source, name) for name in STANDARD} | set(LINKING)
    own = tuple(sorted(n for n in columns if n not in used and (source.properties is None or n in source.properties)))
    event = text(source.event) if source.event in columns else literal(source.event)
    currency = text(source.currency)
    if source.currency not in columns and len(source.currency) == 3:
        currency = literal(source.currency)
    amount, given = _amount(columns.get(source.amount))
    person = text(source.person)
    return Mapping(
        person=f"nullif({person}, 'nan')" if packed else person,
        anonymous_id=text("anonymous_id"),
        previous_id=text("previous_id"),
        event=event,
        time=_time(columns.get(source.time), source.timezone or zone, source.time_format),
        time_given=f"{text(source.time)} IS NOT NULL",
        channel=text(source.channel),
        amount=amount,
        amount_given=given,
        currency=f"upper({currency})",
        event_id=text(source.event_id),
        properties=rest_as_json(used) if packed and source.properties is None else _properties(own, columns),
        property_names=own,
        row=row_as_json(schema),
        links=not columns.keys().isdisjoint(LINKING),
    )


def _check(columns: dict[str, Column], source: Source, where: str, *, packed: bool) -> None:
    """Every column that is needed is there. Packed rows leave out what they do not have, so less is asked of them."""
    if packed and not columns:
        return
    needed = ["time"] if "anonymous_id" in columns else ["person", "time"]
    if "event" not in source.model_fields_set:
        needed.append("event")
    if not packed:
        needed += [name for name in ("event_id", "channel", "amount", "currency") if name in source.model_fields_set]
    for role in needed:
        column = getattr(source, role)
        if column not in columns and not (role == "currency" and len(column) == 3):
            raise SourceError(
                f"There is no column '{column}' for the {role}.",
                where=where,
                hint=f"{_near(column, [*columns])} "
                f"A [[sources]] entry in factory.toml says which column is the {role}.",
            )
    if source.time_format is not None:
        _check_format(source.time_format, where)


def _near(column: str, columns: list[str]) -> str:
    near = suggestion(column, columns)
    if near.startswith("Did"):
        return near
    return f"Its columns are: {', '.join(columns[:MANY_COLUMNS])}{', …' if len(columns) > MANY_COLUMNS else ''}."


def _check_format(time_format: str, where: str) -> None:
    import duckdb

    try:
        duckdb.execute("SELECT try_strptime('', ?)", [time_format])
    except duckdb.Error:
        raise SourceError(
            f"'{time_format}' is not a format of times.",
            where=where,
            hint="Write it with %Y, %m, %d, %H, %M, %S, %z and the like: '%d.%m.%Y %H:%M'.",
        ) from None


def _text(column: Column) -> str:
    import pyarrow.types as pt

    name, kind = column.sql, column.kind
    if pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind):
        return f"nullif(trim({name}), '')"
    if pt.is_floating(kind):
        # Numbers that tables with gaps turn into floats: 17850.0 is the id 17850.
        whole = f"isfinite({name}) AND {name} = floor({name}) AND abs({name}) < 1e15"
        return f"CASE WHEN {whole} THEN {name}::BIGINT::VARCHAR WHEN isnan({name}) THEN NULL ELSE {name}::VARCHAR END"
    if pt.is_decimal(kind) and kind.scale > 0:
        return f"rtrim(rtrim({name}::VARCHAR, '0'), '.')"
    if pt.is_null(kind):
        return "NULL::VARCHAR"
    if pt.is_nested(kind):
        return f"to_json({name})::VARCHAR"
    if pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_binary_view(kind):
        return f"nullif(trim(coalesce(TRY(decode({name})), hex({name}))), '')"
    if pt.is_fixed_size_binary(kind):
        return f"hex({name})"
    return f"{name}::VARCHAR"


def _time(column: Column | None, zone: str, time_format: str | None) -> str:
    import pyarrow.types as pt

    if column is None or pt.is_null(column.kind):
        return "NULL::TIMESTAMP"
    name, kind = column.sql, column.kind
    if pt.is_timestamp(kind):
        return f"({name} AT TIME ZONE 'UTC')" if kind.tz is not None else _from_wall(f"{name}::TIMESTAMP", zone)
    if pt.is_date(kind):
        return _from_wall(f"{name}::TIMESTAMP", zone)
    if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
        return _from_number(f"{name}::DOUBLE")
    text = _text(column)
    if time_format is not None:
        read = f"try_strptime({text}, {literal(time_format)})"
        says_zone = "%z" in time_format or "%Z" in time_format
        return f"({read} AT TIME ZONE 'UTC')" if says_zone else _from_wall(read, zone)
    # The session's time zone is set to the source's, so a text without an offset is read as its wall clock.
    read = f"TRY(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    return f"coalesce({read}, {_from_number(f'TRY_CAST({text} AS DOUBLE)')})"


def _from_wall(timestamp: str, zone: str) -> str:
    return timestamp if zone == "UTC" else f"(({timestamp} AT TIME ZONE {literal(zone)}) AT TIME ZONE 'UTC')"


def _from_number(number: str) -> str:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size."""
    scale = "CASE WHEN x < 1e11 THEN x * 1e6 WHEN x < 1e14 THEN x * 1e3 WHEN x < 1e17 THEN x ELSE x / 1e3 END"
    inner = scale.replace("x", f"({number})")
    return f"CASE WHEN ({number}) BETWEEN {EARLIEST_NUMBER} AND 4e18 THEN make_timestamp(({inner})::BIGINT) END"


def _amount(column: Column | None) -> tuple[str, str]:
    """The amount as a number, and whether there is one at all."""
    import pyarrow.types as pt

    if column is None:
        return "NULL::DOUBLE", "false"
    if pt.is_integer(column.kind) or pt.is_floating(column.kind) or pt.is_decimal(column.kind):
        return f"{column.sql}::DOUBLE", f"{column.sql} IS NOT NULL"
    text = _text(column)
    return f"TRY_CAST({text} AS DOUBLE)", f"{text} IS NOT NULL"


def _properties(names: tuple[str, ...], columns: dict[str, Column]) -> str:
    if not names:
        return "NULL::JSON"
    texts = [(json.dumps(name, ensure_ascii=False), _text(columns[name])) for name in names]
    entries = [f"CASE WHEN {text} IS NOT NULL THEN {literal(key + ':')} || to_json({text}) END" for key, text in texts]
    return f"nullif('{{' || concat_ws(',', {', '.join(entries)}) || '}}', '{{}}')::JSON"
