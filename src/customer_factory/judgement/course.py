"""Where the factory stands on its roadmap: what it must make now, the current 90-day goal, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any, Literal

from customer_factory.basics.period import UNIT_DAYS
from customer_factory.judgement.repeatability import Repeatability, repeatability
from customer_factory.judgement.required import roadmap_of
from customer_factory.measures.measures import Measures
from customer_factory.model.roadmap import NEEDED, QUARTER, Need, Roadmap, missing

LEVEL = 0.8
"""A goal is met if what was made is no lower than it would be in the lowest tenth of factories that make the goal on
average: 9 of 10 is fine, and so is 6; 5 is not."""


@dataclass(frozen=True)
class Quarter:
    """The current 90-day goal.

    Attributes:
        start: Its first day; quarters are counted from the start of the roadmap.
        end: The first day after it.
        goal: Happy customers to make in it.
        so_far: What the goal asks of its batches that are complete.
        made: What they have made.
        batches: How many they are.
        verdict: "met": as much as asked so far, or short by no more than chance; "missed"; "open": none is complete.
        reason: The same in a sentence.
    """

    start: date
    end: date
    goal: float
    so_far: float
    made: int
    batches: int
    verdict: Literal["met", "missed", "open"]
    reason: str


@dataclass(frozen=True)
class Course:
    """Where a factory stands on its roadmap.

    Attributes:
        roadmap: The way to the goal; None where the blueprint's goal does not suffice.
        month: Months since it began.
        need: What is needed now, each flow per month.
        quarter: The current 90-day goal; None where it cannot be said.
        reason: What it comes to, or what is missing, in a sentence.
    """

    roadmap: Roadmap | None
    month: float | None
    need: Need | None
    quarter: Quarter | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain types; flows per batch, dates as ISO text."""
        road, need, quarter = self.roadmap, self.need, self.quarter
        return {
            "reason": self.reason,
            "batch": road.batch if road else None,
            "month": self.month,
            "need": {"active": need.active, **need.flows(road.batch_share)} if road and need else None,
            "quarter": {**vars(quarter), "start": quarter.start.isoformat(), "end": quarter.end.isoformat()}
            if quarter
            else None,
            **(road.to_dict() if road else {"months": [], "stages": []}),
        }


def met(made: int, goal: float, dispersion: float = 1.0, level: float = LEVEL) -> bool:
    """Whether a goal is met within natural variation.

    So few or fewer must have a chance of at least (1 − level)/2 if the factory makes the goal on average.

    Args:
        made: What was made.
        goal: What should be, above 0.
        dispersion: Variance over mean of what the factory makes: 1 is Poisson, more is a negative binomial.
        level: Of the interval that variation is taken from.

    Raises:
        ValueError: If made is negative, or the goal not above 0, or the level not between 0 and 1.

    >>> [made for made in range(12) if met(made, 10)]
    [6, 7, 8, 9, 10, 11]
    >>> met(90, 100), met(86, 100), met(86, 100, dispersion=2)
    (True, False, True)
    """
    from scipy.special import betainc, pdtr  # slow to load

    if made < 0 or not goal > 0 or not 0 < level < 1:
        raise ValueError(f"made is {made}, goal {goal:g}, level {level:g}: from 0 up, above 0, and between 0 and 1.")
    if made >= goal:
        return True
    if dispersion <= 1.001:
        return bool(pdtr(made, goal) >= (1 - level) / 2)
    size = goal / (dispersion - 1)
    return bool(betainc(size, made + 1, 1 / dispersion) >= (1 - level) / 2)


def throughput_of(measures: Measures) -> Repeatability:
    """The repeatability of what was measured."""
    batches = measures.throughput
    return repeatability([batch.happy for batch in batches], [batch.whole for batch in batches])


def course(measures: Measures) -> Course:
    """Where the factory stands on its roadmap."""
    road, goal = roadmap_of(measures), measures.blueprint.goal
    if road is None:
        absent = ", ".join(missing(goal)) if goal else ", ".join(NEEDED)
        return Course(None, None, None, None, f"There is no roadmap without a goal: declare {absent} in [goal].")
    day = measures.moment.batches.local(measures.moment.on).date()
    month, need = road.month_of(day), road.rate_at(day)
    quarter = _quarter(road, month, measures)
    return Course(road, month, need, quarter, quarter.reason if quarter else _unknown(measures))


def _unknown(measures: Measures) -> str:
    steps = [name for name, flow in measures.steps.items() if name in {"activation", "revenue"} and not flow.rate]
    return f"How many happy customers the goal needs is not known before the rate of {' and '.join(steps)} is."


def _quarter(road: Roadmap, month: float, measures: Measures) -> Quarter | None:
    number = floor(month / QUARTER)
    start, end = road.date_of(number * QUARTER), road.date_of((number + 1) * QUARTER)
    asked = [road.at(number * QUARTER + ahead).happy for ahead in range(1, QUARTER + 1)]
    if any(each is None for each in asked):
        return None
    goal = sum(each or 0.0 for each in asked)
    made, so_far, batches, half = 0, 0.0, 0, UNIT_DAYS[road.batch] / UNIT_DAYS["month"] / 2
    for batch in measures.throughput:
        if batch.whole and start <= batch.start < end:
            made, batches = made + batch.happy, batches + 1
            so_far += (road.at(road.month_of(batch.start) + half + 0.5).happy or 0.0) * road.batch_share
    dispersion = throughput_of(measures).dispersion or 1.0
    verdict: Literal["met", "missed", "open"] = "open"
    if batches:
        verdict = "met" if met(made, so_far, dispersion) else "missed"
    reason = _said(goal, so_far, made, verdict, end)
    return Quarter(start, end, goal, so_far, made, batches, verdict, reason)


def _said(goal: float, so_far: float, made: int, verdict: str, end: date) -> str:
    asked = f"The goal until {end} is {_number(goal)} happy customers"
    if verdict == "open":
        return f"{asked}; none of its batches is complete yet."
    part = f"{asked}, {_number(so_far)} of them by now; {made} were made"
    if verdict == "missed":
        return f"{part}, fewer than chance explains: the goal is missed so far."
    how = "" if made >= so_far else ", short by no more than chance"
    return f"{part}{how}: the goal is met so far."


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}"
