"""What does an experiment show? A running verdict that may be looked at every day, on the step and on throughput."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from customer_factory.judgement.effect import Effect, Plan, effect_of, needed
from customer_factory.judgement.experiment_words import missing, reason, uneven
from customer_factory.measures.experiment import Arm
from customer_factory.statistics import sample_ratio

Word = Literal["better", "worse", "local only", "gamed", "no signal", "undecided"]
WARN = 0.01
"""Below this p-value a sample ratio is warned of."""
BROKEN = 0.0005
"""Below this one nothing is claimed."""
PAYING = 20
"""People who paid that each arm must hold before anything is said about money."""


@dataclass(frozen=True, slots=True)
class ArmVerdict:
    """One arm against the control.

    Attributes:
        arm: Its name.
        verdict: ``better``: throughput rises, or the step does and throughput is not seen to fall or stand still.
            ``worse``: throughput or the step falls. ``local only``: the step rises, throughput does not. ``gamed``: the
            step rises and throughput falls. ``no signal``: an effect worth having would most likely have shown.
            ``undecided``: too early.
        reason: Why, in a sentence.
        step: The effect on the step that is meant to move.
        throughput: The effect on happy customers per exposed person.
        money: The effect on money per exposed person; None without a revenue step.
        needed: People in this arm and the control together until an effect worth having shows, 4 times in 5.
        more_people: How many of them are missing.
        more_batches: How long that takes at the present pace; None where the pace is not known.
    """

    arm: str
    verdict: Word
    reason: str
    step: Effect
    throughput: Effect
    money: Effect | None
    needed: int
    more_people: int
    more_batches: int | None


@dataclass(frozen=True, slots=True)
class ExperimentVerdict:
    """The verdict on an experiment.

    Attributes:
        verdict: That of the best arm (see ``ArmVerdict``): ``better`` wherever one is, else ``undecided`` as long as
            one is.
        arm: The arm that it speaks of; None where nothing can be said.
        reason: Why, in a sentence.
        would_decide: What would turn undecided into something else; None otherwise.
        arms: Each arm against the control.
        sample_ratio: The p-value of the counts against the declared shares.
        warnings: What makes the experiment doubtful, in sentences.
    """

    verdict: Word
    arm: str | None
    reason: str
    would_decide: str | None
    arms: tuple[ArmVerdict, ...]
    sample_ratio: float
    warnings: tuple[str, ...]


def experiment(
    arms: Mapping[str, Arm],
    shares: Mapping[str, float] | None = None,
    *,
    step: str = "the step",
    effect: float = 0.1,
    planned: float = 10_000,
    per_batch: float | None = None,
    ended: bool = False,
    doubts: Sequence[str] = (),
    level: float = 0.95,
) -> ExperimentVerdict:
    """Judge every arm against the first one, by intervals that hold at all looks together: peeking inflates nothing.

    Args:
        arms: What the engine counted, the control first; two or more.
        shares: What each arm was meant to hold, in any unit; equal ones without it.
        step: What to call the step.
        effect: The smallest relative effect worth having.
        planned: People planned for in all; the intervals are tightest there.
        per_batch: People exposed per batch, for "how many more batches".
        ended: Whether nobody is exposed any more.
        doubts: Further warnings, in sentences.
        level: Of the intervals; shared out among the arms that are compared with the control.

    Raises:
        ValueError: If there are fewer than two arms, the shares name others, or effect is not above 0.

    >>> from customer_factory.statistics import Tally
    >>> def counted(n, reached): return Arm(n, Tally.of_share(reached, n), Tally.of_share(reached, n))
    >>> found = experiment({"old": counted(4000, 400), "new": counted(4000, 520)}, step="activation")
    >>> found.verdict, found.arm, found.reason
    ('better', 'new', 'activation: 13.0 % instead of 10.0 %: +3.0 points, between +0.8 and +5.2.')
    >>> early = experiment({"old": counted(200, 20), "new": counted(200, 26)}, step="activation", per_batch=100)
    >>> early.verdict, early.would_decide
    ('undecided', 'About 59,300 more people (593 batches at this pace) would most likely show an effect of 10 %.')
    """
    shares = dict.fromkeys(arms, 1.0) if shares is None else shares
    if len(arms) < 2 or set(shares) != set(arms):
        raise ValueError(f"arms are {list(arms)} and shares of {list(shares)}; two arms or more, each with a share.")
    if not effect > 0:
        raise ValueError(f"effect is {effect}; the smallest effect worth having is above 0, such as 0.1.")
    ratio = sample_ratio([arm.exposed for arm in arms.values()], [shares[name] for name in arms])
    control, *others = arms
    found = []
    for name in others:
        both = shares[control] + shares[name]
        part = both / sum(shares.values())
        plan = Plan(effect, planned * part, shares[name] / both, 1 - (1 - level) / len(others))
        pace = per_batch * part if per_batch and not ended else None
        found.append(_against(name, arms[control], arms[name], plan, step, pace))
    best = min(found, key=lambda each: (_ORDER.index(each.verdict), -each.step.difference))
    warnings = (*([uneven(arms, ratio)] if ratio < WARN else []), *doubts)
    if ratio < BROKEN:
        said = "The arms do not hold what was declared, so something lost people unevenly; that tells no effect."
        start = "A new start, once it is known what lost them."
        return ExperimentVerdict("undecided", None, said, start, tuple(found), ratio, warnings)
    would_decide = None
    if best.verdict == "undecided":
        would_decide = missing(best.arm, effect, best.needed, best.more_people, best.more_batches, ended=ended)
    return ExperimentVerdict(best.verdict, best.arm, best.reason, would_decide, tuple(found), ratio, warnings)


_ORDER: tuple[Word, ...] = ("better", "undecided", "local only", "gamed", "no signal", "worse")


def _against(name: str, control: Arm, arm: Arm, plan: Plan, step: str, pace: float | None) -> ArmVerdict:
    """One arm against the control; ``pace`` is how many people the two get per batch."""
    moved = effect_of(control.step, arm.step, plan)
    made = effect_of(control.happy, arm.happy, plan)
    same = (control.step, arm.step) == (control.happy, arm.happy)
    money = None
    if control.money is not None and arm.money is not None:
        money = effect_of(control.money, arm.money, plan, silent=min(control.paying, arm.paying) < PAYING)
    size = needed(control.step, plan)
    more = max(0, size - moved.people - control.waiting - arm.waiting)
    verdict = _verdict(moved.moved, made.moved)
    said = reason(verdict, moved, None if same else made, step, plan.worth)
    return ArmVerdict(name, verdict, said, moved, made, money, size, more, math.ceil(more / pace) if pace else None)


def _verdict(step: str, throughput: str) -> Word:
    if throughput == "down":
        return "gamed" if step == "up" else "worse"
    if step == "down" and throughput != "up":
        return "worse"
    if throughput == "up" or step == "up":
        return "local only" if throughput == "none" else "better"
    return "no signal" if step == "none" else "undecided"
