import math

import numpy as np
import pytest

from customer_factory.statistics import shrink


def test_groups_that_do_not_differ_get_the_pooled_share():
    found = shrink([10, 20, 40], [100, 200, 400])
    assert found.means == pytest.approx(0.1)
    assert math.isinf(found.a)
    assert math.isinf(found.size)
    assert found.mean == pytest.approx(0.1)


def test_every_mean_lies_between_its_own_share_and_the_common_one():
    k, n = np.array([2, 30, 9, 55]), np.array([10, 80, 60, 90])
    found = shrink(k, n)
    low, high = np.minimum(k / n, found.mean), np.maximum(k / n, found.mean)
    assert ((low <= found.means) & (found.means <= high)).all()


def test_the_larger_group_keeps_more_of_its_own():
    found = shrink([9, 90, 10, 12, 100], [10, 100, 100, 40, 400])
    assert abs(found.means[1] - 0.9) < abs(found.means[0] - 0.9)
    assert found.sds[1] < found.sds[0]


def test_an_empty_group_gets_the_common_share_and_is_the_least_sure():
    found = shrink([5, 50, 0, 12], [20, 90, 0, 100])
    assert found.means[2] == pytest.approx(found.mean)
    assert found.sds[2] == found.sds.max()


@pytest.mark.parametrize("k", [0, 50])
def test_where_none_or_all_succeed_something_stays_unknown(k):
    found = shrink([k, k], [50, 50])
    assert found.means.tolist() == [k / 50] * 2
    assert (found.sds > 0).all()


def test_a_single_group_stays_what_it_is():
    assert shrink([3], [12]).means == pytest.approx(0.25)


def test_large_numbers_and_fractions_are_fine():
    found = shrink([100_000.5, 150_000, 90_000], [1e6, 1e6, 1e6])
    assert found.means == pytest.approx([0.1, 0.15, 0.09], abs=1e-4)


def test_scaling_evidence_up_ends_shrinking():
    few, many = shrink([2, 6, 3], [10, 10, 10]), shrink([2000, 6000, 3000], [10_000] * 3)
    assert np.ptp(few.means) < np.ptp(many.means) <= 0.4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(([], []), "at least 1"), (([0], [0]), "no trials"), (([2], [1]), "cannot be more"), (([-1], [1]), "negative")],
)
def test_impossible_shares_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        shrink(*arguments)
