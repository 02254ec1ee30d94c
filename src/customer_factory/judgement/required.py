"""What rate a goal requires of a step – said only where it is well defined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from customer_factory.blueprint.blueprint import StepName
from customer_factory.judgement.evidence import FactoryEvidence
from customer_factory.measures.measures import Measures
from customer_factory.model.roadmap import QUARTER, Roadmap, Yields, missing, roadmap


def roadmap_of(measures: Measures) -> Roadmap | None:
    """The roadmap of the blueprint's goal at the rates that were measured; None where the goal does not suffice."""
    plan = measures.blueprint
    if plan.goal is None or missing(plan.goal):
        return None
    return roadmap(plan.goal, yields_of(measures), plan.factory.batch)


def yields_of(measures: Measures) -> Yields:
    """What becomes of people on their way, as measured."""
    plan, steps = measures.blueprint, measures.steps
    happy = _share(measures, plan.factory.happy)
    paying = _share(measures, [*plan.factory.happy, "revenue"]) if plan.steps.revenue else happy
    # Where paying is part of being happy, or nobody pays, a customer is a happy customer, whatever the rates.
    same = plan.steps.revenue is None or "revenue" in plan.factory.happy
    acquisition = steps["acquisition"].rate
    brought, acquired = measures.referral.accepted if measures.referral else 0, steps["acquisition"].reached
    return Yields(
        acquisition=acquisition or None,
        customer=paying,
        happy=1.0 if same else happy / paying if happy and paying else None,
        referred=min(brought / acquired, 0.99) if acquired else 0.0,
    )


def _share(measures: Measures, goals: Sequence[StepName]) -> float | None:
    """Of leads, those who reach all of these steps; None where a rate on the way is not known, or 0."""
    plan, needed, waiting = measures.blueprint, set[StepName](), list(goals)
    while waiting:
        name = waiting.pop()
        if name != "acquisition" and name not in needed:
            needed.add(name)
            waiting += plan.needs(name)
    rates = [flow.rate for name, flow in measures.steps.items() if name in needed]
    return prod(rate or 0.0 for rate in rates) or None


def with_required(factory: FactoryEvidence, measures: Measures) -> FactoryEvidence:
    """The evidence with the rate that the goal requires, where one can be named.

    A goal asks for customers, not for rates: any step could be improved to bring them. What it requires of one step is
    defined only if every other step on the way to a (paying) customer has a declared target: then it is what is left,

        required = direct customers needed per batch at the end of a quarter / (people who come · the other targets).

    Above 1 no rate of that step would do, and none is set: more people must come, or other targets be raised.
    """
    road = roadmap_of(measures)
    if road is None:
        return factory
    first = factory.step("acquisition")
    counted = first is not None and bool(first.groups) and factory.visitors > 0
    chain = [step for step in factory.steps if step.step in factory.outcome or (counted and step.step == "acquisition")]
    open_ = [step for step in chain if step.target is None]
    come = factory.visitors if counted else factory.new_people
    if len(open_) != 1 or not come:
        return factory
    day = measures.moment.batches.local(measures.moment.on).date()
    need = road.at(road.month_of(day) + QUARTER).direct * road.batch_share
    level = need / (come * prod(step.target or 1.0 for step in chain))
    if not 0 < level <= 1:
        return factory
    steps = [replace(step, required=level) if step is open_[0] else step for step in factory.steps]
    return replace(factory, steps=steps)
