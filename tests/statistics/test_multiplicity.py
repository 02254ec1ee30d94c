"""Corrections for many tests: against statsmodels, and what they promise in a simulation."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from customer_factory.statistics import benjamini_hochberg, holm


@pytest.mark.parametrize(("ours", "theirs"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_adjusted_p_values_are_those_of_statsmodels(ours, theirs, n):
    p = np.random.default_rng(n).beta(0.5, 2, n)
    p[n // 2 :] = p[n // 2]  # ties
    assert ours(p) == pytest.approx(multipletests(p, method=theirs)[1])


def test_no_tests_need_no_correction():
    assert holm([]).tolist() == benjamini_hochberg([]).tolist() == []


def test_holm_makes_a_false_claim_in_at_most_five_of_a_hundred_families():
    rng = np.random.default_rng(5)
    families = rng.random((4000, 15))
    families[:, :3] /= 1e6  # true effects beside twelve that are none
    wrong = np.mean([(holm(p)[3:] <= 0.05).any() for p in families])
    assert 0.03 < wrong < 0.056
    assert np.mean([(family[3:] <= 0.05).any() for family in families]) > 0.4


@pytest.mark.parametrize("p", [[-0.1], [1.1], [float("nan")]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(ValueError, match=r"p\[0\] is"):
        holm(p)
