"""The history of constraints, and the five focusing steps: which one comes next, and what it needs."""

from datetime import UTC, date, timedelta

import pytest

from customer_factory import Factory, samples
from customer_factory.judgement.constraint import Constraint, constraint
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.judgement.focusing import focusing
from customer_factory.judgement.history import Past, as_of, foreseeable, history, reigns

DAY = date(2026, 3, 2)


def verdict(step, kind="rate"):
    claimed = step is not None
    return Constraint(
        "claimed" if claimed else "undecided", step, kind if claimed else None, {}, {}, {}, {}, "",
        None if claimed else "More people would.", None,
    )  # fmt: skip


def told(*steps):
    return tuple(Past(DAY + timedelta(weeks=4 * place), verdict(step)) for place, step in enumerate(steps))


def states(found):
    return [each.state for each in found.focus]


def test_while_undecided_the_constraint_must_be_identified():
    found = focusing(verdict(None), told(None, None))
    assert (found.now.name, found.now.needs, found.constraint) == ("identify", "More people would.", None)
    assert states(found) == ["now", "later", "later", "later", "later"]


def test_a_constraint_at_which_nothing_was_done_is_to_be_exploited():
    found = focusing(verdict("activation"), told(None, "activation", "activation"))
    assert (found.now.name, found.since) == ("exploit", DAY + timedelta(weeks=4))
    assert states(found) == ["done", "now", "later", "later", "later"]
    assert "why people are lost at activation" in found.now.needs


def test_effort_elsewhere_is_to_be_subordinated():
    past = told("activation", "activation")
    changes = [(DAY + timedelta(days=day), step) for day, step in enumerate(["activation", "revenue", "referral"])]
    found = focusing(verdict("activation"), past, changes)
    assert found.now.name == "subordinate"
    assert found.effort == pytest.approx(1 / 3)
    assert "(33% so far)" in found.now.needs


def test_what_was_done_is_given_a_quarter_and_then_elevated():
    change = [(DAY + timedelta(days=1), "activation")]
    watching = focusing(verdict("activation"), told("activation"), change, on=DAY + timedelta(days=60))
    assert (watching.now.name, states(watching)) == ("repeat", ["done", "done", "done", "later", "now"])
    found = focusing(verdict("activation", "capacity"), told("activation"), change, on=DAY + timedelta(days=120))
    assert found.now.name == "elevate"
    assert found.now.needs == "Give activation more capacity: people, hours, machines."


def test_the_next_constraint_begins_the_loop_anew():
    past = told("activation", "activation", None, "revenue", None, "revenue")
    found = focusing(verdict("revenue"), past, [(DAY, "activation")])
    assert (found.now.name, found.since, found.effort) == ("exploit", DAY + timedelta(weeks=12), None)
    assert [(each.step, each.since, each.until) for each in found.before] == [
        ("activation", DAY, DAY + timedelta(weeks=8))
    ]
    assert [each.step for each in reigns(past)] == ["activation", None, "revenue", None, "revenue"]


@pytest.fixture(scope="module")
def saas():
    company = samples.company("saas", scale=0.3)
    blueprint = {**company.blueprint, "steps": {k: v for k, v in company.blueprint["steps"].items() if k != "referral"}}
    with Factory.from_events(company.events, blueprint) as factory:
        end = factory.measures(company.on).moment.running - 8
        moment = factory.blueprint.batches.begins(end).replace(tzinfo=UTC) - timedelta(microseconds=1)
        return factory.measures(company.on), factory.measures(moment), end


def test_evidence_of_an_earlier_batch_is_what_a_look_back_finds(saas):
    now, then, end = saas
    told_now, told_then = as_of(evidence_of(now), now, end), evidence_of(then)
    assert foreseeable(now)
    for step in told_then.steps:
        same = told_now.step(step.step)
        assert list(same.cohorts) == list(step.cohorts), step.step
        for series in ("arrivals", "served", "waiting", "ages"):
            assert list(getattr(same, series) or []) == list(getattr(step, series) or []), (step.step, series)
    assert constraint(told_now).step == constraint(told_then).step


def test_history_ends_with_today_and_goes_back_in_fours(saas):
    past = history(saas[0], most=3)
    assert [each.on for each in past] == [past[-1].on - timedelta(weeks=4 * back) for back in (2, 1, 0)]
    assert past[-1].verdict.step == "activation"
    with pytest.raises(ValueError, match="at least 1"):
        history(saas[0], every=0)


def test_where_a_step_has_no_window_only_a_look_back_tells():
    rows = [
        {"person": f"p{n}", "event": event, "time": (DAY + timedelta(days=n)).isoformat()}
        for n in range(80)
        for event in ("joined", "done")
    ]
    with Factory.from_events(rows, {"steps": {"acquisition": "joined", "activation": "done"}}) as factory:
        measures = factory.measures()
        assert not foreseeable(measures)
        assert history(measures) == ()
        found = factory.focusing()
    assert len(found.past) == 3
    assert found.to_dict()["now"] == "identify"
