from dataclasses import replace

import numpy as np
import pytest

from customer_factory.judgement.capacity import queue
from customer_factory.judgement.evidence import StepEvidence


def served_up_to(limit, wanting, **more):
    """Those who want it are served first come, first served, up to the limit."""
    waiting, line, served = [], 0.0, []
    for want in wanting:
        done = min(line + want, limit)
        line += want - done
        served.append(done)
        waiting.append(line)
    return StepEvidence("activation", arrivals=list(wanting), served=served, waiting=waiting, **more)


@pytest.fixture
def wanting():
    return np.random.default_rng(3).poisson(60, 16).astype(float)


def test_a_step_that_serves_forty_of_sixty_a_batch_is_full(wanting):
    line = queue(served_up_to(40, wanting))
    assert line is not None
    assert line.served == 40
    assert line.growth == pytest.approx(20, abs=4)
    assert line.flow == pytest.approx(2 / 3, abs=0.05)
    assert line.declared is None


def test_the_declared_capacity_is_named_where_what_is_served_meets_it(wanting):
    assert queue(served_up_to(40, wanting, capacity=40)).declared == 40
    assert queue(served_up_to(40, wanting, capacity=90)).declared is None


def test_with_room_for_all_nobody_queues(wanting):
    assert queue(served_up_to(100, wanting)) is None


def test_people_who_never_come_are_no_queue():
    rng, false = np.random.default_rng(4), 0
    for _ in range(400):
        n = rng.poisson(100, 16)
        x = rng.binomial(n, 0.4)
        false += queue(StepEvidence("activation", arrivals=n, served=x, waiting=np.cumsum(n - x))) is not None
    assert false <= 3


def test_a_queue_that_windows_cut_off_is_known_by_what_is_served(wanting):
    step = served_up_to(40, wanting)
    assert queue(replace(step, waiting=[80.0] * 16)) is not None
    assert queue(replace(step, waiting=[5.0] * 16)) is None
    as_steady = replace(step, arrivals=[60.0] * 16, waiting=[80.0] * 16)
    assert queue(as_steady) is None  # everything is flat: that tells nothing
    assert queue(replace(as_steady, capacity=40)) is not None


def test_a_queue_in_which_people_wait_ever_shorter_is_none(wanting):
    step = served_up_to(40, wanting)
    assert queue(replace(step, ages=[float(age) for age in range(1, 17)])) is not None
    assert queue(replace(step, ages=[float(age) for age in range(32, 0, -2)])) is None
    assert queue(replace(step, ages=[None] * 16)) is not None


def test_too_few_batches_or_people_tell_nothing(wanting):
    assert queue(served_up_to(40, wanting[:7])) is None
    assert queue(served_up_to(3, wanting / 10)) is None
    assert queue(StepEvidence("activation")) is None


def test_only_work_done_for_each_person_has_a_capacity_to_infer(wanting):
    step = replace(served_up_to(40, wanting), step="acquisition")
    assert queue(step) is None
    assert queue(replace(step, capacity=40)) is not None
