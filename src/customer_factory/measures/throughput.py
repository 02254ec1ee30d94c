"""Throughput: distinct people who first became happy, per batch; a marketplace's transactions. The one headline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from customer_factory.measures.grouped import Columns, by_index
from customer_factory.measures.moment import Moment


@dataclass(frozen=True)
class BatchCount:
    """How many happy customers were made in a batch.

    Args:
        start: Its first date.
        happy: People who first became happy in it; for a marketplace the transactions made in it.
        complete: Whether it is over.
        whole: Whether it is over, and the data reach back to its first day, so that its count can be judged.
    """

    start: date
    happy: int
    complete: bool
    whole: bool


def throughput(happy: Columns, moment: Moment) -> tuple[BatchCount, ...]:
    """The count of each batch from the first event on; the last one may still be running.

    Args:
        happy: Happy customers by batch and channel (see ``measures.sources``).
        moment: When to look.
    """
    counts = by_index(happy["batch"], happy["n"], moment.known)
    return tuple(
        BatchCount(moment.start(index), int(n), moment.complete(index), moment.whole(index))
        for index, n in zip(moment.known, counts, strict=True)
    )
