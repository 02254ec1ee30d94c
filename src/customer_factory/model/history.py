"""History: the counts that a factory is fitted to, batch by batch, which can be cut off at any past batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customer_factory.basics.period import UNIT_DAYS, Unit
from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.measures.measures import Measures
from customer_factory.measures.moment import Moment
from customer_factory.measures.triangle import Triangle

Floats = NDArray[np.float64]
LONGEST = 156
"""Batches that count at most: three years of weeks, two cycles of the year and one more."""


@dataclass(frozen=True, eq=False)
class Stage:
    """What came of each batch's entrants: a triangle as an array.

    Args:
        entered: Per batch.
        came: (batch of entry, batch of coming).
        spread: Variance over mean of one amount that came; 1 for people.
        longest: The age in batches at which the window of the youngest has closed; infinite without a window.
    """

    entered: Floats
    came: Floats
    spread: float = 1.0
    longest: float = math.inf

    def until(self, batches: int) -> Stage:
        """As it was known after so many batches."""
        return replace(self, entered=self.entered[:batches], came=self.came[:batches, :batches])


@dataclass(frozen=True, eq=False)
class History:
    """A factory's batches: the complete ones, and the running one at the end.

    Args:
        unit: The period of a batch.
        first_index: The index of the first batch in the calendar.
        elapsed: The share of the running batch that has passed.
        whole: Which batches were observed whole: not the running one, nor a first one that began before the data.
        arrivals: People acquired per batch, by channel.
        steps: The steps from acquisition to happy, in order; ``happy`` alone where they are not a chain.
        stages: What came of the entrants of each.
        capacity: People per batch that a step can serve, where declared.
        traded: Happy customers and their transactions, where throughput counts those; else None.
        active: Happy customers and their activity; None where that is not known.
        earned: People who could pay, and their money; None where that is not known.
        payers: Which series enters the revenue step: ``acquisition`` or a step of the chain.
        brought: People brought per person who entered the step of referral, and the mean batches until they came.
        bringers: Which series brings people.
    """

    unit: Unit
    first_index: int
    elapsed: float
    whole: Floats
    arrivals: Mapping[str, Floats]
    steps: tuple[str, ...]
    stages: tuple[Stage, ...]
    capacity: Mapping[str, float]
    traded: Stage | None
    active: Stage | None
    earned: Stage | None
    payers: str
    brought: tuple[float, float] | None
    bringers: str

    @property
    def complete(self) -> int:
        """How many batches are complete."""
        return len(self.whole) - 1

    @property
    def acquired(self) -> Floats:
        """People acquired per batch, all channels together."""
        return np.asarray(sum(self.arrivals.values(), np.zeros(len(self.whole))))

    @property
    def happy(self) -> Floats:
        """Throughput: people who became happy, or transactions, per batch."""
        if self.traded is not None:
            return np.asarray(self.traded.came.sum(axis=0))
        return np.asarray(self.stages[-1].came.sum(axis=0)) if self.stages else self.acquired

    def until(self, complete: int) -> History:
        """What was known when so many batches were complete and the next one had not begun."""
        size = complete + 1

        def cut(stage: Stage | None) -> Stage | None:
            return None if stage is None else _emptied(stage.until(size), complete)

        return replace(
            self,
            elapsed=0.0,
            whole=np.append(self.whole[:complete], 0.0),
            arrivals={name: np.append(counts[:complete], 0.0) for name, counts in self.arrivals.items()},
            stages=tuple(_emptied(stage.until(size), complete) for stage in self.stages),
            traded=cut(self.traded),
            active=cut(self.active),
            earned=cut(self.earned),
        )


def _emptied(stage: Stage, batch: int) -> Stage:
    """A stage in whose running batch nothing has happened yet."""
    entered, came = stage.entered.copy(), stage.came.copy()
    entered[batch], came[:, batch] = 0, 0
    return replace(stage, entered=entered, came=came)


def history(measures: Measures) -> History:
    """The history in a set of measures."""
    blueprint, moment, service = measures.blueprint, measures.moment, measures.service
    size = moment.running - moment.opening + 1
    drop = max(0, size - 1 - LONGEST)
    steps = _chain(blueprint)
    triangles = [measures.steps[name].triangle for name in steps] if steps is not None else [service.made]
    acquired = measures.steps["acquisition"]
    everybody = _stage(service.made, size, drop).entered
    arrivals = {name: _tail(counts, size, drop) for name, counts in acquired.by_batch.items()}
    others = everybody - np.asarray(sum(arrivals.values(), np.zeros(size - drop)))
    if others.any():
        arrivals["(others)"] = others
    declared = blueprint.declared
    return History(
        unit=blueprint.factory.batch,
        first_index=moment.opening + drop,
        elapsed=_elapsed(moment),
        whole=np.array([float(moment.whole(moment.opening + i)) for i in range(drop, size)]),
        arrivals=arrivals,
        steps=("happy",) if steps is None else steps,
        stages=tuple(
            replace(_stage(each, size, drop), longest=_longest(blueprint, name))
            for each, name in zip(triangles, [None] if steps is None else steps, strict=True)
        ),
        capacity={name: step.capacity for name, step in declared.items() if step.capacity is not None},
        traded=_known(service.traded, size, drop),
        active=_known(service.active, size, drop),
        earned=_known(service.earned, size, drop),
        payers=_source(blueprint, "revenue", steps),
        brought=_brought(measures),
        bringers=_source(blueprint, "referral", steps),
    )


def _chain(blueprint: Blueprint) -> tuple[StepName, ...] | None:
    """The steps from acquisition to happy where each comes after one other; None where they do not form a chain."""
    found: list[StepName] = []
    at = blueprint.factory.happy[-1]
    while at != "acquisition":
        found.append(at)
        needed = blueprint.needs(at)
        if len(needed) != 1:
            return None
        at = needed[0]
    return tuple(reversed(found)) if {*blueprint.factory.happy} <= {"acquisition", *found} else None


def _longest(blueprint: Blueprint, step: StepName | None) -> float:
    window = blueprint.declared[step].window if step else None
    return (
        math.inf if window is None else math.ceil(window.total_seconds() / 86400 / UNIT_DAYS[blueprint.factory.batch])
    )


def _source(blueprint: Blueprint, step: StepName, steps: Sequence[str] | None) -> str:
    """The series of the model whose people enter a step: those of the step before it, or else the happy."""
    if step not in blueprint.declared:
        return "happy"
    needed = blueprint.needs(step)
    if needed == ["acquisition"]:
        return "acquisition"
    return needed[0] if steps is not None and len(needed) == 1 and needed[0] in steps else "happy"


def _brought(measures: Measures) -> tuple[float, float] | None:
    found, entered = measures.referral, measures.steps["referral"].entered if "referral" in measures.steps else None
    if found is None or not entered or not found.accepted:
        return None
    days = UNIT_DAYS[measures.moment.batches.unit]
    return found.accepted / entered, (found.cycle_days or days) / days


def _elapsed(moment: Moment) -> float:
    begins, ends = moment.batches.begins(moment.running), moment.batches.begins(moment.running + 1)
    return float(min(max((moment.on - begins) / (ends - begins), 0.0), 1.0))


def _stage(found: Triangle, size: int, drop: int) -> Stage:
    grid = found.grid()
    came: Any = np.zeros((size, size))
    came[: len(grid), : len(grid)] = grid
    entered = np.zeros(size)
    entered[: len(found.entered)] = found.entered
    return Stage(entered[drop:], came[drop:, drop:], found.spread)


def _known(found: Triangle | None, size: int, drop: int) -> Stage | None:
    return None if found is None else _stage(found, size, drop)


def _tail(counts: tuple[int, ...], size: int, drop: int) -> Floats:
    found = np.zeros(size)
    found[: len(counts)] = counts
    return found[drop:]
