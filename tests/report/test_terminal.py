"""The terminal: 80 columns, words instead of colours, plain characters where there are no others."""

from __future__ import annotations

import re
from io import BytesIO, TextIOWrapper

import pytest
from rich.cells import cell_len
from rich.console import Console

from customer_factory.report.terminal import render

ALL = ("saas", "undecided", "capacity", "two_steps", "empty", "hostile", "daily")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", [80, 200])
def test_no_line_is_longer_than_80_columns(examples, printed, name, width):
    assert max(cell_len(line) for line in printed(examples[name], width)) <= 80


@pytest.mark.parametrize("name", ALL)
def test_no_number_is_cut(examples, printed, name):
    text = "\n".join(printed(examples[name]))
    for step in examples[name]["steps"].values():
        if step["entered"]:
            assert f"{step['entered']:,}" in text


def test_the_constraint_is_marked_without_colour(examples, printed):
    lines = printed(examples["saas"])
    assert "► Activation [Constraint · 96%]" in lines
    assert sum(line.startswith("► Activation") for line in lines) == 3


def test_undecided_names_no_step_and_says_what_would_decide(examples, printed):
    lines = printed(examples["undecided"])
    assert "Undecided" in lines
    assert not [line for line in lines if "►" in line]
    assert any(line.startswith("What would decide it: About 240") for line in lines)


def test_an_empty_factory_is_readable(examples, printed):
    text = "\n".join(printed(examples["empty"]))
    assert "Happy customers a day: not known yet" in text
    assert "There are no events yet." in text
    assert "None" not in text


def test_markup_and_escapes_in_names_do_nothing(examples, printed):
    text = "\n".join(printed(examples["hostile"]))
    assert "<script>alert('x')</script>" in text
    assert "\x1b" not in text
    assert "\x00" not in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_terminal_without_unicode_gets_plain_characters(examples, encoding):
    for name in ("saas", "hostile"):
        stream = TextIOWrapper(BytesIO(), encoding=encoding)
        render(examples[name], Console(file=stream, width=80, color_system=None, legacy_windows=False))
        stream.flush()
        text = stream.buffer.getvalue().decode(encoding)
        assert "happy customers a week" in text
        assert max(map(len, text.splitlines())) <= 84  # a currency's name is longer than its sign


def test_a_terminal_with_colours_says_the_same_words(examples, printed):
    plain = printed(examples["saas"])
    coloured = printed(examples["saas"], force_terminal=True, color_system="truecolor")
    assert plain != coloured
    assert plain == [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured]
