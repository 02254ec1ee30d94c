"""CSV files: any of the usual delimiters, UTF-8 unless an encoding is named; every cell is read as text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.lines import LONGEST_LINE, SHOWN, Block, blocks, survey
from customer_factory.events.reading.reading import Broken, Chunk, Reading, rechunk
from customer_factory.events.reading.tables import check_columns

DELIMITERS = ",;\t|"
_EXCEL = re.compile(r"sep=(.)\r?", re.IGNORECASE)
"""A line with which Excel is told the delimiter, before the one that names the columns."""
MOST_LINES = 1000
"""A quoted cell over more lines than this was never closed: its line is set aside, and the next one is a row again."""


@dataclass(frozen=True)
class Header:
    """What the first line says: each column's name (None: it has none), the delimiter, and how many lines it takes."""

    names: list[str | None]
    mark: str
    lines: int

    @property
    def columns(self) -> list[str]:
        """The names of the columns that have one; the others are not read."""
        return [name for name in self.names if name is not None]


def read_csv(path: Path, fingerprint: str, encoding: str | None = None, delimiter: str | None = None) -> Reading:
    """A reading of a CSV file.

    Raises:
        SourceError: It is not in the encoding, has no header, or names a column twice.
    """
    lines = survey(path, encoding)
    header = _header(path, encoding, delimiter)

    def chunks(length: int) -> Iterator[Chunk]:
        return rechunk(_parts(blocks(path, encoding), header), length)

    return Reading(path.name, fingerprint, lines - header.lines, chunks, header.columns)


def _header(path: Path, encoding: str | None, delimiter: str | None) -> Header:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise SourceError(
            f"{delimiter!r} cannot be a delimiter.", where=str(path), hint='It is one character, such as ";" or "\\t".'
        )
    first = next(blocks(path, encoding), Block(1, b""))
    if first.too_long:
        raise SourceError("The first line must name the columns, but it is longer than 16 MB.", where=str(path))
    if b"\0" in first.text.split(b"\n", 1)[0]:
        raise SourceError(
            "This is not text.", where=str(path), hint='If it is UTF-16, say encoding = "utf-16-le" in its source.'
        )
    lines = first.text.decode(errors="replace").split("\n", MOST_LINES)[:MOST_LINES]
    told = _EXCEL.fullmatch(lines[0])
    marks = delimiter or (told.group(1) if told else DELIMITERS)
    cells, used, mark = max((_first_row(lines[bool(told) :], mark) for mark in marks), key=lambda row: len(row[0]))
    names = [cell.strip() or None for cell in cells]
    if not any(names):
        raise SourceError("The first line must name the columns, but it is empty.", where=str(path))
    header = Header(names, mark, used + bool(told))
    check_columns(header.columns, str(path))
    return header


def _first_row(lines: list[str], mark: str) -> tuple[list[str], int, str]:
    reader = csv.reader((line.rstrip("\r") + "\n" for line in lines), delimiter=mark, skipinitialspace=True)
    try:
        return next(reader, []), reader.line_num, mark
    except csv.Error:
        return [], 1, mark


def _parts(source: Iterator[Block], header: Header) -> Iterator[Chunk]:
    """The rows of each block; a record that goes on behind its end is read with the next one."""
    rest = Block(1, b"")
    for block in source:
        if block.too_long:
            yield _rows(rest, header, last=True)[0]
            yield _chunk([], [], [Broken(block.first, "line_too_long", block.text.decode(errors="replace"))], header)
            rest = Block(1, b"")
        else:
            whole = Block(rest.first, rest.text + block.text) if rest.text else _without_header(block, header)
            part, rest = _rows(whole, header, last=False)
            yield part
    yield _rows(rest, header, last=True)[0]


def _without_header(block: Block, header: Header) -> Block:
    if block.first > 1:
        return block
    return Block(header.lines + 1, (block.text.split(b"\n", header.lines)[header.lines :] or [b""])[0])


def _rows(block: Block, header: Header, *, last: bool) -> tuple[Chunk, Block]:
    """The rows of a block, and what of it does not end there."""
    quick = _quickly(block, header)
    return (quick, Block(1, b"")) if quick is not None else _carefully(block, header, last=last)


def _quickly(block: Block, header: Header) -> Chunk | None:
    """The rows of a block in which every line is one; None where that is not so."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    text = block.text
    if b'"' in text and any(line.count(b'"') % 2 for line in text.split(b"\n")):
        return None
    places = block.first + _not_blank(text)
    if not len(places):
        return _chunk([], [], [], header)
    names = [f"c{n}" for n in range(len(header.names))]
    ragged: list[tuple[int, str]] = []

    def set_aside(row: Any) -> str:
        ragged.append((row.number - 1, row.text[:SHOWN]))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=header.mark, invalid_row_handler=set_aside),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(ragged) != len(places):
        return None
    broken = tuple(Broken(int(places[number]), "broken_line", text) for number, text in ragged)
    columns = {name: column for name, column in zip(header.names, table.columns, strict=True) if name is not None}
    return Chunk(pa.table(columns), np.delete(places, [number for number, _ in ragged]), broken)


def _not_blank(text: bytes) -> Any:
    """Which lines of a text, counted from 0, hold anything."""
    import numpy as np

    if text[:1] in b"\r\n" or b"\n\n" in text or b"\n\r\n" in text:
        return np.flatnonzero([line not in {b"", b"\r"} for line in text.split(b"\n")])
    return np.arange(text.count(b"\n") + (not text.endswith(b"\n")))


def _carefully(block: Block, header: Header, *, last: bool) -> tuple[Chunk, Block]:
    """The rows of a block one by one: a record of several lines must have just the right number of cells."""
    lines = block.text.removesuffix(b"\n").split(b"\n")
    rows: list[list[str]] = []
    places: list[int] = []
    broken: list[Broken] = []
    at = 0
    usual = csv.field_size_limit(LONGEST_LINE)
    try:
        while at < len(lines):
            row, used = _record(lines, at, header.mark)
            if not used and not last and at + MOST_LINES > len(lines):
                rest = Block(block.first + at, b"\n".join([*lines[at:], b""]))
                return _chunk(rows, places, broken, header), rest
            if used and len(row) == len(header.names):
                rows.append(row)
                places.append(block.first + at)
            elif lines[at].strip():
                broken.append(Broken(block.first + at, "broken_line", lines[at].decode(errors="replace")[:SHOWN]))
                used = 1
            at += used or 1
    finally:
        csv.field_size_limit(usual)
    return _chunk(rows, places, broken, header), Block(1, b"")


def _record(lines: list[bytes], at: int, mark: str) -> tuple[list[str], int]:
    """The record that begins at a line, and how many lines it takes: none where it is never closed."""
    if b'"' not in lines[at]:
        return lines[at].decode(errors="replace").removesuffix("\r").split(mark), 1
    closed = True

    def feed() -> Iterator[str]:
        nonlocal closed
        for place in range(at, min(at + MOST_LINES, len(lines))):
            yield lines[place].decode(errors="replace").removesuffix("\r") + "\n"
        closed = False

    reader = csv.reader(feed(), delimiter=mark)
    try:
        row = next(reader, [])
    except csv.Error:
        return [], 1
    return (row, reader.line_num) if closed else ([], 0)


def _chunk(rows: list[list[str]], places: list[int], broken: list[Broken], header: Header) -> Chunk:
    import numpy as np
    import pyarrow as pa

    cells = list(zip(*rows, strict=True)) or [()] * len(header.names)
    columns = {name: column for name, column in zip(header.names, cells, strict=True) if name is not None}
    table = pa.table({name: pa.array([cell or None for cell in cells], pa.string()) for name, cells in columns.items()})
    return Chunk(table, np.array(places, dtype=np.int64), tuple(broken))
