"""Operating characteristics of the forecast: how often its 80 % intervals hold, on made-up companies and on real data.

Run `python benchmarks/judgement_forecast.py [--companies N] [--seed S] [--samples N] [--data FOLDER]`. It prints, per
kind of company and people a batch, the share of held-out throughputs inside their 80 % interval (the bar, over all of
them, is 77–83 %); the same for sample companies made of events, cut off in their past; for real data sets through the
blueprints of docs/examples, from the back-test; and how long 10,000 futures of 52 batches take (the bar is .3 s).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np

from customer_factory import Factory, samples
from customer_factory.model.components import components
from customer_factory.model.forecast import limits
from customer_factory.model.history import History, Stage
from customer_factory.model.simulation import Simulator

ROOT = Path(__file__).parents[1]
SIZES = (1, 5, 20, 100, 1000)
LENGTHS = (12, 26, 60)
AHEAD = 13
KINDS = ("flat", "growing", "shrinking", "season", "overdispersed", "wandering", "memory", "mix shift", "a new level")
REAL = {
    "uci-retail": ("month", "week"),
    "mobile-game": ("month", "week"),
    "complete-journey": ("week",),
    "cdnow": ("week", "month"),
}
FUTURES = 1000


def company(kind: str, people: float, batches: int, rng: np.random.Generator) -> History:
    """A company that makes about so many happy customers a batch: two channels, one step with delays."""
    t = np.arange(batches)
    log = np.zeros(batches)
    if kind == "growing":
        log += rng.uniform(0.005, 0.03) * (t - batches / 2)
    if kind == "shrinking":
        log -= rng.uniform(0.005, 0.03) * (t - batches / 2)
    if kind == "season":
        log += rng.uniform(0.1, 0.4) * np.sin(2 * np.pi * (t + rng.uniform(0, 52)) / 52.18)
    if kind == "wandering":
        log += np.cumsum(rng.normal(0, rng.uniform(0.02, 0.12), batches))
    if kind == "memory":
        log += memory(batches, rng)
    if kind == "a new level":
        log += np.where(t >= rng.integers(4, batches - 4), rng.choice([-0.5, 0.5]), 0)
    rate = np.clip(rng.beta(3, 4), 0.05, 0.95)
    arrivals = people / rate * np.exp(log)
    if kind == "overdispersed":
        arrivals = arrivals * rng.gamma(1 / 0.09, 0.09, batches)
    share = np.clip(0.3 + (0.4 * t / batches if kind == "mix shift" else 0), 0, 1)
    cohort_noise = rng.uniform(0, 0.15)
    delay = rng.dirichlet([4, 3, 2, 1, 0.5])
    channels, came = {}, np.zeros((batches, batches + len(delay)))
    for name, part, quality in (("search", 1 - share, 1.1), ("ads", share, 0.6)):
        counts = rng.poisson(arrivals * part)
        channels[name] = counts.astype(float)
        own = np.clip(rate * quality * np.exp(rng.normal(0, cohort_noise, batches)), 0, 0.98)
        chances = np.column_stack([own[:, None] * delay, 1 - own])
        found = rng.multinomial(counts, chances)
        for start in range(batches):
            came[start, start : start + len(delay)] += found[start, :-1]
    entered = np.asarray(sum(channels.values()))
    return History(
        unit="week", first_index=2900, elapsed=0.0, whole=np.append(np.ones(batches - 1), 0.0), arrivals=channels,
        steps=("activation",), stages=(Stage(entered, came[:, :batches]),), capacity={}, traded=None,
        active=None, earned=None, payers="acquisition", brought=None, bringers="happy",
    )  # fmt: skip


def memory(batches: int, rng: np.random.Generator) -> np.ndarray:
    """A factor that one batch hands on to the next in part."""
    found, keep = np.zeros(batches), rng.uniform(0.3, 0.9)
    for t in range(1, batches):
        found[t] = keep * found[t - 1] + rng.normal(0, 0.15)
    return found


def made_up(companies: int, seed: int) -> tuple[int, int]:
    print(
        f"\nThroughput inside the 80 % interval, 1–{AHEAD} batches ahead, after {LENGTHS} batches ({companies} each)\n"
    )
    print("kind            " + "".join(f"{size:>8}" for size in SIZES) + "     all")
    everything = Counter()
    by_size = Counter()
    for kind in KINDS:
        cells, row = [], Counter()
        for size in SIZES:
            cell = Counter()
            for length in LENGTHS:
                rng = np.random.default_rng([seed, KINDS.index(kind), size, length])
                full = [company(kind, size, length + AHEAD + 1, rng) for _ in range(companies)]
                for i, fitted in enumerate(components([past.until(length) for past in full], AHEAD)):
                    futures = Simulator(fitted, AHEAD, FUTURES, seed=i).run()
                    low, high = limits(futures.happy, 0.8)
                    actual = full[i].happy[length : length + AHEAD]
                    cell.update(inside=int(((actual >= low) & (actual <= high)).sum()), of=AHEAD)
            cells.append(cell["inside"] / cell["of"])
            row.update(cell)
            by_size.update({f"{size} inside": cell["inside"], f"{size} of": cell["of"]})
        everything.update(row)
        print(
            f"{kind:16}" + "".join(f"{cell:8.1%}" for cell in cells) + f"{row['inside'] / row['of']:8.1%}", flush=True
        )
    sizes = "".join(f"{by_size[f'{size} inside'] / by_size[f'{size} of']:8.1%}" for size in SIZES)
    print(f"{'all':16}{sizes}{everything['inside'] / everything['of']:8.1%}")
    return everything["inside"], everything["of"]


def from_events(times: int, seed: int) -> None:
    """Sample companies, forecast from a quarter before their end and compared with what came."""
    print("\nThroughput of sample companies, forecast from 8 batches before their end\n")
    everything = Counter()
    for name in samples.names():
        row = Counter()
        for k in range(times):
            made = samples.company(name, seed=seed + k, scale=0.5)
            with Factory.from_events(made.events, made.blueprint) as factory:
                end = factory.look(made.on).measures
                first = end.moment.running - 8
                past = made.on - (made.on - end.moment.batches.begins(first)) - timedelta(microseconds=1)
                told = factory.forecast(8, on=past) if first - end.moment.opening > 6 else None
            if told is None or not told.batches:
                continue
            actual = {batch.start: batch.happy for batch in end.throughput if batch.complete}
            for batch in told.batches:
                if batch.start in actual:
                    row.update(inside=batch.happy.low <= actual[batch.start] <= batch.happy.high, of=1)
        everything.update(row)
        if row["of"]:
            print(f"{name:16}{row['inside'] / row['of']:8.1%} of {row['of']}", flush=True)
    print(f"{'all':16}{everything['inside'] / everything['of']:8.1%} of {everything['of']}")


def real(data: Path) -> None:
    print("\nReal data: the back-test's coverage of the 80 % interval\n")
    print("data              batch  throughput       arrivals         active           revenue")
    everything, declared_only = Counter(), Counter()
    for name, units in REAL.items():
        for unit in units:
            folder = Path(tempfile.mkdtemp())
            text = (ROOT / "docs/examples" / name / "factory.toml").read_text(encoding="utf-8")
            declared = next(line for line in text.splitlines() if line.startswith("batch = "))
            (folder / "factory.toml").write_text(text.replace(declared, f'batch = "{unit}"'), encoding="utf-8")
            for file in data.glob("*.parquet"):
                (folder / file.name).symlink_to(file.resolve())
            with Factory.open(folder) as factory:
                held = factory.forecast(AHEAD).held
            shutil.rmtree(folder)
            cells = [held.get(series) for series in ("happy", "arrivals", "active", "revenue")]
            words = [f"{c.inside / c.of:6.1%} of {c.of:<4}   " if c and c.of else " " * 17 for c in cells]
            print(f"{name:18}{unit:7}{''.join(words)}", flush=True)
            everything.update(inside=held["happy"].inside, of=held["happy"].of)
            if declared == f'batch = "{unit}"':
                declared_only.update(inside=held["happy"].inside, of=held["happy"].of)
    share = declared_only["inside"] / declared_only["of"]
    print(f"{'as declared, throughput':25}{share:6.1%} of {declared_only['of']}")
    print(f"{'all throughput':25}{everything['inside'] / everything['of']:6.1%} of {everything['of']}")


def speed() -> None:
    rng = np.random.default_rng(0)
    past = company("wandering", 50, 60, rng)
    t = np.arange(60)
    again = np.where(t[None, :] >= t[:, None], rng.poisson(past.happy[:, None] * 0.3), 0).astype(float)
    full = History(**{**vars(past), "active": Stage(past.happy, again), "earned": Stage(past.happy, again * 20, 30.0)})
    fitted = components([full], 52)[0]
    took = []
    for seed in range(3):
        begun = time.process_time()
        Simulator(fitted, 52, 10_000, seed=seed).run()
        took.append(time.process_time() - begun)
    print(f"\n10,000 futures of 52 batches, arrivals to revenue: {min(took):.2f} s of one core (the bar is .3 s)")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--companies", type=int, default=40, help="per kind, size and length of history")
    options.add_argument("--seed", type=int, default=20261)
    options.add_argument("--samples", type=int, default=3, help="of each sample company; 0: none")
    options.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    given = options.parse_args()
    speed()
    made_up(given.companies, given.seed)
    if given.samples:
        from_events(given.samples, given.seed)
    if given.data.is_dir():
        real(given.data)


if __name__ == "__main__":
    main()
