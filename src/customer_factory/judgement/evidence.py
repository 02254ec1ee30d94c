"""What the constraint is judged on: per step the counts, the levels that could be reached, and the queue in front."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from customer_factory.basics.period import Unit

Pair = tuple[float, float]
"""(entered, reached)."""

HORIZON: dict[Unit, int] = {"day": 90, "week": 13, "month": 3}
"""A quarter, in batches."""

STEPS: tuple[str, ...] = ("acquisition", "activation", "retention", "revenue", "referral")


@dataclass(frozen=True)
class StepEvidence:
    """What is known of one step. Counts may be fractional, as effective sample sizes are.

    Attributes:
        step: acquisition, activation, retention, revenue or referral.
        cohorts: (entered, reached) per batch, oldest first; those whose windows are still open as effective numbers.
        channels: (entered, reached) by channel, as effective numbers too.
        entered: All who entered, as far as they tell the rate. Used where fewer than four cohorts tell.
        reached: Those of them who reached it.
        target: The declared attainable level.
        required: The rate that the goal requires.
        after: The step before it: the name of a step, or "happy"; None: the usual one.
        capacity: People per batch that it can serve, where declared.
        arrivals: People who entered, per complete batch, oldest first.
        served: People who reached it, per complete batch in which they did.
        waiting: People in front of it at the end of each complete batch.
        ages: Median age, in days, of those waiting, per complete batch (None: not known).

    Raises:
        ValueError: On counts that cannot be, such as more reached than entered.
    """

    step: str
    cohorts: Sequence[Pair] = ()
    channels: Mapping[str, Pair] = field(default_factory=dict)
    entered: float | None = None
    reached: float | None = None
    target: float | None = None
    required: float | None = None
    after: str | None = None
    capacity: float | None = None
    arrivals: Sequence[float] = ()
    served: Sequence[float] = ()
    waiting: Sequence[float] = ()
    ages: Sequence[float | None] | None = None

    def __post_init__(self) -> None:
        if self.step not in STEPS:
            raise ValueError(f"'{self.step}' is not a step; legal are: {', '.join(STEPS)}.")
        pairs = [(f"cohort {i}", pair) for i, pair in enumerate(self.cohorts)]
        pairs += [(f"channel '{name}'", pair) for name, pair in self.channels.items()]
        if self.entered is not None:
            pairs.append(("all who entered", (self.entered, self.reached or 0.0)))
        for where, (entered, reached) in pairs:
            # Effective counts come out of divisions: a hair above is rounding, not an error.
            if not (math.isfinite(entered) and 0 <= reached <= entered * (1 + 1e-9)):
                raise ValueError(
                    f"{self.step}, {where}: {reached:g} reached of {entered:g} entered; "
                    "0 ≤ reached ≤ entered must hold."
                )
        for name, level in (("target", self.target), ("required", self.required)):
            if level is not None and not 0 < level <= 1:
                raise ValueError(f"{self.step}: {name} is {level:g}; it must lie above 0 and not above 1.")
        if self.capacity is not None and not self.capacity > 0:
            raise ValueError(f"{self.step}: capacity is {self.capacity:g}; it must be above 0.")

    @property
    def groups(self) -> tuple[Pair, ...]:
        """The counts that its level is read from: cohorts, or all together where those are fewer than four."""
        cohorts = tuple(pair for pair in self.cohorts if pair[0] > 0)
        if len(cohorts) < 4 and self.entered:
            return ((self.entered, self.reached or 0.0),)
        return cohorts

    @property
    def before(self) -> str | None:
        """The step before it; None for acquisition."""
        usual = {"activation": "acquisition", "revenue": "activation", "retention": "happy", "referral": "happy"}
        return self.after or usual.get(self.step)

    @property
    def rate(self) -> float | None:
        """Reached of entered over everything known; None where nobody entered."""
        entered, reached = (sum(column) for column in zip(*self.groups, strict=True)) if self.groups else (0.0, 0.0)
        return reached / entered if entered else None


@dataclass(frozen=True)
class FactoryEvidence:
    """The whole factory: its steps, and what joins them.

    Attributes:
        steps: One [StepEvidence][customer_factory.judgement.evidence.StepEvidence] per declared step.
        arrivals: New people (acquired, referred ones not counted) per batch, oldest first, or one number. Where
            visitors are known, they times the rate of acquisition stand in for it.
        happy: The steps that make a happy customer.
        batch: The period of production.
        people_per_referrer: Mean number of accepted people per person who referred anybody.
        retention_batches: How many batches the retention rate spans: reached = active in any of them.
        in_service: Happy customers in service today; None: estimated from what was served and the survival.
        horizon: Batches to look ahead; None: a quarter.
    """

    steps: Sequence[StepEvidence]
    arrivals: Sequence[float] | float
    happy: Sequence[str] = ("activation",)
    batch: Unit = "week"
    people_per_referrer: float = 1.0
    retention_batches: float = 4.0
    in_service: float | None = None
    horizon: int | None = None

    def __post_init__(self) -> None:
        names = [step.step for step in self.steps]
        if len(set(names)) < len(names):
            raise ValueError(f"each step once: {', '.join(names)}.")
        if self.horizon is not None and self.horizon < 1:
            raise ValueError(f"horizon is {self.horizon}; at least one batch is needed.")
        if self.retention_batches <= 0 or self.people_per_referrer < 0:
            raise ValueError("retention_batches must be above 0, and people_per_referrer must not be negative.")

    def step(self, name: str) -> StepEvidence | None:
        """The evidence of a step, or None where the factory has no such step."""
        return next((step for step in self.steps if step.step == name), None)

    @property
    def batches_ahead(self) -> int:
        """The horizon in batches."""
        return self.horizon or HORIZON[self.batch]

    @property
    def new_people(self) -> float:
        """New people per batch now."""
        return float(self.arrivals) if isinstance(self.arrivals, (int, float)) else recent(self.arrivals)

    @property
    def visitors(self) -> float:
        """Visitors per batch now; 0 where they are not known batch by batch."""
        step = self.step("acquisition")
        return recent([entered for entered, _ in step.cohorts]) if step else 0.0

    def path(self, *goals: str | None) -> tuple[str, ...]:
        """The steps that must be reached for all of these, themselves included, in the order of the flow.

        >>> factory = FactoryEvidence(arrivals=100, steps=[
        ...     StepEvidence("activation", after="acquisition"), StepEvidence("revenue", after="activation")])
        >>> factory.path("revenue")
        ('activation', 'revenue')
        """
        found: set[str] = set()
        open_ = [goal for goal in goals if goal is not None]
        while open_:
            name = open_.pop()
            if name == "happy":
                open_ += self.happy
                continue
            step = self.step(name)
            if step is not None and name not in found:
                found.add(name)
                open_ += [step.before] if step.before else []
        return in_flow(found)

    @property
    def idle(self) -> bool:
        """Whether nobody comes: neither new people nor visitors."""
        return self.new_people == 0 and self.visitors == 0

    @property
    def outcome(self) -> tuple[str, ...]:
        """The steps on the way to a happy customer – a paying one, where revenue is a step."""
        return tuple(name for name in self.path(*self.happy, "revenue") if name not in {"acquisition", "retention"})


def recent(series: Sequence[float]) -> float:
    """The mean of the newest eight batches; 0 where there are none."""
    newest = list(series)[-8:]
    return sum(newest) / len(newest) if newest else 0.0


def in_flow(names: Iterable[str]) -> tuple[str, ...]:
    """The names in the order of the flow."""
    return tuple(name for name in STEPS if name in set(names))
