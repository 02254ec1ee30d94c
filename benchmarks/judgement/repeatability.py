"""Repeatability: how often it cries wolf over stable batches, and how soon it sees a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from customer_factory.statistics import xmr
from customer_factory.statistics.count_rules import ABOVE, BELOW, FOUR_ABOVE, FOUR_BELOW, judge
from judgement.case import OURS, Bar, Case, Outcome
from judgement.series import Floats, Series

NAME = "repeatability"
LOT = 50  # series judged in one stroke: as many as stay in the cache
BASELINE, JUDGED = 12, 24
XMR, SIGMA = "XmR, three rules", "mean ± 2 sd"
FALSE, FIRST, SEEN = "false signal", "false signal, first 24 batches", "seen within 4 batches"
STABLE = (Bar(FALSE, "≤", 0.05), Bar(FIRST, "≤", 0.05))
MEANS = (1, 1.5, 2, 3, 5, 8, 12, 20, 50, 100, 500, 2000, 10_000)
FEW_MEANS = (1, 5, 20, 100, 2000, 10_000)


def cases() -> list[Case]:
    """All of them."""
    return [*_stable(), *_changed(), *_hard()]


def codes(counts: Floats) -> NDArray[np.int64]:
    """The codes of the broken rules, (series, batches)."""
    return judge(counts).signals


def false_signals(series: Series, seed: int, batches: int = BASELINE) -> Outcome:
    """Stable series with a signal in the 24 batches after a baseline, and in the first 24 of a factory."""
    counts = series.draw(np.random.default_rng([seed, 1]), LOT, batches + JUDGED)
    found = codes(counts) > 0
    judged = counts[:, batches:]
    outside = np.abs(judged - counts[:, :batches].mean(axis=1, keepdims=True)) > 2 * counts[:, :batches].std(
        axis=1, ddof=1, keepdims=True
    )
    charted = sum(bool(xmr(row).signals) for row in judged)
    return {
        FALSE: {OURS: _any(found[:, batches:]), XMR: (charted, LOT), SIGMA: _any(outside)},
        FIRST: {OURS: _any(found[:, :JUDGED])},
    }


def seen(series: Series, change: float, seed: int, before: int = 26) -> Outcome:
    """A lasting change signals on its own side within four batches, after some stable ones."""
    counts = series.draw(np.random.default_rng([seed, 2]), LOT, before + 4, change=change, at=before)
    low = change < 1
    found = codes(counts)[:, before:] & (BELOW | FOUR_BELOW if low else ABOVE | FOUR_ABOVE)
    charted = sum(any(s.index >= before and _low(s.rule) == low for s in xmr(row).signals) for row in counts)
    return {SEEN: {OURS: _any(found > 0), XMR: (charted, LOT)}}


def _low(rule: str) -> bool:
    return "below" in rule or "lower" in rule


def _any(found: NDArray[np.bool_]) -> tuple[int, int]:
    return int(found.any(axis=1).sum()), len(found)


def _case(name: str, series: Series, bars: tuple[Bar, ...], *, baseline: int = BASELINE, weight: float = 1) -> Case:
    return Case(NAME, name, lambda seed: false_signals(series, seed, baseline), LOT, bars, weight)


def _kinds() -> Iterator[tuple[str, tuple[float, ...], Series]]:
    plain = Series(1)
    yield "Poisson", MEANS, plain
    for dispersion in (1.5, 3.0, 5.0):
        yield f"dispersion {dispersion:g}", MEANS, replace(plain, dispersion=dispersion)
    for noise in (0.1, 0.2):
        yield f"weeks vary {noise:.0%}", (100, 500, 2000, 10_000), replace(plain, noise=noise)
    # The hardest found: a decline too slow to be told from noise that is a little more than Poisson.
    yield "dispersion 2, −1 % a batch", (200, 400, 800), replace(plain, dispersion=2.0, trend=-0.01)
    for trend in (-0.01, 0.01, 0.02, 0.04):
        yield f"Poisson, {trend:+.0%} a batch", FEW_MEANS, replace(plain, trend=trend)
        for dispersion in (1.5, 5.0):
            rough = replace(plain, dispersion=dispersion, trend=trend)
            yield f"dispersion {dispersion:g}, {trend:+.0%} a batch", FEW_MEANS, rough
        yield f"weeks vary 20%, {trend:+.0%} a batch", (100, 2000, 10_000), replace(plain, noise=0.2, trend=trend)


def _stable() -> Iterator[Case]:
    for name, means, series in _kinds():
        for mean in means:
            yield _case(f"{name}, {mean:g} a batch", replace(series, mean=mean), STABLE)


def _changed() -> Iterator[Case]:
    kinds = {
        "Poisson": Series(1),
        "dispersion 1.5": Series(1, dispersion=1.5),
        "dispersion 3": Series(1, dispersion=3),
        "weeks vary 10%": Series(1, noise=0.1),
        "Poisson, +2% a batch": Series(1, trend=0.02),
    }
    for name, kind in kinds.items():
        for change, word in ((0.5, "falls by half"), (2.0, "doubles")):
            for mean in (5, 10, 20, 50, 100):
                series = replace(kind, mean=mean)
                bar = (Bar(SEEN, "≥", 0.8),) if (name, change, mean) == ("Poisson", 0.5, 20) else ()
                yield Case(
                    NAME,
                    f"{name}, {mean:g} a batch {word}",
                    lambda seed, s=series, c=change: seen(s, c, seed),
                    LOT,
                    bar,
                    5 if bar else 1,
                )


def _hard() -> Iterator[Case]:
    """Stable in a way that a dozen batches do not show: no bar, but shown."""
    for memory in (0.3, 0.6, 0.8):
        for mean in (20, 100, 2000):
            yield _case(
                f"memory {memory:g}, weeks vary 15%, {mean:g} a batch", Series(mean, noise=0.15, memory=memory), ()
            )
    for swing in (0.15, 0.3):
        for mean in (5, 20, 100, 2000):
            series = Series(mean, season=swing)
            yield _case(f"year swings {swing:.0%}, {mean:g} a batch", series, ())
            yield _case(f"year swings {swing:.0%}, {mean:g} a batch, after two years", series, (), baseline=104)
    for mean in (20, 100, 2000):
        yield _case(f"month swings 15%, {mean:g} a batch", Series(mean, cycle=0.15), ())
