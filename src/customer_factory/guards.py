"""Guards: measure, raise alarms, and find out who is behind them. Wiring only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from customer_factory.basics.period import EPOCH
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.traced import Now, Traced
from customer_factory.judgement.alarm import Alarm, percent
from customer_factory.judgement.data_alarms import repeating, series_of, set_aside, silent
from customer_factory.judgement.gaming import gamed
from customer_factory.judgement.lead_quality import Quality, lead_quality
from customer_factory.judgement.satisfied import given_away, without_outcome
from customer_factory.measures import behind
from customer_factory.measures.answers import given_in_vain, satisfied_without
from customer_factory.measures.deliveries import Delivered
from customer_factory.measures.flow import flows
from customer_factory.measures.grouped import Columns
from customer_factory.measures.happenings import SOURCE, happenings
from customer_factory.measures.leads import leads
from customer_factory.measures.moment import Moment
from customer_factory.measures.satisfaction import giveaways, satisfaction
from customer_factory.report.guards import Guards

People = Callable[[Now], Any]


def guards(traced: Traced, blueprint: Blueprint, moment: Moment, deliveries: Sequence[Delivered]) -> Guards:
    """What the guards notice at a moment."""
    rows = happenings(traced, blueprint, moment)
    last = (moment.batches.local(moment.on + timedelta(microseconds=1)).date() - EPOCH).days - 1
    series = series_of(rows, deliveries, last)
    surveys, given = satisfaction(traced, blueprint, moment), giveaways(traced, blueprint, moment)
    quality = _leads(leads(traced, blueprint, moment))
    alarms = [
        *silent(series),
        *repeating(series),
        *set_aside(deliveries, _first_days(rows)),
        *(_poor(by, each) for by, found in quality.items() for each in found if each.poor),
        *(alarm for survey in surveys.values() if (alarm := without_outcome(survey)) is not None),
        *given_away(given, surveys),
        *_gamed(traced, blueprint, moment),
    ]
    return Guards(
        blueprint.factory.name,
        moment.on,
        tuple(_with_people(alarm, traced, blueprint, moment) for alarm in alarms),
        len(series),
        surveys,
        given,
        quality,
        _blind(blueprint, quality, last - (moment.batches.local(moment.first).date() - EPOCH).days + 1),
    )


def _first_days(rows: Columns) -> dict[int, int]:
    found: dict[int, int] = {}
    for name, day in zip(rows["name"][rows["kind"] == SOURCE], rows["day"][rows["kind"] == SOURCE], strict=True):
        found[int(name)] = min(found.get(int(name), int(day)), int(day))
    return found


def _leads(rows: Columns) -> dict[str, tuple[Quality, ...]]:
    """By channel within cohorts; by seller within cohorts and the channels that they were given."""
    cohorts, channels = rows["cohort"].tolist(), rows["channel"].tolist()
    found = {"channel": lead_quality(channels, cohorts, rows["n"], rows["happy"])}
    sold = [name is not None for name in rows["seller"].tolist()]
    if any(sold):
        strata = [pair for pair, named in zip(zip(cohorts, channels, strict=True), sold, strict=True) if named]
        sellers = [name for name in rows["seller"].tolist() if name is not None]
        found["seller"] = lead_quality(sellers, strata, rows["n"][sold], rows["happy"][sold])
    return found


def _poor(by: str, found: Quality) -> Alarm:
    came = (
        f"Of {found.leads:,} people from '{found.source}'"
        if by == "channel"
        else (f"Of {found.leads:,} people won by '{found.source}'")
    )
    text = (
        f"{came}, {percent(found.rate)} became happy (between {percent(found.low)} and {percent(found.high)}); "
        f"the rest would have made {percent(found.rest or 0)} of as many happy."
    )
    return Alarm("poor-leads", found.source, None, text, {"by": by, **found.to_dict()})


def _gamed(traced: Traced, blueprint: Blueprint, moment: Moment) -> list[Alarm]:
    found = []
    flow = flows(traced, blueprint, moment)
    for step in flow:
        for before in blueprint.needs(step)[-1:]:
            its = gamed(flow[before].by_cohort, flow[step].by_cohort)
            if its is None:
                continue
            text = (
                f"Since {its.since:%-d %B %Y}, {blueprint.label(before)} reaches {percent(its.step_now)}, up from "
                f"{percent(its.step_before)}, while {blueprint.label(step)} fell from {percent(its.next_before)} to "
                f"{percent(its.next_now)}: together {percent(its.net)}. A number was moved, and nothing was won."
            )
            evidence = {name: value for name, value in vars(its).items() if name != "since"}
            found.append(Alarm("gamed", before, its.since, text, {"following": step, **evidence}))
    return found


def _with_people(alarm: Alarm, traced: Traced, blueprint: Blueprint, moment: Moment) -> Alarm:
    """The alarm with everybody who is behind it."""
    people = _behind(alarm, traced, blueprint, moment)
    return alarm if people is None else replace(alarm, people=behind.named(traced, moment, people))


def _behind(alarm: Alarm, traced: Traced, blueprint: Blueprint, moment: Moment) -> People | None:
    where, evidence = alarm.where, alarm.evidence
    day = 0 if alarm.since is None else (alarm.since - EPOCH).days
    if alarm.kind == "stopped":
        return lambda _: behind.did(traced, where, day - evidence["days"], day - 1)
    if alarm.kind == "vanished":
        return lambda _: behind.came(traced, blueprint, where, day - evidence["days"], day - 1)
    if alarm.kind == "repeated":
        return partial(behind.recorded_again, traced, where, day)
    if alarm.kind == "poor-leads":
        return partial(behind.not_happy, traced, blueprint, evidence["by"], where)
    if alarm.kind == "without-outcome":
        return partial(satisfied_without, traced, blueprint, where)
    if alarm.kind == "given-away":
        return partial(given_in_vain, traced, blueprint)
    if alarm.kind == "gamed" and alarm.since is not None:
        return partial(behind.lost, traced, blueprint, evidence["following"], moment.batches.index_of_day(alarm.since))
    return None


def _blind(blueprint: Blueprint, quality: dict[str, tuple[Quality, ...]], days: int) -> tuple[str, ...]:
    """What could not be guarded, and what it would take."""
    found = []
    if days < 7 * 7:
        found.append(f"Silence is judged from seven weeks of events on; there are {max(days, 0)} days.")
    if not blueprint.surveys.asked:
        found.append("Ask people ([surveys] in factory.toml): nobody has said yet whether they are satisfied.")
    if not any(each.chance is not None for found in quality.values() for each in found):
        found.append(
            "Lead quality needs two sources with five happy customers each to be expected, old enough to tell."
        )
    endless = [
        blueprint.label(n) for n, s in blueprint.declared.items() if s.window is None and n in {"activation", "revenue"}
    ]
    if endless:
        found.append(f"Give {', '.join(endless)} a window: gaming shows in cohorts whose windows have closed.")
    return tuple(found)
