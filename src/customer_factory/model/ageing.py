"""Ageing: what comes of entrants a number of batches later, estimated from triangles that are cut off by today.

Two kinds. *Once*: a person reaches a step at most once, so that those who have not yet reached it are at risk, and
what is estimated is the chance to reach it at each age, given that it has not been reached before (Kaplan and Meier's
hazards). *Again*: a person can be active, or pay, in any batch; what is estimated is the mean at each age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_factory.model.history import Stage

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Once:
    """How likely a step is reached at each age, and who is still at risk.

    Args:
        chance: Of an entrant to reach it at age 0, 1, 2 …; sums to the rate.
        risk: Entrants who have not reached it, by batch of entry, before the running batch and, in it, now.
        expected: Per batch, what the hazards expect of those then at risk.
        spread: Per batch, variance over mean of the count around that: 1 − the chance it was made with.
    """

    chance: Floats
    risk: Floats
    expected: Floats
    spread: Floats


def once(stage: Stage, ahead: int) -> Once:
    """Hazards by age over all complete batches of a stage, carried on beyond the oldest age as far as its window lasts.

    Args:
        stage: The triangle.
        ahead: Batches by which they are carried on at most.
    """
    entered, came = stage.entered, stage.came
    batches = len(entered) - 1
    age = np.arange(batches)[None, :] - np.arange(batches)[:, None]
    known = age >= 0
    before = np.cumsum(came[:batches, :batches], axis=1) - came[:batches, :batches]
    at_risk = np.where(known, np.maximum(entered[:batches, None] - before, 0), 0)
    risks = np.bincount(age[known], weights=at_risk[known], minlength=batches)
    events = np.bincount(age[known], weights=came[:batches, :batches][known], minlength=batches)
    # Half an event in all keeps a step that nobody has reached yet possible.
    events[0] += 0.5 if not events.any() else 0.0
    hazard = np.divide(events, risks + 0.5 * (events > 0), out=np.zeros(batches), where=risks > 0)
    hazard = np.append(np.minimum(hazard, 0.999), _fading(events, risks, ahead))
    hazard[np.arange(len(hazard)) > stage.longest] = 0
    by_pair = np.where(known, hazard[np.where(known, age, 0)], 0.0)
    expected = (at_risk * by_pair).sum(axis=0)
    squares = (at_risk * by_pair**2).sum(axis=0)
    spread = 1 - np.divide(squares, expected, out=np.zeros(batches), where=expected > 0)
    chance = hazard * np.append(1.0, np.cumprod(1 - hazard)[:-1])
    risk = np.maximum(entered - came.sum(axis=1), 0)
    return Once(chance, risk, expected, np.clip(spread, 0.02, 1.0))


def _fading(events: Floats, risks: Floats, ahead: int) -> Floats:
    """Hazards beyond the oldest age: c / (age + 1), with c from the older half of the ages.

    So they fall where people differ and the eager ones have gone first (the beta-geometric's tail).
    """
    ages = np.arange(len(risks), dtype=np.float64)
    old = (ages >= len(ages) // 2) & (risks > 0)
    exposed = float((risks[old] / (ages[old] + 1)).sum())
    level = float(events[old].sum()) / exposed if exposed > 0 else 0.0
    return np.asarray(np.minimum(level / (len(ages) + np.arange(ahead) + 1.0), 0.999))


@dataclass(frozen=True, eq=False)
class Again:
    """The mean of what comes of an entrant at each age.

    Args:
        mean: At age 0, 1, 2 …, as far as is known and as far again beyond, where it is carried on.
        expected: Per batch, what the means expect.
        spread: Variance over mean of what came, given that.
        floor: What comes in each batch whoever entered when.
    """

    mean: Floats
    expected: Floats
    spread: Floats
    floor: float = 0.0


def again(stage: Stage, ahead: int, *, people: bool) -> Again:
    """Means by age over all complete batches of a stage, carried on for so many batches beyond the oldest.

    Args:
        stage: The triangle.
        ahead: Batches by which it is carried on.
        people: Whether what comes are people, each at most once in a batch, rather than amounts.
    """
    entered, came = stage.entered, stage.came
    batches = len(entered) - 1
    age = np.arange(batches)[None, :] - np.arange(batches)[:, None]
    known = age >= 0
    there = np.where(known, entered[:batches, None], 0)
    people_at = np.bincount(age[known], weights=there[known], minlength=batches)
    events = np.bincount(age[known], weights=came[:batches, :batches][known], minlength=batches)
    mean = np.maximum(np.divide(events, people_at, out=np.zeros(batches), where=people_at > 0), 0)
    mean = np.append(mean, _carried_on(mean, people_at.astype(np.float64), ahead))
    by_pair = np.where(known, mean[np.where(known, age, 0)], 0.0)
    expected = (there * by_pair).sum(axis=0)
    if not people:
        return Again(mean, expected, np.full(batches, stage.spread))
    squares = (there * by_pair**2).sum(axis=0)
    spread = 1 - np.divide(squares, expected, out=np.zeros(batches), where=expected > 0)
    return Again(np.minimum(mean, 1.0), expected, np.clip(spread, 0.02, 1.0))


def _carried_on(mean: Floats, weight: Floats, ahead: int) -> Floats:
    """Beyond the oldest age: the level of the last third of what is known, falling as it fell there."""
    size = len(mean)
    late = np.arange(size) >= (2 * size) // 3
    late &= (mean > 0) & (weight > 0) & (np.arange(size) > 0)
    if not late.any():
        return np.zeros(ahead)
    ages, logs, w = np.arange(size)[late].astype(float), np.log(mean[late]), weight[late] * mean[late]
    centre, level = np.average(ages, weights=w), np.average(logs, weights=w)
    var = np.average((ages - centre) ** 2, weights=w)
    slope = np.average((ages - centre) * (logs - level), weights=w) / (var + 1.0)
    slope = min(max(slope, -0.5), 0.0)
    return np.asarray(np.exp(level + slope * (size + np.arange(ahead) - centre)))
