"""The fast way from people to evidence: the measures are answered what the database would have answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.blueprint.loading import load
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.passages import LOST, REACHED, WAITING
from customer_factory.judgement.evidence import FactoryEvidence
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.measures.flow import Flow, flows
from customer_factory.measures.moment import Moment
from customer_factory.measures.referral import Referral, referral
from customer_factory.measures.visitors import Visits, counted
from judgement.companies import WINDOWS, with_goal
from judgement.people import DAY, NEVER, WEEK, People

ZERO = datetime(2025, 1, 6)
"""The Monday on which the first batch begins."""
VISITORS = "visitors.csv"


@dataclass(frozen=True)
class Measured:
    """As much of the measures as the constraint is judged on."""

    blueprint: Blueprint
    steps: dict[str, Flow]
    referral: Referral | None


@dataclass(frozen=True)
class _Answers:
    """Stands for the traced log: it knows the answers, whatever the query."""

    tables: dict[str, pa.Table]

    def ask(self, name: str, question: Any, on: datetime, running: int) -> pa.Table:
        del question, on, running
        return self.tables[name]

    @property
    def journeys(self) -> None:
        """Asked for by questions that are never built."""


def measured(people: People) -> Measured:
    """The measures of these people."""
    blueprint = load(blueprint_of(people))
    first = ZERO + timedelta(seconds=int(people.at["acquisition"].min(initial=people.on)))
    moment = Moment(ZERO + timedelta(seconds=people.on), blueprint.batches, first)
    opening = blueprint.batches.index(ZERO)
    passages = [_passages(people, step, opening) for step in people.company.best]
    table = pa.table({name: np.concatenate([one[name] for one in passages]) for name in passages[0]})
    answers: Any = _Answers({"flow": table, "referral": _referral(people)})
    steps = flows(answers, blueprint, moment)
    if people.company.plan.visitors:
        steps["acquisition"] = counted(steps["acquisition"], visits(people), moment)
    return Measured(blueprint, dict(steps), referral(answers, blueprint, moment))


def evidence(people: People) -> FactoryEvidence:
    """What the constraint is judged on."""
    measures: Any = measured(people)
    return with_goal(people.company, evidence_of(measures))


def blueprint_of(people: People) -> dict[str, Any]:
    """The blueprint, with counted visitors and the declared capacity of a full step."""
    blueprint = people.company.blueprint
    if people.company.plan.visitors:
        blueprint["visitors"] = {"file": VISITORS}
    if people.company.plan.capacity_known:
        for step, capacity in people.capacity.items():
            blueprint["steps"][step]["capacity"] = capacity
    return blueprint


def visits(people: People) -> list[Visits]:
    """Visitors by the first day of their week, as far as the report looks."""
    return [
        Visits((ZERO + timedelta(weeks=batch)).date(), channel, int(count))
        for batch, row in enumerate(people.visits)
        for channel, count in zip(people.channels, row, strict=True)
        if count
    ]


def _passages(people: People, step: str, opening: int) -> dict[str, Any]:
    """The tally of one step; every person is a row of their own."""
    on, window = people.on, WINDOWS.get(step, 0) * DAY
    reached_at = people.at[step]
    entered_at = people.entered(step) if step != "acquisition" else reached_at
    inside = entered_at <= on
    entered_at, reached_at = entered_at[inside], reached_at[inside]
    batch = entered_at // WEEK
    reached = reached_at <= on
    if step == "retention":
        lost_in = batch + RETURN_BATCHES
        closed = lost_in < (on + 1) // WEEK
    else:
        lost_in = (entered_at + window) // WEEK
        closed = (entered_at + window < on) if window else np.zeros(len(batch), dtype=bool)
    state = np.where(reached, REACHED, np.where(closed, LOST, WAITING))
    length = _coarse(np.where(reached, reached_at, on) - entered_at)
    left = np.where(reached, reached_at // WEEK, lost_in) + opening
    return {
        "step": np.full(len(batch), step, dtype=object),
        "cohort": batch + opening,
        "channel": np.array(people.channels, dtype=object)[people.channel[inside]],
        "state": state,
        "left": np.where(state == WAITING, -1, left),
        "length": np.where(state == LOST, -1, length),
        "n": np.ones(len(batch), dtype=np.int64),
    }


def _coarse(seconds: Any) -> Any:
    """Lengths as coarse as the measures' query makes them."""
    step = np.select([seconds < DAY, seconds < 3 * DAY, seconds < 30 * DAY], [60, 3600, 6 * 3600], DAY)
    return seconds - seconds % step


def _referral(people: People) -> pa.Table:
    came = people.at["acquisition"] <= people.on
    # Accepted counts for the inviter, who must have entered the step; friends come later than that by construction.
    brought = people.referrer[came & (people.referrer >= 0)]
    timed = people.at.get("referral", np.full(0, NEVER)) <= people.on
    row = {
        "acquired": int(came.sum()),
        "invites": 0,
        "accepted": len(brought),
        "referrers": len(np.unique(brought)),
        "timed": int(timed.sum()),
        "cycle": 0.0,
    }
    return pa.Table.from_pylist([row])
