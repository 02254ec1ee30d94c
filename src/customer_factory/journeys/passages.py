"""Passages: people's ways through the steps – when they entered one, when they reached it, when its window closes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import batch_index, last_of, plus
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.traced import Now, Traced

REACHED, WAITING, LOST = 0, 1, 2
LONGEST = timedelta(days=31) * (RETURN_BATCHES + 2)
"""No window that is counted in batches is longer."""


def in_batches(step: StepName, blueprint: Blueprint) -> bool:
    """Whether a step's window is counted in batches: retention without a window of its own."""
    return step == "retention" and blueprint.declared[step].window is None


def passage(step: StepName, traced: Traced, blueprint: Blueprint) -> Any:
    """A row per person who entered a step; nothing in it depends on when one looks.

    Returns:
        step, person, channel, cohort (the batch of entry), entered_at, reached_at, and left: the batch in which the
        person reached the step, else the one in which their window closes; null where it never does.
    """
    import ibis

    table = traced.journeys if "referral" in {step, *blueprint.needs(step)} else traced.alone
    table = table.mutate(entered_at=_entered_at(step, table, blueprint), reached_at=table[f"{step}_at"])
    table = table.filter(table.entered_at.notnull())
    cohort = batch_index(table.entered_at, blueprint.batches, traced.offsets)
    window = blueprint.declared[step].window
    closes_in = ibis.null("int32")
    if window is not None:
        closes_in = batch_index(plus(table.entered_at, window), blueprint.batches, traced.offsets)
    elif in_batches(step, blueprint):
        closes_in = cohort + RETURN_BATCHES
    reached_in = batch_index(table.reached_at, blueprint.batches, traced.offsets)
    return table.select(
        "person",
        "entered_at",
        "reached_at",
        step=ibis.literal(step),
        channel=table.channel.fill_null(blueprint.channels.default),
        cohort=cohort,
        left=table.reached_at.notnull().ifelse(reached_in, closes_in).cast("int32"),
    )


def waits(people: Any, step: StepName, blueprint: Blueprint, now: Now) -> Any:
    """Whether those who have not reached a step may still do so."""
    waiting = people.reached_at.isnull()
    window = blueprint.declared[step].window
    if window is not None:
        # The moment itself may be the last of a batch, and then that batch is over. Counted back from the moment, an
        # engine need not look at those who entered long ago.
        return waiting & (people.entered_at >= plus(now.on, -window)) & (people.left >= now.running)
    if in_batches(step, blueprint):
        return waiting & (people.entered_at >= plus(now.on, -LONGEST)) & (people.left >= now.running)
    return waiting


def _entered_at(step: StepName, table: Any, blueprint: Blueprint) -> Any:
    import ibis

    if step != "acquisition":
        return last_of([table[f"{name}_at"] for name in blueprint.needs(step)])
    if blueprint.visitors is None:
        return table.acquisition_at
    # Who is seen to visit only after having come in had entered when they came in.
    unseen = table.visited_at.isnull() | (table.acquisition_at < table.visited_at)
    return ibis.cases((unseen, table.acquisition_at), else_=table.visited_at)
