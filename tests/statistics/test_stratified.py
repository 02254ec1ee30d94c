"""Mantel and Haenszel: published numbers, statsmodels, and intervals that hold in many small strata."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from customer_factory.statistics import mantel_haenszel

BERKELEY = {  # admitted men, men, admitted women, women: departments A to F (Bickel and others, Science 1975)
    "A": (512, 825, 89, 108), "B": (353, 560, 17, 25), "C": (120, 325, 202, 593),
    "D": (138, 417, 131, 375), "E": (53, 191, 94, 393), "F": (22, 373, 24, 341),
}  # fmt: skip


def oracle(a, n, b, m):
    return StratifiedTable([np.array([[k, t - k], [s, u - s]]) for k, t, s, u in zip(a, n, b, m, strict=True)])


def test_berkeley_admissions_published_simpsons_paradox():
    """Without departments men were admitted 14 points more often; the published CMH statistic is 1.525 (p .217)."""
    found = mantel_haenszel(*zip(*BERKELEY.values(), strict=True))
    assert found.difference < 0 < 1198 / 2691 - 557 / 1835
    assert found.z**2 == pytest.approx(1.5246, abs=5e-4)
    assert found.p == pytest.approx(0.2169, abs=5e-4)
    assert found.low < 0 < found.high


@pytest.mark.parametrize("seed", range(5))
def test_statistic_and_ratio_are_those_of_statsmodels(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(5, 40, 12), rng.integers(5, 40, 12)
    a, b = rng.binomial(n, 0.4), rng.binomial(m, 0.3)
    found, theirs = mantel_haenszel(a, n, b, m), oracle(a, n, b, m)
    assert found.z**2 == pytest.approx(theirs.test_null_odds(correction=False).statistic)
    assert found.p == pytest.approx(theirs.test_null_odds(correction=False).pvalue)
    assert found.ratio == pytest.approx(theirs.riskratio_pooled)


def test_one_stratum_is_the_plain_difference():
    found = mantel_haenszel([30], [100], [20], [200])
    assert (found.difference, found.ratio) == (pytest.approx(0.2), pytest.approx(3.0))


@pytest.mark.parametrize(("strata", "size"), [(3, 60), (120, 3)])
def test_intervals_hold_with_few_large_and_many_small_strata(strata, size):
    rng = np.random.default_rng(strata)
    hits, ratio_hits, rounds = 0, 0, 600
    for _ in range(rounds):
        base = rng.uniform(0.1, 0.4, strata)
        n, m = np.full(strata, size), rng.integers(1, size + 1, strata)
        found = mantel_haenszel(rng.binomial(n, base + 0.15), n, rng.binomial(m, base), m)
        hits += found.low <= 0.15 <= found.high
        again = mantel_haenszel(rng.binomial(n, base * 1.6), n, rng.binomial(m, base), m)
        ratio_hits += again.ratio_low <= 1.6 <= again.ratio_high
    assert 0.93 <= hits / rounds <= 0.975
    assert 0.93 <= ratio_hits / rounds <= 0.975


def test_strata_with_one_group_only_say_nothing():
    assert mantel_haenszel([3, 5], [10, 10], [2, 0], [10, 0]) == mantel_haenszel([3], [10], [2], [10])


def test_too_few_are_told():
    assert not mantel_haenszel([2], [4], [0], [4]).enough
    assert mantel_haenszel([20], [40], [10], [40]).enough


def test_nobody_succeeds_otherwise():
    found = mantel_haenszel([8], [10], [0], [10])
    assert (found.ratio, found.ratio_high) == (math.inf, math.inf)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([5], [4], [1], [4]), "cannot be more"),
        (([1], [4], [1, 1], [4, 4]), "1 strata, group b 2"),
        (([1], [4], [0], [0]), "no stratum holds people of both"),
    ],
)
def test_impossible_counts_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        mantel_haenszel(*arguments)
