"""Published numbers. Each test is named after where its truth comes from."""

import math
from pathlib import Path

import numpy as np
import pytest

from customer_factory.statistics import (
    BetaGeo,
    ShiftedBetaGeo,
    Tally,
    csat,
    fit_beta_geo,
    fit_gamma_gamma,
    fit_shifted_beta_geo,
    kaplan_meier,
    nps,
    p_chart,
    unit_economics,
    viral_growth,
    welch,
    wilson,
    xmr,
)
from customer_factory.statistics.purchase_histories import Histories

DATA = Path(__file__).parents[2] / "../shared/data"

INVENTORY = [19, 27, 20, 16, 18, 25, 22, 24, 17, 25, 15, 17, 20, 22, 19, 16, 22, 19, 25, 22, 18, 20, 16, 17, 20, 15, 27]
INVENTORY += [25, 17, 19, 28]
ORANGE_JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13]
ORANGE_JUICE += [9, 6]


def real(name):
    file = DATA / f"{name}.parquet"
    if not file.exists():
        pytest.skip(f"{file.name} is not here: the real data live outside the project")
    import pandas as pd

    return pd.read_parquet(file)


# Control charts


def test_xmr_of_wheelers_inventory():
    chart = xmr(INVENTORY)
    assert chart.centre == pytest.approx(20.387, abs=5e-4)
    assert chart.mean_range == pytest.approx(4.70, abs=5e-3)
    assert (chart.upper, chart.lower) == (pytest.approx(32.889, abs=5e-4), pytest.approx(7.885, abs=5e-4))
    assert chart.range_limit == pytest.approx(15.36, abs=5e-3)
    assert chart.signals == ()
    assert chart.range_signals == ()


def test_xmr_of_wheelers_sixteen_values():
    chart = xmr(
        [5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285, 3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200],
    )
    assert chart.centre == 4135.5
    assert chart.mean_range == pytest.approx(355.933, abs=5e-4)
    assert (chart.upper, chart.lower) == (pytest.approx(5082.28, abs=5e-3), pytest.approx(3188.72, abs=5e-3))
    assert [(s.index, s.rule) for s in chart.signals] == [(15, "above limits")]
    assert [s.index for s in chart.range_signals] == [15]


def test_xmr_of_nist_handbook_6322():
    chart = xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert chart.centre == pytest.approx(50.81)
    assert chart.mean_range == pytest.approx(1.8778, abs=5e-5)
    # The handbook divides by 1.128; Wheeler's rounded 2.660 differs in the fifth digit.
    assert (chart.lower, chart.upper) == (pytest.approx(45.8159, abs=1e-3), pytest.approx(55.8041, abs=1e-3))
    assert chart.signals == ()


def test_p_chart_of_montgomerys_orange_juice():
    chart = p_chart(ORANGE_JUICE, 50)
    assert sum(ORANGE_JUICE) == 347
    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert (chart.lower, chart.upper) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.4102, abs=5e-5))
    assert [s.index + 1 for s in chart.signals] == [15, 23]
    assert chart.uppers == pytest.approx(0.4102, abs=5e-5)


def test_p_chart_of_montgomerys_orange_juice_revised():
    kept = [count for sample, count in enumerate(ORANGE_JUICE, 1) if sample not in {15, 23}]
    chart = p_chart(kept, 50)
    assert chart.centre == pytest.approx(0.2150, abs=5e-5)
    assert (chart.lower, chart.upper) == (pytest.approx(0.0407, abs=1e-4), pytest.approx(0.3893, abs=1e-4))
    assert [kept[s.index] for s in chart.signals] == [20]  # sample 21


# Intervals and comparisons


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_of_newcombe_1998(successes, trials, low, high):
    assert wilson(successes, trials) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_welch_of_growthbook():
    a, b = Tally.from_moments(3407, 0.41, 3.9), Tally.from_moments(3461, 0.70, 6.2)
    result = welch(a, b)
    assert result.difference == pytest.approx(0.29)
    assert (result.low, result.high) == (pytest.approx(0.04538, abs=5e-6), pytest.approx(0.53462, abs=5e-6))
    assert result.p == pytest.approx(0.02016, abs=5e-6)


def test_welch_relative_of_growthbook():
    a, b = Tally.from_moments(3407, 0.41, 3.9), Tally.from_moments(3461, 0.70, 6.2)
    result = welch(a, b, relative=True)
    assert result.difference == pytest.approx(0.70732, abs=5e-6)
    assert (result.low, result.high) == (pytest.approx(-0.03526, abs=5e-6), pytest.approx(1.44989, abs=5e-6))
    assert result.p == pytest.approx(0.0619, abs=5e-5)


def test_welch_of_students_sleep_in_r():
    first = Tally.of([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = Tally.of([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    result = welch(second, first)
    assert result.p == pytest.approx(0.07939, abs=5e-6)
    assert (result.low, result.high) == (pytest.approx(-3.3654832), pytest.approx(0.2054832, abs=1e-6))


# Survival


def test_kaplan_meier_of_freireichs_6mp():
    events, censored = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = kaplan_meier(events + censored, [1] * len(events) + [0] * len(censored))
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.survival == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.median == 23


def test_kaplan_meier_of_r_aml_maintained():
    curve = kaplan_meier([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
    assert curve.times.tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert curve.survival == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=5e-4)
    assert curve.se == pytest.approx([0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535], abs=5e-5)
    assert curve.n_risk.tolist() == [11, 10, 8, 7, 5, 4, 2]
    assert curve.median == 31


def test_kaplan_meier_of_r_aml_nonmaintained():
    curve = kaplan_meier([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
    expected = [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0.0]
    assert curve.survival == pytest.approx(expected, abs=5e-5)
    assert curve.median == 23


# Lifetime models


def test_shifted_beta_geometric_of_fader_hardie_regular():
    fit = fit_shifted_beta_geo([1000, 631, 468, 382, 326, 289, 262, 241])
    assert (fit.alpha, fit.beta) == (pytest.approx(0.704, abs=5e-4), pytest.approx(1.182, abs=5e-4))
    assert fit.loglik == pytest.approx(-1680.27, abs=5e-3)
    assert fit.survival(12) == pytest.approx(0.170, abs=5e-4)
    assert ShiftedBetaGeo(0.688, 1.182, 0).survival(7) != pytest.approx(fit.survival(7), abs=1e-3)


def test_shifted_beta_geometric_of_fader_hardie_high_end():
    fit = fit_shifted_beta_geo([1000, 869, 743, 653, 593, 551, 517, 491])
    assert (fit.alpha, fit.beta) == (pytest.approx(0.668, abs=5e-4), pytest.approx(3.806, abs=1e-3))
    assert fit.loglik == pytest.approx(-1611.16, abs=5e-3)


def cdnow():
    """Per calibration customer: repeats, recency, T, and the mean of the repeats' amounts."""
    import pandas as pd

    bought = real("cdnow_master")
    bought = bought[bought.in_sample_2357].assign(date=lambda rows: pd.to_datetime(rows.date))
    end = pd.Timestamp("1997-09-30")
    days = bought[bought.date <= end].groupby(["customer_id", "date"], as_index=False).amount.sum()
    dates = days.groupby("customer_id").date
    first = dates.min()
    repeats = days[days.date > days.customer_id.map(first)].groupby("customer_id").amount
    return pd.DataFrame(
        {
            "x": dates.size() - 1,
            "recency": (dates.max() - first).dt.days / 7,
            "T": (end - first).dt.days / 7,
            "mean": repeats.mean(),
        }
    )


def test_beta_geo_of_hardies_cdnow_sample():
    people = cdnow()
    fit = fit_beta_geo(people.x, people.recency, people["T"])
    assert len(people) == 2357
    assert fit.r == pytest.approx(0.243, abs=5e-4)
    assert fit.alpha == pytest.approx(4.414, abs=5e-4)
    assert fit.a == pytest.approx(0.793, abs=5e-4)
    assert fit.b == pytest.approx(2.426, abs=5e-4)
    assert fit.loglik == pytest.approx(-9582.4, abs=0.05)
    assert float(fit.expected(39, frequency=2, recency=30.43, T=38.86)) == pytest.approx(1.226, abs=5e-4)


def test_beta_geo_of_hardies_note_on_numerical_error():
    parameters = np.array([0.25, 4.0, 0.8, 2.5])
    for history, expected in (((0.0, 0.0, 40.0), -0.59947382), ((200.0, 38.0, 40.0), 100.7957)):
        one = Histories.of(*(np.array([value]) for value in (*history, 1.0)))
        assert one.loglik(parameters)[0] == pytest.approx(expected, abs=5e-5)


def test_gamma_gamma_of_hardies_cdnow_repeat_buyers():
    repeats = cdnow().query("x > 0 and mean > 0")
    fit = fit_gamma_gamma(repeats.x, repeats["mean"])
    assert len(repeats) == 946
    assert (fit.p, fit.q) == (pytest.approx(6.25, abs=5e-3), pytest.approx(3.74, abs=5e-3))
    assert fit.v == pytest.approx(15.44, abs=6e-3)


# Surveys, economics, growth


def test_nps_of_a_textbook():
    result = nps(162, 108, 54)
    assert (result.score, result.se) == (pytest.approx(33.33, abs=5e-3), pytest.approx(4.141, abs=5e-4))


def test_nps_of_san_francisco_airport_2017():
    codes = real("sfo_survey_2017").recommend_0_10
    answers = codes[codes.isin([str(score) for score in range(11)])].astype(int)
    counts = [int(answers.between(*ends).sum()) for ends in ((9, 10), (7, 8), (0, 6))]
    assert counts == [1436, 968, 342]
    assert nps(*counts).score == pytest.approx(39.84, abs=5e-3)


def test_csat_of_a_textbook():
    result = csat({5: 42, 4: 32, 3: 10, 2: 9, 1: 14})
    assert result.share == pytest.approx(0.6916, abs=5e-5)
    assert result.n == 107


def test_viral_growth_of_skok():
    assert viral_growth(10, 2, 2, 20) == pytest.approx(20_470)
    assert viral_growth(10, 2, 1, 20) == pytest.approx(20_971_510)
    assert viral_growth(10, 0.5, 1, math.inf) == 20
    assert viral_growth(10, 0.5, 1, 200) == pytest.approx(20)


def test_unit_economics_of_a_textbook():
    found = unit_economics(500, 50, 0.05)
    assert (found.lifetime, found.ltv, found.ltv_to_cac, found.payback) == (20, 1000, 2, 10)


def test_beta_geo_expects_of_a_new_customer_what_it_expects_of_one_just_come():
    fit = BetaGeo(0.243, 4.414, 0.793, 2.426, 0)
    # E[X(t)], equation 9 of Fader, Hardie and Lee, with the hypergeometric function as printed.
    from scipy.special import hyp2f1

    t = 52.0
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    printed = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    assert float(fit.expected(t)) == pytest.approx(printed)
