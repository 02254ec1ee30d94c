"""Exposure: who was activated by a landmark and what came of it, by all that was known of people beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.calendar import plus
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch, groups, total
from customer_factory.measures.landmark import Landmark, follow, watched
from customer_factory.measures.moment import Moment

MOST_EVENTS = 6
"""So many of the commonest events are looked at, each on its own: with more, hardly two people are alike."""
RARE = 0.01
"""Channels with a smaller share of the people are taken together."""


@dataclass(frozen=True, eq=False)
class Exposure:
    """People of a landmark who were not activated at the baseline, grouped by all that was known of them then.

    Attributes:
        outcome: What is reached, or not, after the landmark.
        baseline: Days from acquisition until which people are looked at before they are activated or not.
        landmark: Days from acquisition until which they can be activated.
        within: Days from then on in which the outcome is waited for; None: four batches.
        names: What the columns of ``x`` are.
        x: Covariates, a row per group.
        activated: Whether the group was activated between the two.
        n: People in it.
        reached: How many of them reached the outcome.
        early: People left out because they were activated before the baseline.
        later: People who count as not activated and were, after the landmark.
    """

    outcome: StepName
    baseline: float
    landmark: float
    within: float | None
    names: tuple[str, ...]
    x: Any
    activated: Any
    n: Any
    reached: Any
    early: int = 0
    later: int = 0


def exposure(traced: Traced, blueprint: Blueprint, landmark: Landmark, baseline: timedelta, moment: Moment) -> Exposure:
    """Who was activated before a landmark, and what became of them: one query for the events to look at, one grouped.

    Args:
        traced: The log and its journeys.
        blueprint: What counts.
        landmark: The outcome, and how long people can take to be activated.
        baseline: How long they are looked at before.
        moment: When to look.
    """
    key = f"{landmark.name} from {int(baseline.total_seconds())}"
    common = fetch(traced, f"known {key}", lambda now: _common(traced, blueprint, landmark, baseline, now), moment)
    order = sorted(range(len(common["n"])), key=lambda i: (-common["n"][i], common["event"][i]))
    names = [str(common["event"][i]) for i in order[:MOST_EVENTS]]
    digest = blake2b("\n".join(names).encode(), digest_size=8).hexdigest()
    rows = fetch(
        traced,
        f"exposed {key} {digest}",
        lambda now: _tally(traced, blueprint, landmark, baseline, names, now),
        moment,
    )
    in_time = rows["activated"] >= 0
    kept = {name: column[in_time] for name, column in rows.items()}
    labels, x = _covariates(kept, names)
    later = follow(landmark, blueprint)
    day = timedelta(days=1)
    return Exposure(
        landmark.outcome,
        baseline / day,
        landmark.after / day,
        None if later is None else later / day,
        labels,
        x,
        kept["activated"] == 1,
        kept["n"],
        kept["reached"],
        total(rows["n"], ~in_time),
        total(kept["later"]),
    )


def _people(traced: Traced, blueprint: Blueprint, landmark: Landmark, baseline: timedelta, now: Now) -> Any:
    people = watched(traced, blueprint, landmark, now)
    return people.mutate(baseline_at=plus(people.entered_at, baseline))


def _before(traced: Traced, people: Any) -> Any:
    """What people had done by the baseline, even before they were acquired."""
    events = traced.log.events.select("person", "event", "time")
    found = events.inner_join(people.select("person", "baseline_at"), "person")
    return found.filter(found.time < found.baseline_at)


def _common(traced: Traced, blueprint: Blueprint, landmark: Landmark, baseline: timedelta, now: Now) -> Any:
    people = _people(traced, blueprint, landmark, baseline, now)
    found = _before(traced, people)
    counts = found.group_by("event").agg(n=found.person.nunique())
    return counts.order_by(counts.n.desc(), counts.event).limit(4 * MOST_EVENTS)


def _tally(
    traced: Traced, blueprint: Blueprint, landmark: Landmark, baseline: timedelta, names: list[str], now: Now
) -> Any:
    import ibis

    people = _people(traced, blueprint, landmark, baseline, now)
    activated = people.activation_at < people.landmark_at
    state = ibis.cases((people.activation_at < people.baseline_at, -1), (activated, 1), else_=0)
    later = (people.activation_at >= people.landmark_at).cast("int64").fill_null(0)
    keyed = people.select(
        "person",
        "channel",
        "cohort",
        activated=state.cast("int8"),
        later=later,
        reached=people.reached.cast("int64"),
    )
    levels = [f"level_{place}" for place in range(len(names))]
    if names:
        events = _before(traced, people)
        counts = {level: events.count(where=events.event == name) for level, name in zip(levels, names, strict=True)}
        done = events.group_by("person").agg(**counts)
        joined = keyed.left_join(done, "person")
        keyed = joined.select(keyed, **{level: _level(done[level].fill_null(0)) for level in levels})
    return keyed.group_by("channel", "cohort", "activated", *levels).agg(
        n=keyed.count(), reached=keyed.reached.sum(), later=keyed.later.sum()
    )


def _level(count: Any) -> Any:
    """Never, once, up to four times, more: coarse enough to group people, fine enough to compare them."""
    import ibis

    return ibis.cases((count <= 1, count), (count <= 4, 2), else_=3).cast("int8")


def _covariates(rows: Columns, names: list[str]) -> tuple[tuple[str, ...], Any]:
    """Time of entry, early events and how often, channels: where people are few, the first of them have to do."""
    n = rows["n"]
    cohort = rows["cohort"].astype(np.float64)
    age = (cohort - cohort.mean()) / (cohort.std() or 1.0) if len(cohort) else cohort
    levels = {name: rows[f"level_{place}"].astype(np.float64) for place, name in enumerate(names)}
    columns = {"time of entry": age} | {f"{name}, how often": level for name, level in levels.items()}
    sizes = {name: total(n, mine) for name, mine in groups(rows["channel"]).items()}
    commonest = sorted(sizes, key=lambda name: (-sizes[name], name))
    for channel in commonest[1:]:
        if sizes[channel] >= RARE * total(n):
            columns[f"channel {channel}"] = (rows["channel"] == channel).astype(np.float64)
    columns |= {name: (level > 0).astype(np.float64) for name, level in levels.items()}
    columns["time of entry, squared"] = age**2
    varying = {name: column for name, column in columns.items() if len(column) and np.ptp(column) > 0}
    x = np.column_stack([np.zeros((len(n), 0)), *varying.values()])
    return tuple(varying), x
