"""What is kept up to date piece by piece is what would be found all at once, and what plain Python finds."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.implementations import Journeys, of_its_log, read
from conformance.randoms import MOMENTS, NAMES, blueprints
from conformance.stories import Row, happened, moment, plan, table
from conformance.test_random_traces import columns
from customer_factory import samples
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.factory import Factory
from customer_factory.warehouse import tallies
from customer_factory.warehouse.derived import Derived
from customer_factory.warehouse.tallies import Tallies

CASTS = ["ann", "bob", "cid", "dan", "eva", "fay"]
SMALL = plan(activation={"event": "shared", "window": "14 days"}, retention="used", referral={"referrer": "by"})


def rows_of(seed: int, length: int) -> list[Row]:
    """Random rows of a few people who are known by several ids, some of which bring others."""
    random = Random(seed)
    people = [*CASTS, *(f"{name}-old" for name in CASTS[:3])]
    webs = [f"web-{number}" for number in range(5)]
    rows = []
    for _ in range(length):
        row = {
            "person": random.choice(people),
            "event": random.choice(NAMES),
            "time": random.choice(MOMENTS),
            "channel": random.choice([None, None, "ads", "web"]),
            "amount": random.choice([None, 10.0, 0.0, -5.0]),
            "currency": random.choice([None, "EUR", "USD", "XXX"]),
            "anonymous_id": random.choice([None] * 6 + webs),
            "previous_id": random.choice([None] * 12 + people[-3:] + ["undefined", "0"]),
            "plan": random.choice([None, "pro", "free", "7"]),
            "seats": random.choice([None, "7", "12.5"]),
            "by": random.choice([None, *people, "nobody"]),
        }
        if row["anonymous_id"] and random.random() < 0.5:
            row["person"] = None
        rows.append(row)
    return rows


def now(factory: Factory, until: datetime | None = None) -> Journeys:
    span = factory.engine.span()
    assert span
    return read(factory.engine.traced(factory.blueprint, until or span[1]))


def others(traced: Any) -> dict[str, list[dict[str, Any]]]:
    """The tables beside the journeys, in an order of their own."""
    found = {}
    for name in ("activity", "payments"):
        rows = getattr(traced, name).to_pyarrow().to_pylist()
        found[name] = sorted(({**row, "paid": round(row.get("paid", 0), 6)} for row in rows), key=str)
    return found


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.integers(1, 120), blueprints(), st.data())
def test_piece_by_piece_is_all_at_once(seed, length, blueprint, data):
    rows = rows_of(seed, length)
    cuts = sorted(data.draw(st.lists(st.integers(0, length), max_size=3), label="cuts"))
    pieces = [rows[start:end] for start, end in zip([0, *cuts], [*cuts, length], strict=True) if start < end]
    with Factory(blueprint) as factory, Factory.from_events(table(rows), blueprint) as at_once:
        for piece in pieces:
            factory.load(table(piece))
            now(factory)  # traced in between, so that the next piece is caught up with
        assert columns(now(factory)) == columns(of_its_log(factory, rows))
        assert columns(now(at_once)) == columns(of_its_log(at_once, rows))
        until = data.draw(st.sampled_from(MOMENTS), label="until")
        assert columns(now(factory, until)) == columns(of_its_log(factory, rows, until))
        assert columns(now(factory)) == columns(of_its_log(factory, rows))  # the look back has left no trace


def told(factory: Factory) -> dict[str, Any]:
    return factory.look().to_dict()


def counted_anew(factory: Factory) -> dict[str, Any]:
    """The report without the tallies that were kept, in the database or in memory."""
    factory.warehouse.connection.execute("DELETE FROM meta WHERE name LIKE 'tally%'")
    factory.engine = Derived(factory.warehouse)
    return told(factory)


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.integers(1, 120), blueprints(), st.data())
def test_numbers_kept_and_added_to_are_those_counted_anew(seed, length, blueprint, data):
    rows = rows_of(seed, length)
    cuts = sorted(data.draw(st.lists(st.integers(0, length), max_size=4), label="cuts"))
    pieces = [rows[start:end] for start, end in zip([0, *cuts], [*cuts, length], strict=True) if start < end]
    with Factory(blueprint) as factory:
        for piece in pieces:
            factory.load(table(piece))
            kept = told(factory)
        assert counted_anew(factory) == kept


@pytest.mark.parametrize("tidy", [1, 20])
def test_a_few_new_events_among_many_people_are_added_and_nothing_is_counted_anew(monkeypatch, tidy):
    monkeypatch.setattr(tallies, "TIDY", tidy)
    added, add = [], Tallies._add
    monkeypatch.setattr(Tallies, "_add", lambda self, table, *rest: added.append(table) or add(self, table, *rest))
    company = samples.company("saas", batches=14, scale=0.2)
    last = max(row["time"] for row in company.events.to_pylist())
    after = ("report_shared", str(last + timedelta(days=1)))
    late = happened({"user-00001": [after], "zoe": [("signed_up", str(last))]})
    with Factory.from_events(company.events, company.blueprint) as factory:
        told(factory)
        factory.load(table(late))
        kept, triangles = told(factory), factory.measures().service
        names = "active earned grid how_long made payments people referral sources stays through"
        assert sorted(added) == [f"tally_{name}" for name in names.split()]
        factory.engine = Derived(factory.warehouse)
        assert told(factory) == kept  # in the next session they are put together
        assert counted_anew(factory) == kept
        assert factory.measures().service == triangles


def pieces_told(*pieces: list[Row], blueprint: Blueprint = SMALL) -> Journeys:
    with Factory(blueprint) as factory:
        for piece in pieces:
            factory.load(table(piece))
            found = now(factory)
        return found


START, SHARED, USED = ("signed_up", "2026-03-02 10:00"), ("shared", "2026-03-03 10:00"), ("used", "2026-03-10 10:00")
LATE = {
    "an event in the past": [{"ann": [START, USED]}, {"ann": [SHARED]}],
    "two who turn out to be one": [
        {"ann": [START], "web": [SHARED, USED]},
        {"ann": [("merged", "2026-03-11 10:00", {"previous_id": "web"})]},
    ],
    "a referrer after the people they brought": [
        {"bob": [("signed_up", "2026-03-04 10:00", {"by": "ann"})]},
        {"ann": [START, SHARED, USED]},
    ],
    "a referrer known by another id only later": [
        {"bob": [("signed_up", "2026-03-04 10:00", {"by": "old"})], "ann": [START, SHARED, USED]},
        {"ann": [("merged", "2026-03-11 10:00", {"previous_id": "old"})]},
    ],
}


@pytest.mark.parametrize("story", LATE.values(), ids=LATE)
def test_what_arrives_late_is_as_true(story):
    pieces = [happened(piece) for piece in story]
    found = pieces_told(*pieces)
    assert columns(found) == columns(pieces_told([row for piece in pieces for row in piece]))
    assert set(found["ann"].reached) >= {"acquisition", "activation", "retention"} | (
        {"referral"} if "bob" in found else set()
    )


def test_loading_twice_changes_nothing():
    rows = happened({"ann": [START, SHARED, USED, USED], "bob": [("signed_up", "2026-03-04 10:00", {"by": "ann"})]})
    with Factory.from_events(table(rows), SMALL) as factory:
        before, tables = columns(now(factory)), others(factory.traced())
        counts = factory.load(table(rows))
        assert (counts.accepted, counts.duplicates) == (0, len(rows))
        assert columns(now(factory)) == before
        assert others(factory.traced()) == tables


def test_looking_again_changes_nothing_as_published_by_dittofeed():
    with Factory.from_events(table(happened({"ann": [START, SHARED, USED]})), SMALL) as factory:
        first, again = factory.look().to_dict(), factory.look().to_dict()
        assert first == again


def test_a_definition_changed_after_the_events_as_published_by_dittofeed():
    rows = happened({"ann": [START, SHARED, USED]})
    with Factory.from_events(table(rows), SMALL) as factory:
        assert "activation" in now(factory)["ann"].reached
        factory.blueprint = plan(activation="never")
        assert "activation" not in now(factory)["ann"].reached
        factory.blueprint = SMALL
        assert "activation" in now(factory)["ann"].reached


def test_ids_without_events_are_nobody():
    rows = happened({"ann": [("signed_up", "2026-03-02 10:00", {"anonymous_id": "undefined", "previous_id": "0"})]})
    with Factory.from_events(table(rows), SMALL) as factory:
        assert factory.look().measures.people == 1
        assert set(now(factory)) == {"ann"}


def test_a_look_back_counts_the_people_of_then():
    rows = happened({"ann": [START], "bob": [("signed_up", "2026-03-20 10:00")]})
    with Factory.from_events(table(rows), SMALL) as factory:
        assert set(now(factory, moment("2026-03-10"))) == {"ann"}
        assert factory.look(on="2026-03-10").to_dict()["people"] == 1
