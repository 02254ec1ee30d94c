import json
from dataclasses import replace

import numpy as np
import pytest

from customer_factory.judgement.constraint import constraint, lowest_conversion, weakest_link
from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence

LEVELS = {"acquisition": 0.1, "activation": 0.4, "retention": 0.6, "revenue": 0.25, "referral": 0.25}


def company(batches=16, acquired=100, visitors=True, targets=True, **share):
    """Counts that are exactly the rates: each step at its share of what is attainable."""
    entered = {"acquisition": acquired / (LEVELS["acquisition"] * share.get("acquisition", 1)), "activation": acquired}
    happy = acquired * LEVELS["activation"] * share.get("activation", 1)
    entered |= dict.fromkeys(("retention", "revenue", "referral"), happy)
    steps = []
    for step, level in LEVELS.items():
        pair = (entered[step], entered[step] * level * share.get(step, 1))
        known = step != "acquisition" or visitors
        steps.append(
            StepEvidence(
                step,
                cohorts=(pair,) * batches if known else (),
                target=level if targets else None,
                served=(pair[1],) * batches,
            )
        )
    return FactoryEvidence(steps=steps, arrivals=acquired, people_per_referrer=2.0)


def with_step(factory, name, **changed):
    steps = [replace(step, **changed) if step.step == name else step for step in factory.steps]
    return replace(factory, steps=steps)


@pytest.mark.parametrize("step", LEVELS)
def test_the_step_at_half_of_what_it_could_reach_is_claimed_whatever_its_rate(step):
    verdict = constraint(company(acquired=300, **{step: 0.5}))
    assert (verdict.verdict, verdict.step, verdict.kind) == ("claimed", step, "rate")
    assert verdict.probability[step] >= 0.8
    assert sum(verdict.probability.values()) <= 1 + 1e-9
    assert verdict.gain[step].low < verdict.gain[step].centre < verdict.gain[step].high
    assert verdict.relative_gain[step] == max(verdict.relative_gain.values())
    assert verdict.attainable[step] == (LEVELS[step], "target")
    assert verdict.would_decide is None
    assert verdict.reason.startswith(f"{step.capitalize()} holds throughput back: ")
    assert "paying customers in service after 13 weeks" in verdict.reason


def test_the_lowest_conversion_is_only_what_the_naive_rule_says():
    verdict = constraint(company(activation=0.5))
    assert (verdict.step, verdict.naive) == ("activation", "acquisition")
    assert lowest_conversion(FactoryEvidence(steps=[StepEvidence("activation")], arrivals=1)) is None


def test_sound_steps_are_undecided_and_say_so():
    verdict = constraint(company(acquired=1000))
    assert (verdict.verdict, verdict.step, verdict.kind) == ("undecided", None, None)
    assert verdict.reason.startswith("No step is materially below its attainable level (acquisition 100 %")
    assert "Higher targets" in verdict.would_decide


def test_too_few_people_say_how_many_more_it_takes():
    verdict = constraint(company(acquired=12, batches=6, revenue=0.5))
    assert verdict.verdict == "undecided"
    assert "more weeks at 12 people a week would settle whether" in verdict.would_decide
    assert "if rates stay as they look now" in verdict.would_decide


def test_far_too_few_people_say_so():
    verdict = constraint(company(acquired=2, batches=6, revenue=0.6))
    assert "At 2 people a week it would take more than 52 weeks" in verdict.would_decide


def test_two_equal_gaps_are_not_told_apart_and_waiting_will_not_help():
    verdict = constraint(company(acquired=400, revenue=0.5, acquisition=0.5))
    assert verdict.verdict == "undecided"
    assert "the counts do not tell them apart" in verdict.reason
    assert "Waiting will hardly settle" in verdict.would_decide
    assert "about the same" in verdict.would_decide


def test_a_shortfall_at_the_edge_of_mattering_is_not_claimed():
    verdict = constraint(company(acquired=400, activation=0.85))
    assert verdict.verdict == "undecided"


def test_bad_luck_among_few_people_is_named_as_such():
    few = [StepEvidence("activation", cohorts=[(3, 0), (2, 0), (3, 1), (2, 0)], target=0.3)]
    verdict = constraint(FactoryEvidence(steps=few, arrivals=2.5))
    assert verdict.verdict == "undecided"


def test_unknown_visitors_have_probability_nought_and_the_reason():
    verdict = constraint(company(visitors=False))
    assert verdict.probability["acquisition"] == 0
    assert "acquisition" not in verdict.gain
    assert "Acquisition is left out: visitors are unknown." in verdict.reason
    assert "Visitor counts would show whether acquisition is it." in verdict.would_decide


def test_a_step_without_attainable_level_asks_for_a_target():
    verdict = constraint(with_step(company(batches=6), "revenue", target=None))
    assert "A target for revenue would bring it into the comparison." in verdict.would_decide
    assert verdict.probability["revenue"] == 0


def test_a_step_that_nobody_has_had_time_for_blocks_the_claim_only_if_it_has_a_target():
    young = with_step(company(activation=0.5), "revenue", cohorts=())
    assert constraint(young).verdict == "undecided"
    assert "whose window for revenue has closed; there are none yet" in constraint(young).would_decide
    untold = constraint(with_step(young, "revenue", target=None))
    assert untold.step == "activation"
    assert "Revenue is left out: nobody's window has closed." in untold.reason


def test_nothing_known_is_undecided():
    verdict = constraint(FactoryEvidence(steps=[StepEvidence("acquisition"), StepEvidence("activation")], arrivals=5))
    assert verdict.reason.startswith("No step can be judged")
    assert verdict.naive is None
    assert verdict.gain == {}


def test_when_nobody_comes_no_step_is_blamed():
    verdict = constraint(replace(company(visitors=False, activation=0.5), arrivals=(0,) * 8))
    assert verdict.reason.startswith("Nobody new has come for eight weeks")


def test_visitors_of_whom_none_stays_make_acquisition_the_constraint():
    nobody = company(activation=1)
    nobody = with_step(nobody, "acquisition", cohorts=((1000, 0),) * 16)
    verdict = constraint(replace(nobody, arrivals=0))
    assert verdict.step == "acquisition"


def test_without_targets_the_best_channel_shows_what_is_possible():
    mixed = {"friends": (800, 320), "ads": (800, 130)}
    verdict = constraint(with_step(company(targets=False, activation=0.7), "activation", channels=mixed))
    assert verdict.step == "activation"
    assert verdict.attainable["activation"][1] == "best channel friends"


def test_people_who_queue_make_it_a_matter_of_capacity_and_starve_what_feeds_it():
    rng = np.random.default_rng(0)
    arrivals = rng.poisson(100, 16).astype(float)
    full = {"arrivals": arrivals, "served": [20.0] * 16, "waiting": np.cumsum(arrivals * 0.4 - 20)}
    factory = with_step(company(acquisition=0.5), "activation", **full)
    verdict = constraint(factory)
    assert (verdict.step, verdict.kind) == ("activation", "capacity")
    assert verdict.gain["acquisition"].high == 0
    assert verdict.reason.startswith("People queue in front of activation: ")
    assert "as many as it can, it seems" in verdict.reason
    declared = constraint(with_step(factory, "activation", capacity=20.0))
    assert "its declared capacity" in declared.reason
    untargeted = constraint(with_step(factory, "activation", target=None))
    assert untargeted.attainable["activation"][1] == "people waiting"


def test_downstream_of_a_queue_a_larger_gap_still_wins():
    arrivals = np.random.default_rng(0).poisson(100, 16).astype(float)
    full = {"arrivals": arrivals, "served": [38.0] * 16, "waiting": np.cumsum(arrivals * 0.42 - 38) + 40}
    factory = with_step(company(revenue=0.3), "activation", capacity=38.0, **full)
    assert constraint(factory).step == "revenue"


def test_the_dictionary_has_the_contracts_keys_and_is_json():
    found = constraint(company(activation=0.5)).to_dict()
    assert {"verdict", "step", "probability", "gain", "attainable", "reason", "would_decide", "kind", "naive"} <= set(
        found
    )
    assert set(found["gain"]["activation"]) == {"centre", "low", "high"}
    assert found["attainable"]["activation"] == {"level": 0.4, "source": "target"}
    assert json.loads(json.dumps(found)) == found


def test_the_same_seed_gives_the_same_verdict():
    assert constraint(company(batches=4), seed=3) == constraint(company(batches=4), seed=3)


def test_levels_outside_nought_to_one_raise():
    with pytest.raises(ValueError, match=r"level is 80; it must lie between 0 and 1"):
        constraint(company(), level=80)


@pytest.mark.parametrize(
    ("rates", "attainable", "says"),
    [
        ({}, {}, "rates is empty"),
        ({"activation": (5, 4)}, {"activation": 0.5}, "5 successes of 4 trials"),
        ({"activation": (3, 4)}, {}, "missing or not above 0"),
    ],
)
def test_the_plain_chain_refuses_the_impossible(rates, attainable, says):
    with pytest.raises(ValueError, match=says):
        weakest_link(rates, attainable)
