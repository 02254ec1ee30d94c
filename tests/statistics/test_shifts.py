"""A share before and after a date."""

from __future__ import annotations

import numpy as np
import pytest

from customer_factory.statistics import rate_shift


def test_without_more_than_chance_it_is_the_logarithm_of_a_risk_ratio():
    """scipy's interval (Katz) for 80 of 400 against 120 of 400, which is normal where ours is Student's t."""
    from scipy.stats.contingency import relative_risk

    found = rate_shift([(20, 100)] * 4, [(30, 100)] * 4, level=0.95)
    theirs = relative_risk(120, 400, 80, 400)
    interval = theirs.confidence_interval(0.95)
    assert 1 + found.effect == pytest.approx(theirs.relative_risk, rel=0.01)
    assert 1 + found.low == pytest.approx(interval.low, rel=0.04)
    assert 1 + found.high == pytest.approx(interval.high, rel=0.04)
    assert found.dispersion == 1


def test_batches_that_differ_widen_the_interval():
    even = rate_shift([(20, 100)] * 8, [(30, 100)] * 4)
    uneven = rate_shift([(5, 100), (35, 100)] * 4, [(30, 100)] * 4)
    assert uneven.dispersion > 5
    assert uneven.low < 0 < even.low


def test_a_bad_run_before_is_left_out():
    found = rate_shift([(20, 100)] * 12 + [(8, 100)] * 4, [(20, 100)] * 4)
    assert found.before == 0.2
    assert found.effect == pytest.approx(0, abs=0.01)


def test_chance_is_seldom_taken_for_a_shift():
    rng = np.random.default_rng(4)

    def batches(count):
        people = rng.poisson(60, count)
        return list(zip(rng.binomial(people, rng.beta(12, 28, count)).tolist(), people.tolist(), strict=True))

    found = [rate_shift(batches(20), batches(6)) for _ in range(400)]
    assert np.mean([each.low > 0 for each in found]) <= 0.07
    assert np.mean([each.high < 0 for each in found]) <= 0.08


def test_one_side_must_not_be_empty():
    with pytest.raises(ValueError, match="no trial after"):
        rate_shift([(1, 10)], [(0, 0)])
    with pytest.raises(ValueError, match="cannot be more"):
        rate_shift([(11, 10)], [(1, 10)])
