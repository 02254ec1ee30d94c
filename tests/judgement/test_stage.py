"""Stages: the gates that a company passes, what holds it, and which work can wait."""

from dataclasses import replace
from datetime import date

import pytest

from customer_factory import Factory, samples
from customer_factory.blueprint.loading import load
from customer_factory.judgement.stage import stage

GOAL = {"revenue": 200_000, "by": date(2028, 6, 30), "price": 49, "lifetime": 18}


@pytest.fixture(scope="module")
def saas():
    company = samples.company("saas", scale=0.3)
    with Factory.from_events(company.events, company.blueprint) as factory:
        return factory.measures(company.on)


def aiming(measures, **goal):
    words = {**measures.blueprint.model_dump(exclude_unset=True), "goal": {**GOAL, **goal} if goal else None}
    return stage(replace(measures, blueprint=load(words)))


def verdicts(found, name):
    return {gate.name: gate.verdict for each in found.stages if each.name == name for gate in each.gates}


def test_the_goal_says_how_large_each_stage_is(saas):
    found = aiming(saas, revenue=200_000)
    needed = [each.throughput for each in found.stages]
    assert needed[1] == pytest.approx(10 * needed[0])
    assert needed[2] == pytest.approx(10 * needed[1])
    assert [str(each.by) for each in found.stages] == ["2026-06-30", "2027-06-30", "2028-06-30"]


def test_a_company_is_in_the_first_stage_whose_level_it_does_not_make(saas):
    small, middle, large = (aiming(saas, revenue=revenue).stage for revenue in (100, 200_000, 20_000_000))
    assert (small, middle, large) == ("scale", "scale", "problem/solution fit")
    found = aiming(saas, revenue=2_000_000)
    assert found.stage == "product/market fit"
    assert verdicts(found, "problem/solution fit")["level"] == "pass"
    assert verdicts(found, "product/market fit")["level"] == "fail"


def test_each_gate_has_value_threshold_and_evidence(saas):
    for each in aiming(saas, revenue=200_000).stages:
        assert [gate.name for gate in each.gates] == ["level", "predictability", "economics", "demand"]
        level, predictability, economics, demand = each.gates
        assert level.threshold == each.throughput
        assert (predictability.value >= predictability.threshold) == (predictability.verdict == "pass")
        assert (economics.verdict, economics.value) == ("unknown", None)  # no costs are known
        assert "[[spend]]" in economics.evidence
        assert (demand.value, demand.verdict) == (1.0, "pass")


def test_what_is_not_passed_is_worked_on_and_what_comes_later_is_folded_away(saas):
    found = aiming(saas, revenue=20_000_000)
    assert found.now[0].startswith("Work on the constraint")
    assert "paid campaigns" in found.later
    assert found.focus == ("activation",)
    assert aiming(saas, revenue=200_000).later == ()


def test_without_a_goal_the_stage_is_undecided_and_says_why(saas):
    found = aiming(saas)
    assert (found.stage, found.now, found.later) == (None, (), ())
    assert "[goal] with revenue, by, price and lifetime" in found.reason
    assert verdicts(found, "scale")["level"] == "unknown"


def test_what_is_not_repeatable_does_not_leave_the_first_stage():
    company = samples.company("startup")
    with Factory.from_events(company.events, {**company.blueprint, "goal": {**GOAL, "revenue": 1000}}) as factory:
        found = factory.stage(company.on)
    gates = verdicts(found, "problem/solution fit")
    assert (gates["level"], gates["predictability"]) == ("pass", "fail")
    assert found.stage == "problem/solution fit"
    assert found.to_dict()["baseline"]["current"] is None


def test_the_baseline_of_a_steady_company_is_locked_and_dated(saas):
    found = aiming(saas, revenue=200_000)
    now = found.baselines.current
    starts = [batch.start for batch in saas.throughput]
    assert starts.index(now.locked) - starts.index(now.opened) >= 12
    assert now.inside + len(now.outside) == sum(batch.whole and batch.start >= now.locked for batch in saas.throughput)
    predictability = found.stages[0].gates[1]
    assert f"Locked on {now.locked}" in predictability.evidence
