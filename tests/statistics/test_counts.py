import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_factory.statistics import count_chart
from customer_factory.statistics.count_rules import judge

STEADY = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22]


def rules(chart):
    return [(signal.index, signal.rule) for signal in chart.signals]


def test_fewer_than_six_batches_say_nothing():
    for n in range(6):
        chart = count_chart(STEADY[:n])
        assert np.isnan([chart.centre, chart.lower, chart.upper, chart.dispersion, chart.trend]).all()
        assert (chart.signals, chart.baseline, len(chart.centres)) == ((), n, n)
        assert f"there are {n}" in chart.method


def test_six_batches_give_limits_and_the_seventh_is_judged():
    assert count_chart(STEADY[:6]).lower < 20 < count_chart(STEADY[:6]).upper
    chart = count_chart([*STEADY[:6], 200])
    assert rules(chart) == [(6, "above limits")]
    assert np.isnan(chart.uppers[:6]).all()
    assert chart.uppers[6] == count_chart(STEADY[:6]).upper


def test_limits_narrow_as_batches_come_in():
    widths = [count_chart((STEADY * 3)[:n]) for n in (6, 12, 26)]
    assert np.diff([chart.upper - chart.lower for chart in widths]).max() < 0


def test_the_limits_are_the_counts_at_which_signals_begin():
    chart = count_chart(STEADY * 2)
    for edge, beyond in ((chart.lower, -1), (chart.upper, 1)):
        assert rules(count_chart([*STEADY, *STEADY, int(edge)])) == []
        assert len(rules(count_chart([*STEADY, *STEADY, int(edge) + beyond]))) >= 1


def test_a_batch_is_judged_by_what_came_before_it_only():
    whole = count_chart([*STEADY, 40, 3, 25, 25, 60])
    for n in range(6, 17):
        part = count_chart([*STEADY, 40, 3, 25, 25, 60][:n])
        assert whole.lowers[:n] == pytest.approx(part.lowers, nan_ok=True)
        assert whole.centres[n] == pytest.approx(part.centre)
        assert part.signals == tuple(s for s in whole.signals if s.index < n)


def test_one_accident_neither_hides_the_next_nor_makes_a_level():
    chart = count_chart([*STEADY, 120, *STEADY, 0])
    assert rules(chart) == [(12, "above limits"), (25, "below limits")]
    assert chart.centre < 24
    assert chart.baseline == 26


def test_a_lasting_change_begins_a_new_baseline():
    chart = count_chart([20] * 20 + [60] * 12)
    first, *later = rules(chart)
    assert first[0] == 20
    assert all(index <= 23 for index, _ in later)
    assert 45 < chart.centre < 75
    assert chart.baseline == 12


def test_a_steady_trend_is_expected():
    counts = np.round(200 * 1.04 ** np.arange(30))
    chart = count_chart(counts)
    assert chart.signals == ()
    assert chart.trend == pytest.approx(0.04, abs=0.01)
    assert chart.centre == pytest.approx(200 * 1.04**30, rel=0.05)


def test_dispersion_is_told():
    rng = np.random.default_rng(1)
    assert count_chart(rng.poisson(30, 60)).dispersion < 1.5
    assert count_chart(rng.negative_binomial(30 / 3, 1 / 4, 60)).dispersion == pytest.approx(4, rel=0.5)


def test_nothing_made_is_expected_to_go_on():
    chart = count_chart([0] * 20)
    assert chart.signals == ()
    assert (chart.lower, chart.centre < 0.1) == (0, True)
    assert rules(count_chart([0] * 20 + [30])) == [(20, "above limits")]


def test_many_series_at_once_are_judged_like_each_alone():
    rng = np.random.default_rng(2)
    series = rng.poisson(np.where(np.arange(70) < 40, 8, 24), (6, 70)).astype(float)
    series[0] = rng.poisson(8, 70)
    series[3, 20] = 90
    together = judge(series)
    for row, counts in enumerate(series):
        alone = judge(counts[None, :])
        assert np.array_equal(alone.signals[0], together.signals[row])
        assert alone.since[0] == together.since[row]
        assert np.array_equal(alone.known[0], together.known[row])


@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=40))
@settings(max_examples=40, deadline=None)
def test_any_counts_give_finite_ordered_limits(counts):
    chart = count_chart(counts)
    known = ~np.isnan(chart.centres)
    assert (chart.lowers[known] <= np.ceil(chart.centres[known])).all()
    assert (np.floor(chart.centres[known]) <= chart.uppers[known]).all()
    assert np.isfinite(chart.uppers[known]).all()
    assert (chart.lowers[known] >= 0).all()
    assert all(0 <= signal.index < len(counts) for signal in chart.signals)


def test_two_hundred_batches_take_a_moment():
    rng = np.random.default_rng(3)
    counts = rng.poisson(20, 200)
    count_chart(counts)
    began = time.process_time()
    count_chart(counts)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([1, -2, 3], r"counts\[1\] is -2; it cannot be negative"),
        ([1, 2.5], r"counts\[1\] is 2.5; counts are whole"),
        ([float("nan")] * 9, "finite"),
        ([1, float("inf")], "finite"),
        ([[1, 2]], "one-dimensional"),
    ],
)
def test_impossible_counts_are_refused(counts, said):
    with pytest.raises(ValueError, match=said):
        count_chart(counts)


@pytest.mark.parametrize(
    "counts",
    [
        np.floor(10.0 * 1.5 ** np.arange(50)),
        np.floor(1e9 * 0.6 ** np.arange(50)),
        np.floor(10 ** np.random.default_rng(4).uniform(0, 12, 60)),
        (np.random.default_rng(5).random(60) < 0.1) * 1e8,
    ],
    ids=["explosion", "collapse", "any size", "rare and huge"],
)
def test_extreme_counts_give_finite_limits(counts):
    chart = count_chart(counts)
    known = ~np.isnan(chart.centres)
    assert known.sum() > 10
    assert np.isfinite([chart.centres[known], chart.lowers[known], chart.uppers[known]]).all()
