"""Measures: every number of a report, measured at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.traced import Traced
from customer_factory.measures.economics import Cost, Economics, economics
from customer_factory.measures.flow import Flow, flows
from customer_factory.measures.grouped import total
from customer_factory.measures.moment import Moment
from customer_factory.measures.referral import Referral, referral
from customer_factory.measures.retention import Retention, retention
from customer_factory.measures.revenue import Revenue, revenue, sales
from customer_factory.measures.sources import Sources, sources
from customer_factory.measures.throughput import BatchCount, throughput
from customer_factory.measures.visitors import Visits, counted


@dataclass(frozen=True)
class Measures:
    """What the log says at a moment, before anybody judges it."""

    blueprint: Blueprint
    moment: Moment
    people: int
    steps: Mapping[StepName, Flow]
    throughput: tuple[BatchCount, ...]
    retention: Retention
    revenue: Revenue | None
    referral: Referral | None
    economics: Economics
    sources: Sources


def measure(
    traced: Traced,
    blueprint: Blueprint,
    moment: Moment,
    costs: Sequence[Cost] = (),
    visits: Sequence[Visits] = (),
) -> Measures:
    """Measure everything that the blueprint declares.

    Args:
        traced: The journeys, as they were known at the moment.
        blueprint: What counts.
        moment: When to look.
        costs: What channels cost.
        visits: Visitors by day and channel, where they are only known as counts.
    """
    steps = flows(traced, blueprint, moment)
    if visits:
        steps["acquisition"] = counted(steps["acquisition"], visits, moment)
    found = sales(traced, blueprint, moment)
    origin = sources(traced, blueprint, moment, found, costs)
    return Measures(
        blueprint,
        moment,
        total(found.people["n"]),
        steps,
        throughput(origin.happy, moment),
        retention(traced, moment) if blueprint.steps.retention else Retention(),
        revenue(found, moment) if blueprint.steps.revenue else None,
        referral(traced, blueprint),
        economics(found, costs, blueprint.factory.margin, moment),
        origin,
    )
