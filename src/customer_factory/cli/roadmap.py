"""`roadmap` and `stage`: what the goal needs, and which work belongs to the present stage."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import Annotated, Any

import typer

from customer_factory.cli.progress import loading

Folder = Annotated[Path, typer.Argument(help="The factory's folder: factory.toml and its data.", show_default=False)]
On = Annotated[str | None, typer.Option(help="Look as of this date (2026-03-01): nothing after it is known.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]

WIDTH = 80
SHOWN = 12
"""Months shown one by one, from the present on; beyond them every sixth."""
MARKS = {"pass": "passed", "fail": "not passed", "unknown": "not known"}


def roadmap(folder: Folder, on: On = None, as_json: Json = False) -> None:
    """Show what the goal needs: stages, the current 90-day goal, and each month's throughput, leads and visitors."""
    from customer_factory.factory import Factory

    with loading() as progress, Factory.open(folder) as factory:
        found = factory.roadmap(on, progress).to_dict()
    _print(found, _roadmap(found), as_json=as_json)


def stage(folder: Folder, on: On = None, as_json: Json = False) -> None:
    """Show the stage that the factory is in, its gates, and the work that belongs to it."""
    from customer_factory.factory import Factory

    with loading() as progress, Factory.open(folder) as factory:
        found = factory.stage(on, progress).to_dict()
    _print(found, _stage(found), as_json=as_json)


def _print(found: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(found, ensure_ascii=True, indent=2, allow_nan=False) if as_json else "\n".join(lines))


def _roadmap(found: dict[str, Any]) -> list[str]:
    lines = [_wrap(found["reason"])]
    if not found["months"]:
        return lines
    lines += ["", f"{'Stage':<22}{'by':<12}{'Customers':>11}{'Happy a ' + found['batch']:>15}{'Revenue a year':>20}"]
    for each in found["stages"]:
        customers, happy, revenue = _number(each["active"]), _number(each["happy"]), _number(each["revenue"])
        lines.append(f"{each['name'].capitalize():<22}{each['on']:<12}{customers:>11}{happy:>15}{revenue:>20}")
    lines += ["", f"Needed a {found['batch']}, at today's rates:"]
    lines.append(f"{'  Month until':<22}{'Active':>11}{'New':>11}{'Happy':>11}{'Leads':>11}{'Visitors':>12}")
    now = found["month"]
    ahead = [row for row in found["months"] if row["month"] >= now]
    chosen = [row for place, row in enumerate(ahead) if place < SHOWN or row["month"] % 6 == 0]
    lines += [_row(f"{'►' if place == 0 else ' '} {row['on']}", row) for place, row in enumerate(chosen)]
    lines.append(_row("  then, to hold it", found["hold"]))
    return lines


def _row(name: str, row: dict[str, Any]) -> str:
    cells = "".join(f"{_number(row[key]):>11}" for key in ("active", "new", "happy", "leads"))
    return f"{name:<22}{cells}{_number(row['visitors']):>12}"


def _stage(found: dict[str, Any]) -> list[str]:
    lines = [_wrap(found["reason"])]
    shown = [each for each in found["stages"] if each["name"] == found["stage"]] or found["stages"][:1]
    for each in shown:
        needs = f", {_number(each['throughput'])} happy customers a {found['batch']}" if each["throughput"] else ""
        lines += ["", f"{each['name'].capitalize()}{needs}"]
        for gate in each["gates"]:
            lines.append(f"  {gate['name'].capitalize():<16}{MARKS[gate['verdict']]}")
            lines.append(_wrap(gate["evidence"], 4))
    for title, said in (("Work on", found["now"]), ("Alarms", found["alarms"])):
        if said:
            lines += ["", title, *(_wrap(f"- {each}", 2, 4) for each in said)]
    if found["focus"]:
        lines += ["", _wrap(f"Steps of this stage: {', '.join(found['focus'])}.")]
    if found["later"]:
        lines.append(_wrap(f"Not yet: {', '.join(found['later'])}."))
    return lines


def _wrap(text: str, indent: int = 0, rest: int | None = None) -> str:
    return fill(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent if rest is None else rest))


def _number(value: float | None) -> str:
    """A count or an amount: two figures where it is small, none after the point where it is not.

    >>> _number(0.123), _number(3.14), _number(1646.03), _number(None)
    ('0.12', '3.1', '1,646', '–')
    """
    if value is None:
        return "–"
    return f"{value:,.{2 if value < 1 else 1 if value < 9.95 else 0}f}"
