"""What lies ahead, in words: the forecast, the goal with its roadmap, and the stage with its gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customer_factory.report import numbers as n
from customer_factory.report.view import Tree, label, part, rows, table

_MARKS = {"pass": ("●", "passed"), "fail": ("○", "not passed"), "unknown": ("–", "not known")}
MOST_MONTHS = 12
"""Months of the roadmap shown one by one; behind them every sixth."""


@dataclass(frozen=True)
class Coming:
    """One coming batch: each number with its interval."""

    day: str
    happy: str
    happy_between: str
    active: str
    active_between: str
    revenue: str
    revenue_between: str


def coming(report: Tree) -> list[Coming]:
    """The batches of the forecast."""
    unit, currency = str(report.get("batch") or "week"), report.get("currency")
    return [
        Coming(
            n.batch(batch.get("start"), unit) + (" (running)" if batch.get("running") else ""),
            n.few(part(batch, "happy", "centre")),
            n.levels(part(batch, "happy", "low"), part(batch, "happy", "high")),
            n.few(part(batch, "active", "centre")),
            n.levels(part(batch, "active", "low"), part(batch, "active", "high")),
            n.short(part(batch, "revenue", "centre"), currency),
            _amounts(part(batch, "revenue", "low"), part(batch, "revenue", "high"), currency),
        )
        for batch in rows(report, "forecast", "batches")
    ]


def _amounts(low: Any, high: Any, currency: Any) -> str:
    return f"{n.short(low, currency)}–{n.short(high)}" if n.known(low) and n.known(high) else n.UNKNOWN


def expected(report: Tree) -> str:
    """The next and the last batch of the forecast in a sentence; why there is none, where there is none."""
    batches = [batch for batch in rows(report, "forecast", "batches") if not batch.get("running")]
    if not batches:
        return " ".join(forecast_words(report))
    unit = str(report.get("batch") or "week")

    def told(batch: Tree) -> str:
        happy = table(batch, "happy")
        number, between = n.few(happy.get("centre")), n.levels(happy.get("low"), happy.get("high"))
        return f"{number} ({between}) in the {unit} of {n.day(batch.get('start'))}"

    said = " and ".join(told(batch) for batch in {id(batch): batch for batch in (batches[0], batches[-1])}.values())
    kind = part(report, "throughput", "unit") or "happy customers"
    return " ".join([f"Forecast, if nothing changes: {said}, {kind}.", *forecast_words(report)[1:]])


def where(report: Tree) -> list[str]:
    """What the latest changes did, the stage and the goal, in a sentence each."""
    found = [f"{each.day}, {each.what}: {each.verdict.lower()}. {each.reason}" for each in done(report)[:3]]
    found.append(part(report, "stage", "reason"))
    if part(report, "stage", "stage"):
        found.append(part(report, "roadmap", "reason"))
    return [str(said) for said in found if said]


def forecast_words(report: Tree) -> list[str]:
    """How far the forecast can be trusted, or why there is none."""
    found = table(report, "forecast")
    if not rows(found, "batches"):
        return [str(said) for said in (found.get("reason"), found.get("would_decide")) if said]
    said = [f"Of ten futures, {10 * (found.get('level') or 0.8):.0f} stay inside the band."]
    held, tried = part(found, "backtest", "happy", "inside"), part(found, "backtest", "happy", "of")
    if n.known(held) and n.known(tried) and tried:
        said.append(f"Forecast from its own past, {n.count(held)} of {n.count(tried)} batches came out inside.")
    return said


@dataclass(frozen=True)
class Done:
    """Something that the team did, and what came of it."""

    day: str
    what: str
    step: str
    verdict: str
    effect: str
    between: str
    reason: str


def done(report: Tree) -> list[Done]:
    """The logged changes, newest first."""
    return [
        Done(
            n.day(change.get("date")),
            str(change.get("what")),
            label(report, change.get("step")),
            str(change.get("verdict")).capitalize(),
            _percent(change.get("effect")),
            f"{_percent(change.get('low'))} to {_percent(change.get('high'))}" if n.known(change.get("low")) else "",
            str(change.get("reason")),
        )
        for change in reversed(rows(report, "changes", "changes"))
    ]


def _percent(share: Any) -> str:
    """An effect in per cent with its sign.

    >>> _percent(0.214), _percent(-0.03), _percent(None)
    ('+21%', '−3%', '–')
    """
    return f"{100 * share:+.0f}%".replace("-", "−") if n.known(share) else n.UNKNOWN


@dataclass(frozen=True)
class Gate:
    """A condition for leaving a stage."""

    name: str
    mark: str
    verdict: str
    evidence: str


@dataclass(frozen=True)
class StageWords:
    """A stage: what it needs, and its gates."""

    name: str
    now: bool
    needs: str
    gates: tuple[Gate, ...]


def stages(report: Tree) -> list[StageWords]:
    """The three stages."""
    now = part(report, "stage", "stage")
    found = []
    for stage in rows(report, "stage", "stages"):
        needs = n.level(stage.get("throughput"))
        by = f" by {n.day(stage.get('by'))}" if stage.get("by") else ""
        gates = tuple(
            Gate(str(gate.get("name")).capitalize(), *_MARKS[str(gate.get("verdict"))], str(gate.get("evidence")))
            for gate in rows(stage, "gates")
        )
        said = f"{needs} happy customers a {report.get('batch')}{by}" if needs != n.UNKNOWN else ""
        found.append(StageWords(str(stage.get("name")).capitalize(), stage.get("name") == now, said, gates))
    return found


def months(report: Tree) -> list[list[str]]:
    """The roadmap from the present month on: day, active, new, happy, leads and visitors."""
    found = table(report, "roadmap")
    now = found.get("month") or 0
    ahead = [row for row in rows(found, "months") if row.get("month", 0) >= now]
    chosen = [row for place, row in enumerate(ahead) if place < MOST_MONTHS or row["month"] % 6 == 0]
    keys = ("active", "new", "happy", "leads", "visitors")
    return [[n.day(row.get("on")), *(n.level(row.get(key)) for key in keys)] for row in chosen]
