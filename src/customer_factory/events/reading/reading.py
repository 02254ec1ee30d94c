"""What a reader gives: a name, a fingerprint, and chunks of rows as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Broken:
    """A line that is no row: where it stands, the code of the reason, and how it begins."""

    row: int
    code: str
    text: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table, and the broken lines met on the way to them."""

    table: Any
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A table that can be read, more than once, in chunks of always the same rows.

    Args:
        name: What to call it in messages.
        fingerprint: Changes when the content does; None for tables in memory.
        size: Its size in ``unit``, for a progress bar; None when not known.
        chunks: Reads it from the beginning.
    """

    name: str
    fingerprint: str | None
    size: int | None
    chunks: Callable[[int], Iterator[Chunk]]
    columns: list[str] = field(default_factory=list)
