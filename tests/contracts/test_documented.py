"""Whatever a user can set, type or read is documented: adding one without its words fails here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import customer_factory
from contracts.keys import keys
from customer_factory import Factory, Report, samples, statistics
from customer_factory.basics.settings import SETTINGS
from customer_factory.blueprint.blueprint import About, Blueprint, Goal, Money, Source, Spend, Step, Visitors
from customer_factory.blueprint.surveys import Rating
from customer_factory.blueprint.templates import NAMES
from customer_factory.cli.commands import app
from customer_factory.events.channels import CLICK_IDS, Channels
from customer_factory.events.event import LINKING, STANDARD
from customer_factory.events.identity import NOBODY
from customer_factory.events.reading.files import READERS
from customer_factory.events.reasons import REASONS
from customer_factory.events.selector import Condition, Selector

DOCS = Path(__file__).parents[2] / "docs"
GLOSSARY = """
Event, Person, Blueprint, Step, Journey, Batch, Cohort, Happy, Throughput, Waiting, Tally, Measure, Maturity, Verdict,
Undecided, Change, Sequence, Message, Selector, Constraint, Attainable level, Window, Entered, Reached, Lost, Capacity,
Baseline, Limits, Signal, Repeatable, Interval, Kaplan–Meier, Gain, Horizon, In service, Identity, Property, Source,
Channel, Visitor, Outcome, Traction, Lead, Customer, Payment, Refund, Spend, Cost per lead, CAC, CLTV, LTV:CAC, Payback,
K, Cycle time, Complete, Goal, Roadmap, Stage, Gate, Met, Locked, One-off, Focusing steps, Guard, Alarm, Series, Survey,
NPS, CSAT, Satisfied, Giveaway, Settled, Lead quality, Seller, Gaming
"""


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level."""
    level = re.search(rf"^(#+) {re.escape(title)}$", text, flags=re.MULTILINE)
    assert level is not None, f"there is no heading '{title}'"
    rest = text[level.end() :]
    following = re.search(rf"^#{{1,{len(level[1])}}} ", rest, flags=re.MULTILINE)
    return rest[: following.start()] if following else rest


def table(text: str) -> dict[str, list[str]]:
    """The rows of the tables in a text by the code in their first cell, the cells stripped."""
    rows: dict[str, list[str]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else [""]
        for code in re.findall(r"`([^`]+)`", cells[0]):
            rows[code] = cells
    return rows


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [word.strip() for word in GLOSSARY.split(",")])
def test_the_glossary_defines(word):
    assert re.search(rf"^\*\*{re.escape(word)}\*\*: \S", page("glossary.md"), flags=re.MULTILINE)


def test_the_glossary_defines_each_word_once_and_every_step():
    words = re.findall(r"^\*\*([^*]+)\*\*:", page("glossary.md"), flags=re.MULTILINE)
    assert len(words) == len(set(words))
    assert {name.capitalize() for name in ("acquisition", "activation", "retention", "revenue", "referral")} <= set(
        words
    )


# --- the blueprint ---------------------------------------------------------------------------------------------------

TABLES: list[tuple[str, type[BaseModel], type[BaseModel] | None]] = [
    ("Tables", Blueprint, None),
    ("`[factory]`", About, None),
    ("`[steps.NAME]`", Step, Selector),
    ("Selectors", Selector, None),
    ("Conditions", Condition, None),
    ("`[visitors]`", Visitors, Selector),
    ("`[channels]`", Channels, None),
    ("`[currency]`", Money, None),
    ("`[[sources]]`", Source, None),
    ("`[[spend]]`", Spend, None),
    ("`[goal]`", Goal, None),
    ("`[surveys.NAME]`", Rating, Selector),
]


def fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def shown(field: Any) -> str:
    """A default as the reference writes it."""
    value = field.default if field.default_factory is None else field.default_factory()
    if value is PydanticUndefined:
        return "needed"
    if isinstance(value, BaseModel):
        return "`{}`"
    if value is None:
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "`" + repr(value).replace("'", '"') + "`"


@pytest.mark.parametrize(("title", "model", "base"), TABLES, ids=[title for title, *_ in TABLES])
def test_every_key_of_the_blueprint_is_documented_with_its_default(title, model, base):
    text = re.split(r"^### ", section(page("blueprint.md"), title), flags=re.MULTILINE)[0]
    rows = {key: cells for key, cells in table(text).items() if len(cells) == 4}
    own = {key: field for key, field in fields(model).items() if base is None or key not in fields(base)}
    assert set(rows) == set(own), f"{title}: {sorted(set(rows) ^ set(own))} in only one of code and page"
    wrong = {key: (rows[key][2], shown(field)) for key, field in own.items() if rows[key][2] != shown(field)}
    assert not wrong, f"{title}: default on the page, default in the code: {wrong}"
    assert all(cells[3] for cells in rows.values())


def test_every_clue_to_a_channel_is_documented():
    text = section(page("blueprint.md"), "`[channels]`")
    assert all(f"`{name}`" in text for name in CLICK_IDS)


def test_every_template_is_documented():
    text = section(page("blueprint.md"), "Templates")
    assert all(f"`{name}`" in text for name in NAMES)


# --- events ----------------------------------------------------------------------------------------------------------


def test_every_reason_is_documented_in_its_own_words():
    rows = table(section(page("events.md"), "Why rows are set aside"))
    assert {code: cells[1] for code, cells in rows.items()} == REASONS


def test_every_column_with_a_meaning_is_documented():
    assert set(table(section(page("events.md"), "A table of events"))) == {*STANDARD, *LINKING}


def test_every_ending_is_documented():
    assert set(table(section(page("events.md"), "Formats"))) >= set(READERS)


def test_every_id_that_never_links_is_documented():
    text = page("events.md")
    assert all(f"`{name}`" in text.lower() for name in NOBODY if name)


# --- commands and settings -------------------------------------------------------------------------------------------


def commands() -> dict[str, Any]:
    found: Any = typer.main.get_command(app)
    return dict(found.commands)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_documented_with_its_options_and_its_twin(name):
    text = section(page("cli.md"), f"`{name}`")
    options = {word for each in commands()[name].params for word in each.opts if word.startswith("--")} - {"--help"}
    assert set(table(text)) & {word for word in table(text) if word.startswith("--")} == options
    assert ">>>" in text, "its call in Python is missing"
    assert f"[`{name}`](#{name})" in page("cli.md")


def test_every_sample_is_documented():
    assert all(f"`{name}`" in section(page("cli.md"), "`demo`") for name in samples.names())


def test_every_setting_is_documented():
    rows = table(page("settings.md"))
    found = {name: cells[1:3] for name, cells in rows.items()}
    assert found == {each.name: [f"`{each.default}`" if each.default else "empty", each.help] for each in SETTINGS}


# --- the library and the report --------------------------------------------------------------------------------------


def test_every_public_name_is_documented():
    text = page("python.md")
    names = [name for name in customer_factory.__all__ if not name.startswith("_")]
    assert not [name for name in names if f"`{name}`" not in text]


@pytest.mark.parametrize("kind", [Factory, Report])
def test_every_public_method_is_documented(kind):
    text = section(page("python.md"), kind.__name__)
    names = [name for name in vars(kind) if not name.startswith("_")]
    missing = [name for name in names if not re.search(rf"`(Factory\.)?{name}(\(|`)", text)]
    assert not missing, f"{kind.__name__}: {', '.join(missing)}"


def test_every_function_of_statistics_is_documented():
    text = section(page("python.md"), "Statistics")
    functions = [name for name in statistics.__all__ if name[0].islower()]
    assert not [name for name in functions if f"`{name}" not in text]


def test_every_key_of_the_report_is_documented_and_no_other(report):
    written = {key for key in table(page("json.md")) if key not in {"<step>", "<channel>", "<code>", "[]", "null"}}
    rows = {each for key in written for each in _spelt_out(key)}
    lists = {"notes[]", "sharpen[]", "stage.alarms[]", "stage.sources.alarms[]", "stage.sources.one_off_sources[]"}
    found = keys(report) | lists
    assert rows == found, f"in only one of page and report: {sorted(rows ^ found)}"


def _spelt_out(key: str) -> list[str]:
    """The keys that braces stand for.

    >>> _spelt_out("a.{b,c}")
    ['a.b', 'a.c']
    """
    before, brace, rest = key.partition("{")
    inside, _, after = rest.partition("}")
    return [f"{before}{name}{after}" for name in inside.split(",")] if brace else [key]
