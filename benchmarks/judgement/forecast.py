"""Forecasts: how often 80 % intervals of throughput hold on batches that were held out.

The companies are those of ``judgement_forecast``, which also looks at real data and at speed.
"""

from __future__ import annotations

import numpy as np

from customer_factory.model.components import components
from customer_factory.model.forecast import limits
from customer_factory.model.simulation import Simulator
from judgement.case import OURS, Bar, Case, Outcome
from judgement_forecast import AHEAD, FUTURES, KINDS, LENGTHS, SIZES, company

NAME = "forecast"
INSIDE, OUTSIDE = "inside the 80% interval", "outside of it"
BARS = (Bar(INSIDE, "≥", 0.77), Bar(OUTSIDE, "≥", 0.17))


def cases() -> list[Case]:
    """All kinds and sizes together, which the bar is for; each size; and each kind."""
    return [
        _case("all kinds and sizes", KINDS, SIZES, BARS),
        *(_case(f"{size} a batch", KINDS, (size,)) for size in SIZES),
        *(_case(kind, (kind,), SIZES) for kind in KINDS),
    ]


def _case(name: str, kinds: tuple[str, ...], sizes: tuple[int, ...], bars: tuple[Bar, ...] = ()) -> Case:
    def run(seed: int) -> Outcome:
        rng = np.random.default_rng([seed, 8])
        inside = of = 0
        for kind in kinds:
            for size in sizes:
                for length in LENGTHS:
                    whole = company(kind, size, length + AHEAD + 1, rng)
                    (fitted,) = components([whole.until(length)], AHEAD)
                    low, high = limits(Simulator(fitted, AHEAD, FUTURES, seed=seed).run().happy, 0.8)
                    actual = whole.happy[length : length + AHEAD]
                    inside, of = inside + int(((actual >= low) & (actual <= high)).sum()), of + AHEAD
        return {INSIDE: {OURS: (inside, of)}, OUTSIDE: {OURS: (of - inside, of)}}

    return Case(NAME, name, run, len(kinds) * len(sizes) * len(LENGTHS), bars, weight=len(kinds) * len(sizes) / 3)
