"""Sentences and colours: what is claimed in words is true, and every word can be read."""

from __future__ import annotations

from copy import deepcopy
from itertools import product

import pytest

from customer_factory.report import numbers as n
from customer_factory.report import sections, words
from customer_factory.report.theme import SENTINELS, TOKENS, Theme, colour, css, paint, variables
from customer_factory.report.view import evidence, step_rows

WORDS_ON = [
    *product(("ink", "soft"), ("paper", "sheet", "wash", "band", "grid")),
    *product(("signal",), ("paper", "sheet", "wash")),
    ("sheet", "signal"),
]
LINES_ON = [*product(("edge", "data", "signal"), ("paper", "sheet"))]


def luminance(colour_: str) -> float:
    channels = [int(colour_[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(front: str, back: str, share: float) -> str:
    parts = [round(int(front[i : i + 2], 16) * share + int(back[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_lines_have_the_contrast_of_wcag_aa(theme: Theme):
    for front, back in WORDS_ON:
        assert contrast(colour(front, theme), colour(back, theme)) >= 4.5, (front, back)
    for front, back in LINES_ON:
        assert contrast(colour(front, theme), colour(back, theme)) >= 3, (front, back)
    for heat in range(10):
        cell = mixed(colour("data", theme), colour("sheet", theme), 0.02 + 0.05 * heat)
        assert contrast(colour("ink", theme), cell) >= 4.5, heat


def test_each_token_goes_from_chart_to_page_to_colour():
    for name, sentinel in SENTINELS.items():
        assert variables(f'fill="{sentinel}"') == f'fill="var(--{name})"'
        assert paint(f"var(--{name})", "dark") == TOKENS[name][1]
        assert f"--{name}:{TOKENS[name][1]}" in css()
    assert len(set(SENTINELS.values())) == len(TOKENS)


def test_a_claim_is_told_in_the_judgements_words_and_the_factorys_names(examples):
    verdict = words.verdict(examples["capacity"])
    assert verdict.title == "Onboarding"
    assert verdict.sentences[0].startswith("People queue in front of Onboarding: 184 wait")
    assert len(verdict.sentences) == 2


def test_without_a_reason_the_numbers_tell_it(examples):
    report = deepcopy(examples["saas"])
    report["constraint"]["reason"] = None
    first, second, third = words.verdict(report).sentences
    assert first == "It loses people: 27% of those who enter reach it; 40% is attainable (your target)."
    assert second.startswith("Breaking it is worth +188 (141–236) paying customers in service")
    assert second.endswith("the most of all steps.")
    assert third.startswith("Referral converts lowest (8.1%)")
    report["constraint"] |= {"kind": "capacity"}
    assert words.verdict(report).sentences[0].startswith("It is full: it is at its capacity, and 131 are waiting.")


def test_the_lowest_rate_is_only_mentioned_where_it_has_less_to_gain(examples):
    report = deepcopy(examples["saas"])
    report["constraint"]["gain"]["referral"]["centre"] = 500.0
    assert not [said for said in words.verdict(report).sentences if "converts lowest" in said]


def test_the_horizon_is_said_where_it_is_known(examples):
    report = deepcopy(examples["saas"])
    report["constraint"]["horizon"] = 13
    assert words.in_service(report) == "paying customers in service 13 weeks from now"


def test_no_percentage_is_finer_than_its_interval_allows(examples):
    rows = {row.name: row for row in step_rows(examples["saas"])}
    assert (rows["activation"].rate, rows["activation"].interval) == ("27%", "25–28%")
    assert (rows["acquisition"].rate, rows["acquisition"].interval) == ("14.0%", "13.6–14.5%")


def test_evidence_is_ordered_by_probability(examples):
    assert [row.name for row in evidence(examples["saas"])][:2] == ["activation", "retention"]


def test_every_entered_is_reached_waiting_or_lost(examples):
    for row in step_rows(examples["saas"]):
        assert sum(row.share) == pytest.approx(1)


@pytest.mark.parametrize(
    ("batch", "on", "start", "age", "open_"),
    [
        ("week", "2025-07-03T09:00:00+02:00", "2025-06-30", 0, True),
        ("week", "2025-07-06T23:59:00+02:00", "2025-06-30", 0, True),
        ("week", "2025-07-07T00:00:00+02:00", "2025-06-30", 0, False),
        ("week", "2025-07-03T09:00:00+02:00", "2025-06-02", 4, True),
        ("month", "2025-03-31T09:00:00+02:00", "2025-01-01", 2, True),
        ("month", "2025-04-01T00:00:00+02:00", "2025-01-01", 2, False),
        ("day", "2025-03-31T09:00:00+02:00", "2025-03-30", 0, False),
        ("week", None, "2025-06-30", 0, False),
    ],
)
def test_a_cell_is_open_until_its_batch_has_ended(batch, on, start, age, open_):
    assert sections.unfinished({"on": on, "batch": batch}, start, age) is open_


def test_channels_are_ordered_by_leads_and_losing_ones_marked(examples):
    found = sections.channels(examples["saas"])
    assert found.rows[0].name == "Search ads"
    assert [row.losing for row in found.rows] == [row.costs[7].endswith("▼") for row in found.rows]


def test_reasons_are_told_in_words(examples):
    assert sections.reasons(examples["saas"])[0] == ("the row names no person", "211", "rejected")


def test_what_is_not_a_number_is_not_known():
    for value in (None, float("nan"), float("inf")):
        assert {
            form(value) for form in (n.count, n.level, n.rate, n.money, n.days, n.chance, n.more, n.short, n.ratio)
        } == {"–"}
