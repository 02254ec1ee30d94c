import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_factory.statistics import Tally, welch

rows = st.lists(st.integers(-1000, 1000), max_size=20)


@given(rows, rows)
def test_tallies_of_parts_add_up_to_the_tally_of_the_whole(first, second):
    assert Tally.of(first) + Tally.of(second) == Tally.of(first + second)


def test_tallies_sum():
    assert sum([Tally.of([1, 2]), Tally.of([3]), Tally.of([])]) == Tally.of([1, 2, 3])


def test_moments_go_round():
    tally = Tally.from_moments(10, 3.0, 2.0)
    assert (tally.n, tally.mean, tally.sd) == (10, 3, pytest.approx(2))


def test_too_few_values_have_no_moments():
    assert math.isnan(Tally().mean)
    assert math.isnan(Tally.of([5]).variance)
    assert math.isnan(Tally.of([5]).sd)
    assert Tally.of([5]).mean == 5


def test_equal_values_have_no_variance_whatever_the_rounding():
    assert Tally.of([0.1] * 1000).variance == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (2, 4, 7.9), (0, 1, 1), (1, float("nan"), 1), (1, 0, -1)])
def test_impossible_tallies_are_refused(numbers):
    with pytest.raises(ValueError, match="impossible"):
        Tally(*numbers)


def test_a_negative_sd_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Tally.from_moments(3, 1, -1)


def test_welch_is_antisymmetric():
    a, b = Tally.of([1, 2, 3, 5]), Tally.of([2, 4, 4])
    there, back = welch(a, b), welch(b, a)
    assert (there.difference, there.low, there.p) == (-back.difference, -back.high, back.p)


def test_welch_relative_to_a_negative_mean_keeps_the_sign_of_the_difference():
    a, b = Tally.of([-4, -5, -6]), Tally.of([-2, -3, -4])
    result = welch(a, b, relative=True)
    assert result.difference == pytest.approx(0.4)
    assert result.low < 0.4 < result.high


def test_welch_without_any_spread_is_certain():
    assert welch(Tally.of([1, 1]), Tally.of([1, 1])).p == 1
    assert welch(Tally.of([1, 1]), Tally.of([2, 2])).p == 0


def test_welch_needs_two_values_in_each():
    with pytest.raises(ValueError, match="tally b has 1 values"):
        welch(Tally.of([1, 2]), Tally.of([1]))


def test_welch_relative_to_nothing_is_refused():
    with pytest.raises(ValueError, match=r"mean\(a\) is 0"):
        welch(Tally.of([-1, 1]), Tally.of([1, 2]), relative=True)


def test_a_tally_takes_numpy():
    assert Tally.of(np.arange(4)) == Tally(4, 6, 14)
