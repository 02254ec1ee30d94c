"""Where the effort goes: most of it belongs on the constraint, for effort anywhere else adds nothing to throughput."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from customer_factory.judgement.logged import LoggedChange
from customer_factory.measures.moment import Moment

RULE = 0.8
"""The share of effort that belongs on the constraint."""
RECENT = 4
"""Batches over which drift is judged: one batch of other work is no drift."""


@dataclass(frozen=True)
class BatchEffort:
    """Person-days in a batch: all that was logged, and on the constraint."""

    start: date
    effort: float
    on_constraint: float

    @property
    def share(self) -> float | None:
        """The share on the constraint; None where nothing was logged."""
        return self.on_constraint / self.effort if self.effort else None


@dataclass(frozen=True)
class Focus:
    """Whether effort goes where it counts.

    Attributes:
        constraint: The step; None: undecided, and then no share is told.
        batches: Each batch with logged effort, oldest first.
        share: Of all effort in the last four batches.
        drifting: Whether that is below 80 %; None where it cannot be told.
        reason: In words.
    """

    constraint: str | None
    batches: tuple[BatchEffort, ...]
    share: float | None
    drifting: bool | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        return {
            "constraint": self.constraint,
            "batches": [
                {"start": each.start.isoformat(), "effort": each.effort, "on_constraint": each.on_constraint,
                 "share": None if self.constraint is None else each.share}
                for each in self.batches
            ],
            "share": self.share,
            "drifting": self.drifting,
            "reason": self.reason,
        }  # fmt: skip


def focus(log: Sequence[LoggedChange], constraint: str | None, moment: Moment) -> Focus:
    """The share of logged effort that went to the constraint, per batch and over the last four.

    Args:
        log: What was done; changes without effort do not count.
        constraint: The step that is the constraint; None: undecided.
        moment: When to look; the running batch counts.

    >>> from datetime import datetime
    >>> from customer_factory.basics.period import Batches
    >>> now = Moment(datetime(2026, 3, 12), Batches("week"), datetime(2026, 1, 1))
    >>> log = [LoggedChange(date(2026, 3, 3), "activation", "shorter form", effort=3),
    ...        LoggedChange(date(2026, 3, 10), "referral", "badges", effort=2)]
    >>> found = focus(log, "activation", now)
    >>> found.share, found.drifting, [batch.share for batch in found.batches]
    (0.6, True, [1.0, 0.0])
    """
    spent: dict[int, list[float]] = {}
    for each in log:
        if each.effort:
            batch = spent.setdefault(moment.batches.index_of_day(each.date), [0.0, 0.0])
            batch[0] += each.effort
            batch[1] += each.effort if each.step == constraint else 0.0
    batches = tuple(BatchEffort(moment.start(index), *spent[index]) for index in sorted(spent))
    today = moment.batches.index(moment.on)
    recent = [pair for index, pair in spent.items() if today - RECENT < index <= today]
    effort = sum(pair[0] for pair in recent)
    if constraint is None:
        return Focus(None, batches, None, None, "The constraint is undecided, so no effort can be said to miss it.")
    if not effort:
        return Focus(constraint, batches, None, None, f"No effort was logged in the last {RECENT} batches.")
    share = sum(pair[1] for pair in recent) / effort
    words = f"{share:.0%} of the effort of the last {RECENT} batches went to {constraint}, the constraint"
    rule = f"; {RULE:.0%} belongs there." if share < RULE else "."
    return Focus(constraint, batches, share, share < RULE, words.replace("%", " %") + rule.replace("%", " %"))
