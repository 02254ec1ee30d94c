"""An experiment's verdict in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from customer_factory.judgement.effect import Effect
from customer_factory.measures.experiment import Arm, Exposure


def reason(verdict: str, step: Effect, throughput: Effect | None, name: str, effect: float) -> str:
    """Why the verdict is what it is; without throughput where it is the same number as the step."""
    if verdict == "undecided":
        return f"{name} cannot be told apart yet: {step.words()}."
    if verdict == "no signal":
        return f"An effect of {100 * effect:g} % on {name} would most likely have shown by now: {step.words()}."
    said = f"{name}: {step.words()}."
    if throughput is None:
        return said
    rises = {"up": "rise", "down": "fall", "none": "stand still"}.get(throughput.moved, "are not seen to move yet")
    return f"{said} Happy customers per person {rises}: {throughput.words()}."


def missing(arm: str, effect: float, needed: int, more_people: int, more_batches: int | None, *, ended: bool) -> str:
    """What would decide it."""
    worth = f"an effect of {100 * effect:g} %"
    if ended:
        return f"It has ended; with {_round(needed):,} people in {arm} and the control {worth} would most likely show."
    pace = f" ({more_batches:,} batch{'es' * (more_batches > 1)} at this pace)" if more_batches else ""
    return f"About {_round(more_people):,} more people{pace} would most likely show {worth}."


def _round(people: int) -> int:
    """Three leading digits: no more is known."""
    unit: int = 10 ** max(0, len(str(people)) - 3)
    return math.ceil(people / unit) * unit


def uneven(arms: Mapping[str, Arm], ratio: float) -> str:
    """The warning of arms that do not hold what they were meant to."""
    counts = ", ".join(f"{name} {arm.exposed:,}" for name, arm in arms.items())
    return (
        f"Sample ratio: the arms hold {counts}; chance gives so uneven ones with p = {ratio:.2g}. "
        "Look for what loses people in one arm before trusting any effect."
    )


def doubts(exposure: Exposure, *, window: bool) -> list[str]:
    """What else makes an experiment doubtful."""
    found = []
    if exposure.several:
        found.append(f"{exposure.several:,} people saw more than one arm and are left out.")
    if exposure.unknown:
        found.append(f"{exposure.unknown:,} people were exposed to none of the declared arms and are left out.")
    if not window:
        found.append("Without a window, people exposed lately count as if they had had their time.")
    return found
