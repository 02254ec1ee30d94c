"""Ageing: what comes of entrants a number of batches later, estimated from triangles that are cut off by today.

Two kinds. *Once*: a person reaches a step at most once, so that those who have not yet reached it are at risk, and
what is estimated is the chance to reach it at each age, given that it has not been reached before (Kaplan and Meier's
hazards). *Again*: a person can be active, or pay, in any batch; what is estimated is the mean at each age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customer_factory.model.history import Stage

Floats = NDArray[np.float64]


def tallied(ages: Any, much: Floats, count: int) -> Floats:
    """What there is at each of so many ages; the age beyond them is what has not been yet, and is left out."""
    return np.asarray(np.bincount(ages.ravel(), weights=much.ravel(), minlength=count + 1)[:count], dtype=np.float64)


def pairs(batches: int) -> Any:
    """The age of each batch's people (row) in each batch (column); the number of batches where it is yet to come."""
    age = np.arange(batches)[None, :] - np.arange(batches)[:, None]
    return np.where(age >= 0, age, batches)


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
    batches = len(stage.entered) - 1
    age, came = pairs(batches), stage.came[:batches, :batches]
    before = np.cumsum(came, axis=1) - came
    at_risk = np.where(age < batches, np.maximum(stage.entered[:batches, None] - before, 0), 0)
    risks, events = tallied(age, at_risk, batches), tallied(age, came, batches)
    # Half an event in all keeps a step that nobody has reached yet possible.
    events[0] += 0.5 if not events.any() else 0.0
    inside = np.arange(batches) <= stage.longest
    hazard = smoothed(events * inside, (risks + 0.5 * (events > 0)) * inside)
    hazard = np.append(np.minimum(hazard, 0.999), _fading(events, risks, ahead))
    hazard[np.arange(len(hazard)) > stage.longest] = 0
    by_pair = np.append(hazard[:batches], 0.0)[age]
    expected = (at_risk * by_pair).sum(axis=0)
    squares = (at_risk * by_pair**2).sum(axis=0)
    spread = 1 - np.divide(squares, expected, out=np.zeros(batches), where=expected > 0)
    chance = hazard * np.append(1.0, np.cumprod(1 - hazard)[:-1])
    risk = np.maximum(stage.entered - stage.came.sum(axis=1), 0)
    return Once(chance, risk, expected, np.clip(spread, 0.02, 1.0))


WIDTH = 0.2
"""Ages are smoothed over about this share of themselves on either side: the first few hardly, the thirtieth by six."""


def smoothed(events: Floats, exposed: Floats) -> Floats:
    """Events per exposed at each age, smoothed over neighbouring ages; 0 where nobody was exposed.

    Where most people entered in the same few batches, what happened in one batch happened at one age. Unsmoothed,
    ages would explain every good and bad batch, and a forecast would take chance for knowledge.
    """
    place = np.log(np.arange(len(events)) + 1.0)
    near = np.exp(-(((place[:, None] - place[None, :]) / WIDTH) ** 2) / 2)
    total = near @ exposed
    return np.asarray(np.divide(near @ events, total, out=np.zeros(len(events)), where=total > 0))


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
        entered: Entrants by batch, each worth as many of the average ones as its batch has shown.
        expected: Per batch, what the means expect.
        spread: Variance over mean of what came, given that.
    """

    mean: Floats
    entered: Floats
    expected: Floats
    spread: Floats


LIKE = 20.0
"""Events that a batch of entrants needs before its own behaviour counts as much as everybody's."""
ROUNDS = 5


def again(stage: Stage, ahead: int, *, people: bool) -> Again:
    """Means by age over all complete batches of a stage, carried on for so many batches beyond the oldest.

    Old ages are known of the oldest batches only, who need not be like the others: the first customers are often the
    keenest. So each batch has a factor of its own beside the age, shrunk to 1 (Mack's multiplicative model).

    Args:
        stage: The triangle.
        ahead: Batches by which it is carried on.
        people: Whether what comes are people, each at most once in a batch, rather than amounts.
    """
    batches = len(stage.entered) - 1
    age, came = pairs(batches), stage.came[:batches, :batches]
    there = np.where(age < batches, stage.entered[:batches, None], 0.0)
    events = np.maximum(tallied(age, came, batches), 0)
    like, own = LIKE * stage.spread, np.maximum(came.sum(axis=1), 0)
    factor = np.ones(batches)
    for _ in range(ROUNDS):
        weight = tallied(age, there * factor[:, None], batches)
        mean = smoothed(events, weight)
        usual = (there * np.append(mean, 0.0)[age]).sum(axis=1)
        factor = (own + like) / (usual + like)
    by_pair = np.append(mean, 0.0)[age] * factor[:, None]
    if people:
        by_pair = np.minimum(by_pair, 1.0)
    expected = (there * by_pair).sum(axis=0)
    mean = np.append(mean, _carried_on(mean, weight, ahead))
    entered = stage.entered * np.append(factor, 1.0)
    if not people:
        return Again(mean, entered, expected, np.full(batches, stage.spread))
    squares = (there * by_pair**2).sum(axis=0)
    spread = 1 - np.divide(squares, expected, out=np.zeros(batches), where=expected > 0)
    return Again(np.minimum(mean, 1.0), entered, expected, np.clip(spread, 0.02, 1.0))


def _carried_on(mean: Floats, weight: Floats, ahead: int) -> Floats:
    """Beyond the oldest age: as a power of age, the way it fell over the older three quarters of the ages.

    A power falls ever more slowly, as activity does where people differ: those who are going to leave leave early.
    """
    size = len(mean)
    ages = np.log(np.arange(size + ahead) + 1.0)
    old = (np.arange(size) >= size // 4) & (mean > 0) & (weight > 0)
    if not old.any():
        return np.zeros(ahead)
    logs, w = np.log(mean[old]), weight[old] * mean[old]
    centre, level = np.average(ages[:size][old], weights=w), np.average(logs, weights=w)
    var = np.average((ages[:size][old] - centre) ** 2, weights=w)
    slope = np.average((ages[:size][old] - centre) * (logs - level), weights=w) / (var + 0.05)
    slope = min(max(slope, -3.0), 0.0)
    return np.asarray(np.exp(level + slope * (ages[size:] - centre)))
