"""The slow way from people to evidence: their events through the whole product."""

from __future__ import annotations

import csv
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from customer_factory import Factory
from customer_factory.judgement.evidence import FactoryEvidence
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.report.report import Report
from judgement.companies import EVENTS, with_goal
from judgement.counted import VISITORS, ZERO, blueprint_of, visits
from judgement.people import NEVER, People, Rng


def told(people: People, rng: Rng) -> Report:
    """The report of a factory that was told these people's events, in any order."""
    events = _events(people)
    shuffled = events.take(rng.permutation(len(events)))
    with tempfile.TemporaryDirectory() as folder:
        blueprint = blueprint_of(people)
        if people.company.plan.visitors:
            file = Path(folder) / VISITORS
            with file.open("w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out)
                writer.writerow(["date", "channel", "count"])
                writer.writerows((each.day, each.channel, each.count) for each in visits(people))
            blueprint["visitors"] = {"file": str(file)}
        with Factory.from_events(shuffled, blueprint) as factory:
            return factory.look(on=ZERO + timedelta(seconds=people.on))


def evidence(people: People, rng: Rng) -> FactoryEvidence:
    """What the constraint is judged on, out of the whole product."""
    return with_goal(people.company, evidence_of(told(people, rng).measures))


def _events(people: People) -> pa.Table:
    names = np.array([f"p{i}" for i in range(len(people.channel))], dtype=object)
    channel = np.array(people.channels, dtype=object)[people.channel]
    referrer = np.where(people.referrer >= 0, names[people.referrer], None)
    parts = []
    for step, event in EVENTS.items():
        if step in people.at:
            at = people.at[step]
            did = np.flatnonzero(at < NEVER)
            first = step == "acquisition"
            parts.append(
                {
                    "person": names[did],
                    "event": np.full(len(did), event, dtype=object),
                    "time": np.datetime64(ZERO, "s") + at[did].astype("timedelta64[s]"),
                    "channel": channel[did] if first else np.full(len(did), None, dtype=object),
                    "invited_by": referrer[did] if first else np.full(len(did), None, dtype=object),
                }
            )
    return pa.table({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
