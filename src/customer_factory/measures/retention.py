"""Retention: the grid of who is still active how many batches after entry, and how long people stay.

The grid counts the members of each batch of acquisition who were active in each later batch. The curve is Kaplan and
Meier's over all of them: a person is gone after their last active batch once ``RETURN_BATCHES`` batches have passed
without activity; until then their stay is censored, not ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.traced import Traced
from customer_factory.measures.grouped import by_index, tally
from customer_factory.measures.moment import Moment


@dataclass(frozen=True)
class RetentionCohort:
    """People acquired in one batch: how many, and how many were active 0, 1, 2 … batches later."""

    start: date
    size: int
    active: tuple[int, ...]


@dataclass(frozen=True)
class Survival:
    """The share still with us a number of batches after entry."""

    batch: int
    survival: float
    low: float
    high: float


@dataclass(frozen=True)
class Retention:
    """The grid and the curve; both empty where the factory declares no retention step."""

    cohorts: tuple[RetentionCohort, ...] = ()
    curve: tuple[Survival, ...] = ()


def retention(traced: Traced, moment: Moment) -> Retention:
    """Who stays, by batch of acquisition."""

    def stays(tables: Traced) -> Any:
        acquired = tables.journeys.filter(tables.journeys.acquisition_at.notnull())
        cohort = batch_index(acquired.acquisition_at, moment.batches, tables.offsets)
        keys = acquired.select("last_active", cohort=cohort)
        return keys.group_by("cohort", "last_active").agg(n=keys.count())

    def grid(tables: Traced) -> Any:
        activity = tables.activity.filter(tables.activity.cohort.notnull())
        return activity.group_by("cohort", "batch").agg(n=activity.count())

    people = tally(traced, "stays", stays)
    active = tally(traced, "grid", grid)
    sizes = by_index(people["cohort"], people["n"], moment.known)
    cohorts = []
    for index, size in zip(moment.known, sizes, strict=True):
        mine = active["cohort"] == index
        counts = by_index(active["batch"][mine], active["n"][mine], range(index, moment.known[-1] + 1))
        cohorts.append(RetentionCohort(moment.start(index), int(size), tuple(int(n) for n in counts)))
    return Retention(tuple(cohorts), _curve(people, moment))


def _curve(people: dict[str, np.ndarray], moment: Moment) -> tuple[Survival, ...]:
    from customer_factory.statistics import kaplan_meier

    if not len(people["n"]):
        return ()
    never = people["last_active"] < people["cohort"]
    last = np.where(never, people["cohort"] - 1, people["last_active"])
    gone = moment.running - last > RETURN_BATCHES
    stay = last - people["cohort"] + 1
    curve = kaplan_meier(stay, gone, people["n"])
    found = []
    for batch in range(int(curve.horizon) + 1):
        at = int(np.searchsorted(curve.times, batch, side="right")) - 1
        values = (1.0, 1.0, 1.0) if at < 0 else (curve.survival[at], curve.low[at], curve.high[at])
        found.append(Survival(batch, *(float(value) for value in values)))
    return tuple(found)
