"""What a change is judged on: the batches of happy customers before and after it – or of those who reached its step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from customer_factory.basics.period import UNIT_DAYS
from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.measures.measures import Measures


class Dates(NamedTuple):
    """When a change was made, or several that are judged together; and when the next one was, that ends its time."""

    first: date
    last: date
    until: date | None = None

    def after(self, start: date) -> bool:
        """Whether people who entered from this date on tell of the change."""
        return start >= self.last and (self.until is None or start < self.until)


@dataclass(frozen=True)
class Outcome:
    """A series of counts that a change at a step shows in.

    Attributes:
        name: "throughput"; or a step that makes nobody happy, whose people are counted then.
        batches: (start, count) of each whole batch.
        settles: Whole batches until half of what the change touches has come through.
    """

    name: str
    batches: Sequence[tuple[date, int]]
    settles: int


def outcome(measures: Measures, step: StepName) -> Outcome:
    """The counts that a change at this step shows in.

    A factory fills up first: until somebody got through, and in the batch in which one did, there is no level to be
    seen, so the series begins after that.
    """
    blueprint = measures.blueprint
    goals = [goal for goal in blueprint.factory.happy if goal == step or step in chain(blueprint, goal)]
    way = {name for goal in goals or [step] for name in [goal, *chain(blueprint, goal)]}
    passed = [name for name in way if name == step or step in chain(blueprint, name)]
    days = sum(measures.steps[name].median_days or 0.0 for name in passed)
    series = _throughput(measures) if goals else _served(measures, step)
    filled = next((place for place, (_, count) in enumerate(series, start=1) if count), len(series))
    settles = int(days // UNIT_DAYS[blueprint.factory.batch])
    return Outcome("throughput" if goals else step, series[filled:], settles)


def sides(measures: Measures, found: Outcome, dates: Dates) -> tuple[list[int], list[int]]:
    """The counts before and after; the batches in which changes were made or settled belong to neither."""
    batches = measures.moment.batches

    def later(day: date, by: int) -> date:
        return batches.start(batches.index_of_day(day) + by)

    whole = dates.last if later(dates.last, 0) == dates.last else later(dates.last, 1)
    begins = later(whole, found.settles)
    before = [count for start, count in found.batches if later(start, 1) <= dates.first]
    ended = dates.until
    after = [n for start, n in found.batches if start >= begins and (ended is None or later(start, 1) <= ended)]
    return before, after


def chain(blueprint: Blueprint, step: StepName) -> set[StepName]:
    """The steps that a person reaches before this one.

    >>> plan = Blueprint.model_validate({"steps": {"acquisition": "in", "activation": "done", "revenue": "paid"}})
    >>> sorted(chain(plan, "revenue"))
    ['acquisition', 'activation']
    """
    found: set[StepName] = set()
    open_ = list(blueprint.needs(step))
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += blueprint.needs(name)
    return found


def _throughput(measures: Measures) -> list[tuple[date, int]]:
    return [(batch.start, batch.happy) for batch in measures.throughput if batch.whole]


def _served(measures: Measures, step: StepName) -> list[tuple[date, int]]:
    """People who reached a step, by the batch in which they did."""
    served = measures.steps[step].queue.served
    complete = [batch for batch in measures.throughput if batch.complete]
    return [(batch.start, n) for batch, n in zip(complete, served, strict=False) if batch.whole]
