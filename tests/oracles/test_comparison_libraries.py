"""The same comparisons from other people's libraries, on raw rows."""

import math
import warnings

import numpy as np
import pyarrow as pa
import pytest

from customer_factory.statistics import (
    RatioTally,
    Tally,
    always_valid,
    batches_for_counts,
    compare_shares,
    sample_ratio,
    sample_size_means,
    sample_size_shares,
    welch,
)
from customer_factory.statistics.purchase_histories import Histories
from customer_factory.statistics.sequential import reach


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    variant = rng.integers(0, 2, 4000)
    orders = rng.poisson(1 + 0.1 * variant)
    return pa.table({"variant": variant, "orders": orders, "revenue": orders * rng.gamma(2, 10, 4000)})


@pytest.fixture(scope="module")
def tea(rows):
    import tea_tasting as tt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tt.Experiment(
            mean=tt.Mean("revenue"), ratio=tt.RatioOfMeans("revenue", "orders"), split=tt.SampleRatio()
        ).analyze(rows)


def arms(rows, *names):
    table = {name: rows[name].to_numpy() for name in rows.column_names}
    return [[table[name][table["variant"] == arm] for name in names] for arm in (0, 1)]


def test_means_are_those_of_tea_tasting(rows, tea):
    (a,), (b,) = arms(rows, "revenue")
    found = welch(Tally.of(a), Tally.of(b))
    theirs = tea["mean"]
    assert (found.difference, found.low, found.high, found.p) == pytest.approx(
        (theirs.effect_size, theirs.effect_size_ci_lower, theirs.effect_size_ci_upper, theirs.pvalue), rel=1e-9
    )


def test_ratios_of_means_are_those_of_tea_tasting(rows, tea):
    a, b = (RatioTally.of(*each).mean for each in arms(rows, "revenue", "orders"))
    found, theirs = welch(a, b), tea["ratio"]
    assert (found.difference, found.low, found.high, found.p) == pytest.approx(
        (theirs.effect_size, theirs.effect_size_ci_lower, theirs.effect_size_ci_upper, theirs.pvalue), rel=1e-9
    )
    assert welch(a, b, relative=True).difference == pytest.approx(theirs.rel_effect_size)


def test_the_sample_ratio_is_that_of_scipy_and_near_the_exact_one_of_tea_tasting(rows, tea):
    from scipy.stats import chisquare

    counts = np.bincount(rows["variant"].to_numpy())
    assert sample_ratio(counts) == pytest.approx(chisquare(counts).pvalue)
    assert sample_ratio(counts) == pytest.approx(tea["split"].pvalue, abs=0.02)
    assert sample_ratio([30, 50, 25], [1, 2, 1]) == pytest.approx(chisquare([30, 50, 25], [26.25, 52.5, 26.25]).pvalue)


@pytest.mark.parametrize(("a", "b"), [((48, 80), (56, 70)), ((3, 500), (9, 480)), ((1, 29), (0, 20))])
def test_shares_are_those_of_statsmodels(a, b):
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_chisquare

    ours = compare_shares(Tally.of_share(*a), Tally.of_share(*b))
    ratio = compare_shares(Tally.of_share(*a), Tally.of_share(*b), relative=True)
    assert (ours.low, ours.high) == pytest.approx(confint_proportions_2indep(*b, *a, compare="diff", method="newcomb"))
    expected = confint_proportions_2indep(*b, *a, compare="ratio", method="log-adjusted")
    assert (1 + ratio.low, 1 + ratio.high) == pytest.approx(expected)
    assert ours.p == ratio.p == pytest.approx(proportions_chisquare([a[0], b[0]], [a[1], b[1]])[1])


@pytest.mark.parametrize("planned", [500, 20_000])
def test_an_always_valid_interval_ends_where_the_mixtures_likelihood_ratio_is_20(planned):
    """Robbins' mixture integrated numerically: the boundary in closed form is its level 1 / error."""
    from scipy.integrate import quad

    a, b = Tally.of_share(300, 2000), Tally.of_share(360, 2000)
    found = always_valid(a, b, planned=planned)
    n, error = 4000, math.sqrt(a.variance / a.n + b.variance / b.n)
    spread = (-2 * math.log(0.05) + math.log(-2 * math.log(0.05)) + 1) / planned
    z = (found.high - found.difference) / error

    def ratio(drift):
        return math.exp(drift * z * math.sqrt(n) - drift**2 * n / 2 - drift**2 / spread / 2)

    mixed = quad(ratio, -1, 1, points=[0, z / math.sqrt(n)], limit=200)[0] / math.sqrt(2 * math.pi * spread)
    assert mixed == pytest.approx(20, rel=1e-6)
    assert z == pytest.approx(reach(n, planned, 0.05))


@pytest.mark.parametrize(("effect", "power"), [(0.5, 0.8), (0.3, 0.9), (0.1, 0.8)])
def test_sample_sizes_of_means_are_those_of_statsmodels(effect, power):
    from statsmodels.stats.power import TTestIndPower

    expected = 2 * TTestIndPower().solve_power(effect, alpha=0.05, power=power)
    assert sample_size_means(effect, 1, power=power) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(("base", "other", "share"), [(0.25, 0.4, 0.5), (0.1, 0.12, 0.5), (0.02, 0.03, 1 / 3)])
def test_sample_sizes_of_shares_have_the_power_that_statsmodels_says(base, other, share):
    from statsmodels.stats.proportion import power_proportions_2indep

    n = sample_size_shares(base, other, share=share)
    power = power_proportions_2indep(
        other - base, base, n * share, ratio=(1 - share) / share, alpha=0.05, return_results=False
    )
    assert power == pytest.approx(0.8, abs=0.015)


@pytest.mark.parametrize(("base", "other", "before", "dispersion"), [(100, 110, 26, 1), (50, 60, 20, 1.5)])
def test_batches_for_counts_have_the_power_that_statsmodels_says(base, other, before, dispersion):
    from statsmodels.stats.rates import power_poisson_ratio_2indep

    n = batches_for_counts(base, other, before, dispersion=dispersion)
    power = power_poisson_ratio_2indep(
        other, base, n, nobs_ratio=before / n, value=1, dispersion=dispersion, alternative="two-sided",
        return_results=False,
    )  # fmt: skip
    assert power == pytest.approx(0.8, abs=0.015)


def test_the_gradient_of_the_purchase_likelihood_is_that_of_finite_differences():
    from scipy.optimize import approx_fprime

    rng = np.random.default_rng(3)
    x = rng.poisson(1.2, 200).astype(float)
    age = rng.integers(20, 40, 200).astype(float)
    last = np.where(x > 0, np.ceil(age * rng.uniform(0.1, 1, 200)), 0)
    likelihood = Histories.of(x, last, age, rng.integers(1, 9, 200).astype(float))
    for point in ([0.3, 5.0, 0.7, 2.0], [2.0, 0.5, 3.0, 0.2]):
        expected = approx_fprime(np.array(point), lambda p: likelihood.loglik(p)[0], 1e-7)
        assert likelihood.loglik(np.array(point))[1] == pytest.approx(expected, rel=1e-3)
