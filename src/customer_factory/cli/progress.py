"""A progress bar for what takes longer than a second; on standard error, so that output stays clean."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customer_factory.warehouse.duckdb import Progress

PATIENCE = 1.0


@contextmanager
def loading() -> Iterator[Progress]:
    """Something to tell how far a load is; it draws a bar once a second has passed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    tasks: dict[str, Any] = {}

    def tell(name: str, done: int, total: int | None) -> None:
        if time.monotonic() - started < PATIENCE:
            return
        if not tasks:
            bar.start()
        if name not in tasks:
            tasks[name] = bar.add_task(name, total=total)
        bar.update(tasks[name], completed=done, total=total)

    try:
        yield tell
    finally:
        if tasks:
            bar.stop()
