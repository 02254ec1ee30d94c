"""How fast, and in how much memory: the product beside other ways to get the same numbers, in one run.

    python benchmarks/speed.py [--people 200000 2000000] [--data FOLDER]

The numbers: people acquired, activated within 14 days, paid within 30 days of that; happy customers per week; revenue;
and the retention grid by week of acquisition. Every contender runs in a process of its own; seconds are wall time on
this machine at this hour, so read the ratios.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

BLUEPRINT = """
[factory]
name = "Benchmark"
[steps.acquisition]
event = "signed_up"
[steps.activation]
event = "report_shared"
window = "14 days"
[steps.retention]
event = "session_started"
[steps.revenue]
event = "invoice_paid"
window = "30 days"
[steps.referral]
referrer = "invited_by"
window = "30 days"
"""
WEEK = "CAST(floor((epoch(time) / 86400 + 3) / 7) AS INTEGER)"
PLAIN = f"""
CREATE OR REPLACE TEMP TABLE people AS
SELECT person, min(time) FILTER (event = 'signed_up') AS acquired, min(time) FILTER (event = 'report_shared') AS shared,
       min(time) FILTER (event = 'invoice_paid') AS paid, sum(amount) FILTER (event = 'invoice_paid') AS amount,
       any_value(channel) FILTER (event = 'signed_up') AS channel
FROM log GROUP BY person;
CREATE OR REPLACE TEMP TABLE activity AS
SELECT person, {WEEK} AS week FROM log WHERE event = 'session_started' GROUP BY 1, 2;
"""
GRID = f"""
SELECT {WEEK.replace("time", "acquired")} AS cohort, week, count(*) AS n
FROM activity JOIN people USING (person) WHERE acquired IS NOT NULL GROUP BY 1, 2"""
COUNTS = """
SELECT count(acquired), count(*) FILTER (shared >= acquired AND shared <= acquired + INTERVAL 14 DAY),
       count(*) FILTER (shared >= acquired AND shared <= acquired + INTERVAL 14 DAY
                        AND paid >= shared AND paid <= shared + INTERVAL 30 DAY), sum(amount) FROM people"""


def product(log: Path, folder: Path) -> dict[str, Any]:
    """Load, cold trace, warm look, catch-up."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    import customer_factory as cf

    (folder / "factory.toml").write_text(BLUEPRINT)
    found: dict[str, Any] = {}
    with cf.Factory.open(folder) as factory:
        found["load"] = timed(lambda: factory.load(log))
        found["cold trace"] = timed(factory.traced)
        factory.look()
        found["warm look"] = min(timed(factory.look) for _ in range(5))
        report = factory.look()
        found["numbers"] = [report.steps["acquisition"].reached, report.steps["activation"].reached]
        found["counts"] = sum(b.happy for b in report.measures.throughput)
        first = pq.ParquetFile(log).read_row_group(0, columns=["person"]).column("person").unique().to_pylist()[:1000]
        moment = report.measures.moment.on
        fresh = pa.table(
            {
                "person": [first[i % len(first)] for i in range(10_000)],
                "event": ["session_started"] * 10_000,
                "time": pa.array([moment] * 10_000, pa.timestamp("us")),
                "event_id": [f"fresh-{i}" for i in range(10_000)],
            }
        )

        def catch_up() -> None:
            factory.load(fresh)
            factory.look()

        found["catch-up"] = timed(catch_up)
    return found


def plain_sql(log: Path, folder: Path) -> dict[str, Any]:
    """The same numbers by hand-written SQL over the raw log in DuckDB."""
    import duckdb

    connection = duckdb.connect(str(folder / "plain.duckdb"), config={"memory_limit": "2GB"})
    load = timed(lambda: connection.execute(f"CREATE TABLE log AS FROM '{log}'").fetchall())
    numbers: list[Any] = []

    def trace() -> None:
        for statement in PLAIN.split(";")[:-1]:
            connection.execute(statement).fetchall()
        numbers.extend(connection.execute(COUNTS).fetchall()[0])
        connection.execute(GRID).fetchall()

    return {"load": load, "cold trace": timed(trace), "numbers": numbers[:2], "counts": numbers[1]}


def clickhouse(log: Path, folder: Path) -> dict[str, Any]:
    """The same in the ClickHouse engine, in this process."""
    from chdb import session

    engine = session.Session(str(folder / "clickhouse"))
    engine.query("CREATE DATABASE bench")
    order = "ENGINE = MergeTree ORDER BY (event, person)"
    load = timed(
        lambda: engine.query(
            f"CREATE TABLE bench.log {order} AS SELECT assumeNotNull(person) AS person, "
            f"assumeNotNull(event) AS event, assumeNotNull(time) AS time, amount, channel FROM file('{log}', Parquet)"
        )
    )
    people = """
        SELECT person, minOrNullIf(time, event = 'signed_up') AS acquired,
               minOrNullIf(time, event = 'report_shared') AS shared, minOrNullIf(time, event = 'invoice_paid') AS paid,
               sumIf(amount, event = 'invoice_paid') AS amount, anyIf(channel, event = 'signed_up') AS channel
        FROM bench.log GROUP BY person"""
    week = "intDiv(toUnixTimestamp(time) + 259200, 604800)"
    numbers: list[Any] = []

    def trace() -> None:
        engine.query(f"CREATE TABLE bench.people ENGINE = Memory AS {people}")
        inside = "shared >= acquired AND shared <= acquired + INTERVAL 14 DAY"
        answer = engine.query(
            f"SELECT count(acquired), countIf({inside}), countIf({inside} AND paid >= shared AND "
            "paid <= shared + INTERVAL 30 DAY), sum(amount) FROM bench.people",
            "JSONCompact",
        )
        numbers.extend(int(float(value)) for value in json.loads(str(answer))["data"][0])
        engine.query(
            f"SELECT {week.replace('time', 'acquired')} AS cohort, week, count() FROM (SELECT person, {week} AS week "
            "FROM bench.log WHERE event = 'session_started' GROUP BY person, week) AS activity "
            "JOIN bench.people AS people USING (person) GROUP BY cohort, week"
        )

    return {"load": load, "cold trace": timed(trace), "numbers": numbers[:2], "counts": numbers[1]}


def with_polars(log: Path, folder: Path) -> dict[str, Any]:
    """The same in Polars, from the file."""
    import polars as pl

    del folder
    numbers: list[Any] = []

    def trace() -> None:
        events = pl.scan_parquet(log)
        first = {
            name: pl.col("time").filter(pl.col("event") == event).min()
            for name, event in (("acquired", "signed_up"), ("shared", "report_shared"), ("paid", "invoice_paid"))
        }
        people = (
            events.group_by("person")
            .agg(**first, amount=pl.col("amount").filter(pl.col("event") == "invoice_paid").sum())
            .collect()
        )
        inside = (pl.col("shared") >= pl.col("acquired")) & (
            pl.col("shared") - pl.col("acquired") <= pl.duration(days=14)
        )
        numbers.extend([people["acquired"].count(), people.filter(inside).height])
        activity = (
            events.filter(pl.col("event") == "session_started")
            .select("person", week=pl.col("time").dt.truncate("1w"))
            .unique()
            .collect()
        )
        activity.join(people.select("person", cohort=pl.col("acquired").dt.truncate("1w")), on="person").group_by(
            "cohort", "week"
        ).len()

    return {"load": None, "cold trace": timed(trace), "numbers": numbers, "counts": numbers[1]}


def with_pandas(log: Path, folder: Path) -> dict[str, Any]:
    """The same in pandas, from the file."""
    import pandas as pd

    del folder
    numbers: list[Any] = []

    def trace() -> None:
        events = pd.read_parquet(log, columns=["person", "event", "time", "amount"])
        first = {
            name: events[events["event"] == event].groupby("person")["time"].min()
            for name, event in (("acquired", "signed_up"), ("shared", "report_shared"), ("paid", "invoice_paid"))
        }
        people = pd.DataFrame(first)
        inside = (people.shared >= people.acquired) & (people.shared - people.acquired <= pd.Timedelta(days=14))
        numbers.extend([int(people.acquired.count()), int(inside.sum())])
        sessions = events.loc[events["event"] == "session_started", ["person", "time"]]
        weeks = sessions.assign(week=sessions.time.dt.to_period("W").dt.start_time)
        weeks = weeks[["person", "week"]].drop_duplicates()
        cohorts = people.acquired.dt.to_period("W").dt.start_time.rename("cohort")
        weeks.join(cohorts, on="person").groupby(["cohort", "week"]).size()

    return {"load": None, "cold trace": timed(trace), "numbers": numbers, "counts": numbers[1]}


CONTENDERS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "customer-factory": product,
    "plain SQL, DuckDB": plain_sql,
    "plain SQL, ClickHouse": clickhouse,
    "Polars": with_polars,
    "pandas": with_pandas,
}


def timed(call: Callable[[], Any]) -> float:
    """Wall seconds of a call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def run(name: str, log: Path) -> None:
    """One contender, in this process: prints one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        found = CONTENDERS[name](log, Path(folder))
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps(found))


def table(log: Path, names: list[str]) -> None:
    """Every contender on one log."""
    import pyarrow.parquet as pq

    print(f"\n{pq.ParquetFile(log).metadata.num_rows:,} events")
    heads = ("load", "cold trace", "warm look", "catch-up", "peak")
    print(f"{'':24}" + "".join(f"{head:>12}" for head in heads) + f"{'acquired':>12}{'activated':>12}")
    for name in names:
        done = subprocess.run(
            [sys.executable, __file__, "--run", name, "--log", str(log)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{name:24}failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        found = json.loads(done.stdout.strip().splitlines()[-1])
        cells = [f"{found[h]:.2f} {'GB' if h == 'peak' else 's'}" if found.get(h) is not None else "–" for h in heads]
        numbers = "".join(f"{n:>12,}" for n in found["numbers"])
        print(f"{name:24}" + "".join(f"{cell:>12}" for cell in cells) + numbers, flush=True)


def main() -> None:
    """Make the logs where they are not there yet, then run everybody."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, nargs="+", default=[200_000, 2_000_000])
    parser.add_argument("--data", type=Path, default=Path(__file__).parent / "data")
    parser.add_argument("--only", nargs="+", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--run", choices=list(CONTENDERS))
    parser.add_argument("--log", type=Path)
    asked = parser.parse_args()
    if asked.run:
        run(asked.run, asked.log)
        return
    from data import write

    asked.data.mkdir(parents=True, exist_ok=True)
    for people in asked.people:
        log = asked.data / f"events-{people}.parquet"
        if not log.exists():
            print(f"making {log.name} …", flush=True)
            write(log, people)
        table(log, asked.only)


if __name__ == "__main__":
    main()
