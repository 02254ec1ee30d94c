"""The four gates of a stage: level, predictability, economics, demand – each with value, threshold and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from customer_factory.judgement.baseline import Baselines
from customer_factory.judgement.course import met
from customer_factory.judgement.repeatability import FULL, RECENT, Repeatability
from customer_factory.judgement.sources import LEAST, ONE_OFF, SourceVerdict
from customer_factory.measures.measures import Measures

Passing = Literal["pass", "fail", "unknown"]

WORTH = 3.0
"""LTV:CAC of a business that carries its costs; in the first stage a customer must only bring what they cost."""
YEAR = {"day": 365, "week": 52, "month": 12}
"""A year in batches: the age from which lifetime value so far tells enough to fail."""


@dataclass(frozen=True)
class Gate:
    """One condition for leaving a stage.

    Attributes:
        name: level, predictability, economics or demand.
        value: What is; None where it is not known.
        threshold: What must be; None where that is not known.
        verdict: "pass", "fail" or "unknown".
        evidence: Why, in a sentence; where it is unknown, what would tell.
    """

    name: str
    value: float | None
    threshold: float | None
    verdict: Passing
    evidence: str


def level(measures: Measures, found: Repeatability, needed: float | None) -> Gate:
    """Whether the newest eight batches made what the stage needs, within natural variation."""
    made = [batch.happy for batch in measures.throughput if batch.whole][-RECENT:]
    value = sum(made) / len(made) if made else None
    unit = measures.blueprint.factory.batch
    if needed is None:
        return Gate("level", value, None, "unknown", "What the stage needs is not known: see the roadmap.")
    if value is None:
        return Gate("level", None, needed, "unknown", f"No {unit} is complete yet.")
    ok = met(sum(made), needed * len(made), found.dispersion or 1.0)
    how = "which is what it needs, give or take chance" if ok else "fewer than chance explains"
    said = f"{value:.1f} happy customers a {unit} in the last {len(made)}, of {needed:.1f} needed: {how}."
    return Gate("level", value, needed, "pass" if ok else "fail", said)


def predictability(found: Repeatability, base: Baselines) -> Gate:
    """Whether throughput is repeatable: a full baseline, and none of the last eight batches signals."""
    verdict: Passing = "pass" if found.repeatable == "yes" else "fail"
    if found.centre is None:
        verdict = "unknown"
    locked = f" {base.reason}" if base.current else ""
    quiet = len(found.centres) - 1 - max((signal.index for signal in found.signals), default=-1)
    good = min(quiet, found.baseline) if quiet < RECENT else found.baseline
    return Gate("predictability", float(good), float(FULL), verdict, f"{found.reason}{locked}")


def economics(measures: Measures, *, first: bool) -> Gate:
    """Whether a customer brings more than they cost, by what customers have brought so far."""
    all_, threshold = measures.economics.all, 1.0 if first else WORTH
    unit = measures.blueprint.factory.batch
    if measures.blueprint.steps.revenue is None or all_.spend is None:
        lack = "what customers pay (steps.revenue)" if measures.blueprint.steps.revenue is None else "costs ([[spend]])"
        return Gate("economics", None, threshold, "unknown", f"Declare {lack}: then it shows what a customer is worth.")
    if all_.ltv_to_cac is None:
        return Gate("economics", None, threshold, "unknown", "Nobody has paid yet.")
    value = all_.ltv_to_cac
    said = f"A customer has brought {value:.1f} times what they cost, of {threshold:g} needed"
    if value >= threshold:
        return Gate("economics", value, threshold, "pass", f"{said}.")
    seen = measures.moment.running - measures.moment.opening
    if seen < YEAR[unit]:
        return Gate("economics", value, threshold, "unknown", f"{said}, but {seen} {unit}s are too few to tell.")
    return Gate("economics", value, threshold, "fail", f"{said}, after {seen} {unit}s.")


def demand(found: SourceVerdict) -> Gate:
    """Whether customers keep coming from where they came: sources that deliver again, and again."""
    threshold = 1 - ONE_OFF
    if found.repeating is None:
        return Gate("demand", None, threshold, "unknown", found.reason)
    said = f"{found.repeating:.0%} of {found.customers} happy customers came from sources that deliver again"
    verdict: Passing = "pass" if found.repeating >= threshold and found.customers >= LEAST else "fail"
    return Gate("demand", found.repeating, threshold, verdict, f"{said}, {threshold:.0%} are needed. {found.reason}")
