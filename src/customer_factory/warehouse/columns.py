"""The columns of a chunk as SQL: under names of our own, so that no name in a user's table can clash with anything."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from customer_factory.events.reading.reading import PACKED

_DAYS = (-719_161, 2_932_894)
"""0001-01-02 and 9999-12-29 as days since 1970."""
_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Column:
    """A column: the SQL of its value, and its Arrow type."""

    sql: str
    kind: Any


def columns_of(schema: Any, names: Iterable[str] | None) -> dict[str, Column]:
    """The columns of a chunk by their name, as they are called once it is ``plain``.

    Args:
        schema: The chunk's Arrow schema.
        names: Where its rows name their own columns, all that they name.
    """
    import pyarrow as pa

    if schema.names == [PACKED]:
        return {
            name: Column(f"json_extract_string(c0, {literal(_pointer(name))})", pa.string()) for name in names or []
        }
    return {field.name: Column(f"c{place}", _inner(field.type)) for place, field in enumerate(schema)}


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _inner(kind: Any) -> Any:
    import pyarrow.types as pt

    return kind.value_type if pt.is_dictionary(kind) or pt.is_run_end_encoded(kind) else kind


def row_as_json(schema: Any) -> str:
    """The SQL of a whole row as JSON, the way a person who looks for it would write it."""
    if schema.names == [PACKED]:
        return "c0"
    pairs = ", ".join(f"{literal(field.name)}, c{place}::VARCHAR" for place, field in enumerate(schema))
    return f"json_object({pairs})::VARCHAR"


def rest_as_json(used: Iterable[str]) -> str:
    """The SQL of a packed row without some of its columns, as JSON; null where nothing is left."""
    gone = json.dumps(dict.fromkeys(sorted(used)), ensure_ascii=False)
    return f"nullif(json_merge_patch(c0, {literal(gone)})::VARCHAR, '{{}}')::JSON"


def plain(table: Any) -> Any:
    """A chunk's table as the engine can read it: columns named c0, c1, …, of types and values that it knows."""
    import pyarrow as pa

    columns = [_readable(column) for column in table.columns]
    return pa.table(columns, [f"c{place}" for place in range(len(columns))])


def _readable(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.types as pt

    kind = column.type
    if pt.is_float16(kind):
        return column.cast(pa.float32())
    if pt.is_decimal256(kind):
        return column.cast(pa.string())
    if pt.is_union(kind):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    wide = pt.is_date(kind) or (pt.is_timestamp(kind) and kind.unit != "ns")  # nanoseconds end in 2262
    return _bounded(column, kind) if wide else column


def _bounded(column: Any, kind: Any) -> Any:
    """Moments before the year 1 or behind 9999 are brought to its border: the engine breaks on them."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    width = pa.int32() if pt.is_date32(kind) else pa.int64()
    a_day = 1 if pt.is_date32(kind) else 86_400_000 if pt.is_date64(kind) else 86_400 * _A_SECOND[kind.unit]
    first, last = (pa.scalar(day * a_day, width) for day in _DAYS)
    numbers = column.cast(width)
    found = pc.min_max(numbers)
    if not found["min"].is_valid or (found["min"].as_py() >= first.as_py() and found["max"].as_py() <= last.as_py()):
        return column
    inside = pc.max_element_wise(pc.min_element_wise(numbers, last, skip_nulls=False), first, skip_nulls=False)
    return inside.cast(kind)
