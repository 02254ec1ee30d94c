"""What a step could reach: the declared target, else what the goal requires, else its own best sustained level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from customer_factory.judgement.evidence import Pair, StepEvidence
from customer_factory.judgement.level import Floats, Level, alike_posterior, intraclass

RUN = 4
"""Mature batches that a level must have lasted to count as sustained."""
SPREAD = np.array([1e-4, 0.1, 0.2, 0.4, 0.8])
"""By which share of itself the rate varies between groups; the first stands for "not at all"."""
SPREAD_PRIOR = np.array([0.5, 0.125, 0.125, 0.125, 0.125])


@dataclass(frozen=True, eq=False)
class Attainable:
    """A level that the step can be brought to.

    Attributes:
        level: The level, a share.
        source: "target", "goal", "best channel NAME" or "best run".
        draws: Its posterior draws; constant where it was declared.
    """

    level: float
    source: str
    draws: Floats


def attainable(step: StepEvidence, now: Level, rng: np.random.Generator, draws: int) -> Attainable | None:
    """The attainable level of a step, or None where nothing tells it.

    The best of several channels, and the best of several months, are partly the luckiest. So groups are taken as
    draws from one beta distribution of unknown spread, and each is pulled towards the common rate as far as its own
    evidence is thin (a beta-binomial hierarchy); where the groups differ no more than chance makes them, the best is
    hardly above the rest. Runs are blocks of at least four batches that do not overlap, so that no run is picked out
    of many nearly equal ones. Counts are deflated by how much cohorts vary more than binomial.

    Args:
        step: The counts.
        now: The posterior of its level now, for that deflation.
        rng: For the draws.
        draws: How many.

    >>> rng = np.random.default_rng(0)
    >>> step = StepEvidence("activation", channels={"search": (800, 160), "friends": (800, 320)})
    >>> best = attainable(step, Level(np.ones(1), np.ones(1), np.ones(1)), rng, 1000)
    >>> round(best.level, 2), best.source
    (0.4, 'best channel friends')
    """
    for level, source in ((step.target, "target"), (step.required, "goal")):
        if level is not None:
            return Attainable(level, source, np.full(draws, level))
    channels = {name: pair for name, pair in step.channels.items() if pair[0] > 0}
    runs = [pair for pair in blocks(step.cohorts) if pair[0] > 0]
    named: list[tuple[list[str], list[Pair]]] = [
        ([f"best channel {name}" for name in channels], list(channels.values())),
        (["best run"] * len(runs), runs),
    ]
    found = [_best(names, pairs, now.inflation, rng, draws) for names, pairs in named if len(pairs) > 1]
    return max(found, key=lambda best: best.level, default=None)


def blocks(cohorts: Sequence[Pair]) -> list[Pair]:
    """Sums of consecutive batches, four to a block, counted back from the newest; what is left joins the oldest.

    >>> blocks([(1, 0)] * 9)
    [(5.0, 0.0), (4.0, 0.0)]
    """
    count = len(cohorts) // RUN
    if count == 0:
        return []
    ends = [len(cohorts) - RUN * i for i in range(count)][::-1]
    starts = [0, *ends[:-1]]
    return [
        (float(sum(pair[0] for pair in part)), float(sum(pair[1] for pair in part)))
        for part in (cohorts[start:end] for start, end in zip(starts, ends, strict=True))
    ]


def _best(names: list[str], pairs: list[Pair], inflation: float, rng: np.random.Generator, draws: int) -> Attainable:
    """The group with the highest shrunken rate, chosen once: the highest of each draw would be luck again."""
    entered, reached = np.array(pairs, dtype=np.float64).T / inflation
    alike = intraclass(SPREAD, entered, reached)
    weight = alike_posterior(entered, reached, alike, SPREAD_PRIOR)
    pick = rng.choice(len(SPREAD), size=draws, p=weight)
    size = 1 / alike - 1
    deflate = 1 / (1 + np.maximum(entered - 1, 0) * alike[:, None])
    common = rng.beta(0.5 + (deflate @ reached)[pick], 0.5 + (deflate @ (entered - reached))[pick])[:, None]
    prior = size[pick][:, None]
    means = (common * prior + reached) / (prior + entered)
    best = int(np.argmax(means.mean(axis=0)))
    a = common[:, 0] * size[pick] + reached[best]
    b = (1 - common[:, 0]) * size[pick] + np.maximum(entered[best] - reached[best], 0)
    return Attainable(float(means[:, best].mean()), names[best], np.maximum(rng.beta(a, b), 1e-12))
