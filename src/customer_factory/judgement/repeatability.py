"""Is throughput repeatable: predictable, give or take a known tolerance? Without that, nothing can be scaled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from customer_factory.statistics import count_chart
from customer_factory.statistics.control import Signal
from customer_factory.statistics.counts import CountChart

FULL, PROVISIONAL, RECENT = 12, 6, 8
"""Complete batches for a baseline, for a provisional one, and how many of the last must be without a signal."""


@dataclass(frozen=True, eq=False)
class Repeatability:
    """The verdict on throughput, with the limits that the next batch is held against.

    Attributes:
        repeatable: "yes", "provisional" (too few batches for a full baseline) or "no".
        reason: Why, in a sentence.
        centre, lower, upper: What the next batch is expected to be, and between which counts it is no signal.
        signals: Complete batches that chance does not explain.
        method: How the limits were made.
        centres, lowers, uppers: The same for each complete batch, NaN where it was not judged.
    """

    repeatable: Literal["yes", "provisional", "no"]
    reason: str
    centre: float
    lower: float
    upper: float
    signals: tuple[Signal, ...]
    method: str
    centres: tuple[float, ...]
    lowers: tuple[float, ...]
    uppers: tuple[float, ...]


def repeatability(counts: Sequence[int], complete: Sequence[bool] | None = None) -> Repeatability:
    """Judge a series of counts per batch.

    Args:
        counts: Happy customers per batch, oldest first.
        complete: Which batches are over; the running one is never judged. None: all of them.

    Raises:
        ValueError: A count is negative, not whole or not finite.

    >>> repeatability([21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 19]).repeatable
    'yes'
    >>> repeatability([21, 18, 24]).reason
    'Only 3 complete batches are known; 3 more give a first idea, 9 more a baseline.'
    """
    over = [count for count, done in zip(counts, complete or [True] * len(counts), strict=True) if done]
    chart = count_chart(over)
    verdict, reason = _verdict(over, chart)
    return Repeatability(
        verdict,
        reason,
        chart.centre,
        chart.lower,
        chart.upper,
        chart.signals,
        chart.method,
        tuple(chart.centres),
        tuple(chart.lowers),
        tuple(chart.uppers),
    )


def _verdict(over: Sequence[int], chart: CountChart) -> tuple[Literal["yes", "provisional", "no"], str]:
    n = len(over)
    if n < PROVISIONAL or math.isnan(chart.centre):
        missing = f"{PROVISIONAL - n} more give a first idea, {FULL - n} more a baseline"
        return "no", f"Only {n} complete batches are known; {missing}."
    if not any(over):
        return "no", "No happy customer has been made yet."
    recent = [signal for signal in chart.signals if signal.index >= n - RECENT]
    if recent:
        return "no", f"{len(recent)} of the last {min(n, RECENT)} batches signal: chance alone does not explain them."
    if n < FULL:
        return "provisional", f"No signal in {n} batches; a baseline needs {FULL}."
    return "yes", f"None of the last {RECENT} batches signals."
