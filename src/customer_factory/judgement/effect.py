"""The effect of one arm against the control: how large, how sure at any look, and whether it would have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from customer_factory.statistics import Comparison, Tally, always_valid, always_valid_size, compare_shares, welch
from customer_factory.statistics.sequential import LEAST


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided before anybody looked.

    Attributes:
        worth: The smallest relative effect worth having.
        people: People planned for in the arm and the control together; intervals are tightest there.
        share: The part of them that is meant to be in the arm.
        level: Of the intervals.
    """

    worth: float
    people: float
    share: float
    level: float


@dataclass(frozen=True, slots=True)
class Effect:
    """How an arm differs from the control in one number per person. What is not known yet is None.

    Attributes:
        control: The control's mean; a share, where people reach something or not.
        arm: The arm's.
        people: People in both.
        difference: arm − control.
        low: Lower end of its interval, which holds at all looks together.
        high: Upper end.
        p: The p-value that may be looked at at any time.
        relative: The difference as a fraction of the control's mean.
        relative_low: Lower end of that, at all looks together.
        relative_high: Upper end.
        once: The usual comparison, right only for who looks once, at a moment fixed beforehand.
        moved: ``up`` or ``down`` where the interval leaves out 0; ``none`` where an effect worth having would most
            likely have shown; ``unknown`` otherwise.
        share: Whether it is a share.
    """

    control: float | None
    arm: float | None
    people: int
    difference: float
    low: float | None
    high: float | None
    p: float
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    once: Comparison | None
    moved: Literal["up", "down", "none", "unknown"]
    share: bool

    def words(self) -> str:
        """The effect in words: 13.0 % instead of 10.0 %: +3.0 points, between +0.8 and +5.2."""
        if self.control is None or self.arm is None:
            return "nobody has been counted in one of the arms"
        by, unit, points = (100, " %", " points") if self.share else (1, "", "")
        known = self.low is not None and self.high is not None
        # Two digits of the uncertainty: more would be made up, fewer hide on which side of 0 an end lies.
        width = by * (self.high - self.low) / 2 if self.low is not None and self.high is not None else 1.0
        digits = max(0, math.ceil(1 - math.log10(width))) if width else 2
        arm, control = (f"{by * value:.{digits}f}{unit}" for value in (self.arm, self.control))
        if not known:
            return f"{arm} instead of {control}, too few to say more"
        by_how_much, low, high = (
            f"{by * (value or 0):+.{digits}f}" for value in (self.difference, self.low, self.high)
        )
        return f"{arm} instead of {control}: {by_how_much}{points}, between {low} and {high}"


def effect_of(control: Tally, arm: Tally, plan: Plan, *, silent: bool = False) -> Effect:
    """The effect between two tallies of people: one value per person of the control, and of the arm.

    ``silent`` says that too few of the values differ from zero for an interval.
    """
    both = control.n > 0 and arm.n > 0
    found = always_valid(control, arm, plan.level, planned=plan.people)
    ratio = always_valid(control, arm, plan.level, planned=plan.people, relative=True)
    known = math.isfinite(found.low) and not silent
    yes_or_no = all(tally.total == tally.squares and tally.total <= tally.n for tally in (control, arm))
    moved: Literal["up", "down", "none", "unknown"] = "unknown"
    if known and found.low > 0:
        moved = "up"
    elif known and found.high < 0:
        moved = "down"
    elif known:
        excluded = -plan.worth < ratio.low and ratio.high < plan.worth
        enough = control.n + arm.n >= needed(control, plan)
        moved = "none" if excluded or enough else "unknown"
    return Effect(
        control.mean if control.n else None,
        arm.mean if arm.n else None,
        int(control.n + arm.n),
        found.difference if both else 0.0,
        found.low if known else None,
        found.high if known else None,
        found.p if known else 1.0,
        _finite(ratio.difference),
        _finite(ratio.low) if known else None,
        _finite(ratio.high) if known else None,
        _once(control, arm, plan.level, shares=yes_or_no),
        moved,
        yes_or_no,
    )


def needed(control: Tally, plan: Plan) -> int:
    """People in both arms until an effect worth having shows in four cases of five; from what the control is like."""
    share = plan.share
    if control.total == control.squares and control.total <= control.n:
        # Half a success and half a failure more, so that a rate of 0 or 1 is never quite believed.
        base = (control.total + 0.5) / (control.n + 1)
        other = min(base * (1 + plan.worth), (1 + base) / 2)
        variance = base * (1 - base) / (1 - share) + other * (1 - other) / share
        least = LEAST / min(base, 1 - base) / min(share, 1 - share)
        return math.ceil(max(always_valid_size(other - base, variance, plan.people, level=plan.level), least))
    if control.n < 2 or control.mean == 0 or control.variance == 0:
        return math.ceil(plan.people)
    variance = control.variance / (share * (1 - share))
    return math.ceil(always_valid_size(plan.worth * abs(control.mean), variance, plan.people, level=plan.level))


def _once(control: Tally, arm: Tally, level: float, *, shares: bool) -> Comparison | None:
    if min(control.n, arm.n) < 2:
        return None
    return compare_shares(control, arm, level) if shares else welch(control, arm, level)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
