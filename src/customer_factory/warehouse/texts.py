"""SQL compiled before: building and compiling an Ibis query takes longer than DuckDB needs to answer it.

Texts are kept in the database, under a key that names everything they depend on; another key forgets them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from customer_factory.journeys.traced import Now, Question
from customer_factory.warehouse.duckdb import Warehouse

_ON = datetime(2222, 2, 2, 2, 22, 22)
_RUNNING = 22222222
_NAME = "texts"


class Texts:
    """Scripts of SQL by name.

    Args:
        warehouse: Where they are kept.
        key: What they depend on.
    """

    def __init__(self, warehouse: Warehouse, key: str) -> None:
        self._warehouse = warehouse
        self.key = key
        kept_key, _, kept = (warehouse.meta(_NAME) or "").partition("\n")
        self._scripts: dict[str, list[str]] = json.loads(kept) if kept_key == key else {}

    def get(self, name: str, make: Callable[[], list[str]]) -> list[str]:
        """The script of a name; made, and kept, where it is not known yet."""
        if name not in self._scripts:
            self._scripts[name] = make()
            self._warehouse.set_meta(_NAME, f"{self.key}\n{json.dumps(self._scripts)}")
        return self._scripts[name]


class Questions:
    """Asks questions of one DuckDB connection: each compiled once, with two marks where the moment stands.

    Args:
        connection: The DuckDB connection.
        compiled: Turns an Ibis query into SQL.
        texts: Where the SQL is kept.
        prefix: Tells questions over different tables apart.
        edition: Names the present content of the tables, for answers to be kept; None: they are not.
    """

    def __init__(
        self,
        connection: Any,
        compiled: Callable[[Any], str],
        texts: Texts,
        prefix: str,
        edition: Callable[[], str] | None = None,
    ) -> None:
        self._connection = connection
        self._compiled = compiled
        self._texts = texts
        self._prefix = prefix
        self._edition = edition

    def __call__(self, name: str, question: Question, on: datetime, running: int) -> Any:
        """The answer for a moment, as an Arrow table."""
        if self._edition is None:
            return self._answer(name, question, on, running)
        key = f"{self._texts.key} {self._edition()} {on} {running}"
        kept = self._connection.execute("SELECT answer FROM answers WHERE name = ? AND key = ?", [name, key]).fetchall()
        if kept:
            return _read(kept[0][0])
        answer = self._answer(name, question, on, running)
        self._connection.execute("DELETE FROM answers WHERE name = ?", [name])
        self._connection.execute("INSERT INTO answers VALUES (?, ?, ?)", [name, key, _written(answer)])
        return answer

    def _answer(self, name: str, question: Question, on: datetime, running: int) -> Any:
        (text,) = self._texts.get(f"{self._prefix}{name}?", lambda: [self._text(question)])
        given = {key: value for key, value in (("on", on), ("running", running)) if f"${key}" in text}
        return self._connection.sql(text, params=given or None).to_arrow_table()

    def _text(self, question: Question) -> str:
        import ibis

        on, running = ibis.timestamp(_ON), ibis.literal(_RUNNING, "int32")
        text = self._compiled(question(Now(on, running)))
        for scalar, parameter in ((on, "$on::TIMESTAMP"), (running, "$running::INTEGER")):
            text = text.replace(self._compiled(scalar).removeprefix("SELECT ").split(" AS ")[0], parameter)
        return text


def _written(table: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _read(answer: bytes) -> Any:
    import pyarrow as pa

    with pa.ipc.open_stream(answer) as stream:
        return stream.read_all()
