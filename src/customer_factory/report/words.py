"""The sentences that every face says: the headline, the verdict, what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from customer_factory.report import numbers as n
from customer_factory.report.view import (
    STEPS,
    Tree,
    constraint_step,
    evidence,
    gain_span,
    label,
    part,
    present,
    rows,
    table,
)

_STATES = {
    "yes": ("●", "Repeatable"),
    "provisional": ("◐", "Repeatable so far"),
    "no": ("○", "Not repeatable yet"),
}


def period(report: Tree) -> str:
    """The batch in words: day, week or month."""
    return str(report.get("batch") or "batch")


def several(amount: int, noun: str) -> str:
    """A number with its noun.

    >>> several(1, "week"), several(12, "week")
    ('1 week', '12 weeks')
    """
    return f"{n.count(amount)} {noun}{'' if amount == 1 else 's'}"


def enumerate_words(words: list[str], last: str = "and") -> str:
    """A list in prose.

    >>> enumerate_words(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


@dataclass(frozen=True)
class Headline:
    """Throughput in words; `mark` is the sign for repeatable, provisional or not."""

    number: str
    unit: str
    limits: str
    mark: str
    state: str
    reason: str


def headline(report: Tree) -> Headline:
    """Throughput, its limits, and whether it is repeatable."""
    found = table(report, "throughput")
    mark, state = _STATES.get(str(found.get("repeatable")), ("○", "Repeatability not judged"))
    limits = n.levels(found.get("lower"), found.get("upper"))
    known = n.known(found.get("centre"))
    return Headline(
        number=n.level(found.get("centre")),
        unit=f"{unit(report)} a {period(report)}",
        limits=f"natural limits {limits}" if limits != n.UNKNOWN else "limits not known yet",
        mark=mark,
        state=state,
        reason=str(found.get("reason") or ("" if known else f"No complete {period(report)} yet.")),
    )


def unit(report: Tree) -> str:
    """What throughput counts."""
    return str(part(report, "throughput", "unit") or "happy customers")


def counted(report: Tree) -> str:
    """What a point of the throughput chart is."""
    return "Transactions" if unit(report) == "transactions" else "People first reaching happy"


def name(report: Tree) -> str:
    """The factory's name."""
    return str(report.get("factory") or "Customer factory")


def as_of(report: Tree) -> str:
    """The date of the report."""
    return f"as of {n.day(report.get('on'))}"


def happy_means(report: Tree) -> str:
    """What makes a customer happy here."""
    steps = [label(report, str(step)) for step in rows(report, "happy")]
    return f"Happy: reached {enumerate_words(steps)}" if steps else "Happy: not declared"


def outcome(report: Tree) -> str | None:
    """The desired outcome, quoted."""
    found = report.get("outcome")
    return f"“{str(found).strip()}”" if found else None


def measured(report: Tree) -> str:
    """The span of time that the throughput rests on.

    Young batches are drawn, and are not part of the mean.
    """
    batches = rows(report, "throughput", "batches")
    complete = [b for b in batches if b.get("complete")]
    if not complete:
        return f"No complete {period(report)} yet."
    over = several(len(complete), f"complete {period(report)}")
    return f"{over}, {n.day(complete[0]['start'])} to {n.day(complete[-1]['start'])}."


@dataclass(frozen=True)
class Verdict:
    """The constraint in words: the step (or "Undecided"), its badge, the reasoning, and what would decide it."""

    title: str
    claimed: bool
    badge: str
    sentences: tuple[str, ...]
    would_decide: str | None


def in_service(report: Tree) -> str:
    """What a gain counts: happy customers kept, paying ones where revenue is a step."""
    horizon = part(report, "constraint", "horizon")
    when = f"{several(int(horizon), period(report))} from now" if n.known(horizon) else "at the end of the horizon"
    who = "paying" if part(report, "steps", "revenue") else "happy"
    return f"{who} customers in service {when}"


def verdict(report: Tree) -> Verdict:
    """The constraint and its reasoning, or why it is undecided.

    The reason is the judgement's own, put in this factory's names; where it gives none, it is told from the numbers.
    """
    found = table(report, "constraint")
    step = constraint_step(report)
    reason = _sentences(report, found.get("reason"))
    decide = " ".join(_sentences(report, found.get("would_decide"))) or None
    if step is None:
        title = "Undecided" if found else "Not judged"
        return Verdict(title, False, "Undecided", (*reason, *_leading(report)), decide)
    row = next((row for row in evidence(report) if row.name == step), None)
    chance = row.chance if row and row.chance != n.UNKNOWN else ""
    told = reason or [sentence for sentence in (_kind(report, step), *_gain(report, step)) if sentence]
    return Verdict(
        title=label(report, step),
        claimed=True,
        badge=f"Constraint · {chance}" if chance else "Constraint",
        sentences=(*told, *_naive(report, step)),
        would_decide=decide,
    )


def _sentences(report: Tree, said: object) -> list[str]:
    """What a judgement said, sentence by sentence, with this factory's names of the steps and per cent as elsewhere."""
    text = re.sub(r"(?<=\d) %", "%", str(said or "").strip())
    for step, found in present(report):
        named = label(report, step)
        if found.get("label") and named.lower() != step:
            text = re.sub(rf"\b{step}\b", lambda _, to=named: to, text, flags=re.IGNORECASE)  # type: ignore[misc]
    return re.split(r"(?<=[.!?]) (?=[^\W\d_])(?=\S*[A-ZÀ-Þ])", text) if text else []


def _leading(report: Tree) -> list[str]:
    likely = [row for row in evidence(report) if row.probability >= 0.1][:2]
    if not likely:
        return []
    return [f"Likeliest so far: {enumerate_words([f'{row.label} ({row.chance})' for row in likely])}."]


def _kind(report: Tree, step: str) -> str:
    found = table(report, "steps", step)
    row = next((row for row in evidence(report) if row.name == step), None)
    if part(report, "constraint", "kind") == "capacity":
        serves = found.get("capacity")
        room = f"it serves {n.level(serves)} people a {period(report)}" if n.known(serves) else "it is at its capacity"
        queue = f", and {n.count(found.get('waiting'))} are waiting" if n.known(found.get("waiting")) else ""
        return f"It is full: {room}{queue}. More people in front of it would only wait longer; more room would help."
    if row is None or row.now == n.UNKNOWN:
        return ""
    goal = f"; {row.attainable} is attainable" if row.attainable != n.UNKNOWN else ""
    source = f" ({row.source})" if goal and row.source else ""
    return f"It loses people: {row.now} of those who enter reach it{goal}{source}."


def _gain(report: Tree, step: str) -> list[str]:
    gain = table(report, "constraint", "gain", step)
    if not n.known(gain.get("centre")):
        return []
    between = gain_span(gain)
    span = f" ({between})" if between != n.UNKNOWN else ""
    gains = [
        other["centre"] for other in table(report, "constraint", "gain").values() if n.known(part(other, "centre"))
    ]
    most = ", the most of all steps" if len(gains) > 1 and gain["centre"] == max(gains) else ""
    return [f"Breaking it is worth {n.more(gain['centre'])}{span} {in_service(report)}{most}."]


def _naive(report: Tree, step: str) -> list[str]:
    lowest = part(report, "constraint", "naive")
    gain, other = (part(report, "constraint", "gain", str(key), "centre") for key in (step, lowest))
    if not lowest or lowest == step or not n.known(gain) or not n.known(other) or other >= gain:
        return []
    low = n.rate(part(report, "steps", str(lowest), "rate"))
    rate = f" ({low})" if low != n.UNKNOWN else ""
    less = "but raising it to what it can attain would add less"
    return [f"{label(report, str(lowest))} converts lowest{rate}, {less}."]


FOCUS = "80% of the team’s effort belongs here, until throughput rises."


def gaps(report: Tree) -> list[str]:
    """What data would sharpen the picture; where nobody said it, what is missing."""
    return [str(said) for said in rows(report, "sharpen")] or missing(report)


def missing(report: Tree) -> list[str]:
    """What the report cannot show, in sentences.

    >>> missing({"steps": {"acquisition": {"entered": 5}, "activation": {}}, "batch": "week"})[0]
    'Not in the blueprint: retention, revenue and referral.'
    """
    have = dict(present(report))
    absent = [step for step in STEPS if step not in have]
    found = []
    if absent:
        found.append(f"Not in the blueprint: {enumerate_words(absent)}.")
    if "acquisition" in have and not n.known(have["acquisition"].get("entered")):
        found.append(f"Visitors are not known, so neither is the rate of {label(report, 'acquisition')}.")
    if not n.known(part(report, "throughput", "centre")):
        found.append(f"Throughput is not known: no complete {period(report)} yet.")
    if not n.known(part(report, "economics", "spend")):
        found.append("Spend is not known, so neither are cost per lead, CAC and payback.")
    if "revenue" in have and not n.known(part(report, "revenue", "total")):
        found.append("No payments are known.")
    return found
