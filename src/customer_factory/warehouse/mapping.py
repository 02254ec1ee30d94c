"""A source's columns as SQL: any Arrow type becomes the text, time and number that an event needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from customer_factory.basics.errors import SourceError, suggestion
from customer_factory.blueprint.blueprint import Source
from customer_factory.events.event import LINKING, STANDARD

EARLIEST_NUMBER = 1e8  # a smaller number (before 1973) is a year, a date or an id, not seconds since 1970


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


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
    links: bool


def mapping(schema: Any, source: Source, zone: str, where: str) -> Mapping:
    """How a table of a given Arrow schema is mapped.

    Raises:
        SourceError: A column that the source names, or that no event can do without, is not there.
    """
    types = {field.name: field.type for field in schema}
    for needed in ("person", "time"):
        _need(getattr(source, needed), needed, types, where, optional_if=needed == "person" and "anonymous_id" in types)
    if "event" not in source.model_fields_set:
        _need(source.event, "event", types, where)
    for name in ("event_id", "channel", "amount", "currency"):
        constant = name == "currency" and len(getattr(source, name)) == 3
        if name in source.model_fields_set and not constant:
            _need(getattr(source, name), name, types, where)
    used = {getattr(source, name) for name in STANDARD} | set(LINKING)
    names = tuple(sorted(n for n in types if n not in used and (source.properties is None or n in source.properties)))

    def text(column: str) -> str:
        return _text(column, types[column]) if column in types else "NULL::VARCHAR"

    event = text(source.event) if source.event in types else literal(source.event)
    currency = text(source.currency)
    if source.currency not in types and len(source.currency) == 3:
        currency = literal(source.currency)
    amount, given = _amount(source.amount, types)
    return Mapping(
        person=text(source.person),
        anonymous_id=text("anonymous_id"),
        previous_id=text("previous_id"),
        event=event,
        time=_time(source.time, types[source.time], source.timezone or zone, source.time_format),
        time_given=f"{text(source.time)} IS NOT NULL",
        channel=text(source.channel),
        amount=amount,
        amount_given=given,
        currency=f"upper({currency})",
        event_id=text(source.event_id),
        properties=_properties(names, types),
        property_names=names,
        links=bool(set(LINKING) & set(types)),
    )


def _need(column: str, role: str, types: dict[str, Any], where: str, *, optional_if: bool = False) -> None:
    if column in types or optional_if:
        return
    raise SourceError(
        f"There is no column '{column}' for the {role}.",
        where=where,
        hint=f"{suggestion(column, types)} A [[sources]] entry in factory.toml says which column is the {role}.",
    )


def _text(column: str, kind: Any) -> str:
    import pyarrow.types as pt

    name = quoted(column)
    if pt.is_dictionary(kind):
        kind = kind.value_type
    if pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind):
        return f"nullif(trim({name}), '')"
    if pt.is_floating(kind):
        # Numbers that tables with gaps turn into floats: 17850.0 is the id 17850.
        whole = f"isfinite({name}) AND {name} = floor({name}) AND abs({name}) < 1e15"
        return f"CASE WHEN {whole} THEN {name}::BIGINT::VARCHAR WHEN isnan({name}) THEN NULL ELSE {name}::VARCHAR END"
    if pt.is_null(kind):
        return "NULL::VARCHAR"
    if pt.is_nested(kind):
        return f"to_json({name})::VARCHAR"
    if pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_fixed_size_binary(kind):
        return f"hex({name})"
    return f"{name}::VARCHAR"


def _time(column: str, kind: Any, zone: str, time_format: str | None) -> str:
    import pyarrow.types as pt

    name = quoted(column)
    if pt.is_timestamp(kind):
        if kind.tz is not None:
            return f"({name} AT TIME ZONE 'UTC')"
        return _from_wall(f"{name}::TIMESTAMP", zone)
    if pt.is_date(kind):
        return _from_wall(f"{name}::TIMESTAMP", zone)
    if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
        return _from_number(f"{name}::DOUBLE")
    if pt.is_null(kind):
        return "NULL::TIMESTAMP"
    text = _text(column, kind)
    if time_format is not None:
        return _from_wall(f"try_strptime({text}, {literal(time_format)})", zone)
    # The session's time zone is set to the source's, so a text without an offset is read as its wall clock.
    read = f"TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    return f"coalesce({read}, {_from_number(f'TRY_CAST({text} AS DOUBLE)')})"


def _from_wall(timestamp: str, zone: str) -> str:
    return timestamp if zone == "UTC" else f"(({timestamp} AT TIME ZONE {literal(zone)}) AT TIME ZONE 'UTC')"


def _from_number(number: str) -> str:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size."""
    scale = "CASE WHEN x < 1e11 THEN x * 1e6 WHEN x < 1e14 THEN x * 1e3 WHEN x < 1e17 THEN x ELSE x / 1e3 END"
    inner = scale.replace("x", f"({number})")
    return f"CASE WHEN ({number}) BETWEEN {EARLIEST_NUMBER} AND 4e18 THEN make_timestamp(({inner})::BIGINT) END"


def _amount(column: str, types: dict[str, Any]) -> tuple[str, str]:
    import pyarrow.types as pt

    if column not in types:
        return "NULL::DOUBLE", "false"
    kind = types[column]
    if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
        return f"{quoted(column)}::DOUBLE", f"{quoted(column)} IS NOT NULL"
    text = _text(column, kind)
    return f"TRY_CAST({text} AS DOUBLE)", f"{text} IS NOT NULL"


def _properties(names: tuple[str, ...], types: dict[str, Any]) -> str:
    if not names:
        return "NULL::JSON"
    texts = [(json.dumps(name, ensure_ascii=False), _text(name, types[name])) for name in names]
    entries = [f"CASE WHEN {text} IS NOT NULL THEN {literal(key + ':')} || to_json({text}) END" for key, text in texts]
    return f"nullif('{{' || concat_ws(',', {', '.join(entries)}) || '}}', '{{}}')::JSON"
