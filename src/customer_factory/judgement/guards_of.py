"""The guard rails of a change: what each rate was in mature cohorts before it, and is in those after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from customer_factory.basics.period import UNIT_DAYS
from customer_factory.blueprint.blueprint import StepName
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.judgement.change import LEVEL, Guard
from customer_factory.judgement.outcome import Dates, chain
from customer_factory.measures.flow import CohortFlow, Flow
from customer_factory.measures.measures import Measures

AGE = 4
"""Batches after which the revenue of a cohort is compared."""
FEWEST = 3
"""Cohorts on each side without which money is not compared."""
_BEFORE = 26


def guards_of(measures: Measures, step: StepName, dates: Dates) -> tuple[Guard, ...]:
    """What happened to the step and to everything that comes after it.

    Cohorts before are those whose windows had closed when the change was made; those after entered when it held. The
    chance of a false alarm is shared by all that is watched.
    """
    behind = [name for name in measures.steps if name != step and step in chain(measures.blueprint, name)]
    level = 1 - (1 - LEVEL) / max(len(behind) + (measures.revenue is not None), 1)
    found = [_guard(measures, step, "own", dates, LEVEL)]
    found += [_guard(measures, name, "downstream", dates, level) for name in behind]
    return tuple(guard for guard in [*found, _money(measures, dates, level)] if guard is not None)


def _guard(
    measures: Measures, name: StepName, role: Literal["own", "downstream"], dates: Dates, level: float
) -> Guard | None:
    from customer_factory.statistics import rate_shift

    flow = measures.steps[name]
    length = timedelta(days=UNIT_DAYS[measures.blueprint.factory.batch])
    window = measures.blueprint.declared[name].window or length * (RETURN_BATCHES + 1)
    closed = [cohort for cohort in _mature(flow) if cohort.start + length + window <= dates.first]
    before = [(float(c.reached), float(c.entered or 0)) for c in closed][-_BEFORE:]
    after = [(float(c.reached), float(c.entered or 0)) for c in _mature(flow) if dates.after(c.start)]
    if not before or not after:
        return None
    found = rate_shift(before, after, level=level)
    return Guard(name, role, found.before, found.after, found.effect, found.low, found.high)


def _mature(flow: Flow) -> Iterator[CohortFlow]:
    return (cohort for cohort in flow.by_cohort if cohort.entered and cohort.maturity == 1)


def _money(measures: Measures, dates: Dates, level: float) -> Guard | None:
    """What a person acquired has brought in after a few batches."""
    from customer_factory.statistics import Tally, welch

    if measures.revenue is None:
        return None
    length = timedelta(days=UNIT_DAYS[measures.blueprint.factory.batch])
    # The batch at the end of the row may still be running.
    aged = [cohort for cohort in measures.revenue.by_cohort if len(cohort.cumulative) > AGE + 1 and cohort.size]
    before = [c.cumulative[AGE] for c in aged if c.start + length * (AGE + 1) <= dates.first][-_BEFORE:]
    after = [c.cumulative[AGE] for c in aged if dates.after(c.start)]
    if min(len(before), len(after)) < FEWEST or sum(before) <= 0:
        return None
    a, b = Tally.of(before), Tally.of(after)
    found = welch(a, b, level, relative=True)
    return Guard("revenue per person", "downstream", a.mean, b.mean, found.difference, found.low, found.high)
