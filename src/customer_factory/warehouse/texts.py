"""SQL compiled before: building and compiling an Ibis query takes longer than DuckDB needs to answer it.

Texts are kept in the database, under a key that names everything they depend on; another key forgets them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customer_factory.journeys.traced import Build, Now, Question, Traced
from customer_factory.warehouse.duckdb import Warehouse

if TYPE_CHECKING:
    from customer_factory.warehouse.tallies import Tallies

_ON = datetime(2222, 2, 2, 2, 22, 22)
_RUNNING = 22222222
_NAME = "texts"
_MADE = re.compile(r"^CREATE OR REPLACE TABLE (\w+)")
_READ = re.compile(
    r'\b(FROM|JOIN) (?:"temp"\."main"\.)?"(journeys|activity|payments|transactions|referrals|everybody|log)"'
)
"""The tables that a derived table, or a tally, is made of; columns are written behind a table's name."""


def over(prefix: str, text: str) -> str:
    """The same SQL over derived tables of some people, or of the past, which are temporary and named with a prefix.

    >>> over("again_", 'CREATE OR REPLACE TABLE activity AS SELECT "t0"."payments" FROM "journeys" AS "t0"')
    'CREATE OR REPLACE TEMP TABLE again_activity AS SELECT "t0"."payments" FROM "temp"."main"."again_journeys" AS "t0"'
    """
    text = _MADE.sub(rf"CREATE OR REPLACE TEMP TABLE {prefix}\1", text)
    return _READ.sub(rf'\1 "temp"."main"."{prefix}\2"', text)


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
            self.keep(name, make())
        return self._scripts[name]

    def keep(self, name: str, script: list[str]) -> None:
        """Keep a script under a name."""
        self._scripts[name] = script
        self._warehouse.set_meta(_NAME, f"{self.key}\n{json.dumps(self._scripts)}")


class Questions:
    """Asks questions of one DuckDB connection: each compiled once, with two marks where the moment stands.

    Args:
        connection: The DuckDB connection.
        compiled: Turns an Ibis query into SQL.
        texts: Where the SQL is kept.
        prefix: Tells questions over different tables apart.
        kept: Where answers that hold whenever one looks are kept; None: they are not.
    """

    def __init__(
        self,
        connection: Any,
        compiled: Callable[[Any], str],
        texts: Texts,
        prefix: str,
        kept: Tallies | None = None,
    ) -> None:
        self._connection = connection
        self._compiled = compiled
        self._texts = texts
        self._prefix = prefix
        self._kept = kept

    def __call__(self, name: str, question: Question, on: datetime, running: int) -> Any:
        """The answer for a moment, as an Arrow table."""
        (text,) = self._texts.get(f"{self._prefix}{name}?", lambda: [self._text(question)])
        given = {key: value for key, value in (("on", on), ("running", running)) if f"${key}" in text}
        return self._connection.sql(text, params=given or None).to_arrow_table()

    def tally(self, name: str, build: Build, traced: Traced, sums: Sequence[str]) -> Any:
        """The answer that holds whenever one looks, as an Arrow table."""
        (text,) = self._texts.get(f"{self._prefix}{name}", lambda: [self._compiled(build(traced))])
        if self._kept is not None:
            return self._kept.answer(name, sums, text)
        return self._connection.sql(text).to_arrow_table()

    def _text(self, question: Question) -> str:
        import ibis

        on, running = ibis.timestamp(_ON), ibis.literal(_RUNNING, "int32")
        text = self._compiled(question(Now(on, running)))
        for scalar, parameter in ((on, "$on::TIMESTAMP"), (running, "$running::INTEGER")):
            text = text.replace(self._compiled(scalar).removeprefix("SELECT ").split(" AS ")[0], parameter)
        return text
