import time

import numpy as np
import pytest

from customer_factory.statistics import kaplan_meier, wilson


def test_without_censoring_the_curve_is_the_share_still_there():
    curve = kaplan_meier([1, 2, 2, 5], [True] * 4)
    assert curve.times.tolist() == [1, 2, 5]
    assert curve.survival == pytest.approx([0.75, 0.25, 0])
    assert [curve.incidence(t) for t in (0.5, 1, 2, 4, 9)] == pytest.approx([0, 0.25, 0.75, 0.75, 1])


def test_without_censoring_the_interval_of_incidence_is_wilsons():
    curve = kaplan_meier([1, 2, 2, 5, 7, 8], [True] * 6)
    for t, k in ((0, 0), (1, 1), (2, 3), (6, 4), (9, 6)):
        assert curve.incidence_interval(t) == pytest.approx(wilson(k, 6))


def test_where_nobody_was_watched_nothing_is_known():
    curve = kaplan_meier([3, 4], [False, False])
    assert (len(curve.times), curve.median) == (0, None)
    assert curve.incidence(10) == 0
    assert curve.incidence_interval(10) == (0, 1)
    assert curve.incidence_interval(3) == pytest.approx(wilson(0, 2))


def test_the_last_one_leaving_is_not_certainty():
    curve = kaplan_meier([1, 2], [True, True])
    assert curve.survival[-1] == 0
    assert curve.low[-1] == 0
    assert 0 < curve.high[-1] < 1


def test_those_censored_at_a_time_count_as_watched_then():
    assert kaplan_meier([5, 5], [True, False]).survival.tolist() == [0.5]


def test_the_median_is_reached_at_exactly_one_half():
    assert kaplan_meier([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]).median == 3


def test_conditional_quantiles_are_among_those_who_convert():
    curve = kaplan_meier([1, 2, 3, 4] + [30] * 6, [1] * 4 + [0] * 6)
    assert curve.quantile(0.5) is None
    assert curve.quantile(0.5, within=30) == 2
    assert curve.quantile(1.0, within=2) == 2
    assert curve.quantile(0.5, within=0.5) is None


def test_order_of_rows_and_rows_of_no_weight_do_not_matter():
    one = kaplan_meier([5, 1, 3], [1, 0, 1])
    other = kaplan_meier([3, 5, 9, 1], [1, 1, 1, 0], [1, 1, 0, 1])
    assert np.array_equal(one.survival, other.survival)
    assert one.horizon == other.horizon


def test_a_higher_level_is_wider():
    rows = [1, 2, 3, 4, 5], [1, 0, 1, 1, 0]
    narrow, wide = kaplan_meier(*rows, level=0.8), kaplan_meier(*rows, level=0.99)
    assert (wide.low < narrow.low).all()
    assert (wide.high > narrow.high).all()


def test_a_million_rows_take_no_time():
    rng = np.random.default_rng(0)
    durations, observed = rng.integers(0, 365, 1_000_000), rng.random(1_000_000) < 0.3
    began = time.process_time()
    kaplan_meier(durations, observed)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([], []), "at least 1"),
        (([-1], [1]), "cannot be negative"),
        (([1, 2], [1]), "same length"),
        (([1], [2]), "true or false"),
        (([1], [1], [-1]), "cannot be negative"),
        (([1], [1], [0]), "all zero"),
        (([float("nan")], [1]), "finite"),
        (([[1]], [1]), "one-dimensional"),
    ],
)
def test_impossible_rows_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        kaplan_meier(*arguments)


@pytest.mark.parametrize("q", [0, -1, 1.1])
def test_impossible_quantiles_are_refused(q):
    with pytest.raises(ValueError, match="quantile"):
        kaplan_meier([1], [1]).quantile(q)
