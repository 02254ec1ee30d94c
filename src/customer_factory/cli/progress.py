"""A progress bar for what takes longer than a second; on standard error, so that output stays clean."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customer_factory.warehouse.duckdb import Progress

PATIENCE = 1.0


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The user stopped what was under way."""


@contextmanager
def loading() -> Iterator[Progress]:
    """Something to tell how far the work is; a bar shows it once a second has passed, on a terminal only.

    Raises:
        Stopped: The user pressed Ctrl-C.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True, redirect_stdout=False)
    tasks: dict[str, Any] = {"": bar.add_task("working", total=None)}

    def tell(name: str, done: int, total: int | None) -> None:
        if name not in tasks:
            bar.update(tasks[""], visible=False)
            tasks[name] = bar.add_task(name, total=total)
        bar.update(tasks[name], completed=done, total=total)

    timer = Timer(PATIENCE, bar.start)
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield tell
    except KeyboardInterrupt:
        raise Stopped from None
    finally:
        timer.cancel()
        if timer.is_alive():
            timer.join()
        if bar.live.is_started:
            bar.stop()
