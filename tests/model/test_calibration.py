"""The forecast's mathematics: against independent libraries, and against companies whose truth is known."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from customer_factory.model.components import components
from customer_factory.model.forecast import bands, limits
from customer_factory.model.simulation import Simulator
from customer_factory.statistics.log_gamma import amount_at, count_at, log_moments, shape_of
from customer_factory.statistics.moving_level import Season, follow

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
Z = stats.norm.ppf([0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98])


@pytest.mark.parametrize("mean", [0.3, 1, 3, 20, 400])
def test_counts_at_a_deviate_are_poisson_quantiles_of_scipy(mean):
    found = count_at(np.full(7, float(mean)), np.ones(1), Z)
    assert np.abs(found - stats.poisson.ppf(stats.norm.cdf(Z), mean)).max() <= 1
    many = count_at(np.full(40_000, float(mean)), np.ones(1), np.random.default_rng(0).standard_normal(40_000))
    assert many.mean() == pytest.approx(mean, rel=0.05)
    assert many.var() == pytest.approx(mean, rel=0.1)


@pytest.mark.parametrize(("trials", "p"), [(10, 0.8), (50, 0.5), (200, 0.9)])
def test_and_binomial_ones(trials, p):
    found = count_at(np.full(7, trials * p), np.full(7, 1 - p), Z)
    assert np.abs(found - stats.binom.ppf(stats.norm.cdf(Z), trials, p)).max() <= 1
    assert count_at(np.array([trials * p]), np.array([1 - p]), np.array([9.0])).item() <= trials


def test_the_same_chance_gives_more_where_more_is_expected():
    means = np.linspace(0.01, 30, 400)
    for z in (-3, -1, 0, 1, 3):
        assert (np.diff(count_at(means, np.ones(1), np.full(400, float(z)))) >= 0).all()


def test_amounts_are_gamma_quantiles_of_scipy():
    found = amount_at(np.full(7, 100.0), 8.0, Z)
    assert found == pytest.approx(stats.gamma.ppf(stats.norm.cdf(Z), 100 / 8, scale=8), rel=0.01)


def test_a_gamma_has_the_moments_of_its_logarithm_that_it_was_made_for():
    shape = shape_of(np.array([0.01, 0.5, 3.0]))
    _, variance = log_moments(shape, np.ones(3))
    assert variance == pytest.approx([0.01, 0.5, 3.0], rel=1e-3)


def test_a_level_seen_often_is_followed_like_the_local_level_model_of_statsmodels():
    """At large counts the logarithm is all but normal, and a wandering level is a Kalman filter's."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    rng = np.random.default_rng(4)
    log = 9 + np.cumsum(rng.normal(0, 0.08, 80))
    counts = rng.poisson(np.exp(log)).astype(float)[None, :]
    (level,) = follow(counts, np.ones_like(counts), np.ones_like(counts))
    paths = np.log(level.paths(rng, 4000, 5))
    theirs = UnobservedComponents(np.log(counts[0]), "llevel").fit(disp=False).get_forecast(5)
    assert paths.mean(axis=0) == pytest.approx(theirs.predicted_mean, abs=0.08)  # one step of the level
    assert paths.std(axis=0) == pytest.approx(theirs.se_mean, rel=0.35)


def test_a_season_is_found_where_two_cycles_are_known():
    rng = np.random.default_rng(5)
    t = np.arange(70)
    weekdays = np.exp(0.6 * np.cos(2 * np.pi * t / 7))
    counts = rng.poisson(20 * weekdays).astype(float)[None, :56]
    (level,) = follow(counts, np.ones_like(counts), np.ones_like(counts), season=Season(7, 3), last_index=55)
    told = np.median(level.paths(rng, 2000, 14), axis=0)
    assert np.corrcoef(told, 20 * weekdays[56:])[0, 1] > 0.95


def test_lumpy_counts_get_the_interval_nearest_to_the_level():
    """Of Poisson counts at mean 1, 0–1 holds 74 % and 0–2 holds 92 %: the former is nearer to 80."""
    draws = stats.poisson.rvs(1.0, size=(20_000, 1), random_state=1).astype(float)
    assert [x.tolist() for x in limits(draws, 0.8)] == [[0.0], [1.0]]
    (band,) = bands(draws, 0.8)
    assert (band.low, band.high) == (0, 1)


def test_intervals_hold_on_made_up_companies():
    """A small cut of benchmarks/judgement_forecast.py: nine kinds, from 5 to 1,000 happy customers a batch."""
    import judgement_forecast as made_up

    inside = of = 0
    for k, kind in enumerate(made_up.KINDS):
        for size in (5, 100, 1000):
            rng = np.random.default_rng([77, k, size])
            full = [made_up.company(kind, size, 40, rng) for _ in range(5)]
            for i, fitted in enumerate(components([past.until(26) for past in full], 13)):
                low, high = limits(Simulator(fitted, 13, 500, seed=i).run().happy, 0.8)
                actual = full[i].happy[26:39]
                inside, of = inside + int(((actual >= low) & (actual <= high)).sum()), of + 13
    assert 0.74 < inside / of < 0.9
