"""Seeded simulations: intervals cover, fits recover, charts err as often as they say."""

import numpy as np
import pytest

from customer_factory.statistics import (
    Tally,
    fit_beta_geo,
    fit_gamma_gamma,
    fit_shifted_beta_geo,
    kaplan_meier,
    nps,
    shrink,
    welch,
    wilson,
    xmr,
)


@pytest.mark.parametrize(("trials", "share"), [(10, 0.1), (20, 0.5), (50, 0.05), (200, 0.3)])
def test_wilson_covers(trials, share):
    from scipy.stats import binom

    covers = [wilson(k, trials)[0] <= share <= wilson(k, trials)[1] for k in range(trials + 1)]
    assert np.dot(binom.pmf(np.arange(trials + 1), trials, share), covers) == pytest.approx(0.95, abs=0.035)


def test_welch_covers_and_its_p_value_is_uniform():
    rng = np.random.default_rng(1)
    results = [welch(Tally.of(rng.normal(0, 1, 12)), Tally.of(rng.normal(0.5, 4, 30))) for _ in range(800)]
    assert np.mean([r.low <= 0.5 <= r.high for r in results]) == pytest.approx(0.95, abs=0.025)


def test_kaplan_meier_covers_under_censoring():
    rng = np.random.default_rng(2)
    hits, wide = [], []
    for _ in range(500):
        lasts, watched = rng.exponential(10, 40), rng.uniform(0, 20, 40)
        curve = kaplan_meier(np.minimum(lasts, watched), lasts <= watched)
        low, high = curve.incidence_interval(8)
        hits.append(low <= 1 - np.exp(-0.8) <= high)
        at = np.searchsorted(curve.times, 8, side="right") - 1
        wide.append(curve.low[at] <= np.exp(-0.8) <= curve.high[at])
    assert np.mean(hits) == pytest.approx(0.95, abs=0.03)
    assert np.mean(wide) == pytest.approx(0.95, abs=0.03)


def test_incidence_of_rare_events_covers_before_the_first():
    rng = np.random.default_rng(3)
    hits = []
    for _ in range(500):
        lasts, watched = rng.exponential(300, 25), rng.uniform(5, 20, 25)
        low, high = kaplan_meier(np.minimum(lasts, watched), lasts <= watched).incidence_interval(8)
        hits.append(low <= 1 - np.exp(-8 / 300) <= high)
    assert np.mean(hits) > 0.93


@pytest.mark.parametrize("shares", [(0.5, 0.33, 0.17), (0.9, 0.07, 0.03)])
def test_nps_covers_at_ten_answers(shares):
    rng = np.random.default_rng(4)
    true = 100 * (shares[0] - shares[2])
    found = [nps(*map(int, rng.multinomial(10, shares))) for _ in range(800)]
    assert np.mean([f.low <= true <= f.high for f in found]) == pytest.approx(0.95, abs=0.045)


def test_shrink_covers_and_beats_raw_shares():
    rng = np.random.default_rng(5)
    hits, better = [], []
    for _ in range(60):
        trials = rng.integers(10, 100, 15)
        true = rng.beta(6, 24, 15)
        successes = rng.binomial(trials, true)
        found = shrink(successes, trials)
        hits.append(np.abs(found.means - true) <= 1.96 * found.sds)
        better.append(((found.means - true) ** 2).mean() - ((successes / trials - true) ** 2).mean())
    assert np.mean(hits) == pytest.approx(0.94, abs=0.035)
    assert np.mean(better) < 0


def test_shrink_without_overdispersion_gives_the_pooled_share():
    rng = np.random.default_rng(6)
    pooled = 0
    for _ in range(60):
        trials = np.full(8, 50)
        successes = rng.binomial(trials, 0.2)
        found = shrink(successes, trials)
        spread = np.ptp(found.means)
        assert spread < np.ptp(successes / trials)
        pooled += spread == 0
    assert pooled > 25


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda rng: rng.normal(0, 1, (1500, 24)), 0.10),
        (lambda rng: rng.poisson(5, (1500, 24)), 0.15),
        (lambda rng: rng.poisson(1.5, (1500, 24)), 0.28),
    ],
    ids=["normal", "Poisson 5", "Poisson 1.5"],
)
def test_xmr_raises_the_false_alarms_that_it_is_known_for(draw, expected):
    series = draw(np.random.default_rng(7))
    assert np.mean([bool(xmr(row).signals) for row in series]) == pytest.approx(expected, abs=0.03)


def purchase_histories(people, watched, seed):
    """Repeats, time of the last and time watched of customers who buy and leave as the BG/NBD says."""
    rng = np.random.default_rng(seed)
    rate, leave = rng.gamma(0.8, 1 / 6, people), rng.beta(1.0, 3.0, people)
    x, last = np.zeros(people), np.zeros(people)
    now, alive = np.zeros(people), np.ones(people, dtype=bool)
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now <= watched
        x[alive] += 1
        last[alive] = now[alive]
        alive &= rng.random(people) >= leave
    return x, last, np.full(people, watched)


def test_beta_geo_recovers_its_parameters():
    fit = fit_beta_geo(*purchase_histories(6000, 52.0, seed=8))
    assert fit.r == pytest.approx(0.8, rel=0.12)
    assert fit.alpha == pytest.approx(6, rel=0.15)
    assert fit.a / (fit.a + fit.b) == pytest.approx(0.25, rel=0.15)


def test_many_customers_whose_fit_starts_from_a_rough_one_fit_as_without_it(monkeypatch):
    from customer_factory.statistics import beta_geometric

    people = purchase_histories(15_000, 52.0, seed=11)
    with_rough_start = fit_beta_geo(*people)
    monkeypatch.setattr(beta_geometric, "MANY", np.inf)
    from_afar = fit_beta_geo(*people)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(with_rough_start, name) == pytest.approx(getattr(from_afar, name), rel=1e-4)
    assert with_rough_start.loglik == pytest.approx(from_afar.loglik, rel=1e-9)


def test_gamma_gamma_recovers_its_mean():
    rng = np.random.default_rng(9)
    x = rng.integers(1, 10, 4000)
    nu = rng.gamma(4, 1 / 15, 4000)
    fit = fit_gamma_gamma(x, rng.gamma(6 * x, 1 / (nu * x)))
    assert fit.mean == pytest.approx(6 * 15 / 3, rel=0.05)
    assert fit.p == pytest.approx(6, rel=0.1)


def test_shifted_beta_geometric_recovers_its_parameters():
    rng = np.random.default_rng(10)
    length = rng.geometric(rng.beta(0.7, 2.0, 50_000))
    fit = fit_shifted_beta_geo([(length > t).sum() for t in range(10)])
    assert (fit.alpha, fit.beta) == (pytest.approx(0.7, rel=0.05), pytest.approx(2.0, rel=0.05))
