"""The log of a made-up company: pieces of events, brought into one table in the order of time."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from customer_factory.samples.days import Ints

TEXT = pa.string()
STANDARD = {
    "person": TEXT, "event": TEXT, "time": pa.timestamp("us"),
    "channel": TEXT, "amount": pa.float64(), "currency": TEXT,
}  # fmt: skip
Column: TypeAlias = str | pa.Array | NDArray[np.float64]


class Log:
    """Collects events; what lies at or after the last moment does not exist.

    Args:
        on: The last moment, seconds since 1970.
    """

    def __init__(self, on: int) -> None:
        self._on = on
        self._times: list[Ints] = []
        self._pieces: list[dict[str, pa.Array]] = []
        self._names: list[str] = list(STANDARD)

    def add(self, event: str, person: pa.Array, time: Ints, **columns: Column) -> None:
        """Add one event for each person at its time.

        Args:
            event: The name of the event.
            person: Ids, one for each event.
            time: Seconds since 1970, one for each event.
            columns: Further columns: one text for all, or a value for each event.
        """
        kept = np.flatnonzero(time < self._on)
        given: dict[str, Column] = {"person": person, "event": event, **columns}
        self._times.append(time[kept])
        self._pieces.append({name: _chosen(column, kept) for name, column in given.items()})
        self._names += [name for name in columns if name not in self._names]

    def table(self, *, event_ids: bool) -> pa.Table:
        """All events in the order of time; columns as in ``STANDARD``, then the properties."""
        times = np.concatenate(self._times)
        columns = {name: self._column(name) for name in self._names if name != "time"}
        columns["time"] = pa.array(times * 1_000_000, pa.int64()).cast(pa.timestamp("us"))
        order = pa.array(np.argsort(times, kind="stable"))
        table = pa.table({name: columns[name] for name in self._names}).take(order).combine_chunks()
        if event_ids:
            table = table.add_column(0, "event_id", [numbered("ev", len(table))])
        return table

    def _column(self, name: str) -> pa.ChunkedArray:
        kind = STANDARD.get(name, TEXT)
        sizes = [len(times) for times in self._times]
        pieces = zip(self._pieces, sizes, strict=True)
        return pa.chunked_array([piece.get(name, pa.nulls(size, kind)) for piece, size in pieces], kind)


def numbered(prefix: str, count: int) -> pa.Array:
    """Ids in a row, of the same width.

    >>> numbered("user", 2).to_pylist()
    ['user-00001', 'user-00002']
    """
    width = max(5, len(str(count)))
    return pa.array([f"{prefix}-{i:0{width}}" for i in range(1, count + 1)], TEXT)


def _chosen(column: Column, kept: Ints) -> pa.Array:
    if isinstance(column, str):
        return pa.repeat(pa.scalar(column, TEXT), len(kept))
    if isinstance(column, np.ndarray):
        return pa.array(column[kept], pa.float64(), from_pandas=True)  # NaN is null
    return column.take(pa.array(kept))
