"""On course: the 90-day goal is met within natural variation, and the goal's rate reaches the constraint."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from customer_factory import Factory, samples
from customer_factory.blueprint.loading import load
from customer_factory.judgement.constraint import constraint
from customer_factory.judgement.course import course, met
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.judgement.required import roadmap_of, yields_of

GOAL = {"revenue": 200_000, "by": date(2028, 6, 30), "price": 49, "lifetime": 18}


@pytest.fixture(scope="module")
def saas():
    company = samples.company("saas", scale=0.3)
    with Factory.from_events(company.events, {**company.blueprint, "goal": GOAL}) as factory:
        return factory.measures(company.on)


def planned(measures, goal=None, without_target=()):
    """The same numbers under another plan: a goal changes nothing that is measured, and neither does a target."""
    words = measures.blueprint.model_dump(exclude_unset=True)
    words["goal"] = goal
    for step in without_target:
        del words["steps"][step]["target"]
    return replace(measures, blueprint=load(words))


# Met within natural variation


def test_nine_or_eleven_of_ten_is_fine():
    assert met(9, 10)
    assert met(11, 10)
    assert not met(4, 10)
    assert not met(450, 500)


@pytest.mark.parametrize("goal", [3, 10, 100.5, 1000])
@pytest.mark.parametrize("dispersion", [1.0, 2.5])
def test_the_tail_is_that_of_an_independent_library(goal, dispersion):
    tail = stats.poisson(goal) if dispersion == 1 else stats.nbinom(goal / (dispersion - 1), 1 / dispersion)
    for made in range(int(goal)):
        assert met(made, goal, dispersion) == (tail.cdf(made) >= 0.1)


def test_a_factory_that_makes_its_goal_is_rarely_told_that_it_missed():
    made = np.random.default_rng(1).poisson(20, 4000)
    assert np.mean([not met(int(each), 20) for each in made]) == pytest.approx(0.08, abs=0.025)


@pytest.mark.parametrize("wrong", [(-1, 5), (3, 0), (3, 5, 1, 1.0)])
def test_impossible_goals_are_refused(wrong):
    with pytest.raises(ValueError, match="made is"):
        met(*wrong)


# The 90-day goal


def test_the_quarter_is_the_roadmaps_and_asks_for_what_its_months_ask(saas):
    found = course(saas)
    quarter, road = found.quarter, found.roadmap
    assert (quarter.start, quarter.end) == (date(2026, 9, 30), date(2026, 12, 31))
    first = round(road.month_of(quarter.start))
    assert first % 3 == 0
    assert quarter.goal == pytest.approx(sum(road.at(first + ahead).happy for ahead in (1, 2, 3)))
    inside = [b.happy for b in saas.throughput if b.whole and quarter.start <= b.start < quarter.end]
    assert (quarter.made, quarter.batches) == (sum(inside), len(inside))
    assert 0 < quarter.so_far < quarter.goal


def test_a_small_goal_is_met_and_a_large_one_missed(saas):
    assert course(saas).quarter.verdict == "met"
    large = planned(saas, {**GOAL, "revenue": 90_000_000})
    assert course(large).quarter.verdict == "missed"
    assert "fewer than chance explains" in course(large).reason


def test_without_a_goal_it_says_what_to_declare(saas):
    found = course(planned(saas))
    assert (found.roadmap, found.quarter) == (None, None)
    assert found.reason == "There is no roadmap without a goal: declare revenue, by, price, lifetime in [goal]."
    assert found.to_dict()["months"] == []


def test_leads_are_those_that_todays_rates_need(saas):
    found = yields_of(saas)
    steps = saas.steps
    assert found.customer == pytest.approx(steps["activation"].rate * steps["revenue"].rate)
    assert found.happy == pytest.approx(1 / steps["revenue"].rate)
    assert found.acquisition is None
    assert found.referred == pytest.approx(saas.referral.accepted / steps["acquisition"].reached)


# What the goal requires of a step


def test_the_goal_requires_a_rate_of_the_one_step_without_a_target(saas):
    measures = planned(saas, GOAL, ["activation"])
    step = evidence_of(measures).step("activation")
    road = roadmap_of(measures)
    need = road.at(road.month_of(date(2026, 11, 4)) + 3).direct * road.batch_share
    target = measures.blueprint.steps.revenue.target
    assert step.required == pytest.approx(need / (evidence_of(measures).new_people * target), rel=0.02)
    assert constraint(evidence_of(measures)).attainable["activation"][1] == "goal"


def test_of_several_steps_without_targets_it_requires_nothing(saas):
    open_ = planned(saas, GOAL, ["activation", "revenue"])
    assert all(step.required is None for step in evidence_of(open_).steps)
    assert all(step.required is None for step in evidence_of(saas).steps)


def test_a_rate_above_one_is_not_required_but_more_people_are(saas):
    huge = {**GOAL, "revenue": 50_000_000}
    assert evidence_of(planned(saas, huge, ["activation"])).step("activation").required is None
