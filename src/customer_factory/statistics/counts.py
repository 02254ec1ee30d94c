"""A chart for counts, honest from one a batch to thousands, growing or not: each batch against its past.

Charts that judge all points by limits from all points raise false alarms on small counts (28 % of series of 24 at a
Poisson mean of 1.5, by Wheeler's rules) and on any trend. Here each batch is predicted from those before it
(`count_model`) and judged by the exact tails of the prediction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics.checks import Floats, counts_of
from customer_factory.statistics.control import Signal
from customer_factory.statistics.count_rules import BASELINE, LEAST, RULES, judge, limits


@dataclass(frozen=True, eq=False, slots=True)
class CountChart:
    """Counts with the limits that each was judged by, and those that apply to the next.

    Attributes:
        centre: What the next batch is expected to be; NaN, as the limits are, while too few batches are known.
        lower: The smallest count of the next batch that is no signal.
        upper: The largest one.
        centres: What each batch was expected to be, from those before it; NaN where it was not judged.
        lowers: Its lower limit.
        uppers: Its upper limit.
        method: How the limits were made, in words.
        dispersion: Variance over mean; 1 is Poisson. NaN while too few batches are known.
        trend: Growth per batch as a fraction, 0 where the data show none. NaN while too few batches are known.
        baseline: How many batches the next limits rest on.
        signals: Batches outside their limits, and fourth batches of a sum outside its own.
    """

    centre: float
    lower: float
    upper: float
    centres: Floats
    lowers: Floats
    uppers: Floats
    method: str
    dispersion: float
    trend: float
    baseline: int
    signals: tuple[Signal, ...]


def count_chart(counts: ArrayLike) -> CountChart:
    """Judges each batch by a prediction from the up to 26 batches before it; from the seventh on.

    A batch signals if the chance of a count as low, or as high, is below 8 in 100,000; a sum of four batches if that
    of one as low is below 95, or of one as high below 20 in 100,000. So strict, for at most one stable series of 24
    batches in twenty may signal at all, trend and dispersion being unknown. A batch outside its limits counts in
    later baselines and sums as if it lay on them, so that one accident does not hide the next; where four batches
    signal a new level has begun, and with it a new baseline.

    Args:
        counts: Complete batches in order of time, whole numbers from 0 up; any number of them.

    Raises:
        ValueError: If a count is negative, not whole or not finite.

    The method is a Bayesian model average of negative binomial regressions (Hilbe, Negative Binomial Regression,
    2011, for the model; Buckland, Burnham and Augustin 1997 for the weights), used prospectively as in Farrington and
    others (1996).

    >>> chart = count_chart([21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 10, 9, 11, 8])
    >>> chart.signals
    (Signal(index=15, rule='four batches below'),)
    >>> steady = count_chart([21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22])
    >>> steady.signals, steady.lower < 10 < 20 < 30 < steady.upper
    ((), True)
    """
    found = counts_of(counts)
    length = len(found)
    if length < LEAST:
        return _too_short(length)
    run = judge(found[None, :])
    known = run.known[0]
    one = run.one.rows((np.zeros(np.count_nonzero(known), dtype=np.intp), np.flatnonzero(known)))
    centres, lowers, uppers = np.full((3, length + 1), np.nan)
    centres[known], (lowers[known], uppers[known]) = one.mean, limits(one)
    baseline = min(length - int(run.since[0]), BASELINE)
    return CountChart(
        float(centres[-1]),
        float(lowers[-1]),
        float(uppers[-1]),
        centres[:-1],
        lowers[:-1],
        uppers[:-1],
        _method(baseline),
        float(run.dispersion[0, -1]) if known[-1] else math.nan,
        float(run.trend[0, -1]) if known[-1] else math.nan,
        baseline,
        tuple(
            Signal(int(batch), rule)
            for batch in np.flatnonzero(run.signals[0])
            for code, rule in RULES.items()
            if run.signals[0, batch] & code
        ),
    )


def _too_short(length: int) -> CountChart:
    centres, lowers, uppers = np.full((3, length), np.nan)
    nan = math.nan
    return CountChart(nan, nan, nan, centres, lowers, uppers, _method(length), nan, nan, length, ())


def _method(baseline: int) -> str:
    if baseline < LEAST:
        return f"none: limits need {LEAST} batches, there are {baseline}"
    return f"exact prediction (negative binomial) from {baseline} batches"
