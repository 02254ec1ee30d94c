"""Back-test: the factory is forecast from points of its own past, refitted to what was known at each, and compared."""

from __future__ import annotations

from collections import Counter

import numpy as np

from customer_factory.model.components import components
from customer_factory.model.forecast import Held, limits
from customer_factory.model.history import History
from customer_factory.model.simulation import Simulator

LEAST = 6
"""Complete batches that a forecast needs."""
ORIGINS = 12
"""Points of the past that are tried at most: the latest ones, evenly spread."""
FUTURES = 1000


def backtest(past: History, batches: int, level: float) -> tuple[dict[str, Held], int]:
    """Forecast the complete batches after each of several points of the past, and count what fell inside.

    Args:
        past: The factory's history.
        batches: How far to forecast from each point.
        level: Of the intervals.

    Returns:
        How often the intervals of throughput, arrivals, activity and revenue held; and from how many points.
    """
    inside, of = Counter[str](), Counter[str]()
    tried = origins(past)
    for place, fitted in zip(
        tried, components([past.until(at) for at in tried], batches) if tried else [], strict=True
    ):
        ahead = min(batches, past.complete - place)
        futures = Simulator(fitted, ahead, FUTURES, seed=place).run()
        span = slice(place, place + ahead)
        actual = {"happy": (futures.happy, past.happy[span]), "arrivals": (futures.arrivals, past.acquired[span])}
        if futures.active is not None and past.active is not None:
            actual["active"] = (futures.active, past.active.came.sum(axis=0)[span])
        if futures.revenue is not None and past.earned is not None:
            actual["revenue"] = (futures.revenue, past.earned.came.sum(axis=0)[span])
        for name, (draws, values) in actual.items():
            low, high = limits(draws, level, whole=name != "revenue")
            inside[name] += int(((values >= low) & (values <= high)).sum())
            of[name] += len(values)
    return {name: Held(inside[name], of[name]) for name in of}, len(tried)


def origins(past: History) -> list[int]:
    """How many batches were complete at each point that is forecast from."""
    begun = int(np.argmax(past.whole > 0))
    first, last = begun + LEAST, past.complete - 1
    if last < first:
        return []
    return sorted({round(float(at)) for at in np.linspace(max(first, last - 2 * ORIGINS), last, ORIGINS)})
