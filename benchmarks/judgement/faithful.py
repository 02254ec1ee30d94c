"""Whether the fast way from people to evidence says what the whole product says, event by event."""

from __future__ import annotations

import numpy as np

from customer_factory.judgement.constraint import constraint
from judgement import counted, told
from judgement.case import OURS, Bar, Case, Outcome
from judgement.companies import STEPS, Plan, made_up
from judgement.people import people_of

NAME = "the fast way"
SAME, VERDICT = "same evidence", "same verdict"


def cases() -> list[Case]:
    """One: companies of all kinds."""
    return [Case(NAME, "companies of all kinds, their events through the whole product", _run, 1, _BARS, 0.1)]


_BARS = (Bar(SAME, "≥", 1.0), Bar(VERDICT, "≥", 1.0))


def any_plan(rng: np.random.Generator) -> Plan:
    """A plan of any kind."""
    full = str(rng.choice(["activation", "revenue"])) if rng.random() < 0.2 else None
    return Plan(
        weak=str(rng.choice(STEPS)) if full is None and rng.random() < 0.7 else None,
        acquired=float(rng.choice([10, 30, 100])),
        batches=int(rng.integers(8, 20)),
        level=str(rng.choice(["low", "middle", "high"])),
        model="shop" if full else None,
        declared=str(rng.choice(["target", "goal", "none"])),  # type: ignore[arg-type]
        varied=float(rng.choice([0.0, 0.15])),
        drift=bool(rng.random() < 0.5),
        season=float(rng.choice([0.0, 0.2])),
        mix_shift=bool(rng.random() < 0.3),
        visitors=bool(rng.random() < 0.7),
        late=bool(rng.random() < 0.3),
        full=full,
        capacity_known=bool(rng.random() < 0.5),
    )


def _run(seed: int) -> Outcome:
    rng = np.random.default_rng([seed, 4])
    plan = any_plan(rng)
    if plan.weak == "acquisition" and not plan.visitors:
        plan = any_plan(np.random.default_rng([seed, 5]))
    company = made_up(plan, rng)
    people = people_of(company, rng)
    fast, slow = counted.evidence(people), told.evidence(people, rng)
    same = fast == slow
    verdicts = constraint(fast).to_dict() == constraint(slow).to_dict()
    return {SAME: {OURS: (same, 1)}, VERDICT: {OURS: (verdicts, 1)}}
