"""JSON lines: one object a line – events as they are, or in Segment's format – and files with one JSON array."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from customer_factory.events.reading.delimited import LONGEST_LINE, open_binary
from customer_factory.events.reading.reading import Broken, Chunk, Reading
from customer_factory.events.reading.segment import from_segment, is_segment


def read_json_lines(path: Path, fingerprint: str) -> Reading:
    """A reading of a file of JSON lines; lines that are no JSON object are set aside."""
    with open_binary(path) as file:
        start = file.read(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        objects = json.loads(path.read_text(encoding="utf-8-sig"))
        lines = [json.dumps(each).encode() for each in objects]
        return Reading(path.name, fingerprint, len(lines), lambda length: _chunks(iter(lines), length))
    return Reading(path.name, fingerprint, None, lambda length: _chunks(_lines(path), length))


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file; one that is too long is given cut, and its rest is passed over."""
    with open_binary(path) as file:
        rest = b""
        passing = False
        while block := file.read(LONGEST_LINE):
            *whole, rest = (rest + block).split(b"\n") if not passing else block.split(b"\n")
            if passing and whole:
                whole, passing = whole[1:], False
            yield from whole
            if passing:
                rest = b""
            elif len(rest) > LONGEST_LINE:
                yield rest[: LONGEST_LINE + 1]
                rest, passing = b"", True
        if rest and not passing:
            yield rest


def _chunks(lines: Iterator[bytes], length: int) -> Iterator[Chunk]:
    rows: list[dict[str, str | None]] = []
    broken: list[Broken] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            broken.append(Broken(number, "line_too_long", line[:500].decode(errors="replace")))
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            broken.append(Broken(number, "broken_line", line[:500].decode(errors="replace")))
            continue
        rows.append(flat(from_segment(found) if is_segment(found) else found))
        if len(rows) == length:
            yield Chunk(_table(rows), tuple(broken))
            rows, broken = [], []
    if rows or broken:
        yield Chunk(_table(rows), tuple(broken))


def _table(rows: list[dict[str, str | None]]) -> Any:
    import pyarrow as pa

    names = sorted(set().union(*rows)) if rows else []
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def flat(found: Mapping[str, Any], prefix: str = "") -> dict[str, str | None]:
    """Nested objects as one level of text: inner names are joined by dots, lists are kept as JSON.

    >>> flat({"a": 1, "b": {"c": True, "d": None}, "e": [1, 2]})
    {'a': '1', 'b.c': 'true', 'b.d': None, 'e': '[1, 2]'}
    """
    row: dict[str, str | None] = {}
    for key, value in found.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if key == "properties" and not prefix:
                row = {**flat(value), **row}
            else:
                row |= flat(value, f"{name}.")
        elif value is None or isinstance(value, str):
            row[name] = value
        elif isinstance(value, bool | list):
            row[name] = json.dumps(value)
        else:
            row[name] = repr(value)
    return row
