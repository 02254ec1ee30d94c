"""What people did early and what followed, on every engine: against a count by hand, and against each other."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import ibis
import pytest

from conformance.implementations import clickhouse_table, python
from conformance.randoms import log
from conformance.stories import Row, happened, plan, table
from customer_factory.factory import Factory
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.early import EVERYBODY, did, early
from customer_factory.measures.exposure import exposure
from customer_factory.measures.landmark import Landmark, follow, watched
from customer_factory.measures.moment import Moment
from customer_factory.measures.outcomes import outcomes

DAY = timedelta(days=1)
PLAN = plan(
    acquisition="a",
    activation={"event": "b", "window": "14 days"},
    retention="c",
    revenue={"event": "d", "window": "7 days"},
    referral="c",
    also={"factory": {"timezone": "Europe/Berlin"}},
)
NAMED = PLAN.model_copy(
    update={"steps": plan(acquisition="a", activation="b", referral={"referrer": "by", "after": "activation"}).steps}
)


def tables(traced: Traced, blueprint: Any, landmark: Landmark, moment: Moment) -> tuple[dict[str, Any], Any]:
    """By name: whether each person of the landmark reached it, and how often and on how many days they did what."""
    now = Now(ibis.timestamp(moment.on), ibis.literal(moment.running, "int32"))
    people = watched(traced, blueprint, landmark, now)
    names = {}
    if traced.people is not None:
        for row in traced.people.to_pyarrow().to_pylist():
            names[row["person"]] = row["name"]
    found = {names.get(row["person"], row["person"]): row["reached"] == 1 for row in people.to_pyarrow().to_pylist()}
    deeds = {
        (names.get(row["person"], row["person"]), row["event"]): (row["times"], row["active"])
        for row in did(traced, people).to_pyarrow().to_pylist()
    }
    return found, deeds


def engines(rows: list[Row], blueprint: Any, until: Any = None) -> Any:
    """Each engine's trace, with the moment of the look."""
    with Factory.from_events(table(rows), blueprint) as factory:
        yield "duckdb", factory.traced(until), factory._calendar(until)
    with clickhouse_table(table(rows)) as stored, Factory.from_events(stored, blueprint) as factory:
        yield "clickhouse", factory.traced(until), factory._calendar(until)


def by_hand(rows: list[Row], blueprint: Any, landmark: Landmark, moment: Moment) -> tuple[dict[str, Any], Any]:
    """The same in plain Python."""
    local, step = blueprint.batches.local, blueprint.declared[landmark.outcome]
    rows = [row for row in rows if row["time"] <= moment.on]
    journeys, found, deeds = python(rows, blueprint), {}, {}
    for person, journey in journeys.items():
        entered = journey.reached.get("acquisition")
        if entered is None:
            continue
        mine = [row for row in rows if row["person"] == person]
        line = entered + landmark.after
        later = follow(landmark, blueprint)
        if later is None:
            first = blueprint.batches.index(line)
            batches = {blueprint.batches.index(row["time"]) for row in mine if row["event"] == step.event[0]}
            if first + RETURN_BATCHES >= moment.running:
                continue
            found[person] = any(first < batch <= first + RETURN_BATCHES for batch in batches)
        else:
            if landmark.outcome == "activation":
                times = [journey.reached["activation"]] if "activation" in journey.reached else []
            elif step.referrer is not None:
                brought = [each for each in journeys.values() if each.referrer == person != each.person]
                times = [t for each in brought if (t := each.reached.get("acquisition")) and t >= entered]
            else:
                any_amount = landmark.outcome != "revenue"
                times = [
                    r["time"] for r in mine if r["event"] == step.event[0] and (any_amount or (r["amount"] or 0) >= 0)
                ]
            if line + later > moment.on or any(time < line for time in times):
                continue
            found[person] = any(time <= line + later for time in times)
        wall = local(entered).replace(tzinfo=None)
        midnight = entered - (wall - datetime.combine(wall.date(), datetime.min.time()))
        for row in mine:
            begun = row["time"] >= entered or row["time"] == midnight
            if begun and row["time"] < line:
                key = (person, row["event"])
                times_so_far, days = deeds.get(key, (0, set()))
                deeds[key] = (times_so_far + 1, days | {local(row["time"]).date()})
    return found, {key: (times, len(days)) for key, (times, days) in deeds.items()}


STORY = happened(
    {
        "ann": [
            ("opened", "2026-03-02 00:00+01:00"),  # that day, without an hour: not before she came
            ("a", "2026-03-02 12:00+01:00"),
            ("opened", "2026-03-02 13:00+01:00"),
            ("opened", "2026-03-04 23:59+01:00"),
            ("b", "2026-03-05 12:00+01:00"),  # three days to the second: behind the line
            ("opened", "2026-03-05 12:00+01:00"),
        ],
        "bob": [("opened", "2026-03-01 23:00+01:00"), ("a", "2026-03-02 12:00+01:00")],
        "eve": [("a", "2026-03-02 12:00+01:00"), ("b", "2026-03-05 11:59+01:00")],
        "tom": [("a", "2026-03-30 12:00+01:00"), ("opened", "2026-03-30 12:00+01:00")],
    }
)


@pytest.mark.parametrize("place", [0, 1], ids=["duckdb", "clickhouse"])
def test_nothing_after_the_line_is_known_and_nobody_who_crossed_it_before(place):
    """Eve was activated a minute too early, and Tom has not been watched to the end of his window."""
    for number, (_, traced, moment) in enumerate(engines(STORY, PLAN, "2026-04-05")):
        if number == place:
            found, deeds = tables(traced, PLAN, Landmark("activation", 3 * DAY), moment)
            assert found == {"ann": True, "bob": False}
            assert deeds == {("ann", "opened"): (3, 2), ("ann", "a"): (1, 1), ("bob", "a"): (1, 1)}


@pytest.mark.parametrize(("seed", "until"), [(1, None), (2, datetime(2026, 6, 1))])
def test_any_story_is_counted_as_by_hand(seed, until):
    rows: list[Row] = [
        {"event_id": str(e.id), "person": e.person, "event": e.event, "time": e.time, "amount": e.amount,
         "currency": e.currency, "by": e.properties.get("by")}
        for e in log(seed, 400, 60)
    ]  # fmt: skip
    asked = [
        (PLAN, Landmark("activation", 1 * DAY)),
        (PLAN, Landmark("retention", 2 * DAY)),
        (PLAN, Landmark("revenue", 1 * DAY)),
        (PLAN, Landmark("referral", 2 * DAY)),
        (NAMED, Landmark("referral", 1 * DAY)),
    ]
    for blueprint in (PLAN, NAMED):
        for name, traced, moment in engines(rows, blueprint, until):
            for plan_, landmark in asked:
                if plan_ is blueprint:
                    expected = by_hand(rows, blueprint, landmark, moment)
                    found = tables(traced, blueprint, landmark, moment)
                    assert found[0] == expected[0], (name, landmark)
                    assert found[1] == expected[1], (name, landmark)
                    assert len(found[0]) > 3, (name, landmark)


def test_tallies_add_up_to_the_same_people_on_both_engines():
    """Halves are each engine's own; everything else is the same."""
    rows = [{"event_id": str(e.id), "person": e.person, "event": e.event, "time": e.time} for e in log(11, 900, 120)]
    told = []
    for _, traced, moment in engines(rows, PLAN, "2026-12-01"):
        found = early(traced, PLAN, Landmark("revenue", 2 * DAY), moment)
        counts: Counter[Any] = Counter()
        for event, times, active, n, reached in zip(
            found.event, found.times, found.active, found.n, found.reached, strict=True
        ):
            counts.update(
                {(event, int(times), int(active), "n"): int(n), (event, int(times), int(active), "r"): int(reached)}
            )
        asked = exposure(traced, PLAN, Landmark("referral", 3 * DAY), DAY / 2, moment)
        groups = sorted(
            (tuple(x.round(9).tolist()), bool(a), int(n), int(r))
            for x, a, n, r in zip(asked.x, asked.activated, asked.n, asked.reached, strict=True)
        )
        told.append((counts, groups, asked.names, asked.early, asked.later, outcomes(traced, PLAN, moment)))
        assert counts[EVERYBODY, 0, 0, "n"] > 20
        assert set(found.half.tolist()) == {0, 1}
    assert told[0] == told[1]
