"""An interrupted time series for counts: what a change brought, against what would have been.

The counts before the change predict those after it (`counterfactual`); what is more, or less, is the effect. Two things
mislead a plain comparison of before and after, and are handled here:

- *Regression to the mean.* Changes are made when numbers are bad, and bad numbers recover by themselves. Where the last
  batches before the change are lower than the ones before them let expect, they are set aside: they say when the change
  was made, not where the counts stood.
- *Falls that end by themselves.* A decline need not go on. The effect is held against two readings, that things would
  have gone on as they went, and that they would have been as they usually are; the interval begins at the lower end of
  the more cautious one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtri

from customer_factory.statistics.checks import Floats, counts_of, level_of, not_negative, same_length, vector
from customer_factory.statistics.counterfactual import Counterfactual, Series, counterfactual
from customer_factory.statistics.mixtures import Mixture

LEAST = 6
"""Batches before a change without which nothing is predicted."""
BEFORE, AFTER = 104, 26  # batches looked at: two years of weeks; what comes later has other causes
_ASIDE = 4  # batches before the change that may have triggered it
_LOW = 0.05  # chance below which they count as low
_SURE = 0.84  # normal deviate of 80 % power
_FUTURES = (1, 2, 3, 4, 6, 8, 10, 13, 17, 21, AFTER)
_USUAL = 13  # batches whose mean stands for what is to come


@dataclass(frozen=True, eq=False, slots=True)
class Intervention:
    """What a change brought.

    Attributes:
        effect: Relative: 0.5 is half as much again as without the change.
        low: Lower end of its interval, on the more cautious of two readings: as it went, and as it usually was.
        high: Upper end.
        total: The same in counts, over all batches judged: what was, less what would have been.
        total_low: Lower end of its interval.
        total_high: Upper end.
        chance: Of as many as there were or more, had nothing changed; the more cautious reading.
        batches: How many batches after the change were judged.
        aside: How many low batches before it were set aside.
        expected: (batches,), what each batch would have been.
        expected_low: (batches,), the lower end of what it might have been by chance.
        expected_high: (batches,), the upper end.
        level: Of all intervals.
    """

    effect: float
    low: float
    high: float
    total: float
    total_low: float
    total_high: float
    chance: float
    batches: int
    aside: int
    expected: Floats
    expected_low: Floats
    expected_high: Floats
    level: float


def intervention(
    counts: ArrayLike,
    at: int,
    control: ArrayLike | None = None,
    period: float | None = None,
    *,
    exposure: ArrayLike | None = None,
    level: float = 0.95,
) -> Intervention:
    """The effect of a change on counts, with its interval.

    Args:
        counts: Complete batches in order of time. The last 104 before the change and the first 26 after it are used.
        at: Index of the first batch after the change; at least six come before it.
        control: Counts, in the same batches, of something that the change cannot have touched but that shares the ups
            and downs. How much the counts follow it is averaged over; all of them is believed most.
        period: Batches until a season comes round, such as 52 weeks; None: there is none.
        exposure: What the counts are proportional to in each batch, such as the people at risk.
        level: Of the intervals.

    Raises:
        ValueError: If counts are negative, not whole or not finite, lengths differ, or there are fewer than six batches
            before the change or none after it.

    Interrupted time series: Bernal, Cummins and Gasparrini 2017. The prediction from before, with an optional control:
    Brodersen and others 2015. The interval holds all relative effects at which neither as many as there were, nor as
    few, would be surprising.

    >>> before = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 21, 19, 20, 23]
    >>> found = intervention([*before, 30, 33, 28, 31, 35, 27], at=16)
    >>> round(found.effect, 1), found.low > 0.1, found.batches, found.aside
    (0.5, True, 6, 0)
    """
    seen = _Seen.of(counts, at, control, exposure, period)
    level = level_of(level)
    told, aside = _told(seen)
    tail, y = (1 - level) / 2, float(seen.counts[seen.at :].sum())
    here = slice(seen.after)
    readings = [told.sum_of(here, told.trending), told.sum_of(here, ~told.trending)]
    all_of_them = told.sum_of(here)
    low = min(_ratio(reading, y, tail) for reading in readings)
    high = max(_ratio(all_of_them, y, tail, upper=True), low)
    middle = min(max(_ratio(all_of_them, y, 0.5), low), high)
    each = told.batches()

    def absolute(ratio: float) -> float:
        return y - y / ratio if ratio > 0 else y - float(all_of_them.mean[0])

    return Intervention(
        middle - 1,
        low - 1,
        high - 1,
        absolute(middle),
        absolute(low),
        absolute(high),
        max(float(reading.at_least(np.array([y]))[0]) for reading in readings),
        seen.after,
        aside,
        each.mean,
        each.lowest(tail),
        each.highest(tail),
        level,
    )


def batches_needed(
    counts: ArrayLike,
    at: int,
    effect: float,
    control: ArrayLike | None = None,
    period: float | None = None,
    *,
    level: float = 0.95,
) -> int | None:
    """How many batches after the change, in all, find an effect of this size in four cases of five.

    Args:
        counts: Batches before the change, and those after it that there are.
        at: Index of the first batch after the change.
        effect: Relative, above 0.
        control: As for `intervention`.
        period: As for `intervention`.
        level: As for `intervention`.

    Returns:
        The number, of 1, 2, 3, 4, 6, 8, 10, 13, 17, 21 and 26; None where 26 would not do: what would have been is the
        less certain the further it lies ahead.

    >>> before = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 21, 19, 20, 23]
    >>> batches_needed(before, 16, 1.0), batches_needed(before, 16, 0.05)
    (1, None)
    """
    if not effect > 0:
        raise ValueError(f"effect is {effect:g}; how many batches show it can be told for effects above 0.")
    seen = _Seen.of(counts, at, control, None, period, least_after=0)
    bar = np.log1p(effect) / (_SURE - ndtri((1 - level_of(level)) / 2))
    usual = float(seen.counts[: seen.at][-_USUAL:].mean())

    def shows(batches: int) -> bool:
        after = np.full(batches, round(usual * (1 + effect)))
        told = counterfactual(Series(*seen.with_after(after)))
        sums = told.sum_of(slice(batches), told.trending)
        mean = float(sums.mean[0])
        # More counts vary by chance relatively less than those that were to be expected.
        variance = float(sums.sd[0]) ** 2 - mean * effect / (1 + effect)
        return mean > 0 and bool(np.sqrt(max(variance, 0)) <= bar * mean)

    return _FUTURES[bisect_left(_FUTURES, True, key=shows)] if shows(AFTER) else None


class _Seen(NamedTuple):
    """What there is to judge on, cut to the batches that are looked at."""

    counts: Floats
    at: int
    offset: Floats
    control: Floats | None
    period: float | None

    @property
    def after(self) -> int:
        return len(self.counts) - self.at

    def with_after(self, after: Floats) -> _Seen:
        """The same past with other batches after it; a control goes on as its last batch."""
        counts = np.concatenate([self.counts[: self.at], after])

        def reaching(values: Floats) -> Floats:
            return np.concatenate([values, np.full(max(len(counts) - len(values), 0), values[-1])])[: len(counts)]

        control = None if self.control is None else reaching(self.control)
        return self._replace(counts=counts, offset=reaching(self.offset), control=control)

    @classmethod
    def of(
        cls,
        counts: ArrayLike,
        at: int,
        control: ArrayLike | None,
        exposure: ArrayLike | None,
        period: float | None,
        least_after: int = 1,
    ) -> _Seen:
        found = counts_of(counts)
        if not LEAST <= at <= len(found) - least_after:
            raise ValueError(
                f"at is {at} of {len(found)} batches; at least {LEAST} must come before it"
                + (" and one after." if least_after else ".")
            )
        if period is not None and not period > 1:
            raise ValueError(f"period is {period:g}; a season takes more than one batch to come round.")
        window = slice(max(at - BEFORE, 0), at + AFTER)
        offset = np.zeros(len(found))
        if exposure is not None:
            people = not_negative(vector(exposure, "exposure"), "exposure")
            same_length(found, people, "counts and exposure")
            if not people.all():
                raise ValueError("exposure is 0 in a batch; leave such batches out.")
            offset = np.log(people)
        other = None
        if control is not None:
            other = counts_of(control, "control")
            same_length(found, other, "counts and control")
        return cls(
            found[window],
            at - window.start,
            offset[window],
            None if other is None else other[window],
            period,
        )


def _told(seen: _Seen) -> tuple[Counterfactual, int]:
    """The counterfactual, and how many low batches before the change were set aside for it."""
    aside = min(_ASIDE, seen.at // 4)
    # As if the batches that may have triggered the change came after it: what would they have been?
    before = counterfactual(_cut(seen, aside))
    low = any(
        before.sum_of(slice(aside - k, aside)).at_most(seen.counts[seen.at - k : seen.at].sum(keepdims=True))[0] < _LOW
        for k in range(1, aside + 1)
    )
    left = seen.counts.copy()
    left[seen.at - aside : seen.at] = np.nan if low else left[seen.at - aside : seen.at]
    return counterfactual(Series(left, *seen[1:])), aside if low else 0


def _cut(seen: _Seen, aside: int) -> Series:
    """The batches before the change alone, the last ones to be predicted."""
    control = None if seen.control is None else seen.control[: seen.at]
    return Series(seen.counts[: seen.at], seen.at - aside, seen.offset[: seen.at], control, seen.period)


def _ratio(reading: Mixture, y: float, chance: float, *, upper: bool = False) -> float:
    """The factor on what would have been at which as many as y, or as few, have this chance."""
    if y == 0 and not upper:
        return 0.0

    def surprise(log_ratio: float) -> float:
        ratio = np.exp(log_ratio)
        scaled = Mixture(reading.weights, reading.means * ratio, reading.excesses * ratio**2)
        found = scaled.at_most(np.array([y])) if upper else scaled.at_least(np.array([y]))
        return float(found[0]) - chance

    guess = np.log((y + 0.5) / float(reading.mean[0]))
    return float(np.exp(brentq(surprise, guess - 15, guess + 15, xtol=1e-6)))
