"""Who: the people behind a number, by name."""

from __future__ import annotations

from typing import Any

from customer_factory.basics.errors import FactoryError, suggestion
from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.passages import passage, waits
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.moment import Moment

STATES = ("entered", "reached", "waiting", "lost")


def who(traced: Traced, blueprint: Blueprint, moment: Moment, step: StepName, state: str) -> list[str]:
    """The people in a state at a step, by name, in the order of the alphabet.

    Raises:
        FactoryError: The factory has no such step, or there is no such state.
    """
    import ibis

    if step not in blueprint.declared:
        raise FactoryError(f"The factory has no step '{step}'.", hint=suggestion(step, blueprint.declared))
    if state not in STATES:
        raise FactoryError(f"There is no state '{state}'.", hint=suggestion(state, STATES))
    now = Now(ibis.timestamp(moment.on), ibis.literal(moment.running, "int32"))
    people = passage(step, traced, blueprint)
    reached, waiting = people.reached_at.notnull(), waits(people, step, blueprint, now)
    kept = {"reached": reached, "waiting": waiting, "lost": ~reached & ~waiting}
    return sorted(names(people.filter(kept[state]) if state in kept else people, traced))


def names(people: Any, traced: Traced) -> list[str]:
    """The names to show for a table of people: an id they are known by, rather than an anonymous one."""
    if traced.people is None:
        return [str(name) for name in people.person.to_pyarrow().to_pylist()]
    table = traced.people
    shown = table.group_by("person").agg(known=table.name.min(where=table.known), first=table.name.min())
    shown = shown.select("person", name=shown.known.fill_null(shown["first"]))
    found = people.select("person").inner_join(shown, "person")
    return [str(name) for name in found.name.to_pyarrow().to_pylist()]
