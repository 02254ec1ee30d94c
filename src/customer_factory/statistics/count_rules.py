"""The rules of the count chart, on many series at once: each batch, and each sum of four, against its prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import xlogy

from customer_factory.statistics.checks import Floats
from customer_factory.statistics.count_model import AHEAD, COMPONENTS, predict
from customer_factory.statistics.mixtures import Mixture

BASELINE = 26  # batches looked back at: long enough for a trend, short enough to follow a factory that changes
LEAST = 6  # batches before anything is judged
_BLOCK = 32  # batches predicted in one stroke

BELOW, ABOVE, FOUR_BELOW, FOUR_ABOVE = 1, 2, 4, 8
RULES = {
    BELOW: "below limits",
    ABOVE: "above limits",
    FOUR_BELOW: "four batches below",
    FOUR_ABOVE: "four batches above",
}


class _Chances(NamedTuple):
    """Chances below which a count is a signal, and the codes of the two rules."""

    low: float
    high: float
    below: int
    above: int


# Together they raise a false alarm in at most 5 % of stable series of 24 (docs/operating-characteristics.md).
# Falls get more of the budget than rises, and sums more than single batches, because a lasting fall is what must not
# be missed.
_ONE = _Chances(0.00008, 0.00008, BELOW, ABOVE)
_FOUR = _Chances(0.00095, 0.0002, FOUR_BELOW, FOUR_ABOVE)


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """What became of each series. Column t of the last four is about batch t seen from before it; one more is next.

    Attributes:
        signals: (series, batches), the sum of the codes of the rules that each batch breaks.
        since: (series,), the batch with which the present baseline began.
        known: (series, batches + 1), whether there was baseline enough for a prediction.
        one: (series, batches + 1, components), the predictions.
        dispersion: (series, batches + 1), see `Prediction`.
        trend: (series, batches + 1), see `Prediction`.
    """

    signals: NDArray[np.int64]
    since: NDArray[np.int64]
    known: NDArray[np.bool_]
    one: Mixture
    dispersion: Floats
    trend: Floats


def judge(counts: Floats) -> Judged:
    """Judges each batch by the batches before it.

    What a signal changes – the count kept for later, the start of the baseline – concerns later batches only. So a
    block of batches is predicted in one stroke as if nothing happened in it; where something did, the first event
    of each series is settled, and what comes after it is predicted again.

    Args:
        counts: (series, batches), complete batches, of which there are at least four.
    """
    series, length = counts.shape
    signals, since = np.zeros((series, length), dtype=np.int64), np.zeros(series, dtype=np.int64)
    padded = np.concatenate([np.zeros((series, BASELINE)), counts], axis=1)
    kept = padded[:, BASELINE:]  # each batch, no further out than its limits
    past = sliding_window_view(padded, BASELINE, axis=1)  # [series, t]: the batches before t, ever up to date
    sums = sliding_window_view(kept, AHEAD, axis=1)  # [series, t]: batch t and the three after it
    known = np.zeros((series, length + 1), dtype=bool)
    dispersion, trend = np.full((2, series, length + 1), np.nan)
    one = Mixture(*np.full((3, series, length + 1, COMPONENTS), np.nan))

    # Events in order of time: batch t alone has the number 2t, the sum of four that ends with it 2t + 1.
    never = 2 * length + 2
    settled = np.full(series, 2 * LEAST - 1)
    while len(active := np.flatnonzero(settled < 2 * length + 1)):
        now = (settled[active] + 1) // 2
        end = np.minimum(now + _BLOCK, length + 1)
        batch = now[:, None] + np.arange(1 - AHEAD, _BLOCK)
        row, column = np.nonzero((batch >= LEAST + since[active, None]) & (batch < end[:, None]))
        who, when = active[row], batch[row, column]
        recent = when[:, None] + np.arange(-BASELINE, 0)
        prediction = predict(past[who, when], (recent >= since[who, None]).astype(np.float64))

        known[active] &= np.arange(length + 1) < now[:, None]
        known[who, when] = True
        dispersion[who, when], trend[who, when] = prediction.dispersion, prediction.trend
        one.put((who, when), prediction.one)

        last = when + AHEAD - 1
        alone = np.flatnonzero((2 * when > settled[who]) & (when < length))
        summed = np.flatnonzero((2 * last + 1 > settled[who]) & (last < np.minimum(end[row], length)))
        codes = _codes(prediction.one.rows(alone), kept[who[alone], when[alone]], _ONE)
        alone, codes = alone[codes > 0], codes[codes > 0]
        codes_of_four = _codes(prediction.four.rows(summed), sums[who[summed], when[summed]].sum(axis=1), _FOUR)
        summed, codes_of_four = summed[codes_of_four > 0], codes_of_four[codes_of_four > 0]

        first = np.full(series, never)
        np.minimum.at(first, who[alone], 2 * when[alone])
        np.minimum.at(first, who[summed], 2 * last[summed] + 1)
        settled[active] = np.where(first[active] < never, first[active], 2 * end - 1)

        now_alone = first[who[alone]] == 2 * when[alone]
        alone, codes = alone[now_alone], codes[now_alone]
        signals[who[alone], when[alone]] += codes
        kept[who[alone], when[alone]] = np.clip(kept[who[alone], when[alone]], *limits(prediction.one.rows(alone)))
        now_summed = first[who[summed]] == 2 * last[summed] + 1
        summed = summed[now_summed]
        signals[who[summed], last[summed]] += codes_of_four[now_summed]
        four = counts[who[summed, None], when[summed, None] + np.arange(AHEAD)]
        begins = when[summed] + _begins(four, prediction.four.rows(summed).mean / AHEAD)
        for row_of, begin in zip(who[summed], begins, strict=True):
            # What looked like accidents is the new level.
            since[row_of] = begin
            kept[row_of, begin:] = counts[row_of, begin:]
    return Judged(signals, since, known, one, dispersion, trend)


def limits(one: Mixture) -> tuple[Floats, Floats]:
    """The smallest and the largest count of a batch that are no signal."""
    return one.lowest(_ONE.low), one.highest(_ONE.high)


def _codes(mixture: Mixture, count: Floats, chances: _Chances) -> NDArray[np.int64]:
    """The code of the rule that each count breaks, or 0; a count can only break that of its side of the mean."""
    under = count < mixture.mean
    codes = np.zeros(len(count), dtype=np.int64)
    codes[under] = chances.below * (mixture.rows(under).at_most(count[under]) < chances.low)
    codes[~under] = chances.above * (mixture.rows(~under).at_least(count[~under]) < chances.high)
    return codes


def _begins(four: Floats, expected: Floats) -> NDArray[np.int64]:
    """With which of four batches a new level most likely began: the largest Poisson likelihood ratio."""
    left = np.arange(AHEAD, 0, -1)
    level = np.cumsum(four[:, ::-1], axis=1)[:, ::-1] / left
    ratio = left * (xlogy(level, level / expected[:, None]) - level + expected[:, None])
    return np.asarray(np.argmax(ratio, axis=1), dtype=np.int64)
