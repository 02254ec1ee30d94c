"""Grouped tallies: what an engine returns for a question, as columns of numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from customer_factory.journeys.traced import Build, Question, Traced
from customer_factory.measures.moment import Moment

Columns = dict[str, Any]
"""One numpy array per column, all of one length."""


def fetch(traced: Traced, name: str, question: Question, moment: Moment) -> Columns:
    """Ask a question and return its columns; a missing integer becomes -1, a missing text None."""
    return _columns(traced.ask(name, question, moment.on, moment.running))


def tally(traced: Traced, name: str, build: Build, sums: Sequence[str] = ("n",)) -> Columns:
    """Ask a question whose answer does not depend on the moment; an engine may keep it and add what is new.

    Args:
        traced: The tables.
        name: Tells questions apart.
        build: The query: rows that are told apart by their other columns, and counted by ``n``.
        sums: The columns that add up over people, ``n`` first.
    """
    return _columns(traced.ask.tally(name, build, traced, sums))


def _columns(table: Any) -> Columns:
    return {name: _array(table.column(name)) for name in table.column_names}


def together(*parts: Columns) -> Columns:
    """The rows of several, which have the same columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def some(rows: Columns, keep: Any) -> Columns:
    """The rows that a mask chooses."""
    return {name: column[keep] for name, column in rows.items()}


def _array(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        words = column.combine_chunks().dictionary_encode()
        names = np.array([*words.dictionary.to_pylist(), None], dtype=object)
        return names[words.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    if pa.types.is_boolean(column.type):
        return column.fill_null(fill_value=False).to_numpy()
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        return pc.cast(column, pa.float64()).fill_null(0.0).to_numpy()
    return pc.cast(column, pa.int64()).fill_null(-1).to_numpy()


def total(weights: Any, keep: Any | None = None) -> int:
    """The sum of weights, of some rows only where a mask says so."""
    return int(weights.sum() if keep is None else weights[keep].sum())


def by_index(index: Any, weights: Any, indices: Sequence[int]) -> Any:
    """Weights summed by an integer key, for consecutive keys.

    >>> by_index(np.array([5, 7, 5]), np.array([1, 2, 3]), range(5, 8)).tolist()
    [4.0, 0.0, 2.0]
    """
    first, length = indices[0], len(indices)
    inside = (index >= first) & (index < first + length)
    return np.bincount(index[inside] - first, weights=weights[inside], minlength=length)


def groups(words: Any) -> dict[str, Any]:
    """The rows (as masks) of each word in a column.

    >>> {name: mask.tolist() for name, mask in groups(np.array(["a", "b", "a"], dtype=object)).items()}
    {'a': [True, False, True], 'b': [False, True, False]}
    """
    return {name: words == name for name in sorted(set(words.tolist()))}
