"""The command ``guards``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from customer_factory.cli.progress import loading


def guards(
    where: Annotated[list[Path], typer.Argument(help="A factory's folder, or files of events.", show_default=False)],
    blueprint: Annotated[Path | None, typer.Option(help="The blueprint for files of events.")] = None,
    on: Annotated[
        str | None, typer.Option(help="Look as of this date (2026-03-01): nothing after it is known.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")] = False,
    who: Annotated[
        str | None, typer.Option(help="Print the people behind one kind of alarm, a name a line.", metavar="KIND")
    ] = None,
) -> None:
    """Say what is wrong with the data, the leads, or a success that is none – and who is behind it."""
    from customer_factory.factory import opened

    with loading() as progress, opened(where, blueprint, progress) as factory:
        found = factory.guards(on)
    if who is not None:
        for name in found.who(who):
            typer.echo(name)
    elif as_json:
        narrow = not (sys.stdout.encoding or "").lower().startswith("utf")
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=narrow, indent=2, allow_nan=False))
    else:
        found.to_terminal()
