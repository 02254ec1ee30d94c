"""Service: happy customers who are active, and money that comes in, by the batch of what began it.

*Active* counts happy customers with activity in a batch, by the batch in which they became happy. *Earned* counts the
money of a batch, net of refunds, by the batch in which the person entered the revenue step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import batch_index, last_of
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import fetch
from customer_factory.measures.moment import Moment
from customer_factory.measures.triangle import Triangle, triangle


def active(traced: Traced, happy: Sequence[int], moment: Moment) -> Triangle:
    """Happy customers by the batch of becoming happy, and how many of them were active in each batch since.

    Args:
        traced: The journeys and the activity.
        happy: How many became happy in each known batch.
        moment: When to look.
    """

    def question(_: Now) -> Any:
        journeys = traced.journeys.filter(traced.journeys.happy_at.notnull())
        made = journeys.select("person", cohort=batch_index(journeys.happy_at, moment.batches, traced.offsets))
        found = traced.activity.select("person", left="batch").inner_join(made, "person")
        return found.group_by("cohort", "left").agg(n=found.count())

    rows = fetch(traced, "active", question, moment)
    return triangle(rows, happy, rows["n"], moment.known)


def earned(traced: Traced, blueprint: Blueprint, entered: Sequence[int], moment: Moment) -> Triangle:
    """Money by the batch of entering the revenue step; that of people who never entered it is left out.

    Args:
        traced: The journeys and the payments.
        blueprint: What counts.
        entered: How many entered the revenue step in each known batch.
        moment: When to look.
    """

    def question(_: Now) -> Any:
        journeys = traced.journeys
        entry = last_of([journeys[f"{name}_at"] for name in blueprint.needs("revenue")])
        people = journeys.select("person", cohort=batch_index(entry, moment.batches, traced.offsets))
        found = traced.payments.select("person", "paid", left="batch").inner_join(people, "person")
        return found.group_by("cohort", "left").agg(paid=found.paid.sum(), squares=(found.paid * found.paid).sum())

    rows = fetch(traced, "earned", question, moment)
    total = float(np.maximum(rows["paid"], 0).sum())
    spread = float(rows["squares"].sum()) / total if total > 0 else 1.0
    return triangle(rows, entered, rows["paid"], moment.known, spread)
