"""The page: one file that loads nothing, runs nothing, lets nothing out of a name, and reads well without data."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from time import perf_counter

import pytest

from customer_factory.report.page import page

EXAMPLES = ("saas", "two_steps", "empty", "hostile")
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Outline(HTMLParser):
    """Tags, attributes and text of a page; fails on tags that are not nested."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not self._open or self._open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_is_well_formed_and_has_a_title(pages, name):
    outline = Outline(pages(name))
    assert ("html", {"lang": "en-GB"}) in outline.tags
    assert [tag for tag, _ in outline.tags].count("h1") == 1
    assert pages(name).lstrip().startswith("<!doctype html>")
    assert re.search(r"<title>.+ – .+</title>", pages(name))


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_loaded_and_nothing_runs(pages, name):
    outline = Outline(pages(name))
    tags = {tag for tag, _ in outline.tags}
    attributes = {key for _, attrs in outline.tags for key in attrs}
    assert not tags & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "image",
        "use",
        "foreignobject",
        "a",
        "form",
    }
    assert not {"src", "href", "xlink:href", "srcset", "style", "action", "background"} & attributes
    assert not [key for key in attributes if key.startswith("on")]
    values = [
        value for tag, attrs in outline.tags for key, value in attrs.items() if key not in {"title", "aria-label"}
    ]
    assert not [value for value in values if value and "//" in value]
    style = re.search(r"<style>(.*?)</style>", pages(name), re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_the_one_style_sheet_by_its_hash_and_nothing_else(pages):
    found = pages("saas")
    style = re.search(r"<style>(.*?)</style>", found, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for t, a in Outline(found).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "unsafe" not in policy


def test_hostile_names_are_text(pages, hostile_name):
    outline = Outline(pages("hostile"))
    assert hostile_name in outline.text
    assert "{{ 7*7 }}" in outline.text
    assert "北京・東京・서울" in outline.text
    assert "العربية" in outline.text
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", pages("hostile"))


def test_long_lists_are_cut_and_say_so(pages):
    text = Outline(pages("hostile")).text
    assert "32 more channels not shown" in text
    assert "14 earlier cohorts not shown" in text
    assert "more reasons not shown" in text


def test_charts_take_their_colours_from_the_page(pages):
    body = pages("saas").split("</style>")[1]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", body)
    used, defined = set(re.findall(r"var\(--([a-z]+)\)", body)), set(re.findall(r"--([a-z]+):", pages("saas")))
    assert used <= defined


def test_an_empty_factory_says_what_is_missing(pages):
    text = Outline(pages("empty")).text
    for said in (
        "Not known yet",
        "Not repeatable yet",
        "There are no events yet.",
        "No channels are known.",
        "Undecided",
        "not in the blueprint",
    ):
        assert said in text
    assert "None" not in text
    assert "nan" not in text.lower().split()


def test_absent_steps_have_no_sections_and_are_named(pages):
    text = Outline(pages("two_steps")).text
    assert "Not in the blueprint: retention, revenue and referral." in text
    assert "Visitors are not known" in text
    assert "Of each cohort" not in text


def test_young_cohorts_and_unfinished_batches_are_marked(pages):
    assert len(re.findall(r'class="h\d open"', pages("saas"))) == 26  # the latest cell of every cohort
    assert "Hollow, dashed: cohorts still young" in pages("saas")


def test_a_step_is_marked_only_when_it_is_claimed(pages, examples):
    assert pages("saas").count(">Constraint</span>") == 4  # evidence, steps, panel, waiting
    undecided = page({**examples["undecided"], "revenue": None, "retention": None})
    assert ">Constraint</span>" not in undecided
    assert "48% likely" in undecided


def test_the_page_is_fast(pages, examples, capsys):
    pages("saas")  # the chart renderer has started
    start = perf_counter()
    page(examples["saas"])
    with capsys.disabled():
        print(f"\npage(): {perf_counter() - start:.2f} s")
