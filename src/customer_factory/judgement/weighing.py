"""Draw by draw: what closing each step's gap would add, and which step that makes the constraint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from customer_factory.judgement.attainable import Attainable, attainable
from customer_factory.judgement.capacity import Queue, queue
from customer_factory.judgement.evidence import STEPS, FactoryEvidence
from customer_factory.judgement.level import Floats, level_now
from customer_factory.judgement.throughput_model import in_service, still_there

NEAR = 0.95
"""A step within 5 % of its attainable level is at it: less is inside anybody's natural variation."""
SHORT = 0.85
"""Below this share of its attainable level a step is materially short: closing the gap adds more than
1/.85 − 1 = 18 % to what a chain makes, which is worth a team's quarter. Room is left on both sides: a sound step
(95 %) is not taken for short, and one at 60 % is seen while its level is known to no better than ± 25 %."""

ANOTHER = 0.25
"""How likely it is beforehand that one more step is materially short, relative to what each step's counts alone say: a
factory has one weakest link sooner than three."""
WORTH = 0.01
"""Closing the gap must add this share of what is made within the horizon; a small loop adds less."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A step that can be the constraint: its level now and the level it could reach, as draws."""

    level: Floats
    doubted: Floats
    """The level with the benefit of the doubt: its upper tail is that of an exact test, honest at a handful."""
    best: Attainable
    queue: Queue | None
    batches: int
    """Cohorts that the level is read from; 0: nothing is known yet."""


@dataclass(frozen=True, eq=False)
class Scene:
    """The factory in draws.

    Attributes:
        factory: The evidence.
        rates: Draws of every step's rate, candidates or not.
        candidates: The steps that can be judged, in the order of the flow.
        missing: Why each other step of the factory cannot be.
    """

    factory: FactoryEvidence
    rates: Mapping[str, Floats]
    candidates: Mapping[str, Candidate]
    missing: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Weighing:
    """What the draws say.

    Attributes:
        gain: Per candidate and draw, what closing the gap adds to the customers in service.
        total: Customers in service at the end of the horizon if nothing changes, per draw.
        short: Per candidate, the share of draws in which it is the constraint and materially short.
        chance: Per candidate, the chance that it is within 5 % of its attainable level after all.
    """

    gain: Mapping[str, Floats]
    total: Floats
    short: Mapping[str, float]
    chance: Mapping[str, float]

    @property
    def none_short(self) -> float:
        """The chance that no step is materially short."""
        return 1 - sum(self.short.values())


def set_scene(factory: FactoryEvidence, rng: np.random.Generator, draws: int) -> Scene:
    """Levels, attainable levels and queues of all steps."""
    rates: dict[str, Floats] = {}
    candidates: dict[str, Candidate] = {}
    missing: dict[str, str] = {}
    for name in STEPS:
        step = factory.step(name)
        if step is None:
            continue
        if name == "acquisition" and not step.groups:
            missing[name] = "visitors are unknown"
            continue
        now = level_now(step.groups)
        best = attainable(step, now, rng, draws)
        if best is None and not step.groups:
            missing[name] = "nobody's window has closed"
            continue
        level, doubted, line = now.draw(rng, draws), now.draw(rng, draws, doubt=0.5), queue(step)
        if line is not None:
            # Of a full step the flow counts, not what becomes of each cohort in the end.
            level = np.full(draws, line.flow)
            best = _with_more_capacity(best, line, draws)
        if best is None:
            missing[name] = "no attainable level is known"
        else:
            candidates[name] = Candidate(level, doubted, best, line, len(step.groups))
        rates[name] = level
    return _few_are_short(Scene(factory, rates, candidates, missing), rng)


def _few_are_short(scene: Scene, rng: np.random.Generator) -> Scene:
    """The draws anew, those with several steps short less often (sampling importance resampling, Rubin 1988).

    A step of which nothing is known yet is not presumed to be sound.
    """
    steps = scene.candidates
    short = np.sum([one.level < SHORT * one.best.draws for one in steps.values() if one.batches], axis=0)
    if np.ndim(short) == 0:
        return scene
    weight = ANOTHER ** np.maximum(short - 1.0, 0.0)
    pick = rng.choice(len(weight), size=len(weight), p=weight / weight.sum())
    again = {
        name: replace(one, level=one.level[pick], best=replace(one.best, draws=one.best.draws[pick]))
        for name, one in steps.items()
    }
    rates = {name: again[name].level if name in again else rate for name, rate in scene.rates.items()}
    return replace(scene, rates=rates, candidates=again)


def _with_more_capacity(best: Attainable | None, line: Queue, draws: int) -> Attainable:
    """What a full step reaches once nobody waits: its attainable level; else what it serves and what piles up."""
    if best is not None and best.level > line.flow and best.source in {"target", "goal"}:
        return best
    all_served = min(line.flow * (1 + line.growth / line.served), 1.0)
    if best is not None and best.level > all_served:
        return best
    return Attainable(all_served, "people waiting", np.full(draws, all_served))


def weigh(scene: Scene) -> Weighing:
    """Close each gap in turn, in every draw.

    A draw's constraint is the step whose gap is worth most among those materially short: below 85 % of the attainable
    level, and with a gain of at least 1 % of what is made, so that a loop too small to notice is not one. In draws
    where no step is short there is none. In front of a full step, improving what feeds it only makes
    people wait: those steps add nothing.
    """
    factory = scene.factory
    stock = _stock(scene)
    rates = {name: rate for name, rate in scene.rates.items() if name != "acquisition"}
    people = _people(scene)
    total, made = in_service(factory, rates, people=people, stock=stock)
    starved = {name for full, step in scene.candidates.items() if step.queue for name in _feeding(factory, full)}
    gain, short, chance = {}, {}, {}
    for name, step in scene.candidates.items():
        better = np.maximum(step.best.draws, step.level)
        if name == "acquisition":
            then, _ = in_service(factory, rates, people=people * better / step.level, stock=stock)
        else:
            then, _ = in_service(factory, {**rates, name: better}, people=people, stock=stock)
        gain[name] = then - total
        if name in starved:
            gain[name] = np.zeros_like(gain[name])
        worth = gain[name] > WORTH * made
        short[name] = worth & ((step.level < SHORT * step.best.draws) | (step.queue is not None))
        chance[name] = 0.0 if step.queue else float(np.mean(step.doubted >= NEAR * step.best.draws))
    if not gain:
        return Weighing({}, total, {}, {})
    gains, shorts = np.array(list(gain.values())), np.array(list(short.values()))
    winner = np.argmax(np.where(shorts, gains, -1.0), axis=0)
    and_short = {name: float(np.mean((winner == i) & short[name])) for i, name in enumerate(gain)}
    return Weighing(gain, total, and_short, chance)


def _feeding(factory: FactoryEvidence, full: str) -> set[str]:
    return {*factory.path(full), "referral"} - {full}


def _people(scene: Scene) -> Floats:
    """New people per batch: visitors times their rate, where visitors are known."""
    rate, visitors = scene.rates.get("acquisition"), scene.factory.visitors
    return np.array(scene.factory.new_people) if rate is None or not visitors else visitors * rate


def _stock(scene: Scene) -> Floats:
    """Happy customers in service today."""
    factory = scene.factory
    if factory.in_service is not None:
        return np.array(factory.in_service)
    last = factory.step(factory.outcome[-1]) if factory.outcome else None
    survival = scene.rates["retention"] ** (1 / factory.retention_batches) if "retention" in scene.rates else np.ones(1)
    return still_there(last.served if last else (), survival)
