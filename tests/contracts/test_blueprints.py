"""Every blueprint that the product carries can be loaded: templates, examples, samples."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from customer_factory import Factory, samples
from customer_factory.blueprint.loading import check, load
from customer_factory.blueprint.templates import NAMES, text

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*/factory.toml"))


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_is_a_blueprint(path):
    plan = load(path)
    assert plan.sources
    assert path.read_text(encoding="utf-8").startswith("#"), "an example says in its first line what it is"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_a_blueprint_with_all_five_steps(name):
    plan = check(tomllib.loads(text(name, "Acme")), name)
    assert plan.factory.name == "Acme"
    assert len(plan.declared) == 5


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_has_commented_out_is_legal_too(name):
    bare = re.sub(r"^# (?=.*[=\[])", "", text(name, "Acme"), flags=re.MULTILINE)
    assert bare != text(name, "Acme")
    check(tomllib.loads(bare), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_makes_a_happy_customer_of_one_who_does_it_all(name):
    plan = check(tomllib.loads(text(name, "Acme")), name)
    names = {step: sorted(found.names() or {"(any)"})[0] for step, found in plan.declared.items()}
    days = [f"2026-03-{day:02}" for day in range(2, 7)]
    rows = [{"person": "ann", "event": names["acquisition"], "time": "2026-03-01", "amount": None}]
    rows += [{"person": "ann", "event": names["activation"], "time": day, "amount": None} for day in days]
    rows += [{"person": "ann", "event": names["revenue"], "time": "2026-03-07", "amount": 10.0}]
    with Factory.from_events(rows, plan) as factory:
        report = factory.look(on="2026-03-20")
    transactions = len(days) if plan.counts_transactions else 1
    assert sum(batch.happy for batch in report.measures.throughput) == transactions
    assert report.steps["revenue"].reached == 1


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_has_a_blueprint(name):
    assert check(samples.company(name, batches=2, scale=0.05).blueprint, name).declared
