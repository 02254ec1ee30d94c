"""The fast way from people to evidence: the measures are answered what the database would have answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.blueprint.loading import load
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.judgement.evidence import FactoryEvidence
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.measures.flow import Flow, flows
from customer_factory.measures.moment import Moment
from customer_factory.measures.referral import Referral, referral
from customer_factory.measures.visitors import Visits, counted
from judgement.companies import WINDOWS, with_goal
from judgement.people import DAY, WEEK, People

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

    @property
    def ask(self) -> _Answers:
        return self

    def __call__(self, name: str, question: Any, on: datetime, running: int) -> pa.Table:
        del question, on, running
        return self.tables[name]

    def tally(self, name: str, build: Any, traced: Any, sums: Sequence[str]) -> pa.Table:
        del build, traced, sums
        return self.tables[name]

    @property
    def alone(self) -> None:
        """Asked for by questions that are never built."""


def measured(people: People) -> Measured:
    """The measures of these people."""
    blueprint = load(blueprint_of(people))
    first = ZERO + timedelta(seconds=int(people.at["acquisition"].min(initial=people.on)))
    moment = Moment(ZERO + timedelta(seconds=people.on), blueprint.batches, first)
    opening = blueprint.batches.index(ZERO)
    answers: Any = _Answers({**_moves(people, opening), "referral": _referral(people)})
    steps = flows(answers, blueprint, moment)
    if people.company.plan.visitors:
        steps["acquisition"] = counted(steps["acquisition"], visits(people), moment)
    return Measured(blueprint, dict(steps), referral(answers, blueprint))


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


def _moves(people: People, opening: int) -> dict[str, pa.Table]:
    """The three tallies of moves."""
    parts: dict[str, list[dict[str, Any]]] = {"through": [], "how_long": [], "in_front": []}
    for step in people.company.best:
        for name, rows in _moves_of(people, step, opening).items():
            parts[name].append(rows)
    return {name: _grouped(rows) for name, rows in parts.items()}


def _grouped(rows: list[dict[str, Any]]) -> pa.Table:
    table = pa.table({column: np.concatenate([each[column] for each in rows]) for column in rows[0]})
    keys = [column for column in table.column_names if column != "n"]
    return table.group_by(keys).aggregate([("n", "sum")]).rename_columns([*keys, "n"])


def _moves_of(people: People, step: str, opening: int) -> dict[str, dict[str, Any]]:
    on, window = people.on, WINDOWS.get(step, 0) * DAY
    reached_at = people.at[step]
    entered_at = people.entered(step) if step != "acquisition" else reached_at
    inside = entered_at <= on
    entered_at, reached_at = entered_at[inside], reached_at[inside]
    batch = entered_at // WEEK
    reached = reached_at <= on
    if step == "retention":
        closes_in = batch + RETURN_BATCHES
        waiting = ~reached & (closes_in >= (on + 1) // WEEK)
    else:
        closes_in = (entered_at + window) // WEEK
        waiting = ~reached & (entered_at + window >= on) & bool(window)
    rows = {
        "step": np.full(len(batch), step, dtype=object),
        "cohort": batch + opening,
        "channel": np.array(people.channels, dtype=object)[people.channel[inside]],
        "left": np.where(reached, reached_at // WEEK, closes_in) + opening,
        "reached": reached.astype(np.int64),
        "length": _coarse(np.where(reached, reached_at, on) - entered_at),
        "n": np.ones(len(batch), dtype=np.int64),
    }

    def some(names: Sequence[str], keep: Any = slice(None)) -> dict[str, Any]:
        return {name: rows[name][keep] for name in (*names, "n")}

    return {
        "through": some(["step", "cohort", "channel", "left", "reached"]),
        "how_long": some(["step", "channel", "length"], reached),
        "in_front": some(["step", "cohort", "channel", "length"], waiting),
    }


def _coarse(seconds: Any) -> Any:
    """Lengths as coarse as the measures' query makes them."""
    step = np.select([seconds < DAY, seconds < 3 * DAY, seconds < 30 * DAY], [60, 3600, 6 * 3600], DAY)
    return seconds - seconds % step


def _referral(people: People) -> pa.Table:
    came = people.at["acquisition"] <= people.on
    # Accepted counts for the inviter, who must have entered the step; friends come later than that by construction.
    brought = people.referrer[came & (people.referrer >= 0)]
    row = {
        "cycle": -1,
        "n": int(came.sum()),
        "acquired": int(came.sum()),
        "invites": 0,
        "accepted": len(brought),
        "referrers": len(np.unique(brought)),
    }
    return pa.Table.from_pylist([row])
