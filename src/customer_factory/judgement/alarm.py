"""Alarm: something that a guard noticed – what, where, since when, how sure, and who is behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Kind = Literal[
    "stopped", "vanished", "late", "repeated", "rejected", "poor-leads", "without-outcome", "given-away", "gamed"
]
KINDS: dict[Kind, str] = {
    "stopped": "an event no longer happens",
    "vanished": "nobody comes through a channel any more",
    "late": "a source brings nothing any more",
    "repeated": "events are recorded more than once",
    "rejected": "rows are set aside more often than before",
    "poor-leads": "people from a source become happy less often than the rest",
    "without-outcome": "people are satisfied, and never reached the outcome",
    "given-away": "what is given away does not make happy customers",
    "gamed": "a step's rate rose at the cost of what comes after it",
}
SHOWN = 20
"""Names in the JSON; all of them are in ``people``."""


@dataclass(frozen=True)
class Alarm:
    """What a guard noticed.

    Args:
        kind: One of ``KINDS``.
        where: The event, channel, source, seller, survey or step.
        since: The first date that is not as it was; None where it is about no date.
        text: What is wrong, in plain sentences.
        evidence: The numbers that it rests on.
        rows: How many rows or events are behind it; None where it is about people alone.
        people: Who is behind it, by name.
    """

    kind: Kind
    where: str
    since: date | None
    text: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    rows: int | None = None
    people: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values; of the people their number and the first names."""
        return {
            "kind": self.kind,
            "where": self.where,
            "since": None if self.since is None else self.since.isoformat(),
            "text": self.text,
            "evidence": dict(self.evidence),
            "rows": self.rows,
            "people": len(self.people),
            "names": list(self.people[:SHOWN]),
        }


def percent(share: float) -> str:
    """A share for a sentence.

    >>> percent(0.234), percent(0.0734), percent(-0.1), percent(0)
    ('23%', '7.3%', '-10%', '0%')
    """
    return f"{share:.0%}" if abs(share) >= 0.095 or share == 0 else f"{share:.1%}"


def number(value: float) -> str:
    """A count that was expected, for a sentence.

    >>> number(1234.5), number(3.25)
    ('1,234', '3.2')
    """
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
