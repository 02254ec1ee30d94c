"""Where customers come from: happy customers, and people acquired, by batch and channel; what was spent by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.traced import Traced
from customer_factory.measures.economics import Cost
from customer_factory.measures.grouped import Columns, by_index, tally
from customer_factory.measures.moment import Moment
from customer_factory.measures.revenue import Sales


def _nothing() -> Columns:
    return {"batch": np.zeros(0, np.int64), "channel": np.zeros(0, object), "n": np.zeros(0)}


@dataclass(frozen=True, eq=False)
class Sources:
    """Counts by batch and channel, and money by batch.

    Args:
        happy: batch, channel, n: people who first became happy in it; for a marketplace the transactions made in it.
        leads: batch, channel, n: people acquired in it.
        spend: What was spent in each batch known at the moment; empty where no spend is known.
    """

    happy: Columns = field(default_factory=_nothing)
    leads: Columns = field(default_factory=_nothing)
    spend: tuple[float, ...] = ()


def sources(traced: Traced, blueprint: Blueprint, moment: Moment, found: Sales, costs: Sequence[Cost] = ()) -> Sources:
    """Happy customers from one grouped query; people acquired from the tallies behind revenue."""

    def happy(tables: Traced) -> Any:
        people = tables.alone.filter(tables.alone.happy_at.notnull())
        keys = people.select(
            "person",
            batch=batch_index(people.happy_at, moment.batches, tables.offsets),
            channel=people.channel.fill_null(blueprint.channels.default),
        )
        if tables.transactions is None:
            return keys.group_by("batch", "channel").agg(n=keys.count())
        made = tables.transactions.inner_join(keys.select("person", "channel"), "person")
        return made.group_by("batch", "channel").agg(n=made.made.sum())

    people = found.people
    return Sources(
        tally(traced, "sources", happy),
        {"batch": people["cohort"], "channel": people["channel"], "n": people["n"]},
        _spend(costs, moment),
    )


def _spend(costs: Sequence[Cost], moment: Moment) -> tuple[float, ...]:
    if not costs:
        return ()
    batches = np.array([moment.batches.index_of_day(cost.day) for cost in costs])
    amounts = np.array([cost.amount for cost in costs])
    known = np.array([cost.day <= moment.batches.local(moment.on).date() for cost in costs])
    return tuple(float(x) for x in by_index(batches[known], amounts[known], moment.known))
