"""Early: what people did in their first days – each event how often, on how many days – and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import day_index
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch
from customer_factory.measures.landmark import Landmark, follow, watched
from customer_factory.measures.moment import Moment

MOST_TIMES, MOST_DAYS = 20, 14
"""Counts above are taken as these: no rule worth saying asks for more."""
EVERYBODY = ""
"""Stands where an event's name does in the rows that count all people, whatever they did."""


@dataclass(frozen=True, eq=False)
class Early:
    """People of a landmark, counted by what they had done before it. Arrays have an entry per row.

    Attributes:
        outcome: What is reached, or not, after the landmark.
        days: Days from acquisition to the landmark.
        within: Days from then on in which it is waited for; None: four batches.
        own: The events that make up the outcome itself: doing one of them is a part of the way.
        event: What they did; ``EVERYBODY`` in the rows that count all.
        times: How often.
        active: On how many days.
        half: 0 to choose a rule on, 1 to hold it to: a hash of the person, the same whatever is asked.
        stratum: A number for each channel and batch of acquisition.
        n: People.
        reached: How many of them reached the outcome.
    """

    outcome: StepName
    days: float
    within: float | None
    own: frozenset[str]
    event: Any
    times: Any
    active: Any
    half: Any
    stratum: Any
    n: Any
    reached: Any


def early(traced: Traced, blueprint: Blueprint, landmark: Landmark, moment: Moment) -> Early:
    """What people did before a landmark against what they reached after it: one grouped query."""
    rows = fetch(traced, f"early {landmark.name}", lambda now: _tally(traced, blueprint, landmark, now), moment)
    later = follow(landmark, blueprint)
    return Early(
        landmark.outcome,
        landmark.after / timedelta(days=1),
        None if later is None else later / timedelta(days=1),
        frozenset(blueprint.declared[landmark.outcome].names() or ()),
        rows["event"],
        rows["times"],
        rows["active"],
        rows["half"],
        _strata(rows),
        rows["n"],
        rows["reached"],
    )


def did(traced: Traced, people: Any) -> Any:
    """What people did from acquisition on and before their landmark.

    Args:
        traced: The log.
        people: Of a landmark (``landmark.watched``).
        now: The moment.

    Returns:
        A row per person and event's name: person, event, times, active (on how many days). Of an event at the first
        instant of a day only the date is known: it is not before an entry on that day.
    """
    events = traced.log.events.select("person", "event", "time")
    found = events.inner_join(people.select("person", "entered_at", "entry_day", "landmark_at"), "person")
    begun = (found.time >= found.entered_at) | (found.time == found.entry_day)
    found = found.filter(begun & (found.time < found.landmark_at))
    found = found.mutate(day=day_index(found.time, traced.offsets))
    return found.group_by("person", "event").agg(times=found.count(), active=found.day.nunique())


def _tally(traced: Traced, blueprint: Blueprint, landmark: Landmark, now: Now) -> Any:
    import ibis

    people = watched(traced, blueprint, landmark, now)
    halves = people.person.hash().cast("int64").abs() % 2
    keyed = people.select("person", "channel", "cohort", half=halves.cast("int8"), reached=people.reached.cast("int64"))
    found = did(traced, people)
    found = found.inner_join(keyed, "person").select(
        "event",
        "half",
        "channel",
        "cohort",
        "reached",
        times=ibis.least(found.times, MOST_TIMES).cast("int16"),
        active=ibis.least(found.active, MOST_DAYS).cast("int16"),
    )
    everybody = keyed.select(
        "half",
        "channel",
        "cohort",
        "reached",
        event=ibis.literal(EVERYBODY),
        times=ibis.literal(0, "int16"),
        active=ibis.literal(0, "int16"),
    ).select(found.columns)
    both = ibis.union(found, everybody)
    return both.group_by("event", "times", "active", "half", "channel", "cohort").agg(
        n=both.count(), reached=both.reached.sum()
    )


def _strata(rows: Columns) -> Any:
    """People are alike who came in the same batch through the same channel."""
    words = [f"{channel} {cohort}" for channel, cohort in zip(rows["channel"], rows["cohort"], strict=True)]
    return np.unique(np.array(words, dtype=object), return_inverse=True)[1] if words else np.zeros(0, dtype=np.int64)
