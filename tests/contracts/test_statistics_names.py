"""The names of the statistics that others rely on: functions, their arguments, and what they give."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from customer_factory import statistics

CUSTOMERS = {"frequency": [2, 0, 5, 1, 0, 3], "recency": [30.4, 0, 35, 12, 0, 20], "T": [38.9, 38, 37, 36, 35, 34]}
ARGUMENTS = {
    "xmr": ["values"],
    "p_chart": ["successes", "trials", "overdispersed"],
    "count_chart": ["counts"],
    "wilson": ["successes", "trials", "level"],
    "welch": ["a", "b"],
    "kaplan_meier": ["durations", "observed", "weights"],
    "nps": ["promoters", "passives", "detractors"],
    "fit_beta_geo": ["frequency", "recency", "T", "weights"],
    "fit_gamma_gamma": [],
    "fit_shifted_beta_geo": ["survivors"],
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_are_called_as_promised(name):
    found = list(inspect.signature(getattr(statistics, name)).parameters)
    assert found[: len(ARGUMENTS[name])] == ARGUMENTS[name]


def test_defaults_are_as_promised():
    assert inspect.signature(statistics.p_chart).parameters["overdispersed"].default is False
    assert inspect.signature(statistics.wilson).parameters["level"].default == 0.95
    assert inspect.signature(statistics.kaplan_meier).parameters["weights"].default is None
    assert inspect.signature(statistics.fit_beta_geo).parameters["weights"].default is None


def has(found, *names):
    missing = [name for name in names if not hasattr(found, name)]
    assert not missing, f"{type(found).__name__} lacks {', '.join(missing)}"


def test_charts():
    has(statistics.xmr([5, 7, 6, 8]), "centre", "lower", "upper", "mean_range", "range_limit", "signals")
    has(statistics.p_chart([3, 4, 5], 50), "centre", "lower", "upper", "signals")
    has(statistics.count_chart([3, 4, 5, 4, 3, 5, 4]), "centre", "lower", "upper", "signals")


def test_intervals_and_comparisons():
    low, high = statistics.wilson(3, 10)
    assert 0 < low < 0.3 < high < 1
    tally = statistics.Tally.from_moments(100, 0.5, 2.0)
    has(statistics.welch(tally, tally), "difference", "low", "high", "p")


def test_survival():
    has(statistics.kaplan_meier([1, 2, 3], [1, 0, 1]), "times", "survival", "low", "high", "median")


def test_surveys():
    has(statistics.nps(50, 30, 20), "low", "high")


def test_lifetimes():
    fit = statistics.fit_beta_geo(**CUSTOMERS)
    has(fit, "r", "alpha", "a", "b", "loglik", "expected", "p_alive")
    survivors = 1000 * np.array([1, 0.631, 0.468, 0.382, 0.326])
    has(statistics.fit_shifted_beta_geo(survivors), "alpha", "beta", "loglik")
    has(statistics.fit_gamma_gamma([2, 3, 5, 4], [20.0, 35.0, 12.0, 50.0]), "p", "q", "v")
