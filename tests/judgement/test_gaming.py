"""Gaming: a rate that rises at the cost of the next one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from customer_factory.judgement.gaming import gamed
from customer_factory.measures.flow import CohortFlow


def cohorts(entered, reached, maturity=1.0):
    start = date(2026, 1, 5)
    return [
        CohortFlow(start + timedelta(7 * i), True, int(n), int(k), 0, int(n - k), None, None, None, maturity)
        for i, (n, k) in enumerate(zip(entered, reached, strict=True))
    ]


def factory(random, step, following, entered=150, batches=26):
    """Two steps with rates per batch, which vary from batch to batch by more than chance."""
    n = random.poisson(entered, batches)
    first = random.binomial(n, np.clip(step * np.exp(random.normal(0, 0.1, batches)), 0, 1))
    return cohorts(n, first), cohorts(first, random.binomial(first, np.clip(following * np.ones(batches), 0, 1)))


TURN = np.where(np.arange(26) < 18, 0, 1)


def runs(step, following, times=60, seed=1):
    random = np.random.default_rng(seed)
    return [gamed(*factory(random, step, following)) for _ in range(times)]


def test_stable_steps_and_opposite_trends_that_win_raise_nothing():
    assert not any(runs(0.3, 0.4))
    assert not any(runs(0.3 + 0.2 * TURN, 0.4))


def test_a_bar_that_was_lowered_is_found_and_says_since_when():
    found = [each for each in runs(0.3 + 0.25 * TURN, 0.4 - 0.25 * TURN) if each]
    assert len(found) >= 54
    assert {each.since for each in found} <= {date(2026, 1, 5) + timedelta(7 * week) for week in (18, 22)}
    assert all(
        each.net <= 0 and each.step_now > each.step_before and each.next_now < each.next_before for each in found
    )


def test_a_rise_that_wins_more_than_is_lost_after_it_is_no_gaming():
    assert not any(runs(0.3 + 0.3 * TURN, 0.4 - 0.1 * TURN))


def test_young_cohorts_are_not_looked_at():
    step, following = factory(np.random.default_rng(2), 0.3 + 0.25 * TURN, 0.4 - 0.25 * TURN)
    young = [
        each if place < 18 else CohortFlow(**{**vars(each), "maturity": 0.5}) for place, each in enumerate(following)
    ]
    assert gamed(step, following) is not None
    assert gamed(step, young) is None


def test_cohorts_of_different_batches_raise():
    step, following = factory(np.random.default_rng(2), 0.3, 0.4)
    with pytest.raises(ValueError, match="same batches"):
        gamed(step, following[1:])
