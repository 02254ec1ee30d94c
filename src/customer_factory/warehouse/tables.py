"""Small tables beside the events – spend, counted visitors – read with the same readers and the same rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from customer_factory.basics.errors import SourceError
from customer_factory.basics.money import Rates
from customer_factory.blueprint.blueprint import Source, Spend, Visitors
from customer_factory.events.channels import Channels
from customer_factory.events.reading import Reading
from customer_factory.measures.economics import Cost
from customer_factory.measures.visitors import Visits
from customer_factory.warehouse.columns import plain
from customer_factory.warehouse.intake import LARGEST
from customer_factory.warehouse.mapping import mapping


def costs_of(spend: Spend, reading: Reading | None, rates: Rates, channels: Channels) -> tuple[list[Cost], int]:
    """What a spend says: its costs in the reporting currency, and how many of its rows could not be read.

    Raises:
        SourceError: A column is missing.
    """
    if reading is None:
        worth = rates.of(spend.currency if len(spend.currency) == 3 else None)
        assert isinstance(spend.date, date)
        channel = spend.channel if "channel" in spend.model_fields_set else None
        return (
            ([Cost(spend.date, channels.called(channel), float(spend.amount) * worth)], 0)
            if worth is not None
            else ([], 1)
        )
    rows, broken = _rows(reading, str(spend.date), spend.channel, str(spend.amount), spend.currency)
    constant = spend.channel if "channel" in spend.model_fields_set and spend.channel not in reading.columns else None
    costs = []
    for day, channel, amount, currency in rows:
        worth = rates.of(currency)
        if day is not None and amount is not None and worth is not None:
            costs.append(Cost(day, channels.called(channel or constant), amount * worth))
    return costs, len(rows) - len(costs) + broken


def visits_of(visitors: Visitors, reading: Reading, channels: Channels) -> tuple[list[Visits], int]:
    """Counted visitors, and how many rows could not be read."""
    rows, broken = _rows(reading, visitors.date, visitors.channel, visitors.count, "currency")
    visits = [
        Visits(day, channels.called(channel), int(count))
        for day, channel, count, _ in rows
        if day is not None and count is not None and count >= 0
    ]
    return visits, len(rows) - len(visits) + broken


def _rows(reading: Reading, day: str, channel: str, amount: str, currency: str) -> tuple[list[tuple[Any, ...]], int]:
    """A table's rows as day, channel, amount and currency – null where unreadable – and how many lines are broken."""
    import duckdb

    for column, role in ((day, "date"), (amount, "amount")):
        if reading.columns and column not in reading.columns:
            raise SourceError(
                f"There is no column '{column}' for the {role}.",
                where=reading.name,
                hint=f"Its columns are: {', '.join(reading.columns)}.",
            )
    rows: list[tuple[Any, ...]] = []
    broken = 0
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for chunk in reading.chunks(1 << 20):
            there = chunk.names if chunk.names is not None else chunk.table.column_names
            words = {"file": reading.name, "person": day, "time": day, "event": "(spend)", "amount": amount}
            words |= {"channel": channel} if channel in there else {}
            words |= {"currency": currency} if currency in there or len(currency) == 3 else {}
            source = Source.model_validate(words)
            columns = mapping(chunk.table.schema, source, "UTC", reading.name, chunk.names)
            connection.register("incoming", plain(chunk.table))
            rows += connection.execute(f"""
                SELECT CASE WHEN isfinite(day) THEN day::DATE END, channel,
                       CASE WHEN abs(amount) <= {LARGEST} THEN amount END, currency
                FROM (SELECT {columns.time} AS day, {columns.channel} AS channel, {columns.amount} AS amount,
                             {columns.currency} AS currency FROM incoming)""").fetchall()
            broken += len(chunk.broken)
    return rows, broken
