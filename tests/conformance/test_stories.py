"""One list of cases, and everything that can trace: who reached what, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest

from conformance.cases import CASES, conditions, identity, money
from conformance.implementations import IMPLEMENTATIONS
from conformance.stories import Case, Row, moment
from customer_factory.events.identity import may_link
from customer_factory.journeys.journey import Journey


def test_every_case_has_a_name_of_its_own():
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []


STAYING = {case.name for case in [*conditions.CASES, *identity.CASES, *money.CASES[:3]]}
"""Cases in which a foreign table's types, or who is who, matter; they are also told of events that stay there."""
TOLD = [
    pytest.param(case, implementation, id=f"{case.name} [{implementation}]")
    for implementation in IMPLEMENTATIONS
    for case in CASES
    if implementation != "external" or case.name in STAYING
]


@pytest.mark.parametrize(("case", "implementation"), TOLD)
def test_story(case: Case, implementation: str):
    journeys = told(case, implementation)
    for step, expected in case.reached.items():
        found = {name: journey.reached[step] for name, journey in journeys.items() if step in journey.reached}
        assert found == {name: moment(time) for name, time in expected.items()}, step
    for name, facts in case.having.items():
        assert {fact: _fact(journeys[name], fact, case) for fact in facts} == facts, name


def told(case: Case, implementation: str) -> dict[str, Journey]:
    """The journeys of a case's people; cases that share a blueprint are traced together, for speed."""
    prefix = f"{CASES.index(case)}/"
    everybody = _together(implementation, case.blueprint.model_dump_json(), case.until)
    found = {name.removeprefix(prefix): journey for name, journey in everybody.items() if name.startswith(prefix)}
    return {
        name: replace(journey, referrer=journey.referrer and journey.referrer.removeprefix(prefix))
        for name, journey in found.items()
    }


@cache
def _together(implementation: str, blueprint: str, until: str | None) -> dict[str, Journey]:
    same = [case for case in CASES if (case.blueprint.model_dump_json(), case.until) == (blueprint, until)]
    rows = [_prefixed(row, f"{CASES.index(case)}/") for case in same for row in case.rows]
    Random(1).shuffle(rows)  # whatever arrives late is as true
    return IMPLEMENTATIONS[implementation](rows, same[0].blueprint, moment(until) if until else None)


def _prefixed(row: Row, prefix: str) -> Row:
    ids = ("person", "anonymous_id", "previous_id", "by")
    return {k: prefix + v if k in ids and may_link(v) else v for k, v in row.items()}


def _fact(journey: Journey, fact: str, case: Case) -> Any:
    value = getattr(journey, fact)
    if fact == "last_active" and value is not None:
        return case.blueprint.batches.start(value).isoformat()
    if fact in {"happy", "visited"} and value is not None:
        return str(value)[:16]
    return pytest.approx(value) if isinstance(value, float) else value
