"""The stage of a factory: problem/solution fit, product/market fit or scale – and the work that belongs to it.

The stages differ in the throughput that is made repeatably, and in nothing else: each is a smaller copy of the next. So
their targets come from the roadmap, and the gates are the same four.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from customer_factory.judgement import gates
from customer_factory.judgement.baseline import Baselines, baselines
from customer_factory.judgement.course import throughput_of
from customer_factory.judgement.gates import Gate
from customer_factory.judgement.required import roadmap_of
from customer_factory.judgement.sources import SourceVerdict, premature, sources
from customer_factory.measures.measures import Measures
from customer_factory.model.roadmap import STAGES

WORK: dict[str, str] = {
    "level": "Work on the constraint: throughput is below what the stage needs.",
    "predictability": "Make throughput repeatable: keep at it until a baseline is known; learn from what signals.",
    "economics": "Find out what a customer costs and brings.",
    "demand": "Find sources that deliver again, and know where the next ten customers come from.",
}
"""What to work on while a gate is not passed."""
LATER: dict[str, tuple[str, ...]] = {
    "problem/solution fit": ("automations", "referral programme", "paid campaigns", "price tests", "upselling"),
    "product/market fit": ("more paid campaigns", "new markets and segments", "upselling"),
    "scale": (),
}
"""What is folded away in a stage: going fast on it would be fast on the wrong thing."""
FOCUS: dict[str, tuple[str, ...]] = {
    "problem/solution fit": ("activation",),
    "product/market fit": ("activation", "retention"),
    "scale": ("acquisition", "activation", "retention", "revenue", "referral"),
}
"""The steps that a stage is about: first make them happy, then see whether they stay, then do it for many."""


@dataclass(frozen=True)
class StageGates:
    """One stage with its targets and gates.

    Attributes:
        name: Its name.
        customers: Active customers at its end; None without a roadmap.
        throughput: Happy customers per batch that it needs; None where that is not known.
        by: When the roadmap has it complete.
        gates: Level, predictability, economics, demand.
    """

    name: str
    customers: float | None
    throughput: float | None
    by: date | None
    gates: tuple[Gate, ...]

    @property
    def passed(self) -> bool:
        """Level and predictability are passed, and no gate fails; what is unknown holds nobody back, and is said."""
        verdicts = {gate.name: gate.verdict for gate in self.gates}
        return verdicts["level"] == verdicts["predictability"] == "pass" and "fail" not in verdicts.values()


@dataclass(frozen=True)
class StageVerdict:
    """The stage a factory is in.

    Attributes:
        stage: Its name; None where it is undecided.
        batch: The period of production.
        reason: Why, in a sentence.
        stages: All three, with their gates.
        now: What to work on, in sentences.
        focus: The steps that the stage is about.
        later: What is folded away until a later stage.
        alarms: What to be alarmed at: scaling too early, luck, drift.
        baselines: When throughput became repeatable.
        sources: Where customers come from.
    """

    stage: str | None
    batch: str
    reason: str
    stages: tuple[StageGates, ...]
    now: tuple[str, ...]
    focus: tuple[str, ...]
    later: tuple[str, ...]
    alarms: tuple[str, ...]
    baselines: Baselines
    sources: SourceVerdict

    def to_dict(self) -> dict[str, Any]:
        """Plain types; dates as ISO text."""
        return {
            "stage": self.stage,
            "batch": self.batch,
            "reason": self.reason,
            "stages": [
                {
                    "name": each.name,
                    "customers": each.customers,
                    "throughput": each.throughput,
                    "by": each.by.isoformat() if each.by else None,
                    "passed": each.passed,
                    "gates": [vars(gate) for gate in each.gates],
                }
                for each in self.stages
            ],
            "now": list(self.now),
            "focus": list(self.focus),
            "later": list(self.later),
            "alarms": list(self.alarms),
            "baseline": self.baselines.to_dict(),
            "sources": self.sources.to_dict(),
        }


def stage(measures: Measures) -> StageVerdict:
    """The stage of a factory, by the gates of each.

    It is in the first stage that it has not passed: whose level and predictability are not both passed, or of which any
    gate fails. Without a roadmap no level is known, and the stage is undecided.
    """
    found, base, origin = throughput_of(measures), baselines_of(measures), sources(measures)
    road, unit = roadmap_of(measures), measures.blueprint.factory.batch
    stages = []
    for place, name in enumerate(STAGES):
        target = road.stages[place] if road else None
        needed = target.need.happy * road.batch_share if road and target and target.need.happy else None
        stages.append(
            StageGates(
                name,
                target.need.active if target else None,
                needed,
                target.need.on if target else None,
                (
                    gates.level(measures, found, needed),
                    gates.predictability(found, base),
                    gates.economics(measures, first=place == 0),
                    gates.demand(origin),
                ),
            )
        )
    early = premature(measures, found.repeatable)
    alarms = ([early] if early else []) + list(origin.alarms)
    if stages[0].throughput is None:
        lack = "a [goal] with revenue, by, price and lifetime" if road is None else "the rates of the steps"
        reason = f"The stage is undecided: it takes {lack} to know what each stage needs."
        return StageVerdict(None, unit, reason, tuple(stages), (), (), (), tuple(alarms), base, origin)
    now = next((each for each in stages if not each.passed), None)
    here = now or stages[-1]
    shut = [gate for gate in here.gates if gate.verdict != "pass"]
    return StageVerdict(
        here.name,
        unit,
        _reason(here, shut, passed=now is None),
        tuple(stages),
        tuple(WORK[gate.name] for gate in shut),
        FOCUS[here.name],
        LATER[here.name],
        tuple(alarms),
        base,
        origin,
    )


def baselines_of(measures: Measures) -> Baselines:
    """The baselines of what was measured."""
    whole = [(batch.start, batch.happy) for batch in measures.throughput if batch.whole]
    following = measures.moment.start(measures.moment.running)
    return baselines([happy for _, happy in whole], [*(start for start, _ in whole), following])


def _reason(here: StageGates, shut: list[Gate], *, passed: bool) -> str:
    if passed:
        return "Every stage is passed: the goal is being made, repeatably."
    failed = [gate.name for gate in shut if gate.verdict == "fail"]
    unknown = [gate.name for gate in shut if gate.verdict == "unknown"]
    said = [f"{' and '.join(names)} {how}" for names, how in ((failed, "not passed"), (unknown, "not known")) if names]
    return f"{here.name[0].upper()}{here.name[1:]}: {', '.join(said)}."
