"""The derived tables in DuckDB: made in full when the blueprint changes, else kept up for touched people only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.activity import activity, payments
from customer_factory.journeys.calendar import Offsets
from customer_factory.journeys.expression import acquired, journeys
from customer_factory.journeys.log import LOAD, Log
from customer_factory.journeys.referrals import referrals, with_referrals
from customer_factory.journeys.traced import Traced
from customer_factory.journeys.transactions import transactions
from customer_factory.warehouse.duckdb import Warehouse
from customer_factory.warehouse.schema import SCHEMA_VERSION
from customer_factory.warehouse.tallies import AFTER, BEFORE, Change, Tallies
from customer_factory.warehouse.texts import Questions, Texts, over

MEANING = ("basics", "events", "blueprint", "journeys", "measures")
"""The folders whose code decides what is in the derived tables and in the answers."""
MANY = 0.2
"""Above this share of touched people, tracing everybody is quicker."""
COLUMNS = f'id, event, time, channel, amount, currency, properties, load AS "{LOAD}"'
WHO_BROUGHT = """
    UNION SELECT people.person FROM people JOIN (
        SELECT referrer FROM journeys SEMI JOIN again USING (person) UNION SELECT referrer FROM again_journeys
    ) AS brought ON name = referrer"""
"""Those who brought the people who are traced again: their referral step may change too."""


class Derived:
    """An engine over a warehouse: it traces the log and remembers the result."""

    def __init__(self, warehouse: Warehouse) -> None:
        import ibis

        self._warehouse = warehouse
        self._connection = warehouse.connection
        self._ibis = ibis.duckdb.from_connection(self._connection)
        self._looked_back: tuple[str, datetime] | None = None
        self._texts: Texts | None = None
        self._traced: dict[str, Traced] = {}
        self._script: list[str] = []
        self._made = self._to_make = 0
        self._change: Change | None = None

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments of the first and the last event."""
        return self._warehouse.span()

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment: from the kept tables, or traced for a look back."""
        span = self.span()
        self._prepare(blueprint)
        if span is None or until >= span[1]:
            self._refresh(blueprint)
            return self._tables("", blueprint)
        stamp = self._stamp(blueprint) + str(self._warehouse.counts())
        if self._looked_back != (stamp, until):
            # A view, so that kept questions about the events of the past do not hold a moment of their own.
            self._connection.execute(
                f"CREATE OR REPLACE TEMP VIEW past_log AS SELECT * FROM log WHERE time <= TIMESTAMP '{until}'"
            )
            self._make("past_", self._log(blueprint, "past_log"), blueprint, temporary=True)
            self._looked_back = (stamp, until)
        return self._tables("past_", blueprint)

    def _prepare(self, blueprint: Blueprint) -> None:
        """The view of the events under the number of the person they belong to, and the SQL kept for this blueprint."""
        execute = self._connection.execute
        execute("SET TimeZone = 'UTC'")
        execute("CREATE OR REPLACE TEMP VIEW everybody AS SELECT person FROM people WHERE number = person")
        execute("CREATE OR REPLACE TEMP TABLE merged AS SELECT number, person FROM people WHERE number <> person")
        ((merged,),) = self._warehouse.rows("SELECT count(*) FROM merged")
        execute(
            f"CREATE OR REPLACE TEMP VIEW log AS SELECT coalesce(merged.person, number) AS person, {COLUMNS} "
            "FROM events LEFT JOIN merged USING (number)"
            if merged
            else f"CREATE OR REPLACE TEMP VIEW log AS SELECT number AS person, {COLUMNS} FROM events"
        )
        asked = blueprint.model_dump_json(include={"surveys", "giveaways"})
        key = f"{self._stamp(blueprint)} {self._offsets(blueprint)} {sorted(self._properties())} {asked}"
        if self._texts is None or self._texts.key != key:
            self._texts = Texts(self._warehouse, key)
            self._traced = {}
            self._change = None

    def _properties(self) -> frozenset[str]:
        return frozenset(name for (name,) in self._warehouse.rows("SELECT name FROM properties"))

    def _offsets(self, blueprint: Blueprint) -> Offsets:
        return blueprint.batches.offsets(*(self.span() or (datetime(1970, 1, 5), datetime(1970, 1, 6))))

    def _log(self, blueprint: Blueprint, name: str = "log") -> Log:
        return Log(
            self._table(name, temporary=True),
            self._table("people").select("name", "person"),
            self._offsets(blueprint),
            self._properties(),
            None if name == "past_log" else self._table(name.replace("log", "everybody"), temporary=True),
        )

    def _stamp(self, blueprint: Blueprint) -> str:
        words = blueprint.model_dump_json(include={"factory", "steps", "visitors", "channels", "currency"})
        return f"{SCHEMA_VERSION}.{_code()}.{blake2b(words.encode(), digest_size=12).hexdigest()}"

    def _refresh(self, blueprint: Blueprint) -> None:
        stamp = self._stamp(blueprint)
        ((touched,),) = self._warehouse.rows("SELECT count(*) FROM touched")
        fresh = self._warehouse.meta("traced") == stamp
        if fresh and not touched:
            return
        old = self._edition()
        self._change = None
        caught_up = fresh and touched < MANY * self._people()
        with self._warehouse.transaction():
            if caught_up:
                self._catch_up(blueprint)
            else:
                self._make_all(blueprint)
                self._warehouse.set_meta("traced", stamp)
            self._connection.execute("DELETE FROM touched")
            self._warehouse.set_meta("edition", str(int(old) + 1))
        if caught_up:
            self._change = Change(old, self._edition())

    def _make_all(self, blueprint: Blueprint) -> None:
        """Everybody's derived tables; the SQL that makes them will do for a catch-up as well."""
        assert self._texts is not None
        self._script = []
        self._make("", self._log(blueprint), blueprint, temporary=False)
        trace, self._script = self._script, []
        self._bring(blueprint)
        for name, script in (("catch-up", trace), ("bring", self._script)):
            self._texts.keep(name, [over("again_", text) for text in script])

    def _people(self) -> int:
        ((n,),) = self._warehouse.rows("SELECT count(*) FROM people WHERE number = person")
        return int(n)

    def _edition(self) -> str:
        """How often the derived tables have changed."""
        return self._warehouse.meta("edition") or "0"

    def _make(self, prefix: str, log: Log, blueprint: Blueprint, *, temporary: bool) -> None:
        """Trace everybody in a log: acquisition, activity and payments, the other steps, and the journeys."""
        self._made, self._to_make = 0, len(blueprint.declared) + 3 + blueprint.counts_transactions
        kind = "TEMP TABLE" if temporary else "TABLE"
        came = self._keep("acquisition", acquired(log, blueprint))
        self._create(f"{kind} {prefix}activity", activity(log, blueprint, came))
        self._create(f"{kind} {prefix}payments", payments(log, blueprint, came))
        active = self._table(f"{prefix}activity", temporary=temporary)
        self._create(f"{kind} {prefix}journeys", journeys(log, blueprint, came, active, self._keep))
        made = transactions(log, blueprint, self._table(f"{prefix}journeys", temporary=temporary))
        if made is not None:
            self._create(f"{kind} {prefix}transactions", made)
        if prefix == "past_":
            self._bring(blueprint, prefix)

    def _keep(self, name: str, table: Any) -> Any:
        self._create(f"TEMP TABLE completed_{name}", table)
        return self._table(f"completed_{name}", temporary=True)

    def _catch_up(self, blueprint: Blueprint) -> None:
        """Trace touched people again; who was merged into another person disappears with their old number."""
        execute = self._connection.execute
        execute("CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT person FROM touched")
        execute("CREATE OR REPLACE TEMP TABLE ids AS SELECT number, person FROM people SEMI JOIN again USING (person)")
        execute("CREATE OR REPLACE TEMP TABLE again_everybody AS SELECT person FROM ids WHERE number = person")
        execute(
            f"CREATE OR REPLACE TEMP TABLE again_log AS SELECT person, {COLUMNS} FROM events JOIN ids USING (number)"
        )
        self._replay(
            "catch-up", lambda: self._make("again_", self._log(blueprint, "again_log"), blueprint, temporary=True)
        )
        execute(f"CREATE OR REPLACE TEMP TABLE changed AS FROM again {WHO_BROUGHT if _by_name(blueprint) else ''}")
        self._set_apart(BEFORE, blueprint)
        for name in _of_people(blueprint):
            execute(f"DELETE FROM {name} WHERE person IN (SELECT person FROM again)")
            execute(f"INSERT INTO {name} BY NAME SELECT * FROM again_{name}")
        if _by_name(blueprint):
            self._bring_again(blueprint)
        self._set_apart(AFTER, blueprint)

    def _set_apart(self, prefix: str, blueprint: Blueprint) -> None:
        """The derived tables of those only whose journey changes, for the tallies."""
        for name in [*_of_people(blueprint), *(["referrals"] if _by_name(blueprint) else [])]:
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {prefix}{name} AS SELECT * FROM {name} SEMI JOIN changed USING (person)"
            )

    def _bring(self, blueprint: Blueprint, prefix: str = "") -> None:
        """Who brought whom, where the brought person says so."""
        traced = self._table(f"{prefix}journeys", temporary=bool(prefix))
        found = referrals(traced, blueprint, self._table("people").select("name", "person"))
        if found is not None:
            self._create(f"{'TEMP TABLE' if prefix else 'TABLE'} {prefix}referrals", found)

    def _bring_again(self, blueprint: Blueprint) -> None:
        """The same for those whose journey, or whose invitees' journey, changed."""
        execute = self._connection.execute
        execute("""
            CREATE OR REPLACE TEMP TABLE again_journeys AS SELECT * FROM journeys WHERE person IN (FROM changed)
            OR referrer IN (SELECT name FROM people SEMI JOIN changed USING (person))""")
        self._replay("bring", lambda: self._bring(blueprint, "again_"))
        execute("DELETE FROM referrals WHERE person IN (FROM changed)")
        execute("INSERT INTO referrals BY NAME SELECT * FROM again_referrals SEMI JOIN changed USING (person)")

    def _replay(self, name: str, build: Callable[[], None]) -> None:
        """Run a script of kept SQL; the first time it is built, and runs while it is."""
        assert self._texts is not None
        built = False

        def record() -> list[str]:
            nonlocal built
            built, self._script = True, []
            build()
            return self._script

        script = self._texts.get(name, record)
        if not built:
            for text in script:
                self._connection.execute(text)

    def _create(self, target: str, expression: Any) -> None:
        text = f"CREATE OR REPLACE {target} AS {self._ibis.compile(expression)}"
        self._connection.execute(text)
        self._script.append(text)
        self._made += 1
        if self._warehouse.progress is not None:
            self._warehouse.progress("tracing journeys", min(self._made, self._to_make), self._to_make)

    def _table(self, name: str, *, temporary: bool = False) -> Any:
        return self._ibis.table(name, database=("temp", "main") if temporary else None)

    def _tables(self, prefix: str, blueprint: Blueprint) -> Traced:
        assert self._texts is not None
        if prefix not in self._traced:
            temporary = bool(prefix)
            traced = self._table(f"{prefix}journeys", temporary=temporary)
            brought = self._table(f"{prefix}referrals", temporary=temporary) if _by_name(blueprint) else None
            kept = None if prefix else Tallies(self._warehouse, self._texts.key, self._edition, lambda: self._change)
            self._traced[prefix] = Traced(
                with_referrals(traced, brought),
                traced,
                self._table(f"{prefix}activity", temporary=temporary),
                self._table(f"{prefix}payments", temporary=temporary),
                self._table(f"{prefix}transactions", temporary=temporary) if blueprint.counts_transactions else None,
                self._table("people"),
                self._log(blueprint, "past_log" if prefix == "past_" else "log"),
                Questions(self._connection, self._ibis.compile, self._texts, prefix, kept),
            )
        return self._traced[prefix]


def _of_people(blueprint: Blueprint) -> list[str]:
    """The derived tables that hold each person's own rows."""
    return ["journeys", "activity", "payments", *(["transactions"] if blueprint.counts_transactions else [])]


def _by_name(blueprint: Blueprint) -> bool:
    """Whether people name the one who brought them."""
    return blueprint.steps.referral is not None and blueprint.steps.referral.referrer is not None


@cache
def _code() -> str:
    """A digest of the code that says what derived tables and answers mean: when it changes, they are made anew."""
    digest = blake2b(digest_size=8)
    package = Path(__file__).parents[1]
    for path in sorted(path for part in MEANING for path in (package / part).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
