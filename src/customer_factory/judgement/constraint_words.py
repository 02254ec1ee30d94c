"""The verdict on the constraint in words that a founder reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from customer_factory.judgement.weighing import Scene, Weighing

_WHAT_WOULD_HELP = {
    "visitors are unknown": "Visitor counts would show whether {step} is it.",
    "no attainable level is known": "A target for {step} would bring it into the comparison.",
    "nobody's window has closed": "People whose window for {step} has closed would bring it into the comparison.",
}
YEAR = 52
"""Batches for which a team can be asked to wait."""


@dataclass(frozen=True)
class Facts:
    """What the words are made of."""

    scene: Scene
    weighing: Weighing
    gains: Mapping[str, tuple[float, float, float]]
    level: float


def claimed(facts: Facts, step: str) -> str:
    """Why this step is the constraint."""
    scene, one = facts.scene, facts.scene.candidates[step]
    served = "paying" if "revenue" in scene.factory.outcome else "happy"
    gain = [number(value) for value in facts.gains[step]]
    ahead = batches(scene.factory.batches_ahead, scene.factory.batch)
    worth = f"about {gain[0]} ({gain[1]} to {gain[2]}) {served} customers in service after {ahead}"
    chance = f"The probability that it is the constraint is {likelihood(facts.weighing.short[step])}."
    if one.queue:
        limit = "its declared capacity" if one.queue.declared else "as many as it can, it seems"
        grows = f", {number(one.queue.growth)} more every {scene.factory.batch}" if one.queue.growth else ""
        text = (
            f"People queue in front of {step}: {number(one.queue.waiting)} wait{grows}, while "
            f"{number(one.queue.served)} are served per {scene.factory.batch}, {limit}. More capacity there adds "
            f"{worth}; bringing more people to it adds none. {chance}"
        )
    else:
        text = (
            f"{step.capitalize()} holds throughput back: of late {percent(one.level.mean())} of those who enter it "
            f"reach it, {percent(one.best.level)} is attainable ({one.best.source}). Closing that gap adds {worth}, "
            f"more than at any other step. {chance}"
        )
    return " ".join([text, *_left_out(scene)])


def undecided(facts: Facts) -> str:
    """Why no step is claimed."""
    scene, weighing = facts.scene, facts.weighing
    if scene.factory.idle:
        text = f"Nobody new has come for eight {scene.factory.batch}s, so no step has anything to work on."
    elif not scene.candidates:
        text = "No step can be judged: none has both counts and an attainable level."
    elif weighing.none_short >= facts.level:
        levels = ", ".join(f"{name} {_share(facts, name)}" for name in scene.candidates)
        text = f"No step is materially below its attainable level ({levels} of it)."
    else:
        first, second = _front(facts)
        probability = weighing.short[first]
        if weighing.none_short > probability:
            text = (
                "Whether any step is materially below its attainable level is open: the probability that none is stands"
                f" at {percent(weighing.none_short)}. If one is, it is most likely {first} ({percent(probability)}), "
                f"at {_share(facts, first)} of it."
            )
        elif probability >= facts.level:
            text = (
                f"{first.capitalize()} looks short ({_share(facts, first)} of its attainable level), but the counts "
                "still leave room for chance."
            )
        elif second is None:
            text = (
                f"Whether {first} is materially below its attainable level is open: it stands at "
                f"{_share(facts, first)} of it; the probability that it is the constraint is {percent(probability)}."
            )
        else:
            text = (
                f"{first.capitalize()} ({percent(probability)}) and {second} ({percent(weighing.short[second])}) can "
                "both be what holds throughput back; the counts do not tell them apart."
            )
    return " ".join([text, *_left_out(scene)])


def would_decide(facts: Facts, ahead: int | None) -> str:
    """What would settle it, in numbers where it is a matter of more people."""
    scene, weighing = facts.scene, facts.weighing
    parts: list[str] = []
    unseen = [name for name, one in scene.candidates.items() if not one.batches]
    if scene.factory.idle:
        parts.append("New people would, or visitor counts.")
    elif scene.candidates and weighing.none_short >= facts.level:
        parts.append("Higher targets would, if more than the levels now called attainable is known to be possible.")
    elif unseen:
        parts.append(f"People whose window for {' and '.join(unseen)} has closed; there are none yet.")
    elif scene.candidates:
        first, second = _front(facts)
        question = f"whether {first} or {second}" if second else f"whether {first}"
        size, unit = number(scene.factory.new_people), scene.factory.batch
        if ahead is not None and ahead > YEAR:
            parts.append(
                f"At {size} people a {unit} it would take more than {batches(YEAR, unit)} to settle {question} holds "
                "throughput back; more people would."
            )
        elif ahead is not None:
            parts.append(
                f"About {batches(ahead, 'more ' + unit)} at {size} people a {unit} would settle {question} holds "
                "throughput back, if rates stay as they look now."
            )
        else:
            why = (
                "closing either gap is worth about the same" if second else "the shortfall is at the edge of mattering"
            )
            parts.append(
                f"Waiting will hardly settle {question} holds throughput back at {size} people a {unit}: {why}."
            )
    parts += [_WHAT_WOULD_HELP[why].format(step=name) for name, why in scene.missing.items()]
    return " ".join(parts)


def _front(facts: Facts) -> tuple[str, str | None]:
    """The likeliest step, and the next one if it is what stands in the way of a claim."""
    short = facts.weighing.short
    order = sorted(short, key=lambda name: -short[name])
    rivals = [name for name in order[1:] if short[name] > max(0.05, facts.weighing.none_short / 2)]
    return order[0], rivals[0] if rivals and short[order[0]] < facts.level else None


def _share(facts: Facts, name: str) -> str:
    one = facts.scene.candidates[name]
    return percent(float(one.level.mean()) / one.best.level)


def _left_out(scene: Scene) -> list[str]:
    return [f"{name.capitalize()} is left out: {why}." for name, why in scene.missing.items()]


def percent(share: float) -> str:
    """A share as a percentage, with a decimal below 10 %.

    >>> percent(0.237), percent(0.0237)
    ('24 %', '2.4 %')
    """
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"


def likelihood(probability: float) -> str:
    """A probability as a percentage that never claims certainty.

    >>> likelihood(0.9985), likelihood(0.837)
    ('over 99 %', '84 %')
    """
    return "over 99 %" if probability > 0.99 else percent(probability)


def number(value: float) -> str:
    """A count, with a decimal below 10.

    >>> number(1234.4), number(3.14159), number(2.0)
    ('1,234', '3.1', '2')
    """
    return f"{value:,.0f}" if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")


def batches(count: int, unit: str) -> str:
    """'13 weeks', '1 month'."""
    return f"{count} {unit}{'s' * (count != 1)}"
