"""The keys of the report: those that were promised, all of them lower-case, and plain values only."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from contracts.keys import keys

STEP = {"entered", "reached", "waiting", "lost", "rate", "low", "high", "maturity", "median_days", "by_channel"}
PROMISED = {
    "": "factory on batch events people steps throughput retention revenue referral economics constraint",
    "events": "read accepted rejected duplicates reasons",
    "throughput": "batches centre lower upper method signals repeatable reason",
    "retention": "cohorts curve",
    "revenue": "total paying per_customer by_cohort",
    "referral": "invites accepted k cycle_days",
    "economics": "spend cost_per_lead cac cltv_revenue cltv_margin ltv_to_cac payback_batches by_channel",
    "constraint": "verdict step probability gain attainable reason would_decide",
}
PLACES = {
    "throughput.batches[].start", "throughput.batches[].happy", "throughput.batches[].complete",
    "throughput.signals[].start", "throughput.signals[].rule",
    "retention.cohorts[].start", "retention.cohorts[].size", "retention.cohorts[].active[]",
    "retention.curve[].batch", "retention.curve[].survival", "retention.curve[].low", "retention.curve[].high",
    "constraint.gain.<step>.centre", "constraint.gain.<step>.low", "constraint.gain.<step>.high",
    "constraint.attainable.<step>.level", "constraint.attainable.<step>.source", "constraint.probability.<step>",
    *(f"steps.<step>.by_channel.<channel>.{name}" for name in ("entered", "reached", "rate", "low", "high")),
}  # fmt: skip


@pytest.mark.parametrize("section", PROMISED)
def test_every_promised_key_is_there(report, section):
    found = report[section] if section else report
    assert set(PROMISED[section].split()) <= set(found)


def test_every_step_has_the_promised_keys(report):
    assert set(report["steps"]) == {"acquisition", "activation", "retention", "revenue", "referral"}
    for step in report["steps"].values():
        assert set(step) >= STEP


def test_and_so_do_the_lists_inside(report):
    assert not PLACES - keys(report)


def test_keys_are_lower_case(report):
    wrong = [key for key in keys(report) if not re.fullmatch(r"[a-z0-9_.<>\[\]]+", key)]
    assert not wrong, wrong


def test_values_are_plain_and_survive_json(report):
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_words_of_verdicts(report):
    assert report["constraint"]["verdict"] in {"claimed", "undecided"}
    assert report["throughput"]["repeatable"] in {"yes", "provisional", "no"}


def test_times_carry_their_offset_and_batches_are_dates(report):
    assert datetime.fromisoformat(report["on"]).utcoffset() is not None
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", batch["start"]) for batch in report["throughput"]["batches"])


def test_rates_are_fractions(report):
    for step in report["steps"].values():
        for each in [step, *step["by_channel"].values(), *step["by_cohort"]]:
            assert each["rate"] is None or 0 <= each["low"] <= each["rate"] <= each["high"] <= 1


def test_rows_read_are_accounted_for(report):
    events = report["events"]
    assert events["read"] == events["accepted"] + events["rejected"] + events["duplicates"]
    assert events["reasons"] == {"missing_person": 1, "unknown_currency": 1}


def test_in_is_out_plus_waiting_plus_lost_in_every_batch(report):
    for step in report["steps"].values():
        for each in [step, *step["by_cohort"]]:
            assert each["entered"] == each["reached"] + each["waiting"] + each["lost"]


def test_without_data_nothing_is_known_and_nothing_falls_over(tmp_path):
    from customer_factory import Factory

    (tmp_path / "factory.toml").write_text('steps.acquisition = "signed_up"\n', encoding="utf-8")
    with Factory.open(tmp_path) as factory:
        empty = factory.look(on="2026-03-01").to_dict()
    assert set(PROMISED[""].split()) <= set(empty)
    assert empty["steps"]["acquisition"]["rate"] is None
    assert empty["constraint"]["verdict"] == "undecided"
    json.dumps(empty, allow_nan=False)
