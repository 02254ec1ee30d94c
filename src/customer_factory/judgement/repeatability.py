"""Is throughput repeatable: predictable, give or take a known tolerance? Without that, nothing can be scaled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from customer_factory.statistics import CountChart, Signal, count_chart

FULL = 12
"""Complete batches that a baseline needs."""
PROVISIONAL = 6
"""Complete batches for a provisional one."""
RECENT = 8
"""How many of the last complete batches must be without a signal."""


@dataclass(frozen=True, slots=True)
class Repeatability:
    """The verdict on throughput, with the limits that the next batch is held against.

    Attributes:
        repeatable: "yes", "provisional" (no signal, but not yet batches enough for a full baseline) or "no".
        reason: Why, in a plain sentence.
        centre: What the next batch is expected to be; None, as the limits are, where that cannot be said.
        lower: The smallest count of the next batch that is no signal.
        upper: The largest one.
        signals: Complete batches that chance does not explain; their index counts complete batches from 0.
        method: How the limits were made.
        centres: What each complete batch was expected to be, from those before it; None where it was not judged.
        lowers: The lower limit that each was held against.
        uppers: The upper one.
        trend: Growth per batch as a fraction; None where that cannot be said.
        baseline: How many batches the verdict rests on: those since throughput last changed its level, 26 at most.
        dispersion: Variance over mean of a batch, 1 for Poisson; None where that cannot be said.
    """

    repeatable: Literal["yes", "provisional", "no"]
    reason: str
    centre: float | None
    lower: float | None
    upper: float | None
    signals: tuple[Signal, ...]
    method: str
    centres: tuple[float | None, ...]
    lowers: tuple[float | None, ...]
    uppers: tuple[float | None, ...]
    trend: float | None
    baseline: int
    dispersion: float | None = None


def repeatability(counts: Sequence[int], complete: Sequence[bool] | None = None) -> Repeatability:
    """Whether chance alone explains how throughput varies: each batch is held against those before it.

    Repeatable is a factory with twelve complete batches at its present level, of which the last eight raise no
    signal. A steady trend is no signal. How often that errs, `benchmarks/judgement` measures.

    Args:
        counts: Happy customers per batch, oldest first.
        complete: Which batches are over: the running one is neither judged nor part of the baseline, and neither is a
            first one that began before the data. None: all are.

    Raises:
        ValueError: If a count is negative, not whole or not finite, if `complete` is of another length, or if a
            batch between complete ones is not complete.

    >>> steady = repeatability([21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 3], [True] * 12 + [False])
    >>> steady.repeatable, steady.reason
    ('yes', 'None of the last 8 batches signals; the next is expected between 4 and 46.')
    >>> fallen = repeatability([21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 10, 9, 11, 8])
    >>> fallen.repeatable, fallen.reason
    ('no', 'The last four batches together were lower than chance explains.')
    >>> repeatability([21, 18, 24]).reason
    'Only 3 complete batches are known; 3 more give a first idea, 9 more a baseline.'
    """
    over = _complete(counts, complete)
    chart = count_chart(over)
    verdict, reason = _verdict(over, chart)
    return Repeatability(
        verdict,
        reason,
        _known(chart.centre),
        _known(chart.lower),
        _known(chart.upper),
        chart.signals,
        chart.method,
        tuple(_known(value) for value in chart.centres),
        tuple(_known(value) for value in chart.lowers),
        tuple(_known(value) for value in chart.uppers),
        _known(chart.trend),
        chart.baseline,
        _known(chart.dispersion),
    )


def _complete(counts: Sequence[int], complete: Sequence[bool] | None) -> Sequence[int]:
    if complete is None:
        return counts
    if len(complete) != len(counts):
        raise ValueError(f"{len(counts)} counts but {len(complete)} marks of completeness; give one for each.")
    over = [index for index, done in enumerate(complete) if done]
    if over and len(over) != over[-1] - over[0] + 1:
        raise ValueError("a batch between complete ones is not complete; only the first and the last can be cut.")
    return counts[over[0] : over[-1] + 1] if over else []


def _verdict(over: Sequence[int], chart: CountChart) -> tuple[Literal["yes", "provisional", "no"], str]:
    n = len(over)
    if n < PROVISIONAL:
        known = f"Only {n} complete {'batch is' if n == 1 else 'batches are'} known" if n else "No batch is complete"
        return "no", f"{known}; {PROVISIONAL - n} more give a first idea, {FULL - n} more a baseline."
    if not any(over):
        return "no", f"Nothing has been made in {n} batches."
    recent = [signal for signal in chart.signals if signal.index >= n - RECENT]
    if recent:
        return "no", _alarm(recent, n)
    expected = f"the next is expected between {chart.lower:.0f} and {chart.upper:.0f}"
    if n < FULL:
        return "provisional", f"None of {n} batches signals, but a baseline needs {FULL}; {expected}."
    if chart.baseline < FULL:
        missing = FULL - chart.baseline
        return "provisional", f"The level changed {chart.baseline} batches ago; {missing} more make a baseline."
    return "yes", f"None of the last {RECENT} batches signals; {expected}."


def _alarm(recent: Sequence[Signal], n: int) -> str:
    last = recent[-1]
    four, low = last.rule.startswith("four"), last.rule.endswith("below") or last.rule.startswith("below")
    how = f"{'lower' if low else 'higher'} than chance explains"
    ago = n - 1 - last.index
    if ago == 0:
        said = f"The last {'four batches together were' if four else 'batch was'} {how}"
    else:
        when = f"{'up to ' if four else ''}{ago} batch{'es' * (ago > 1)} ago"
        said = f"{'Four batches together were' if four else 'A batch was'} {how}, {when}"
    before = len(recent) - 1
    return f"{said}; {before} more signal{'s' * (before > 1)} shortly before." if before else f"{said}."


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
