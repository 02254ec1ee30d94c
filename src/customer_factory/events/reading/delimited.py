"""CSV files: any of the usual delimiters, UTF-8 unless an encoding is named; every cell is read as text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.lines import LONGEST_LINE, SHOWN, Block, blocks, survey
from customer_factory.events.reading.reading import Broken, Chunk, Reading, rechunk
from customer_factory.events.reading.tables import check_columns

DELIMITERS = ",;\t|"
MOST_LINES = 1000
"""A quoted cell over more lines than this was never closed: its first line is set aside, and the next one is a row."""


def read_csv(path: Path, fingerprint: str, encoding: str | None = None, delimiter: str | None = None) -> Reading:
    """A reading of a CSV file.

    Raises:
        SourceError: It is not in the encoding, has no header, or names a column twice.
    """
    lines = survey(path, encoding)
    header = _header(path, encoding, delimiter)

    def chunks(length: int) -> Iterator[Chunk]:
        return rechunk(_parts(blocks(path, encoding), header), length)

    return Reading(path.name, fingerprint, max(0, lines - header.lines), chunks, header.columns)


@dataclass(frozen=True)
class _Header:
    """What the first line says: the names of all columns (None for one without), the delimiter, how many lines it is."""

    names: list[str | None]
    mark: str
    lines: int

    @property
    def columns(self) -> list[str]:
        return [name for name in self.names if name is not None]


def _header(path: Path, encoding: str | None, delimiter: str | None) -> _Header:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise SourceError(
            f"{delimiter!r} cannot be a delimiter.", where=str(path), hint='It is one character, such as ";" or "\\t".'
        )
    first = next(blocks(path, encoding), Block(1, b""))
    if first.too_long:
        raise SourceError("The first line must name the columns, but it is longer than 16 MB.", where=str(path))
    if b"\0" in first.text[:1000]:
        raise SourceError(
            "This is not text.", where=str(path), hint='If it is UTF-16, say encoding = "utf-16-le" in its source.'
        )
    lines = first.text.decode(errors="replace").splitlines()
    found = [_first_row(lines, mark) for mark in delimiter or DELIMITERS]
    cells, used, mark = max(found, key=lambda each: len(each[0]))
    names = [name.strip() or None for name in cells]
    if not any(names):
        raise SourceError("The first line must name the columns, but it is empty.", where=str(path))
    header = _Header(names, mark, used)
    check_columns(header.columns, str(path))
    return header


def _first_row(lines: list[str], mark: str) -> tuple[list[str], int, str]:
    reader = csv.reader((line + "\n" for line in islice(lines, MOST_LINES)), delimiter=mark, skipinitialspace=True)
    try:
        return next(reader, []), reader.line_num, mark
    except csv.Error:
        return [], 1, mark


def _parts(source: Iterator[Block], header: _Header) -> Iterator[Chunk]:
    """The rows of each block; a record that goes on in the next block is read with that one."""
    rest = Block(1, b"")
    for block in source:
        if block.too_long:
            yield from _rows(rest, header, last=True)[:1]
            yield _chunk([], [], [Broken(block.first, "line_too_long", block.text.decode(errors="replace"))], header)
            rest = Block(block.first + 1, b"")
            continue
        part, rest = _rows(Block(rest.first if rest.text else block.first, rest.text + block.text), header, last=False)
        yield part
    yield _rows(rest, header, last=True)[0]


def _rows(block: Block, header: _Header, *, last: bool) -> tuple[Chunk, Block]:
    """The rows of a block, and what is left of it because it does not end there."""
    lines = block.text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    skipped = max(0, header.lines + 1 - block.first)
    del lines[:skipped]
    first = block.first + skipped
    quick = None if _goes_on(lines) else _quickly(b"\n".join(lines), lines, first, header)
    return (quick, Block(1, b"")) if quick is not None else _carefully(lines, first, header, last=last)


def _goes_on(lines: list[bytes]) -> bool:
    """Whether a quoted cell may hold the end of a line."""
    return any(line.count(b'"') % 2 for line in lines if b'"' in line)


def _quickly(text: bytes, lines: list[bytes], first: int, header: _Header) -> Chunk | None:
    """The rows of a block in which every line is one; None where it turns out that not every line is."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [f"c{n}" for n in range(len(header.names))]
    ragged: list[tuple[int, str]] = []

    def set_aside(row: Any) -> str:
        ragged.append((row.number - 1, row.text[:SHOWN]))
        return "skip"

    places = first + np.flatnonzero([bool(line.rstrip(b"\r")) for line in lines])
    if not len(places):
        return _chunk([], [], [], header)
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
            arrow_csv.ParseOptions(header.mark, invalid_row_handler=set_aside),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(ragged) != len(places):
        return None
    good = np.delete(places, [number for number, _ in ragged])
    kept = [(name, column) for name, column in zip(header.names, table.columns, strict=True) if name is not None]
    broken = tuple(Broken(int(places[number]), "broken_line", text) for number, text in ragged)
    return Chunk(pa.table([column for _, column in kept], [name for name, _ in kept]), good, broken)


def _carefully(lines: list[bytes], first: int, header: _Header, *, last: bool) -> tuple[Chunk, Block]:
    """The rows of a block one by one: a record of several lines must have just the right number of cells."""
    rows: list[list[str]] = []
    places: list[int] = []
    broken: list[Broken] = []
    at = 0
    while at < len(lines):
        row, used = _record(lines, at, header.mark)
        if used == 0 and not last and len(lines) - at <= MOST_LINES:
            return _chunk(rows, places, broken, header), Block(first + at, b"\n".join([*lines[at:], b""]))
        if row and len(row) == len(header.names) and used:
            rows.append(row)
            places.append(first + at)
        elif lines[at].strip():
            broken.append(Broken(first + at, "broken_line", lines[at].decode(errors="replace")[:SHOWN]))
            used = 1
        at += max(used, 1)
    return _chunk(rows, places, broken, header), Block(1, b"")


def _record(lines: list[bytes], at: int, mark: str) -> tuple[list[str], int]:
    """The record that begins at a line, and how many lines it takes: none where it is not closed."""
    closed = True

    def feed() -> Iterator[str]:
        nonlocal closed
        for line in islice(lines, at, at + MOST_LINES):
            yield line.decode(errors="replace").removesuffix("\r") + "\n"
        closed = False

    reader = csv.reader(feed(), delimiter=mark)
    try:
        row = next(reader, [])
    except csv.Error:
        return [], 1
    return (row, reader.line_num) if closed else ([], 0)


def _chunk(rows: list[list[str]], places: list[int], broken: list[Broken], header: _Header) -> Chunk:
    import numpy as np
    import pyarrow as pa

    cells = list(zip(*rows, strict=True)) or [()] * len(header.names)
    kept = [(n, column) for n, column in zip(header.names, cells, strict=True) if n is not None]
    arrays = [pa.array([cell or None for cell in column], pa.string()) for _, column in kept]
    return Chunk(pa.table(arrays, [name for name, _ in kept]), np.array(places, dtype=np.int64), tuple(broken))
