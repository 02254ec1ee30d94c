"""The doubly robust effect and what stands behind it: statsmodels, people whose truth is known, published E-values."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from statsmodels.treatment.treatment_effects import TreatmentEffect

from customer_factory.statistics import adjusted_effect, e_value, e_value_of_interval, fit_logistic


def people(seed, n=1500, effect=0.8):
    """People whose two covariates drive both; the last value is what it does, or would do, to each of them."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.poisson(1.0, n).clip(0, 4), rng.integers(0, 2, n)]).astype(float)
    drive = 0.7 * x[:, 0] + 0.6 * x[:, 1] - 1.0
    treated = rng.random(n) < expit(drive)
    p = [expit(-1.2 + drive + effect * given) for given in (1, 0)]
    y = rng.random(n) < np.where(treated, *p)
    return x, treated, y.astype(float), p[0] - p[1]


def test_logistic_regression_is_that_of_statsmodels_on_raw_and_grouped_rows():
    x, treated, y, _ = people(1)
    design = sm.add_constant(np.column_stack([x, treated]))
    theirs = sm.GLM(y, design, family=sm.families.Binomial()).fit().params
    assert fit_logistic(design, y, np.ones(len(y))) == pytest.approx(theirs, abs=1e-6)
    groups, place = np.unique(design, axis=0, return_inverse=True)
    k, n = np.bincount(place.ravel(), y), np.bincount(place.ravel())
    assert fit_logistic(groups, k, n) == pytest.approx(theirs, abs=1e-6)


def test_a_covariate_that_decides_everything_still_has_a_fit():
    found = fit_logistic([[1, 0], [1, 1]], [0, 50], [50, 50], ridge=1.0)
    assert np.isfinite(found).all()
    assert found[1] > 2


def test_the_effect_is_that_of_statsmodels():
    x, treated, y, _ = people(2, n=6000)
    data = pd.DataFrame({"one": x[:, 0], "two": x[:, 1], "treated": treated.astype(float), "y": y})
    select = sm.Logit(data.treated, sm.add_constant(data[["one", "two"]])).fit(disp=0)
    model = TreatmentEffect(sm.OLS.from_formula("y ~ one + two", data), data.treated, results_select=select)
    theirs = model.aipw(return_results=False)
    ours = adjusted_effect(x, treated, y, np.ones(len(y)))
    # Theirs has a line where we have a logistic curve for the outcome: both are right where the propensity is.
    assert ours.difference.value == pytest.approx(theirs[0], abs=0.004)
    assert ours.without == pytest.approx(theirs[1], abs=0.004)


def test_grouped_people_give_the_same_as_single_ones():
    x, treated, y, _ = people(3)
    rows, place = np.unique(np.column_stack([x, treated]), axis=0, return_inverse=True)
    k, n = np.bincount(place.ravel(), y), np.bincount(place.ravel())
    grouped = adjusted_effect(rows[:, :2], rows[:, 2], k, n)
    single = adjusted_effect(x, treated, y, np.ones(len(y)))
    assert grouped.difference == pytest.approx(single.difference, abs=1e-9)
    assert grouped.on_the_rest == pytest.approx(single.on_the_rest, abs=1e-9)
    assert grouped.ratio == pytest.approx(single.ratio, abs=1e-9)


def test_intervals_cover_the_truth_where_the_naive_ones_do_not():
    rounds, ours, rest, naive = 150, 0, 0, 0
    for seed in range(rounds):
        x, treated, y, gains = people(seed)
        truth = gains.mean()
        found = adjusted_effect(x, treated, y, np.ones(len(y)))
        ours += found.difference.low <= truth <= found.difference.high
        naive += found.naive.low <= truth <= found.naive.high
        rest += found.on_the_rest.low <= gains[~treated].mean() <= found.on_the_rest.high
    assert ours / rounds >= 0.9
    assert rest / rounds >= 0.9
    assert naive / rounds <= 0.05


@pytest.mark.parametrize(
    ("treated", "successes", "message"),
    [([1, 1], [1, 2], "nobody did not have it"), ([1, 0], [0, 0], "none did"), ([1, 0], [9, 1], "cannot be more")],
)
def test_nothing_to_compare_is_refused(treated, successes, message):
    with pytest.raises(ValueError, match=message):
        adjusted_effect([[0], [1]], treated, successes, [5, 5])


def test_e_values_published_by_vanderweele_and_ding_2017():
    """Their example: 3.9 with an interval of 1.8 to 8.7 (maternal smoking, after Victora): 7.26 and 3.0."""
    assert round(e_value(3.9), 2) == 7.26
    assert round(e_value_of_interval(1.8, 8.7), 1) == 3.0
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9))


def test_e_values_at_the_ends():
    assert e_value(1) == e_value_of_interval(0.8, 1.2) == 1
    assert e_value(math.inf) == e_value(0) == math.inf
    with pytest.raises(ValueError, match="a risk ratio is 0 or more"):
        e_value(-1)
    with pytest.raises(ValueError, match="low ≤ high must hold"):
        e_value_of_interval(2, 1)
