"""What the contracts are checked on: the modules of the product, parsed, and one report with everything in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from customer_factory import _HOMES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "customer_factory"


@dataclass(frozen=True)
class Import:
    """An import of the product's own: by which module, of what, and whether it runs when the module is loaded."""

    module: Path
    target: str
    at_start: bool
    line: int

    @property
    def station(self) -> str:
        """The folder or top-level module that imports."""
        return station(self.module)

    @property
    def imported(self) -> str:
        """The folder or top-level module that is imported; of a public name, the one that it lives in."""
        first = self.target.partition(".")[2].partition(".")[0]
        home = _HOMES.get(first, first).partition(".")[0]
        return "customer_factory" if home.startswith("__") or not home else home

    def __str__(self) -> str:
        return f"{self.module.relative_to(ROOT)}:{self.line} imports {self.target}"


def station(module: Path) -> str:
    parts = module.relative_to(SOURCE).parts
    return "customer_factory" if parts == ("__init__.py",) else parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[Import]:
    """Every import that can happen: those for type checkers only are left out."""
    yield from _imports(parsed(path), path, at_start=True)


def _imports(node: ast.AST, path: Path, *, at_start: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _imports(other, path, at_start=at_start)
        elif isinstance(child, ast.Import):
            yield from (Import(path, each.name, at_start, child.lineno) for each in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{path}:{child.lineno} imports relatively; say where from"
            name = str(child.module)
            names = [f"{name}.{each.name}" for each in child.names] if name == "customer_factory" else [name]
            yield from (Import(path, each, at_start, child.lineno) for each in names)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, path, at_start=at_start and not inside)


@pytest.fixture(scope="session")
def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@pytest.fixture(scope="session")
def trees(modules) -> dict[Path, ast.Module]:
    return {path: parsed(path) for path in modules}


@pytest.fixture(scope="session")
def imports(modules) -> list[Import]:
    return [each for path in modules for each in imports_of(path)]


@pytest.fixture(scope="session")
def own_imports(imports) -> list[Import]:
    """Imports from one station of the product to another."""
    own = [each for each in imports if each.target.split(".")[0] == "customer_factory"]
    return [each for each in own if each.imported != each.station]


def _everything() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A made-up shop that has a number for every key of the report: all steps, channels, costs, refunds, bad rows."""
    monday = date(2026, 1, 5)
    rows: list[dict[str, Any]] = []

    def did(person: str | None, event: str, day: date, **more: Any) -> None:
        row = dict.fromkeys(["person", "event", "time", "channel", "amount", "currency", "by"])
        rows.append({**row, "person": person, "event": event, "time": day.isoformat(), **more})

    for week in range(14):
        for number in range(60 if week == 12 else 12):
            person, day = f"p{week}-{number}", monday + timedelta(weeks=week, days=number % 5)
            did(person, "visited", day, channel="search" if number % 3 else "fair")
            if number % 4 == 0:
                continue
            did(person, "joined", day, by=f"p{week - 1}-1" if week and number == 2 else None)
            if number % 2:
                did(person, "shared", day)
                did(person, "returned", day + timedelta(weeks=2))
                did(person, "invited", day)
                did(person, "paid", day + timedelta(days=3), amount=20.0, currency="EUR")
    did("p0-1", "paid", monday + timedelta(days=9), amount=-5.0, currency="EUR")
    did("p0-3", "paid", monday + timedelta(days=9), amount=7.0, currency="CHF")
    did(None, "visited", monday)
    blueprint = {
        "factory": {"name": "Everything", "margin": 0.5},
        "visitors": "visited",
        "steps": {
            "acquisition": {"event": "joined", "window": "7 days", "target": 0.9},
            "activation": {"event": "shared", "window": "14 days", "target": 0.9, "outcome": "It is done"},
            "retention": {"event": "returned", "target": 0.9},
            "revenue": {"event": "paid", "window": "14 days", "target": 0.9, "capacity": 100},
            "referral": {"referrer": "by", "invites": "invited", "after": "acquisition", "target": 0.2},
        },
        "spend": [{"date": monday, "channel": "search", "amount": 100}],
        "goal": {"revenue": 5000, "by": "2027-12-31", "price": 20, "lifetime": 12},
    }
    return rows, blueprint


@pytest.fixture(scope="session")
def report() -> dict[str, Any]:
    """``report.to_dict()`` of that shop."""
    from customer_factory import Factory

    with Factory.from_events(*_everything()) as factory:
        factory.log_change("Shorter form", "activation", "2026-02-16", 0.2, 3.0, "ann")
        factory.log_change("New mail", "activation", "2026-02-23", 0.2, 1.0, "bob")
        return factory.look(on="2026-04-12").to_dict()
