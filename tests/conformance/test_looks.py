"""A whole look on every engine, and its counts against a count by hand."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.implementations import clickhouse_table, of_its_log
from conformance.randoms import log
from conformance.stories import Row, plan, table
from customer_factory import samples
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.factory import Factory
from customer_factory.journeys.journey import RETURN_BATCHES, Journey
from customer_factory.measures.moment import Moment

SHOP = plan(
    acquisition={"event": "a", "window": "14 days"},
    activation={"event": "b", "window": "3 days"},
    retention="c",
    revenue={"event": "d", "after": "acquisition", "window": "7 days"},
    referral={"referrer": "by", "window": "14 days"},
    also={
        "factory": {"timezone": "Europe/Berlin", "happy": ["activation", "revenue"]},
        "visitors": ["d", "c"][0],
        "currency": {"rates": {"USD": 0.5}},
    },
)
WINDOWED = plan(
    acquisition="a",
    activation={"event": "b", "times": 2, "window": "14 days"},
    retention={"event": "c", "window": "7 days"},
    revenue="d",
    referral={"event": "c", "invites": "b"},
    also={"factory": {"timezone": "America/New_York", "batch": "day"}},
)


def in_utc(events: pa.Table) -> pa.Table:
    place = events.column_names.index("time")
    return events.set_column(place, "time", events["time"].cast(pa.timestamp("us", "UTC")))


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two reports differ; sums may differ in the last digits, since engines add in different orders."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = dict.fromkeys([*one, *other])
        return [found for name in names for found in differences(one.get(name), other.get(name), f"{where}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for place, (a, b) in pairs for found in differences(a, b, f"{where}[{place}]")]
    same = (
        one == pytest.approx(other, rel=1e-9) if isinstance(one, float) and isinstance(other, float) else one == other
    )
    return [] if same else [f"{where}: {one} ≠ {other}"]


@pytest.mark.parametrize("name", ["saas", "shop"])
def test_a_look_says_the_same_on_duckdb_and_on_clickhouse(name):
    company = samples.company(name, batches=14, scale=0.1)
    events = in_utc(company.events)
    with Factory.from_events(events, company.blueprint) as factory:
        here, waiting = factory.look().to_dict(), factory.who("activation", "waiting")
    with clickhouse_table(events) as stored, Factory.from_events(stored, company.blueprint) as factory:
        there, also_waiting = factory.look().to_dict(), factory.who("activation", "waiting")
    assert differences(here, there) == []
    assert waiting == also_waiting


def entered(journey: Journey, step: str, blueprint: Blueprint) -> datetime | None:
    """When somebody entered a step."""
    if step == "acquisition":
        times = [journey.visited if blueprint.visitors else None, journey.reached.get("acquisition")]
        return min((time for time in times if time), default=None)
    times = [journey.reached.get(name) for name in blueprint.needs(step)]
    return max(times) if all(times) else None


def state(journey: Journey, step: str, begun: datetime, blueprint: Blueprint, moment: Moment) -> str:
    if step in journey.reached:
        return "reached"
    window = blueprint.declared[step].window
    if step == "retention" and window is None:
        return "lost" if blueprint.batches.index(begun) + RETURN_BATCHES < moment.running else "waiting"
    return "lost" if window is not None and begun + window < moment.on else "waiting"


@settings(max_examples=4)
@given(
    st.integers(0, 2**32), st.sampled_from([SHOP, WINDOWED]), st.sampled_from([None, datetime(2026, 3, 30, 1, 0, 1)])
)
def test_in_is_out_and_waiting_and_lost_in_every_batch_and_everybody_is_known_by_name(seed, blueprint, until):
    rows: list[Row] = [
        {
            "event_id": str(event.id), "person": event.person, "event": event.event, "time": event.time,
            "amount": event.amount, "currency": event.currency, "by": event.properties.get("by"),
        }
        for event in log(seed, 400, 60)
    ]  # fmt: skip
    with Factory.from_events(table(rows), blueprint) as factory:
        report = factory.look(until)
        moment = report.measures.moment
        journeys = of_its_log(factory, rows, moment.on)
        for step in blueprint.declared:
            people: dict[str, list[str]] = {"entered": [], "reached": [], "waiting": [], "lost": []}
            batches: Counter[tuple[Any, str]] = Counter()
            for name, journey in journeys.items():
                begun = entered(journey, step, blueprint)
                if begun is None:
                    continue
                its = state(journey, step, begun, blueprint, moment)
                people[its].append(name)
                people["entered"].append(name)
                start = blueprint.batches.start(blueprint.batches.index(begun))
                batches.update([(start, its), (start, "entered")])
            for its, names in people.items():
                assert factory.who(step, its, until) == sorted(names), (step, its)
            flow = report.steps[step]
            assert flow.reached == len(people["reached"])
            if flow.entered is None:
                continue
            assert (flow.entered, flow.waiting, flow.lost) == tuple(
                len(people[k]) for k in ("entered", "waiting", "lost")
            )
            for cohort in flow.by_cohort:
                counted = {its: batches[cohort.start, its] for its in people}
                assert {its: getattr(cohort, its) for its in people} == counted
                assert counted["entered"] == counted["reached"] + counted["waiting"] + counted["lost"]


def test_the_retention_grid_of_first_time_users_by_day_as_published_by_posthog():
    # Two people; the days (from the first) on which they did something. The first one is the day they came.
    days = {"ann": [0, 1, 2, 5, 5, 6], "bob": [1, 2, 3, 6]}
    came = {"ann": 0, "bob": 1}
    first = datetime(2026, 3, 2, 9)
    rows = [
        *({"person": who, "event": "came", "time": first + timedelta(days=day)} for who, day in came.items()),
        *(
            {"person": w, "event": "used", "time": first + timedelta(days=d, hours=1)}
            for w, ds in days.items()
            for d in ds
        ),
    ]
    blueprint = plan(acquisition="came", retention="used", activation="used", also={"factory": {"batch": "day"}})
    with Factory.from_events(table(rows), blueprint) as factory:
        grid = [list(cohort.active) for cohort in factory.look("2026-03-08").measures.retention.cohorts]
    assert grid == [[1, 1, 1, 0, 0, 1, 1], [1, 1, 1, 0, 0, 1], [0] * 5, [0] * 4, [0] * 3, [0] * 2, [0]]
