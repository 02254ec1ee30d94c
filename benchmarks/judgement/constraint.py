"""The constraint: how often it is claimed, and how often that is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from customer_factory.judgement.constraint import Constraint, constraint
from customer_factory.judgement.evidence import FactoryEvidence
from judgement.case import OURS, Bar, Case, Outcome, add
from judgement.companies import LEVELS, STEPS, Company, Plan, made_up
from judgement.counted import evidence
from judgement.people import people_of

NAME = "constraint"
LOT = 10
LOWEST, GAP = "lowest conversion", "largest gap"
CLAIMED, RIGHT, WRONG = "claimed", "claims that are right", "wrong claims"
WEAK = (Bar(CLAIMED, "≥", 0.8), Bar(RIGHT, "≥", 0.95))
SOUND = (Bar(WRONG, "≤", 0.05),)
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 1.0)

Score = Callable[[Company, FactoryEvidence, Constraint], Outcome]


def cases() -> list[Case]:
    """All of them."""
    return [*_weak(), *_sound(), *_small(), *_full(), *_calibrated()]


def judged(plan: Plan, seed: int, score: Score) -> Outcome:
    """The sum of a lot of companies, each made, measured and judged."""
    rng = np.random.default_rng([seed, 3])
    found = []
    for _ in range(LOT):
        company = made_up(plan, rng)
        seen = evidence(people_of(company, rng))
        found.append(score(company, seen, constraint(seen)))
    return add(found)


def _case(
    name: str, plan: Plan, bars: tuple[Bar, ...] = (), *, score: Score | None = None, weight: float = 0.5
) -> Case:
    how = score or claims
    return Case(NAME, name, lambda seed: judged(plan, seed, how), LOT, bars, weight)


def claims(company: Company, seen: FactoryEvidence, verdict: Constraint) -> Outcome:
    """Claimed, right, wrong – and what the naive rules, which always claim, would have said."""
    kind = "capacity" if company.plan.full else "rate"
    claimed, truth = verdict.step is not None, company.truth
    right = claimed and verdict.step == truth and verdict.kind == kind
    lowest, gap = verdict.naive == truth, largest_gap(seen, verdict) == truth
    return {
        CLAIMED: {OURS: (claimed, 1)},
        RIGHT: {OURS: (right, claimed), LOWEST: (lowest, 1), GAP: (gap, 1)},
        WRONG: {OURS: (claimed and not right, 1), LOWEST: (not lowest, 1), GAP: (not gap, 1)},
    }


def largest_gap(seen: FactoryEvidence, verdict: Constraint) -> str | None:
    """The rule of thumb that knows the attainable levels, but not chance: the largest attainable / rate."""
    rates = {step.step: step.rate for step in seen.steps if step.step in verdict.attainable and step.rate}
    return max(rates, key=lambda name: verdict.attainable[name][0] / (rates[name] or 1), default=None)


def _said(company: Company, seen: FactoryEvidence, verdict: Constraint) -> Outcome:
    """How often the likeliest step is the constraint and materially short, by the probability it was given."""
    del seen
    likeliest = max(verdict.probability, key=lambda name: verdict.probability[name])
    place = min(int(np.searchsorted(EDGES, verdict.probability[likeliest], side="right")), len(EDGES) - 1)
    band = f"true where said {EDGES[place - 1]:.0%} to {EDGES[place]:.0%}"
    true = likeliest == company.truth and company.share[likeliest] < 0.85
    claimed = verdict.step is not None
    return {
        band: {OURS: (true, 1)},
        CLAIMED: {OURS: (claimed, 1)},
        RIGHT: {OURS: (claimed and verdict.step == company.truth, claimed)},
    }


def _weak() -> Iterator[Case]:
    """One step at 40 to 60 % of its attainable level, the others within 5 % of theirs; 100 acquired, 16 batches."""
    for level in LEVELS:
        for step in STEPS:
            yield _case(f"weak {step}, {level} rates", Plan(step, level=level), WEAK)
    for step in STEPS:
        rough = Plan(step, varied=0.1, correlated=0.5, drift=True, season=0.2)
        yield _case(f"weak {step}, goal, rough weeks, drift, season", replace(rough, declared="goal"), WEAK)
        yield _case(f"weak {step}, low rates, rough weeks", replace(rough, level="low"), WEAK)
        yield _case(f"weak {step}, mix shift, late data", Plan(step, mix_shift=True, late=True), WEAK)
    for step in STEPS[1:]:
        yield _case(f"weak {step}, visitors unknown", Plan(step, visitors=False), WEAK)
    for step in STEPS:
        for shown in ("channel", "run"):
            plan = Plan(step, declared="none", shown_by=shown)
            yield _case(f"weak {step}, no target, {shown} shows it, 100", plan)
            yield _case(f"weak {step}, no target, {shown} shows it, 300", replace(plan, acquired=300))
    for step in STEPS:
        yield _case(f"weak {step} since six batches, 200", Plan(step, acquired=200, course="fallen"))


def _sound() -> Iterator[Case]:
    """Every step within 5 % of its attainable level: each claim is wrong."""
    for name, base in (("target", Plan()), ("no target", Plan(declared="none"))):
        for acquired in (5, 20, 100, 500):
            plan = replace(base, acquired=acquired)
            yield _case(f"balanced, {name}, {acquired}", plan, SOUND)
            rough = replace(plan, varied=0.15, correlated=0.5)
            yield _case(f"balanced, {name}, {acquired}, rough weeks", rough, SOUND)
            moved = replace(plan, drift=True, mix_shift=True, season=0.2, late=True)
            yield _case(f"balanced, {name}, {acquired}, drift, mix shift, season, late data", moved, SOUND)
        rough = replace(base, varied=0.3, drift=True, acquired=500)
        yield _case(f"balanced, {name}, 500, very rough weeks, drift", rough, SOUND)
        long = replace(base, batches=52, varied=0.15, drift=True, acquired=50)
        yield _case(f"balanced, {name}, 50, 52 batches, rough weeks, drift", long, SOUND, weight=0.25)
    for level in LEVELS:
        edge = Plan(acquired=20, level=level, sound=(0.95, 0.95))
        yield _case(f"all at exactly 95 %, {level} rates, 20", edge, SOUND)
    for step in STEPS:
        yield _case(f"{step} recovered six batches ago, 200", Plan(step, acquired=200, course="recovered"), SOUND)


def _small() -> Iterator[Case]:
    """Few people: rather undecided than wrong."""
    for acquired in (5, 10, 20, 50):
        for step in STEPS:
            yield _case(f"weak {step}, {acquired}", Plan(step, acquired=acquired), SOUND, weight=0.25)


def _full() -> Iterator[Case]:
    """One step serves 50 to 80 % of those who want it: a claim must say capacity."""
    for step in ("activation", "revenue"):
        for known in (True, False):
            plan = Plan(full=step, model="shop", acquired=200, level="high", capacity_known=known)
            declared = "declared" if known else "not declared"
            yield _case(f"full {step}, capacity {declared}", plan, (Bar(RIGHT, "≥", 0.95),))


def _calibrated() -> Iterator[Case]:
    """Any step may stand anywhere: is what is said with 90 % true in 90 %?"""
    for acquired in (20, 100, 500):
        plan = Plan(acquired=acquired, anything=True)
        yield _case(f"all steps at 40 to 100 %, {acquired}", plan, score=_said, weight=1)
