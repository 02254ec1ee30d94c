"""Made-up companies: what each step could reach, where it stands, and which step is the constraint by definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence
from customer_factory.judgement.throughput_model import in_service

Rng = np.random.Generator

STEPS = ("acquisition", "activation", "retention", "revenue", "referral")
# Attainable levels: from hard to easy businesses.
LEVELS = {
    "low": {"acquisition": 0.03, "activation": 0.25, "retention": 0.35, "revenue": 0.15, "referral": 0.12},
    "middle": {"acquisition": 0.08, "activation": 0.4, "retention": 0.55, "revenue": 0.25, "referral": 0.2},
    "high": {"acquisition": 0.2, "activation": 0.65, "retention": 0.8, "revenue": 0.5, "referral": 0.35},
}
_EARLY = ("acquisition", "activation", "retention")
MODELS: dict[str, tuple[tuple[str, ...], dict[str, str], tuple[str, ...]]] = {
    # name: its steps, what follows what, and what makes a happy customer
    "saas": (STEPS, {"revenue": "activation", "referral": "activation"}, ("activation",)),
    "paying": (STEPS, {"revenue": "activation", "referral": "revenue"}, ("activation", "revenue")),
    "trial": (STEPS, {"revenue": "acquisition", "referral": "activation"}, ("activation",)),
    "shop": ((*_EARLY, "revenue"), {"revenue": "activation"}, ("activation", "revenue")),
    "free": ((*_EARLY, "referral"), {"referral": "activation"}, ("activation",)),
}
WINDOWS = {"activation": 14, "revenue": 30, "referral": 28}
EVENTS = {
    "acquisition": "signed_up",
    "activation": "report_shared",
    "retention": "session_started",
    "revenue": "invoice_paid",
}


@dataclass(frozen=True)
class Plan:
    """How companies of one kind are made."""

    weak: str | None = None
    acquired: float = 100
    batches: int = 16
    level: str = "middle"
    model: str | None = None
    declared: Literal["target", "goal", "none"] = "target"
    shown_by: Literal["channel", "run"] = "channel"  # where no target is declared: what shows that more is possible
    varied: float = 0.0  # overdispersion: by which share of itself the rate of each cohort varies
    correlated: float = 0.0  # how much of that variation all steps of a week have in common
    drift: bool = False  # rates drift by up to 5 % and volume by up to half
    season: float = 0.0  # of the volume, over a year
    mix_shift: bool = False  # channels whose rates differ change their shares
    visitors: bool = True
    late: bool = False  # half the events of the last three days are not there yet
    course: Literal["steady", "recovered", "fallen"] = "steady"  # of the weak step; changes six batches ago
    anything: bool = False  # every step stands anywhere between 40 and 100 % of its attainable level
    full: str | None = None  # a step that serves only part of those who want it
    capacity_known: bool = False  # whether its capacity is declared
    ratio: tuple[float, float] = (0.4, 0.6)  # of the weak step
    sound: tuple[float, float] = (0.95, 1.0)  # of the others


@dataclass(frozen=True)
class Company:
    """A company to be: its true levels, and how its steps hang together.

    Attributes:
        plan: The kind of company.
        frame: Steps and joints, without counts.
        best: Per step the level it can reach.
        share: Per step, at which share of that it stands.
        truth: The constraint; None where no step is one.
    """

    plan: Plan
    frame: FactoryEvidence
    best: Mapping[str, float]
    share: Mapping[str, float]
    truth: str | None

    @property
    def k(self) -> float:
        """People that each new person brings."""
        if "referral" not in self.best:
            return 0.0
        path = [name for name in self.frame.path("referral") if name not in {"acquisition", "retention"}]
        return min(float(np.prod([self.level(name) for name in path])) * self.frame.people_per_referrer, 0.8)

    def level(self, step: str) -> float:
        """Where a step stands."""
        return self.best[step] * self.share[step]

    def needs(self, step: str) -> tuple[str, ...]:
        """The steps whose last one is the entry to this one."""
        before = next(one.before for one in self.frame.steps if one.step == step)
        return tuple(self.frame.happy) if before == "happy" else (str(before),)

    @property
    def blueprint(self) -> dict[str, Any]:
        """The blueprint that its owner would write."""
        steps: dict[str, Any] = {}
        for one in self.frame.steps:
            name = one.step
            step: dict[str, Any] = {"event": EVENTS[name]} if name in EVENTS else {"referrer": "invited_by"}
            if name in WINDOWS:
                step["window"] = f"{WINDOWS[name]} days"
            if one.after:
                step["after"] = one.after
            if self.plan.declared == "target":
                step["target"] = self.best[name]
            steps[name] = step
        return {"factory": {"name": "Made up", "happy": list(self.frame.happy)}, "steps": steps}


def made_up(plan: Plan, rng: Rng) -> Company:
    """A company by the plan; where a weak step is planted, one in which it is the constraint by definition."""
    while True:
        name = plan.model or str(rng.choice([m for m in MODELS if plan.weak in {None, *MODELS[m][0]}]))
        steps, after, happy = MODELS[name]
        best = {s: min(LEVELS[plan.level][s] * rng.uniform(0.75, 1.3), 0.95) for s in steps}
        share = {s: rng.uniform(*((0.4, 1.0) if plan.anything else plan.sound)) for s in steps}
        if plan.weak:
            share[plan.weak] = rng.uniform(*plan.ratio)
        frame = FactoryEvidence(
            steps=[StepEvidence(s, after=after.get(s)) for s in steps],
            arrivals=plan.acquired,
            happy=happy,
            people_per_referrer=rng.uniform(1.0, 3.0),
        )
        largest = _largest(frame, best, share)
        if plan.weak in {None, largest}:
            truth = largest if plan.anything else None if plan.course == "recovered" else plan.weak
            return Company(plan, frame, best, share, plan.full or truth)


def _largest(frame: FactoryEvidence, best: Mapping[str, float], share: Mapping[str, float]) -> str:
    """The constraint by definition, at the true rates of a company that has run for as long as it looks ahead."""
    level = {s: best[s] * share[s] for s in best}
    survival = level.get("retention", 1.0) ** 0.25
    made = 100 * np.prod([level[s] for s in frame.outcome])
    stock = made * sum(survival**j for j in range(13))

    def end(rates: Mapping[str, float], people: float) -> float:
        inner = {s: np.array(r) for s, r in rates.items() if s != "acquisition"}
        return float(in_service(frame, inner, people=people, stock=stock)[0])

    gains = {
        s: end({**level, s: best[s]}, 100 / share[s] if s == "acquisition" else 100) - end(level, 100) for s in best
    }
    return max(gains, key=lambda s: gains[s])


def with_goal(company: Company, evidence: FactoryEvidence) -> FactoryEvidence:
    """The evidence with the rates that a goal requires, and the capacity that is declared."""
    if company.plan.declared != "goal":
        return evidence
    steps = [replace(one, required=company.best[one.step]) for one in evidence.steps]
    return replace(evidence, steps=steps)
