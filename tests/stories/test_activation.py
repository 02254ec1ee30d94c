"""A whole company whose truth is known, through the factory: what leads to activation, and what it brings."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import expit

import customer_factory as cf
from customer_factory import FactoryError
from customer_factory.cli.activation import lines

PLAN = {
    "factory": {"name": "Desk"},
    "steps": {
        "acquisition": "signed_up",
        "activation": {"event": "report_shared", "window": "14 days", "outcome": "Monday is decided"},
        "retention": "session",
        "revenue": {"event": "paid", "window": "28 days", "after": "acquisition"},
    },
}
START, DAY = datetime(2026, 1, 5), timedelta(days=1)


def company(seed=1, people=2500, weeks=26, *, planted=True, effect=1.0, eager=0.8):
    """Eager people have more sessions on their first day, share and pay anyway; those who import twice share more.

    Sharing happens on day 3 to 9, paying between day 12 and 30. Returns the events, and the true difference that
    sharing makes to paying, among all.
    """
    rng = np.random.default_rng(seed)
    came = rng.uniform(0, 7 * weeks, people)
    fair = rng.random(people) < 0.4
    sessions = np.minimum(rng.poisson(1.5, people), 6)
    imports, clicks = rng.poisson(0.9, people), rng.poisson(2.0, people)
    eager = eager * (sessions - 1.5)
    shares = rng.random(people) < expit(-1.2 + 0.8 * eager + planted * 1.6 * (imports >= 2) + 0.4 * fair)
    with_it, without = (expit(-2.2 + eager + effect * given + 0.3 * fair) for given in (1, 0))
    pays = rng.random(people) < np.where(shares, with_it, without)
    stays = rng.random(people) < 0.35 + 0.35 * effect * shares

    rows: list[tuple[str, str, datetime, float | None]] = []

    def did(who, event, low, high, amount=None):
        for person in who:
            at = START + (came[person] + rng.uniform(low, high)) * DAY
            rows.append((f"p{person}", event, at, amount))

    everybody = np.arange(people)
    did(everybody, "signed_up", 0, 0)
    did(np.repeat(everybody, sessions), "session", 0.01, 0.9)
    did(np.repeat(everybody, imports), "imported", 0.01, 0.9)
    did(np.repeat(everybody, clicks), "clicked", 0.01, 6)
    did(everybody[shares], "report_shared", 3, 9)
    did(everybody[pays], "paid", 12, 30, 50.0)
    did(everybody[stays], "session", 22, 34)
    did([0], "signed_up_late", 7 * weeks + 90 - came[0], 7 * weeks + 90 - came[0])
    names = ("person", "event", "time", "amount")
    events = pa.table({name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)})
    channel = ["fair" if event == "signed_up" and fair[int(who[1:])] else None for who, event, *_ in rows]
    return events.append_column("channel", pa.array(channel)), float((with_it - without).mean())


@pytest.fixture(scope="module")
def known():
    events, truth = company()
    with cf.Factory.from_events(events, PLAN) as factory:
        return factory.activation(), truth


def test_the_planted_behaviour_leads_to_activation_with_its_threshold(known):
    found, _ = known
    best = next(each for each in found.behaviours if each.outcome == "activation").candidates[0]
    assert (best.event, best.at_least, best.claimed) == ("imported", 2, True)


def test_clicks_that_mean_nothing_are_claimed_nowhere(known):
    found, _ = known
    claimed = {(b.outcome, each.event) for b in found.behaviours for each in b.candidates if each.claimed}
    assert not {pair for pair in claimed if pair[1] == "clicked"}


def test_the_arrow_to_revenue_holds_the_truth_and_the_naive_one_does_not(known):
    found, truth = known
    arrow = next(each for each in found.arrows if each.outcome == "revenue")
    assert arrow.verdict == "more"
    assert arrow.effect.difference.low < truth < arrow.effect.difference.high
    assert truth < arrow.effect.naive.low
    assert "session, how often" in arrow.adjusted_for


def test_the_lack_of_it_is_read_backwards(known):
    found, truth = known
    arrow = next(each for each in found.arrows if each.outcome == "revenue")
    failed = arrow.people - arrow.activated
    assert 0.4 * truth * failed < arrow.missing.value < 1.4 * truth * failed
    assert found.missing_value.value == pytest.approx(50 * arrow.missing.value)


def test_nothing_that_happened_later_is_known_to_a_look_back():
    events, _ = company(people=400, weeks=16)
    on = datetime(2026, 4, 13)
    before = events.filter(pa.compute.less_equal(events["time"], pa.scalar(on)))
    with cf.Factory.from_events(events, PLAN) as whole, cf.Factory.from_events(before, PLAN) as cut:
        back, then = whole.activation(on), cut.activation(on)
        assert whole.activation().outcomes != back.outcomes
    assert back.outcomes == then.outcomes
    for one, other in zip(back.arrows, then.arrows, strict=True):
        assert (one.people, one.activated, one.reached) == (other.people, other.activated, other.reached)
        # Engines give groups in any order, and sums differ in their last digits.
        assert one.effect.difference == pytest.approx(other.effect.difference, abs=1e-9)


def test_a_company_without_any_signal_is_told_so():
    """Channels differ in what people do and in what becomes of them; within a channel nothing tells anything."""
    events, _ = company(seed=3, people=1200, planted=False, effect=0.0, eager=0.0)
    with cf.Factory.from_events(events, PLAN) as factory:
        found = factory.activation()
    assert [each.verdict for each in found.behaviours] == ["none"] * 3
    assert not [each.outcome for each in found.arrows if each.verdict in {"more", "less"}]


def test_a_young_factory_is_undecided_and_says_what_it_needs():
    events, _ = company(people=60, weeks=4)
    with cf.Factory.from_events(events, PLAN) as factory:
        found = factory.activation()
    assert {each.verdict for each in (*found.behaviours, *found.arrows)} == {"undecided"}
    assert all(each.would_decide for each in (*found.behaviours, *found.arrows))


def test_without_activation_there_is_nothing_to_tell():
    events = [{"person": "ann", "event": "a", "time": "2026-03-01"}]
    plan = {"steps": {"acquisition": "a"}}
    with cf.Factory.from_events(events, plan) as factory, pytest.raises(FactoryError, match="declares no activation"):
        factory.activation()


def test_the_command_prints_it_in_80_columns(known):
    printed = list(lines(known[0].to_dict()))
    assert max(len(line) for line in printed) <= 80
    text = "\n".join(printed)
    assert "imported, 2 times" in text
    assert "What failed activation costs" in text


def test_the_result_survives_json(known):
    found = known[0].to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found["arrows"]) == {"revenue", "retention"}
    assert set(found["behaviours"]) == {"activation", "retention", "revenue"}
