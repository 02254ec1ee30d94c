import numpy as np
import pytest

from customer_factory.statistics import Signal, p_chart, xmr


def rules(chart):
    return [(signal.index, signal.rule) for signal in chart.signals]


def test_constant_values_have_no_signal():
    for value in (0, 7, 0.1, -3e9):
        chart = xmr([value] * 30)
        assert chart.signals == ()
        assert chart.lower == chart.centre == chart.upper


def test_eight_in_a_row_on_one_side_signal_and_seven_do_not():
    assert rules(xmr([11, 15, 11, 15, 11, 15, 11, 9, 5, 9, 5, 9, 5, 9])) == []
    found = rules(xmr([11, 15, 11, 15, 11, 15, 11, 15, 11, 9, 5, 9, 5, 9, 5, 9]))
    assert found == [(7, "eight above centre"), (8, "eight above centre")]


def test_a_value_on_the_centre_line_breaks_a_run():
    values = [12] * 4 + [10] + [12] * 4 + [8] * 8
    chart = xmr([*values, 10])
    assert chart.centre == 10
    assert [s for s in chart.signals if s.rule == "eight above centre"] == []
    assert Signal(16, "eight below centre") in chart.signals


def test_three_of_four_near_a_limit_signal():
    values = [8, 12] * 6 + [17, 17, 9, 17] + [7, 11] * 6
    chart = xmr(values)
    assert chart.centre + (chart.upper - chart.centre) / 2 < 17 < chart.upper
    assert rules(chart) == [(15, "three of four near upper limit")]
    assert rules(xmr([20 - value for value in values])) == [(15, "three of four near lower limit")]


def test_a_jump_signals_in_the_ranges():
    chart = xmr([10, 11, 10, 9, 10, 11, 10, 30, 29, 30, 31, 30, 29])
    assert [s.index for s in chart.range_signals] == [7]


@pytest.mark.parametrize("values", [[], [1], [1, float("nan")], [[1, 2]]])
def test_xmr_refuses_what_has_no_ranges(values):
    with pytest.raises(ValueError, match="values"):
        xmr(values)


def test_p_chart_limits_follow_the_size_of_each_sample():
    chart = p_chart([10, 40, 90], [100, 500, 900])
    assert chart.signals == ()
    assert (np.diff(chart.uppers) < 0).all()
    assert chart.upper == chart.uppers[1]


def test_p_chart_stays_between_0_and_1_and_skips_empty_samples():
    chart = p_chart([0, 1, 0], [5, 5, 0])
    assert (chart.lower, chart.lowers[0]) == (0, 0)
    assert np.isnan([chart.uppers[2], chart.shares[2]]).all()


@pytest.mark.parametrize("count", [0, 5])
@pytest.mark.parametrize("overdispersed", [False, True])
def test_p_chart_of_all_or_nothing_has_no_signal(count, overdispersed):
    assert p_chart([count] * 6, 5, overdispersed).signals == ()


def test_p_chart_signals_on_both_sides():
    chart = p_chart([100, 105, 160, 98, 50, 101], 1000)
    assert rules(chart) == [(2, "above limits"), (4, "below limits")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1, 2], [1]), "same length"),
        (([3], [2]), "cannot be more"),
        (([0], [0]), "no trials"),
        (([], 5), "at least 1"),
        (([1], [2], True), "at least 2 samples"),
    ],
)
def test_p_chart_refuses_impossible_shares(arguments, said):
    with pytest.raises(ValueError, match=said):
        p_chart(*arguments)
