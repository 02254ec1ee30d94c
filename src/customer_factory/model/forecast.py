"""Forecast: what comes in each of the next batches, with an interval, and how often such intervals held before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
DECIMALS = 4


@dataclass(frozen=True)
class Band:
    """A number that is not known yet.

    Args:
        centre: What is expected: the mean of the middle half of the futures.
        low, high: The interval that holds ``level`` of them.
    """

    centre: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """As plain values."""
        return {"centre": self.centre, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Ahead:
    """One coming batch.

    Args:
        start: Its first date.
        running: Whether it has begun; then its numbers include what it brought so far.
        happy: Throughput: people who become happy; for a marketplace transactions.
        arrivals: People acquired.
        active: Happy customers active in it; None where the factory has no retention step.
        revenue: Money, net of refunds; None where the factory has no revenue step.
    """

    start: date
    running: bool
    happy: Band
    arrivals: Band
    active: Band | None
    revenue: Band | None


@dataclass(frozen=True)
class Held:
    """How often intervals held on batches held out.

    Args:
        inside: Actual values inside.
        of: Values compared.
    """

    inside: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """The coverage; None where nothing could be compared."""
        return self.inside / self.of if self.of else None


@dataclass(frozen=True)
class Forecast:
    """The coming batches, or why nothing can be said of them.

    Args:
        batches: The coming batches, the running one first; none where undecided.
        level: The share of futures that the intervals hold.
        channels: People acquired in all these batches together, by channel.
        held: By series, how often intervals made the same way held in the factory's own past.
        origins: From how many points of its past it was forecast.
        reason: Why nothing can be said; None where something can.
        would_decide: What would change that.
    """

    batches: tuple[Ahead, ...]
    level: float
    channels: dict[str, Band]
    held: dict[str, Held]
    origins: int = 0
    reason: str | None = None
    would_decide: str | None = None

    @property
    def coverage(self) -> float | None:
        """The share of actual throughputs inside their intervals, in the back-test; None where it had no room."""
        return self.held["happy"].share if "happy" in self.held else None

    def to_dict(self) -> dict[str, Any]:
        """As plain values: exactly what ``forecast --json`` prints."""
        return {
            "level": self.level,
            "batches": [
                {
                    "start": batch.start.isoformat(),
                    "running": batch.running,
                    "happy": batch.happy.to_dict(),
                    "arrivals": batch.arrivals.to_dict(),
                    "active": batch.active.to_dict() if batch.active else None,
                    "revenue": batch.revenue.to_dict() if batch.revenue else None,
                }
                for batch in self.batches
            ],
            "channels": {name: band.to_dict() for name, band in self.channels.items()},
            "coverage": self.coverage,
            "backtest": {
                "origins": self.origins,
                **{name: {"inside": each.inside, "of": each.of} for name, each in self.held.items()},
            },
            "reason": self.reason,
            "would_decide": self.would_decide,
        }


def limits(draws: Floats, level: float, *, whole: bool = True) -> tuple[Floats, Floats]:
    """The interval of each column that holds a share of the draws.

    Counts are lumpy: the interval from one quantile to the other may hold much more than was asked. So each end may
    give up its last count, where what is left is nearer to the level.

    Args:
        draws: (futures, batches).
        level: The share.
        whole: Whether the draws are counts.

    >>> lower, upper = limits(np.repeat([0.0, 1.0, 2.0, 3.0], [37, 37, 18, 8])[:, None], 0.8)
    >>> lower.tolist(), upper.tolist()
    ([0.0], [1.0])
    """
    ends = [(1 - level) / 2, (1 + level) / 2]
    ordered = np.sort(draws, axis=0)
    places = [min(int(np.ceil(end * len(draws))) - 1, len(draws) - 1) for end in ends]
    low, high = ordered[max(places[0], 0)], ordered[places[1]]
    if not whole:
        return low, high
    best = (low, high, _apart(draws, low, high, level))
    for up, down in ((1, 0), (0, 1), (1, 1)):
        tried = (low + up, high - down)
        apart = np.where(tried[0] > tried[1], np.inf, _apart(draws, *tried, level))
        nearer = apart < best[2]
        best = tuple(np.where(nearer, new, old) for new, old in zip((*tried, apart), best, strict=True))
    return best[0], best[1]


def _apart(draws: Floats, low: Floats, high: Floats, level: float) -> Floats:
    return np.asarray(np.abs(((draws >= low) & (draws <= high)).mean(axis=0) - level))


def bands(draws: Floats, level: float, *, whole: bool = True) -> list[Band]:
    """One band per column of draws."""
    low, high = limits(draws, level, whole=whole)
    ordered = np.sort(draws, axis=0)
    quarter = len(draws) // 4
    centre = ordered[quarter : max(len(draws) - quarter, quarter + 1)].mean(axis=0)
    # At counts near 0 the middle of the futures may lie beside the interval that is nearest to its level.
    centre = np.clip(centre, low, high)
    columns: Iterable[tuple[Any, Any, Any]] = zip(centre, low, high, strict=True)
    return [Band(*(round(float(value), DECIMALS) for value in column)) for column in columns]
