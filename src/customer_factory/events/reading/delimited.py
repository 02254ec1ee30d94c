"""CSV files: any of the usual delimiters, UTF-8 unless an encoding is named; every cell is read as text."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.reading import Broken, Chunk, Reading
from customer_factory.events.reading.tables import check_columns

LONGEST_LINE = 1 << 24
DELIMITERS = ",;\t|"


def read_csv(path: Path, fingerprint: str, encoding: str | None = None, delimiter: str | None = None) -> Reading:
    """A reading of a CSV file.

    Raises:
        SourceError: It is not in the encoding, has no header, or names a column twice.
    """
    size, long_lines = _survey(path, encoding or "utf-8")
    header = _header(path, encoding or "utf-8-sig")
    mark = delimiter or max(DELIMITERS, key=header.count)
    columns = next(csv.reader([header], delimiter=mark), [])
    if not any(name.strip() for name in columns):
        raise SourceError("The first line must name the columns, but it is empty.", where=str(path))
    check_columns(columns, str(path))

    def chunks(length: int) -> Iterator[Chunk]:
        return _chunks(path, encoding or "utf8", mark, columns, long_lines, length)

    return Reading(path.name, fingerprint, size, chunks, columns)


def open_binary(path: Path) -> BinaryIO:
    """The bytes of a file, unzipped where its name ends in .gz."""
    import pyarrow as pa

    return cast(BinaryIO, pa.input_stream(str(path), compression="detect"))


def _survey(path: Path, encoding: str) -> tuple[int | None, list[int]]:
    """The number of lines, and which are too long to be rows; refuses bytes that the encoding does not know."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise SourceError(
            f"'{encoding}' is not a known encoding.", where=str(path), hint="Try utf-8 or cp1252."
        ) from None
    lines, at = 0, 0
    too_long: list[int] = []
    with open_binary(path) as file:
        while block := file.read(LONGEST_LINE):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                line = lines + block[: error.start].count(b"\n") + 1
                raise SourceError(
                    f"Line {line} is not {encoding}.",
                    where=str(path),
                    hint='If it comes from Excel, say encoding = "cp1252" in its source, or save it as "CSV UTF-8".',
                ) from None
            breaks = block.count(b"\n")
            if (breaks == 0 and at + len(block) > LONGEST_LINE and (not too_long or too_long[-1] != lines)) or (breaks and at + block.index(b"\n") > LONGEST_LINE and (not too_long or too_long[-1] != lines)):
                too_long.append(lines)
            at = at + len(block) if breaks == 0 else len(block) - block.rindex(b"\n") - 1
            lines += breaks
    return max(0, lines - 1 + (at > 0)), too_long


def _header(path: Path, encoding: str) -> str:
    with open_binary(path) as file:
        first = file.read(LONGEST_LINE).split(b"\n", 1)[0]
    return first.decode(encoding).lstrip("\ufeff").rstrip("\r\n")


def _chunks(
    path: Path, encoding: str, mark: str, columns: list[str], long_lines: list[int], length: int
) -> Iterator[Chunk]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    from customer_factory.events.reading.tables import rechunk

    broken = [Broken(line, "line_too_long", "") for line in long_lines]

    def set_aside(row: Any) -> str:
        broken.append(Broken(row.number or 0, "broken_line", row.text[:500]))
        return "skip"

    source: Any = open_binary(path) if not long_lines else _Without(path, set(long_lines))
    try:
        reader = arrow_csv.open_csv(
            pa.PythonFile(source, "r") if long_lines else source,
            read_options=arrow_csv.ReadOptions(block_size=2 * LONGEST_LINE, encoding=encoding, use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=mark, newlines_in_values=True, invalid_row_handler=set_aside
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
        for chunk in rechunk(reader, reader.schema, length):
            found, broken[:] = tuple(broken), []
            yield Chunk(chunk.table, found)
    except pa.ArrowInvalid as error:
        raise SourceError(f"The file cannot be read as CSV ({error}).", where=str(path)) from None
    if broken:
        yield Chunk(pa.table({name: pa.array([], pa.string()) for name in columns}), tuple(broken))


class _Without:
    """A file without some of its lines, read without ever holding one of those in memory."""

    def __init__(self, path: Path, lines: set[int]) -> None:
        self._file = open_binary(path)
        self._lines = lines
        self._line = 0
        self.closed = False

    def read(self, size: int) -> bytes:
        """The next bytes that belong to no left-out line."""
        while block := self._file.read(size):
            kept = bytearray()
            for piece in block.splitlines(keepends=True):
                if self._line not in self._lines:
                    kept += piece
                self._line += piece.endswith(b"\n")
            if kept:
                return bytes(kept)
        return b""

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self._file.close()

    def readable(self) -> bool:
        """Always."""
        return True

    def writable(self) -> bool:
        """Never."""
        return False

    def seekable(self) -> bool:
        """Never."""
        return False
