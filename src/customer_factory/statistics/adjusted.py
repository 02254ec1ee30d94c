"""The effect of something that was not assigned by chance, adjusted for what is known about who had it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtri

from customer_factory.statistics.checks import Floats, level_of, shares
from customer_factory.statistics.logistic import fit_logistic

RIDGE = 1.0
"""Keeps fits finite; on standardised covariates it is a normal prior that a few dozen people outweigh."""
OVERLAP = 0.01
"""Propensities are kept this far from 0 and 1, so that no single person stands for more than a hundred others."""


class Estimate(NamedTuple):
    """A number with its interval; unpacks as `value, low, high`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What having it does to the share of successes.

    Attributes:
        with_it: The share of successes, had everybody had it.
        without: The same, had nobody.
        difference: With less without.
        ratio: With over without, its interval on the log scale.
        on_the_rest: The difference it would make to those who did not have it.
        naive: The difference of the two groups' shares as they are, unadjusted.
        naive_ratio: Their ratio.
        overlap: The share of people whose propensity is not at its bounds: 1 − overlap had hardly a choice.
    """

    with_it: float
    without: float
    difference: Estimate
    ratio: Estimate
    on_the_rest: Estimate
    naive: Estimate
    naive_ratio: Estimate
    overlap: float


def adjusted_effect(
    x: ArrayLike, treated: ArrayLike, successes: ArrayLike, trials: ArrayLike, level: float = 0.95
) -> Effect:
    """The doubly robust (augmented inverse propensity weighted) effect: Robins, Rotnitzky and Zhao (1994).

    Two logistic regressions stand behind it: who had it, and what became of people given that. It is right if
    either is, provided that nothing unseen drives both. Errors are those of the influence function (the sandwich).

    Args:
        x: Covariates: a row per group of people who are alike, a column each, no constant.
        treated: Per group whether they had it.
        successes: Per group.
        trials: Per group: how many people.
        level: The confidence level.

    Raises:
        ValueError: If shapes do not fit, or one of the two groups is empty or without both successes and failures
            altogether.

    A covariate makes both likelier; within each of its values having it adds 10 points, unadjusted it seems 40:

    >>> found = adjusted_effect([[0], [0], [1], [1]], [0, 1, 0, 1], [80, 40, 120, 560], [800, 200, 200, 800])
    >>> round(found.difference.value, 2), round(found.naive.value, 2)
    (0.1, 0.4)
    """
    k, n = shares(successes, trials)
    given = np.asarray(treated, dtype=bool)
    filled = n > 0
    covariates = np.asarray(x, dtype=np.float64).reshape(len(k), -1)[filled]
    k, n, given = k[filled], n[filled], given[filled]
    for name, group in (("had it", given), ("did not have it", ~given)):
        if not group.any():
            raise ValueError(f"nobody {name}; a comparison needs people on both sides.")
    if k.sum() in {0.0, n.sum()}:
        raise ValueError("all succeeded or none did; there is nothing to explain.")
    half = float(ndtri(0.5 + level_of(level) / 2))
    design = _design(covariates, n)
    propensity = expit(design @ fit_logistic(design, n * given, n, RIDGE))
    inside = (propensity > OVERLAP) & (propensity < 1 - OVERLAP)
    e = np.clip(propensity, OVERLAP, 1 - OVERLAP)
    outcomes = [expit(design @ fit_logistic(design[g], k[g], n[g], RIDGE)) for g in (given, ~given)]
    one = _Mean(k, n, outcomes[0], given / e)
    two = _Mean(k, n, outcomes[1], ~given / (1 - e))
    difference, error = one.value - two.value, _error(k, n, one, two)
    log_error = _log_error(k, n, one, two)
    ratio = one.value / two.value
    return Effect(
        one.value,
        two.value,
        Estimate(difference, max(difference - half * error, -1.0), min(difference + half * error, 1.0)),
        Estimate(ratio, ratio * math.exp(-half * log_error), ratio * math.exp(half * log_error)),
        _on_the_rest(k, n, given, e, outcomes[0], half),
        *_naive(k, n, given, half),
        float(n[inside].sum() / n.sum()),
    )


def _design(covariates: Floats, n: Floats) -> Floats:
    """A constant and the covariates, standardised; those that do not vary are left out."""
    mean = np.average(covariates, axis=0, weights=n)
    sd = np.sqrt(np.average((covariates - mean) ** 2, axis=0, weights=n))
    varies = sd > 1e-9
    return np.column_stack([np.ones(len(n)), (covariates[:, varies] - mean[varies]) / sd[varies]])


class _Mean:
    """The share had everybody been in one group, and each person's part in it after a failure and after a success."""

    def __init__(self, k: Floats, n: Floats, expected: Floats, weight: Floats) -> None:
        self.failed = expected - weight * expected
        self.succeeded = expected + weight * (1 - expected)
        value = float(((n - k) * self.failed + k * self.succeeded).sum() / n.sum())
        # Weights can carry it out of bounds where there are few people.
        self.value = min(max(value, 1e-6), 1 - 1e-6)


def _spread(k: Floats, n: Floats, failed: Floats, succeeded: Floats) -> float:
    return math.sqrt(float(((n - k) * failed**2 + k * succeeded**2).sum())) / float(n.sum())


def _error(k: Floats, n: Floats, one: _Mean, two: _Mean) -> float:
    difference = one.value - two.value
    return _spread(k, n, one.failed - two.failed - difference, one.succeeded - two.succeeded - difference)


def _log_error(k: Floats, n: Floats, one: _Mean, two: _Mean) -> float:
    """By the delta method: the parts relative to each mean."""
    failed = (one.failed - one.value) / one.value - (two.failed - two.value) / two.value
    succeeded = (one.succeeded - one.value) / one.value - (two.succeeded - two.value) / two.value
    return _spread(k, n, failed, succeeded)


def _on_the_rest(k: Floats, n: Floats, given: np.ndarray, e: Floats, expected: Floats, half: float) -> Estimate:
    """What those who did not have it would have gained: people who had it, weighted to be like them."""
    weight = given * (1 - e) / e
    without = (~given).astype(np.float64)
    failed = (without - weight) * expected
    succeeded = weight * (1 - expected) + without * (expected - 1)
    share = float((n * without).sum() / n.sum())
    value = float(((n - k) * failed + k * succeeded).sum() / n.sum()) / share
    error = _spread(k, n, failed - without * value, succeeded - without * value) / share
    return Estimate(value, max(value - half * error, -1.0), min(value + half * error, 1.0))


def _naive(k: Floats, n: Floats, given: np.ndarray, half: float) -> tuple[Estimate, Estimate]:
    """The raw difference, after Agresti and Caffo (2000: one success and one failure more in each), and the ratio."""
    counts = [(float(k[g].sum()), float(n[g].sum())) for g in (given, ~given)]
    (a, n_a), (b, n_b) = counts
    p, q = (a + 1) / (n_a + 2), (b + 1) / (n_b + 2)
    margin = half * math.sqrt(p * (1 - p) / (n_a + 2) + q * (1 - q) / (n_b + 2))
    difference = Estimate(a / n_a - b / n_b, max(p - q - margin, -1.0), min(p - q + margin, 1.0))
    if a == 0 or b == 0:
        return difference, Estimate(math.nan if a == b else 0.0 if a == 0 else math.inf, 0.0, math.inf)
    ratio, spread = a / n_a / (b / n_b), math.sqrt(max(1 / a - 1 / n_a + 1 / b - 1 / n_b, 0.0))
    return difference, Estimate(ratio, ratio * math.exp(-half * spread), ratio * math.exp(half * spread))
