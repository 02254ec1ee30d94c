"""External: an engine over events that stay where they are, in any database that Ibis speaks to."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from customer_factory.basics.clock import Clock, system_clock
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.events.event import LINKING
from customer_factory.events.identity import shown_instead
from customer_factory.events.selector import PROPERTIES
from customer_factory.journeys.activity import activity, payments
from customer_factory.journeys.calendar import Offsets
from customer_factory.journeys.expression import acquired, journeys
from customer_factory.journeys.journey import spent
from customer_factory.journeys.log import Log
from customer_factory.journeys.referrals import referrals, with_referrals
from customer_factory.journeys.traced import Traced
from customer_factory.journeys.transactions import transactions
from customer_factory.measures.deliveries import Delivered
from customer_factory.warehouse.foreign import HASHES, KEY, KNOWN, OURS, OWN_ID, foreign, prepare, reason, sound
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
        self._who = self._join_identities()

    def _take_stock(self, now: datetime) -> None:
        """Which rows are set aside, and why; when the first and the last of the others happened; equal ones."""
        rows = self._rows.mutate(reason=reason(self._rows, now), own=self._rows[OWN_ID].cast("int8"))
        stock = rows.group_by("reason", "own").agg(
            n=rows.count(), first=rows.time.min(), last=rows.time.max(), different=rows[KEY].nunique()
        )
        found = stock.to_pyarrow().to_pylist()
        good = [row for row in found if row["reason"] is None]
        self._span = (min(row["first"] for row in good), max(row["last"] for row in good)) if good else None
        self._good = sum(row["n"] for row in good)
        self._copies = sum(row["n"] - row["different"] for row in good if row["own"])
        self._equal = sum(row["n"] - row["different"] for row in good if not row["own"])
        codes = sorted({row["reason"] for row in found} - {None})
        self._reasons = {code: sum(row["n"] for row in found if row["reason"] == code) for code in codes}
        self._rows = sound(self._rows, now, codes)

    def _join_identities(self) -> Any | None:
        """A table of ids (name) and the one to show instead (shown); None where no ids are linked."""
        import pyarrow as pa

        rows = self._rows
        links: list[tuple[str, str]] = []
        for linking in LINKING:
            if linking in rows.columns:
                linked = rows.filter(rows[linking].notnull() & (rows[linking] != rows.person))
                found = linked.select("person", other=linking).distinct().to_pyarrow()
                links += zip(found["person"].to_pylist(), found["other"].to_pylist(), strict=True)
        if not links:
            return None
        ids = self._own.store("ids", pa.table({"name": sorted({name for link in links for name in link})}))
        known = rows.filter(rows[KNOWN]).select(name="person").distinct().semi_join(ids, "name").to_pyarrow()
        names = shown_instead(links, set(known["name"].to_pylist()))
        if not names:
            return None
        return self._own.store("who", pa.table({"name": list(names), "shown": list(names.values())}))

    @cached_property
    def _events(self) -> Any:
        """The events, copies left out; rows that are equal have one id."""
        return self._of_people(self._told_apart() if self._copies else self._rows.mutate(id=self._rows[KEY]))

    @cached_property
    def _events_apart(self) -> Any:
        """The events, copies left out, each with an id of its own."""
        return self._of_people(self._told_apart())

    def _told_apart(self) -> Any:
        """Of rows with the same event_id the first one, of rows that are merely equal all, with different ids."""
        import ibis

        rows = self._rows
        twice = rows.group_by(KEY).agg(n=rows.count())
        twice = self._own.keep("twice", twice.filter(twice.n > 1).select(KEY))
        once, again = rows.anti_join(twice, KEY), rows.semi_join(twice, KEY)
        comparable = [again[name] for name in again.columns if not again[name].type().is_nested()]
        window = ibis.window(group_by=KEY, order_by=[again.time, *comparable])
        again = again.mutate(place=ibis.row_number().over(window))
        again = again.filter(~again[OWN_ID] | (again.place == 0))
        words = again[KEY].cast("string") + ibis.literal("#") + again.place.cast("string")
        placed = words.hash() if self._connection.name in HASHES else words
        again = again.mutate(id=(again.place == 0).ifelse(again[KEY], placed)).drop("place")
        return ibis.union(once.mutate(id=once[KEY]).select(again.columns), again)

    def _of_people(self, events: Any) -> Any:
        """The events under the name that each person is shown by."""
        kept = [name for name in events.columns if name not in {"person", *OURS, *LINKING}]
        if self._who is None:
            return events.select("person", *kept)
        joined = events.left_join(self._who, events.person == self._who.name)
        return joined.select(*[events[name] for name in kept], person=self._who.shown.coalesce(events.person))

    def counts(self) -> Counts:
        """What became of the rows."""
        rejected = sum(self._reasons.values())
        return Counts(self._good + rejected, self._good - self._copies, rejected, self._copies)

    def reasons(self) -> dict[str, int]:
        """How many rows were set aside, by the code of the reason."""
        return dict(self._reasons)

    def deliveries(self) -> list[Delivered]:
        """Nobody can say how the rows came."""
        return []

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments of the first and the last event."""
        return self._span

    def traced(self, blueprint: Blueprint, until: datetime) -> Traced:
        """Everybody's journey as it was known at a moment; the tables hold until the next trace."""
        self._trace.clear()
        first, last = self._span or (until, until)
        offsets = blueprint.batches.offsets(first, max(last, until))
        log, keep = self._log(blueprint, offsets).until(until), self._trace.keep
        came = keep("acquisition", acquired(log, blueprint))
        active = keep("activity", activity(log, blueprint, came))
        paid = keep("payments", payments(log, blueprint, came))
        found = keep("journeys", self._shown(journeys(log, blueprint, came, active, keep), blueprint))
        brought = referrals(found, blueprint, None)
        brought = brought if brought is None else keep("referrals", brought)
        made = transactions(log, blueprint, found)
        made = made if made is None else keep("transactions", made)
        return Traced(with_referrals(found, brought), found, active, paid, made, None, log)

    def _log(self, blueprint: Blueprint, offsets: Offsets) -> Log:
        """The log. Telling equal rows apart is dear, and needed only where an event must not complete two steps."""
        apart = self._equal and any(spent(name, blueprint) for name in blueprint.declared)
        events = self._events_apart if apart else self._events
        return Log(events, None, offsets, None if PROPERTIES in events.columns else frozenset())

    def _shown(self, found: Any, blueprint: Blueprint) -> Any:
        """Journeys whose referrer is named as the person is shown."""
        referral = blueprint.steps.referral
        if self._who is None or referral is None or referral.referrer is None:
            return found
        joined = found.left_join(self._who, found.referrer == self._who.name)
        rest = [found[name] for name in found.columns if name != "referrer"]
        return joined.select(*rest, referrer=self._who.shown.coalesce(found.referrer))

    def close(self) -> None:
        """Drop the tables of its own; the connection is the caller's."""
        self._trace.clear()
        self._own.clear()
