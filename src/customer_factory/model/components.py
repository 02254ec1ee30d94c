"""Components: the moving levels of a factory – arrivals, each step, activity, money – each fitted to its own series.

A step, activity and money are followed as the ratio of what came to what ageing expects, so that their level is 0 when
people behave as they did on average, and moves when they begin to behave otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_factory.basics.period import UNIT_DAYS, Unit
from customer_factory.model.ageing import Again, Once, again, once
from customer_factory.model.history import History, Stage
from customer_factory.statistics.moving_level import Level, Season, follow

Floats = NDArray[np.float64]

CYCLE: dict[Unit, Season] = {"day": Season(7, 3), "week": Season(365.25 / 7, 2), "month": Season(12, 3)}
"""The cycle that may be there: the week of days, the year of weeks and months."""
CALM = 0.5
"""How far the behaviour of people moves compared with their number, before the data."""
CYCLES = 2
"""Cycles that the data must cover before a season is considered."""


@dataclass(frozen=True, eq=False)
class Components:
    """A factory, fitted.

    Args:
        past: What it was fitted to.
        arrivals: The level of people acquired per batch.
        stages: Per step of the chain: its ageing and its level.
        traded: The same of transactions; None where throughput counts people.
        active: The same of activity; None where it is not known.
        earned: The same of money.
    """

    past: History
    arrivals: Level
    stages: tuple[tuple[Once, Level], ...]
    traded: tuple[Again, Level] | None
    active: tuple[Again, Level] | None
    earned: tuple[Again, Level] | None


def components(pasts: Sequence[History], ahead: int) -> list[Components]:
    """Fit a factory, or the same one at several points of its past, at once.

    Args:
        pasts: Histories of one factory.
        ahead: Batches that activity and money may be carried on for.
    """
    size = max(past.complete for past in pasts)
    arrivals = _levels(pasts, [past.acquired[:-1] for past in pasts], None, None, size)
    stages = []
    for place in range(len(pasts[0].stages)):
        aged = [once(past.stages[place], ahead) for past in pasts]
        counts = [past.stages[place].came.sum(axis=0)[:-1] for past in pasts]
        levels = _levels(pasts, counts, [a.expected for a in aged], [a.spread for a in aged], size)
        stages.append(list(zip(aged, levels, strict=True)))
    traded = _again(pasts, [past.traded for past in pasts], ahead, size, people=False)
    active = _again(pasts, [past.active for past in pasts], ahead, size, people=True)
    earned = _again(pasts, [past.earned for past in pasts], ahead, size, people=False)
    return [
        Components(past, arrivals[i], tuple(stage[i] for stage in stages), traded[i], active[i], earned[i])
        for i, past in enumerate(pasts)
    ]


def _again(
    pasts: Sequence[History], stages: Sequence[Stage | None], ahead: int, size: int, *, people: bool
) -> Sequence[tuple[Again, Level] | None]:
    known = [stage for stage in stages if stage is not None]
    if not known or not known[0].came.any():
        return [None] * len(pasts)
    aged = [again(stage, ahead, people=people) for stage in known]
    counts = [np.maximum(stage.came.sum(axis=0)[:-1], 0) for stage in known]
    levels = _levels(pasts, counts, [a.expected for a in aged], [a.spread for a in aged], size)
    return list(zip(aged, levels, strict=True))


def _levels(
    pasts: Sequence[History],
    counts: Sequence[Floats],
    exposure: Sequence[Floats] | None,
    spread: Sequence[Floats] | None,
    size: int,
) -> list[Level]:
    unit = pasts[0].unit
    season = CYCLE[unit]
    y, known = _aligned(counts, size), _aligned([past.whole[:-1] for past in pasts], size)
    m = np.ones_like(y) if exposure is None else _aligned(exposure, size)
    d = np.ones_like(y) if spread is None else np.maximum(_aligned(spread, size), 0.02)
    # Where hardly anybody is expected, there is nothing to learn from nobody having come.
    known *= m > 0.05 * d
    last = np.array([past.first_index + past.complete - 1 for past in pasts])
    long = size >= CYCLES * season.period
    return follow(
        y,
        m,
        known,
        spread=d,
        pace=UNIT_DAYS[unit] / 7,
        restless=1.0 if exposure is None else CALM,
        season=season if long else None,
        last_index=last,
    )


def _aligned(rows: Sequence[Floats], size: int) -> Floats:
    """Rows of different lengths in one array, each with its last batch at the end and 0 before its first."""
    found = np.zeros((len(rows), size))
    for i, row in enumerate(rows):
        if len(row):
            found[i, size - len(row) :] = row
    return found
