"""The log judged: each change with its verdict, which cannot be told apart, and whether effort went where it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from customer_factory.judgement.change import Change, change
from customer_factory.judgement.effort import Focus, focus
from customer_factory.judgement.guards_of import guards_of
from customer_factory.judgement.logged import LoggedChange
from customer_factory.judgement.outcome import Dates, outcome, sides
from customer_factory.measures.measures import Measures

APART = 4
"""Complete batches between two changes without which their effects cannot be told apart."""


@dataclass(frozen=True)
class JudgedChange:
    """A change of the log with its verdict.

    Attributes:
        logged: What was done.
        judged: The verdict.
        outcome: What was counted: "throughput", or for a step that makes nobody happy, the people who reached it.
        overlaps: The changes, as numbers in the log from 0, from which it cannot be told apart.
    """

    logged: LoggedChange
    judged: Change
    outcome: str
    overlaps: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        ours = {"outcome": self.outcome, "overlaps": list(self.overlaps)}
        return {**self.logged.to_dict(), **ours, **self.judged.to_dict()}


@dataclass(frozen=True)
class Changes(Sequence[JudgedChange]):
    """All changes of the log with their verdicts, oldest first, and where the effort went."""

    judged: tuple[JudgedChange, ...]
    focus: Focus

    def __getitem__(self, index: Any) -> Any:
        return self.judged[index]

    def __len__(self) -> int:
        return len(self.judged)

    def __iter__(self) -> Iterator[JudgedChange]:
        return iter(self.judged)

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        return {"changes": [each.to_dict() for each in self.judged], "focus": self.focus.to_dict()}


def judge_changes(log: Sequence[LoggedChange], measures: Measures, constraint: str | None = None) -> Changes:
    """Judge every change that was made by the moment of the measures.

    A change is judged on the batches from it to the next one that is at least four batches away. Those that are closer
    are judged together: one series cannot tell them apart, whatever the method.

    Args:
        log: What was done, in any order.
        measures: The numbers.
        constraint: The step that is the constraint, for the share of effort; None: undecided.

    Raises:
        ValueError: A change is for a step that the factory does not have.
    """
    moment = measures.moment
    today = moment.batches.local(moment.on).date()
    done = sorted((each for each in log if each.date <= today), key=lambda each: each.date)
    for each in done:
        if each.step not in measures.steps:
            raise ValueError(f"'{each.step}' is not a step of this factory; it has {', '.join(measures.steps)}.")
    found = []
    for number, each in enumerate(done):
        near = tuple(n for n, other in enumerate(done) if n != number and _near(each.date, other.date, measures))
        together = [each.date, *(done[n].date for n in near)]
        until = min((other.date for other in done if other.date > max(together)), default=None)
        judged = _judged(each, measures, Dates(min(together), max(together), until), [done[n].what for n in near])
        found.append(JudgedChange(each, *judged, near))
    return Changes(tuple(found), focus(done, constraint, moment))


def _near(one: date, other: date, measures: Measures) -> bool:
    index = measures.moment.batches.index_of_day
    return abs(index(one) - index(other)) <= APART


def _judged(logged: LoggedChange, measures: Measures, dates: Dates, near: Sequence[str]) -> tuple[Change, str]:
    counted = outcome(measures, logged.step)
    before, after = sides(measures, counted, dates)
    judged = change(
        [*before, *after],
        len(before),
        guards=guards_of(measures, logged.step, dates),
        batch=measures.blueprint.factory.batch,
        expected=logged.expected,
    )
    if near:
        others = ", ".join(f"“{what}”" for what in near)
        told = f"{judged.reason} It cannot be told apart from {others}, made at about that time."
        judged = replace(judged, reason=told)
    return judged, counted.name
