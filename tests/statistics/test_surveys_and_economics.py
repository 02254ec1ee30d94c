"""Surveys, unit economics, viral growth."""

import math

import pytest

from customer_factory.statistics import csat, nps, unit_economics, viral_growth


def test_a_score_mirrors():
    up, down = nps(30, 20, 10), nps(10, 20, 30)
    assert (up.score, up.low) == (-down.score, pytest.approx(-down.high))
    assert up.se == down.se


def test_a_score_stays_between_its_ends():
    assert nps(3, 0, 0).high == 100
    assert nps(0, 0, 3).low == -100
    assert nps(3, 0, 0).low < 50


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 2, 3), (1.5, 2, 3)])
def test_impossible_answers_are_refused(counts):
    with pytest.raises(ValueError, match=r"answer|promoters"):
        nps(*counts)


def test_scores_nobody_gave_may_be_left_out():
    found = csat({5: 3, 2: 1})
    assert (found.share, found.n) == (0.75, 4)
    assert found.low < 0.75 < found.high


@pytest.mark.parametrize(("answers", "said"), [({6: 1}, "score 6"), ({5: -1}, "negative"), ({}, "no answer")])
def test_impossible_satisfaction_is_refused(answers, said):
    with pytest.raises(ValueError, match=said):
        csat(answers)


def test_customers_who_never_bring_their_cost_do_not_pay_back():
    assert unit_economics(1001, 50, 0.05).payback is None
    assert unit_economics(500, 0, 0.05).payback is None


def test_without_churn_or_cost_things_are_infinite_or_free():
    free = unit_economics(0, 50, 0)
    assert (free.lifetime, free.ltv, free.ltv_to_cac, free.payback) == (math.inf, math.inf, math.inf, 0)


@pytest.mark.parametrize("arguments", [(-1, 1, 0.1), (1, 1, 1.1), (1, float("nan"), 0.1)])
def test_impossible_economics_are_refused(arguments):
    with pytest.raises(ValueError, match=r"must be|between 0 and 1"):
        unit_economics(*arguments)


def test_growth_is_continuous_at_one():
    assert viral_growth(10, 1, 2, 20) == 110
    assert viral_growth(10, 1 + 1e-9, 2, 20) == pytest.approx(110)
    assert viral_growth(10, 0, 2, 20) == 10


def test_growth_without_end():
    assert viral_growth(10, 1, 1, math.inf) == math.inf
    assert viral_growth(10, 3, 1, 5000) == math.inf
    assert viral_growth(0, 3, 1, 5000) == 0


@pytest.mark.parametrize("arguments", [(-1, 1, 1, 1), (1, -1, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1)])
def test_impossible_growth_is_refused(arguments):
    with pytest.raises(ValueError, match="must be"):
        viral_growth(*arguments)
