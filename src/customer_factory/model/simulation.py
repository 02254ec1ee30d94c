"""Simulation: thousands of futures at once, of everything that flows through a factory.

    arrivals ──► step ──► step ──► happy ──► active
                   └► people who could pay ──► revenue

Each series has a moving level per future (``statistics.moving_level``) and, on top, the chance of counts. People who
are on their way already are carried on with what is left of their chances; the running batch is continued.
Two simulations with the same seed share their chance, so that the difference between them is the difference made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customer_factory.model.ageing import Again
from customer_factory.model.components import Components
from customer_factory.model.history import History, Stage
from customer_factory.statistics.log_gamma import amount_at, count_at
from customer_factory.statistics.moving_level import Level

Floats = NDArray[np.floating[Any]]
POISSON = np.ones(1, dtype=np.float32)
FULL = 0.1
"""A step is full where it serves its declared capacity to within this share while a batch's work waits."""
RECENT = 8
"""Batches in which that is looked for."""
LOOPS = 3
"""Rounds of the referral loop: what the third adds is a few per cent of what the first does."""


@dataclass(frozen=True, eq=False)
class Levers:
    """What is changed from now on: multiples of what would be, 1 where nothing is.

    Args:
        arrivals: Of people acquired.
        rates: Of each step's rate: of the chain, and of retention, revenue and referral.
        delays: Of each step's delay.
        capacity: People per batch that each step can serve.
    """

    arrivals: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)
    delays: Mapping[str, float] = field(default_factory=dict)
    capacity: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Futures:
    """What may happen, each of shape (futures, batches): the running batch first, with what it brought so far.

    Args:
        arrivals: People acquired.
        happy: Throughput: people who become happy, or transactions.
        active: Happy customers active; None where that is not known.
        revenue: Money; None where there is none.
    """

    arrivals: Floats
    happy: Floats
    active: Floats | None
    revenue: Floats | None


class Simulator:
    """The chance of a number of futures, drawn once, and the factory that runs on it.

    Args:
        fitted: The factory.
        batches: How far, the running batch included.
        futures: How many.
        seed: Of chance.
    """

    def __init__(self, fitted: Components, batches: int, futures: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self._fitted = fitted
        self._past: History = fitted.past
        self._batches = batches
        self._left = np.ones(batches, dtype=np.float32)
        self._left[0] = 1 - self._past.elapsed

        def chance(level: Level) -> tuple[Floats, Floats]:
            paths = level.paths(rng, futures, batches)
            return paths, rng.standard_normal(paths.shape, dtype=np.float32)

        self._arrivals = chance(fitted.arrivals)
        self._stages = [chance(level) for _, level in fitted.stages]
        self._traded = None if fitted.traded is None else chance(fitted.traded[1])
        self._active = None if fitted.active is None else chance(fitted.active[1])
        self._earned = None if fitted.earned is None else chance(fitted.earned[1])
        self._serving = rng.standard_normal((futures, batches), dtype=np.float32)

    def run(self, levers: Levers | None = None) -> Futures:
        """Run the factory forward, as it is or with something changed."""
        if levers is None or self._past.brought is None:
            return self._run(levers or Levers(), None)
        # What the loop brings today is in the arrivals already: only the difference to that is fed back.
        base = self._bringing(self._flows(Levers(), None), 1.0)
        extra: Floats | None = None
        for _ in range(LOOPS):
            extra = self._bringing(self._flows(levers, extra), levers.rates.get("referral", 1.0)) - base
        return self._run(levers, extra)

    def _run(self, levers: Levers, extra: Floats | None) -> Futures:
        flows, fitted, past = self._flows(levers, extra), self._fitted, self._past
        people = flows["happy"]
        traded = self._amounts(past.traded, fitted.traded, self._traded, people, 1.0)
        active = self._in_service(people, levers.rates.get("retention", 1.0))
        payers, rate = flows[past.payers], levers.rates.get("revenue", 1.0)
        revenue = self._amounts(past.earned, fitted.earned, self._earned, payers, rate)
        return Futures(flows["acquisition"], people if traded is None else np.round(traded), active, revenue)

    def _in_service(self, happy: Floats, kept: float) -> Floats | None:
        """Happy customers who are active in a batch: those of today as they age, and those who are made."""
        if self._active is None or self._fitted.active is None or self._past.active is None:
            return None
        stage, aged = self._past.active, self._fitted.active[0]
        mean, entered = aged.mean, aged.entered
        ahead = self._ahead(mean, len(entered))
        ahead[-1] = 0.0  # who became happy in the running batch is among the happy of its future
        found = _counted(
            (entered @ ahead).astype(np.float32) + happy @ self._later(mean * kept),
            (entered @ ahead**2).astype(np.float32) + happy @ self._later((mean * kept) ** 2),
            self._active,
        )
        found[:, 0] = np.maximum(found[:, 0], stage.came[:, -1].sum())
        return found

    def _amounts(
        self,
        stage: Stage | None,
        fitted: tuple[Again, Level] | None,
        chance: tuple[Floats, Floats] | None,
        people: Floats,
        multiple: float,
    ) -> Floats | None:
        """Money or transactions of a batch: of those who began before, as they age, and of those who begin now."""
        if stage is None or fitted is None or chance is None:
            return None
        mean, entered = fitted[0].mean, fitted[0].entered
        ahead = self._ahead(mean, len(entered))
        ahead[-1] = 0.0
        level, deviate = chance
        due = (entered @ ahead).astype(np.float32) + people @ self._later(mean * multiple)
        found = amount_at(due * level * self._left, stage.spread, deviate)
        found[:, 0] += stage.came[:, -1].sum()
        return found

    def _flows(self, levers: Levers, extra: Floats | None) -> dict[str, Floats]:
        """People per batch who come in, and who reach each step of the chain."""
        past = self._past
        level, deviate = self._arrivals
        expected = level * levers.arrivals + (0 if extra is None else extra)
        people = count_at(np.maximum(expected, 0) * self._left, POISSON, deviate)
        flows = {"acquisition": people.copy()}
        flows["acquisition"][:, 0] += past.acquired[-1]
        for place, name in enumerate(past.steps):
            people = self._through(place, name, people, levers)
            flows[name] = people.copy()
            flows[name][:, 0] += past.stages[place].came[:, -1].sum()
        flows["happy"] = flows[past.steps[-1]] if past.steps else flows["acquisition"]
        return flows

    def _bringing(self, flows: Mapping[str, Floats], multiple: float) -> Floats:
        """People brought per batch by those who enter the step of referral from now on, geometrically delayed."""
        many, cycle = self._past.brought or (0.0, 1.0)
        stay = cycle / (1 + cycle)
        kernel = (1 - stay) * stay ** np.arange(float(self._batches))
        return flows[self._past.bringers] @ self._later(many * multiple * kernel)

    def _through(self, place: int, name: str, people: Floats, levers: Levers) -> Floats:
        """Who reaches a step from now on, of those on their way and of those who are still to enter."""
        aged, _ = self._fitted.stages[place]
        chance = _stretched(aged.chance, levers.delays.get(name, 1.0)) * levers.rates.get(name, 1.0)
        chance *= min(1.0, 0.999 / max(float(chance.sum()), 1e-9))
        once, twice = self._on_their_way(aged.chance, aged.risk)
        mean, squares = once + people @ self._later(chance), twice + people @ self._later(chance**2)
        reached = _of_those_there(_counted(mean, squares, self._stages[place]), float(aged.risk.sum()), people)
        return self._served(place, name, people, reached, levers)

    def _served(self, place: int, name: str, people: Floats, reached: Floats, levers: Levers) -> Floats:
        """What a step with a capacity lets through; the others wait."""
        declared = self._past.capacity.get(name)
        capacity = levers.capacity.get(name, declared)
        if capacity is None:
            return reached
        stage = self._past.stages[place]
        served, waiting = stage.came.sum(axis=0)[:-1][-RECENT:], self._waited(place)
        full = declared is not None and len(served) == RECENT
        full = full and abs(served.mean() / (declared or 1.0) - 1) <= FULL and waiting[-1] >= served.mean()
        queue = np.zeros(len(people))
        come, room = reached, np.full(reached.shape, float(capacity)) * self._left
        if full:
            # A full step's past rates say what it served. Whoever it did not serve waits, and will be served.
            entered = float(stage.entered[:-1][-RECENT:].mean())
            growth = max(float(waiting[-1] - waiting[0]) / RECENT, 0.0)
            willing = min((served.mean() + growth) / max(entered, 1e-9), 1.0)
            come, queue = people * willing, np.full(len(people), waiting[-1] * willing)
            room = room * served.mean() / float(declared or 1.0)
            room = np.maximum(room + served.std(ddof=1) * self._serving * self._left, 0)
        found = np.empty_like(reached)
        for k in range(reached.shape[1]):
            queue = queue + come[:, k]
            found[:, k] = np.floor(np.minimum(queue, room[:, k]) + 0.5)
            queue = np.maximum(queue - found[:, k], 0)
        return found

    def _waited(self, place: int) -> Floats:
        """Who waited in front of a step, and could still reach it, at the end of the recent batches and before them."""
        stage, chance = self._past.stages[place], self._fitted.stages[place][0].chance
        oldest = int(np.flatnonzero(chance).max(initial=0))
        missing = stage.entered[:, None] - np.cumsum(stage.came, axis=1)
        ends = range(max(self._past.complete - RECENT - 1, 0), self._past.complete)
        return np.array([missing[max(0, end - oldest) : end + 1, end].sum() for end in ends])

    def _on_their_way(self, chance: Floats, risk: Floats) -> tuple[Floats, Floats]:
        """Expected arrivals at a step, per coming batch, of those who have entered it, and the sum of squared chances.

        A person of age a has not reached it in a batches and the elapsed part of this one; what is left of the chance
        is scaled up accordingly, and the rest of this batch has its part of this batch's.
        """
        elapsed = self._past.elapsed
        ages = np.arange(len(risk))[::-1]
        padded = np.append(chance, np.zeros(self._batches + len(risk)))
        gone = np.append(0.0, np.cumsum(padded))[ages] + elapsed * padded[ages]
        ahead = padded[ages[:, None] + np.arange(self._batches)[None, :]] * self._left
        likely = np.minimum(ahead / np.maximum(1 - gone, 1e-3)[:, None], 1.0)
        return (risk @ likely).astype(np.float32), (risk @ likely**2).astype(np.float32)

    def _ahead(self, mean: Floats, batches: int) -> Floats:
        """The means at the ages that people of each past batch will have in each coming one."""
        ages = np.arange(batches)[::-1]
        padded = np.append(mean, np.full(self._batches + batches, mean[-1]))
        return np.asarray(padded[ages[:, None] + np.arange(self._batches)[None, :]])

    def _later(self, chance: Floats) -> Floats:
        """The matrix that turns entrants of the coming batches into what comes of them; shape (batches, batches)."""
        size = self._batches
        padded = np.append(chance, np.zeros(size))[:size]
        lag = np.arange(size)[None, :] - np.arange(size)[:, None]
        found = np.where(lag >= 0, padded[np.maximum(lag, 0)], 0.0)
        found[0, 0] *= self._left[0]
        return found.astype(np.float32)


def _of_those_there(reached: Floats, waiting: float, people: Floats) -> Floats:
    """Not more than are there: a level that hardly any data tell can be thought of as any multiple.

    >>> _of_those_there(np.array([[9.0, 9.0, 9.0]]), 3.0, np.array([[2.0, 0.0, 4.0]])).tolist()
    [[5.0, 0.0, 4.0]]
    """
    there = np.full(len(reached), waiting)
    for batch in range(reached.shape[1]):
        there = there + people[:, batch]
        reached[:, batch] = np.minimum(reached[:, batch], there)
        there = there - reached[:, batch]
    return reached


def _counted(mean: Floats, squares: Floats, chance: tuple[Floats, Floats]) -> Floats:
    """Counts of people with these expected numbers and sums of squared chances, at a moving level."""
    level, deviate = chance
    typical = squares / np.maximum(mean, 1e-9)
    typical *= level
    return count_at(mean * level, 1 - np.minimum(typical, 0.98, out=typical), deviate)


def _stretched(chance: Floats, factor: float) -> Floats:
    """The chances by age if everything takes a multiple of its time; those that share a batch are added.

    >>> _stretched(np.array([0.0, 0.2, 0.1]), 2.0).tolist()
    [0.0, 0.0, 0.2, 0.0, 0.1]
    """
    if factor == 1.0:
        return chance.copy()
    ages = np.round(np.arange(len(chance)) * factor).astype(int)
    return np.asarray(np.bincount(ages, weights=chance), dtype=np.float64)
