"""Was the constraint broken? What a change did to throughput, and whether anything else was harmed by it.

A change *has broken the constraint* only when throughput rises as a result of it: more came after it than would have
come without it, by more than chance explains, and nothing behind the step was harmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from customer_factory.basics.period import Unit
from customer_factory.judgement import change_words as words

PERIOD: dict[Unit, float | None] = {"day": 7.0, "week": 52.18, "month": 12.0}
"""Batches until the season comes round."""
LEVEL = 0.95
"""Of the interval. How often its lower end is above 0 by chance, `benchmarks/judgement` measures."""
WORTH = 0.1
"""The smallest effect worth having, relative."""
Verdict = Literal["broken", "local only", "gamed", "no effect", "too early"]


@dataclass(frozen=True)
class Guard:
    """What a rate did when the change was made.

    Attributes:
        step: Which step's, or "revenue per person".
        role: "own": the step that was worked on; "downstream": one that comes after it.
        before: Its level in the mature cohorts before.
        after: Its level in those after.
        effect: The relative difference.
        low: Lower end of its interval.
        high: Upper end.
    """

    step: str
    role: Literal["own", "downstream"]
    before: float
    after: float
    effect: float
    low: float
    high: float

    @property
    def harmed(self) -> bool:
        """Whether something behind the step fell, by more than chance explains."""
        return self.role == "downstream" and self.high < 0

    @property
    def rose(self) -> bool:
        """Whether the step's own rate rose, by more than chance explains."""
        return self.role == "own" and self.low > 0


@dataclass(frozen=True)
class Change:
    """The verdict on a change.

    Attributes:
        verdict: "broken": throughput rose and nothing was harmed. "local only": the step's own rate rose, and
            throughput did not. "gamed": something behind the step fell by as much as was won. "no effect": an effect
            worth having is excluded. "too early": the data do not tell yet.
        effect: On throughput, relative: 0.5 is half as much again as without the change. None where it cannot be told.
        low: Lower end of its interval; None as above.
        high: Upper end.
        total: The same in people, over all batches judged.
        total_low: Lower end of its interval.
        total_high: Upper end.
        net: The effect on what remains once the harm behind the step is counted.
        chance: Of as many as there were or more, had nothing changed.
        batches: How many batches after the change were judged.
        aside: How many low batches before it were set aside.
        guards: The rates before and after.
        reason: Why, in words.
        more: How many more batches would decide; None where that is decided, or more batches would not.
    """

    verdict: Verdict
    effect: float | None
    low: float | None
    high: float | None
    total: float | None
    total_low: float | None
    total_high: float | None
    net: float | None
    chance: float | None
    batches: int
    aside: int
    guards: tuple[Guard, ...]
    reason: str
    more: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        return {**asdict(self), "guards": [asdict(guard) for guard in self.guards]}


def change(
    counts: Sequence[int],
    at: int,
    control: Sequence[int] | None = None,
    *,
    guards: Sequence[Guard] = (),
    batch: Unit = "week",
    worth: float = WORTH,
    expected: float | None = None,
) -> Change:
    """Judge a change on what was made before and after it.

    The effect is relative to what would have been: the interval spans 95 % and begins at the lower end of the more
    cautious of two readings, that things had gone on as they went, and that they had been as they usually are. See
    `statistics.intervention`. From counts alone the verdict is "broken", "no effect" or "too early"; the others need
    guards.

    Args:
        counts: Happy customers per complete batch, oldest first.
        at: Index of the first batch after the change.
        control: Counts in the same batches that the change cannot have touched, and that share the ups and downs.
        guards: What the rates did.
        batch: The period of production; it says when a season comes round.
        worth: The smallest relative effect worth having; where it is excluded the verdict is "no effect".
        expected: The relative effect that the team expected; batches are counted until one of this size would show.

    Raises:
        ValueError: If a count is negative or not whole, `at` does not lie within the counts, or `worth` or `expected`
            is not above 0.

    >>> before = [21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 21, 19, 20, 23]
    >>> found = change([*before, 33, 38, 31, 36, 35, 37], at=16)
    >>> found.verdict, found.low > 0.2
    ('broken', True)
    >>> change([*before, 20, 24], at=16).verdict
    'too early'
    """
    from customer_factory.statistics import batches_needed, intervention
    from customer_factory.statistics.checks import counts_of
    from customer_factory.statistics.interrupted import LEAST

    for name, value in (("worth", worth), ("expected", expected)):
        if value is not None and not value > 0:
            raise ValueError(f"{name} is {value:g}; it must be above 0, for example 0.1 for a tenth.")
    known = len(counts_of(counts))
    if not 0 <= at <= known:
        raise ValueError(f"at is {at}; it is the index of the first batch after the change, from 0 to {known}.")
    if at < LEAST or at == known:
        reason = words.no_past(at, LEAST) if at < LEAST else words.no_future()
        nothing = (None,) * 8
        return Change("too early", *nothing, known - at, 0, tuple(guards), reason, None if at < LEAST else 1)
    found = intervention(counts, at, control, PERIOD[batch], level=LEVEL)
    net = 1 + found.effect
    for each in guards:
        net *= 1 + each.effect if each.harmed else 1
    verdict = _verdict(found.low, found.high, net - 1, guards, worth)
    more = None
    if verdict == "too early":
        looked_for = expected or max(worth, found.effect)
        needed = batches_needed(counts, at, looked_for, control, PERIOD[batch], level=LEVEL)
        more = None if needed is None else max(needed - found.batches, 1)
        reason = words.too_early(found, looked_for, more, guards)
    else:
        reason = words.decided(verdict, found, net - 1, guards, worth)
    return Change(
        verdict, found.effect, found.low, found.high, found.total, found.total_low, found.total_high, net - 1,
        found.chance, found.batches, found.aside, tuple(guards), reason, more,
    )  # fmt: skip


def _verdict(low: float, high: float, net: float, guards: Sequence[Guard], worth: float) -> Verdict:
    own = next((guard for guard in guards if guard.role == "own"), None)
    rose, harmed = own is not None and own.rose, any(guard.harmed for guard in guards)
    if harmed and (rose or low > 0):
        return "gamed" if net <= 0 else "too early"
    if low > 0:
        return "broken"
    # What a step wins comes through in full, if it does: where that is excluded, it stayed where it was made.
    if own is not None and rose and high < own.effect:
        return "local only"
    return "no effect" if high < worth else "too early"
