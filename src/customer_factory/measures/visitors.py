"""Visitors that are only known as counts: acquisition's rate without following anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from customer_factory.measures.developing import Development
from customer_factory.measures.flow import CohortFlow, Flow, Rate
from customer_factory.measures.moment import Moment


@dataclass(frozen=True)
class Visits:
    """How many visitors came through a channel on a day."""

    day: date
    channel: str
    count: int


def counted(flow: Flow, visits: Sequence[Visits], moment: Moment) -> Flow:
    """Acquisition set against counted visitors: who did not sign up is lost, since nobody can be seen waiting."""
    known = [each for each in visits if each.day <= moment.batches.local(moment.on).date()]
    batches = [moment.batches.index_of_day(each.day) for each in known]
    channels = {
        name: _rate(sum(each.count for each in known if each.channel == name), rate.reached)
        for name, rate in flow.by_channel.items()
    }
    cohorts = []
    for index, cohort in zip(moment.known, flow.by_cohort, strict=True):
        entered = sum(each.count for each, batch in zip(known, batches, strict=True) if batch == index)
        rate = _rate(entered, cohort.reached)
        lost = None if rate.entered is None else rate.entered - rate.reached
        waiting = None if rate.entered is None else 0
        cohorts.append(
            CohortFlow(
                cohort.start,
                cohort.complete,
                rate.entered,
                rate.reached,
                waiting,
                lost,
                rate.rate,
                rate.low,
                rate.high,
                1.0,
            )
        )
    over = [cohort for cohort in cohorts if cohort.complete]
    development = Development(tuple(c.entered or 0 for c in over), tuple((c.reached,) for c in over))
    covered = [cohort for cohort in cohorts if cohort.entered is not None]
    everyone = _rate(sum(c.entered or 0 for c in covered), sum(c.reached for c in covered))
    everyone = replace(everyone, reached=flow.reached)
    lost = None if everyone.entered is None else sum(c.lost or 0 for c in covered)
    waiting = None if everyone.entered is None else 0
    return replace(
        flow,
        all=everyone,
        waiting=waiting,
        lost=lost,
        maturity=1.0,
        by_channel=channels,
        by_cohort=tuple(cohorts),
        development=development,
    )


def _rate(entered: int, reached: int) -> Rate:
    """The rate where the count can be right: more people than visitors means that not all visits were counted."""
    from customer_factory.statistics import wilson

    if entered <= 0 or reached > entered:
        return Rate(None, reached)
    interval = wilson(reached, entered)
    return Rate(entered, reached, reached / entered, interval.low, interval.high, float(entered))
