"""Alarms about the data: what fell silent, what is recorded more than once, what is set aside more than before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from customer_factory.basics.period import EPOCH
from customer_factory.judgement.alarm import Alarm, Kind, number, percent
from customer_factory.judgement.anomalies import CHANCE, FAMILY, MANIFOLD, Silence, jump, silence, stopped
from customer_factory.measures.deliveries import Delivered, by_source
from customer_factory.measures.grouped import Columns, by_index, groups, some
from customer_factory.measures.happenings import CHANNEL, EVENT, SOURCE
from customer_factory.statistics.checks import Floats
from customer_factory.statistics.surprise import LEAST, chance_of_as_many

KIND: dict[str, Kind] = {EVENT: "stopped", CHANNEL: "vanished", SOURCE: "late"}
WORDS = {
    "stopped": "'{name}' has not happened since {since}",
    "vanished": "Nobody has come through '{name}' since {since}",
    "late": "'{name}' has brought nothing since {since}",
}


@dataclass(frozen=True)
class Series:
    """Daily counts of one name, from ``first`` (days since 1970-01-01) to the last complete day."""

    kind: str
    name: str
    first: int
    counts: Floats
    again: Floats


def series_of(rows: Columns, deliveries: Sequence[Delivered], last: int) -> list[Series]:
    """The daily counts of every event, channel and source, up to the last complete day."""
    known = some(rows, rows["day"] <= last)
    if not len(known["day"]):
        return []
    first = int(known["day"].min())
    found = []
    for kind in (EVENT, CHANNEL):
        of_kind = some(known, known["kind"] == kind)
        found += [
            _series(kind, name, some(of_kind, mine), first, last) for name, mine in groups(of_kind["name"]).items()
        ]
    loads = some(known, known["kind"] == SOURCE)
    for source in by_source(deliveries):
        mine = np.isin(loads["name"], [str(each.load) for each in source])
        if mine.any():
            found.append(_series(SOURCE, source[-1].name, some(loads, mine), first, last))
    return found


def _series(kind: str, name: str, rows: Columns, first: int, last: int) -> Series:
    days = range(first, last + 1)
    return Series(kind, name, first, by_index(rows["day"], rows["n"], days), by_index(rows["day"], rows["again"], days))


def silent(series: Sequence[Series]) -> list[Alarm]:
    """Alarms about what fell silent; an event or channel that stopped with its source is told of with the source."""
    found: dict[str, list[tuple[Series, Silence]]] = {}
    for kind in KIND:
        mine = {each.name: each for each in series if each.kind == kind}
        quiet = stopped({name: each.counts.astype(int).tolist() for name, each in mine.items()}, len(series))
        found[kind] = [(mine[name], its) for name, its in quiet.items()]
    alarms = []
    told: set[tuple[str, str]] = set()
    for source, its in found[SOURCE]:
        others = [each for kind in (EVENT, CHANNEL) for each, at in found[kind] if _with(each, at, its, len(series))]
        told |= {(each.kind, each.name) for each in others}
        alarms.append(_silent(source, its, [each.name for each in others]))
    rest = [(each, at) for kind in (EVENT, CHANNEL) for each, at in found[kind] if (each.kind, each.name) not in told]
    return alarms + [_silent(each, at, []) for each, at in rest]


def _with(series: Series, its: Silence, source: Silence, together: int) -> bool:
    """Whether a series fell silent with a source: not before it, as far as could be seen on the source's last day."""
    if its.days < source.days:
        return False
    until = len(series.counts) - source.days
    return silence(series.counts[:until], together) is None


def _silent(series: Series, its: Silence, others: list[str]) -> Alarm:
    since = EPOCH + timedelta(days=series.first + len(series.counts) - its.days)
    days = f"{its.days} days" if its.days > 1 else "1 day"
    text = (
        f"{WORDS[KIND[series.kind]].format(name=series.name, since=f'{since:%-d %B %Y}')}: {number(its.expected)} "
        f"would be expected in {days}, and by chance they stay away less than once in a thousand times."
    )
    if others:
        text += f" With it stopped: {', '.join(others)}."
    evidence = {"days": its.days, "expected": its.expected, "chance": its.chance, "before": its.before}
    return Alarm(KIND[series.kind], series.name, since, text, evidence, rows=its.before)


def repeating(series: Sequence[Series]) -> list[Alarm]:
    """Alarms about events that are recorded more than once, more often than before."""
    found = []
    events = [each for each in series if each.kind == EVENT]
    for each in events:
        its = jump(each.again, each.counts, len(series))
        if its is None:
            continue
        since = EPOCH + timedelta(days=each.first + its.since)
        text = (
            f"Since {since:%-d %B %Y}, {percent(its.part / its.of)} of '{each.name}' repeat another of the same person "
            f"and moment; before it were {percent(its.share)}. Is it recorded twice?"
        )
        evidence = {"repeats": its.part, "events": its.of, "share_before": its.share, "chance": its.chance}
        found.append(Alarm("repeated", each.name, since, text, evidence, rows=its.part))
    return found


def set_aside(deliveries: Sequence[Delivered], first_day: dict[int, int]) -> list[Alarm]:
    """Alarms about deliveries of which more rows were set aside than of those before them.

    What comes from one place again is the same file, grown: only its newest state counts. So it takes files that are
    delivered piece by piece, six of them before the newest.

    Args:
        deliveries: What was read.
        first_day: The day of the first event that each load brought, where it brought any.
    """
    found = []
    sources = by_source(list({each.origin: each for each in deliveries}.values()))
    for source in sources:
        *before, newest = sorted(source, key=lambda each: each.load)
        usable = [each for each in before if each.read]
        if len(usable) < LEAST or not newest.read:
            continue
        rejected, read = [each.rejected for each in usable], [each.read for each in usable]
        share = (sum(rejected) + 0.5) / (sum(read) + 1)
        if newest.rejected < MANIFOLD * share * newest.read:
            continue
        chance = chance_of_as_many(newest.rejected, newest.read, rejected, read)
        if chance >= min(CHANCE, FAMILY / len(sources)):
            continue
        day = first_day.get(newest.load)
        text = (
            f"Of the {newest.read:,} rows of '{newest.name}', {newest.rejected:,} were set aside "
            f"({percent(newest.rejected / newest.read)}); of the {len(usable)} files before it, {percent(share)}. "
            "rejects.csv holds them, with the reason."
        )
        evidence = {"rejected": newest.rejected, "read": newest.read, "share_before": share, "chance": chance}
        since = None if day is None else EPOCH + timedelta(days=day)
        found.append(Alarm("rejected", newest.name, since, text, evidence, rows=newest.rejected))
    return found
