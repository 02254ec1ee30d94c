"""The same numbers from other people's libraries, on raw rows."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from customer_factory.statistics import Tally, kaplan_meier, p_chart, shrink, welch, wilson
from customer_factory.statistics.count_model import predict
from customer_factory.statistics.mixtures import Mixture

values = st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=3, max_size=30)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.5, 0.999))
@settings(max_examples=60, deadline=None)
def test_wilson_is_that_of_statsmodels(successes, failures, level):
    from statsmodels.stats.proportion import proportion_confint

    if successes + failures == 0:
        return
    expected = proportion_confint(successes, successes + failures, 1 - level, "wilson")
    assert wilson(successes, successes + failures, level) == pytest.approx(expected, abs=1e-9)


@given(values, values)
@settings(max_examples=60, deadline=None)
def test_welch_on_tallies_is_that_of_scipy_on_rows(a, b):
    if np.var(a) < 1e-3 or np.var(b) < 1e-3:
        return
    expected = stats.ttest_ind(b, a, equal_var=False)
    low, high = expected.confidence_interval(0.9)
    result = welch(Tally.of(a), Tally.of(b), 0.9)
    assert result.p == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-9)
    assert (result.low, result.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))


@given(values)
@settings(max_examples=60, deadline=None)
def test_tally_moments_are_those_of_numpy(rows):
    tally = Tally.of(rows)
    assert tally.mean == pytest.approx(np.mean(rows), abs=1e-9)
    assert tally.variance == pytest.approx(np.var(rows, ddof=1), rel=1e-6, abs=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 4)), min_size=1, max_size=40).filter(
        lambda rows: any(weight for _, _, weight in rows)
    )
)
@settings(max_examples=80, deadline=None)
def test_kaplan_meier_is_that_of_lifelines(rows):
    from lifelines import KaplanMeierFitter

    rows = [row for row in rows if row[2]]
    durations, observed, weights = (np.array(column) for column in zip(*rows, strict=True))
    curve = kaplan_meier(durations, observed, weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = KaplanMeierFitter().fit(durations, observed, weights=weights)
        expected = other.survival_function_at_times(curve.times).to_numpy()
        interval = other.confidence_interval_survival_function_.reindex(curve.times).to_numpy()
    assert curve.survival == pytest.approx(expected, abs=1e-9)
    inside = (curve.survival > 1e-9) & (curve.survival < 1 - 1e-9)
    assert curve.low[inside] == pytest.approx(interval[inside, 0], abs=1e-6)
    assert curve.high[inside] == pytest.approx(interval[inside, 1], abs=1e-6)
    if len(curve.times) and abs(expected - 0.5).min() > 1e-9:
        assert (np.inf if curve.median is None else curve.median) == other.median_survival_time_


def test_kaplan_meier_grouped_is_kaplan_meier_on_rows():
    rng = np.random.default_rng(1)
    durations, observed = rng.integers(0, 20, 500), rng.random(500) < 0.6
    pairs, counts = np.unique(np.column_stack([durations, observed]), axis=0, return_counts=True)
    rows, grouped = kaplan_meier(durations, observed), kaplan_meier(pairs[:, 0], pairs[:, 1], counts)
    assert np.array_equal(rows.times, grouped.times)
    assert grouped.survival == pytest.approx(rows.survival)
    assert grouped.se == pytest.approx(rows.se)
    assert (grouped.n, grouped.horizon) == (500, rows.horizon)


def test_shrink_maximises_the_beta_binomial_likelihood_of_scipy():
    rng = np.random.default_rng(3)
    trials = rng.integers(5, 80, 40)
    successes = rng.binomial(trials, rng.beta(4, 12, 40))
    found = shrink(successes, trials)

    def loglik(a, b):
        return stats.betabinom.logpmf(successes, trials, a, b).sum()

    best = loglik(found.a, found.b)
    for factor in (0.97, 1.03):
        assert loglik(found.a * factor, found.b) < best
        assert loglik(found.a, found.b * factor) < best
        assert loglik(found.a * factor, found.b * factor) < best
    assert found.means == pytest.approx((found.a + successes) / (found.a + found.b + trials))


@pytest.mark.parametrize("size", [0.3, 2.0, 50.0, 1e5])
@pytest.mark.parametrize("mean", [0.4, 5.0, 300.0, 1e4])
def test_mixture_tails_are_those_of_scipys_negative_binomial(mean, size):
    row = Mixture(*(np.array([[x]]) for x in (1.0, mean, mean**2 / size)))
    other = stats.nbinom(size, size / (size + mean))
    for count in np.unique(other.ppf([1e-4, 0.01, 0.3, 0.9, 0.9999])):
        assert row.at_most(np.array([count]))[0] == pytest.approx(other.cdf(count), rel=1e-6)
        assert row.at_least(np.array([count]))[0] == pytest.approx(other.sf(count - 1), rel=1e-6)
    assert row.lowest(0.001)[0] == other.ppf(0.001)
    highest = row.highest(0.001)[0]
    assert other.sf(highest - 1) >= 0.001 > other.sf(highest)


def test_prediction_of_large_counts_is_that_of_statsmodels_regression():
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    time = np.arange(26.0)
    counts = rng.poisson(5000 * np.exp(0.03 * time)).astype(float)
    model = sm.GLM(counts, sm.add_constant(time), family=sm.families.Poisson()).fit()
    expected = model.get_prediction(np.array([[1.0, 26.0]])).summary_frame()
    found = predict(counts[None, :], np.ones((1, 26)))
    assert found.one.mean[0] == pytest.approx(expected["mean"][0], rel=2e-3)
    spread = np.sqrt(expected["mean"][0] * model.pearson_chi2 / model.df_resid + expected["mean_se"][0] ** 2)
    assert found.one.sd[0] == pytest.approx(spread, rel=0.25)
    assert found.trend[0] == pytest.approx(np.expm1(model.params[1]), abs=5e-4)


def test_laneys_p_prime_by_hand():
    rng = np.random.default_rng(5)
    trials = rng.integers(20_000, 60_000, 30)
    successes = rng.binomial(trials, rng.normal(0.1, 0.01, 30))
    centre = successes.sum() / trials.sum()
    sigma = np.sqrt(centre * (1 - centre) / trials)
    z = (successes / trials - centre) / sigma
    sigma_z = np.mean(np.abs(np.diff(z))) / 1.128
    chart = p_chart(successes, trials, overdispersed=True)
    assert chart.sigma_z == pytest.approx(sigma_z)
    assert chart.uppers == pytest.approx(centre + 3 * sigma * sigma_z)
    assert chart.signals == ()
    assert len(p_chart(successes, trials).signals) > 10
