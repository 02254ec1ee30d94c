"""Published comparisons, sample sizes and price changes. Each test is named after where its truth comes from."""

import math

import pytest

from customer_factory.statistics import (
    Tally,
    compare_shares,
    price_break_even,
    sample_ratio,
    sample_size_means,
    sample_size_shares,
)


@pytest.mark.parametrize(
    ("b", "a", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_of_newcombe_1998_method_10(b, a, low, high):
    found = compare_shares(Tally.of_share(*a), Tally.of_share(*b))
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_day_7_of_cookie_cats():
    found = compare_shares(Tally.of_share(8502, 44_700), Tally.of_share(8279, 45_489))
    assert found.p == pytest.approx(0.0016, abs=5e-5)
    assert found.low < found.difference < found.high < 0


def test_sample_ratio_of_cookie_cats():
    assert sample_ratio([44_700, 45_489]) == pytest.approx(0.0086, abs=5e-5)


def test_sample_sizes_of_cohen_1988_for_medium_and_large_effects():
    assert [math.ceil(sample_size_means(effect, 1) / 2) for effect in (0.5, 0.8)] == [64, 26]


def test_sample_size_of_fleiss_for_25_against_40_percent():
    assert math.ceil(sample_size_shares(0.25, 0.40) / 2) == 152


def test_price_cut_of_nagle_and_holdens_westside_manufacturing():
    assert price_break_even(10, 9.5, cost=5.5) == pytest.approx(-0.125)


def test_doubling_rule_of_running_lean():
    assert price_break_even(49) == 0.5
