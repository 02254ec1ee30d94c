"""Bad rows, as real exports have them: added to a clean log, so that what is left without them is known."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_factory.samples.log import TEXT, numbered

SHARE = 0.002
"""Rows of each kind, as a share of all rows; at least three."""
UNREADABLE = ("yesterday", "31/02/2026", "2026-13-01T00:00:00Z", "#REF!")
UNKNOWN_CURRENCIES = ("XTS", "???", "Taler")
BAD_AMOUNTS = ("n/a", "12,50 EUR", "--", "NaN")


def dirty(events: pa.Table, on: datetime, rng: np.random.Generator) -> tuple[pa.Table, dict[str, int]]:
    """The events with bad rows among them.

    Every bad row is a copy of a good one with something wrong, and comes in addition to it. Time and amount are
    text, because not all of them can be read. ``unknown_currency`` spoils an amount only; the event itself counts.

    Args:
        events: A clean log.
        on: The moment to look on; times in the future lie years after it.
        rng: The source of chance.

    Returns:
        The log with an ``event_id``, and how many rows of each kind were added.
    """
    if "event_id" not in events.column_names:
        events = events.add_column(0, "event_id", [numbered("ev", len(events))])
    times = pc.strftime(events["time"].cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
    events = _with(events, "time", times)
    events = _with(events, "amount", events["amount"].cast(TEXT))
    count = max(3, round(SHARE * len(events)))
    paid = np.flatnonzero(events["amount"].is_valid().to_numpy())
    anything = np.arange(len(events))

    later = tuple((on + timedelta(days=1000 + d)).strftime("%Y-%m-%dT%H:%M:%SZ") for d in range(0, 999, 37))
    bad = {
        "missing_person": (anything, "person", (None, "")),
        "unreadable_time": (anything, "time", UNREADABLE),
        "future_time": (anything, "time", later),
        "unknown_currency": (paid, "currency", UNKNOWN_CURRENCIES),
        "bad_amount": (paid, "amount", BAD_AMOUNTS),
    }
    added, numbers = [], {}
    for kind, (rows, column, words) in bad.items():
        numbers[kind] = count if len(rows) else 0
        copies = events.take(pa.array(rng.choice(rows, count) if len(rows) else rows))
        wrong = pa.array([words[i] for i in rng.integers(0, len(words), len(copies))], TEXT)
        ids = pa.array([f"ev-{kind}-{i}" for i in range(len(copies))], TEXT)
        added.append(_with(_with(copies, column, wrong), "event_id", ids))
    again = rng.choice(anything, min(count, len(events)), replace=False)
    everything = pa.concat_tables([events, *added, events.take(pa.array(again))])
    # A bad row stands somewhere among the good ones; a copy of an event comes some time after it.
    amiss = rng.integers(0, max(len(events), 1), sum(numbers.values()))
    place = np.concatenate([anything, amiss, again + rng.integers(1, 500, len(again))])
    order = pa.array(np.argsort(place, kind="stable"))
    return everything.take(order).combine_chunks(), {**numbers, "duplicate": len(again)}


def _with(table: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)
