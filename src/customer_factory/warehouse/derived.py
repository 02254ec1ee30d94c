"""The derived tables in DuckDB: made in full when the blueprint changes, else kept up for touched people only."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Any

from customer_factory import __version__
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.activity import activity, payments
from customer_factory.journeys.expression import acquired, journeys
from customer_factory.journeys.log import Log
from customer_factory.journeys.referrals import referrals, with_referrals
from customer_factory.journeys.traced import Traced
from customer_factory.warehouse.duckdb import Warehouse
from customer_factory.warehouse.questions import Questions
from customer_factory.warehouse.schema import SCHEMA_VERSION

TRACE_VERSION = "1"
"""Changes when the meaning of a derived column does."""
MANY = 0.2
"""Above this share of touched people, tracing everybody is quicker."""


class Derived:
    """An engine over a warehouse: it traces the log and remembers the result."""

    def __init__(self, warehouse: Warehouse) -> None:
        import ibis

        self._warehouse = warehouse
        self._connection = warehouse.connection
        self._ibis = ibis.duckdb.from_connection(self._connection)
        self._looked_back: tuple[str, datetime] | None = None
        self._asked: tuple[str, Questions] | None = None

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments of the first and the last event."""
        ((first, last),) = self._warehouse.rows("SELECT min(time), max(time) FROM events")
        return (first, last) if first is not None else None

    def people(self) -> int:
        """How many people the log knows of."""
        ((n,),) = self._warehouse.rows("SELECT count(DISTINCT person) FROM people")
        return int(n)

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment: from the kept tables, or traced for a look back."""
        span = self.span()
        self._connection.execute("SET TimeZone = 'UTC'")
        log = self._log(blueprint)
        if span is None or until >= span[1]:
            self._refresh(log, blueprint)
            return self._tables("", blueprint, log)
        stamp = self._stamp(blueprint) + str(self._warehouse.counts())
        if self._looked_back != (stamp, until):
            self._make("past_", log.until(until), blueprint, temporary=True)
            self._looked_back = (stamp, until)
        return self._tables("past_", blueprint, log)

    def _log(self, blueprint: Blueprint) -> Log:
        """The events under the number of the person they belong to."""
        execute = self._connection.execute
        execute("CREATE OR REPLACE TEMP TABLE merged AS SELECT number, person FROM people WHERE number <> person")
        columns = "id, event, time, channel, amount, currency, properties"
        ((merged,),) = self._warehouse.rows("SELECT count(*) FROM merged")
        execute(
            f"CREATE OR REPLACE TEMP VIEW log AS SELECT coalesce(merged.person, number) AS person, {columns} "
            "FROM events LEFT JOIN merged USING (number)"
            if merged
            else f"CREATE OR REPLACE TEMP VIEW log AS SELECT number AS person, {columns} FROM events"
        )
        first, last = self.span() or (datetime(1970, 1, 5), datetime(1970, 1, 6))
        known = frozenset(name for (name,) in execute("SELECT name FROM properties").fetchall())
        return Log(
            self._ibis.table("log", database=("temp", "main")),
            self._ibis.table("people").select("name", "person"),
            blueprint.batches.offsets(first, last),
            known,
            self._ibis.table("people").filter(lambda t: t.number == t.person).select("person"),
        )

    def _stamp(self, blueprint: Blueprint) -> str:
        words = blueprint.model_dump_json(include={"factory", "steps", "visitors", "channels", "currency"})
        return f"{SCHEMA_VERSION}.{TRACE_VERSION}.{blake2b(words.encode(), digest_size=12).hexdigest()}"

    def _refresh(self, log: Log, blueprint: Blueprint) -> None:
        stamp = self._stamp(blueprint)
        ((touched,),) = self._warehouse.rows("SELECT count(*) FROM touched")
        fresh = self._warehouse.meta("traced") == stamp
        if fresh and not touched:
            return
        with self._warehouse.transaction():
            if fresh and touched < MANY * self.people():
                self._catch_up(log, blueprint)
            else:
                self._make("", log, blueprint, temporary=False)
                self._warehouse.set_meta("traced", stamp)
            self._connection.execute("DELETE FROM touched")

    def _make(self, prefix: str, log: Log, blueprint: Blueprint, *, temporary: bool) -> None:
        """Trace everybody."""
        kind = "TEMP TABLE" if temporary else "TABLE"
        came = self._keep("acquisition", acquired(log, blueprint))
        self._create(f"{kind} {prefix}activity", activity(log, blueprint, came))
        self._create(f"{kind} {prefix}payments", payments(log, blueprint, came))
        active = self._table(f"{prefix}activity", temporary=temporary)
        self._create(f"{kind} {prefix}journeys", journeys(log, blueprint, came, active, self._keep))
        self._bring(prefix, self._table(f"{prefix}journeys", temporary=temporary), log, blueprint, kind)

    def _keep(self, name: str, table: Any) -> Any:
        self._create(f"TEMP TABLE completed_{name}", table)
        return self._table(f"completed_{name}", temporary=True)

    def _catch_up(self, log: Log, blueprint: Blueprint) -> None:
        """Trace touched people again; who was merged into another person disappears with their old number."""
        execute = self._connection.execute
        execute("CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT person FROM touched")
        self._make("again_", log.of(self._table("again", temporary=True)), blueprint, temporary=True)
        for name in ("journeys", "activity", "payments"):
            execute(f"DELETE FROM {name} WHERE person IN (SELECT person FROM again)")
            execute(f"INSERT INTO {name} BY NAME SELECT * FROM again_{name}")
            execute(f"DROP TABLE again_{name}")
        execute("DROP TABLE IF EXISTS again_referrals")
        self._bring("", self._table("journeys", temporary=False), log, blueprint, "TABLE")

    def _bring(self, prefix: str, traced: Any, log: Log, blueprint: Blueprint, kind: str) -> None:
        found = referrals(traced, blueprint, log.people)
        if found is not None:
            self._create(f"{kind} {prefix}referrals", found)

    def _create(self, target: str, expression: Any) -> None:
        self._connection.execute(f"CREATE OR REPLACE {target} AS {self._ibis.compile(expression)}")

    def _table(self, name: str, *, temporary: bool) -> Any:
        return self._ibis.table(name, database=("temp", "main") if temporary else None)

    def _tables(self, prefix: str, blueprint: Blueprint, log: Log) -> Traced:
        temporary = bool(prefix)
        traced = self._table(f"{prefix}journeys", temporary=temporary)
        by_name = blueprint.steps.referral is not None and blueprint.steps.referral.referrer is not None
        brought = self._table(f"{prefix}referrals", temporary=temporary) if by_name else None
        return Traced(
            with_referrals(traced, brought),
            self._table(f"{prefix}activity", temporary=temporary),
            self._table(f"{prefix}payments", temporary=temporary),
            self._ibis.table("people"),
            log.offsets,
            self._questions(prefix, blueprint, log),
        )

    def _questions(self, prefix: str, blueprint: Blueprint, log: Log) -> Questions:
        """The questions over these tables; whatever their SQL depends on is in the key."""
        key = f"{prefix}{self._stamp(blueprint)}{log.offsets}{__version__}"
        if self._asked is None or self._asked[0] != key:
            name = f"questions {prefix}"
            kept_key, _, known = (self._warehouse.meta(name) or "").partition("\n")
            self._asked = (
                key,
                Questions(
                    self._connection,
                    self._ibis.compile,
                    known if kept_key == key else None,
                    lambda texts: self._warehouse.set_meta(name, f"{key}\n{texts}"),
                ),
            )
        return self._asked[1]
