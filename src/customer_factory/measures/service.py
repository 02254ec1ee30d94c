"""Service: what comes of people batch by batch – they become happy, are active, pay – by the batch of what began it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import batch_index, last_of
from customer_factory.journeys.traced import Traced
from customer_factory.measures.flow import Flow
from customer_factory.measures.grouped import Columns, by_index, tally
from customer_factory.measures.moment import Moment
from customer_factory.measures.triangle import Triangle, reaching, triangle


@dataclass(frozen=True)
class Service:
    """Triangles, which a model is fitted to.

    Args:
        made: People acquired, and when they became happy.
        traded: Happy customers, and when they made transactions; None where throughput counts people.
        active: Happy customers, and when they were active; None without a retention step.
        earned: People who entered the revenue step, and when money came of them, net of refunds; None without such a
            step. Money of people who never entered it is left out.
    """

    made: Triangle
    traded: Triangle | None
    active: Triangle | None
    earned: Triangle | None


def service(traced: Traced, blueprint: Blueprint, steps: Mapping[StepName, Flow], moment: Moment) -> Service:
    """The triangles, each from one grouped query."""
    known, batches = moment.known, moment.batches

    def made(tables: Traced) -> Any:
        table = tables.alone.filter(tables.alone.acquisition_at.notnull())
        keys = table.select(
            cohort=batch_index(table.acquisition_at, batches, tables.offsets),
            left=batch_index(table.happy_at, batches, tables.offsets),
        )
        return keys.group_by("cohort", "left").agg(n=keys.count())

    def active(tables: Traced) -> Any:
        found = tables.activity.select("person", left="batch").inner_join(_happy(tables), "person")
        return found.group_by("cohort", "left").agg(n=found.count())

    def traded(tables: Traced) -> Any:
        deals: Any = tables.transactions
        found = deals.select("person", "made", left="batch").inner_join(_happy(tables), "person")
        return found.group_by("cohort", "left").agg(
            n=found.count(), sum=found.made.sum(), squares=(found.made * found.made).sum()
        )

    def earned(tables: Traced) -> Any:
        entry = last_of([tables.alone[f"{name}_at"] for name in blueprint.needs("revenue")])
        people = tables.alone.select("person", cohort=batch_index(entry, batches, tables.offsets))
        found = tables.payments.select("person", "paid", left="batch").inner_join(people, "person")
        return found.group_by("cohort", "left").agg(
            n=found.count(), sum=found.paid.sum(), squares=(found.paid * found.paid).sum()
        )

    def _happy(tables: Traced) -> Any:
        people = tables.alone.filter(tables.alone.happy_at.notnull())
        return people.select("person", cohort=batch_index(people.happy_at, batches, tables.offsets))

    rows = tally(traced, "made", made)
    becoming = reaching(rows, rows["left"] >= 0, known)
    happy = by_index(rows["left"], rows["n"], known)
    activity = tally(traced, "active", active) if blueprint.steps.retention else None
    money = tally(traced, "earned", earned, ("n", "sum", "squares")) if blueprint.steps.revenue else None
    deals = None if traced.transactions is None else tally(traced, "traded", traded, ("n", "sum", "squares"))
    return Service(
        becoming,
        None if deals is None else triangle(deals, happy, deals["sum"], known, _spread(deals)),
        None if activity is None else triangle(activity, happy, activity["n"], known),
        None
        if money is None
        else triangle(money, steps["revenue"].triangle.entered, money["sum"], known, _spread(money)),
    )


def _spread(rows: Columns) -> float:
    """Variance over mean of a sum of amounts whose number is Poisson: Σx² / Σx."""
    total = float(np.maximum(rows["sum"], 0).sum())
    return round(float(rows["squares"].sum()) / total, 4) if total > 0 else 1.0
