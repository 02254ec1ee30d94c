"""How long something lasts when not everybody has been watched to the end: Kaplan and Meier's curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from customer_factory.statistics.checks import (
    Floats,
    level_of,
    not_negative,
    same_length,
    vector,
    weights_for,
)
from customer_factory.statistics.intervals import Interval, wilson

# Products of fractions miss round numbers by a few units in the last place.
_SLACK = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class KaplanMeier:
    """A survival curve S(t), one entry per distinct time at which something happened.

    Attributes:
        times: Times of the events, ascending.
        survival: S just after each time.
        low: Lower ends of the pointwise (log-log) confidence intervals.
        high: Upper ends.
        se: Standard errors of S (Greenwood).
        n_risk: How many (weighted) were still watched just before each time.
        n_events: How many (weighted) events at each time.
        n: All (weighted) rows.
        horizon: The longest time anybody was watched. Beyond it the curve is not known and stays flat.
        watched: Distinct durations, ascending, and `watching` how many were watched at least that long.
        watching: See `watched`.
    """

    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    se: Floats
    n_risk: Floats
    n_events: Floats
    n: float
    horizon: float
    watched: Floats
    watching: Floats

    @property
    def median(self) -> float | None:
        """The smallest time at which S ≤ ½; None if the curve does not get there."""
        return self.quantile(0.5)

    def incidence(self, at: float) -> float:
        """F(at) = 1 − S(at), the share to which it has happened by then (inclusive).

        >>> round(kaplan_meier([1, 2, 3, 3], [1, 1, 0, 0]).incidence(2), 3)
        0.5
        """
        last = self._before(at)
        return 0.0 if last < 0 else float(1 - self.survival[last])

    def incidence_interval(self, at: float, level: float = 0.95) -> Interval:
        """The interval of F(at): Wilson's on the effective sample size (Rothman 1978).

        Without censoring it is Wilson's interval itself. Unlike the curve's own intervals it says something
        before the first event and after the last: with nobody watched up to `at` and no event, 0 to 1.
        """
        size, share = self.effective_size(at), self.incidence(at)
        return wilson(min(share * size, size), size, level)

    def effective_size(self, at: float) -> float:
        """How many uncensored people would give F(at) the variance it has.

        S(1 − S) over Greenwood's variance; where that is 0/0, those at risk over S (Dorey and Korn 1987).
        """
        last = self._before(at)
        if last < 0:
            index = int(np.searchsorted(self.watched, at))
            return float(self.watching[index]) if index < len(self.watching) else 0.0
        survival, se = float(self.survival[last]), float(self.se[last])
        if se > 0:
            return min(survival * (1 - survival) / se**2, self.n)
        before = float(self.survival[last - 1]) if last else 1.0
        return min(float(self.n_risk[last]) / before, self.n)

    def quantile(self, q: float, within: float | None = None) -> float | None:
        """The smallest time t with F(t) ≥ q, or with F(t) ≥ q·F(within): among those who convert by `within`.

        Args:
            q: The share, above 0 and up to 1.
            within: Condition on its having happened by this time.

        Returns:
            The time, or None where the curve does not get there.

        >>> curve = kaplan_meier([1, 2, 5, 9, 9, 9], [1, 1, 1, 0, 0, 0])
        >>> curve.quantile(0.5), curve.quantile(0.5, within=9), curve.quantile(0.9)
        (5.0, 2.0, None)
        """
        if not 0 < q <= 1:
            raise ValueError(f"q is {q}; a quantile lies above 0 and up to 1.")
        share = 1.0 if within is None else self.incidence(within)
        reached = np.flatnonzero(1 - self.survival >= q * share - _SLACK)
        return float(self.times[reached[0]]) if share > 0 and len(reached) else None

    def _before(self, at: float) -> int:
        return int(np.searchsorted(self.times, at, side="right")) - 1


def kaplan_meier(
    durations: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None, level: float = 0.95
) -> KaplanMeier:
    """Kaplan and Meier's (1958) estimate of survival from right-censored durations.

    Args:
        durations: How long each row was watched, or lasted; any unit, ≥ 0.
        observed: Whether the event ended it (true), or the watching ended first (false: censored).
        weights: How many people each row stands for, so that grouped data give the same curve; default 1.
        level: Of the pointwise intervals, which are on the log-log scale and so stay inside 0 … 1.

    Raises:
        ValueError: If there is no row, lengths differ, or something is negative or not finite.

    Rows censored at a time count as watched at that time, as usual.

    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    ...                      [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
    >>> curve.survival.round(4).tolist()
    [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    >>> curve.median
    23.0
    """
    time = not_negative(vector(durations, "durations"), "durations")
    happened = vector(observed, "observed")
    same_length(time, happened, "durations and observed")
    if not np.isin(happened, (0, 1)).all():
        raise ValueError("observed must hold true or false only.")
    weight = weights_for(time, weights)
    z = float(ndtri(0.5 + level_of(level) / 2))

    counted = weight > 0
    watched, group = np.unique(time[counted], return_inverse=True)
    leaving = _sums(weight[counted], group, len(watched))
    events = _sums((weight * happened)[counted], group, len(watched))
    watching = np.cumsum(leaving[::-1])[::-1]

    at = events > 0
    d, n = events[at], watching[at]
    last_out = np.isclose(d, n, rtol=1e-12, atol=0)
    staying = np.where(last_out, 0.0, 1 - d / n)
    survival: Floats = np.cumprod(staying, dtype=np.float64)
    spread = np.cumsum(np.divide(d, n * (n - d), out=np.zeros_like(d), where=~last_out))
    low, high = _log_log(survival, spread, z)
    if len(d) and last_out[-1]:
        # Nobody is left. Greenwood would call that certain; nought of n, by Wilson's interval, is not.
        low[-1] = 0.0
        high[-1] = (high[-2] if len(d) > 1 else 1.0) * wilson(0, float(n[-1]), level).high
    return KaplanMeier(
        watched[at],
        survival,
        low,
        high,
        survival * np.sqrt(spread),
        n,
        d,
        float(watching[0]),
        float(watched[-1]),
        watched,
        watching,
    )


def _sums(values: Floats, group: NDArray[np.intp], groups: int) -> Floats:
    return np.asarray(np.bincount(group, values, groups), dtype=np.float64)


def _log_log(survival: Floats, spread: Floats, z: float) -> tuple[Floats, Floats]:
    """Intervals that are symmetric on the scale log(−log S), where S is between 0 and 1."""
    inside = (survival > 0) & (survival < 1)
    log_s = np.log(survival, out=np.full_like(survival, -1.0), where=inside)
    half = z * np.sqrt(spread) / log_s
    low = np.where(inside, survival ** np.exp(-half), survival)
    high = np.where(inside, survival ** np.exp(half), survival)
    return low, high
