"""What a verdict on a change says, in words for a founder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customer_factory.judgement.change import Guard
    from customer_factory.statistics import Intervention


def no_past(at: int, least: int) -> str:
    """Too little before."""
    return (
        f"Only {at} complete batch{'es' * (at != 1)} before the change: {least} are needed to say what would have been."
    )


def no_future() -> str:
    """Nothing after."""
    return "No batch after the change is complete yet."


def decided(verdict: str, found: Intervention, net: float, guards: Sequence[Guard], worth: float) -> str:
    """Why it is broken, local only, gamed or without effect."""
    own = next((guard for guard in guards if guard.role == "own"), None)
    span = f"{share(found.effect)} ({share(found.low)} to {share(found.high)})"
    if verdict == "broken":
        behind = [guard for guard in guards if guard.role == "downstream"]
        watched = "nothing behind the step was harmed" if behind else "nothing behind it could be watched"
        return (
            f"Throughput is {span} above what would have been in {_batches(found.batches)} after the change, about "
            f"{found.total:+,.0f} people; {watched}.{_aside(found)}"
        )
    if verdict == "gamed":
        won = own if own is not None and own.rose else None
        gain = f"{_rate(won)} rose" if won else "More were made"
        lost = ", ".join(f"{_rate(guard)} fell" for guard in guards if guard.harmed)
        return f"{gain}, but {lost}: net {share(net)}. What was won at one step is lost behind it."
    if verdict == "local only" and own is not None:
        return (
            f"{_rate(own)} rose, but throughput did not: {span}. As much as the step won is excluded, so the "
            "constraint is elsewhere, or something else fell."
        )
    return f"An effect of {share(worth)}, the smallest worth having, is excluded: throughput moved by {span}."


def too_early(found: Intervention, looked_for: float, more: int | None, guards: Sequence[Guard]) -> str:
    """What is known, and what would decide it."""
    harmed = [guard for guard in guards if guard.harmed]
    if harmed and found.low > 0:
        lost = ", ".join(f"{_rate(guard)} fell" for guard in harmed)
        return (
            f"Throughput is {share(found.effect)} above what would have been, but {lost}: not broken while that lasts."
        )
    known = (
        f"After {_batches(found.batches)} the effect on throughput lies between {share(found.low)} and "
        f"{share(found.high)}."
    )
    if more is None:
        return (
            f"{known} More batches alone would not show an effect of {share(looked_for)}: what would have been is too "
            f"uncertain. A control, or an experiment, would.{_aside(found)}"
        )
    return f"{known} About {more} more would show one of {share(looked_for)}.{_aside(found)}"


def share(value: float) -> str:
    """A relative effect, such as +12 %; beyond tenfold as a multiple.

    >>> share(0.123), share(-0.5), share(14.0)
    ('+12 %', '-50 %', '15-fold')
    """
    return f"{value:+.0%}".replace("%", " %") if value < 9 else f"{value + 1:,.0f}-fold"


def _rate(guard: Guard) -> str:
    if guard.step == "revenue per person":
        return f"revenue per person ({guard.before:,.2f} → {guard.after:,.2f})"
    return f"{guard.step} ({guard.before:.0%} → {guard.after:.0%})"


def _batches(count: int) -> str:
    return f"{count} batch{'es' * (count > 1)}"


def _aside(found: Intervention) -> str:
    if not found.aside:
        return ""
    return f" The {_batches(found.aside)} before it were low, and are not counted: low batches recover by themselves."
