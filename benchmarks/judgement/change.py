"""Changes: how often "broken" is false, and what is found.

Every series has 26 batches before the change and 8 after it, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from customer_factory.judgement.change import change
from judgement.case import OURS, Bar, Case, Outcome

NAME = "change"
LOT = 4
FALSE, FOUND = 'falsely "broken"', 'found "broken"'
T_TEST = "means before and after"

BEFORE, AFTER = 26, 8
MEANS = (1, 5, 20, 100, 1000)
YEAR = 52.18


@dataclass(frozen=True)
class Factory:
    """A made-up factory.

    Attributes:
        mean: Expected count of a batch, on the average of the history before the change.
        dispersion: Variance over mean (negative binomial); 1 is Poisson.
        noise: Standard deviation of the (log-normal) factor by which batches vary.
        memory: How much of that factor one batch hands to the next.
        trend: Growth of the logarithm per batch.
        season: Amplitude of a yearly wave of the logarithm, with a phase of its own in each series.
        shift: How much the logarithm moved half-way through the history, long before the change.
        bad_run: The team acts after this many batches that are together low (by one standard deviation); 0: any time.
    """

    mean: float
    dispersion: float = 1.0
    noise: float = 0.0
    memory: float = 0.0
    trend: float = 0.0
    season: float = 0.0
    shift: float = 0.0
    bad_run: int = 0

    def draw(
        self, rng: np.random.Generator, effect: float = 0.0, before: int = BEFORE, after: int = AFTER
    ) -> np.ndarray:
        """Counts of the batches before and after the change."""
        if not self.bad_run:
            return self._draw(rng, effect, before, after)
        while True:
            waiting = 150
            counts = self._draw(rng, 0.0, before + waiting, after)
            straight = counts / np.exp(self.trend * np.arange(len(counts)))
            runs = np.convolve(straight, np.full(self.bad_run, 1 / self.bad_run), "valid")
            bad = runs < straight.mean() - straight.std() / np.sqrt(self.bad_run)
            ends = np.flatnonzero(bad) + self.bad_run
            ends = ends[(ends >= before) & (ends <= before + waiting)]
            if len(ends):
                found = counts[ends[0] - before : ends[0] + after]
                return np.concatenate([found[:before], rng.poisson(found[before:] * effect) + found[before:]])

    def _draw(self, rng: np.random.Generator, effect: float, before: int, after: int) -> np.ndarray:
        batch = np.arange(before + after)
        log = self.trend * (batch - before / 2) + self.shift * (batch >= before / 2)
        log = log + self.season * np.sin(2 * np.pi * (batch / YEAR + rng.random()))
        fresh = rng.standard_normal(len(batch))
        for index in range(1, len(batch)):
            fresh[index] = self.memory * fresh[index - 1] + np.sqrt(1 - self.memory**2) * fresh[index]
        expected = self.mean * np.exp(log + self.noise * fresh - self.noise**2 / 2)
        expected[before:] *= 1 + effect
        if self.dispersion > 1:
            expected = rng.gamma(expected / (self.dispersion - 1)) * (self.dispersion - 1)
        return rng.poisson(expected)


def naive(counts: np.ndarray, at: int) -> bool:
    """The mean after is significantly above the mean before, by a plain t-test."""
    from scipy.stats import ttest_ind

    if np.ptp(counts[:at]) == 0 and np.ptp(counts[at:]) == 0:
        return bool(counts[at] > counts[0])
    return bool(ttest_ind(counts[at:], counts[:at], equal_var=False, alternative="greater").pvalue < 0.05)


NOTHING: dict[str, dict[str, float]] = {
    "Poisson": {},
    "dispersion 3": {"dispersion": 3.0},
    "noise 20%": {"noise": 0.2},
    "noise 20%, memory .6": {"noise": 0.2, "memory": 0.6},
    "+1% a batch": {"trend": 0.01},
    "+3% a batch": {"trend": 0.03},
    "-2% a batch": {"trend": -0.02},
    "season ±20%": {"season": 0.2},
    "season ±40%": {"season": 0.4},
    "a bad batch": {"bad_run": 1},
    "4 bad batches": {"bad_run": 4},
    "8 bad batches": {"bad_run": 8},
    "4 bad, dispersion 3": {"bad_run": 4, "dispersion": 3.0},
    "4 bad, memory .6": {"bad_run": 4, "noise": 0.2, "memory": 0.6},
    "4 bad, +1% a batch": {"bad_run": 4, "trend": 0.01},
    "had fallen by 30%": {"shift": -0.35},
    "had risen by 40%": {"shift": 0.35},
}


def cases() -> list[Case]:
    """All of them."""
    return list(_all())


def _all() -> Iterator[Case]:
    bar = (Bar(FALSE, "≤", 0.05),)
    for mean in MEANS:
        for name, options in NOTHING.items():
            yield _case(f"nothing changed, {name}, {mean} a batch", Factory(mean, **options), bar)
        for before in (52, 104):
            yield _case(f"nothing changed, season ±40%, {before} before, {mean} a batch",
                        Factory(mean, season=0.4), bar, before=before)  # fmt: skip
        yield _case(f"nothing changed, +1% a batch, 26 after, {mean} a batch", Factory(mean, trend=0.01), bar, after=26)
        for name in ("Poisson", "dispersion 3", "noise 20%", "+1% a batch", "4 bad batches"):
            wanted = (Bar(FOUND, "≥", 0.8),) if (name, mean) == ("Poisson", 20) else ()
            yield _case(f"+50%, {name}, {mean} a batch", Factory(mean, **NOTHING[name]), wanted, effect=0.5)


def _case(
    name: str,
    factory: Factory,
    bars: tuple[Bar, ...],
    effect: float = 0.0,
    before: int = BEFORE,
    after: int = AFTER,
) -> Case:
    def run(seed: int) -> Outcome:
        rng = np.random.default_rng([seed, 7])
        ours = theirs = 0
        for _ in range(LOT):
            counts = factory.draw(rng, effect, before, after)
            ours += change(counts.tolist(), before).verdict == "broken"
            theirs += naive(counts, before)
        return {FOUND if effect else FALSE: {OURS: (ours, LOT), T_TEST: (theirs, LOT)}}

    return Case(NAME, name, run, LOT, bars)
