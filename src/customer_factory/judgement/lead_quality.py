"""Lead quality: what becomes of the people from each source, and which source's are clearly below the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.statistics import shrink
from customer_factory.statistics.checks import Floats, same_length, shares
from customer_factory.statistics.surprise import stratified_deficit

FAMILY = 0.05
"""The chance, over all sources together, to call one poor that is not."""
MATERIAL = 0.8
"""A poor source's estimate is below this share of what the rest would have made of as many people."""
FEW = 5
"""Happy customers that a source must let expect to be judged: below, nothing can be told."""
Z = 1.96


@dataclass(frozen=True)
class Quality:
    """What becomes of the people from one source.

    Args:
        source: Its name.
        leads: People from it, old enough to tell.
        happy: Those of them who became happy in time.
        rate: Their share.
        estimate: The share that is to be expected of the source: pulled towards all sources' as far as its own
            evidence is thin.
        low: Lower end of the 95 % interval of the estimate.
        high: Upper end.
        rest: The share that the other sources would have made of its people, cohort by cohort.
        chance: The chance of so few were it like the rest; None where too few are expected to tell.
        poor: Whether it is materially below the rest, and chance does not explain it.
    """

    source: str
    leads: int
    happy: int
    rate: float
    estimate: float
    low: float
    high: float
    rest: float | None
    chance: float | None
    poor: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def lead_quality(
    sources: Sequence[str], strata: Sequence[Any], leads: ArrayLike, happy: ArrayLike
) -> tuple[Quality, ...]:
    """The quality of each source, best first.

    Each source is held against all the others within strata – cohorts, and for sellers the channels that they are given
    – so that none is blamed for its season. Holm's procedure keeps the chance of blaming any of many sound ones at 5 %.

    Args:
        sources: The source of each row.
        strata: Its stratum.
        leads: People in it.
        happy: Those of them who became happy.

    Raises:
        ValueError: If not 0 ≤ happy ≤ leads, or lengths differ.

    >>> found = lead_quality(["ads", "fair", "friends"] * 2, [1, 1, 1, 2, 2, 2],
    ...                      [100, 100, 50, 100, 100, 50], [30, 12, 16, 28, 11, 15])
    >>> [(each.source, round(each.estimate, 2), each.poor) for each in found]
    [('friends', 0.3, False), ('ads', 0.28, False), ('fair', 0.13, True)]
    """
    names = sorted(set(sources))
    trials, successes = _tables(names, sources, strata, leads, happy)
    if not names or not trials.any():
        return ()
    all_trials, all_successes = trials.sum(axis=0), successes.sum(axis=0)
    common = shrink(successes.sum(axis=1), trials.sum(axis=1))
    found = []
    for place, name in enumerate(names):
        n, k = trials[place], successes[place]
        others, of = all_successes - k, all_trials - n
        like_rest = np.divide(others, of, out=np.zeros_like(of), where=of > 0)
        shared = n[of > 0].sum()
        rest = float((n * like_rest).sum() / shared) if shared else None
        told = rest is not None and rest * shared >= FEW
        mean, sd = float(common.means[place]), float(common.sds[place])
        total, reached = int(n.sum()), int(k.sum())
        found.append(
            Quality(
                name,
                total,
                reached,
                reached / total if total else mean,
                mean,
                max(mean - Z * sd, 0.0),
                min(mean + Z * sd, 1.0),
                rest,
                stratified_deficit(k, n, others, of) if told else None,
                poor=False,
            )
        )
    return tuple(sorted(_holm(found), key=lambda each: (-each.estimate, each.source)))


def _tables(
    names: list[str], sources: Sequence[str], strata: Sequence[Any], leads: ArrayLike, happy: ArrayLike
) -> tuple[Floats, Floats]:
    """People and happy ones as (sources, strata)."""
    k, n = shares(happy, leads) if len(sources) else (np.zeros(0), np.zeros(0))
    for other in (sources, strata):
        same_length(k, np.zeros(len(other)), "sources, strata, leads and happy")
    row = np.array([names.index(name) for name in sources], dtype=np.intp)
    different = list(dict.fromkeys(strata))
    column = np.array([different.index(each) for each in strata], dtype=np.intp)
    trials, successes = np.zeros((2, len(names), len(different)))
    np.add.at(trials, (row, column), n)
    np.add.at(successes, (row, column), k)
    return trials, successes


def _holm(found: list[Quality]) -> list[Quality]:
    told = sorted((each for each in found if each.chance is not None), key=lambda each: each.chance or 0.0)
    poor: set[str] = set()
    for place, each in enumerate(told):
        if each.chance is None or each.chance > FAMILY / (len(told) - place):
            break
        if each.rest is not None and each.estimate < MATERIAL * each.rest:
            poor.add(each.source)
    return [replace(each, poor=each.source in poor) for each in found]
