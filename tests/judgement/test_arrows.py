"""The arrows: on confounded people the naive effect is wrong and ours is right; what is too little says so."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import expit

from customer_factory.judgement.arrows import arrow
from customer_factory.measures.exposure import Exposure


def people(seed, n=2000, effect=0.8, rate=-1.5, hidden=0.0):
    """Eager people activate and pay anyway; `hidden` makes a part of their eagerness invisible."""
    rng = np.random.default_rng(seed)
    sessions, fair = np.minimum(rng.poisson(1.2, n), 5), rng.integers(0, 2, n)
    eager = 0.7 * (sessions - 1.2) + 0.5 * (fair - 0.5) + hidden * rng.standard_normal(n)
    activated = rng.random(n) < expit(-0.8 + eager)
    chances = [expit(rate + eager + effect * given) for given in (1, 0)]
    reached = rng.random(n) < np.where(activated, *chances)
    x = np.column_stack([sessions, fair, sessions > 0]).astype(float)
    names = ("session, how often", "channel fair", "session")
    found = Exposure("revenue", 1, 7, 28, names, x, activated, np.ones(n, int), reached.astype(int))
    gains = chances[0] - chances[1]
    return found, float(gains.mean()), float(gains[~activated].sum())


def test_ours_covers_the_truth_where_the_naive_effect_is_biased():
    rounds, ours, naive, missing, bias = 80, 0, 0, 0, []
    for seed in range(rounds):
        exposure, truth, lost = people(seed)
        found = arrow(exposure)
        ours += found.effect.difference.low <= truth <= found.effect.difference.high
        naive += found.effect.naive.low <= truth <= found.effect.naive.high
        missing += found.missing.low <= lost <= found.missing.high
        bias.append((found.effect.difference.value - truth, found.effect.naive.value - truth))
    assert ours / rounds >= 0.9
    assert missing / rounds >= 0.88
    assert naive / rounds <= 0.05
    ours_off, naive_off = np.mean(bias, axis=0)
    assert abs(ours_off) < 0.01
    assert naive_off > 0.08


def test_an_effect_that_is_none_is_not_claimed_though_it_looks_like_one():
    verdicts = [arrow(people(seed, effect=0.0)[0]) for seed in range(60)]
    assert all(each.effect.naive.low > 0 for each in verdicts)
    assert np.mean([each.verdict in {"more", "less"} for each in verdicts]) <= 0.07


def test_with_very_many_people_no_effect_is_told_from_not_knowing():
    found = arrow(people(1, n=60_000, effect=0.0)[0])
    assert found.verdict == "none"
    assert "hardly makes a difference" in found.reason
    assert arrow(people(1, n=400, effect=0.0)[0]).verdict == "undecided"


def test_the_e_value_says_how_much_hidden_eagerness_it_would_take():
    """What is hidden biases ours as well: that is what the E-value is for. No effect, yet one is seen."""
    found = arrow(people(3, n=20_000, effect=0.0, hidden=1.0)[0])
    assert found.verdict == "more"
    assert 1 < found.e_value_interval < 3
    clear = arrow(people(3, n=20_000, effect=2.0)[0])
    assert clear.e_value > clear.e_value_interval > found.e_value_interval


def test_harm_is_named():
    found = arrow(people(4, n=8000, effect=-1.0)[0])
    assert found.verdict == "less"
    assert found.missing.high < 0


def test_people_who_could_go_one_way_only_are_warned_of():
    exposure, *_ = people(5)
    sure = exposure.x[:, 0] >= 2
    rigged = Exposure(**{**vars(exposure), "activated": exposure.activated | sure})
    assert "nobody alike went the other way" in arrow(rigged).reason


def test_few_people_are_adjusted_for_less_and_it_says_so():
    found = arrow(people(6, n=120)[0])
    assert found.adjusted_for + found.left_out == ("session, how often", "channel fair", "session")
    few = arrow(people(7, n=140, rate=-2.2)[0])
    assert len(few.adjusted_for) + len(few.left_out) in {0, 3}


@pytest.mark.parametrize(
    ("n", "activated", "reached", "would"),
    [
        ([500, 12], [0, 1], [80, 8], "8 more who were activated in time"),
        ([500, 300], [0, 1], [0, 90], "5 more who reached it without being activated"),
        ([0, 0], [0, 1], [0, 0], "People whose time after the landmark is over."),
    ],
)
def test_too_little_says_how_much_more(n, activated, reached, would):
    asked = Exposure("revenue", 1, 7, 28, (), np.zeros((2, 0)), *(np.array(each) for each in (activated, n, reached)))
    found = arrow(asked)
    assert (found.verdict, found.effect, found.missing) == ("undecided", None, None)
    assert would in found.would_decide


def test_plain_values_survive_json():
    found = arrow(people(1)[0]).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found["effect"]["difference"]) == {"value", "low", "high"}
