"""What is run: a case, what comes out of it, and the bar that it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

OURS = "ours"

Tally = tuple[int, int]
"""(hits, of)."""

Outcome = Mapping[str, Mapping[str, Tally]]
"""Per figure, such as "claimed", and per rule – ours and the naive ones beside it – how often of how many."""


@dataclass(frozen=True)
class Bar:
    """What a figure must withstand.

    Attributes:
        figure: Which one.
        side: Whether the share must be at least, or at most, this.
        share: The bar.
    """

    figure: str
    side: Literal["≥", "≤"]
    share: float

    def __str__(self) -> str:
        return f"{self.side} {self.share:.0%}"

    def met(self, hits: int, of: int) -> bool:
        """Whether the figure is on the right side of the bar."""
        return hits >= self.share * of if self.side == "≥" else hits <= self.share * of


@dataclass(frozen=True)
class Case:
    """One kind of company.

    Attributes:
        judgement: The table that it belongs to.
        name: What sets its companies apart; no two cases of a judgement share one.
        run: Makes and judges a lot of companies. The same seed gives the same outcome.
        lot: How many companies a run judges.
        bars: What it is held against; figures without a bar are shown too.
        weight: How many companies it is given, relative to the others.
    """

    judgement: str
    name: str
    run: Callable[[int], Outcome]
    lot: int
    bars: tuple[Bar, ...] = ()
    weight: float = 1.0

    @property
    def key(self) -> str:
        """Its name among all cases."""
        return f"{self.judgement}: {self.name}"


def add(outcomes: Iterable[Outcome]) -> dict[str, dict[str, Tally]]:
    """The sum of outcomes.

    >>> add([{"claimed": {"ours": (1, 2)}}, {"claimed": {"ours": (2, 2)}}])
    {'claimed': {'ours': (3, 4)}}
    """
    total: dict[str, dict[str, Tally]] = {}
    for outcome in outcomes:
        for figure, rules in outcome.items():
            into = total.setdefault(figure, {})
            for rule, (hits, of) in rules.items():
                before = into.get(rule, (0, 0))
                into[rule] = (before[0] + hits, before[1] + of)
    return total
