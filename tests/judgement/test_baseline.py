"""The locked baseline: who opened it, when it was locked, and what ended it – from the counts alone."""

from datetime import date, timedelta

import numpy as np
import pytest

from customer_factory.judgement.baseline import baselines

STEADY = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22]


def weeks(n):
    return [date(2026, 1, 5) + timedelta(weeks=week) for week in range(n + 1)]


def found(counts):
    return baselines(counts, weeks(len(counts)))


def test_the_first_happy_customer_opens_the_baseline():
    assert found([0, 0, 0]).opened is None
    assert "the first one opens" in found([0, 0, 0]).reason
    early = found([0, 0, 1, 0, 2])
    assert (early.opened, early.known, early.current) == (date(2026, 1, 19), 3, None)
    assert early.reason == "Open since 2026-01-19: 3 complete batches are known, and a lock needs 9 more batches."


def test_it_is_locked_when_twelve_good_batches_are_known_and_stays_as_it_was():
    first = found(STEADY).current
    assert (first.opened, first.locked) == (date(2026, 1, 5), date(2026, 3, 30))
    later = found(STEADY * 3)
    assert later.current.locked == first.locked
    assert (later.current.lower, later.current.upper) == (first.lower, first.upper)
    assert (later.current.inside, later.current.outside) == (24, ())
    assert "Of 24 batches since, all stayed inside." in later.reason


def test_one_accident_is_outside_and_does_not_end_it():
    now = found([*STEADY, 20, 90, 19, 21]).current
    assert [(each.start, each.happy, each.side) for each in now.outside] == [(date(2026, 4, 6), 90, "above")]
    assert now.inside == 3


def test_an_accident_before_the_lock_delays_it_until_eight_batches_are_good():
    assert found([*STEADY[:10], 90, *STEADY]).current.locked == weeks(30)[19]


def test_a_lasting_fall_ends_it_and_a_new_one_is_locked_twelve_batches_later():
    rng = np.random.default_rng(4)
    fallen = found([*STEADY, *STEADY, *rng.poisson(8, 8)])
    assert fallen.current is None
    assert "lower than chance explains" in fallen.reason
    assert "a new baseline needs" in fallen.reason
    old, new = found([*STEADY, *STEADY, *rng.poisson(8, 30)]).history
    assert weeks(50)[21] <= old.until <= weeks(50)[26]
    assert new.opened == old.until
    assert new.locked - new.opened >= timedelta(weeks=12)
    assert new.centre == pytest.approx(8, abs=3)


def test_steady_growth_outgrows_it():
    rng = np.random.default_rng(3)
    grown = found(rng.poisson(40 * 1.04 ** np.arange(60)))
    assert len(grown.history) >= 2
    assert any("above the locked limits" in (each.why or "") for each in grown.history)
    centres = [each.centre for each in grown.history]
    assert centres == sorted(centres)


def test_what_was_locked_then_is_what_a_look_back_locks():
    rng = np.random.default_rng(6)
    counts = list(rng.poisson(6, 60))
    whole = found(counts)
    for n in (12, 13, 30, 59):
        then = found(counts[:n]).current
        assert (then.locked, then.lower, then.upper) == (
            whole.history[0].locked, whole.history[0].lower, whole.history[0].upper,
        )  # fmt: skip


def test_stable_factories_keep_their_first_baseline():
    rng = np.random.default_rng(8)
    kept = [len(found(list(rng.poisson(mean, 36))).history) == 1 for mean in (2, 5, 20) for _ in range(20)]
    assert np.mean(kept) >= 0.9


@pytest.mark.parametrize(("counts", "starts", "said"), [([1, -1], 3, "negative"), ([1, 2], 2, "need 3 starts")])
def test_impossible_counts_are_refused(counts, starts, said):
    with pytest.raises(ValueError, match=said):
        baselines(counts, weeks(starts - 1))
