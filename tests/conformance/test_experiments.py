"""What an experiment counts: a story by hand, random stories against a count in plain Python, and on two engines."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.implementations import clickhouse_table, python
from conformance.randoms import log
from conformance.stories import Row, happened, plan, table
from customer_factory.factory import Factory
from customer_factory.measures.experiment import Exposure, exposure
from customer_factory.statistics import Tally

SHOP = plan(
    activation={"event": "shared", "window": "7 days"},
    revenue={"event": "paid", "after": "acquisition", "refund": {"event": "refunded"}},
    also={
        "experiments": [
            {"name": "price", "step": "revenue", "exposed": "saw_price", "arms": ["low", "high"], "window": "7 days",
             "start": "2026-03-02", "end": "2026-03-20"}
        ]
    },
)  # fmt: skip


def saw(time: str, arm: str | None) -> tuple[Any, ...]:
    return ("saw_price", time, {"variant": arm})


STORY = happened(
    {
        "ann": [("signed_up", "2026-03-01"), saw("2026-03-03 10:00", "low"), saw("2026-03-05", "low"),
                ("shared", "2026-03-04"), ("paid", "2026-03-10 10:00", {"amount": 10.0})],
        "bob": [("signed_up", "2026-03-01"), saw("2026-03-03 10:00", "high"),
                ("paid", "2026-03-10 10:00:01", {"amount": 20.0})],  # a second too late
        "cem": [("signed_up", "2026-03-01"), ("paid", "2026-03-02 09:00", {"amount": 10.0}),
                saw("2026-03-02 10:00", "high"), ("paid", "2026-03-04", {"amount": 20.0})],  # a customer before
        "dia": [("signed_up", "2026-03-01"), saw("2026-03-03", "low"), saw("2026-03-04", "high")],
        "eve": [saw("2026-03-03", "other")],
        "fay": [saw("2026-03-03", None)],
        "gil": [("signed_up", "2026-03-17"), saw("2026-03-20 23:59", "high"), ("paid", "2026-03-21", {"amount": 20.0})],
        "hal": [("signed_up", "2026-03-01"), saw("2026-03-01 23:59", "low"), saw("2026-03-21", "low")],  # out of time
        "ida": [("signed_up", "2026-03-09"), saw("2026-03-09 12:00", "high"),
                ("paid", "2026-03-09", {"amount": 20.0}),  # of that day, without an hour
                ("refunded", "2026-03-12", {"amount": 5.0})],
    }
)  # fmt: skip


def counted(events: Any, blueprint: Any, on: str | datetime | None = None) -> Exposure:
    with Factory.from_events(events, blueprint) as factory:
        return exposure(factory.traced(on), blueprint, blueprint.experiments[0], factory._calendar(on))


@pytest.fixture(params=["duckdb", "clickhouse"])
def count(request):
    def of(rows: Any, blueprint: Any = SHOP, on: str | datetime | None = None) -> Exposure:
        if request.param == "duckdb":
            return counted(table(rows), blueprint, on)
        with clickhouse_table(table(rows)) as stored:
            return counted(stored, blueprint, on)

    return of


def test_the_story_of_a_price_test(count):
    found = count(STORY, on="2026-03-24")
    low, high = found.arms["low"], found.arms["high"]
    assert list(found.arms) == ["low", "high"]
    assert (low.exposed, low.waiting) == (1, 0)  # ann
    assert (low.step, low.happy) == (Tally.of_share(1, 1), Tally.of_share(1, 1))
    assert (low.money, low.paying) == (Tally.of([10.0]), 1)
    assert (high.exposed, high.waiting) == (4, 1)  # bob, cem, ida; gil waits
    assert high.step == Tally.of_share(1, 2)  # ida paid, bob too late, and cem had paid before
    assert high.happy == Tally.of_share(0, 3)
    assert (high.money, high.paying) == (Tally.of([0.0, 20.0, 15.0]), 2)
    assert (found.several, found.unknown) == (1, 2)  # dia; eve and fay
    assert (found.first, found.last) == (datetime(2026, 3, 2, 10), datetime(2026, 3, 20, 23, 59))


def test_a_look_back_knows_nothing_of_what_came_later(count):
    found = count(STORY, on="2026-03-09")
    assert (found.arms["low"].waiting, found.arms["high"].waiting) == (1, 2)
    assert found.arms["high"].exposed == 3
    assert found.arms["high"].step == Tally()
    assert count(STORY, on="2026-03-01").first is None


def test_two_looks_back_in_one_factory_are_two_answers():
    with Factory.from_events(table(STORY), SHOP) as factory:
        found = [factory.experiment(on=on).exposure.arms["high"].exposed for on in ("2026-03-02", "2026-03-09", None)]
    assert found == [1, 3, 4]


def test_without_any_exposure_every_arm_is_empty(count):
    found = count([row for row in STORY if row["event"] != "saw_price"])
    assert [arm.exposed for arm in found.arms.values()] == [0, 0]
    assert found.first is None


def test_a_property_alone_exposes_whoever_has_it(count):
    tagged = plan(
        activation={"event": "shared", "window": "7 days"},
        also={"experiments": [{"name": "x", "step": "activation", "arms": {"a": 2, "b": 1}, "variant": "group"}]},
    )
    rows = happened(
        {
            "ann": [("signed_up", "2026-03-01", {"group": "a"}), ("shared", "2026-03-02", {"group": None})],
            "bob": [("signed_up", "2026-03-01", {"group": "b"}), ("shared", "2026-03-12", {"group": None})],
            "cem": [("signed_up", "2026-03-01", {"group": None})],
        }
    )
    found = count(rows, tagged)
    assert {name: arm.step for name, arm in found.arms.items()} == {
        "a": Tally.of_share(1, 1),
        "b": Tally.of_share(0, 1),
    }


# A count in plain Python

RANDOM = plan(
    acquisition="a",
    activation={"event": "b", "window": "3 days"},
    revenue={"event": "d", "after": "acquisition", "window": "14 days"},
    also={
        "factory": {"timezone": "Europe/Berlin"},
        "currency": {"rates": {"USD": 0.5}},
        "experiments": [
            {
                "name": "x",
                "step": "revenue",
                "exposed": "c",
                "variant": "plan",
                "arms": ["pro", "free"],
                "window": "1 day",
            }
        ],
    },
)


def by_hand(rows: list[Row], until: datetime) -> dict[str, list[int]]:
    """exposed, waiting, step n and yes, happy n and yes; and how many saw several."""
    seen: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["event"] == "c" and row["time"] <= until:
            seen[row["person"]].append(row)
    journeys = python(rows, RANDOM, until)
    found: dict[str, list[int]] = {"pro": [0] * 6, "free": [0] * 6, "several": [0]}
    for person, exposures in seen.items():
        arms = {row["plan"] for row in exposures} - {None}
        if len(arms) > 1:
            found["several"][0] += 1
        if len(arms) != 1 or not arms <= {"pro", "free"}:
            continue
        arm = found[arms.pop()]
        at = min(row["time"] for row in exposures)
        arm[0] += 1
        if at + timedelta(days=1) >= until:
            arm[1] += 1
            continue
        day = RANDOM.batches.local(at).replace(hour=0, minute=0, second=0, microsecond=0)
        midnight = day.astimezone(UTC).replace(tzinfo=None)
        for place, reached in ((2, journeys[person].reached.get("revenue")), (4, journeys[person].happy)):
            if reached is not None and reached < at and reached != midnight:
                continue
            arm[place] += 1
            arm[place + 1] += reached is not None and reached <= at + timedelta(days=1)
    return found


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.sampled_from([None, datetime(2026, 3, 30, 1, 0, 1)]))
def test_random_stories_count_as_by_hand(seed, until):
    rows: list[Row] = [
        {
            "event_id": str(event.id), "person": event.person, "event": event.event, "time": event.time,
            "amount": event.amount, "currency": event.currency, "plan": event.properties.get("plan"),
        }
        for event in log(seed, 300, 60)
        # On the days when clocks change, midnight is an hour off (see journeys.calendar).
        if event.time.date() not in {datetime(2026, 3, 29).date(), datetime(2026, 3, 28).date()}
    ]  # fmt: skip
    on = until or max(row["time"] for row in rows)
    found = counted(table(rows), RANDOM, on.replace(tzinfo=UTC))
    expected = by_hand(rows, on)
    assert found.several == expected["several"][0]
    for name, arm in found.arms.items():
        numbers = [arm.exposed, arm.waiting, arm.step.n, arm.step.total, arm.happy.n, arm.happy.total]
        assert numbers == expected[name], name


@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_purchases_are_grouped_by_day_of_the_factory(engine):
    shop = plan(revenue={"event": "paid", "after": "acquisition"}, happy="revenue",
                also={"factory": {"timezone": "Europe/Berlin"}})  # fmt: skip
    paid = [("paid", time, {"amount": 5.0}) for time in ("2026-03-01 22:30", "2026-03-01 23:30", "2026-03-09 08:00")]
    rows = happened(
        {
            "ann": [("signed_up", "2026-03-01"), *paid, ("paid", "2026-03-20", {"amount": -5.0})],
            "bob": [("signed_up", "2026-03-01"), *paid],
            "cem": [("signed_up", "2026-03-01"), paid[1]],
            "dia": [("signed_up", "2026-03-01")],
        }
    )

    def of(events: Any) -> list[tuple[float, ...]]:
        with Factory.from_events(events, shop) as factory:
            found = factory.purchases("2026-03-15")
        return sorted(zip(found.frequency, found.recency, found.T, found.customers, strict=True))

    if engine == "duckdb":
        found = of(table(rows))
    else:
        with clickhouse_table(table(rows)) as stored:
            found = of(stored)
    # 23:30 in UTC is the next day in Berlin, so ann and bob bought on three days.
    assert found == [(0, 0, 13, 1), (2, 8, 14, 2)]
