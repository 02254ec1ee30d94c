"""The five focusing steps as states: identify, exploit, subordinate, elevate, repeat – and what each needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from customer_factory.judgement.constraint import Constraint
from customer_factory.judgement.history import Past, Reign, plain, reigns

SHARE = 0.8
"""Of the team's effort, what belongs on the constraint."""
PATIENCE = timedelta(days=90)
"""How long what was done at the constraint is given before it must be elevated: the horizon of its gain."""
State = Literal["done", "now", "later"]


@dataclass(frozen=True)
class Focus:
    """One of the five steps: its state, and what it needs."""

    name: str
    state: State
    needs: str


@dataclass(frozen=True)
class Focusing:
    """Where the team stands in the loop.

    Attributes:
        constraint: The step that holds the factory back; None while it must be identified.
        since: When it was first named, in the present stretch; None where there is no history.
        focus: The five steps.
        effort: Share of the changes since then that were made at the constraint; None without any.
        before: Earlier constraints, oldest first, undecided stretches left out.
        past: The verdicts that this rests on.
    """

    constraint: str | None
    since: date | None
    focus: tuple[Focus, ...]
    effort: float | None
    before: tuple[Reign, ...]
    past: tuple[Past, ...] = ()

    @property
    def now(self) -> Focus:
        """The step that the team is at."""
        return next(each for each in self.focus if each.state == "now")

    def to_dict(self) -> dict[str, Any]:
        """Plain types; dates as ISO text."""
        return {
            "constraint": self.constraint,
            "since": self.since.isoformat() if self.since else None,
            "now": self.now.name,
            "focus": [vars(each) for each in self.focus],
            "effort": self.effort,
            "before": [
                {
                    "step": each.step,
                    "since": each.since.isoformat(),
                    "until": each.until.isoformat() if each.until else None,
                }
                for each in self.before
            ],
            "history": plain(self.past),
        }


def focusing(
    verdict: Constraint,
    past: Sequence[Past] = (),
    changes: Sequence[tuple[date, str]] = (),
    on: date | None = None,
) -> Focusing:
    """Which of Goldratt's five focusing steps comes next.

    The first that is not done is the present one:

    1. *identify* is done where a step is claimed;
    2. *exploit* – get the most out of it as it is – where a change was made there since it became the constraint;
    3. *subordinate* – everything else serves it – where 80 % of the changes since then were made there;
    4. *elevate* – give it more – is next a quarter after the first change there, if it still is the constraint;
    5. *repeat*: while what was done has time to work, watch whether throughput rises and the constraint moves.

    Args:
        verdict: The constraint now.
        past: Earlier verdicts, oldest first.
        changes: What the team did: (date, step).
        on: Today; None: the day of the newest verdict or change.

    Goldratt and Cox, *The Goal*, 2nd revised edition, 1992.
    """
    step, spans = verdict.step, reigns(past)
    since = _since(step, spans)
    named = [span for span in spans if span.step is not None]
    before = tuple(span for span in named if span.step != step or (span.until is not None and span.since != since))
    today = on or max([*(each.on for each in past), *(day for day, _ in changes)], default=None)
    done = [(day, where) for day, where in changes if since is None or day >= since]
    here = sorted(day for day, where in done if where == step)
    effort = len(here) / len(done) if done else None
    if step is None:
        state = 0
    elif not here:
        state = 1
    elif effort is not None and effort < SHARE:
        state = 2
    elif today is not None and today - here[0] > PATIENCE:
        state = 3
    else:
        state = 4
    needs = _needs(verdict, effort)
    # Who waits for what was done to work has not elevated anything, and need not yet.
    states: list[State] = ["done" if place < min(state, 3) else "later" for place in range(len(needs))]
    states[state] = "now"
    focus = tuple(Focus(name, each, needs[name]) for name, each in zip(needs, states, strict=True))
    return Focusing(step, since, focus, effort, before, tuple(past))


def _since(step: str | None, spans: Sequence[Reign]) -> date | None:
    """When the present stretch began; undecided verdicts within it do not end it."""
    since = None
    for span in reversed(spans):
        if span.step not in {step, None}:
            break
        if span.step == step:
            since = span.since
    return since if step is not None else None


def _needs(verdict: Constraint, effort: float | None) -> dict[str, str]:
    step = verdict.step or "the constraint"
    queue = verdict.kind == "capacity"
    share = f" ({effort:.0%} so far)" if effort is not None else ""
    return {
        "identify": verdict.would_decide or f"Nothing: {step} is the constraint.",
        "exploit": (
            f"Let {step} never stand idle or work on what will not become a happy customer."
            if queue
            else f"Find out why people are lost at {step}, and change that without spending more."
        )
        + " Log each change.",
        "subordinate": f"Hold back what does not help {step}: 80% of the effort belongs there{share}.",
        "elevate": (
            f"Give {step} more capacity: people, hours, machines."
            if queue
            else f"Invest in {step}: what was done at no cost has not broken it."
        ),
        "repeat": "Watch throughput: once it has risen, look for the next constraint, and do not stop at this one.",
    }
