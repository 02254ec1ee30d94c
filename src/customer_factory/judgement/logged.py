"""What the team did, and when: a change as it is written down, and which batches tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from customer_factory.blueprint.blueprint import StepName


@dataclass(frozen=True)
class LoggedChange:
    """One thing that the team did.

    Attributes:
        date: The day from which it held.
        step: The step that it was meant for.
        what: What was done, in words.
        expected: The relative effect on throughput that was expected; 0.2 is a fifth more.
        effort: Person-days that it took.
        who: Who did it.
    """

    date: date
    step: StepName
    what: str
    expected: float | None = None
    effort: float | None = None
    who: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain types."""
        return {
            "date": self.date.isoformat(),
            "step": self.step,
            "what": self.what,
            "expected": self.expected,
            "effort": self.effort,
            "who": self.who,
        }
