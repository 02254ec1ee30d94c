"""Control charts that judge all points by limits from all points: Wheeler's XmR, and p-charts for shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customer_factory.statistics.checks import Floats, shares, vector

_SLACK = 1e-9  # of the largest value: differences below it are rounding


@dataclass(frozen=True, slots=True)
class Signal:
    """A point that chance hardly explains.

    Attributes:
        index: Its position, from 0; of a run, the point that completes or continues it.
        rule: The rule that it breaks.
    """

    index: int
    rule: str


@dataclass(frozen=True, eq=False, slots=True)
class XmR:
    """A chart of individual values and their moving ranges.

    Attributes:
        centre: The mean of the values.
        lower: The lower natural process limit.
        upper: The upper one.
        mean_range: The mean moving range.
        range_limit: The upper limit of moving ranges.
        ranges: The moving ranges, one fewer than values.
        signals: Values outside the limits; the eighth and later of a run on one side of the centre; three of four
            nearer to a limit than to the centre.
        range_signals: Values whose moving range is above its limit.
    """

    centre: float
    lower: float
    upper: float
    mean_range: float
    range_limit: float
    ranges: Floats
    signals: tuple[Signal, ...]
    range_signals: tuple[Signal, ...]


def xmr(values: ArrayLike) -> XmR:
    """Wheeler's XmR chart: mean ± 2.660 mean moving ranges, and his three rules (Understanding Variation, 1993).

    Made for measurements. On counts below some twenty it raises too many false alarms; use `count_chart`.

    Args:
        values: At least two, in order of time.

    Raises:
        ValueError: If there are fewer than two values, or one is not finite.

    >>> chart = xmr([5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285,
    ...              3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200])
    >>> chart.centre, round(chart.upper, 2), round(chart.lower, 2), chart.signals
    (4135.5, 5082.28, 3188.72, (Signal(index=15, rule='above limits'),))
    """
    x = vector(values, "values", least=2)
    ranges = np.abs(np.diff(x))
    centre, mean_range = float(x.mean()), float(ranges.mean())
    reach = 2.660 * mean_range
    slack = _SLACK * float(np.abs(x).max())
    off = np.where(np.abs(x - centre) <= slack, 0.0, x - centre)
    signals = [
        *_where(off > reach + slack, "above limits"),
        *_where(off < -reach - slack, "below limits"),
        *_where(_run(off > 0) >= 8, "eight above centre"),
        *_where(_run(off < 0) >= 8, "eight below centre"),
        *_where(_three_of_four(off > reach / 2 + slack), "three of four near upper limit"),
        *_where(_three_of_four(off < -reach / 2 - slack), "three of four near lower limit"),
    ]
    range_limit = 3.268 * mean_range
    return XmR(
        centre,
        centre - reach,
        centre + reach,
        mean_range,
        range_limit,
        ranges,
        _in_order(signals),
        _in_order(_where(np.append(False, ranges > range_limit + slack), "range above limit")),
    )


@dataclass(frozen=True, eq=False, slots=True)
class PChart:
    """A chart of shares.

    Attributes:
        centre: The pooled share.
        lower: The lower limit for a sample of mean size.
        upper: The upper limit for a sample of mean size.
        lowers: The lower limit of each sample, by its own size.
        uppers: The upper limit of each sample.
        shares: The shares themselves; NaN where a sample is empty.
        sigma_z: Laney's factor of overdispersion; 1 for the ordinary chart.
        signals: Samples outside their limits.
    """

    centre: float
    lower: float
    upper: float
    lowers: Floats
    uppers: Floats
    shares: Floats
    sigma_z: float
    signals: tuple[Signal, ...]


def p_chart(successes: ArrayLike, trials: ArrayLike, overdispersed: bool = False) -> PChart:  # noqa: FBT001
    """The p-chart (Shewhart; Montgomery, Introduction to Statistical Quality Control, ch. 7), or Laney's p′.

    Args:
        successes: Per sample.
        trials: Per sample, or one number for all. Empty samples have no limits and no signal.
        overdispersed: Widen the limits by how much shares truly vary beyond chance (Laney 2002): the factor is the
            mean moving range of z over 1.128. With thousands of trials the ordinary limits are far too narrow.

    Raises:
        ValueError: If not 0 ≤ successes ≤ trials, or there are no trials; overdispersed, also below two samples.

    >>> chart = p_chart([12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22,
    ...                  8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6], 50)
    >>> round(chart.centre, 4), round(chart.lower, 4), round(chart.upper, 4), [s.index for s in chart.signals]
    (0.2313, 0.0524, 0.4102, [14, 22])
    """
    k, n = shares(successes, trials)
    if not n.any():
        raise ValueError("there are no trials in any sample; at least one is needed.")
    centre = float(k.sum() / n.sum())
    full = n > 0
    share = np.divide(k, n, out=np.full_like(k, np.nan), where=full)
    spread = np.sqrt(centre * (1 - centre))
    sigma = np.divide(spread, np.sqrt(n), out=np.full_like(k, np.nan), where=full)
    sigma_z = 1.0
    if overdispersed:
        if np.count_nonzero(full) < 2:
            raise ValueError("overdispersion shows between samples; at least 2 samples with trials are needed.")
        z = (share[full] - centre) / sigma[full] if spread > 0 else np.zeros(2)
        sigma_z = float(np.abs(np.diff(z)).mean() / 1.128)
    reach = 3 * sigma * sigma_z
    typical = 3 * spread * sigma_z / np.sqrt(n[full].mean())
    signals = [
        *_where(full & (share > centre + reach + _SLACK), "above limits"),
        *_where(full & (share < centre - reach - _SLACK), "below limits"),
    ]
    return PChart(
        centre,
        float(max(centre - typical, 0.0)),
        float(min(centre + typical, 1.0)),
        np.maximum(centre - reach, 0.0),
        np.minimum(centre + reach, 1.0),
        share,
        sigma_z,
        _in_order(signals),
    )


def _run(side: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many points in a row, up to and including each, are on the side."""
    position = np.arange(1, len(side) + 1)
    return position - np.maximum.accumulate(np.where(side, 0, position))


def _three_of_four(zone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Points in the zone that with the three before them make at least three there."""
    count = np.convolve(zone, np.ones(4))[: len(zone)]
    return zone & (count >= 3)


def _where(broken: NDArray[np.bool_], rule: str) -> list[Signal]:
    return [Signal(int(index), rule) for index in np.flatnonzero(broken)]


def _in_order(signals: list[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: signal.index))
