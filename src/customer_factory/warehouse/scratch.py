"""Scratch: temporary tables in a database that is not ours."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any

from customer_factory.basics.errors import SourceError

_numbers = count(1)


class Scratch:
    """Temporary tables of a connection, under names that nothing else has.

    Args:
        connection: An Ibis backend.

    >>> import duckdb, ibis, pyarrow
    >>> scratch = Scratch(ibis.duckdb.from_connection(duckdb.connect()))
    >>> scratch.store("who", pyarrow.table({"name": ["web-1"], "shown": ["ann"]})).count().to_pyarrow().as_py()
    1
    >>> scratch.clear()
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._tables: list[tuple[str, str]] = []

    def keep(self, name: str, table: Any) -> Any:
        """Make a table of an expression; where the connection may not, the expression itself does as well."""
        own = self._new_name(name)
        engine = {"engine": "Memory"} if self._connection.name == "clickhouse" else {}
        # Each driver refuses in its own words; what is wrong with the query itself shows when it is run.
        with suppress(Exception):
            self._connection.create_table(own, table, temp=True, **engine)
            self._tables.append(("TABLE", own))
            return self._connection.table(own)
        return table

    def store(self, name: str, values: Any) -> Any:
        """An Arrow table as one that the engine can join with.

        Raises:
            SourceError: The connection may not make temporary tables.
        """
        import ibis

        own = self._new_name(name)
        try:
            if self._connection.name == "duckdb":
                self._connection.con.register(own, values)
                self._tables.append(("VIEW", own))
            elif self._connection.name == "clickhouse":
                schema = ibis.Schema.from_pyarrow(values.schema)
                self._connection.create_table(own, schema=schema, temp=True, engine="Memory")
                self._tables.append(("TABLE", own))
                self._connection.insert(own, values)
            else:
                self._connection.create_table(own, values, temp=True)
                self._tables.append(("TABLE", own))
        except Exception as error:
            raise SourceError(
                f"The connection may make no temporary table: {error}",
                hint="Ids are linked by anonymous_id or previous_id, which takes one. Allow it, or leave these columns "
                "out of the table and give every event the person's one id.",
            ) from error
        return self._connection.table(own)

    def clear(self) -> None:
        """Drop them all."""
        while self._tables:
            kind, name = self._tables.pop()
            with suppress(Exception):  # a session that has ended has dropped them already
                self._connection.raw_sql(f"DROP {kind} IF EXISTS {name}")

    @staticmethod
    def _new_name(name: str) -> str:
        return f"customer_factory_{next(_numbers)}_{name}"
