import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_factory.statistics import (
    RatioTally,
    Tally,
    always_valid,
    batches_for_counts,
    compare_shares,
    price_break_even,
    sample_ratio,
    sample_size_means,
    sample_size_shares,
    welch,
)

counted = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counted.filter(lambda c: c[1]), counted.filter(lambda c: c[1]))
def test_a_difference_of_shares_lies_in_its_interval_and_that_is_possible(a, b):
    found = compare_shares(Tally.of_share(*a), Tally.of_share(*b))
    assert -1 - 1e-9 <= found.low <= found.difference <= found.high <= 1 + 1e-9
    turned = compare_shares(Tally.of_share(*b), Tally.of_share(*a))
    assert (turned.low, turned.high, turned.p) == pytest.approx((-found.high, -found.low, found.p))


def test_a_ratio_of_shares_has_an_interval_where_nobody_succeeded():
    found = compare_shares(Tally.of_share(60, 100), Tally.of_share(0, 100), relative=True)
    assert found.difference == -1
    assert -1 < found.low < found.high < 0


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (Tally.of([1, 2, 3]), Tally.of_share(1, 3), "tally a is no share"),
        (Tally.of_share(1, 3), Tally(), "tally b is no share"),
        (Tally.of_share(0, 3), Tally.of_share(1, 3), "share\\(a\\) is 0"),
    ],
)
def test_what_is_no_share_is_refused(a, b, said):
    with pytest.raises(ValueError, match=said):
        compare_shares(a, b, relative=True)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="must hold"):
        Tally.of_share(4, 3)


def test_ratios_of_people_add_up():
    revenue, orders = np.array([30.0, 0, 50, 20, 10]), np.array([2.0, 0, 3, 1, 1])
    both = RatioTally.of(revenue[:2], orders[:2]) + RatioTally.of(revenue[2:], orders[2:])
    assert both == RatioTally.of(revenue, orders)
    assert both.mean.mean == pytest.approx(110 / 7)


def test_a_ratio_with_one_order_each_is_a_mean():
    amounts = [30.0, 5, 50, 20, 10]
    mean = RatioTally.of(amounts, [1] * 5).mean
    assert (mean.mean, mean.sd) == (pytest.approx(Tally.of(amounts).mean), pytest.approx(Tally.of(amounts).sd))


def test_a_ratio_needs_something_to_divide_by():
    with pytest.raises(ValueError, match="something to divide by"):
        _ = RatioTally.of([1, 2], [0, 0]).mean
    with pytest.raises(ValueError, match="each person has both"):
        RatioTally(Tally.of([1]), Tally.of([1, 2]), 1)


# Always valid


def test_the_interval_that_holds_at_all_looks_is_wider_than_one_that_holds_at_one():
    a, b = Tally.of_share(400, 4000), Tally.of_share(480, 4000)
    once, always = welch(a, b), always_valid(a, b)
    assert always.difference == once.difference
    assert always.low < once.low
    assert once.high < always.high
    assert always.p > once.p


def test_it_says_nothing_before_it_can():
    for a, b in [(Tally(), Tally()), (Tally.of_share(19, 500), Tally.of_share(90, 500)), (Tally.of([3] * 50),) * 2]:
        assert (always_valid(a, b).low, always_valid(a, b).high, always_valid(a, b).p) == (-math.inf, math.inf, 1)
    assert math.isnan(always_valid(Tally(), Tally.of([1])).difference)
    nothing = always_valid(Tally.of_share(0, 50), Tally.of_share(0, 50), relative=True)
    assert math.isnan(nothing.difference)


def test_it_is_tightest_about_where_it_was_planned():
    a, b = Tally.of_share(400, 4000), Tally.of_share(480, 4000)
    widths = {planned: always_valid(a, b, planned=planned) for planned in (100, 2000, 8000, 32_000, 1e6)}
    narrowest = min(widths, key=lambda planned: widths[planned].high - widths[planned].low)
    assert narrowest == 8000
    with pytest.raises(ValueError, match="planned is 0"):
        always_valid(a, b, planned=0)


@given(st.integers(30, 2000), st.integers(25, 2000), st.floats(100, 1e5))
def test_its_p_value_is_below_5_percent_exactly_where_its_interval_leaves_out_zero(more, fewer, planned):
    found = always_valid(Tally.of_share(fewer, 4000), Tally.of_share(more, 4000), planned=planned)
    if abs(found.p - 0.05) > 1e-9:
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


# How many it takes


def test_smaller_effects_take_more():
    sizes = [sample_size_shares(0.1, 0.1 + effect) for effect in (0.01, 0.02, 0.05)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] / sizes[1] == pytest.approx(4, rel=0.1)
    assert sample_size_shares(0.1, 0.12, share=0.2) > sample_size_shares(0.1, 0.12)
    assert batches_for_counts(20, 30, before=12) > batches_for_counts(20, 30)
    assert batches_for_counts(20, 22, before=8) == math.inf


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sample_size_shares(0.1, 0.1),
        lambda: sample_size_shares(-0.1, 0.1),
        lambda: sample_size_shares(0.1, 0.2, power=1),
        lambda: sample_size_shares(0.1, 0.2, share=0),
        lambda: sample_size_means(0, 1),
        lambda: sample_size_means(1, 0),
        lambda: batches_for_counts(5, 5),
        lambda: batches_for_counts(-1, 5),
        lambda: batches_for_counts(4, 5, before=0),
        lambda: sample_ratio([5]),
        lambda: sample_ratio([5, 5], [1, 0]),
        lambda: sample_ratio([5, 5], [1, 1, 1]),
        lambda: price_break_even(10, 5, cost=6),
        lambda: price_break_even(-1),
    ],
)
def test_what_is_impossible_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\d|equal|above|length"):
        wrong()


# Shares and prices


def test_arms_as_they_were_meant_raise_no_doubt():
    assert sample_ratio([50, 50]) == 1
    assert sample_ratio([0, 0]) == 1
    assert sample_ratio([900, 100], [9, 1]) == 1
    assert sample_ratio([900, 100]) < 1e-9


def test_at_the_break_even_as_much_is_earned_as_before():
    for price, new, cost in [(10, 20, 0), (10, 12, 4), (10, 9, 2)]:
        kept = 1 - price_break_even(price, new, cost)
        assert kept * (new - cost) == pytest.approx(price - cost)
