"""All faces together: they say the same numbers, and none falls over what is missing."""

from __future__ import annotations

import re
from copy import deepcopy
from html import unescape
from xml.etree import ElementTree as Tree

import pytest

from customer_factory.report import view, words
from customer_factory.report.drawing import blueprint_svg
from customer_factory.report.page import page
from customer_factory.report.picture import png, poster_svg


def bare(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.rpartition("</style>")[2])).split())


@pytest.mark.parametrize("name", ["saas", "two_steps", "hostile"])
def test_every_face_says_the_same_numbers(examples, pages, printed, name):
    report = examples[name]
    faces = {
        "page": bare(pages(name)),
        "terminal": " ".join(" ".join(printed(report)).split()),
        "poster": " ".join(Tree.fromstring(poster_svg(report)).itertext()),
    }
    drawing = " ".join(Tree.fromstring(blueprint_svg(report)).itertext())
    head = words.headline(report)
    for face, said in {**faces, "drawing": drawing}.items():
        assert head.number in said, face
        assert head.limits in said, face
        assert head.state in said, face
        for row in view.step_rows(report):
            assert row.rate in said, f"{face}: {row.name}"
    for face, said in faces.items():
        for row in view.evidence(report):
            assert row.chance in said, face
            assert row.gain in said, face
            assert row.attainable in said, face


def nothing(value):
    """The same shape with every number, word and truth unknown."""
    if isinstance(value, dict):
        return {key: nothing(inner) for key, inner in value.items()}
    return [nothing(inner) for inner in value] if isinstance(value, list) else None


def faces_of(report, printed):
    yield from (blueprint_svg(report), blueprint_svg(report, tall=True))
    yield "\n".join(printed(report))


def test_every_value_may_be_unknown(examples, printed):
    report = nothing(examples["saas"])
    for face in (*faces_of(report, printed), page(report)):
        assert face
    assert png(report, scale=0.2).startswith(b"\x89PNG")


def test_every_part_may_be_missing(examples, printed):
    for key in examples["saas"]:
        for absent in (None, "gone"):
            report = deepcopy(examples["saas"])
            if absent == "gone":
                del report[key]
            else:
                report[key] = None
            assert all(faces_of(report, printed)), key
    for part in ("throughput", "retention", "revenue", "referral", "economics", "constraint", "events"):
        for key in examples["saas"][part]:
            report = deepcopy(examples["saas"])
            report[part][key] = None
            assert all(faces_of(report, printed)), (part, key)


def test_a_report_of_nothing_has_every_face(printed):
    for face in (*faces_of({}, printed), page({})):
        assert "not known" in face.lower()
    assert png({}, scale=0.2).startswith(b"\x89PNG")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_poster_is_a_png_of_a_proportions(examples, theme):
    made = png(examples["saas"], scale=0.5, theme=theme)
    width, height = (int.from_bytes(made[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (600, 849) or (width, height) == (600, 848)
    assert made.startswith(b"\x89PNG")


def test_a_poster_of_impossible_size_is_refused(examples):
    with pytest.raises(ValueError, match=r"0\.1 to 8"):
        png(examples["saas"], scale=0)
