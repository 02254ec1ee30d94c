"""Kept tallies: grouped counts over everybody, brought up to date by those whose journey changed.

A tally adds up over people. So after some people were traced again it is what it was, less what these people were
counted as before, plus what they are counted as now: a few thousand rows instead of millions. They are put behind the
others, and add up when the tally is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from customer_factory.warehouse.duckdb import Warehouse
from customer_factory.warehouse.texts import over

TIDY = 20
"""After so many catch-ups the rows of a tally are put together."""
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

    @staticmethod
    def table(name: str) -> str:
        """The table that holds a tally."""
        return f"tally_{name}"

    def reading(self, name: str, sums: Sequence[str]) -> str:
        """The SQL that reads a tally."""
        kinds = {column: kind for column, kind, *_ in self._warehouse.rows(f"DESCRIBE {self.table(name)}")}
        keys = ", ".join(f'"{column}"' for column in kinds if column not in sums)
        added = ", ".join(f'CAST(sum("{column}") AS {kinds[column]}) AS "{column}"' for column in sums)
        return f'SELECT {keys}, {added} FROM {self.table(name)} GROUP BY {keys} HAVING sum("{sums[0]}") <> 0'

    def bring_up(self, name: str, sums: Sequence[str], text: str) -> None:
        """Make a tally, or bring it up to date.

        Args:
            name: Which one.
            sums: Its columns that add up, ``n`` first.
            text: The SQL over everybody.
        """
        stamp, edition, change, table = f"tally {name}", self._edition(), self._change(), self.table(name)
        known = self._warehouse.meta(stamp)
        if known == self._stamp(edition):
            return
        with self._warehouse.transaction():
            if change is not None and change.new == edition and known == self._stamp(change.old):
                self._add(name, sums, over(BEFORE, text), over(AFTER, text))
            else:
                self._warehouse.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {text}")
            if int(edition) % TIDY == 0:
                self._warehouse.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {self.reading(name, sums)}")
            self._warehouse.set_meta(stamp, self._stamp(edition))

    def _stamp(self, edition: str) -> str:
        return f"{edition} {self._key}"

    def _add(self, name: str, sums: Sequence[str], before: str, after: str) -> None:
        less = ", ".join(f'-"{column}" AS "{column}"' for column in sums)
        self._warehouse.connection.execute(f"""
            INSERT INTO {self.table(name)} BY NAME
            FROM ({after}) UNION ALL BY NAME SELECT * REPLACE ({less}) FROM ({before})""")
