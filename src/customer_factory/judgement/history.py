"""The history of constraints: what the verdict would have been at the end of every fourth batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from customer_factory.judgement.constraint import Constraint, constraint
from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.measures.flow import Flow
from customer_factory.measures.measures import Measures

EVERY = 4
MOST = 13
"""Verdicts looked back on: a year of weeks."""
DRAWS = 1000


@dataclass(frozen=True)
class Past:
    """The verdict as of an earlier batch: ``on`` is the first day after what it knew."""

    on: date
    verdict: Constraint


@dataclass(frozen=True)
class Reign:
    """A stretch of verdicts that named the same step; None: they were undecided.

    Attributes:
        step: The constraint.
        since: When it was first named.
        until: When another verdict came; None: it is the last one.
    """

    step: str | None
    since: date
    until: date | None


def foreseeable(measures: Measures) -> bool:
    """Whether earlier verdicts can be told from today's counts.

    Where windows close it is kept when people reached the step, so that their counts of then are known; without a
    window a cohort has gone on growing, and only a look back tells what was known.
    """
    return all(
        step.window is not None or name == "retention" or (name == "acquisition" and not _followed(measures))
        for name, step in measures.blueprint.declared.items()
    )


def _followed(measures: Measures) -> bool:
    """Whether visitors are people who can be seen waiting, rather than counts."""
    visitors = measures.blueprint.visitors
    return visitors is not None and not visitors.counted


def history(
    measures: Measures,
    back: Callable[[datetime], Measures] | None = None,
    *,
    every: int = EVERY,
    most: int = MOST,
) -> tuple[Past, ...]:
    """Earlier verdicts, oldest first, the last one as of the newest complete batch.

    Args:
        measures: The numbers of today.
        back: Measures as of a moment, for factories with a step that has no window; without it these have no history.
        every: Batches between two verdicts.
        most: How many verdicts at most.

    Raises:
        ValueError: If every or most is below 1.
    """
    if every < 1 or most < 1:
        raise ValueError(f"every is {every} and most {most}; both must be at least 1.")
    moment = measures.moment
    ends = list(range(moment.running, moment.opening, -every))[:most][::-1]
    if foreseeable(measures):
        now = evidence_of(measures)
        evidence = [(end, as_of(now, measures, end)) for end in ends]
    elif back is not None:
        evidence = [(end, evidence_of(back(_last_moment(measures, end)))) for end in ends]
    else:
        return ()
    return tuple(Past(moment.start(end), constraint(each, draws=DRAWS)) for end, each in evidence)


def _last_moment(measures: Measures, end: int) -> datetime:
    """The last moment before a batch, with its zone: a naive one would be taken for the factory's wall clock."""
    return measures.moment.batches.begins(end).replace(tzinfo=UTC) - timedelta(microseconds=1)


def as_of(now: FactoryEvidence, measures: Measures, end: int) -> FactoryEvidence:
    """The evidence as it was when a batch began: cohorts as far as they told by then, and the queues until then.

    Rates by channel are known for today only and are left out; targets, and what the goal requires, are today's.
    """
    count = max(end - measures.moment.opening, 0)
    flows: dict[str, Flow] = dict(measures.steps.items())
    steps = [_as_of(step, flows[step.step], count) for step in now.steps]
    arrivals = now.arrivals if isinstance(now.arrivals, (int, float)) else now.arrivals[:count]
    return replace(now, steps=steps, arrivals=arrivals)


def _as_of(step: StepEvidence, flow: Flow, count: int) -> StepEvidence:
    cohorts = flow.development.so_far(count)
    return replace(
        step,
        cohorts=cohorts,
        channels={},
        entered=sum(entered for entered, _ in cohorts) or None,
        reached=sum(reached for _, reached in cohorts) or None,
        arrivals=step.arrivals[:count],
        served=step.served[:count],
        waiting=step.waiting[:count],
        ages=list(step.ages)[:count] if step.ages is not None else None,
    )


def reigns(past: Sequence[Past]) -> tuple[Reign, ...]:
    """The history as stretches of the same step, undecided ones between them included."""
    groups = [(step, [each.on for each in found]) for step, found in groupby(past, key=lambda each: each.verdict.step)]
    following = [days[0] for _, days in groups[1:]]
    return tuple(Reign(step, days[0], until) for (step, days), until in zip(groups, [*following, None], strict=True))


def plain(past: Sequence[Past]) -> list[dict[str, Any]]:
    """Plain types: each verdict with its step and probabilities."""
    return [
        {
            "on": each.on.isoformat(),
            "verdict": each.verdict.verdict,
            "step": each.verdict.step,
            "kind": each.verdict.kind,
            "probability": dict(each.verdict.probability),
        }
        for each in past
    ]
