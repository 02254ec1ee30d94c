"""Anomalies of the data: what stops, and what is recorded more than once, or set aside, more often than before.

Numbers that fall because nothing is recorded any more look like a business that fails. So before anything else is
judged, each series of daily counts is asked whether it can have fallen silent by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics.checks import Floats, counts_of, shares
from customer_factory.statistics.surprise import LEAST, chance_of_as_many, expected_and_silence

CHANCE = 0.001
"""What chance explains less often than this is an anomaly; with more than fifty series, 5 % shared among them."""
FAMILY = 0.05
LONGER = 1.5
"""A silence must be so much longer than the longest before it: what happens once a month, or never on holidays."""
NEWS = 90
"""Days after which a silence is history."""
PERIODS = 26
"""Periods looked back at."""
WINDOWS = (1, 3, 7, 14, 28)
"""Days within which a share may have jumped."""
MANIFOLD = 2.0
"""A share must have grown so much at least."""


@dataclass(frozen=True)
class Silence:
    """A series that has stopped.

    Args:
        days: For how many days nothing has happened, up to the last complete one.
        expected: How much would have happened in them.
        chance: The chance of that silence.
        before: How much had happened in as many days before it.
    """

    days: int
    expected: float
    chance: float
    before: int


def silence(counts: ArrayLike, series: int = 1) -> Silence | None:
    """Whether daily counts have fallen silent; None where chance, or too little history, may be all there is to it.

    The silent days are held against the same days of the weeks before – as many weeks as it takes to hold them, again
    and again – so that weekdays are alike; six such periods are needed. A silence too long for the history to hold six
    times is judged by its beginning.

    Args:
        counts: Whole numbers, one a day, up to the last complete day.
        series: How many series are looked at together.

    >>> busy = [9, 8, 7, 9, 6, 1, 2] * 8
    >>> silence(busy) is None, silence(busy + [0, 0]).days
    (True, 2)
    >>> silence([0, 0, 1, 0, 0, 0, 0] * 8 + [0] * 6) is None           # once a week
    True
    """
    found = counts_of(counts)
    active = np.flatnonzero(found)
    if not len(active):
        return None
    days = len(found) - 1 - int(active[-1])
    gaps = np.diff(active) - 1
    if not 0 < days <= NEWS or days <= LONGER * max(gaps, default=0):
        return None
    history = found[active[0] : active[-1] + 1]
    most = 7 * (len(history) // (7 * LEAST))
    judged = min(days, most)
    if judged == 0:
        return None
    before = _periods(np.concatenate([history, np.zeros(judged)]), judged)
    expected, chance = expected_and_silence(before)
    if chance >= min(CHANCE, FAMILY / series):
        return None
    return Silence(days, expected * days / judged, chance, int(history[-days:].sum()))


def _periods(counts: Floats, days: int) -> Floats:
    """What happened on the same weekdays as the last days, in each period of whole weeks before."""
    length = 7 * -(-days // 7)
    starts = np.arange(len(counts) - days - length, -1, -length)[:PERIODS][::-1]
    return np.array([counts[start : start + days].sum() for start in starts])


@dataclass(frozen=True)
class Jump:
    """A share that has jumped.

    Args:
        since: The place of the first day that belongs to it.
        part: Successes since then, of
        of: trials since then.
        share: The share before.
        chance: The chance of so many.
    """

    since: int
    part: int
    of: int
    share: float
    chance: float


def jump(part: ArrayLike, of: ArrayLike, series: int = 1) -> Jump | None:
    """Whether a daily share has jumped within the last four weeks; None where it has not, or six weeks are not known.

    The last 1, 3, 7, 14 and 28 days are each held against the weeks before them, and the most surprising counts.

    Args:
        part: Successes of each day, up to the last complete day.
        of: Trials of each day.
        series: How many series are looked at together.

    >>> jump([1, 0, 2, 1, 0, 1, 1] * 8, [50] * 56) is None
    True
    >>> jump([1, 0, 2, 1, 0, 1, 1] * 8 + [25, 24], [50] * 58).since
    56
    """
    successes, trials = shares(counts_of(part), counts_of(of))
    found: Jump | None = None
    for days in WINDOWS:
        start = len(trials) - days
        weeks, their = (_weeks(each[:start]) for each in (successes, trials))
        k, n = int(successes[start:].sum()), int(trials[start:].sum())
        if n == 0 or np.count_nonzero(their) < LEAST:
            continue
        share = float((weeks.sum() + 0.5) / (their.sum() + 1))
        if k / n < MANIFOLD * share:
            continue
        chance = chance_of_as_many(k, n, weeks, their) * len(WINDOWS)
        if chance < (found.chance if found else min(CHANCE, FAMILY / series)):
            since = _begin(successes, trials, start, (share + k / n) / 2)
            found = Jump(since, int(successes[since:].sum()), int(trials[since:].sum()), share, chance)
    return found


def _begin(successes: Floats, trials: Floats, start: int, level: float) -> int:
    """The first day above a level of those from a day on, or of an unbroken run of such days that leads up to it."""
    high = successes > trials * level
    first = start + int(np.argmax(high[start:]))
    while first > 0 and high[first - 1]:
        first -= 1
    return first


def _weeks(days: Floats) -> Floats:
    """Sums of seven days, counted back from the last one, of half a year at most."""
    count = min(len(days) // 7, PERIODS)
    return np.asarray(days[len(days) - 7 * count :].reshape(count, 7).sum(axis=1))


def stopped(series: Mapping[str, Sequence[int]], together: int | None = None) -> dict[str, Silence]:
    """Which of several series have fallen silent.

    Args:
        series: Daily counts by name, all up to the same day.
        together: How many series are looked at in all, if these are not all of them.
    """
    looked = {name: silence(counts, together or len(series)) for name, counts in series.items()}
    return {name: found for name, found in looked.items() if found is not None}
