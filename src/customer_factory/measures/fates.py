"""Fates: what became of each person acquired – happy, without the outcome, or not settled yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from customer_factory.basics.period import UNIT_DAYS
from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.journey import RETURN_BATCHES, before
from customer_factory.journeys.passages import passage, waits
from customer_factory.journeys.traced import Now, Traced

HAPPY, WITHOUT, UNSETTLED = 0, 1, 2


def way_to_happy(blueprint: Blueprint) -> list[StepName]:
    """The steps between acquisition and happy, in the order of the flow.

    >>> steps = {"acquisition": "a", "activation": "b", "revenue": "c", "retention": "d"}
    >>> way_to_happy(Blueprint.model_validate({"factory": {"happy": "revenue"}, "steps": steps}))
    ['activation', 'revenue']
    """
    wanted = {*blueprint.factory.happy, *(step for name in blueprint.factory.happy for step in before(name, blueprint))}
    return [name for name in blueprint.order if name in wanted and name != "acquisition"]


def time_to_settle(blueprint: Blueprint) -> timedelta:
    """How long after acquisition it is settled whether somebody becomes happy: the windows on the way, one by one.

    A step without a window is given four batches.
    """
    patience = timedelta(days=round(UNIT_DAYS[blueprint.factory.batch] * RETURN_BATCHES))

    def until(step: StepName) -> timedelta:
        if step == "acquisition":
            return timedelta()
        own = blueprint.declared[step].window or patience
        return own + max((until(name) for name in blueprint.needs(step)), default=timedelta())

    return max(until(step) for step in blueprint.factory.happy)


def fates(traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    """A row per person acquired.

    Without the outcome is who was lost on the way to happy, and who waits at a step that has no window – so far.

    Returns:
        person, channel, cohort (the batch of acquisition), acquired_at, happy_at, fate (HAPPY, WITHOUT, UNSETTLED).
    """
    import ibis

    journeys = traced.alone
    table = journeys.filter(journeys.acquisition_at.notnull())
    table = table.select(
        "person",
        "happy_at",
        acquired_at=table.acquisition_at,
        channel=table.channel.fill_null(blueprint.channels.default),
        cohort=batch_index(table.acquisition_at, blueprint.batches, traced.offsets),
    )
    steps = way_to_happy(blueprint)
    if not steps:
        return table.mutate(fate=ibis.literal(HAPPY, "int8"))
    way = ibis.union(*[_at(step, traced, blueprint, now) for step in steps])
    found = way.group_by("person").agg(lost=way.lost.max(), waits=way.waits.max())
    joined = table.left_join(found, "person")
    unsettled = (joined.lost.fill_null(0) == 0) & (joined.waits.fill_null(0) == 1)
    fate = ibis.cases((table.happy_at.notnull(), HAPPY), (unsettled, UNSETTLED), else_=WITHOUT)
    return joined.select(table, fate=fate.cast("int8"))


def _at(step: StepName, traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    """Who entered a step on the way: whether they were lost there, or wait in a window that closes."""
    people = passage(step, traced, blueprint)
    waiting = waits(people, step, blueprint, now)
    return people.select(
        "person",
        lost=(people.reached_at.isnull() & ~waiting).cast("int8"),
        waits=(waiting & (blueprint.declared[step].window is not None)).cast("int8"),
    )
