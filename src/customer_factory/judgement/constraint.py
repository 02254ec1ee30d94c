"""The one step that holds throughput back, with its probability – or an honest "undecided".

*The constraint* is the step whose improvement to its attainable level adds most to the happy customers in service at
the end of the horizon. It is judged in draws from the posterior of all levels: how often is it which step?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from customer_factory.judgement import constraint_words as words
from customer_factory.judgement.attainable import Attainable
from customer_factory.judgement.evidence import FactoryEvidence
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.judgement.level import Floats
from customer_factory.judgement.weakest_link import weakest_link
from customer_factory.judgement.weighing import Candidate, Scene, Weighing, set_scene, weigh
from customer_factory.measures.measures import Measures

__all__ = ["Constraint", "Gain", "constraint", "lowest_conversion", "weakest_link"]

ERROR = 0.15
"""The chance, over all steps together, to find one short though all stand at the very edge of sound, 95 % of their
attainable levels. Claims must also be likely and material, so what is seen is well below: see the benchmark."""
FUTURES = (1, 2, 3, 4, 6, 8, 10, 13, 17, 26, 39, 52)
"""Batches ahead at which it is asked whether the evidence would do."""
FAR = 3_000
"""Stands for "with any number of people"."""
VAGUE = 0.5
"""A level known no better than to this share of itself is anybody's guess: more people would tell."""


class Measured(Protocol):
    """Whatever holds measures, such as a report."""

    @property
    def measures(self) -> Measures:
        """The numbers, before anybody judged them."""


class Gain(NamedTuple):
    """What closing a step's gap adds: the median, and the ends of a central interval."""

    centre: float
    low: float
    high: float


@dataclass(frozen=True)
class Constraint:
    """The verdict.

    Attributes:
        verdict: "claimed" or "undecided".
        step: The constraint; None where undecided.
        kind: "rate": people are lost; "capacity": people wait. None where undecided.
        probability: Per step the probability of being the constraint: materially below its attainable level, and
            closing its gap worth most. What is missing to 1 is the chance that no step is; 0 where it cannot be judged.
        gain: Per judged step, happy (where revenue is a step: paying) customers in service that closing its gap would
            add by the end of the horizon, with the interval at the verdict's level.
        relative_gain: The same as a fraction of the customers in service then if nothing changes.
        attainable: Per judged step (level, source).
        reason: Why, in words for a founder.
        would_decide: What would turn "undecided" into a claim; None where claimed.
        naive: What the rule "lowest conversion" would have said. It is beside the point: each rate of a chain has
            elasticity 1, however low it is.
    """

    verdict: Literal["claimed", "undecided"]
    step: str | None
    kind: Literal["rate", "capacity"] | None
    probability: Mapping[str, float]
    gain: Mapping[str, Gain]
    relative_gain: Mapping[str, float]
    attainable: Mapping[str, tuple[float, str]]
    reason: str
    would_decide: str | None
    naive: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        return {
            "verdict": self.verdict,
            "step": self.step,
            "kind": self.kind,
            "probability": dict(self.probability),
            "gain": {step: gain._asdict() for step, gain in self.gain.items()},
            "relative_gain": dict(self.relative_gain),
            "attainable": {
                step: {"level": level, "source": source} for step, (level, source) in self.attainable.items()
            },
            "reason": self.reason,
            "would_decide": self.would_decide,
            "naive": self.naive,
        }


def constraint(
    evidence: FactoryEvidence | Measures | Measured, *, level: float = 0.8, seed: int = 0, draws: int = 4000
) -> Constraint:
    """Judge which one step holds throughput back.

    A step is claimed when two things hold:

    1. In at least ``level`` of the draws it is the constraint and materially short (see
       [weigh][customer_factory.judgement.weighing.weigh]).
    2. That it is within 5 % of its attainable level after all has at most a chance of 15 % divided by the number of
       steps judged (Bonferroni), so that one of several sound steps is not blamed for bad luck. At small counts it is
       this that keeps the verdict undecided: a diffuse posterior alone would call one sound step in five short.

    Args:
        evidence: The counts, steps and joints of the factory; or measures, or a report, from which they are taken.
        level: The probability a claim needs, and the level of the intervals of gain.
        seed: Makes the draws repeatable.
        draws: How many.

    Raises:
        ValueError: If level is not between 0 and 1.

    >>> from customer_factory.judgement.evidence import StepEvidence
    >>> acme = FactoryEvidence(arrivals=100, steps=[
    ...     StepEvidence("acquisition"),
    ...     StepEvidence("activation", cohorts=[(100, 24)] * 16, target=0.4, after="acquisition"),
    ...     StepEvidence("revenue", cohorts=[(24, 5)] * 16, target=0.2, after="activation")])
    >>> verdict = constraint(acme)
    >>> verdict.verdict, verdict.step, verdict.kind, verdict.naive
    ('claimed', 'activation', 'rate', 'revenue')
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must lie between 0 and 1, for example 0.8.")
    evidence = _evidence(evidence)
    scene = set_scene(evidence, np.random.default_rng(seed), draws)
    weighing = weigh(scene)
    found = _claim(weighing, level)
    tail = (1 - level) / 2
    quantiles = {step: np.quantile(gain, [0.5, tail, 1 - tail]) for step, gain in weighing.gain.items()}
    gains = {step: Gain(*(float(q) for q in ends)) for step, ends in quantiles.items()}
    base = max(float(np.median(weighing.total)), 1e-9)
    facts = words.Facts(scene, weighing, gains, level)
    return Constraint(
        verdict="claimed" if found else "undecided",
        step=found,
        kind=None if found is None else "capacity" if scene.candidates[found].queue else "rate",
        probability={step.step: weighing.short.get(step.step, 0.0) for step in evidence.steps},
        gain=gains,
        relative_gain={step: gain.centre / base for step, gain in gains.items()},
        attainable={step: (one.best.level, one.best.source) for step, one in scene.candidates.items()},
        reason=words.claimed(facts, found) if found else words.undecided(facts),
        would_decide=None if found else words.would_decide(facts, _settled(scene, weighing, level)),
        naive=lowest_conversion(evidence),
    )


def _evidence(given: FactoryEvidence | Measures | Measured) -> FactoryEvidence:
    if isinstance(given, FactoryEvidence):
        return given
    return evidence_of(given if isinstance(given, Measures) else given.measures)


def lowest_conversion(evidence: FactoryEvidence) -> str | None:
    """The naive rule: the step with the lowest rate. None where no rate is known."""
    rates = {step.step: step.rate for step in evidence.steps if step.rate is not None}
    return min(rates, key=lambda name: rates[name]) if rates else None


def _claim(weighing: Weighing, level: float) -> str | None:
    if not weighing.short:
        return None
    top = max(weighing.short, key=lambda name: weighing.short[name])
    sure = weighing.short[top] >= level and weighing.chance[top] <= ERROR / len(weighing.short)
    return top if sure else None


def _settled(scene: Scene, weighing: Weighing, level: float) -> int | None:
    """Batches until the verdict is expected if rates and volumes stay as they are; None: more people would not do.

    The posterior shrinks towards its centre as √(batches seen / batches then); the question is put to those draws.
    """
    if not weighing.short or weighing.none_short >= level or any(not one.batches for one in scene.candidates.values()):
        return None

    def known(ahead: int) -> bool:
        then = weigh(_later(scene, ahead))
        return _claim(then, level) is not None or then.none_short >= level

    if known(FUTURES[-1]):
        return next(ahead for ahead in FUTURES if known(ahead))
    vague = any(float(np.std(np.log(one.level))) > VAGUE for one in scene.candidates.values())
    return FAR if vague or known(FAR) else None


def _later(scene: Scene, ahead: int, draws: int = 1000) -> Scene:
    def narrow(values: Floats, batches: int) -> Floats:
        logits = np.log(np.clip(values, 1e-9, 1 - 1e-9)[:draws])
        logits = logits - np.log1p(-np.exp(logits))
        centre = float(np.median(logits))
        return np.asarray(1 / (1 + np.exp(-centre - (logits - centre) / np.sqrt(1 + ahead / max(batches, 1)))))

    def step_later(one: Candidate) -> Candidate:
        best = one.best
        fixed = best.source in {"target", "goal"}
        goal = best.draws[:draws] if fixed else narrow(best.draws, one.batches)
        level, doubted = narrow(one.level, one.batches), narrow(one.doubted, one.batches)
        return replace(one, level=level, doubted=doubted, best=Attainable(best.level, best.source, goal))

    candidates = {name: step_later(one) for name, one in scene.candidates.items()}
    rates = {name: candidates[name].level if name in candidates else rate[:draws] for name, rate in scene.rates.items()}
    return replace(scene, rates=rates, candidates=candidates)
