"""Verdicts on experiments: what is claimed, what is not, and what would decide it."""

from __future__ import annotations

import numpy as np
import pytest

from customer_factory.blueprint.blueprint import Experiment
from customer_factory.judgement.experiment import experiment
from customer_factory.measures.experiment import Arm
from customer_factory.statistics import Tally


def arm(n, reached, happy=None, waiting=0, money=None, paying=0):
    happy = reached if happy is None else happy
    return Arm(n + waiting, Tally.of_share(reached, n), Tally.of_share(happy, n), waiting, money, paying)


def judged(old, new, **more):
    return experiment({"old": old, "new": new}, step="Shared", **more)


def test_a_step_that_rises_with_throughput_is_better():
    found = judged(arm(5000, 1000, 500), arm(5000, 1250, 620))
    assert (found.verdict, found.arm) == ("better", "new")
    assert "Happy customers per person rise: 12.4 %" in found.reason


def test_a_step_that_falls_is_worse():
    found = judged(arm(5000, 1250), arm(5000, 1000))
    assert found.verdict == "worse"
    assert found.reason.startswith("Shared: 20.0 % instead of 25.0 %: -5.0 points")


def test_a_step_that_rises_while_throughput_stands_still_is_a_local_optimum():
    found = judged(arm(50_000, 10_000, 20_000), arm(50_000, 12_500, 20_050))
    assert found.verdict == "local only"
    assert "stand still" in found.reason


def test_a_step_that_rises_while_throughput_falls_is_gamed():
    found = judged(arm(5000, 1000, 800), arm(5000, 2000, 500))
    assert found.verdict == "gamed"
    assert "Happy customers per person fall" in found.reason


def test_a_step_may_fall_if_throughput_rises():
    assert judged(arm(5000, 2000, 500), arm(5000, 1500, 800)).verdict == "better"


def test_no_signal_where_an_effect_worth_having_would_have_shown():
    found = judged(arm(50_000, 10_000), arm(50_000, 10_010))
    assert found.verdict == "no signal"
    assert found.would_decide is None


def test_too_early_says_how_many_more_people_and_batches():
    found = judged(arm(400, 40, waiting=50), arm(400, 50, waiting=50), per_batch=100, effect=0.5)
    (new,) = found.arms
    assert found.verdict == "undecided"
    assert new.more_people == new.needed - 900
    assert new.more_batches == -(-new.more_people // 100)
    assert f"({new.more_batches:,} batches at this pace)" in found.would_decide
    assert "an effect of 50 %" in found.would_decide


def test_an_experiment_that_has_ended_wants_a_larger_one():
    found = judged(arm(400, 40), arm(400, 50), per_batch=100, ended=True)
    assert found.would_decide.startswith("It has ended; with ")
    assert found.arms[0].more_batches is None


def test_nobody_yet():
    found = judged(arm(0, 0), arm(0, 0))
    assert (found.verdict, found.sample_ratio) == ("undecided", 1)
    assert found.arms[0].step.words() == "nobody has been counted in one of the arms"
    assert found.arms[0].step.once is None


def test_a_few_people_are_no_evidence_however_they_differ():
    found = judged(arm(15, 0), arm(15, 15))
    assert found.verdict == "undecided"
    assert "too few to say more" in found.reason
    assert found.arms[0].step.low is None


def test_uneven_arms_are_warned_of_and_very_uneven_ones_claim_nothing():
    doubtful = judged(arm(44_700, 8502), arm(45_489, 8279), planned=90_000)
    assert doubtful.verdict == "worse"
    assert doubtful.warnings[0].startswith("Sample ratio: the arms hold old 44,700, new 45,489")
    broken = judged(arm(5000, 1000), arm(4000, 1200))
    assert (broken.verdict, broken.arm) == ("undecided", None)
    assert "do not hold what was declared" in broken.reason


def test_arms_are_held_against_the_shares_that_were_meant():
    arms = {"old": arm(9000, 900), "new": arm(1000, 100)}
    assert experiment(arms, {"old": 9, "new": 1}).warnings == ()
    assert experiment(arms).sample_ratio < 1e-9


def test_of_several_arms_the_best_one_is_named_and_each_is_held_to_more():
    arms = {"none": arm(5000, 500), "one": arm(5000, 640), "two": arm(5000, 700)}
    found = experiment(arms)
    assert (found.verdict, found.arm) == ("better", "two")
    alone = experiment({name: arms[name] for name in ("none", "two")}, planned=10_000 * 2 / 3)
    both = found.arms[1].step
    assert both.low < alone.arms[0].step.low


def test_money_is_silent_until_twenty_have_paid_in_each_arm():
    paid = Tally.from_moments(1000, 2.0, 10.0)
    few = judged(arm(1000, 100, money=paid, paying=15), arm(1000, 100, money=paid, paying=90))
    enough = judged(arm(1000, 100, money=paid, paying=25), arm(1000, 100, money=paid, paying=90))
    assert few.arms[0].money.low is None
    assert enough.arms[0].money.low < 0 < enough.arms[0].money.high
    assert judged(arm(10, 1), arm(10, 1)).arms[0].money is None


@pytest.mark.parametrize(
    ("arms", "more", "said"),
    [
        ({"old": arm(9, 1)}, {}, "two arms or more"),
        ({"old": arm(9, 1), "new": arm(9, 1)}, {"shares": {"old": 1, "else": 1}}, "each with a share"),
        ({"old": arm(9, 1), "new": arm(9, 1)}, {"effect": 0}, "effect is 0"),
    ],
)
def test_what_cannot_be_an_experiment_is_refused(arms, more, said):
    with pytest.raises(ValueError, match=said):
        experiment(arms, **more)


# Assignment


def plan(name="prices", arms=None):
    return Experiment.model_validate({"name": name, "step": "revenue", "arms": arms or ["a", "b"]})


def test_people_are_shared_out_evenly_and_every_arm_gets_its_share():
    from scipy.stats import chisquare, kstest

    from customer_factory.basics.chance import draw

    people = [f"user-{number}" for number in range(20_000)]
    assert kstest([draw("prices", person) for person in people], "uniform").pvalue > 0.01
    uneven = plan(arms={"a": 0.7, "b": 0.2, "c": 0.1})
    found = [uneven.arm(person) for person in people]
    assert chisquare([found.count(arm) for arm in "abc"], [14_000, 4000, 2000]).pvalue > 0.01


def test_experiments_are_independent_of_each_other():
    one, other = plan(), plan(name="colours")
    both = np.array([[one.arm(f"{n}") == "a", other.arm(f"{n}") == "a"] for n in range(20_000)])
    assert abs(np.corrcoef(both.T)[0, 1]) < 0.025


def test_a_persons_arm_never_changes_and_more_people_for_an_arm_move_nobody_else():
    assert [plan().arm(person) for person in ("ann", "bob", "cem", "dia")] == ["b", "a", "b", "a"]
    small, large = plan(arms={"new": 1, "old": 9}), plan(arms={"new": 3, "old": 7})
    people = [f"{number}" for number in range(2000)]
    assert {person for person in people if small.arm(person) == "new"} < {
        person for person in people if large.arm(person) == "new"
    }


def test_words_that_run_together_are_told_apart():
    from customer_factory.basics.chance import draw

    assert draw("ab", "c") != draw("a", "bc")


def test_the_number_drawn_is_that_of_other_implementations_of_blake2b():
    """``printf 6:prices3:ann | b2sum -l 64`` of GNU coreutils prints b24807d8fcaf67ee."""
    from customer_factory.basics.chance import draw

    assert draw("prices", "ann") == 0xB24807D8FCAF67EE // 2**11 / 2**53
