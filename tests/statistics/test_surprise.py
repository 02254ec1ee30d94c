"""How surprising the newest numbers are: against independent libraries and exact figures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from customer_factory.statistics.surprise import chance_of_as_many, expected_and_silence, stratified_deficit


def test_silence_is_as_likely_as_poisson_says_once_much_is_known():
    random = np.random.default_rng(0)
    chances = [expected_and_silence(random.poisson(5, 26))[1] for _ in range(60)]
    assert np.median(chances) == pytest.approx(np.exp(-5), rel=0.6)
    assert np.median(chances) > np.exp(-5)  # what is not known for certain surprises less


def test_groups_that_do_not_differ_are_nearly_binomial():
    found = chance_of_as_many(9, 100, [400] * 20, [10_000] * 20)
    assert found == pytest.approx(binom.sf(8, 100, 0.04), rel=0.05)


def test_chances_hold_where_shares_truly_vary():
    random, small = np.random.default_rng(1), 0
    for _ in range(400):
        share = random.beta(2, 38, 13)
        k = random.binomial(200, share)
        small += chance_of_as_many(int(k[-1]), 200, k[:-1], np.full(12, 200)) < 0.05
    assert small / 400 <= 0.09


def test_the_stratified_deficit_is_the_test_of_mantel_and_haenszel_on_penicillin_and_rabbits():
    # Mantel, JASA 58 (1963): cured of those treated at once, and of those treated later, at five doses.
    tables = [((0, 6), (0, 5)), ((3, 3), (0, 6)), ((6, 0), (2, 4)), ((5, 1), (6, 0)), ((2, 0), (5, 0))]
    now, later = zip(*tables, strict=True)
    chance = stratified_deficit([k for k, _ in later], [sum(pair) for pair in later], [k for k, _ in now],
                                [sum(pair) for pair in now])  # fmt: skip
    assert chance == pytest.approx(0.0474 / 2, abs=0.0005)  # χ² 3.93 with the continuity correction: p .0475


def test_strata_in_which_a_group_varies_widen_what_chance_may_do():
    even = stratified_deficit([40] * 8, [100] * 8, [500] * 8, [1000] * 8)
    uneven = stratified_deficit([10, 70] * 4, [100] * 8, [500] * 8, [1000] * 8)
    assert even < 1e-6
    assert uneven > 0.05


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected_and_silence([1, 2]), "at least 6"),
        (lambda: chance_of_as_many(1, 2, [1], [2]), "at least 6"),
        (lambda: chance_of_as_many(3, 2, [1] * 6, [2] * 6), "cannot be successes"),
        (lambda: stratified_deficit([3], [2], [1], [2]), "cannot be more"),
    ],
)
def test_impossible_input_raises(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_strata_without_anybody_to_compare_tell_nothing():
    assert stratified_deficit([1, 0], [5, 0], [0, 3], [0, 9]) == 1.0
