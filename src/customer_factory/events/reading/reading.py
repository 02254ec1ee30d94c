"""What a reader gives: a name, a fingerprint, and chunks of rows as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PACKED = "(json)"
"""The only column of rows that name their own columns: each row as one flat JSON object of texts."""


@dataclass(frozen=True)
class Broken:
    """A line that is no row: where it stands, the code of the reason, and how it begins."""

    row: int
    code: str
    text: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table, and the broken lines met on the way to them.

    Args:
        table: The rows (pyarrow).
        rows: Where each of them stands in the file (numpy, int64, increasing): the line it begins on, or its number.
        broken: The lines that are no rows.
        names: For packed rows: every column that this row or one before it names.
    """

    table: Any
    rows: Any
    broken: tuple[Broken, ...] = ()
    names: frozenset[str] | None = None

    def __len__(self) -> int:
        """How many rows and broken lines it has."""
        return len(self.rows) + len(self.broken)

    @property
    def places(self) -> Any:
        """Where its rows and broken lines stand, in order."""
        import numpy as np

        return np.sort(np.concatenate([self.rows, np.array([line.row for line in self.broken], dtype=np.int64)]))

    def split(self, place: int) -> tuple[Chunk, Chunk]:
        """What stands up to a place in the file, and what stands behind it."""
        cut = int((self.rows <= place).sum())
        before = tuple(line for line in self.broken if line.row <= place)
        behind = tuple(line for line in self.broken if line.row > place)
        return (
            Chunk(self.table.slice(0, cut), self.rows[:cut], before, self.names),
            Chunk(self.table.slice(cut), self.rows[cut:], behind, self.names),
        )


@dataclass(frozen=True)
class Reading:
    """A table that can be read, more than once, in chunks of always the same rows.

    Args:
        name: What to call it in messages.
        fingerprint: Changes when the content does; None for tables in memory.
        size: How many rows or lines it has, for a progress bar; None when not known.
        chunks: Reads it from the beginning, in chunks of so many rows.
        columns: Its columns; empty where each row names its own.
        ordered: Whether reading it again gives the rows in the same order.
    """

    name: str
    fingerprint: str | None
    size: int | None
    chunks: Callable[[int], Iterator[Chunk]]
    columns: list[str] = field(default_factory=list)
    ordered: bool = True


def rechunk(parts: Iterator[Chunk], length: int) -> Iterator[Chunk]:
    """Parts of any length as chunks of one length, so that a load can go on where it was stopped.

    Broken lines count as well, for there may be nothing else: what a chunk holds does not depend on the parts.

    >>> import numpy as np, pyarrow as pa
    >>> part = Chunk(pa.table({"n": [1, 2, 3]}), np.array([2, 3, 5]), (Broken(4, "broken_line", "?"),))
    >>> [(chunk.rows.tolist(), len(chunk.broken)) for chunk in rechunk(iter([part]), 3)]
    [([2, 3], 1), ([5], 0)]
    """
    held: list[Chunk] = []
    count = 0
    for part in parts:
        rest = part
        while count + len(rest) >= length:
            full, rest = rest.split(int(rest.places[length - count - 1]))
            yield _joined([*held, full])
            held, count = [], 0
        if len(rest):
            held.append(rest)
            count += len(rest)
    if held:
        yield _joined(held)


def _joined(parts: list[Chunk]) -> Chunk:
    import numpy as np
    import pyarrow as pa

    return Chunk(
        pa.concat_tables([part.table for part in parts]),
        np.concatenate([part.rows for part in parts]),
        tuple(line for part in parts for line in part.broken),
        parts[-1].names,
    )
