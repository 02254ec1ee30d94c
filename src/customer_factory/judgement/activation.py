"""Activation: how soon it comes, what early behaviour goes with it, what it brings, and what its lack costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from customer_factory.basics.errors import FactoryError
from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.journey import before
from customer_factory.journeys.traced import Traced
from customer_factory.judgement.arrows import Arrow, arrow
from customer_factory.judgement.behaviour import Behaviours, behaviours
from customer_factory.measures.early import early
from customer_factory.measures.exposure import exposure
from customer_factory.measures.flow import Flow, flows
from customer_factory.measures.landmark import Landmark
from customer_factory.measures.moment import Moment
from customer_factory.measures.outcomes import Outcomes, outcomes
from customer_factory.statistics.adjusted import Estimate

DAY = timedelta(days=1)
FIRST_DAYS = 7
"""Days of behaviour that are held against retention and revenue, and the most that are against activation."""
PREDICTED: tuple[StepName, ...] = ("activation", "retention", "revenue")
ARROWS: tuple[StepName, ...] = ("revenue", "retention", "referral")


@dataclass(frozen=True)
class Activation:
    """What there is to know about one factory's activation.

    Attributes:
        factory: Its name.
        on: The moment, on its clock, as ISO text.
        batch: day, week or month.
        outcome: What customers came for, in their words.
        labels: What the factory calls its steps.
        flow: The step as a measure: the rate, and the time to value.
        outcomes: The outcome × paid matrix.
        behaviours: Per outcome, which early behaviour goes with it.
        arrows: What activation does to revenue, retention and referral.
        missing_value: What those would have paid whom activation would have made pay, at what one who reached the
            outcome and pays has paid so far.
    """

    factory: str
    on: str
    batch: str
    outcome: str | None
    labels: dict[StepName, str]
    flow: Flow
    outcomes: Outcomes
    behaviours: tuple[Behaviours, ...]
    arrows: tuple[Arrow, ...]
    missing_value: Estimate | None

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        flow = self.flow
        return {
            "factory": self.factory,
            "on": self.on,
            "batch": self.batch,
            "outcome": self.outcome,
            "labels": dict(self.labels),
            "time_to_value": {
                "entered": flow.entered,
                "reached": flow.reached,
                "rate": flow.rate,
                "low": flow.low,
                "high": flow.high,
                "median_days": flow.median_days,
                "p90_days": flow.p90_days,
            },
            "outcomes": self.outcomes.to_dict(),
            "behaviours": {each.outcome: each.to_dict() for each in self.behaviours},
            "arrows": {each.outcome: each.to_dict() for each in self.arrows},
            "missing_value": None if self.missing_value is None else self.missing_value._asdict(),
        }


def activation(traced: Traced, blueprint: Blueprint, moment: Moment) -> Activation:
    """Measure and judge a factory's activation.

    Behaviour is counted in the first seven days, against activation in as many days as half of those take who get
    there. An arrow's landmark is the day by which nine of ten are there, its baseline half the median: late enough to
    have seen what people do, early enough that most were not activated yet.

    Raises:
        FactoryError: The factory declares no activation.
    """
    if blueprint.steps.activation is None:
        raise FactoryError(
            "This factory declares no activation.", where="factory.toml, [steps]", hint="Add [steps.activation]."
        )
    flow = flows(traced, blueprint, moment)["activation"]
    matrix = outcomes(traced, blueprint, moment)
    predicted = [name for name in PREDICTED if name in blueprint.declared]
    found = [
        behaviours(early(traced, blueprint, Landmark(name, _early_days(name, flow, blueprint)), moment), share)
        for share in (0.05 / len(predicted),)
        for name in predicted
    ]
    preceding = before("activation", blueprint)
    judged = [
        arrow(exposure(traced, blueprint, Landmark(name, _latest(flow, blueprint)), _baseline(flow), moment))
        for name in ARROWS
        if name in blueprint.declared and name not in preceding
    ]
    return Activation(
        blueprint.factory.name,
        moment.batches.local(moment.on).isoformat(),
        blueprint.factory.batch,
        blueprint.steps.activation.outcome,
        {name: blueprint.label(name) for name in blueprint.declared},
        flow,
        matrix,
        tuple(found),
        tuple(judged),
        _missing_value(matrix, judged),
    )


def _early_days(outcome: StepName, flow: Flow, blueprint: Blueprint) -> timedelta:
    if outcome != "activation":
        return FIRST_DAYS * DAY
    window = blueprint.declared["activation"].window or 2 * FIRST_DAYS * DAY
    days = min(max(round(flow.median_days or 0), 1), FIRST_DAYS) * DAY
    return min(days, window // 2)


def _baseline(flow: Flow) -> timedelta:
    """In whole days or, below one, hours: an engine keeps the SQL of each question that it has been asked."""
    half = (flow.median_days or 0) / 2
    return round(half) * DAY if half >= 1 else timedelta(hours=round(24 * half))


def _latest(flow: Flow, blueprint: Blueprint) -> timedelta:
    window = blueprint.declared["activation"].window
    if flow.p90_days is None:
        return window or 2 * FIRST_DAYS * DAY
    days = max(math.ceil(flow.p90_days), 1) * DAY
    return days if window is None or blueprint.needs("activation") != ["acquisition"] else min(days, window)


def _missing_value(matrix: Outcomes, judged: list[Arrow]) -> Estimate | None:
    missing = next((each.missing for each in judged if each.outcome == "revenue"), None)
    each = next(cell.per_person for cell in matrix.cells if cell.achieved and cell.paid)
    return None if missing is None or each is None else Estimate(*(people * each for people in missing))
