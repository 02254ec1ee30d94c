"""The command ``change``: what the team did, and whether it broke the constraint."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customer_factory.basics.errors import FactoryError
from customer_factory.cli.progress import loading

if TYPE_CHECKING:
    from customer_factory.judgement.changes import Changes


def change(
    folder: Annotated[
        Path, typer.Argument(help="The factory's folder: factory.toml and its data.", show_default=False)
    ],
    on: Annotated[
        str | None, typer.Option(help="Judge as of this date (2026-03-01): nothing after it is known.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON and nothing else.")] = False,
    add: Annotated[str | None, typer.Option("--add", help="Log a change: what was done, in words.")] = None,
    step: Annotated[str | None, typer.Option(help="With --add: the step that it was meant for.")] = None,
    date: Annotated[str | None, typer.Option(help="With --add: the day from which it held.")] = None,
    effort: Annotated[float | None, typer.Option(help="With --add: person-days that it took.")] = None,
    expect: Annotated[
        float | None, typer.Option(help="With --add: the relative effect expected; 0.2 is a fifth more.")
    ] = None,
    who: Annotated[str | None, typer.Option(help="With --add: who did it.")] = None,
) -> None:
    """List what the team did with the verdict on each, or log a change."""
    from customer_factory.factory import Factory

    given = {"--step": step, "--date": date, "--effort": effort, "--expect": expect, "--who": who}
    if add is None and any(value is not None for value in given.values()):
        only = next(name for name, value in given.items() if value is not None)
        raise FactoryError(f"{only} belongs to a change.", hint='Say what was done: --add "Shorter form".')
    with Factory.open(folder) as factory:
        if add is not None:
            if step is None or date is None:
                raise FactoryError("A change needs a step and a date.", hint="Add --step activation --date 2026-03-01.")
            logged = factory.log_change(add, step, date, expect, effort, who)
            said = json.dumps(logged.to_dict(), indent=2) if as_json else f"Logged for {logged.date}, {logged.step}."
            typer.echo(said)
            return
        with loading() as progress:
            found = factory.changes(on, progress)
    if as_json:
        narrow = not (sys.stdout.encoding or "").lower().startswith("utf")
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=narrow, indent=2, allow_nan=False))
        return
    _print(found, folder)


def _print(found: Changes, folder: Path) -> None:
    if not found:
        typer.echo("No change is logged. Log one with")
        typer.echo(f'  customer-factory change {folder} --add "What was done" --step activation --date 2026-03-01')
        return
    for each in found:
        logged = each.logged
        effort = f", {logged.effort:g} person-days" if logged.effort else ""
        typer.echo(f"{logged.date}  {logged.step}  {logged.what}{effort}")
        counted = "" if each.outcome == "throughput" else f" (counted: people who reached {each.outcome})"
        typer.echo(f"  {each.judged.verdict.upper()}{counted}: {each.judged.reason}")
    typer.echo(found.focus.reason)
