"""Kept tallies: grouped counts over everybody, brought up to date by those whose journey changed.

A tally adds up over people. So after some people were traced again it is what it was, less what these people were
counted as before, plus what they are counted as now: a few thousand rows instead of millions. They are put behind the
others, and put together with them when there is time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from customer_factory.warehouse.duckdb import Warehouse
from customer_factory.warehouse.texts import over

TIDY = 20
"""After so many catch-ups the rows of a tally are put together."""
ADDED = " +"
"""Ends the stamp of a tally that has new rows behind the others."""
BEFORE, AFTER = "before_", "after_"
"""The prefixes of the derived tables of only those people whose journey changed, as they were and as they are."""


class Change(NamedTuple):
    """A catch-up: the editions of the derived tables that it lies between."""

    old: str
    new: str


class Tallies:
    """The kept tallies of a warehouse.

    Args:
        warehouse: Where they are kept.
        key: What their meaning depends on.
        edition: Names the present content of the derived tables.
        change: The last catch-up, where it was in this session.
    """

    def __init__(
        self, warehouse: Warehouse, key: str, edition: Callable[[], str], change: Callable[[], Change | None]
    ) -> None:
        self._warehouse = warehouse
        self._key = key
        self._edition = edition
        self._change = change
        self._read: dict[str, tuple[str, Any]] = {}

    def answer(self, name: str, sums: Sequence[str], text: str) -> Any:
        """A tally as an Arrow table: made, brought up to date, or as it is.

        Args:
            name: Which one.
            sums: Its columns that add up, ``n`` first.
            text: The SQL over everybody.
        """
        stamp = f"{self._edition()} {self._key}"
        if self._read.get(name, ("", None))[0] != stamp:
            table = f"tally_{name}"
            self._bring_up(table, stamp, sums, text)
            added = self._warehouse.meta(table) == stamp + ADDED
            query = self._together(table, sums) if added else f"FROM {table}"
            self._read[name] = (stamp, self._warehouse.connection.sql(query).to_arrow_table())
        return self._read[name][1]

    def _bring_up(self, table: str, stamp: str, sums: Sequence[str], text: str) -> None:
        """What is new is put behind the rest, and now and then, or in the next session, put together with it."""
        known, edition, change = self._warehouse.meta(table) or "", self._edition(), self._change()
        if known == stamp:
            return
        base = known.removesuffix(ADDED)
        caught_up = change is not None and change.new == edition and base == f"{change.old} {self._key}"
        with self._warehouse.transaction():
            if caught_up:
                self._add(table, sums, over(BEFORE, text), over(AFTER, text))
            elif base != stamp:
                self._execute(f"CREATE OR REPLACE TABLE {table} AS {text}")
            more = caught_up and int(edition) % TIDY != 0
            if (caught_up or base == stamp) and not more:
                self._execute(f"CREATE OR REPLACE TABLE {table} AS {self._together(table, sums)}")
            self._warehouse.set_meta(table, stamp + ADDED if more else stamp)

    def _together(self, table: str, sums: Sequence[str]) -> str:
        """The SQL that puts the rows of a tally together."""
        kinds = {column: kind for column, kind, *_ in self._warehouse.rows(f"DESCRIBE {table}")}
        keys = ", ".join(f'"{column}"' for column in kinds if column not in sums)
        added = ", ".join(f'CAST(sum("{column}") AS {kinds[column]}) AS "{column}"' for column in sums)
        return f'SELECT {keys}, {added} FROM {table} GROUP BY {keys} HAVING sum("{sums[0]}") <> 0'

    def _add(self, table: str, sums: Sequence[str], before: str, after: str) -> None:
        less = ", ".join(f'-"{column}" AS "{column}"' for column in sums)
        self._execute(f"""
            INSERT INTO {table} BY NAME
            FROM ({after}) UNION ALL BY NAME SELECT * REPLACE ({less}) FROM ({before})""")

    def _execute(self, query: str) -> None:
        self._warehouse.connection.execute(query)
