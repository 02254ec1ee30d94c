"""The traction roadmap: the published table to the digit, its laws, and what cannot be planned."""

from datetime import date

import pytest

from customer_factory import Factory, FactoryError
from customer_factory.blueprint.blueprint import Goal
from customer_factory.model.roadmap import Yields, missing, roadmap

GOAL = Goal(revenue=1_000_000, by=date(2029, 6, 30), price=100, lifetime=36)
ROAD = roadmap(GOAL, Yields(acquisition=0.1, customer=0.1))

# Published: a million a year at 100 a month, ten times more each year, a lifetime of 36 months, 10 % and 10 %.
TABLE = [
    (6, "2.64", "0.52", "5.2", "52"),
    (12, "8.33", "1.65", "16.5", "165"),
    (24, "83.33", "16.46", "164.6", "1,646"),
    (36, "833.33", "164.60", "1,646", "16,460"),
]


@pytest.mark.parametrize(("month", "active", "new", "leads", "visitors"), TABLE)
def test_the_published_table(month, active, new, leads, visitors):
    need = ROAD.months[month - 1]
    assert (f"{need.active:.2f}", f"{need.new:.2f}") == (active, new)
    assert f"{need.leads:,.{1 if month < 36 else 0}f}" == leads
    assert f"{need.visitors:,.0f}" == visitors


def test_the_published_stages_and_what_holding_takes():
    assert [f"{stage.need.active:.1f}" for stage in ROAD.stages] == ["8.3", "83.3", "833.3"]
    assert [round(stage.revenue) for stage in ROAD.stages] == [10_000, 100_000, 1_000_000]
    assert f"{ROAD.hold.new:.2f}" == "23.15"
    assert ROAD.at(40).new == pytest.approx(ROAD.hold.new)


def test_the_published_case_with_a_fifth_referred():
    last = roadmap(GOAL, Yields(acquisition=0.1, customer=0.1, referred=0.2)).months[-1]
    assert (f"{last.direct:.1f}", f"{last.visitors:,.0f}", f"{last.new:.1f}") == ("131.7", "13,168", "164.6")


def test_each_stage_is_a_smaller_copy_of_the_next():
    for smaller, larger in zip(ROAD.stages, ROAD.stages[1:], strict=False):
        for name, flow in larger.need.flows().items():
            assert flow == pytest.approx(10 * smaller.need.flows()[name])


def test_customers_are_those_who_were_there_and_stayed_and_the_new_ones():
    for before, now in zip(ROAD.months, ROAD.months[1:], strict=False):
        assert now.active == pytest.approx(before.active * (1 - 1 / 36) + now.new)


def test_who_pays_once_is_made_anew_each_month():
    sales = roadmap(GOAL.model_copy(update={"lifetime": 1.0}))
    assert all(need.new == pytest.approx(need.active) for need in sales.months)


def test_a_roadmap_starts_three_years_before_or_when_it_says():
    assert ROAD.start == date(2026, 6, 30)
    assert ROAD.month_of(date(2026, 6, 30)) == 0
    assert ROAD.months[-1].on == date(2029, 6, 30)
    late = roadmap(GOAL.model_copy(update={"start": date(2028, 3, 31)}))
    assert len(late.months) == 15
    assert late.months[-1].new == pytest.approx(ROAD.months[-1].new)
    leap = roadmap(GOAL.model_copy(update={"by": date(2028, 2, 29)}))
    assert leap.start == date(2025, 2, 28)


def test_a_week_needs_its_share_of_a_month():
    row = ROAD.to_dict()["months"][-1]
    assert row["new"] == pytest.approx(164.60 * 7 / (365.25 / 12), rel=1e-4)
    assert row["active"] == pytest.approx(833.33, rel=1e-4)


def test_happy_customers_who_do_not_pay_must_be_made_too():
    road = roadmap(GOAL, Yields(customer=0.1, happy=2.5))
    assert road.months[-1].happy == pytest.approx(2.5 * road.months[-1].new)
    assert road.months[-1].visitors is None


def test_what_is_not_known_is_not_made_up():
    last = roadmap(GOAL, Yields(happy=None)).months[-1]
    assert (last.happy, last.leads, last.visitors) == (None, None, None)


def test_a_goal_that_lacks_something_has_no_roadmap():
    assert missing(None) == ("revenue", "by", "price", "lifetime")
    half = Goal(revenue=1000, price=5)
    assert missing(half) == ("by", "lifetime")
    with pytest.raises(ValueError, match="the goal lacks by, lifetime"):
        roadmap(half)


@pytest.mark.parametrize("wrong", [{"acquisition": 0}, {"customer": 1.2}, {"happy": 0}, {"referred": 1.0}])
def test_impossible_yields_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Yields(**wrong)


def test_a_goal_that_ends_before_it_starts_is_an_error_in_the_blueprint():
    goal = {"revenue": 1, "by": date(2026, 1, 1), "start": date(2026, 1, 1)}
    with pytest.raises(FactoryError, match="goal: a goal starts before its date"):
        Factory.from_events([], {"steps": {"acquisition": "joined"}, "goal": goal})


def test_months_are_calendar_months():
    assert [str(need.on) for need in ROAD.months[:3]] == ["2026-07-31", "2026-08-31", "2026-09-30"]
    assert ROAD.month_of(date(2026, 8, 31)) == 2
    assert ROAD.month_of(date(2026, 5, 31)) == -1
    assert ROAD.month_of(date(2026, 8, 15)) == pytest.approx(1 + 15 / 31)
    assert ROAD.date_of(1.5) == date(2026, 8, 16)
    mid = roadmap(GOAL.model_copy(update={"by": date(2029, 6, 15)}))
    assert (mid.start, mid.date_of(1)) == (date(2026, 6, 15), date(2026, 7, 15))
    assert all(road.month_of(road.date_of(month)) == month for road in (ROAD, mid) for month in range(-14, 40))
