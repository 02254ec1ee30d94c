"""`roadmap` and `stage` on the command line: readable at 80 columns, and as JSON what the library says."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from customer_factory import Factory, samples
from customer_factory.cli.commands import app

GOAL = "\n[goal]\nrevenue = 200_000\nby = 2028-06-30\nprice = 49\nlifetime = 18\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("plainboard")
    samples.company("saas", scale=0.2).write(place)
    plan = place / "factory.toml"
    plan.write_text(re.sub(r"\n\[goal\]\n(?:.+\n)*", GOAL, plan.read_text(encoding="utf-8")), encoding="utf-8")
    return place


def said(*arguments):
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("command", ["roadmap", "stage"])
def test_it_fits_into_eighty_columns(folder, command):
    lines = said(command, folder).splitlines()
    assert max(len(line) for line in lines) <= 80


def test_the_roadmap_shows_the_quarter_the_stages_and_the_months(folder):
    text = said("roadmap", folder)
    assert text.startswith("The goal until 2026-12-31 is")
    assert "Problem/solution fit  2026-06-30" in text
    assert "► 2026-11-30" in text
    assert "then, to hold it" in text


def test_the_stage_shows_its_gates_and_what_can_wait(folder):
    text = said("stage", folder, "--on", "2026-08-02")
    assert all(f"  {gate} " in text for gate in ("Level", "Predictability", "Economics", "Demand"))
    assert "Work on" in text


@pytest.mark.parametrize("command", ["roadmap", "stage"])
def test_json_is_what_the_library_says(folder, command):
    with Factory.open(folder) as factory:
        found = getattr(factory, command)().to_dict()
    assert json.loads(said(command, folder, "--json")) == found


def test_without_a_goal_both_say_what_to_declare(tmp_path):
    samples.company("startup").write(tmp_path)
    assert "declare revenue, by, price, lifetime in [goal]" in " ".join(said("roadmap", tmp_path).split())
    assert "It takes a [goal]" in " ".join(said("stage", tmp_path).split()).replace("it takes", "It takes")
