"""A report as rows of words: what the faces lay out, so that they cannot disagree on a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from customer_factory.report import numbers as n

STEPS = ("acquisition", "activation", "retention", "revenue", "referral")
SOURCES = {"target": "your target", "goal": "what the goal requires", "best run": "its own best run of cohorts"}

_TRENDS = {"rising": "↗ rising", "falling": "↘ falling", "steady": "→ steady"}
_FROM = {"None": "visitors", "happy": "happy customers"}

Tree = Mapping[str, Any]


def part(tree: Any, *keys: str) -> Any:
    """The value under the keys, or None as soon as one is missing.

    >>> part({"a": {"b": 1}}, "a", "b"), part({"a": None}, "a", "b")
    (1, None)
    """
    for key in keys:
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def rows(tree: Any, *keys: str) -> list[Any]:
    """The list under the keys, empty where there is none."""
    found = part(tree, *keys)
    return list(found) if isinstance(found, (list, tuple)) else []


def table(tree: Any, *keys: str) -> Tree:
    """The mapping under the keys, empty where there is none."""
    found = part(tree, *keys)
    return found if isinstance(found, Mapping) else {}


def humane(code: Any) -> str:
    """A code as words.

    >>> humane("best_channel")
    'best channel'
    """
    return str(code).replace("_", " ").strip() or "not named"


def label(report: Tree, step: str | None) -> str:
    """What the factory calls a step."""
    return str(part(report, "steps", step or "", "label") or (step or "no step").capitalize())


def _source(source: Any) -> str:
    """Where an attainable level comes from, in words.

    >>> _source("target"), _source("best channel friends"), _source(None)
    ('your target', 'its best channel, friends', '')
    """
    said = humane(source) if source else ""
    return SOURCES.get(said, said.replace("best channel ", "its best channel, ", 1))


def present(report: Tree) -> Iterator[tuple[str, Tree]]:
    """The steps of the blueprint, in the order of the flow."""
    for name in STEPS:
        step = part(report, "steps", name)
        if isinstance(step, Mapping):
            yield name, step


def cohort_rates(step: Tree) -> list[tuple[str, float, bool]]:
    """Start, rate and completeness of each cohort; where no rate is known, how many reached the step."""
    cohorts = rows(step, "by_cohort")
    key = "rate" if any(n.known(c.get("rate")) for c in cohorts) else "reached"
    return [(str(c["start"]), float(c[key]), bool(c.get("complete"))) for c in cohorts if n.known(c.get(key))]


@dataclass(frozen=True)
class StepRow:
    """One step in words; `share` holds reached, waiting and lost as fractions of entered, where known."""

    name: str
    label: str
    after: str
    entered: str
    reached: str
    rate: str
    interval: str
    target: str
    waiting: str
    waited: str
    lost: str
    maturity: str
    median: str
    p90: str
    window: str
    capacity: str
    unplaced: str
    share: tuple[float, float, float] | None
    marked: bool
    trend: str


def step_rows(report: Tree) -> list[StepRow]:
    """A row for each step that the blueprint has."""
    marked = constraint_step(report)
    return [_step_row(report, name, step, marked=name == marked) for name, step in present(report)]


def _step_row(report: Tree, name: str, step: Tree, *, marked: bool) -> StepRow:
    entered: float = step["entered"] if n.known(step.get("entered")) else 0
    parts = [value / entered for key in ("reached", "waiting", "lost") if entered and n.known(value := step.get(key))]
    after = step.get("after")
    return StepRow(
        name=name,
        label=label(report, name),
        after=_FROM.get(str(after), label(report, str(after))),
        entered=n.count(step.get("entered")),
        reached=n.count(step.get("reached")),
        rate=n.rate(step.get("rate"), step.get("low"), step.get("high")),
        interval=n.rates(step.get("low"), step.get("high")),
        target=n.rate(step.get("target")),
        waiting=n.count(step.get("waiting")),
        waited=n.days(step.get("waiting_days")),
        lost=n.count(step.get("lost")),
        maturity=n.rate(step.get("maturity")),
        median=n.days(step.get("median_days")),
        p90=n.days(step.get("p90_days")),
        window=n.days(step.get("window_days")),
        capacity=n.level(step.get("capacity")),
        unplaced=n.count(step.get("unplaced")),
        share=(parts[0], parts[1], parts[2]) if len(parts) == 3 else None,
        marked=marked,
        trend=_TRENDS.get(str(part(step, "trend", "direction")), ""),
    )


def constraint_step(report: Tree) -> str | None:
    """The step that is claimed to be the constraint."""
    found = table(report, "constraint")
    return str(found["step"]) if found.get("verdict") == "claimed" and found.get("step") else None


def gain_span(gain: Tree) -> str:
    """The interval of a gain."""
    low, high = gain.get("low"), gain.get("high")
    return f"{n.few(low)}–{n.few(high)}" if n.known(low) and n.known(high) else n.UNKNOWN


@dataclass(frozen=True)
class Evidence:
    """What speaks for one step being the constraint."""

    name: str
    label: str
    probability: float
    chance: str
    now: str
    attainable: str
    source: str
    gain: str
    interval: str
    marked: bool


def evidence(report: Tree) -> list[Evidence]:
    """A row for each step that was judged, the likeliest first."""
    found = table(report, "constraint")
    chances, gains, levels = (table(found, key) for key in ("probability", "gain", "attainable"))
    marked = constraint_step(report)
    names = [name for name in STEPS if name in chances or name in gains or name in levels]
    result = []
    for name in names:
        step, gain, attainable = table(report, "steps", name), table(gains, name), table(levels, name)
        source = attainable.get("source")
        result.append(
            Evidence(
                name=name,
                label=label(report, name),
                probability=float(chances[name]) if n.known(chances.get(name)) else 0.0,
                chance=n.chance(chances.get(name)) if name in gains or name in levels else n.UNKNOWN,
                now=n.rate(step.get("rate"), step.get("low"), step.get("high")),
                attainable=n.rate(attainable.get("level"), step.get("low"), step.get("high")).replace(".0%", "%"),
                source=_source(source),
                gain=n.more(gain.get("centre")),
                interval=gain_span(gain),
                marked=name == marked,
            )
        )
    return sorted(result, key=lambda row: (-row.probability, row.chance == n.UNKNOWN))
