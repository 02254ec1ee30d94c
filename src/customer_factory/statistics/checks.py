"""Checks of arguments that several modules share. Impossible input raises, with what would be legal."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def vector(values: ArrayLike, name: str, *, least: int = 1) -> Floats:
    """The values as a one-dimensional array of finite floats.

    Args:
        values: Anything array-like.
        name: What to call it in an error.
        least: The smallest legal length.

    Raises:
        ValueError: If it is not one-dimensional, too short, or holds NaN or infinity.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, not of shape {array.shape}.")
    if len(array) < least:
        raise ValueError(f"{name} needs at least {least} value{'s' * (least > 1)}, found {len(array)}.")
    bad = np.flatnonzero(~np.isfinite(array))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {array[bad[0]]}; every value must be a finite number.")
    return array


def not_negative(array: Floats, name: str) -> Floats:
    """The array, if nothing in it is negative; ValueError otherwise."""
    bad = np.flatnonzero(array < 0)
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {array[bad[0]]:g}; it cannot be negative.")
    return array


def counts_of(values: ArrayLike, name: str = "counts", *, least: int = 0) -> Floats:
    """The values as an array of whole numbers from 0 up; ValueError otherwise."""
    array = not_negative(vector(values, name, least=least), name)
    bad = np.flatnonzero(array != np.floor(array))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {array[bad[0]]:g}; counts are whole numbers.")
    return array


def same_length(first: Floats, second: Floats, names: str) -> None:
    """ValueError unless both arrays are of one length."""
    if len(first) != len(second):
        raise ValueError(f"{names} must have the same length, not {len(first)} and {len(second)}.")


def weights_for(array: Floats, weights: ArrayLike | None) -> Floats:
    """The weights of the rows: ones where none are given; ValueError if negative, all zero or too few."""
    if weights is None:
        return np.ones_like(array)
    found = not_negative(vector(weights, "weights"), "weights")
    same_length(array, found, "the rows and their weights")
    if not found.any():
        raise ValueError("weights are all zero; at least one row must count.")
    return found


def shares(successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Two arrays of one length with 0 ≤ successes ≤ trials; one number of trials serves all."""
    k = not_negative(vector(successes, "successes"), "successes")
    given = np.asarray(trials, dtype=np.float64)
    n = vector(np.full(len(k), float(given)) if given.ndim == 0 else given, "trials")
    same_length(k, n, "successes and trials")
    bad = np.flatnonzero(k > n)
    if len(bad):
        raise ValueError(f"successes[{bad[0]}] is {k[bad[0]]:g} of {n[bad[0]]:g} trials; it cannot be more.")
    return k, n


def level_of(level: float) -> float:
    """The confidence level, if it lies between 0 and 1; ValueError otherwise."""
    if not (math.isfinite(level) and 0 < level < 1):
        raise ValueError(f"level is {level}; it must lie between 0 and 1, for example 0.95.")
    return float(level)
