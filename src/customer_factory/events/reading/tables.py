"""Tables in memory: pyarrow, pandas, polars, Ibis, lists of dicts, and whatever speaks Arrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.reading import Chunk, Reading, rechunk
from customer_factory.events.reading.records import packed, text_of

LEGAL = "Legal are: a path, pyarrow, pandas, polars or Ibis tables, or a list of dicts."


def check_columns(columns: list[str], where: str) -> None:
    """Refuse a table that names a column twice: nobody can say which one is meant.

    >>> check_columns(["person", "time", "person"], "a.csv")
    Traceback (most recent call last):
    customer_factory.basics.errors.SourceError: a.csv: The column 'person' occurs 2 times. Rename one of them.
    """
    twice = [f"'{name}' occurs {n} times" for name, n in Counter(columns).items() if n > 1]
    if twice:
        raise SourceError(f"The column {', '.join(twice)}.", where=where, hint="Rename one of them.")


def numbered(batches: Iterable[Any]) -> Iterator[Chunk]:
    """Arrow record batches or tables as parts of a reading, their rows counted from 1."""
    import numpy as np
    import pyarrow as pa

    first = 1
    for batch in batches:
        table = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        yield Chunk(table, np.arange(first, first + table.num_rows))
        first += table.num_rows


def read_table(table: Any, name: str = "table") -> Reading:
    """A reading of a table in memory: pyarrow, pandas, polars, an Ibis table (of any engine), or a list of dicts.

    Raises:
        SourceError: The object is no such table, or names a column twice.

    >>> import pyarrow as pa
    >>> read_table(pa.table({"person": ["ann"]})).size
    1
    """
    if isinstance(table, list | tuple):
        return _read_dicts(table, name)
    arrow = _arrow(table, name)
    check_columns(arrow.column_names, name)
    return Reading(name, None, arrow.num_rows, lambda length: rechunk(numbered([arrow]), length), arrow.column_names)


def _read_dicts(rows: list[Any] | tuple[Any, ...], name: str) -> Reading:
    wrong = next((row for row in rows if not isinstance(row, Mapping)), None)
    if wrong is not None:
        raise SourceError(f"An object of type {type(wrong).__name__} is no row of events.", where=name, hint=LEGAL)

    def chunks(length: int) -> Iterator[Chunk]:
        return packed(((place, row, "") for place, row in enumerate(rows, start=1)), length)

    return Reading(name, None, len(rows), chunks)


def _arrow(table: Any, name: str) -> Any:
    """The table as pyarrow's."""
    import pyarrow as pa

    if isinstance(table, pa.Table):
        return table
    if hasattr(table, "collect") and hasattr(table, "lazy"):
        table = table.collect()
    kind = type(table).__name__
    try:
        if type(table).__module__.split(".")[0] == "pandas" and hasattr(table, "columns"):
            return _from_pandas(table, name)
        found = table.to_pyarrow() if hasattr(table, "to_pyarrow") else pa.table(table)
    except (pa.ArrowException, TypeError, ValueError) as error:
        if hasattr(table, "columns"):
            raise SourceError(f"The {kind} cannot be read ({error}).", where=name) from None
        found = None
    if not isinstance(found, pa.Table):
        raise SourceError(f"An object of type {kind} is no table of events.", where=name, hint=LEGAL)
    return found


def _from_pandas(frame: Any, name: str) -> Any:
    """A pandas frame column by column: one that mixes types, or has one of its own, is read as text."""
    import pyarrow as pa

    names = [str(column) for column in frame.columns]
    check_columns(names, name)
    columns = []
    for place in range(len(names)):
        values = frame.iloc[:, place]
        try:
            columns.append(pa.Array.from_pandas(values))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            gaps = values.isna()
            texts = [None if gap else text_of(value) for value, gap in zip(values, gaps, strict=True)]
            columns.append(pa.array(texts, pa.string()))
    return pa.table(columns, names)
