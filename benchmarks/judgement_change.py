"""Operating characteristics of the judgement on changes: how often "broken" is false, and what it finds.

Run `python benchmarks/judgement_change.py [--series N] [--seed S]`. Every series has 26 batches before the change and 8
after it, unless it says otherwise. Per kind of factory and mean count it prints the share of changes without effect
that are called broken (the bar is 5 %), and of changes by +50 % that are found (the bar is 80 % at 20 a batch). In
brackets what the naive rule says: a plain comparison of the means before and after, significant at 5 % on one side.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from customer_factory.judgement import change

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


def called_broken(
    factory: Factory,
    series: int,
    rng: np.random.Generator,
    effect: float = 0.0,
    before: int = BEFORE,
    after: int = AFTER,
) -> tuple[float, float]:
    """How often a change is called broken, by the judgement and by the naive rule."""
    found = []
    for _ in range(series):
        counts = factory.draw(rng, effect, before, after)
        found.append((change(counts.tolist(), before).verdict == "broken", naive(counts, before)))
    ours, theirs = np.mean(found, axis=0)
    return float(ours), float(theirs)


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


def report(series: int, seed: int, means: tuple[float, ...]) -> None:
    """Prints the tables."""
    rng = np.random.default_rng(seed)
    started, worst = time.process_time(), (0.0, "")

    def row(name: str, options: dict[str, float], **story: float) -> None:
        nonlocal worst
        cells = []
        for mean in means:
            ours, theirs = called_broken(Factory(mean, **options), series, rng, **story)  # type: ignore[arg-type]
            cells.append(f"{mean:g}: {ours:.1%} ({theirs:.0%})")
            if not story.get("effect"):
                worst = max(worst, (ours, f"{name}, {mean:g} a batch"))
        print(f"{name:34}", "  ".join(cells).replace("%", ""), flush=True)

    print(f"Called broken though nothing changed, % of {series} series, and by the naive rule")
    for name, options in NOTHING.items():
        row(name, options)
    for before in (52, 104):
        row(f"season ±40%, {before} before", {"season": 0.4}, before=before)
    row("+1% a batch, 26 after", {"trend": 0.01}, after=26)
    row("season ±20%, 26 after", {"season": 0.2}, after=26)
    print(f"worst of these: {worst[0]:.1%} ({worst[1]}); bar 5%\n")

    print("Found, %, where the change brought +50%")
    for name in ("Poisson", "dispersion 3", "noise 20%", "+1% a batch", "4 bad batches"):
        row(name, NOTHING[name], effect=0.5)
    row("dispersion 1.5", {"dispersion": 1.5}, effect=0.5)
    for after in (4, 13, 26):
        row(f"Poisson, {after} after", {}, effect=0.5, after=after)
    row("Poisson, 104 before", {}, effect=0.5, before=104)
    print(f"\n{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=200, help="series per cell (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (default 1)")
    parser.add_argument("--means", type=float, nargs="+", default=MEANS, help="mean counts (default 1 5 20 100 1000)")
    arguments = parser.parse_args()
    report(arguments.series, arguments.seed, tuple(arguments.means))
