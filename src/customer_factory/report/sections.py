"""What stands in the parts of the page: figures and tables as words, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customer_factory.basics.period import Batches
from customer_factory.report import numbers as n
from customer_factory.report import words
from customer_factory.report.plot import day_key
from customer_factory.report.view import Tree, humane, label, part, present, rows, table

LONGEST_GRID = 26
MOST_CHANNELS = 12


@dataclass(frozen=True)
class Figure:
    """One number with what it is, and how it is to be read."""

    value: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Signal:
    """A batch outside what is natural, numbered as in the chart."""

    number: int
    day: str
    value: str
    rule: str


def signals(report: Tree) -> list[Signal]:
    """The signals of throughput."""
    happy = {day_key(b.get("start")): b.get("happy") for b in rows(report, "throughput", "batches")}
    return [
        Signal(
            i,
            n.day(s.get("start")),
            n.count(happy.get(day_key(s.get("start")))),
            humane(s.get("rule") or "signal").replace("batches", f"{words.period(report)}s"),
        )
        for i, s in enumerate(rows(report, "throughput", "signals"), start=1)
    ]


@dataclass(frozen=True)
class Cell:
    """A cell of the retention grid: per cent, heat from 0 to 9, the counts, and whether its batch is unfinished."""

    value: str
    heat: int
    counts: str
    open: bool


@dataclass(frozen=True)
class GridRow:
    """A cohort of the retention grid."""

    day: str
    size: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """The retention grid, its latest cohorts."""

    ages: tuple[int, ...]
    rows: tuple[GridRow, ...]
    hidden: int
    open: bool


def grid(report: Tree) -> Grid | None:
    """The share of each cohort that was active at each age."""
    cohorts = [c for c in rows(report, "retention", "cohorts") if rows(c, "active")]
    shown = cohorts[-LONGEST_GRID:]
    if not shown:
        return None
    ages = min(LONGEST_GRID, max(len(rows(c, "active")) for c in shown))
    later = [
        active / c["size"] for c in shown if c.get("size") for active in rows(c, "active")[1:ages] if n.known(active)
    ]
    top = max(later, default=0) or 1.0
    years = len({str(c.get("start"))[:4] for c in shown}) > 1
    made = tuple(
        GridRow(
            n.batch(c.get("start"), str(report.get("batch")), year=years),
            n.count(c.get("size")),
            tuple(_cell(report, c, age, active, top) for age, active in enumerate(rows(c, "active")[:ages])),
        )
        for c in shown
    )
    unfinished = any(cell.open for row in made for cell in row.cells)
    return Grid(tuple(range(ages)), made, len(cohorts) - len(shown), unfinished)


def _cell(report: Tree, cohort: Tree, age: int, active: Any, top: float) -> Cell:
    """Heat is measured against the best later cell, and by the root, so that small shares differ too."""
    size = cohort.get("size")
    if not n.known(active) or not n.known(size) or not size:
        return Cell(n.UNKNOWN, 0, "", open=False)
    share = active / size
    heat = min(9, int(9.99 * (share / top) ** 0.5))
    counts = f"{n.count(active)} of {n.count(size)}"
    return Cell(f"{100 * share:.0f}", heat, counts, unfinished(report, cohort.get("start"), age))


def unfinished(report: Tree, start: str | None, age: int) -> bool:
    """Whether the batch so many batches after the start had not ended when the report was made."""
    now, unit = report.get("on"), report.get("batch")
    if not now or not start or unit not in {"day", "week", "month"}:
        return False
    calendar = Batches(unit)
    return calendar.start(calendar.index_of_day(n.on(start)) + age + 1) > n.on(str(now))


def money_figures(report: Tree) -> list[Figure]:
    """Revenue in a few numbers."""
    revenue, currency = table(report, "revenue"), report.get("currency")
    if not n.known(revenue.get("total")) and not n.known(revenue.get("paying")):
        return []
    found = [
        Figure(n.money(revenue.get("total"), currency), "revenue in all"),
        Figure(n.count(revenue.get("paying")), "paying customers"),
        Figure(n.money(revenue.get("per_customer"), currency), "per paying customer"),
    ]
    extra = (("refunds", "refunded"), ("unattributed", "not attributed", "paid by people not known here"))
    found += [Figure(n.money(revenue[key], currency), *said) for key, *said in extra if revenue.get(key)]
    return found


def economy_figures(report: Tree) -> list[Figure]:
    """Cost against worth, for the whole factory."""
    found, currency = table(report, "economics"), report.get("currency")
    worths = [
        Figure(n.money(found.get("spend"), currency), "spend"),
        Figure(n.money(found.get("cost_per_lead"), currency), "per lead", "cost per person acquired"),
        Figure(n.money(found.get("cac"), currency), "CAC", "cost per paying customer"),
        Figure(n.money(found.get("cltv_revenue"), currency), "lifetime revenue", "per customer"),
        Figure(n.money(found.get("cltv_margin"), currency), "lifetime margin", "per customer"),
        Figure(n.ratio(found.get("ltv_to_cac")), "LTV : CAC", _worth(found.get("ltv_to_cac"))),
        Figure(payback(report, found.get("payback_batches")), "payback"),
    ]
    return worths if any(figure.value != n.UNKNOWN for figure in worths) else []


def _worth(ratio: float | None) -> str:
    if not n.known(ratio):
        return ""
    return (
        "a customer brings less than they cost"
        if ratio < 1
        else "below 3, the usual bar"
        if ratio < 3
        else "above 3, the usual bar"
    )


def payback(report: Tree, batches: float | None) -> str:
    """A payback time in batches."""
    if not n.known(batches):
        return n.UNKNOWN
    said = n.level(batches)
    return f"{said} {words.period(report)}{'' if said == '1' else 's'}"


def referral_figures(report: Tree) -> list[Figure]:
    """How customers bring customers."""
    found = table(report, "referral")
    k = found.get("k")
    note = f"ten customers bring {n.level(10 * k)} more" if n.known(k) else ""
    figures = [
        Figure(n.count(found.get("invites")), "invites"),
        Figure(n.count(found.get("accepted")), "accepted"),
        Figure(n.ratio(k), "K", note),
        Figure(n.ratio(found.get("per_referrer")), "per referrer", "people brought by each who brought any"),
        Figure(n.days(found.get("cycle_days")), "cycle", "from joining to bringing someone"),
    ]
    return [figure for figure in figures if figure.value != n.UNKNOWN]


def data_figures(report: Tree) -> list[Figure]:
    """What was read, and what of it counts."""
    events = table(report, "events")
    return [
        Figure(n.count(events.get("read")), "events read"),
        Figure(n.count(events.get("accepted")), "accepted"),
        Figure(n.count(events.get("rejected")), "rejected"),
        Figure(n.count(events.get("duplicates")), "duplicates", "counted once"),
        Figure(n.count(report.get("people")), "people"),
    ]


def reasons(report: Tree) -> list[tuple[str, str, str]]:
    """Why rows were rejected and amounts set aside: words, number, what became of it; the most frequent first."""
    from customer_factory.events.reasons import REASONS

    found = [
        (code, amount, done)
        for keys, done in ((("events", "reasons"), "rejected"), (("revenue", "set_aside"), "amounts set aside"))
        for code, amount in table(report, *keys).items()
        if amount
    ]
    found.sort(key=lambda row: -row[1] if n.known(row[1]) else 0)
    return [(REASONS.get(code, humane(code)), n.count(amount), done) for code, amount, done in found]


@dataclass(frozen=True)
class Channel:
    """One channel: its rate at each step (rate, interval), and its costs."""

    name: str
    rates: tuple[tuple[str, str], ...]
    costs: tuple[str, ...]
    losing: bool


@dataclass(frozen=True)
class Channels:
    """The channels that bring most people."""

    steps: tuple[str, ...]
    rows: tuple[Channel, ...]
    hidden: int
    costed: bool


def channels(report: Tree) -> Channels | None:
    """The channels, those with the most leads first."""
    costs = table(report, "economics", "by_channel")
    steps = [(name, table(step, "by_channel")) for name, step in present(report) if table(step, "by_channel")]
    names = list(dict.fromkeys([*costs, *(channel for _, found in steps for channel in found)]))
    if not names:
        return None

    def leads(channel: str) -> float:
        first = next((found[channel].get("reached") for _, found in steps if channel in found), None)
        known = part(costs, channel, "leads")
        return float(known if n.known(known) else first if n.known(first) else 0)

    names.sort(key=lambda channel: (-leads(channel), channel))
    made = tuple(_channel(report, name, costs, steps) for name in names[:MOST_CHANNELS])
    costed = any(value != n.UNKNOWN for channel in made for value in channel.costs)
    return Channels(tuple(label(report, name) for name, _ in steps), made, max(0, len(names) - MOST_CHANNELS), costed)


def _channel(report: Tree, name: str, costs: Tree, steps: list[tuple[str, Tree]]) -> Channel:
    found, currency = table(costs, name), report.get("currency")
    rates = []
    for _, by_channel in steps:
        at = table(by_channel, name)
        low, high = at.get("low"), at.get("high")
        rates.append((n.rate(at.get("rate"), low, high), n.rates(low, high)))
    ratio = found.get("ltv_to_cac")
    losing = n.known(ratio) and ratio < 1
    values = (
        n.count(found.get("leads")),
        n.count(found.get("happy")),
        n.count(found.get("customers")),
        n.money(found.get("spend"), currency),
        n.money(found.get("cost_per_lead"), currency),
        n.money(found.get("cac"), currency),
        n.money(found.get("revenue"), currency),
        f"{n.ratio(ratio)}{' ▼' if losing else ''}",
        payback(report, found.get("payback_batches")),
    )
    return Channel(name or "not known", tuple(rates), values, losing)
