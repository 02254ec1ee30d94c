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
    rows = _rows(reading, str(spend.date), spend.channel, str(spend.amount), spend.currency)
    costs = []
    for day, channel, amount, currency in rows:
        worth = rates.of(currency)
        if day is not None and amount is not None and worth is not None:
            costs.append(Cost(day, channels.called(channel), amount * worth))
    return costs, len(rows) - len(costs)


def visits_of(visitors: Visitors, reading: Reading, channels: Channels) -> tuple[list[Visits], int]:
    """Counted visitors, and how many rows could not be read."""
    rows = _rows(reading, visitors.date, visitors.channel, visitors.count, "currency")
    visits = [
        Visits(day, channels.called(channel), int(count))
        for day, channel, count, _ in rows
        if day is not None and count is not None and count >= 0
    ]
    return visits, len(rows) - len(visits)


def _rows(reading: Reading, day: str, channel: str, amount: str, currency: str) -> list[tuple[Any, ...]]:
    import duckdb

    for column, role in ((day, "date"), (amount, "amount")):
        if reading.columns and column not in reading.columns:
            raise SourceError(
                f"There is no column '{column}' for the {role}.",
                where=reading.name,
                hint=f"Its columns are: {', '.join(reading.columns)}.",
            )
    rows: list[tuple[Any, ...]] = []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for chunk in reading.chunks(1 << 20):
            words = {"file": reading.name, "person": day, "time": day, "event": "(spend)", "amount": amount}
            there = {"channel": channel, "currency": currency}
            words |= {name: column for name, column in there.items() if column in chunk.table.column_names}
            source = Source.model_validate(words)
            columns = mapping(chunk.table.schema, source, "UTC", reading.name)
            connection.register("incoming", chunk.table)
            finite = f"CASE WHEN isfinite({columns.amount}) THEN {columns.amount} END"
            rows += connection.execute(
                f"SELECT ({columns.time})::DATE, {columns.channel}, {finite}, {columns.currency} FROM incoming"
            ).fetchall()
    return rows
