"""Rows that name their own columns – JSON objects, dicts – as flat objects of texts, packed into one column."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from customer_factory.events.reading.reading import PACKED, Broken, Chunk
from customer_factory.events.reading.segment import from_segment, is_segment

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def flat(found: Mapping[Any, Any], prefix: str = "") -> dict[str, str]:
    """Nested objects as one level of text: inner names are joined by dots, lists are kept as JSON, gaps are left out.

    >>> flat({"a": 1, "b": {"c": True, "d": None}, "e": [1, 2], "f": 17850.0})
    {'a': '1', 'b.c': 'true', 'e': '[1, 2]', 'f': '17850'}
    """
    row: dict[str, str] = {}
    for key, value in found.items():
        if isinstance(value, str):  # almost everything is
            if text := value.strip():
                row[f"{prefix}{key}"] = text
        elif isinstance(value, Mapping):
            if key == "properties" and not prefix:
                row = {**flat(value), **row}
            else:
                row |= flat(value, f"{prefix}{key}.")
        elif (shown := text_of(value)) is not None:
            row[f"{prefix}{key}"] = shown
    return row


def text_of(value: Any) -> str | None:
    """A value as text: a whole number without its point, a moment in ISO 8601; None where there is nothing.

    >>> text_of(" x "), text_of(3.0), text_of(float("nan")), text_of(date(2026, 3, 1)), text_of("")
    ('x', '3', 'nan', '2026-03-01', None)
    """
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    if isinstance(value, bool | list | tuple):
        return json.dumps(value, default=str)
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def packed(found: Iterable[tuple[int, Any, str] | Broken], length: int) -> Iterator[Chunk]:
    """Objects – each with its place and how it begins – as chunks; what is no object is a broken line.

    >>> rows = [(1, {"person": "ann", "plan": {"name": "pro"}}, ""), (2, [], "[]"), (3, {"person": "bob"}, "")]
    >>> chunk, last = packed(rows, 2)
    >>> chunk.table.to_pylist(), chunk.rows.tolist(), chunk.broken[0].row, sorted(last.names)
    ([{'(json)': '{"person":"ann","plan.name":"pro"}'}], [1], 2, ['person', 'plan.name'])
    """
    names: set[str] = set()
    rows: list[bytes] = []
    places: list[int] = []
    broken: list[Broken] = []
    for each in found:
        row = None if isinstance(each, Broken) else _row(each[1])
        if isinstance(each, Broken) or row is None:
            broken.append(each if isinstance(each, Broken) else Broken(each[0], "broken_line", each[2]))
        else:
            names.update(row)
            rows.append(_ENCODE(row).encode(errors="replace"))
            places.append(each[0])
        if len(rows) + len(broken) == length:
            yield _chunk(rows, places, broken, frozenset(names))
            rows, places, broken = [], [], []
    if rows or broken:
        yield _chunk(rows, places, broken, frozenset(names))


def _row(found: Any) -> dict[str, str] | None:
    if not isinstance(found, Mapping):
        return None
    try:
        return flat(from_segment(found) if is_segment(found) else found)
    except RecursionError:
        return None


def _chunk(rows: list[bytes], places: list[int], broken: list[Broken], names: frozenset[str]) -> Chunk:
    import numpy as np
    import pyarrow as pa

    table = pa.table({PACKED: pa.array(rows, pa.binary()).cast(pa.string())})
    return Chunk(table, np.array(places, dtype=np.int64), tuple(broken), names)
