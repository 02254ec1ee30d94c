"""Passages: people's ways through the steps – when they entered one, when they reached it, when its window closes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import batch_index, last_of, plus
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.traced import Now, Traced

REACHED, WAITING, LOST = 0, 1, 2


def passages(traced: Traced, blueprint: Blueprint, steps: Iterable[StepName], now: Now) -> Any:
    """A row per step and person who entered it.

    Returns:
        step, person, channel, cohort (the batch of entry), entered_at, reached_at, state, and left: the batch in which
        the person reached the step or was lost; null while waiting.
    """
    import ibis

    return ibis.union(*[_through(step, traced, blueprint, now) for step in steps])


def _through(step: StepName, traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    import ibis

    table = traced.journeys
    table = table.mutate(entered_at=_entered_at(step, table, blueprint), reached_at=table[f"{step}_at"])
    table = table.filter(table.entered_at.notnull())
    cohort = batch_index(table.entered_at, blueprint.batches, traced.offsets)
    window = blueprint.declared[step].window
    if step == "retention" and window is None:
        lost_in = cohort + RETURN_BATCHES
        closed = lost_in < now.running
    elif window is not None:
        closes = plus(table.entered_at, window)
        lost_in = batch_index(closes, blueprint.batches, traced.offsets)
        closed = closes < now.on
    else:
        lost_in, closed = ibis.null("int32"), ibis.literal(value=False)
    reached = table.reached_at.notnull()
    state = ibis.cases((reached, REACHED), (closed, LOST), else_=WAITING)
    reached_in = batch_index(table.reached_at, blueprint.batches, traced.offsets)
    return table.select(
        "person",
        "entered_at",
        "reached_at",
        step=ibis.literal(step),
        channel=table.channel.fill_null(blueprint.channels.default),
        cohort=cohort,
        state=state.cast("int8"),
        left=ibis.cases((reached, reached_in), (closed, lost_in)).cast("int32"),
    )


def _entered_at(step: StepName, table: Any, blueprint: Blueprint) -> Any:
    import ibis

    if step != "acquisition":
        return last_of([table[f"{name}_at"] for name in blueprint.needs(step)])
    if blueprint.visitors is None:
        return table.acquisition_at
    # Who is seen to visit only after having come in had entered when they came in.
    unseen = table.visited_at.isnull() | (table.acquisition_at < table.visited_at)
    return ibis.cases((unseen, table.acquisition_at), else_=table.visited_at)
