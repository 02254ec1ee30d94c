"""An experiment's tallies: per arm, who was exposed, and what became of them afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from customer_factory.blueprint.blueprint import Blueprint, Experiment
from customer_factory.events.selector import field
from customer_factory.journeys.calendar import midnight, plus
from customer_factory.journeys.log import Log
from customer_factory.journeys.money import priced
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch
from customer_factory.measures.moment import Moment

if TYPE_CHECKING:
    from customer_factory.statistics import Tally


@dataclass(frozen=True)
class Arm:
    """One arm of an experiment.

    Args:
        exposed: People who were exposed to it, and to no other arm.
        waiting: Those of them whose window is still open. Nothing below counts them.
        step: Yes and no per person: reached the step after exposure, inside the window. Who had reached it before
            cannot be moved any more, and is in no tally.
        happy: The same for becoming a happy customer.
        money: Paid per person after exposure, inside the window, net of refunds; None without a revenue step.
        paying: People behind that money: those with any.
    """

    exposed: int
    step: Tally
    happy: Tally
    waiting: int = 0
    money: Tally | None = None
    paying: int = 0


@dataclass(frozen=True)
class Exposure:
    """Everybody who met an experiment.

    Args:
        arms: The declared arms, the control first.
        several: People who were exposed to more than one arm. They are in none.
        unknown: People exposed to no declared arm.
        first: The first exposure (naive UTC); None while there is none.
        last: The last one.
    """

    arms: Mapping[str, Arm]
    several: int = 0
    unknown: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def per_batch(self, moment: Moment) -> float | None:
        """How many people are exposed per batch; None before one batch has passed since the first exposure."""
        batches = 0 if self.first is None else moment.running - moment.batches.index(self.first)
        return sum(arm.exposed for arm in self.arms.values()) / batches if batches > 0 else None


def exposure(traced: Traced, blueprint: Blueprint, experiment: Experiment, moment: Moment) -> Exposure:
    """What an experiment's people did after they were exposed, in one grouped query.

    A person counts from the first exposure between ``start`` and ``end`` on. The window is the experiment's, else the
    step's; without one everybody counts as soon as they were exposed.
    """

    def grouped(now: Now) -> Any:
        people = _outcomes(_exposed(traced.log, blueprint, experiment, now), traced, blueprint, experiment, now)
        return _tallied(people)

    digest = blake2b(experiment.model_dump_json().encode(), digest_size=8).hexdigest()
    rows = fetch(traced, f"experiment {digest}", grouped, moment)
    known = rows["several"] == 0
    place = {arm: at for at, arm in enumerate(rows["arm"]) if known[at]}
    arms = {arm: _arm(rows, place.get(arm), blueprint) for arm in experiment.arms}
    rest = [at for arm, at in place.items() if arm not in experiment.arms]
    times = [int(value) for name in ("first", "last") for value in rows[name] if value >= 0]
    return Exposure(
        arms,
        int(rows["exposed"][~known].sum()),
        sum(int(rows["exposed"][at]) for at in rest),
        _moment(min(times)) if times else None,
        _moment(max(times)) if times else None,
    )


def _exposed(log: Log, blueprint: Blueprint, experiment: Experiment, now: Now) -> Any:
    """A row per person: exposed_at, arm, and whether they saw several."""
    import ibis

    events = log.events.filter(log.events.time <= now.on)
    if experiment.start is not None:
        eve = blueprint.batches.end_of_day(experiment.start - timedelta(days=1))
        events = events.filter(events.time > ibis.timestamp(eve))
    if experiment.end is not None:
        events = events.filter(events.time <= ibis.timestamp(blueprint.batches.end_of_day(experiment.end)))
    if experiment.exposed is not None:
        events = events.filter(experiment.exposed.expression(events))
    column = field(events, experiment.variant).cast("string") if log.has(experiment.variant) else ibis.null("string")
    seen = events.select("person", "time", variant=column)
    if experiment.exposed is None:
        seen = seen.filter(seen.variant.notnull())
    return seen.group_by("person").agg(
        exposed_at=seen.time.min(), arm=seen.variant.max(), several=(seen.variant.nunique() > 1).cast("int8")
    )


def _outcomes(people: Any, traced: Traced, blueprint: Blueprint, experiment: Experiment, now: Now) -> Any:
    """A row per person: what they had reached before, and what they reached and paid afterwards."""
    import ibis

    step, window = experiment.step, experiment.window or blueprint.declared[experiment.step].window
    journeys = traced.journeys.select("person", step_at=f"{step}_at", happy_at="happy_at")
    people = people.left_join(journeys, "person").select(people, "step_at", "happy_at")
    closes = ibis.timestamp(_NEVER) if window is None else plus(people.exposed_at, window)
    people = people.mutate(closes=closes, day=midnight(people.exposed_at, traced.offsets))
    people = people.mutate(over=ibis.literal(value=True) if window is None else people.closes < now.on)
    for name in ("step", "happy"):
        at = people[f"{name}_at"]
        # Of an event at the first instant of a day only the date is known: it is not before an exposure on that day.
        before = ((at < people.exposed_at) & (at != people.day)).fill_null(False)
        reached = ((at <= people.closes) & ~before).fill_null(False)
        people = people.mutate(**{f"{name}_able": people.over & ~before, f"{name}_done": people.over & reached})
    paid = priced(traced.log, blueprint)
    paid = paid.filter(paid.time <= now.on).select("person", "time", value=(paid.amount * paid.worth).fill_null(0.0))
    spent = people.filter(people.over).inner_join(paid, "person")
    inside = (spent.time <= spent.closes) & ((spent.time >= spent.exposed_at) | (spent.time == spent.day))
    spent = spent.filter(inside).group_by("person").agg(money=spent.value.sum())
    return people.left_join(spent, "person").select(people, money=spent.money.fill_null(0.0))


def _tallied(people: Any) -> Any:
    def count(of: Any) -> Any:
        return of.cast("int64").sum()

    return people.group_by("arm", "several").agg(
        exposed=people.count(),
        over=count(people.over),
        step_able=count(people.step_able),
        step_done=count(people.step_done),
        happy_able=count(people.happy_able),
        happy_done=count(people.happy_done),
        money=people.money.sum(),
        squares=(people.money * people.money).sum(),
        paying=count(people.money > 0),
        first=people.exposed_at.min().epoch_seconds(),
        last=people.exposed_at.max().epoch_seconds(),
    )


def _arm(rows: Columns, at: int | None, blueprint: Blueprint) -> Arm:
    from customer_factory.statistics import Tally

    priced = blueprint.steps.revenue is not None
    if at is None:
        return Arm(0, Tally(), Tally(), money=Tally() if priced else None)
    exposed, over = int(rows["exposed"][at]), int(rows["over"][at])
    return Arm(
        exposed,
        Tally.of_share(int(rows["step_done"][at]), int(rows["step_able"][at])),
        Tally.of_share(int(rows["happy_done"][at]), int(rows["happy_able"][at])),
        exposed - over,
        Tally(over, float(rows["money"][at]), float(rows["squares"][at])) if priced else None,
        int(rows["paying"][at]),
    )


def _moment(seconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


_NEVER = datetime(2262, 1, 1)
