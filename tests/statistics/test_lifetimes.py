import math

import numpy as np
import pytest

from customer_factory.statistics import (
    BetaGeo,
    GammaGamma,
    ShiftedBetaGeo,
    fit_beta_geo,
    fit_gamma_gamma,
    fit_shifted_beta_geo,
    fitting,
)

CDNOW = BetaGeo(0.243, 4.414, 0.793, 2.426, 0.0)


def some_people():
    rng = np.random.default_rng(1)
    x = rng.poisson(rng.gamma(0.6, 3, 300))
    age = rng.integers(20, 40, 300).astype(float)
    return x, np.where(x > 0, np.ceil(age * rng.uniform(0.2, 1, 300)), 0), age


def test_grouped_customers_fit_like_rows():
    x, last, age = some_people()
    rows = fit_beta_geo(x, last, age)
    unique, counts = np.unique(np.column_stack([x, last, age]), axis=0, return_counts=True)
    grouped = fit_beta_geo(*unique.T, weights=counts)
    assert grouped.loglik == pytest.approx(rows.loglik)
    assert (grouped.r, grouped.a) == (pytest.approx(rows.r, rel=1e-3), pytest.approx(rows.a, rel=1e-2))


@pytest.mark.parametrize("largest", [2**62, 50])
def test_equal_rows_are_put_together_even_where_their_key_would_not_fit(largest, monkeypatch):
    monkeypatch.setattr(fitting, "_LARGEST", largest)
    rows = np.random.default_rng(3).integers(0, 9, (400, 3)) / 7
    expected, counts = np.unique(rows, axis=0, return_counts=True)
    found, weights = fitting.grouped(list(rows.T), np.ones(400))
    assert np.array_equal(np.column_stack(found), expected)
    assert np.array_equal(weights, counts)


def test_the_unit_of_time_changes_alpha_only():
    x, last, age = some_people()
    weeks, days = fit_beta_geo(x, last, age), fit_beta_geo(x, 7 * last, 7 * age)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-3)
    assert days.r == pytest.approx(weeks.r, rel=1e-3)
    assert days.loglik == pytest.approx(weeks.loglik - x.sum() * math.log(7))


def test_alive_falls_with_silence_and_is_one_without_a_repeat():
    alive = CDNOW.p_alive(4, [5, 20, 38], 39)
    assert (np.diff(alive) > 0).all()
    assert (alive > 0).all()
    assert (alive < 1).all()
    assert CDNOW.p_alive(0, 0, 39) == 1


def test_expected_purchases_agree_with_a_simulation():
    rng = np.random.default_rng(2)
    model = BetaGeo(0.8, 6.0, 1.0, 3.0, 0.0)  # a = 1, where the formula is 0/0
    people = 40_000
    rate, leave = rng.gamma(model.r, 1 / model.alpha, people), rng.beta(model.a, model.b, people)
    bought = np.minimum(rng.poisson(rate * 10), rng.geometric(leave))
    assert float(model.expected(10)) == pytest.approx(bought.mean(), rel=0.03)


def test_expected_purchases_are_finite_for_the_busiest():
    found = CDNOW.expected([0, 1, 39], frequency=800, recency=38.9, T=39)
    assert found[0] == 0
    assert np.isfinite(found).all()
    assert 15 < found[1] < 21
    assert found[1] < found[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1], [5], [4]), "beyond T"),
        (([1], [0], [4]), "recency must be above 0"),
        (([0], [1], [4]), "recency must be above 0"),
        (([-1], [0], [4]), "negative"),
        (([0, 0], [0, 0], [4, 5]), "nobody has bought again"),
        (([1, 0], [1], [4, 5]), "same length"),
    ],
)
def test_impossible_histories_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        fit_beta_geo(*arguments)


def test_spend_is_shrunk_to_the_common_mean():
    model = GammaGamma(6.25, 3.74, 15.44, 0.0)
    few, many = model.expected([1, 50], 100)
    assert model.mean < few < many < 100
    assert model.expected(0, 100) == pytest.approx(model.mean)
    assert GammaGamma(2, 0.9, 5, 0).mean == math.inf


def test_the_currency_changes_v_only():
    rng = np.random.default_rng(3)
    x = rng.integers(1, 6, 200)
    m = rng.gamma(4 * x, 10 / x)
    euros, cents = fit_gamma_gamma(x, m), fit_gamma_gamma(x, 100 * m)
    assert cents.expected(3, 4000) == pytest.approx(100 * euros.expected(3, 40), rel=1e-3)
    assert cents.loglik == pytest.approx(euros.loglik - 200 * math.log(100), abs=0.05)


def test_free_purchases_are_refused():
    with pytest.raises(ValueError, match=r"monetary\[1\] is 0; it must be above 0"):
        fit_gamma_gamma([1, 1], [5, 0])


def test_survival_and_retention_belong_together():
    fit = fit_shifted_beta_geo([1000, 869, 743, 653, 593, 551, 517, 491])
    assert float(fit.survival(0)) == 1
    assert fit.survival([1, 2, 3]) == pytest.approx(np.cumprod(fit.retention([1, 2, 3])))
    assert (np.diff(fit.retention(np.arange(1, 20))) > 0).all()


def test_the_lifetime_is_the_sum_of_survival():
    model = ShiftedBetaGeo(3.0, 7.0, 0.0)
    periods = np.arange(200_000)
    assert model.lifetime() == pytest.approx(model.survival(periods).sum(), rel=1e-4)
    assert model.lifetime(0.1) == pytest.approx((model.survival(periods[:400]) / 1.1 ** periods[:400]).sum())
    assert ShiftedBetaGeo(0.7, 1.2, 0).lifetime() == math.inf


def test_shares_fit_like_counts():
    counts, shares = fit_shifted_beta_geo([200, 120, 90, 75]), fit_shifted_beta_geo([1, 0.6, 0.45, 0.375])
    assert shares.alpha == pytest.approx(counts.alpha, rel=1e-4)


@pytest.mark.parametrize(
    ("survivors", "said"),
    [([10, 5], "at least 3"), ([10, 5, 6], "above survivors"), ([10, 10, 10], "nobody has left"), ([1, -1, -2], "neg")],
)
def test_impossible_cohorts_are_refused(survivors, said):
    with pytest.raises(ValueError, match=said):
        fit_shifted_beta_geo(survivors)


def test_a_negative_discount_is_refused():
    with pytest.raises(ValueError, match="discount"):
        ShiftedBetaGeo(1, 1, 0).lifetime(-0.1)
