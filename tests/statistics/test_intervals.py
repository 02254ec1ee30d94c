import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_factory.statistics import Interval, wilson


@given(st.floats(0, 1e6), st.floats(0, 1), st.floats(0.01, 0.999))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(trials, share, level):
    low, high = wilson(trials * share, trials, level)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


def test_failures_mirror_successes():
    low, high = wilson(3, 17)
    assert wilson(14, 17) == (pytest.approx(1 - high), pytest.approx(1 - low))


def test_ends_are_exact_at_none_and_at_all():
    assert wilson(0, 7).low == 0
    assert wilson(7, 7).high == 1


def test_without_trials_nothing_is_known():
    assert wilson(0, 0) == Interval(0, 1)


def test_fractional_numbers_lie_between_whole_ones():
    assert wilson(2, 10).high < wilson(2.5, 10).high < wilson(3, 10).high


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (float("nan"), 5), (1, float("inf"))])
def test_impossible_numbers_are_refused(k, n):
    with pytest.raises(ValueError, match="must hold"):
        wilson(k, n)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_impossible_levels_are_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, level)
