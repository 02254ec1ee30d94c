"""Throughput: distinct people who first became happy, per batch. The one headline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.traced import Traced
from customer_factory.measures.grouped import by_index, tally
from customer_factory.measures.moment import Moment


@dataclass(frozen=True)
class BatchCount:
    """How many became happy in a batch.

    Args:
        start: Its first date.
        happy: People who first became happy in it.
        complete: Whether it is over.
        whole: Whether it is over, and the data reach back to its first day, so that its count can be judged.
    """

    start: date
    happy: int
    complete: bool
    whole: bool


def throughput(traced: Traced, moment: Moment) -> tuple[BatchCount, ...]:
    """The count of each batch from the first event on; the last one may still be running."""

    def happy(tables: Traced) -> Any:
        table = tables.journeys.filter(tables.journeys.happy_at.notnull())
        keys = table.select(batch=batch_index(table.happy_at, moment.batches, tables.offsets))
        return keys.group_by("batch").agg(n=keys.count())

    rows = tally(traced, "throughput", happy)
    counts = by_index(rows["batch"], rows["n"], moment.known)
    return tuple(
        BatchCount(moment.start(index), int(n), moment.complete(index), moment.whole(index))
        for index, n in zip(moment.known, counts, strict=True)
    )
