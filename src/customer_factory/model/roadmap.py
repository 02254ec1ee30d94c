"""The traction roadmap: from minimum success criteria to stages, and to what every month and batch must make.

A goal sizes the factory. Revenue a year at a price a month needs so many active customers; each stage is a smaller
copy of the next, by the growth of a year; and what must be made in a month is what the number of active customers
grows by, plus those who leave.

    active N(m) = revenue / 12 / price · growth ** ((m − M) / 12)            M: the month of the goal
    new B(m)    = N(m) − N(m − 1) · (1 − 1 / lifetime)
"""

from __future__ import annotations

import math
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from customer_factory.basics.period import UNIT_DAYS, Unit
from customer_factory.blueprint.blueprint import Goal

YEAR = 12
QUARTER = 3
STAGES = ("problem/solution fit", "product/market fit", "scale")
"""The stages, each a smaller copy of the next."""
NEEDED = ("revenue", "by", "price", "lifetime")
"""The keys of a goal without which there is no roadmap."""


@dataclass(frozen=True)
class Yields:
    """What becomes of people on their way, as shares; None where that is not known.

    Attributes:
        acquisition: Of visitors, those who become leads.
        customer: Of leads, those who become customers.
        happy: Happy customers made per customer: 1 where they are the same people.
        referred: Of new customers, those whom others brought.
    """

    acquisition: float | None = None
    customer: float | None = None
    happy: float | None = 1.0
    referred: float = 0.0

    def __post_init__(self) -> None:
        for name in ("acquisition", "customer"):
            share = getattr(self, name)
            if share is not None and not 0 < share <= 1:
                raise ValueError(f"{name} is {share:g}; a share lies above 0 and not above 1, and None is unknown.")
        if self.happy is not None and not self.happy > 0:
            raise ValueError(f"happy is {self.happy:g}; happy customers per customer must be above 0.")
        if not 0 <= self.referred < 1:
            raise ValueError(f"referred is {self.referred:g}; it must be from 0 up and below 1.")


@dataclass(frozen=True)
class Need:
    """What the goal needs, people as fractions; a flow is per month, or per batch (`per_batch`).

    Attributes:
        month: Months since the start of the roadmap.
        on: Its date: the month ends there.
        active: Customers active then.
        new: New customers.
        happy: Happy customers made: the throughput. None where too little is known, as below.
        direct: New customers whom nobody referred.
        leads: People to acquire for them.
        visitors: Visitors to reach for them.
    """

    month: float
    on: date
    active: float
    new: float
    happy: float | None
    direct: float
    leads: float | None
    visitors: float | None

    def flows(self, share: float = 1.0) -> dict[str, float | None]:
        """New, happy, direct, leads and visitors, times a share of a month."""
        names = ("new", "happy", "direct", "leads", "visitors")
        return {name: None if getattr(self, name) is None else getattr(self, name) * share for name in names}


@dataclass(frozen=True)
class Stage:
    """One size of the factory: what it needs when the stage is complete, each flow per month."""

    name: str
    revenue: float
    need: Need


@dataclass(frozen=True)
class Roadmap:
    """The way from the start to the goal.

    Attributes:
        start: When it begins.
        by: When the goal is to be reached.
        span: Whole months from one to the other.
        revenue: A year, at the goal.
        price: What an active customer pays a month.
        lifetime: Months that a customer stays.
        growth: By what active customers are multiplied in a year.
        yields: What becomes of people on their way.
        batch: The period of production.
    """

    start: date
    by: date
    span: int
    revenue: float
    price: float
    lifetime: float
    growth: float
    yields: Yields
    batch: Unit = "week"

    @property
    def customers(self) -> float:
        """Active customers at the goal."""
        return self.revenue / YEAR / self.price

    @property
    def batch_share(self) -> float:
        """A batch as a share of a month."""
        return UNIT_DAYS[self.batch] / UNIT_DAYS["month"]

    @property
    def months(self) -> tuple[Need, ...]:
        """The need of every month up to the goal."""
        return tuple(self.at(month) for month in range(1, self.span + 1))

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The three stages: two years, one year, and none before the goal."""
        found = []
        for years, name in zip((2, 1, 0), STAGES, strict=True):
            found.append(Stage(name, self.revenue * self.growth**-years, self.at(self.span - YEAR * years)))
        return tuple(found)

    @property
    def hold(self) -> Need:
        """What holding at the goal needs: those who leave are replaced."""
        return self._need(self.span, self.customers, self.customers / self.lifetime)

    def at(self, month: float) -> Need:
        """The need of the month that ends then; after the goal, what holding it needs."""
        if month > self.span:
            return self._need(month, self.customers, self.customers / self.lifetime)
        active = self._active(month)
        return self._need(month, active, active - self._active(month - 1) * (1 - 1 / self.lifetime))

    def rate_at(self, day: date) -> Need:
        """The need at the pace of a day: of the month in whose middle it lies."""
        return self.at(self.month_of(day) + 0.5)

    def month_of(self, day: date) -> float:
        """Months from the start to a day; negative before it."""
        whole = self.span - months_between(day, self.by)
        whole -= self.date_of(whole) > day
        begins, ends = self.date_of(whole), self.date_of(whole + 1)
        return whole + (day - begins).days / (ends - begins).days

    def date_of(self, month: float) -> date:
        """The day on which so many months have passed: calendar months, counted back from the day of the goal."""
        whole = math.floor(month)
        begins, ends = (_months_later(self.by, each - self.span) for each in (whole, whole + 1))
        return begins + timedelta(days=round((ends - begins).days * (month - whole)))

    def _active(self, month: float) -> float:
        return float(self.customers * self.growth ** ((month - self.span) / YEAR))

    def _need(self, month: float, active: float, new: float) -> Need:
        found = self.yields
        direct = new * (1 - found.referred)
        leads = direct / found.customer if found.customer else None
        visitors = leads / found.acquisition if leads is not None and found.acquisition else None
        happy = new * found.happy if found.happy else None
        return Need(month, self.date_of(month), active, new, happy, direct, leads, visitors)

    def to_dict(self) -> dict[str, Any]:
        """Plain types. Flows are per batch, since that is what a factory makes things in."""
        return {
            "start": self.start.isoformat(),
            "by": self.by.isoformat(),
            "revenue": self.revenue,
            "customers": self.customers,
            "growth": self.growth,
            "yields": {
                "acquisition": self.yields.acquisition,
                "customer": self.yields.customer,
                "happy": self.yields.happy,
                "referred": self.yields.referred,
            },
            "months": [self._row(need) for need in self.months],
            "stages": [
                {"name": stage.name, "revenue": stage.revenue, **self._row(stage.need)} for stage in self.stages
            ],
            "hold": self._row(self.hold),
        }

    def _row(self, need: Need) -> dict[str, Any]:
        flows = need.flows(self.batch_share)
        return {"month": need.month, "on": need.on.isoformat(), "active": need.active, **flows}


def missing(goal: Goal | None) -> tuple[str, ...]:
    """The keys of a goal that a roadmap needs and that are not there."""
    return tuple(name for name in NEEDED if goal is None or getattr(goal, name) is None)


def roadmap(goal: Goal, yields: Yields | None = None, batch: Unit = "week") -> Roadmap:
    """The roadmap of a goal.

    Args:
        goal: Revenue a year, the date, the price a month, the lifetime in months, the growth a year; without a start it
            begins three years before.
        yields: What becomes of people on their way; without them, leads and visitors are not known.
        batch: The period of production.

    Raises:
        ValueError: If the goal lacks one of revenue, by, price and lifetime.

    The method is Ash Maurya's (*Scaling Lean*, 2016). A million a year at 100 a month, ten times more each year:

    >>> goal = Goal(revenue=1_000_000, by=date(2029, 6, 30), price=100, lifetime=36)
    >>> road = roadmap(goal, Yields(acquisition=0.1, customer=0.1))
    >>> [round(stage.need.active, 1) for stage in road.stages]
    [8.3, 83.3, 833.3]
    >>> last = road.months[-1]
    >>> round(last.new, 1), round(last.leads), round(last.visitors), round(road.hold.new, 2)
    (164.6, 1646, 16460, 23.15)
    """
    absent = missing(goal)
    if absent or not (goal.by and goal.revenue and goal.price and goal.lifetime):
        raise ValueError(f"the goal lacks {', '.join(absent)}; a roadmap needs {', '.join(NEEDED)}.")
    start = goal.start or _months_later(goal.by, -YEAR * len(STAGES))
    return Roadmap(
        start,
        goal.by,
        max(months_between(start, goal.by), 1),
        goal.revenue,
        goal.price,
        goal.lifetime,
        goal.growth,
        yields or Yields(),
        batch,
    )


def months_between(start: date, end: date) -> int:
    """Whole calendar months between two dates, to the nearest.

    >>> months_between(date(2026, 3, 31), date(2027, 6, 30))
    15
    """
    days = (end.day - start.day) / UNIT_DAYS["month"]
    return round((end.year - start.year) * YEAR + end.month - start.month + days)


def _months_later(day: date, months: int) -> date:
    """The same day of another month; its last one where it is shorter. The last day of a month stays the last."""
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    last = monthrange(year, month + 1)[1]
    ends = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if ends else min(day.day, last))
