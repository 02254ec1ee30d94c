import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from customer_factory.judgement.level import Level, _discounted, _filter, intraclass, level_now

cohorts = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=9
)


@given(cohorts)
def test_without_variation_or_change_it_is_jeffreys_and_its_predictions_are_scipys_beta_binomial(pairs):
    entered, reached = np.array(pairs, dtype=float).T
    a, b, loglik, _ = _filter(entered, reached, np.zeros(1), _discounted(np.ones((1, 1)), len(pairs)))
    assert a.item() == pytest.approx(0.5 + reached.sum())
    assert b.item() == pytest.approx(0.5 + (entered - reached).sum())
    seen_a = 0.5 + np.concatenate([[0], np.cumsum(reached)[:-1]])
    seen_b = 0.5 + np.concatenate([[0], np.cumsum(entered - reached)[:-1]])
    ways = stats.binom(entered, 0.5).logpmf(reached) - entered * np.log(0.5)
    expected = stats.betabinom(entered, seen_a, seen_b).logpmf(reached) - ways
    assert loglik.item() == pytest.approx(expected.sum(), abs=1e-6)


@given(cohorts, st.floats(0.5, 1))
def test_the_discount_is_the_recursion_of_the_textbook(pairs, keep):
    entered, reached = np.array(pairs, dtype=float).T
    a, _, _, _ = _filter(entered, reached, np.zeros(1), _discounted(np.array([[keep]]), len(pairs)))
    expected = 0.0
    for x in reached:
        expected = keep * expected + x
    assert a.item() == pytest.approx(0.5 + expected)


def test_no_cohorts_give_the_prior():
    nothing = level_now(())
    assert (nothing.a.tolist(), nothing.b.tolist()) == ([0.5], [0.5])


def test_the_interval_covers_as_often_as_it_says_whether_or_not_cohorts_vary():
    rng = np.random.default_rng(5)
    for varied in (0.0, 0.2):
        hits = 0
        for _ in range(150):
            truth = rng.uniform(0.1, 0.6)
            own = np.clip(truth * (1 + varied * rng.standard_normal(16)), 0.01, 0.99)
            n = rng.poisson(100, 16)
            low, high = np.quantile(
                level_now(list(zip(n, rng.binomial(n, own), strict=True))).draw(rng, 1000), [0.1, 0.9]
            )
            hits += low <= truth <= high
        assert hits / 150 > 0.72  # 80 % less two standard errors


def test_overdispersed_cohorts_widen_it():
    calm = [(100, 30)] * 16
    wild = [(100, 12), (100, 48)] * 8
    spread = [level_now(pairs).draw(np.random.default_rng(0), 4000).std() for pairs in (calm, wild)]
    assert spread[1] > 2 * spread[0]
    assert level_now(wild).inflation > 2 > level_now(calm).inflation


def test_a_long_history_keeps_its_newest_two_years():
    assert level_now([(50, 45)] * 100 + [(50, 5)] * 104).mean == pytest.approx(0.1, abs=0.01)


def test_variation_is_of_the_smaller_of_rate_and_complement():
    n = np.array([100.0])
    assert intraclass(np.array([0.2]), n, n * 0.9) == pytest.approx(intraclass(np.array([0.2]), n, n * 0.1))


def test_draws_are_never_zero():
    nobody = Level(np.array([1e-3]), np.array([5000.0]), np.ones(1)).draw(np.random.default_rng(0), 1000)
    assert nobody.min() > 0
