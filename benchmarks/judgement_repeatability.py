"""Operating characteristics of the repeatability judgement: how often it cries wolf, and what it sees.

Run `python benchmarks/judgement_repeatability.py [--series N] [--seed S]`. It prints, per kind of stable factory and
mean count, the share of series with at least one false signal per 24 batches (the bar is 5 %), and how often a
fall or a rise is seen within four batches (a fall by half at 20 a batch: the bar is 80 %).
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from customer_factory.statistics.count_rules import ABOVE, BELOW, FOUR_ABOVE, FOUR_BELOW, judge

MEANS = (1, 1.5, 2, 3, 5, 8, 12, 20, 50, 100, 500, 2000, 10_000)
FEW_MEANS = (1, 5, 20, 100, 2000, 10_000)
_CHUNK = 50  # series judged in one stroke: as many as stay in the cache


@dataclass(frozen=True)
class Factory:
    """A made-up factory whose batches are known to be stable.

    Attributes:
        mean: Expected count of the first batch.
        dispersion: Variance over mean (negative binomial); 1 is Poisson.
        noise: Standard deviation of the (log-normal) factor by which batches vary.
        trend: Growth of the expected count per batch.
        memory: How much of that factor one batch hands to the next (not covered by the bars).
    """

    mean: float
    dispersion: float = 1.0
    noise: float = 0.0
    trend: float = 0.0
    memory: float = 0.0

    def draw(
        self, rng: np.random.Generator, series: int, batches: int, *, change: float = 1.0, at: int = 0
    ) -> np.ndarray:
        """Counts, (series, batches); from batch `at` on the expected count is multiplied by `change`."""
        expected = self.mean * (1 + self.trend) ** np.arange(batches) * np.ones((series, 1))
        expected[:, at:] *= change
        if self.noise:
            expected *= np.exp(self.noise * self._standard(rng, series, batches) - self.noise**2 / 2)
        if self.dispersion > 1:
            expected = rng.gamma(expected / (self.dispersion - 1)) * (self.dispersion - 1)
        return rng.poisson(expected).astype(float)

    def _standard(self, rng: np.random.Generator, series: int, batches: int) -> np.ndarray:
        fresh = rng.standard_normal((series, batches))
        fresh[:, 1:] *= np.sqrt(1 - self.memory**2)
        for batch in range(1, batches):
            fresh[:, batch] += self.memory * fresh[:, batch - 1]
        return fresh


def signals(counts: np.ndarray) -> np.ndarray:
    """The codes of the broken rules, (series, batches)."""
    return np.concatenate([judge(counts[begin : begin + _CHUNK]).signals for begin in range(0, len(counts), _CHUNK)])


@dataclass(frozen=True)
class FalseSignals:
    """Shares of stable series with at least one signal.

    Attributes:
        judged: In 24 judged batches that follow a baseline of 12: the strictest reading of the bar.
        first: In the first 24 batches of a factory, of which 6 are not judged.
        by_rule: As `judged`, by rule: one below, one above, four below, four above.
    """

    judged: float
    first: float
    by_rule: tuple[float, ...]


def false_signals(factory: Factory, series: int, rng: np.random.Generator) -> FalseSignals:
    """How often a stable factory is said not to be."""
    found = signals(factory.draw(rng, series, 36))
    late = found[:, 12:]

    def share(codes: np.ndarray) -> float:
        return float((codes > 0).any(axis=1).mean())

    rules = (BELOW, ABOVE, FOUR_BELOW, FOUR_ABOVE)
    return FalseSignals(share(late), share(found[:, :24]), tuple(share(late & rule) for rule in rules))


def seen(factory: Factory, change: float, series: int, rng: np.random.Generator, *, before: int = 26) -> float:
    """How often a lasting change signals on its own side within four batches, after some stable ones."""
    found = signals(factory.draw(rng, series, before + 4, change=change, at=before))[:, before:]
    side = BELOW | FOUR_BELOW if change < 1 else ABOVE | FOUR_ABOVE
    return float(((found & side) > 0).any(axis=1).mean())


def _stable_kinds() -> list[tuple[str, tuple[float, ...], dict[str, float]]]:
    kinds: list[tuple[str, tuple[float, ...], dict[str, float]]] = [("Poisson", MEANS, {})]
    kinds += [(f"dispersion {d:g}", MEANS, {"dispersion": d}) for d in (1.5, 3.0, 5.0)]
    kinds += [(f"noise {s:.0%}", (100, 500, 2000, 10_000), {"noise": s}) for s in (0.1, 0.2)]
    # The hardest found: a decline too slow to be told from noise that is a little more than Poisson.
    kinds += [("dispersion 2, -1% a batch", (200, 400, 800), {"dispersion": 2.0, "trend": -0.01})]
    for trend in (-0.01, 0.01, 0.02, 0.04):
        kinds += [(f"Poisson, {trend:+.0%} a batch", FEW_MEANS, {"trend": trend})]
        kinds += [
            (f"dispersion {d:g}, {trend:+.0%} a batch", FEW_MEANS, {"dispersion": d, "trend": trend})
            for d in (1.5, 5.0)
        ]
        kinds += [(f"noise 20%, {trend:+.0%} a batch", (100, 2000, 10_000), {"noise": 0.2, "trend": trend})]
    return kinds


def report(series: int, seed: int) -> None:
    """Prints the tables."""
    rng = np.random.default_rng(seed)
    started, worst, worst_first = time.process_time(), 0.0, 0.0
    print(f"False signals per 24 stable batches, % of {series} series: after a baseline of 12 (first 24 batches)")
    for name, means, options in _stable_kinds():
        cells = []
        for mean in means:
            found = false_signals(Factory(mean, **options), series, rng)
            worst, worst_first = max(worst, found.judged), max(worst_first, found.first)
            cells.append(f"{mean:g}: {found.judged:.1%} ({found.first:.1%})")
        print(f"{name:28}", "  ".join(cells).replace("%", ""), flush=True)
    print(f"worst of these: {worst:.1%}, in the first 24 batches {worst_first:.1%}; bar 5%\n")

    print("Seen within 4 batches, after 26 stable ones, %")
    for name, options in (
        ("Poisson", {}),
        ("dispersion 1.5", {"dispersion": 1.5}),
        ("dispersion 3", {"dispersion": 3.0}),
        ("noise 10%", {"noise": 0.1}),
        ("Poisson, +2% a batch", {"trend": 0.02}),
    ):
        for change in (0.5, 2.0):
            cells = [
                f"{mean:g}: {seen(Factory(mean, **options), change, series, rng):.1%}"
                for mean in (2, 5, 10, 20, 50, 100)
            ]
            print(f"{name + f', times {change:g}':28}", "  ".join(cells).replace("%", ""), flush=True)

    print("\nOutside the bars, false signals, %: batches that remember (a noise of 15 %, autocorrelated)")
    for memory in (0.3, 0.6):
        cells = [
            f"{mean:g}: {false_signals(Factory(mean, noise=0.15, memory=memory), series, rng).judged:.1%}"
            for mean in (20, 100, 2000)
        ]
        print(f"{'memory ' + format(memory, 'g'):28}", "  ".join(cells).replace("%", ""), flush=True)
    print(f"\n{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=300, help="series per cell (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (default 1)")
    arguments = parser.parse_args()
    report(arguments.series, arguments.seed)
