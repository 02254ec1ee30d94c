"""The blueprint drawing and the charts: well-formed pictures that say which step it is, also without colour."""

from __future__ import annotations

from xml.etree import ElementTree as Tree

import pytest

from customer_factory.report import charts
from customer_factory.report.drawing import blueprint_svg
from customer_factory.report.theme import TOKENS

ALL = ("saas", "undecided", "capacity", "two_steps", "empty", "hostile", "daily")


def words_of(svg: str) -> str:
    return " | ".join(part.strip() for part in Tree.fromstring(svg).itertext() if part.strip())


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("headline", [False, True])
def test_every_drawing_is_xml_and_stays_on_its_sheet(examples, name, tall, headline):
    root = Tree.fromstring(blueprint_svg(examples[name], tall=tall, headline=headline))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert root.attrib["role"] == "img"
    for element in root.iter():
        for key, most in (("x", width), ("y", height), ("cx", width), ("cy", height)):
            assert -1 <= float(element.attrib.get(key, 0)) <= most
        assert "id" not in element.attrib


def test_the_constraint_is_marked_by_word_and_frame(examples):
    drawn = blueprint_svg(examples["saas"])
    assert "CONSTRAINT · 96%" in words_of(drawn)
    assert drawn.count('stroke-width="4"') == 1


def test_undecided_marks_no_step_and_says_probabilities_quietly(examples):
    drawn = blueprint_svg(examples["undecided"])
    assert "CONSTRAINT" not in words_of(drawn)
    assert "signal" not in drawn
    assert "48% likely" in words_of(drawn)


def test_absent_steps_are_named_and_unknown_numbers_said(examples):
    said = words_of(blueprint_svg(examples["two_steps"]))
    assert said.count("not in the blueprint") == 3
    assert "not known" in said


def test_throughput_is_the_one_big_number(examples):
    root = Tree.fromstring(blueprint_svg(examples["saas"]))
    sizes = {text.text: float(text.attrib["font-size"]) for text in root.iter("text")}
    assert max(sizes, key=sizes.__getitem__) == "34.9"
    assert "natural limits 6.8–63.1 · Repeatable" in sizes


def test_a_standalone_drawing_carries_its_colours(examples):
    drawn = blueprint_svg(examples["saas"], standalone=True)
    assert Tree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in drawn
    assert TOKENS["signal"][0] in drawn


def test_hostile_names_stay_words(examples, hostile_name):
    root = Tree.fromstring(blueprint_svg(examples["hostile"]))
    assert not list(root.iter("script"))
    assert not list(root.iter("img"))
    assert any(hostile_name in (title.text or "") for title in root.iter("title"))


def test_long_names_are_cut_where_the_box_ends(examples):
    texts = [text.text or "" for text in Tree.fromstring(blueprint_svg(examples["hostile"])).iter("text")]
    assert not [text for text in texts if "X" * 30 in text]
    assert any(text.endswith("…") or text == "" for text in texts)


@pytest.mark.parametrize("name", ["saas", "two_steps", "daily"])
def test_every_chart_is_xml_named_and_without_colours(examples, name):
    report = examples[name]
    drawn = [charts.throughput(report), charts.survival(report), charts.takings(report), charts.worth(report)]
    drawn += [charts.trend(report, step) for step in report["steps"]]
    for chart in filter(None, drawn):
        root = Tree.fromstring(chart)
        assert root.attrib["aria-label"]
        assert "#" not in chart
        assert "xmlns" not in chart


def test_charts_of_nothing_are_none(examples):
    report = examples["empty"]
    assert charts.throughput(report) is None
    assert charts.trend(report, "activation") is None
    assert charts.trend(report, "no_such_step") is None
    assert charts.survival(report) is charts.takings(report) is charts.worth(report) is None


def test_a_signal_is_a_numbered_diamond_and_a_young_batch_hollow(examples):
    drawn = charts.throughput(examples["saas"])
    assert "var(--signal)" in drawn
    assert ">1</text>" in drawn
    assert 'fill="var(--sheet)"' in drawn
