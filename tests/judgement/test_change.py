"""Was the constraint broken? Verdicts on numbers, and on the logs of small factories whose truth is known."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

import customer_factory as cf
from customer_factory.judgement import change, constraint, repeatability
from customer_factory.judgement.change import Guard

STEADY = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 21, 19, 20, 23]
MONDAY = date(2025, 6, 2)
BLUEPRINT = {
    "steps": {"acquisition": "in", "activation": {"event": "done", "window": "7 days"}, "retention": "back"},
}


def factory(activation=(0.3, 0.3), retention=(0.6, 0.6), leads=(60, 60), weeks=(26, 14), seed=1):
    """A factory of which two rates and the number of leads are known before and after a change."""
    rng, rows = np.random.default_rng(seed), []
    for week in range(sum(weeks)):
        now = int(week >= weeks[0])
        for number in range(rng.poisson(leads[now])):
            day, person = MONDAY + timedelta(weeks=week, days=int(rng.integers(7))), f"p{week}-{number}"
            rows.append({"person": person, "event": "in", "time": day.isoformat()})
            if rng.random() < activation[now]:
                done = day + timedelta(days=int(rng.integers(4)))
                rows.append({"person": person, "event": "done", "time": done.isoformat()})
                if rng.random() < retention[now]:
                    rows.append({"person": person, "event": "back", "time": (done + timedelta(weeks=2)).isoformat()})
    return cf.Factory.from_events(rows, BLUEPRINT)


def judged(weeks=(26, 14), step="activation", **truth):
    with factory(weeks=weeks, **truth) as made:
        made.log_change("Shorter form", step, MONDAY + timedelta(weeks=weeks[0]))
        (found,) = made.changes(on=MONDAY + timedelta(weeks=sum(weeks)))
    return found.judged


def guard(found, step):
    return next(each for each in found.guards if each.step == step)


def test_broken_when_throughput_rises_and_nothing_is_harmed():
    found = judged(activation=(0.3, 0.5))
    assert found.verdict == "broken"
    assert 0 < found.low < 2 / 3 < found.high
    assert guard(found, "activation").rose
    assert not guard(found, "retention").harmed
    assert found.total == pytest.approx(14 * 60 * 0.2, rel=0.4)
    assert "nothing behind the step was harmed" in found.reason


def test_local_only_when_the_step_rises_and_throughput_does_not():
    """Fewer leads are let in, and of those more activate: the rate is better, and nothing more is made."""
    found = judged(activation=(0.3, 0.55), leads=(60, 33))
    assert found.verdict == "local only"
    assert guard(found, "activation").rose
    assert found.low < 0
    assert "throughput did not" in found.reason


def test_gamed_when_what_is_won_at_a_step_is_lost_behind_it():
    """People are counted as activated who got nothing out of it, and do not come back."""
    found = judged(activation=(0.3, 0.5), retention=(0.6, 0.2))
    assert found.verdict == "gamed"
    assert found.effect > 0 > found.net
    assert guard(found, "retention").harmed
    assert "retention (6" in found.reason


def test_no_effect_when_one_worth_having_is_excluded():
    found = judged(activation=(0.3, 0.29), leads=(1000, 1000))
    assert found.verdict == "no effect"
    assert found.low < 0 < found.high < 0.1


def test_too_early_says_how_many_more_batches_would_show_what_was_expected():
    found = change([*STEADY, *STEADY, 26, 24], 32, expected=0.5)
    assert found.verdict == "too early"
    assert 1 <= found.more <= 8
    assert f"About {found.more} more would show one of +50 %" in found.reason


def test_more_batches_do_not_always_help():
    found = change([*STEADY, 21, 20], 16, expected=0.02)
    assert found.verdict == "too early"
    assert found.more is None
    assert "A control, or an experiment, would" in found.reason


def test_from_counts_alone():
    found = change([*STEADY, 33, 38, 31, 36, 35, 37], at=16)
    assert (found.verdict, found.guards) == ("broken", ())
    assert 0.2 < found.low < found.effect < found.high
    assert found.chance < 0.01
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["verdict"] == "broken"
    assert plain["low"] == found.low


def test_recovery_from_a_bad_run_is_not_broken():
    """Four bad weeks, something is done, and the numbers are what they always were."""
    found = change([*STEADY, *STEADY, 12, 10, 13, 11, 21, 19, 22, 20, 23, 18, 21, 20], 36)
    assert found.verdict != "broken"
    assert found.aside == 4
    assert found.effect == pytest.approx(0, abs=0.15)


def test_a_control_that_rises_as_well_takes_the_credit():
    after = [33, 38, 31, 36, 35, 37]
    control = [10 * count for count in [*STEADY, *after]]
    assert change([*STEADY, *after], 16, control).verdict == "too early"


def test_harm_keeps_a_rise_from_being_broken():
    fell = Guard("retention", "downstream", 0.6, 0.54, -0.1, -0.15, -0.05)
    found = change([*STEADY, 33, 38, 31, 36, 35, 37], 16, guards=[fell])
    assert found.verdict == "too early"
    assert found.net > 0
    assert "not broken while that lasts" in found.reason


@pytest.mark.parametrize(("counts", "at", "words"), [(STEADY, 16, "No batch after"), (STEADY, 3, "Only 3 complete")])
def test_nothing_before_or_after_is_too_early(counts, at, words):
    found = change(counts, at)
    assert (found.verdict, found.effect, found.low) == ("too early", None, None)
    assert found.reason.startswith(words)


@pytest.mark.parametrize(
    ("counts", "at", "options", "told"),
    [
        (STEADY, 17, {}, "from 0 to 16"),
        (STEADY, -1, {}, "at is -1"),
        ([-1, *STEADY], 8, {}, "negative"),
        (STEADY, 8, {"worth": 0}, "worth is 0"),
        (STEADY, 8, {"expected": -0.1}, "expected is -0.1"),
    ],
)
def test_what_cannot_be_is_refused(counts, at, options, told):
    with pytest.raises(ValueError, match=told):
        change(counts, at, **options)


def test_a_change_behind_happiness_is_judged_on_the_people_who_reach_its_step():
    with factory(retention=(0.3, 0.7), leads=(150, 150)) as made:
        made.log_change("A weekly letter", "retention", MONDAY + timedelta(weeks=26))
        (found,) = made.changes(on=MONDAY + timedelta(weeks=40))
    assert found.outcome == "retention"
    assert found.judged.verdict == "broken"


def test_changes_made_together_are_named_as_such():
    with factory(activation=(0.3, 0.5)) as made:
        start = MONDAY + timedelta(weeks=26)
        made.log_change("Shorter form", "activation", start)
        made.log_change("Welcome call", "retention", start + timedelta(weeks=2))
        made.log_change("Long ago", "activation", MONDAY + timedelta(weeks=10))
        made.log_change("Not yet", "activation", MONDAY + timedelta(weeks=99))
        found = made.changes(on=MONDAY + timedelta(weeks=40))
    assert [each.logged.what for each in found] == ["Long ago", "Shorter form", "Welcome call"]
    assert [each.overlaps for each in found] == [(), (2,), (1,)]
    assert "cannot be told apart from “Welcome call”" in found[1].judged.reason
    assert found[0].judged.batches == 16, "an earlier change is judged up to the next one"
    assert found[1].judged.batches == 12, "the batches in between belong to neither side"


def test_the_package_shows_functions_whatever_was_imported_before():
    import customer_factory.judgement.change
    import customer_factory.judgement.constraint
    from customer_factory import judgement

    assert customer_factory.judgement.change is judgement.change is change
    assert judgement.repeatability(STEADY).repeatable == repeatability(STEADY).repeatable
    assert callable(judgement.constraint)


def test_the_constraint_is_judged_on_a_report_or_its_measures():
    with factory() as made:
        report = made.look()
    assert constraint(report) == constraint(report.measures) == report.verdict
