"""Throughput: distinct people who first became happy, per batch. The one headline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import fetch
from customer_factory.measures.moment import Moment
from customer_factory.measures.triangle import Triangle, counted


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


def made(traced: Traced, moment: Moment) -> Triangle:
    """Who was acquired in each batch, and how many of them became happy in which."""

    def happy(_: Now) -> Any:
        table = traced.journeys.filter(traced.journeys.acquisition_at.notnull())
        keys = table.select(
            cohort=batch_index(table.acquisition_at, moment.batches, traced.offsets),
            left=batch_index(table.happy_at, moment.batches, traced.offsets),
        )
        return keys.group_by("cohort", "left").agg(n=keys.count())

    rows = fetch(traced, "made", happy, moment)
    return counted(rows, rows["left"] >= 0, moment.known)


def throughput(found: Triangle, moment: Moment) -> tuple[BatchCount, ...]:
    """The count of each batch from the first event on; the last one may still be running."""
    counts = [0] * len(moment.known)
    for _, batch, n in found.came:
        counts[batch] += int(n)
    return tuple(
        BatchCount(moment.start(index), n, moment.complete(index), moment.whole(index))
        for index, n in zip(moment.known, counts, strict=True)
    )
