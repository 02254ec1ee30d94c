"""The command ``experiment``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from customer_factory.cli.progress import loading


def experiment(
    folder: Annotated[Path, typer.Argument(help="The factory's folder.", show_default=False)],
    name: Annotated[str | None, typer.Argument(help="Which experiment, where there are several.")] = None,
    on: Annotated[str | None, typer.Option(help="Look as of this date (2026-03-01).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON and nothing else.")] = False,
) -> None:
    """Show what an experiment says so far: each arm's effect on its step and on throughput."""
    from customer_factory.factory import opened

    with loading() as progress, opened([folder], None, progress) as factory:
        found = factory.experiment(name, on, progress)
    if as_json:
        narrow = not (sys.stdout.encoding or "").lower().startswith("utf")
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=narrow, indent=2, allow_nan=False))
        return
    found.to_terminal()
