"""Whether people queue in front of a step that serves as many as it can: a constraint of capacity, not of rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from customer_factory.judgement.evidence import StepEvidence
from customer_factory.judgement.level import Floats

BATCHES = 8
"""Batches needed before a queue is judged."""
RECENT = 12
"""Batches that are looked at: a step can have become full only lately."""
SERVING = ("activation", "revenue")
"""The steps at which the company does work for each person, so that capacity may be inferred; elsewhere only a declared
one counts: visitors who do not sign up queue for nothing."""
LEAST_SERVED = 4
"""People per batch: below, chance alone hides whether what is served is flat."""


@dataclass(frozen=True)
class Queue:
    """A queue that grows in front of a step.

    Attributes:
        waiting: People in it at the end of the newest batch.
        growth: People by which it grows per batch.
        served: People served per batch, in the newest eight batches.
        flow: Those as a share of the people who entered in them: what goes through now, whenever it entered.
        declared: The declared capacity that this agrees with; None where capacity is inferred.
    """

    waiting: float
    growth: float
    served: float
    flow: float
    declared: float | None


def queue(step: StepEvidence) -> Queue | None:
    """The queue of a step at capacity, or None where there is no such thing.

    Waiting people alone prove nothing: where nobody is ever given up, those who will never come pile up in front of
    any step. What tells a full step is that it serves the same number batch after batch. Were people to decide for
    themselves, the number reached would vary at least as a binomial count does, served · (1 − served/entered). So
    all of these must hold over the newest twelve batches:

    - what is served is flat: less varied than binomial (χ², .1 %). Beside a declared capacity that the newest batches
      meet within a tenth and never beat by more, it need only be no more varied than that;
    - the queue grows: its mean change per batch is above 0 (one-sided t-test, 1 %) and at least 5 % of what is served.
      Where windows close, a queue stops growing and people are lost out of it; then a batch's work in the queue will
      do, if capacity is declared or what enters does vary as chance makes it;
    - those who wait do not wait shorter than they did, where ages are known.

    >>> late = StepEvidence("activation", arrivals=[60.0] * 12, served=[40.0] * 12, waiting=range(20, 260, 20))
    >>> queue(late)
    Queue(waiting=240.0, growth=20.0, served=40.0, flow=0.666..., declared=None)
    >>> choosy = StepEvidence("activation", arrivals=[60.0] * 12, waiting=range(20, 260, 20),
    ...                       served=[40, 36, 44, 41, 37, 43, 39, 45, 35, 40, 42, 38])
    >>> queue(choosy) is None
    True
    """
    if step.capacity is None and step.step not in SERVING:
        return None
    count = min(len(step.served), len(step.waiting), len(step.arrivals), RECENT)
    if count < BATCHES:
        return None
    entered, served, waiting = (
        np.array(series[-count:], dtype=np.float64) for series in (step.arrivals, step.served, step.waiting)
    )
    recent = float(served[-BATCHES:].mean())
    if recent < LEAST_SERVED or _shorter(step, count):
        return None
    full = step.capacity is not None and _meets(served[-BATCHES:], step.capacity)
    if _flatness(entered, served) > (0.5 if full else 0.001):
        return None
    holds = waiting[-1] >= recent and (full or not _steady(entered))
    if not (holds or _grows(waiting, recent)):
        return None
    growth = max(float(waiting[-1] - waiting[0]) / (count - 1), 0.0)
    flow = min(recent / max(float(entered[-BATCHES:].mean()), 1e-9), 1.0)
    return Queue(float(waiting[-1]), growth, recent, flow, step.capacity if full else None)


def _meets(served: Floats, capacity: float) -> bool:
    return abs(float(served.mean()) / capacity - 1) <= 0.1 and float(served.max()) <= 1.1 * capacity + 1


def _grows(waiting: Floats, served: float) -> bool:
    from scipy.special import stdtr  # slow to load

    change = np.diff(waiting)
    mean, error = float(change.mean()), float(change.std(ddof=1)) / math.sqrt(len(change))
    if mean < 0.05 * served:
        return False
    return error == 0 or float(stdtr(len(change) - 1, -mean / error)) < 0.01


def _shorter(step: StepEvidence, count: int) -> bool:
    """Whether those waiting in the second half of the batches waited clearly shorter than those in the first."""
    ages = [age for age in list(step.ages or [])[-count:] if age is not None]
    half = len(ages) // 2
    # Ages come in batches, so that a mean jumps with one of them; the middle one does not.
    return half >= 2 and float(np.median(ages[-half:])) < 0.9 * float(np.median(ages[:half]))


def _flatness(entered: Floats, served: Floats) -> float:
    """The chance that people who decide for themselves would vary as little as what was served."""
    mean = float(served.mean())
    share = min(mean / float(entered.mean()), 1.0) if entered.mean() > 0 else 1.0
    return _as_little(served, mean * (1 - share))


def _steady(entered: Floats) -> bool:
    """Whether what enters is itself less varied than people who come by chance, as behind another full step."""
    return _as_little(entered, float(entered.mean())) < 0.01


def _as_little(counts: Floats, variance: float) -> float:
    """The chance of so little variation, or less, if the variance is this."""
    from scipy.special import chdtr  # slow to load

    if variance <= 0:
        return 1.0
    return float(chdtr(len(counts) - 1, float(np.sum((counts - counts.mean()) ** 2)) / variance))
