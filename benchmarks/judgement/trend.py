"""The trend of a step's rate: is a steady one left in peace, and is a fall seen?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from customer_factory.judgement.trend import RECENT, trend
from customer_factory.statistics import p_chart
from judgement.case import OURS, Bar, Case, Outcome

NAME = "trend of a step"
LOT = 20
FALSE, SEEN, LANEY = "said to rise or fall", "fall seen", "p chart (Laney) of the last four"


def cases() -> list[Case]:
    """All of them."""
    return list(_all())


def _all() -> Iterator[Case]:
    for rate in (0.05, 0.3, 0.7):
        for entered in (20, 100, 1000):
            for varied in (0.0, 0.15):
                what = f"rate {rate:.0%}, {entered} enter{', rough weeks' if varied else ''}"

                def run(seed: int, change: float, r: float = rate, n: int = entered, v: float = varied) -> Outcome:
                    return _run(seed, rate=r, entered=n, varied=v, change=change)

                bar = (Bar(FALSE, "≤", 0.05),)
                yield Case(NAME, f"steady, {what}", lambda seed, run=run: run(seed, 1.0), LOT, bar)
                yield Case(NAME, f"falls by half, {what}", lambda seed, run=run: run(seed, 0.5), LOT)


def _run(seed: int, *, rate: float, entered: int, varied: float, change: float) -> Outcome:
    rng = np.random.default_rng([seed, 6])
    found = charted = 0
    for _ in range(LOT):
        own = np.full(16, rate)
        own[-RECENT:] *= change
        odds = own / (1 - own) * np.exp(varied * rng.standard_normal(16) / (1 - own))
        n = rng.poisson(entered, 16) + 1
        x = rng.binomial(n, odds / (1 + odds))
        direction = trend(list(zip(n.tolist(), x.tolist(), strict=True))).direction
        found += direction in {"rising", "falling"} if change == 1 else direction == "falling"
        charted += any(signal.index >= 16 - RECENT for signal in p_chart(x, n, overdispersed=True).signals)
    return {FALSE if change == 1 else SEEN: {OURS: (found, LOT), LANEY: (charted, LOT)}}
