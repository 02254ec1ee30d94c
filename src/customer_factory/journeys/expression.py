"""The trace as one Ibis expression: everybody's journey in a single query, on any engine.

It says step by step what ``trace`` says person by person; property-based tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customer_factory.blueprint.blueprint import STEPS, Blueprint, Step, StepName
from customer_factory.events.selector import field
from customer_factory.journeys.calendar import batch_index, last_of, midnight, plus
from customer_factory.journeys.completion import completion, first_rows
from customer_factory.journeys.journey import RETURN_BATCHES, before, spent
from customer_factory.journeys.log import Log
from customer_factory.journeys.money import is_payment, money

Keep = Callable[[str, Any], Any]
"""Given a name and a table that is needed several times, an engine may make it once and give it back."""


def acquired(log: Log, blueprint: Blueprint) -> Any:
    """Who came in: person, time and id of the acquisition, with the channel and the referrer that it names."""
    return _reached("acquisition", log, blueprint, {}, None)


def journeys(log: Log, blueprint: Blueprint, acquired: Any, activity: Any, keep: Keep = lambda _, table: table) -> Any:
    """Everybody's journey.

    Args:
        log: The events.
        blueprint: What counts.
        acquired: The table of ``acquired``, as an expression or already made.
        activity: The table of ``journeys.activity``, as an expression or already made.
        keep: How an engine keeps what each step's completion is; without it, everything is one query.

    Returns:
        A row per person: person, channel, visited_at, {step}_at, happy_at, paid, payments, refunded, unpriced,
        invites, accepted, referrer (a name), last_active. Where the brought person names the one who brought
        them, the referral step is added by ``journeys.referrals``.
    """
    reached: dict[StepName, Any] = {"acquisition": acquired}
    for name in blueprint.order:
        if name != "acquisition" and (name != "referral" or blueprint.declared[name].referrer is None):
            reached[name] = keep(name, _reached(name, log, blueprint, reached, activity))
    table = log.events.select("person").distinct() if log.everybody is None else log.everybody
    for name, found in reached.items():
        table = _attach(table, found.select("person", **{f"{name}_at": "time"}), [f"{name}_at"])
    visited = _visits(log, blueprint)
    if visited is not None:
        table = _attach(table, visited.select("person", visited_at="time"), ["visited_at"])
    table = _with_happy(table, blueprint)
    extras = [
        _channel(log, blueprint, acquired),
        activity.group_by("person").agg(last_active=activity.batch.max()),
        *_extras(log, blueprint, acquired),
    ]
    for found in extras:
        table = _attach(table, found, [name for name in found.columns if name != "person"])
    return _complete(table)


def _attach(table: Any, found: Any, columns: list[str]) -> Any:
    return table.left_join(found, "person").select(table, *[found[name] for name in columns])


def _visits(log: Log, blueprint: Blueprint) -> Any | None:
    visitors = blueprint.visitors
    if visitors is None or visitors.counted:
        return None
    events = log.events.filter(visitors.expression(log.events))
    return events.group_by("person").agg(time=events.time.min())


def _reached(name: StepName, log: Log, blueprint: Blueprint, reached: dict[StepName, Any], activity: Any) -> Any:
    """The event that completed a step, for each person who reached it."""
    step = blueprint.declared[name]
    needed = blueprint.needs(name)
    entry = _entry(name, reached, blueprint) if needed else None
    if entry is not None:
        entry = entry.mutate(entry_day=midnight(entry.entry_time, log.offsets))
    if name == "retention" and step.window is None and entry is not None:
        return _came_back(log, step, blueprint, entry, activity)
    carried = _carried(name, log, blueprint)
    candidates = log.events.filter(step.expression(log.events))
    if name == "revenue":
        candidates = candidates.filter(is_payment(candidates, step))
    if step.distinct not in {None, "day"}:
        carried["unit"] = lambda table: field(table, step.distinct)
    candidates = candidates.select("person", "time", "id", **{k: v(candidates) for k, v in carried.items()})
    carried.pop("unit", None)
    visited = _visits(log, blueprint) if name == "acquisition" and step.window is not None else None
    if entry is not None:
        candidates = candidates.inner_join(entry, "person")
        # Of an event at the first instant of a day only the date is known: it is not before an entry on that day.
        candidates = candidates.filter(
            (candidates.time >= candidates.entry_time) | (candidates.time == candidates.entry_day)
        )
        for each in spent(name, blueprint):
            candidates = candidates.filter(candidates.id != candidates[f"{each}_id"])
    found = completion(candidates, step, log.offsets)
    if visited is not None:
        found = found.left_join(visited, "person").select(found, entry_time=visited.time)
    if step.window is not None and "entry_time" in found.columns:
        inside = found.time <= plus(found.entry_time, step.window)
        found = found.filter(inside | found.entry_time.isnull())
    if entry is not None:
        found = found.mutate(time=(found.time < found.entry_time).ifelse(found.entry_time, found.time))
    return found.select("person", "time", "id", *carried, *_handed_on(name, blueprint))


def _carried(name: StepName, log: Log, blueprint: Blueprint) -> dict[str, Any]:
    """What else of the completing event is needed: the acquisition's channel and referrer."""
    if name != "acquisition":
        return {}
    carried = {"channel": lambda table: channel_of(table, log, blueprint)}
    referral = blueprint.steps.referral
    if referral is not None and referral.referrer is not None:
        column = referral.referrer
        carried["referrer"] = lambda table: field(table, column).cast("string")
    return carried


def _handed_on(name: StepName, blueprint: Blueprint) -> list[str]:
    """The ids of the events that completed the steps before, as far as a later step could take one of them again."""
    later = [each for each in blueprint.declared if name in before(each, blueprint)]
    taken = {step for each in later for step in spent(each, blueprint)}
    return [f"{step}_id" for step in before(name, blueprint) if step in taken]


def _entry(name: StepName, reached: dict[StepName, Any], blueprint: Blueprint) -> Any:
    """When the last of the steps before was reached, and the ids of the events that must not be taken again."""
    import ibis

    first: Any = None
    for each in blueprint.needs(name):
        table = reached[each]
        ids = [column for column in table.columns if column.endswith("_id")]
        other = table.select("person", *ids, entry_time="time", **{f"{each}_id": "id"})
        if first is None:
            first = other
            continue
        both = first.inner_join(other, "person")
        old = [first[column] for column in first.columns if column != "entry_time"]
        new = [other[column] for column in other.columns if column not in first.columns]
        first = both.select(*old, *new, entry_time=ibis.greatest(first.entry_time, other.entry_time))
    wanted = {f"{each}_id" for each in spent(name, blueprint)} | set(_handed_on(name, blueprint))
    return first.select("person", "entry_time", *[column for column in first.columns if column in wanted])


def _came_back(log: Log, step: Step, blueprint: Blueprint, entry: Any, activity: Any) -> Any:
    """The first activity in one of the batches after the one of entry."""
    entry = entry.mutate(entry_batch=batch_index(entry.entry_time, blueprint.batches, log.offsets))
    pairs = activity.inner_join(entry, "person")
    later = pairs.batch - pairs.entry_batch
    found = pairs.filter((later >= 1) & (later <= RETURN_BATCHES))
    back = found.group_by("person", *_handed_on("retention", blueprint)).agg(time=found.first_time.min())
    if not any("retention" in blueprint.needs(name) for name in blueprint.declared):
        return back.mutate(id=back.time.epoch_seconds() * 0)
    events = log.events.filter(step.expression(log.events)).select("person", "time", "id")
    return completion(events.inner_join(back, ["person", "time"]), step.selector.model_copy(update={"times": 1}), [])


def channel_of(table: Any, log: Log, blueprint: Blueprint) -> Any:
    """The channel that each event names; only clues that occur at all are looked for."""
    return blueprint.channels.expression(table, log.has)


def _channel(log: Log, blueprint: Blueprint, acquired: Any) -> Any:
    """What the acquisition event names; for everybody else the earliest event that names one."""
    by_acquisition = acquired.filter(acquired.channel.notnull()).select("person", "channel")
    events = log.events.select("person", "time", "id", channel=channel_of(log.events, log, blueprint))
    others = events.filter(events.channel.notnull()).anti_join(by_acquisition, "person")
    return by_acquisition.union(first_rows(others, ["person"]).select("person", "channel"))


def _with_happy(table: Any, blueprint: Blueprint) -> Any:
    return table.mutate(happy_at=last_of([table[f"{name}_at"] for name in blueprint.factory.happy]))


def _extras(log: Log, blueprint: Blueprint, acquired: Any) -> list[Any]:
    """Money, invitations and who brought whom."""
    found = []
    referral = blueprint.steps.referral
    if blueprint.steps.revenue is not None:
        found.append(money(log, blueprint))
    if referral is not None and referral.invites is not None:
        events = log.events.filter(referral.invites.expression(log.events))
        found.append(events.group_by("person").agg(invites=events.count()))
    if referral is not None and referral.referrer is None:
        events = log.events.filter(referral.expression(log.events))
        found.append(events.group_by("person").agg(accepted=events.count()))
    if referral is not None and referral.referrer is not None:
        found.append(acquired.filter(acquired.referrer.notnull()).select("person", "referrer"))
    return found


_DEFAULTS = {"paid": 0.0, "payments": 0, "refunded": 0.0, "unpriced": 0, "invites": 0, "accepted": 0}
_TYPES = {"paid": "float64", "refunded": "float64"}


def _complete(table: Any) -> Any:
    """Every journey has every column, whatever the blueprint declares."""
    import ibis

    absent = {f"{name}_at": ibis.null("timestamp(6)") for name in STEPS}
    absent |= {"visited_at": ibis.null("timestamp(6)"), "referrer": ibis.null("string")}
    filled = {
        name: (table[name].fill_null(value) if name in table.columns else ibis.literal(value)).cast(
            _TYPES.get(name, "int64")
        )
        for name, value in _DEFAULTS.items()
    }
    return table.mutate(**{k: v for k, v in absent.items() if k not in table.columns}, **filled)
