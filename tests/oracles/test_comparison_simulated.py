"""Seeded simulations: who looks every day errs no more often than promised, and sees what is worth seeing."""

import math

import numpy as np
import pytest

from customer_factory.judgement.effect import Plan, needed
from customer_factory.judgement.experiment import experiment
from customer_factory.measures.experiment import Arm
from customer_factory.statistics import (
    RatioTally,
    Tally,
    always_valid,
    batches_for_counts,
    compare_shares,
    sample_ratio,
    sample_size_shares,
    welch,
)


@pytest.mark.parametrize(("a", "b", "n"), [(0.3, 0.3, 25), (0.05, 0.08, 60), (0.9, 0.7, 40)])
def test_a_difference_of_shares_covers(a, b, n):
    rng = np.random.default_rng(1)
    draws = zip(rng.binomial(n, a, 1500), rng.binomial(n, b, 1500), strict=True)
    found = [compare_shares(Tally.of_share(x, n), Tally.of_share(y, n)) for x, y in draws]
    assert np.mean([each.low <= b - a <= each.high for each in found]) == pytest.approx(0.955, abs=0.025)


def test_a_ratio_per_person_covers():
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(400):
        orders = rng.poisson(rng.gamma(1, 2, 400))
        revenue = orders * rng.gamma(2, 10, 400)
        ratio, one = RatioTally.of(revenue, orders).mean, Tally.from_moments(400, 0, 0)
        found = welch(one, ratio)
        hits.append(found.low <= 20 <= found.high)
    assert np.mean(hits) == pytest.approx(0.945, abs=0.03)


def looks(draw, people, every, runs, rng):
    """Cumulated tallies of two arms at each look, for each run."""
    for _ in range(runs):
        arms = [np.cumsum(draw(rng, people).reshape(-1, every), axis=1)[:, -1].cumsum() for _ in range(2)]
        yield [(Tally.of_share(arms[0][k], (k + 1) * every), Tally.of_share(arms[1][k], (k + 1) * every))
               for k in range(people // every)]  # fmt: skip


@pytest.mark.parametrize("rate", [0.5, 0.1, 0.02])
def test_who_looks_a_hundred_times_errs_five_times_in_a_hundred_and_not_forty(rate):
    rng = np.random.default_rng(3)
    always = once = 0
    for run in looks(lambda rng, n: rng.random(n) < rate, 3000, 30, 250, rng):
        seen = [always_valid(a, b, planned=2000) for a, b in run]
        always += any(each.low > 0 or each.high < 0 for each in seen)
        once += any(compare_shares(a, b).p < 0.05 for a, b in run if a.total and b.total)
    assert always / 250 <= 0.05
    assert once / 250 > 0.2


def test_means_looked_at_all_the_time_are_covered_all_the_time():
    rng = np.random.default_rng(4)
    missed = 0
    for _ in range(200):
        values = [rng.exponential(scale, 2000) for scale in (1.0, 1.2)]
        sums, squares = ([np.cumsum(v**power) for v in values] for power in (1, 2))
        missed += any(
            not found.low <= 0.2 <= found.high
            for n in range(20, 2001, 30)
            for found in [always_valid(*(Tally(n, sums[k][n - 1], squares[k][n - 1]) for k in (0, 1)), planned=1000)]
        )
    assert missed / 200 <= 0.05


def test_a_sample_ratio_warns_of_chance_as_often_as_it_says():
    rng = np.random.default_rng(5)
    found = [sample_ratio(rng.multinomial(3000, [0.5, 0.3, 0.2]), [5, 3, 2]) for _ in range(3000)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.015)


def test_sample_sizes_have_their_power():
    rng = np.random.default_rng(6)
    n = math.ceil(sample_size_shares(0.1, 0.14) / 2)
    draws = zip(rng.binomial(n, 0.1, 1500), rng.binomial(n, 0.14, 1500), strict=True)
    seen = [compare_shares(Tally.of_share(x, n), Tally.of_share(y, n)).p < 0.05 for x, y in draws]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.03)


def test_batches_for_counts_have_their_power():
    rng = np.random.default_rng(7)
    after = batches_for_counts(20, 26, before=12)
    weeks = math.ceil(after)
    old, new = rng.poisson(20 * 12, 4000) / 12, rng.poisson(26 * weeks, 4000) / weeks
    z = 2 * (np.sqrt(new) - np.sqrt(old)) / np.sqrt(1 / 12 + 1 / weeks)
    assert 0.78 <= np.mean(np.abs(z) > 1.96) <= 0.88


def arm(successes, n, happy):
    return Arm(n, Tally.of_share(successes, n), Tally.of_share(happy, n))


def run(rng, effect, people, weeks):
    """The verdict of each week of an experiment in which each arm gets as many people."""
    size = people // 2 // weeks
    counts = [rng.binomial(size, rate, weeks).cumsum() for rate in (0.1, 0.1 * (1 + effect))]
    for week in range(weeks):
        n = size * (week + 1)
        arms = {name: arm(count[week], n, count[week]) for name, count in zip("ab", counts, strict=True)}
        yield experiment(arms, effect=0.2, planned=people).verdict


def test_an_experiment_without_an_effect_is_claimed_in_at_most_five_of_a_hundred_however_often_it_is_looked_at():
    rng = np.random.default_rng(8)
    runs = [set(run(rng, 0.0, 20_000, 20)) for _ in range(120)]
    assert np.mean([bool(found & {"better", "worse", "gamed", "local only"}) for found in runs]) <= 0.05
    assert np.mean(["no signal" in found for found in runs]) >= 0.9


def test_an_effect_worth_having_is_found_by_the_number_of_people_that_was_said():
    rng = np.random.default_rng(9)
    plan = Plan(worth=0.2, people=16_000, share=0.5, level=0.95)
    people = needed(Tally.of_share(1000, 10_000), plan)
    found = [list(run(rng, 0.2, people, 10))[-1] for _ in range(150)]
    assert 0.72 <= np.mean([word == "better" for word in found]) <= 0.9
