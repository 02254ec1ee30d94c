"""What a change did to counts: against published analyses, an independent library, and series whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from customer_factory.statistics import batches_needed, intervention

YEAR = 52.18

# Monthly hospital admissions for acute coronary events in Sicily, January 2002 to November 2006, and the standardised
# population at risk; smoking in public places was banned in January 2005, month 37. From Bernal, Cummins and
# Gasparrini, Interrupted time series regression for the evaluation of public health interventions: a tutorial,
# International Journal of Epidemiology 46 (2017) 348-355, supplementary data.
ADMISSIONS = [
    728, 659, 791, 734, 757, 726, 760, 740, 720, 814, 795, 858,
    887, 766, 851, 769, 781, 756, 766, 752, 765, 831, 879, 928,
    914, 808, 937, 840, 916, 828, 845, 818, 860, 839, 887, 886,
    831, 796, 833, 820, 877, 758, 767, 738, 781, 843, 850, 908,
    1021, 859, 976, 888, 962, 838, 810, 876, 843, 936, 912,
]  # fmt: skip
POPULATION = [
    379875.3, 376495.5, 377040.8, 377116.4, 377383.4, 374113.1,
    379513.3, 376295.5, 374653.2, 378485.6, 375955.5, 378349.7,
    376762.4, 379032.3, 379360.4, 376162.0, 377972.4, 381830.7,
    379888.6, 380872.2, 380966.9, 381240.4, 382104.9, 381802.7,
    381656.3, 383680.0, 383504.2, 386462.9, 383783.1, 380836.8,
    383483.0, 380906.2, 382926.8, 384052.4, 384449.6, 383428.4,
    388153.2, 388373.2, 386470.1, 386033.2, 383686.4, 385509.3,
    385901.9, 386516.6, 388436.5, 383255.2, 390148.7, 385874.9,
    391613.6, 391750.4, 394005.6, 391364.9, 391664.6, 389022.3,
    391878.5, 388575.3, 392989.0, 390018.8, 390712.3,
]  # fmt: skip
BAN = 36


def segmented(counts, at, exposure, waves):
    """The rate ratio of a step, with its interval, by a quasi-Poisson regression of an independent library."""
    import statsmodels.api as sm

    month = np.arange(len(counts))
    columns = [np.ones(len(counts)), month >= at, month]
    columns += [wave(2 * np.pi * k * month / 12) for k in range(1, waves + 1) for wave in (np.sin, np.cos)]
    model = sm.GLM(counts, np.column_stack(columns), family=sm.families.Poisson(), offset=np.log(exposure))
    fit = model.fit(scale="X2" if waves else 1.0)
    return np.exp([fit.params[1], *fit.conf_int()[1]])


def test_the_sicilian_smoking_ban_as_published():
    """The data are those of the paper: an independent library finds its rate ratio of .89, and so do we."""
    assert segmented(ADMISSIONS, BAN, POPULATION, waves=0) == pytest.approx([0.894, 0.865, 0.925], abs=0.001)
    ratio, low, high = segmented(ADMISSIONS, BAN, POPULATION, waves=2)
    assert [ratio, low, high] == pytest.approx([0.885, 0.839, 0.933], abs=0.001)

    found = intervention(ADMISSIONS, BAN, period=12, exposure=POPULATION)
    assert 1 + found.effect == pytest.approx(ratio, abs=0.01)
    assert found.high < 0
    # Wider than the published one, which takes it for granted that the trend is a straight line.
    assert 1 + found.low == pytest.approx(low, abs=0.02)
    assert high < 1 + found.high < 1


def wandering(seed):
    """The example of CausalImpact (Brodersen and others 2015) as counts: the response follows a wandering control."""
    rng = np.random.default_rng(seed)
    level = 100 + np.concatenate([[0], np.cumsum(rng.standard_normal(99))])
    response = 120 * level + 100 * rng.standard_normal(100)
    truth = 1000 * 30 / response[70:].sum()
    response[70:] += 1000
    return response.round(), rng.poisson(100 * level), truth


def test_a_control_explains_what_wanders_as_causal_impact_shows():
    covered = []
    for seed in range(8):
        response, control, truth = wandering(seed)
        found = intervention(response, 70, control)
        assert found.low > 0.03, "published: an effect of 10 of 106, seen for certain"
        covered.append(found.low < truth < found.high)
    assert sum(covered) >= 7
    alone = intervention(response, 70)
    assert found.high - found.low < (alone.high - alone.low) / 2


def test_a_season_that_hits_the_control_too_is_no_effect():
    rng = np.random.default_rng(2)
    boom = np.concatenate([np.full(26, 40.0), np.full(8, 60.0)])
    counts, other = rng.poisson(boom), rng.poisson(5 * boom)
    assert intervention(counts, 26).low > 0
    assert intervention(counts, 26, other).low < 0


@pytest.mark.parametrize("mean", [1, 3, 20])
def test_where_nothing_is_known_but_the_level_the_interval_is_that_of_two_counts(mean):
    """Two Poisson totals: the exact interval of their ratio is narrower, and begins inside ours."""
    from scipy.stats import beta

    before, after = [mean, mean + 1, mean - 1, mean] * 6, [2 * mean] * 6
    n, m = sum(before), sum(after)
    share_low = beta.ppf(0.025, m, n + 1)
    exact = share_low / (1 - share_low) * len(before) / len(after)
    found = intervention(before + after, len(before))
    assert -1 < found.low < exact - 1 + 0.02
    assert found.effect == pytest.approx(1.0, abs=0.25)


def false_and_found(series, effect=0.0, seed=20):
    rng = np.random.default_rng(seed)
    return np.mean([intervention(series(rng, effect), 26, period=YEAR, level=0.95).low > 0 for _ in range(60)])


def growing(rng, effect):
    rate = 20 * np.exp(0.01 * np.arange(34))
    rate[26:] *= 1 + effect
    return rng.poisson(rate)


def seasonal(rng, effect):
    rate = 100 * np.exp(0.3 * np.sin(2 * np.pi * (np.arange(34) / YEAR + rng.random())))
    rate[26:] *= 1 + effect
    return rng.poisson(rate)


def after_a_bad_run(rng, effect):
    """The team acts as soon as four batches together are low by chance."""
    while True:
        counts = rng.poisson(20, 200)
        runs = np.convolve(counts, np.ones(4), "valid")
        ends = [end + 4 for end in np.flatnonzero(runs < 80 - 1.5 * np.sqrt(80)) if 26 <= end + 4 <= 190]
        if ends:
            counts = counts[ends[0] - 26 : ends[0] + 8]
            return np.concatenate([counts[:26], counts[26:] + rng.poisson(effect * counts[26:])])


@pytest.mark.parametrize("series", [growing, seasonal, after_a_bad_run])
def test_nothing_is_seldom_taken_for_something(series):
    assert false_and_found(series) <= 0.1


def test_half_as_much_again_is_found_at_twenty_a_batch():
    assert false_and_found(lambda rng, effect: rng.poisson([20] * 26 + [20 * (1 + effect)] * 8), effect=0.5) >= 0.75


def test_a_bad_run_before_the_change_is_set_aside():
    steady = [20, 22, 18, 21, 19, 20, 23, 17, 20, 21, 19, 22, 18, 20, 21, 19]
    found = intervention([*steady, 11, 10, 12, 11, 20, 21, 19, 20], 20)
    assert found.aside == 4
    assert found.effect == pytest.approx(0, abs=0.1)
    assert intervention([*steady, 20, 21, 19, 20], 16).aside == 0


def test_a_fall_is_not_taken_to_go_on():
    falling = [round(60 * 0.97**week) for week in range(26)]
    bottom = [falling[-1]] * 8
    assert intervention(falling + bottom, 26).low < 0


def test_growth_is_part_of_what_was_to_be_expected():
    growth = [round(100 * 1.03**week) for week in range(34)]
    found = intervention(growth, 26)
    assert found.low < 0 < found.high
    assert found.expected == pytest.approx(growth[26:], rel=0.1)
    assert (found.expected_low < found.expected).all()
    assert (found.expected < found.expected_high).all()


def test_counts_and_shares_say_the_same():
    found = intervention([20] * 20 + [30] * 6, 20)
    assert found.total == pytest.approx(60, abs=5)
    assert found.total == pytest.approx(180 * found.effect / (1 + found.effect))
    assert found.chance < 0.01
    assert found.batches == 6


def test_none_at_all_before_or_after():
    gone = intervention([20] * 20 + [0] * 6, 20)
    assert gone.effect == gone.low == -1
    assert gone.high < -0.8
    come = intervention([0] * 20 + [3, 4, 3], 20)
    assert come.low > 1
    nothing = intervention([0] * 20 + [0] * 4, 20)
    assert nothing.low == -1
    assert nothing.high > 0


def test_only_the_nearest_batches_count():
    """Four years ago half came; what follows half a year after the change has other causes."""
    long = [10] * 100 + [20] * 156 + [30] * 26 + [90] * 50
    assert intervention(long, 256).effect == pytest.approx(0.5, abs=0.05)


def test_more_batches_are_needed_for_less():
    counts = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 21, 19, 20, 23] * 2
    needed = [batches_needed(counts, 32, effect) for effect in (1.0, 0.5, 0.05)]
    assert needed[0] < needed[1] <= 8
    assert needed[2] is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (([20] * 10, 3), "at is 3 of 10"),
        (([20] * 10, 10), "one after"),
        (([20] * 9 + [-1], 7), "negative"),
        (([20] * 9 + [1.5], 7), "whole"),
        (([20] * 10, 7, [1] * 9), "same length"),
        (([20] * 10, 7, None, 1), "period is 1"),
    ],
)
def test_what_cannot_be_is_refused(arguments, told):
    with pytest.raises(ValueError, match=told):
        intervention(*arguments)


def test_exposure_must_be_there():
    with pytest.raises(ValueError, match="exposure is 0"):
        intervention([20] * 10, 7, exposure=[1] * 9 + [0])
    with pytest.raises(ValueError, match="effect is 0"):
        batches_needed([20] * 10, 7, 0)
