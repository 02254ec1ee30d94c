"""Leads: what becomes of the people acquired, by channel and by seller – only of those old enough to tell."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.events.selector import field
from customer_factory.journeys.calendar import plus
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.fates import fates, time_to_settle
from customer_factory.measures.grouped import Columns, fetch
from customer_factory.measures.moment import Moment


def leads(traced: Traced, blueprint: Blueprint, moment: Moment) -> Columns:
    """How many people of each cohort, channel and seller became happy in the time that it takes to settle.

    Counting only who is that old, and only what happened by that age, compares young sources with old ones fairly.

    Returns:
        cohort, channel, seller (None where nobody is named), n, happy.
    """

    def tally(now: Now) -> Any:
        table = settled(traced, blueprint, now)
        return table.group_by("cohort", "channel", "seller").agg(n=table.count(), happy=table.happy.cast("int64").sum())

    return fetch(traced, "leads", tally, moment)


def settled(traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    """A row per person acquired long enough ago: person, cohort, channel, seller, happy (in time)."""
    table = fates(traced, blueprint, now)
    closes = plus(table.acquired_at, time_to_settle(blueprint))
    table = table.mutate(happy=(table.happy_at <= closes).fill_null(False)).filter(closes < now.on)
    sold = _sellers(traced, blueprint)
    joined = table.left_join(sold, "person")
    return joined.select(table.person, table.cohort, table.channel, table.happy, sold.seller)


def _sellers(traced: Traced, blueprint: Blueprint) -> Any:
    """Who sold to whom: what the acquisition event names."""
    import ibis

    name, step = blueprint.channels.seller, blueprint.steps.acquisition
    if name is None:
        return traced.alone.select("person", seller=ibis.null("string"))
    events = traced.log.events.filter(step.expression(traced.log.events))
    events = events.select("person", "time", seller=field(events, name).cast("string"))
    came = traced.alone.select("person", time="acquisition_at")
    found = events.inner_join(came, ["person", "time"])
    return found.group_by("person").agg(seller=found.seller.min())
