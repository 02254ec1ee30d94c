"""Open cohorts: what they tell of the rate, without bias and with the spread that is claimed."""

import numpy as np
import pytest

from customer_factory.measures.developing import developed, effective

# Taylor and Ashe's triangle of claims in thousands, on which chain ladders are compared since Mack (1993).
TAYLOR_ASHE = [
    [357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948],
    [352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046],
    [290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405],
    [310608, 1108250, 776189, 1562400, 272482, 352053, 206286],
    [443160, 693190, 991983, 769488, 504851, 470639],
    [396132, 937085, 847498, 805037, 705960],
    [440832, 847631, 1131398, 1063269],
    [359480, 1061648, 1443370],
    [376686, 986608],
    [344014],
]


def triangle(rows):
    return np.array([row + [0.0] * (len(rows) - len(row)) for row in rows], dtype=float)


def test_the_development_of_taylor_and_ashes_claims_is_macks():
    ladder = triangle(TAYLOR_ASHE)
    share = developed(ladder, len(ladder))
    factors = (share[1:] / share[:-1]).round(3).tolist()
    assert factors == [3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077, 1.018]
    newest = share[np.arange(len(ladder))[::-1]]
    assert (ladder.sum(axis=1) / newest - ladder.sum(axis=1)).sum() == pytest.approx(18_680_856, abs=1)


def test_without_older_cohorts_nothing_is_told():
    assert developed(np.array([[5.0, 0.0, 0.0]]), 1).tolist() == [0.0, 0.0, 1.0]
    assert developed(np.zeros((3, 2)), 3).tolist() == [0.0, 1.0]


def test_open_cohorts_are_neither_biased_nor_bolder_than_they_may_be():
    rng = np.random.default_rng(1)
    estimates, claimed = [], []
    for _ in range(3000):
        reached = rng.binomial(200, 0.4 * 0.6)
        size, hits = effective(np.array([1e9, 200.0]), np.array([4e8, float(reached)]), np.array([1.0, 0.6]))
        estimates.append(hits[1] / size[1])
        claimed.append(0.4 * 0.6 / size[1])
    assert np.mean(estimates) == pytest.approx(0.4, abs=0.003)
    assert np.var(estimates) == pytest.approx(np.mean(claimed), rel=0.08)
