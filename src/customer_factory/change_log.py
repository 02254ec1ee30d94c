"""The log of changes, a table in the factory's folder: what the team did, when, at which step, at what effort."""

from __future__ import annotations

import csv
import datetime
from io import StringIO
from pathlib import Path

from customer_factory.basics.errors import FactoryError, SourceError, suggestion
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.judgement.logged import LoggedChange

FILE = "changes.csv"
COLUMNS = ("date", "step", "what", "expected", "effort", "who")
NEEDED = COLUMNS[:3]


def entry(
    blueprint: Blueprint,
    what: str,
    step: str,
    date: datetime.date | str,
    expected: float | str | None = None,
    effort: float | str | None = None,
    who: str | None = None,
    where: str | None = None,
) -> LoggedChange:
    """A change from what a person wrote, checked.

    Raises:
        FactoryError: Something in it cannot be meant; it says what, and what is legal.
    """
    if not what.strip():
        raise FactoryError("A change needs words that say what was done.", where=where)
    if step not in blueprint.declared:
        raise FactoryError(f"'{step}' is not a step here.", where=where, hint=suggestion(step, blueprint.declared))
    try:
        found = date if isinstance(date, datetime.date) else datetime.date.fromisoformat(date.strip())
    except ValueError:
        raise FactoryError(f"'{date}' is not a date.", where=where, hint="Write it as 2026-03-01.") from None
    return LoggedChange(
        found,
        step,
        what.strip(),
        _positive(expected, "expected effect", "0.2 for a fifth more", where),
        _positive(effort, "effort", "3 for three person-days", where),
        (who or "").strip() or None,
    )


def read(folder: Path, blueprint: Blueprint) -> list[LoggedChange]:
    """The log of a folder, oldest first; empty where there is none.

    Raises:
        SourceError: A line cannot be meant; it says which.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        lines = list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig"))))
    except UnicodeDecodeError as error:
        raise SourceError(f"The file is not UTF-8 (byte {error.start}).", where=str(path)) from None
    found = []
    for number, line in enumerate(lines, start=2):
        where = f"{path}, line {number}"
        missing = [name for name in NEEDED if line.get(name) is None]
        if missing or None in line:
            wrong = f"has no column '{missing[0]}'" if missing else "has more columns than its head"
            raise SourceError(f"The line {wrong}.", where=where, hint=f"Legal are: {', '.join(COLUMNS)}.")
        values = {name: (line.get(name) or "").strip() for name in COLUMNS}
        found.append(entry(blueprint, **values, where=where))
    return sorted(found, key=lambda each: each.date)


def add(folder: Path, blueprint: Blueprint, logged: LoggedChange) -> None:
    """Write a change at the end of the log; the lines that are there stay as they are.

    Raises:
        SourceError: The log cannot be read, or has no column for something in the change.
    """
    read(folder, blueprint)
    path = folder / FILE
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    head = next(csv.reader(StringIO(text)), None) or list(COLUMNS)
    values = {name: value for name, value in logged.to_dict().items() if value is not None}
    homeless = [name for name in values if name not in head]
    if homeless:
        raise SourceError(
            f"The table has no column '{homeless[0]}'.", where=str(path), hint="Add it to its first line."
        )
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write("\n" if text and not text.endswith("\n") else "")
        writer = csv.DictWriter(file, head, restval="", lineterminator="\n")
        if not text:
            writer.writeheader()
        writer.writerow(values)


def _positive(value: float | str | None, name: str, example: str, where: str | None) -> float | None:
    if value is None or value == "":
        return None
    try:
        found = float(value)
    except ValueError:
        found = float("nan")
    if not 0 < found < float("inf"):
        raise FactoryError(f"'{value}' is no {name}.", where=where, hint=f"Write a number above 0, such as {example}.")
    return found
