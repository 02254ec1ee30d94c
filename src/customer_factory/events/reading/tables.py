"""Tables in memory, and what every reader needs: chunks of equal length, columns that differ in their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.reading import Chunk, Reading


def check_columns(columns: list[str], where: str) -> None:
    """Refuse a table that names a column twice: nobody can say which one is meant.

    >>> check_columns(["person", "time", "person"], "a.csv")
    Traceback (most recent call last):
    customer_factory.basics.errors.SourceError: a.csv: The column 'person' occurs 2 times. Rename one of them.
    """
    twice = [f"'{name}' occurs {n} times" for name, n in Counter(columns).items() if n > 1]
    if twice:
        raise SourceError(f"The column {', '.join(twice)}.", where=where, hint="Rename one of them.")


def rechunk(batches: Iterable[Any], schema: Any, length: int) -> Iterator[Chunk]:
    """Arrow record batches of any length as chunks of one length, so that a load can go on where it was stopped."""
    import pyarrow as pa

    held: list[Any] = []
    count = 0
    for batch in batches:
        rest = batch
        while count + rest.num_rows >= length:
            cut = length - count
            yield Chunk(pa.Table.from_batches([*held, rest.slice(0, cut)], schema))
            rest, held, count = rest.slice(cut), [], 0
        if rest.num_rows:
            held.append(rest)
            count += rest.num_rows
    if held:
        yield Chunk(pa.Table.from_batches(held, schema))


def read_table(table: Any, name: str = "table") -> Reading:
    """A reading of a table in memory: pyarrow, pandas, polars, or an Ibis table (of any engine).

    Raises:
        SourceError: The object is no such table, or names a column twice.

    >>> import pyarrow as pa
    >>> read_table(pa.table({"person": ["ann"]})).size
    1
    """
    import pyarrow as pa

    if type(table).__module__.split(".")[0] == "pandas":
        check_columns([str(column) for column in table.columns], name)
        arrow = pa.Table.from_pandas(table, preserve_index=False)
    elif hasattr(table, "to_pyarrow"):
        arrow = table.to_pyarrow()
    elif hasattr(table, "to_arrow"):
        arrow = table.to_arrow()
    elif isinstance(table, pa.RecordBatch):
        arrow = pa.Table.from_batches([table])
    elif isinstance(table, pa.Table):
        arrow = table
    elif isinstance(table, list):
        arrow = _from_rows(table)
    else:
        raise SourceError(
            f"A {type(table).__name__} is no table of events.",
            hint="Legal are: a path, pyarrow, pandas, polars or Ibis tables, or a list of dicts.",
        )
    check_columns(arrow.column_names, name)

    def chunks(length: int) -> Iterator[Chunk]:
        for start in range(0, arrow.num_rows, length):
            yield Chunk(arrow.slice(start, length))

    return Reading(name, None, arrow.num_rows, chunks, arrow.column_names)


def _from_rows(rows: list[Any]) -> Any:
    """A table of dicts, whichever of them names a column first; a column of mixed types becomes text."""
    import pyarrow as pa

    names = dict.fromkeys(name for row in rows for name in row)
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            columns[name] = pa.array([None if value is None else str(value) for value in values])
    return pa.table(columns)
