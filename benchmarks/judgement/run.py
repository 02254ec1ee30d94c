"""Runs what is missing, on two processes, and keeps each result as a line, so that a rerun goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from judgement.case import Case, Outcome, add
from judgement.registry import registry

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "judgement.jsonl"
JUDGING = tuple(f"src/customer_factory/{station}" for station in ("judgement", "statistics", "measures", "model"))

Job = tuple[str, int]
"""(key of a case, seed)."""


def version() -> str:
    """Of the code whose results these are: another one's do not count."""
    parts = [path for folder in (*JUDGING, "benchmarks/judgement") for path in (ROOT / folder).rglob("*.py")]
    text = b"".join(path.read_bytes() for path in sorted(parts) if path.name not in {"page.py", "__main__.py"})
    return hashlib.sha256(text).hexdigest()[:12]


def jobs(cases: Iterable[Case], companies: int, seed: int) -> list[Job]:
    """As many seeds per case as it takes for so many companies."""
    return [
        (case.key, seed + place) for case in cases for place in range(max(1, round(companies * case.weight / case.lot)))
    ]


def known(code: str, file: Path = RESULTS) -> dict[Job, Outcome]:
    """What was run before, with this code. A line that was cut short is left out."""
    found: dict[Job, Outcome] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if row["code"] == code:
            found[row["case"], row["seed"]] = row["outcome"]
    return found


def run(todo: Sequence[Job], processes: int, code: str, file: Path = RESULTS) -> None:
    """Run these jobs, with a bar that shows how far it is."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    file.parent.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with file.open("a", encoding="utf-8") as out, Progress(*columns) as progress:
        task = progress.add_task("operating characteristics", total=len(todo))
        for (case, seed), outcome in _outcomes(todo, processes):
            row: dict[str, Any] = {"case": case, "seed": seed, "code": code, "outcome": outcome}
            out.write(json.dumps(row) + "\n")
            out.flush()
            progress.advance(task)


def _outcomes(todo: Sequence[Job], processes: int) -> Iterator[tuple[Job, Outcome]]:
    if processes <= 1:
        yield from map(_one, todo)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_one, todo, chunksize=4)


def _one(job: Job) -> tuple[Job, Outcome]:
    return job, registry()[job[0]].run(job[1])


def summed(results: dict[Job, Outcome], wanted: Iterable[Job]) -> dict[str, Outcome]:
    """Per case the sum of its results."""
    by_case: dict[str, list[Outcome]] = defaultdict(list)
    for job in wanted:
        if job in results:
            by_case[job[0]].append(results[job])
    return {case: add(outcomes) for case, outcomes in by_case.items()}
