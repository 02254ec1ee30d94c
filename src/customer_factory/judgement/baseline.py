"""The baseline: limits that were frozen on the day when twelve good batches were known, and what became of them since.

Limits that move on with every batch are right for judging the next one; but what a team has to keep, and what it
improves upon, must stand still. Nothing needs to be remembered for that: when the baseline was locked follows from the
counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from customer_factory.judgement.repeatability import FULL, RECENT
from customer_factory.statistics import CountChart, count_chart

RUN = 4
"""Batches in a row beyond the same limit that end a baseline: it has been outgrown, or undercut."""


class Outside(NamedTuple):
    """A batch outside the locked limits."""

    start: date
    happy: int
    side: Literal["below", "above"]


@dataclass(frozen=True)
class Baseline:
    """Limits that were locked.

    Attributes:
        opened: First date of the first batch that it rests on.
        locked: The date on which its batches were known: the first one of the batch after them.
        centre: What a batch was expected to make.
        lower: The smallest count within its tolerance.
        upper: The largest one.
        outside: The batches since then that were outside, oldest first.
        inside: How many were inside.
        until: First date of the batch with which throughput lastingly changed; None while the baseline holds.
        why: What ended it, in words; None while it holds.
    """

    opened: date
    locked: date
    centre: float
    lower: float
    upper: float
    outside: tuple[Outside, ...]
    inside: int
    until: date | None
    why: str | None


@dataclass(frozen=True)
class Baselines:
    """All baselines that a factory has had.

    Attributes:
        opened: First date of the first batch with a happy customer: the first sale opens the baseline. None before it.
        known: Complete batches since the last lasting change, or since the opening.
        history: Oldest first.
        reason: Where things stand, in a sentence.
    """

    opened: date | None
    known: int
    history: tuple[Baseline, ...]
    reason: str

    @property
    def current(self) -> Baseline | None:
        """The baseline that holds now; None where there is none (yet, or any more)."""
        return self.history[-1] if self.history and self.history[-1].until is None else None

    def to_dict(self) -> dict[str, Any]:
        """Plain types; dates as ISO text."""
        return {
            "opened": self.opened.isoformat() if self.opened else None,
            "known": self.known,
            "reason": self.reason,
            "current": _plain(self.current) if self.current else None,
            "history": [_plain(each) for each in self.history],
        }


def baselines(counts: Sequence[int], starts: Sequence[date]) -> Baselines:
    """When the baseline was locked, at which limits, and whether the batches since stayed inside.

    The first happy customer opens it. It is locked when twelve complete batches are known of which the last eight raise
    no signal, at the limits that the next batch was then held against. It holds until a lasting change: four batches
    together that chance does not explain, or four in a row beyond the same locked limit, as steady growth brings them.
    From the first of those four a new one is sought.

    Args:
        counts: Happy customers per complete batch, oldest first.
        starts: The first date of each of them, and of the batch that follows.

    Raises:
        ValueError: If a count is negative, not whole or not finite, or there is not one more start than counts.

    >>> from datetime import timedelta
    >>> weeks = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(17)]
    >>> found = baselines([0, 0, 21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 19, 60], weeks)
    >>> str(found.opened), str(found.current.locked), found.current.inside, found.current.outside[0].side
    ('2026-01-19', '2026-04-13', 1, 'above')
    """
    if len(starts) != len(counts) + 1:
        raise ValueError(f"{len(counts)} counts need {len(counts) + 1} starts, not {len(starts)}.")
    begin = next((index for index, count in enumerate(counts) if count), None)
    if begin is None:
        count_chart(counts)  # refuses what no count can be
        return Baselines(None, 0, (), "Nobody has become happy yet: the first one opens the baseline.")
    opened, found = starts[begin], []
    while True:
        series = counts[begin:]
        chart = count_chart(series)
        lock = _lock(series, chart)
        end, why = _change(series, chart, lock)
        if lock is not None:
            found.append(_baseline(begin, lock, end, why, chart, counts, starts))
        if end is None:
            return Baselines(opened, len(series), tuple(found), _reason(found, len(series), begin, starts))
        begin += end


def _lock(series: Sequence[int], chart: CountChart) -> int | None:
    """How many batches were known when the baseline was first good."""
    bad = {signal.index for signal in chart.signals}
    lasting = _first_lasting(chart, len(series))
    good = (n for n in range(FULL, min(lasting, len(series)) + 1) if not bad & set(range(n - RECENT, n)))
    return next(good, None)


def _first_lasting(chart: CountChart, never: int) -> int:
    return min((signal.index for signal in chart.signals if signal.rule.startswith("four")), default=never)


def _change(series: Sequence[int], chart: CountChart, lock: int | None) -> tuple[int | None, str | None]:
    """With which batch a lasting change began, and what it was."""
    never = len(series) + RUN
    four = _first_lasting(chart, never)
    run, side = never, ""
    if lock is not None:
        lower, upper = _limits(chart, lock)[1:]
        sides = [("below" if count < lower else "above" if count > upper else "") for count in series[lock:]]
        for index in range(RUN - 1, len(sides)):
            if sides[index] and len(set(sides[index - RUN + 1 : index + 1])) == 1:
                run, side = lock + index, sides[index]
                break
    if min(four, run) == never:
        return None, None
    if run < four:
        return run - RUN + 1, f"Four batches in a row were {side} the locked limits"
    lower_or_higher = "lower" if any(s.index == four and "below" in s.rule for s in chart.signals) else "higher"
    return four - RUN + 1, f"Four batches together were {lower_or_higher} than chance explains"


def _limits(chart: CountChart, n: int) -> tuple[float, float, float]:
    """What was expected of the batch after the first n."""
    if n < len(chart.centres):
        return float(chart.centres[n]), float(chart.lowers[n]), float(chart.uppers[n])
    return chart.centre, chart.lower, chart.upper


def _baseline(
    begin: int,
    lock: int,
    end: int | None,
    why: str | None,
    chart: CountChart,
    counts: Sequence[int],
    starts: Sequence[date],
) -> Baseline:
    centre, lower, upper = _limits(chart, lock)
    first, last = begin + lock, len(counts) if end is None else max(begin + end, begin + lock)
    outside = tuple(
        Outside(starts[index], int(counts[index]), "below" if counts[index] < lower else "above")
        for index in range(first, last)
        if not lower <= counts[index] <= upper
    )
    until = None if end is None else starts[begin + end]
    inside = last - first - len(outside)
    return Baseline(starts[begin], starts[first], centre, lower, upper, outside, inside, until, why)


def _reason(found: Sequence[Baseline], known: int, begin: int, starts: Sequence[date]) -> str:
    if found and found[-1].until is None:
        now = found[-1]
        since = now.inside + len(now.outside)
        kept = (
            "all stayed inside"
            if not now.outside
            else f"{len(now.outside)} {'was' if len(now.outside) == 1 else 'were'} outside"
        )
        after = f" Of {since} batches since, {kept}." if since else ""
        return f"Locked on {now.locked} at {now.lower:.0f} to {now.upper:.0f} a batch, about {now.centre:.0f}.{after}"
    missing = max(FULL - known, 0)
    more = f"{missing} more batches" if missing > 1 else "one more batch" if missing else f"{RECENT} without a signal"
    if found:
        return f"{found[-1].why}, from {found[-1].until} on: a new baseline needs {more}."
    return f"Open since {starts[begin]}: {known} complete batches are known, and a lock needs {more}."


def _plain(found: Baseline) -> dict[str, Any]:
    return {
        "opened": found.opened.isoformat(),
        "locked": found.locked.isoformat(),
        "centre": found.centre,
        "lower": found.lower,
        "upper": found.upper,
        "inside": found.inside,
        "outside": [
            {"start": each.start.isoformat(), "happy": each.happy, "side": each.side} for each in found.outside
        ],
        "until": found.until.isoformat() if found.until else None,
        "why": found.why,
    }
