"""External: an engine over events that stay where they are, in any database that Ibis speaks to."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from customer_factory.basics.clock import Clock, system_clock
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.events.event import LINKING
from customer_factory.events.identity import components, may_link
from customer_factory.events.selector import PROPERTIES
from customer_factory.journeys.activity import activity, payments
from customer_factory.journeys.expression import acquired, journeys
from customer_factory.journeys.log import Log
from customer_factory.journeys.referrals import referrals, with_referrals
from customer_factory.journeys.traced import Traced
from customer_factory.warehouse.foreign import HASHES, KEY, KNOWN, OURS, OWN_ID, foreign, prepare, reason
from customer_factory.warehouse.intake import Counts
from customer_factory.warehouse.scratch import Scratch

NEAR = {"duckdb", "datafusion", "polars", "sqlite"}
"""Engines inside this process: what they hold is quickly read into our own."""


def elsewhere(events: Any) -> bool:
    """Whether events are a table of another database, where they can stay."""
    from ibis.expr.types import Table

    return isinstance(events, Table) and events.get_backend().name not in NEAR


class External:
    """Events in a table of any Ibis connection: they are traced there, and only tallies come back.

    It takes stock once, when it is made: which rows are set aside, which are copies, who is who. Tables of its own –
    a row per person, not per event – are temporary ones of the connection, and are replaced by the next trace. Where
    the connection may make none, every number is computed from the events.

    Args:
        table: Columns as in every table of events: person, event, time, and where there are any event_id, channel,
            amount, currency, anonymous_id, previous_id. Every other column is a property; an empty text is missing.
        timezone: The zone of times that name none; ClickHouse's are instants all the same.
        clock: Says what lies in the future.

    Raises:
        SourceError: A column is missing, or its type cannot be what it has to be.

    >>> import duckdb, ibis
    >>> database = duckdb.connect()
    >>> query = "CREATE TABLE log AS SELECT 'ann' AS person, 'signed_up' AS event, DATE '2026-03-01' AS time"
    >>> _ = database.execute(query)
    >>> External(ibis.duckdb.from_connection(database).table("log"), "Europe/Berlin").span()[0]
    datetime.datetime(2026, 2, 28, 23, 0)
    """

    def __init__(self, table: Any, timezone: str = "UTC", clock: Clock = system_clock) -> None:
        self._connection = table.get_backend()
        self._own, self._trace = Scratch(self._connection), Scratch(self._connection)
        prepare(self._connection)
        self._rows = foreign(table, timezone)
        self._take_stock(clock())
        self._who: Any | None = None
        self._events = self._joined(self._told_apart())

    def _take_stock(self, now: datetime) -> None:
        """Which rows are set aside, and why; when the first and the last of the others happened; equal ones."""
        rows = self._rows.mutate(reason=reason(self._rows, now))
        stock = rows.group_by("reason").agg(
            n=rows.count(), first=rows.time.min(), last=rows.time.max(), different=rows[KEY].nunique()
        )
        found = {row["reason"]: row for row in stock.to_pyarrow().to_pylist()}
        good = found.pop(None, {"n": 0, "first": None, "last": None, "different": 0})
        self._span = None if good["first"] is None else (good["first"], good["last"])
        self._reasons = {code: int(row["n"]) for code, row in sorted(found.items())}
        self._rows = rows.filter(rows.reason.isnull()).drop("reason")
        self._good, self._equal = int(good["n"]), int(good["n"] - good["different"])

    def _told_apart(self) -> Any:
        """The events with their ids. Of rows with the same event_id one counts; rows that are merely equal all do."""
        import ibis

        rows = self._rows
        self._copies = 0
        if not self._equal:
            return rows.mutate(id=rows[KEY])
        twice = rows.group_by(KEY).agg(n=rows.count())
        twice = self._own.keep("twice", twice.filter(twice.n > 1).select(KEY))
        once = rows.anti_join(twice, KEY)
        again = rows.semi_join(twice, KEY)
        comparable = [again[name] for name in again.columns if not again[name].type().is_nested() and name != KEY]
        window = ibis.window(group_by=KEY, order_by=[again.time, *comparable])
        again = again.mutate(place=ibis.row_number().over(window))
        self._copies = int(again.filter(again[OWN_ID] & (again.place > 0)).count().to_pyarrow().as_py())
        again = again.filter(~again[OWN_ID] | (again.place == 0))
        words = again[KEY].cast("string") + ibis.literal("#") + again.place.cast("string")
        placed = words.hash() if self._connection.name in HASHES else words
        again = again.mutate(id=(again.place == 0).ifelse(again[KEY], placed)).drop("place")
        return ibis.union(once.mutate(id=once[KEY]).select(again.columns), again)

    def _joined(self, events: Any) -> Any:
        """The events under the name that each person is shown by."""
        linking = [name for name in LINKING if name in events.columns]
        kept = [name for name in events.columns if name not in {"person", *OURS, *LINKING}]
        import pyarrow as pa

        names = self._names(linking) if linking else {}
        if not names:
            return events.select("person", *kept)
        self._who = who = self._own.store("who", pa.table({"name": list(names), "shown": list(names.values())}))
        joined = events.left_join(who, events.person == who.name)
        return joined.select(*[events[name] for name in kept], person=who.shown.coalesce(events.person))

    def _names(self, linking: list[str]) -> dict[str, str]:
        """Each linked id that is not shown itself, with the one shown instead: an id people are known by, if any."""
        import pyarrow as pa

        rows = self._rows
        linked = rows[linking[0]].notnull()
        for name in linking[1:]:
            linked |= rows[name].notnull()
        found = rows.filter(linked).select("person", *linking).distinct().to_pyarrow().to_pylist()
        pairs = [(row["person"], row[name]) for row in found for name in linking if row[name] is not None]
        standing = components((one, other) for one, other in pairs if may_link(one) and may_link(other))
        if not standing:
            return {}
        ids = self._own.store("ids", pa.table({"name": list(standing)}))
        known = rows.filter(rows[KNOWN]).select(name="person").distinct().semi_join(ids, "name")
        known_names = set(known.to_pyarrow().column("name").to_pylist())
        together: dict[str, list[str]] = defaultdict(list)
        for name, root in standing.items():
            together[root].append(name)
        shown = {root: min(known_names.intersection(names) or names) for root, names in together.items()}
        return {name: shown[root] for name, root in standing.items() if name != shown[root]}

    def counts(self) -> Counts:
        """What became of the rows."""
        rejected = sum(self._reasons.values())
        return Counts(self._good + rejected, self._good - self._copies, rejected, self._copies)

    def reasons(self) -> dict[str, int]:
        """How many rows were set aside, by the code of the reason."""
        return dict(self._reasons)

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments of the first and the last event."""
        return self._span

    def people(self) -> int:
        """How many people did something."""
        return int(self._events.person.nunique().to_pyarrow().as_py())

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment; the tables hold until the next trace."""
        self._trace.clear()
        first, last = self._span or (until, until)
        offsets = blueprint.batches.offsets(first, max(last, until))
        properties = None if PROPERTIES in self._events.columns else frozenset[str]()
        log = Log(self._events, None, offsets, properties).until(until)
        came = self._trace.keep("acquisition", acquired(log, blueprint))
        active = self._trace.keep("activity", activity(log, blueprint, came))
        paid = self._trace.keep("payments", payments(log, blueprint, came))
        found = journeys(log, blueprint, came, active, self._trace.keep)
        if blueprint.steps.referral is not None and blueprint.steps.referral.referrer is not None:
            found = self._shown(found)
        found = self._trace.keep("journeys", found)
        brought = referrals(found, blueprint, None)
        if brought is not None:
            brought = self._trace.keep("referrals", brought)
        return Traced(with_referrals(found, brought), active, paid, None, offsets)

    def close(self) -> None:
        """Drop the tables of its own; the connection is the caller's."""
        self._trace.clear()
        self._own.clear()

    def _shown(self, found: Any) -> Any:
        """Journeys whose referrer is named as the person is shown."""
        if self._who is None:
            return found
        joined = found.left_join(self._who, found.referrer == self._who.name)
        rest = [found[name] for name in found.columns if name != "referrer"]
        return joined.select(*rest, referrer=self._who.shown.coalesce(found.referrer))
