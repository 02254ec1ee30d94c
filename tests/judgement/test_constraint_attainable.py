import numpy as np
import pytest

from customer_factory.judgement.attainable import attainable, blocks
from customer_factory.judgement.evidence import StepEvidence
from customer_factory.judgement.level import level_now


def best_of(step, seed=0):
    return attainable(step, level_now(step.groups), np.random.default_rng(seed), 2000)


def test_the_target_comes_first_then_the_goal_then_what_the_factory_did_itself():
    channels = {"ads": (500, 100), "friends": (500, 300)}
    every = StepEvidence("activation", channels=channels, target=0.5, required=0.4)
    assert (best_of(every).level, best_of(every).source) == (0.5, "target")
    goal = StepEvidence("activation", channels=channels, required=0.4)
    assert (best_of(goal).level, best_of(goal).source) == (0.4, "goal")
    own = best_of(StepEvidence("activation", cohorts=[(125, 50)] * 8, channels=channels))
    assert own.source == "best channel friends"
    assert own.level == pytest.approx(0.6, abs=0.03)


def test_nothing_to_compare_tells_nothing():
    assert best_of(StepEvidence("activation", cohorts=[(100, 40)] * 7)) is None
    assert best_of(StepEvidence("activation", channels={"only": (100, 40)}, cohorts=[(100, 40)] * 4)) is None


def test_luck_is_not_taken_for_potential():
    rng = np.random.default_rng(2)
    raw, shrunk = [], []
    for _ in range(60):
        n = rng.integers(10, 200, 5)
        x = rng.binomial(n, 0.2)
        raw.append((x / n).max())
        shrunk.append(best_of(StepEvidence("activation", channels={str(i): (n[i], x[i]) for i in range(5)})).level)
    assert np.mean(raw) > 0.25  # the best of five equal channels looks a quarter better than it is
    assert np.mean(shrunk) == pytest.approx(0.2, abs=0.015)


def test_a_tiny_channel_with_a_perfect_record_is_no_proof():
    step = StepEvidence("activation", channels={"ads": (800, 160), "search": (700, 140), "uncle": (3, 3)})
    assert best_of(step).level < 0.4


def test_a_run_of_four_batches_that_was_better_is_attainable():
    fallen = StepEvidence("activation", cohorts=[(100, 40)] * 8 + [(100, 20)] * 8)
    assert best_of(fallen).source == "best run"
    assert best_of(fallen).level == pytest.approx(0.4, abs=0.03)


def test_blocks_count_back_from_the_newest_and_lose_nobody():
    assert blocks([(float(i), 0.0) for i in range(10)]) == [(15.0, 0.0), (30.0, 0.0)]
    assert blocks([(1.0, 0.0)] * 3) == []
