"""Questions kept as SQL: building and compiling an Ibis query takes longer than DuckDB needs to answer it.

A question is compiled once, with two marks where the moment stands, and kept in the database; after that it is one
text with two parameters. The key names everything that the text depends on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from customer_factory.journeys.traced import Now, Question

_ON = datetime(2222, 2, 2, 2, 22, 22)
_RUNNING = 22222222


class Questions:
    """Asks questions of one DuckDB connection, and remembers their SQL.

    Args:
        connection: The DuckDB connection.
        compiled: Turns an Ibis query into SQL.
        known: The SQL that was kept for these tables, as JSON; None where nothing was.
        keep: Told the new JSON whenever a question is added.
    """

    def __init__(
        self, connection: Any, compiled: Callable[[Any], str], known: str | None, keep: Callable[[str], None]
    ) -> None:
        self._connection = connection
        self._compiled = compiled
        self._texts: dict[str, str] = json.loads(known) if known else {}
        self._keep = keep

    def __call__(self, name: str, question: Question, on: datetime, running: int) -> Any:
        """The answer for a moment, as an Arrow table."""
        if name not in self._texts:
            self._texts[name] = self._text(question)
            self._keep(json.dumps(self._texts))
        text = self._texts[name]
        given = {key: value for key, value in (("on", on), ("running", running)) if f"${key}" in text}
        return self._connection.sql(text, params=given or None).to_arrow_table()

    def _text(self, question: Question) -> str:
        import ibis

        on, running = ibis.timestamp(_ON), ibis.literal(_RUNNING, "int32")
        text = self._compiled(question(Now(on, running)))
        for scalar, parameter in ((on, "$on::TIMESTAMP"), (running, "$running::INTEGER")):
            text = text.replace(self._compiled(scalar).removeprefix("SELECT ").split(" AS ")[0], parameter)
        return text
