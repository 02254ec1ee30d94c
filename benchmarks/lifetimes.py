"""BG/NBD on a million customers: the product beside the `lifetimes` package, on the same purchases, in one run.

    python benchmarks/lifetimes.py [--people 1000000] [--seed 11] [--python INTERPRETER]

`lifetimes` (0.11) needs an older numpy, so it runs in an interpreter of its own: the one named, or a virtual
environment that is made for the run and thrown away. Both sides use one thread. Seconds are wall time on this machine
at this hour, so read the ratios. Both see the same purchases of made-up customers who buy and leave as the model says;
loading them, and the libraries, is not counted on either side.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np

TRUE = {"r": 0.243, "alpha": 4.414 * 7, "a": 0.793, "b": 2.426}
FIRST = np.datetime64("2025-01-06")
DAYS, ENTRY = 78 * 7, 39 * 7
THEIRS = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import summary_data_from_transaction_data
rows, end = pd.DataFrame(dict(np.load(sys.argv[1]))), sys.argv[2]
start = time.perf_counter()
people = summary_data_from_transaction_data(rows, "person", "time", observation_period_end=end)
grouped = time.perf_counter()
fit = BetaGeoFitter().fit(people.frequency, people.recency, people["T"])
done = time.perf_counter()
found = {name: float(value) for name, value in fit.params_.items()}
print(json.dumps({"group": grouped - start, "fit": done - grouped, "customers": len(people), **found}))
"""


def purchases(people: int, seed: int) -> Any:
    """A table of purchases: person, event, time (a date), amount."""
    import pyarrow as pa

    rng = np.random.default_rng(seed)
    now = rng.integers(0, ENTRY, people).astype(float)
    rate, leave = rng.gamma(TRUE["r"], 1 / TRUE["alpha"], people), rng.beta(TRUE["a"], TRUE["b"], people)
    left = np.arange(people)
    who, when = [left], [now]
    while len(left):
        now = now + rng.exponential(1 / np.maximum(rate[left], 1e-12))
        inside = now < DAYS
        left, now = left[inside], now[inside]
        who.append(left)
        when.append(now)
        stay = rng.random(len(left)) >= leave[left]
        left, now = left[stay], now[stay]
    person, days = np.concatenate(who), np.floor(np.concatenate(when)).astype("timedelta64[D]")
    return pa.table(
        {
            "person": pa.array(person).cast(pa.string()),
            "event": pa.repeat("bought", len(person)),
            "time": pa.array((FIRST + days).astype("datetime64[us]")),
            "amount": pa.repeat(1.0, len(person)),
        }
    )


def ours(file: Path, end: str) -> dict[str, float]:
    """Group in the engine, and fit."""
    import customer_factory as cf
    from customer_factory.statistics import fit_beta_geo

    shop = {"steps": {"acquisition": "bought", "revenue": {"event": "bought", "same_event": True}}}
    with cf.Factory.from_events(file, shop) as factory:
        factory.traced(end)
        start = time.perf_counter()
        found = factory.purchases(end)
        grouped = time.perf_counter()
        fit = fit_beta_geo(found.frequency, found.recency, found.T, found.customers)
        done = time.perf_counter()
    each = [np.repeat(past, found.customers.astype(int)) for past in (found.frequency, found.recency, found.T)]
    begin = time.perf_counter()
    fit_beta_geo(*each)
    rows = time.perf_counter() - begin
    parameters = {name: getattr(fit, name) for name in TRUE}
    times = {"group": grouped - start, "fit": done - grouped, "rows": rows}
    return {**times, "customers": float(found.customers.sum()), **parameters}


def theirs(file: Path, end: str, python: str) -> dict[str, float]:
    """The same by `lifetimes`."""
    done = subprocess.run([python, "-c", THEIRS, str(file), end], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"lifetimes did not run:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def made(folder: Path) -> str:
    """An interpreter with `lifetimes`, in a new virtual environment."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    wanted = ["lifetimes==0.11.3", "numpy<2", "pandas<2.3"]
    subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
    return python


def main() -> None:
    """Run both, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--python", help="an interpreter that has lifetimes")
    arguments = parser.parse_args()
    end = str(FIRST + DAYS)
    with tempfile.TemporaryDirectory() as folder:
        import pyarrow.parquet as pq

        file = Path(folder) / "purchases.parquet"
        table = purchases(arguments.people, arguments.seed)
        pq.write_table(table, file)
        same = Path(folder) / "purchases.npz"
        np.savez(same, person=table["person"].cast("int64").to_numpy(), time=table["time"].to_numpy())
        print(f"{arguments.people:,} customers, {len(table):,} purchases, seed {arguments.seed}\n")
        mine = ours(file, end)
        other = theirs(same, end, arguments.python or made(Path(folder) / "lifetimes"))
    print(f"{'':12}{'grouping s':>12}{'fit s':>10}" + "".join(f"{name:>10}" for name in TRUE))
    for name, found in (("product", mine), ("lifetimes", other)):
        numbers = "".join(f"{found[parameter]:10.4f}" for parameter in TRUE)
        print(f"{name:12}{found['group']:12.2f}{found['fit']:10.2f}{numbers}")
    print(f"{'truth':34}" + "".join(f"{value:10.4f}" for value in TRUE.values()))
    off = max(abs(mine[name] / other[name] - 1) for name in TRUE)
    print(f"\nlargest difference of a parameter {off:.1e} ({'the same' if off < 5e-4 else 'NOT the same'} to 3 digits)")
    whole = (other["group"] + other["fit"]) / (mine["group"] + mine["fit"])
    print(f"from one row per customer, {mine['rows']:.2f} s: {other['fit'] / mine['rows']:.0f} × as fast")
    print(f"from the engine's groups: {other['fit'] / mine['fit']:.0f} ×; from purchases, grouping too: {whole:.0f} ×")


if __name__ == "__main__":
    # Set before numpy's libraries start their threads; the other interpreter inherits it.
    if os.environ.setdefault("OMP_NUM_THREADS", "1") != "1" or "OPENBLAS_NUM_THREADS" not in os.environ:
        os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        os.execv(sys.executable, [sys.executable, *sys.argv])
    main()
