"""The trace in plain Python: slow, obvious, and the oracle for the same trace as an Ibis expression."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from customer_factory.blueprint.blueprint import Blueprint, Step, StepName
from customer_factory.events.event import Event
from customer_factory.events.selector import Selector, number_of
from customer_factory.journeys.journey import RETURN_BATCHES, Journey, spent


def trace(events: Iterable[Event], blueprint: Blueprint) -> dict[str, Journey]:
    """Everybody's journey, by person.

    >>> from datetime import datetime
    >>> plan = Blueprint.model_validate(
    ...     {"steps": {"acquisition": "signed_up", "activation": {"event": "shared", "window": "14 days"}}})
    >>> happened = [Event("ann", "signed_up", datetime(2026, 3, 1)), Event("ann", "shared", datetime(2026, 3, 15))]
    >>> trace(happened, plan)["ann"].happy
    datetime.datetime(2026, 3, 15, 0, 0)
    """
    by_person: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_person[event.person].append(event)
    traced = {person: _trace_one(_in_order(theirs), blueprint) for person, theirs in by_person.items()}
    return _with_referrals(traced, blueprint)


def _in_order(events: Sequence[Event]) -> list[Event]:
    """Events by time, then by id; those that have no ids of their own get the place at which they were given."""
    if len({event.id for event in events}) < len(events):
        events = [replace(event, id=place) for place, event in enumerate(events)]
    return sorted(events, key=lambda each: (each.time, each.id))


def _trace_one(events: Sequence[Event], blueprint: Blueprint) -> Journey:
    reached: dict[StepName, Event] = {}
    times: dict[StepName, datetime] = {}
    happy: datetime | None = None
    visits = [e.time for e in events if blueprint.visitors and blueprint.visitors.matches(e)]
    visited = min(visits, default=None)
    for name in blueprint.order:
        step = blueprint.declared[name]
        needed = blueprint.needs(name)
        if name == "referral" and step.referrer is not None:
            continue
        if any(before not in reached for before in needed):
            continue
        entry = max((reached[before].time for before in needed), default=None)
        opens = entry or visited
        if name == "retention" and step.window is None and entry is not None:
            completing = _came_back(events, step, entry, blueprint)
        else:
            taken = {reached[each].id for each in spent(name, blueprint)}
            left = [event for event in events if event.id not in taken]
            completing = _completion(_candidates(left, name, step, entry, blueprint), step, blueprint)
        if completing is not None and _inside(completing.time, opens, step.window):
            reached[name] = replace(completing, time=max(completing.time, entry or completing.time))
            times[name] = reached[name].time
    if all(name in times for name in blueprint.factory.happy):
        happy = max(times[name] for name in blueprint.factory.happy)
    journey = Journey(person=events[0].person, visited=visited, reached=times, happy=happy)
    return _with_the_rest(journey, events, reached.get("acquisition"), blueprint)


def _inside(time: datetime, opens: datetime | None, window: timedelta | None) -> bool:
    return window is None or opens is None or time <= opens + window


def _candidates(
    events: Sequence[Event], name: str, step: Step, entry: datetime | None, blueprint: Blueprint
) -> list[Event]:
    """The events that can complete a step: of its kind, and not before its entry.

    Of an event at the first instant of a day only the date is known: it is not before an entry on that day.
    """
    found = [event for event in events if step.matches(event)]
    if name == "revenue":
        found = [event for event in found if (amount := _amount(event, step)) is None or amount >= 0]
    if name == "revenue" and step.refund is not None:
        found = [event for event in found if not step.refund.matches(event)]
    if entry is None:
        return found
    midnight = _midnight(entry, blueprint)
    return [event for event in found if event.time >= entry or event.time == midnight]


def _midnight(moment: datetime, blueprint: Blueprint) -> datetime:
    wall = blueprint.batches.local(moment)
    since = timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
    return moment - since


def _completion(candidates: Sequence[Event], selector: Selector, blueprint: Blueprint) -> Event | None:
    """The first event with which enough have happened."""
    for position, event in enumerate(candidates):
        seen = candidates[: position + 1]
        if selector.distinct == "day":
            day = blueprint.batches.local(event.time).date()
            days = {blueprint.batches.local(e.time).date() for e in seen}
            if selector.within_days is not None:
                days = {each for each in days if (day - each).days < selector.within_days}
            enough = len(days) >= selector.times
        else:
            if selector.within is not None:
                seen = [e for e in seen if e.time >= event.time - selector.within]
            if selector.distinct is None:
                enough = len(seen) >= selector.times
            else:
                enough = len({v for e in seen if (v := e.get(selector.distinct)) is not None}) >= selector.times
        if enough:
            return event
    return None


def _came_back(events: Sequence[Event], step: Step, happy: datetime, blueprint: Blueprint) -> Event | None:
    """The first activity in one of the batches after the one of becoming happy."""
    first = blueprint.batches.index(happy) + 1
    for index in range(first, first + RETURN_BATCHES):
        active = _activity(events, step, index, blueprint)
        if active:
            return active[0]
    return None


def _activity(events: Sequence[Event], step: Step, index: int, blueprint: Blueprint) -> list[Event]:
    """The events that make a person active in a batch; none where they are too few."""
    found = [e for e in events if step.matches(e) and blueprint.batches.index(e.time) == index]
    return found if _completion(found, step, blueprint) else []


def _amount(event: Event, step: Step) -> float | None:
    return number_of(event.get(step.amount))


def _with_the_rest(journey: Journey, events: Sequence[Event], acquired: Event | None, blueprint: Blueprint) -> Journey:
    named = [blueprint.channels.of(event) for event in [*([acquired] if acquired else []), *events]]
    channel = next((each for each in named if each is not None), None)
    journey = replace(journey, channel=channel)
    referral, retention = blueprint.steps.referral, blueprint.steps.retention
    if referral and referral.invites:
        journey = replace(journey, invites=sum(referral.invites.matches(e) for e in events))
    if referral and not referral.referrer:
        journey = replace(journey, accepted=sum(referral.matches(e) for e in events))
    if referral and referral.referrer and acquired:
        referrer = acquired.get(referral.referrer)
        journey = replace(journey, referrer=str(referrer) if referrer not in (None, journey.person) else None)
    if retention:
        active = [
            i for i in {blueprint.batches.index(e.time) for e in events} if _activity(events, retention, i, blueprint)
        ]
        journey = replace(journey, last_active=max(active, default=None))
    return _with_money(journey, events, blueprint)


def _with_money(journey: Journey, events: Sequence[Event], blueprint: Blueprint) -> Journey:
    step, rates = blueprint.steps.revenue, blueprint.rates
    if step is None:
        return journey
    paid = refunded = 0.0
    payments = unpriced = 0
    for event in events:
        refund = step.refund is not None and step.refund.matches(event)
        if not (refund or step.matches(event)):
            continue
        amount, worth = _amount(event, step), rates.of(event.currency)
        if amount is not None and worth is None:
            unpriced += 1
        signed = (-abs(amount) if refund else amount) if amount is not None else 0.0
        payments += not refund and (amount is None or amount >= 0)
        paid += signed * (worth or 0.0)
        refunded += max(0.0, -signed) * (worth or 0.0)
    return replace(journey, paid=paid, payments=payments, refunded=refunded, unpriced=unpriced)


def _with_referrals(traced: dict[str, Journey], blueprint: Blueprint) -> dict[str, Journey]:
    """Where the brought person names the one who brought them: the referral step of the latter."""
    step = blueprint.steps.referral
    if step is None or step.referrer is None:
        return traced
    before = blueprint.needs("referral")
    brought: dict[str, list[datetime]] = defaultdict(list)
    for journey in traced.values():
        if journey.referrer is not None and "acquisition" in journey.reached:
            brought[journey.referrer].append(journey.reached["acquisition"])
    for person, times in brought.items():
        if person not in traced:
            continue
        journey = replace(traced[person], accepted=len(times))
        if all(each in journey.reached for each in before):
            entry = max(journey.reached[each] for each in before)
            first = min((time for time in times if time >= entry), default=None)
            if first is not None and _inside(first, entry, step.window):
                journey = replace(journey, reached={**journey.reached, "referral": first})
        traced[person] = journey
    return traced
