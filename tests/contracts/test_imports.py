"""Imports run one way: each station knows only those before it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CHAIN = ("basics", "events", "blueprint", "journeys", "measures", "model", "judgement", "report")
MAY_IMPORT: dict[str, set[str]] = {
    **{name: set(CHAIN[:place]) for place, name in enumerate(CHAIN)},
    # Mathematics knows nothing of customers, and only measures and judgement need it.
    "statistics": {"basics"},
    "measures": {"basics", "events", "blueprint", "journeys", "statistics"},
    "model": {"basics", "events", "blueprint", "journeys", "measures", "statistics"},
    "judgement": {"basics", "events", "blueprint", "journeys", "measures", "statistics", "model"},
    # Engines implement what journeys ask of them; small tables become costs and visits.
    "warehouse": {"basics", "events", "blueprint", "journeys", "measures"},
    "samples": {"basics"},
    # The wiring.
    "sources": {"basics", "events", "blueprint", "measures", "warehouse"},
    "look": {"basics", "events", "blueprint", "journeys", "measures", "judgement", "report"},
    "guards": {"basics", "blueprint", "journeys", "measures", "judgement", "report"},
    "factory": {*CHAIN, "warehouse", "sources", "look", "guards"},
    "cli": {"basics", "events", "blueprint", "factory", "samples"},
    "customer_factory": {*CHAIN, "factory"},
}
HEAVY = {"altair", "duckdb", "ibis", "jinja2", "numpy", "pandas", "pyarrow", "pydantic", "rich", "scipy", "vl_convert"}


def test_every_station_has_a_place(modules, own_imports):
    stations = {each.station for each in own_imports} | {each.imported for each in own_imports}
    unknown = stations - set(MAY_IMPORT)
    assert not unknown, f"say in MAY_IMPORT what may be imported by: {', '.join(sorted(unknown))}"


def test_each_station_knows_only_those_before_it(own_imports):
    # The package itself holds nothing but its version and names that load on use.
    legal = {name: {*stations, "customer_factory"} for name, stations in MAY_IMPORT.items()}
    wrong = [str(each) for each in own_imports if each.imported not in legal.get(each.station, set())]
    assert not wrong, "imports run one way:\n" + "\n".join(wrong)


def test_no_stations_import_each_other_when_loaded(own_imports):
    needs: dict[str, set[str]] = {}
    for each in own_imports:
        if each.at_start:
            needs.setdefault(each.station, set()).add(each.imported)
    while True:
        free = {name for name in needs if not needs[name] & set(needs)}
        if not free:
            break
        needs = {name: inner for name, inner in needs.items() if name not in free}
    assert not needs, f"these import each other in a circle: {needs}"


def test_duckdb_only_in_the_warehouse_and_where_files_are_read(imports, modules):
    legal = {path for path in modules if "warehouse" in path.parts or path.parts[-3:-1] == ("events", "reading")}
    wrong = [str(each) for each in imports if each.target.split(".")[0] == "duckdb" and each.module not in legal]
    assert not wrong, "\n".join(wrong)


def test_statistics_need_nothing_but_numpy_and_scipy(imports):
    theirs = {each.target.split(".")[0] for each in imports if each.station == "statistics"}
    allowed = {"numpy", "scipy", "customer_factory", *sys.stdlib_module_names}
    assert theirs <= allowed, f"statistics import {', '.join(sorted(theirs - allowed))}"


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("customer_factory", set()),
        ("customer_factory.statistics", set()),
        ("customer_factory.cli", {"rich"}),  # the command line's own library loads it
    ],
)
def test_starting_loads_nothing_heavy(module, allowed):
    code = f"import {module}, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & (HEAVY - allowed), f"`import {module}` loads {', '.join(sorted(loaded & HEAVY))}"
