"""Stories: who did what when, and where it took them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.events.event import LINKING, STANDARD, Event
from customer_factory.events.identity import components, may_link

Row = dict[str, Any]
Rows = Sequence[Row]


def happened(people: Mapping[str, Sequence[tuple[Any, ...]]]) -> list[Row]:
    """Rows from a story: each person's events as (name, time) or (name, time, {what else is known}).

    >>> happened({"ann": [("paid", "2026-03-01 10:00", {"amount": 5})]})[0]["amount"]
    5
    """
    rows = []
    for person, did in people.items():
        for event, time, *more in did:
            rows.append({"person": person, "event": event, "time": moment(time), **(more[0] if more else {})})
    return rows


def moment(text: str) -> datetime:
    """A moment in UTC from its ISO text.

    >>> moment("2026-03-01 10:00+01:00")
    datetime.datetime(2026, 3, 1, 9, 0)
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def plan(happy: str | list[str] = "activation", **parts: Any) -> Blueprint:
    """A blueprint from its steps; whatever else it says goes under ``also``, and so does the zone."""
    also = {"factory": {"happy": happy}, **parts.pop("also", {})}
    also["factory"] = {"happy": happy, **also["factory"]}
    return Blueprint.model_validate({"steps": {"acquisition": "signed_up", **parts}, **also})


@dataclass(frozen=True)
class Case:
    """A story, and what is true of it.

    Args:
        name: What the case is about; where it comes from, if it was published.
        blueprint: What counts.
        rows: What happened.
        reached: For each step named, everybody who reached it, and when.
        having: For each person named, further facts of the journey.
        until: How far the log is known.
    """

    name: str
    blueprint: Blueprint
    rows: Rows
    reached: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    having: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    until: str | None = None


def table(rows: Rows) -> pa.Table:
    """The rows as Arrow: a column per word that occurs, texts where its values are of several kinds."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if name == "time":
            columns[name] = pa.array(values, pa.timestamp("us", "UTC"))
        elif name == "amount":
            columns[name] = pa.array(values, pa.float64())
        elif len({type(value) for value in values} - {type(None)}) != 1:
            columns[name] = pa.array([None if value is None else words(value) for value in values], pa.string())
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)


def words(value: Any) -> str:
    """A property as the text that every engine makes of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def shown(rows: Rows) -> dict[str, str]:
    """Each linked id with the name its person is shown by: an id they are known by, if there is any."""
    pairs = []
    for row in rows:
        person = row["person"] or row.get("anonymous_id")
        pairs += [(person, row[name]) for name in LINKING if row.get(name)]
    standing = components((one, other) for one, other in pairs if may_link(one) and may_link(other))
    known = {row["person"] for row in rows if row["person"]}
    groups: dict[str, set[str]] = {}
    for name, root in standing.items():
        groups.setdefault(root, set()).add(name)
    return {name: min(groups[root] & known or groups[root]) for name, root in standing.items()}


def events(rows: Iterable[Row], names: Mapping[str, str], referrer: str | None = None) -> list[Event]:
    """The rows as events of people, for the trace in plain Python: identities joined, each with an id."""
    found = []
    for number, row in enumerate(rows, 1):
        person = row["person"] or row["anonymous_id"]
        rest = {k: words(v) for k, v in row.items() if v is not None and k not in {*STANDARD, *LINKING}}
        if referrer in rest:
            rest[referrer] = names.get(rest[referrer], rest[referrer])
        standard = {name: row.get(name) for name in ("channel", "amount", "currency")}
        identifier = row.get("id_", number)
        found.append(
            Event(names.get(person, person), row["event"], row["time"], identifier, **standard, properties=rest)
        )
    return found
