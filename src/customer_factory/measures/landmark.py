"""Landmark: what came before a day of each person's stay is set against what came after it, so that time is fair.

Whoever does something early, or becomes happy, has stayed long enough to do it; counted over the same days, staying
would explain itself. So people are taken as they stood a number of days after they were acquired – the *landmark* –,
those who had reached the outcome by then are left out, and the outcome counts only after it (Anderson, Cain and Gelber
1983). Whoever has not been watched to the end of the time that follows is left out too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import batch_index, midnight, plus
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.money import priced
from customer_factory.journeys.referrals import referrals
from customer_factory.journeys.traced import Now, Traced

FOLLOWED = timedelta(days=28)
"""How long an outcome is waited for after the landmark, where its step has no window."""


@dataclass(frozen=True)
class Landmark:
    """A question of time: which outcome, and how long after acquisition the line is drawn.

    Args:
        outcome: The step to be reached: activation, retention, revenue or referral.
        after: From acquisition to the landmark.
    """

    outcome: StepName
    after: timedelta

    @property
    def name(self) -> str:
        """Tells it apart from others."""
        return f"{self.outcome} after {int(self.after.total_seconds())}"


def follow(landmark: Landmark, blueprint: Blueprint) -> timedelta | None:
    """How long the outcome is waited for after the landmark; None for retention, whose time is counted in batches.

    Activation: until its window closes. Revenue and referral: as long as their windows. Else four weeks.
    """
    if landmark.outcome == "retention":
        return None
    window = blueprint.declared[landmark.outcome].window
    if landmark.outcome == "activation" and window is not None and blueprint.needs("activation") == ["acquisition"]:
        return max(window - landmark.after, timedelta(0))
    return FOLLOWED if window is None or landmark.outcome == "activation" else window


def watched(traced: Traced, blueprint: Blueprint, landmark: Landmark, now: Now) -> Any:
    """The people of a landmark.

    Returns:
        person, channel, cohort (the batch of acquisition), entered_at, entry_day (its midnight), landmark_at,
        activation_at, and reached: 1 where the outcome followed, else 0.
    """
    table = traced.journeys.filter(traced.journeys.acquisition_at.notnull())
    entered = table.acquisition_at
    people = table.select(
        "person",
        "activation_at",
        channel=table.channel.fill_null(blueprint.channels.default),
        cohort=batch_index(entered, blueprint.batches, traced.offsets),
        entered_at=entered,
        entry_day=midnight(entered, traced.offsets),
        landmark_at=plus(entered, landmark.after),
    )
    if landmark.outcome == "retention":
        return _came_back(people, traced, blueprint, now)
    first = _first(landmark.outcome, traced, blueprint)
    people = people.left_join(first, "person").select(people, first.first_at)
    ends = plus(people.landmark_at, follow(landmark, blueprint) or FOLLOWED)
    people = people.filter((ends <= now.on) & (people.first_at.isnull() | (people.first_at >= people.landmark_at)))
    return people.mutate(reached=_flag(people.first_at <= ends)).drop("first_at")


def _came_back(people: Any, traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    """Reached is who is active in one of the batches after the landmark's, as in the retention step."""
    people = people.mutate(stood_in=batch_index(people.landmark_at, blueprint.batches, traced.offsets))
    people = people.filter(people.stood_in + RETURN_BATCHES < now.running)
    activity = traced.activity.select("person", "batch")
    pairs = people.select("person", "stood_in").inner_join(activity, "person")
    later = pairs.batch - pairs.stood_in
    back = pairs.filter((later >= 1) & (later <= RETURN_BATCHES)).select("person").distinct()
    back = back.mutate(came=_flag(back.person.notnull()))
    return people.left_join(back, "person").select(people, reached=back.came.fill_null(0)).drop("stood_in")


def _flag(condition: Any) -> Any:
    """1 where it holds, 0 where it does not or cannot be told: engines' truth values differ."""
    return condition.cast("int8").fill_null(0)


def _first(outcome: StepName, traced: Traced, blueprint: Blueprint) -> Any:
    """When each person did it first, whether or not they had reached the step before: person, first_at.

    A step's own time will not do: where revenue comes after activation, nobody pays without it by definition.
    """
    journeys, step = traced.journeys, blueprint.declared[outcome]
    if outcome == "activation":
        return journeys.filter(journeys.activation_at.notnull()).select("person", first_at="activation_at")
    if outcome == "revenue":
        paid = priced(traced.log, blueprint)
        return paid.filter(paid.payment).group_by("person").agg(first_at=paid.time.min())
    if step.referrer is None:
        events = traced.log.events
        events = events.filter(step.expression(events))
        return events.group_by("person").agg(first_at=events.time.min())
    freed = step.model_copy(update={"after": "acquisition", "window": None})
    steps = blueprint.steps.model_copy(update={"referral": freed})
    names = traced.people.select("name", "person") if traced.people is not None else None
    found = referrals(journeys, blueprint.model_copy(update={"steps": steps}), names)
    assert found is not None  # it names its referrer
    return found.filter(found.referral_at.notnull()).select("person", first_at="referral_at")
