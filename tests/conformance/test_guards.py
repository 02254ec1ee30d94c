"""What the guards ask – answers, gifts, leads, happenings, and who is behind it – is the same on every engine."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from conformance.implementations import clickhouse_table
from conformance.stories import happened, plan, table
from conformance.test_looks import differences
from customer_factory.factory import Factory

PLAN = plan(
    acquisition="signed_up",
    activation={"event": "shared", "window": "10 days"},
    revenue={"event": "paid", "window": "10 days"},
    also={
        "factory": {"timezone": "Europe/Berlin"},
        "channels": {"seller": "rep"},
        "surveys": {"nps": "asked", "csat": {"event": "asked", "score": "stars"}},
        "giveaways": {"event": "paid", "where": {"coupon": {"exists": True}}},
    },
)


def rows(seed=4):
    """A little of everything, on ten weeks' days; the last of them without payments."""
    chance, found = random.Random(seed), []
    for number in range(500):
        person, channel = f"p{number:03}", chance.choice(["ads", "fair", None])
        day = datetime(2026, 3, 2) + timedelta(days=chance.randrange(70), seconds=chance.randrange(86_400))
        found.append({"person": person, "event": "signed_up", "time": day, "channel": channel})
        found[-1]["rep"] = chance.choice(["eve", "bob", None])
        if chance.random() < (0.1 if channel == "fair" else 0.6):
            found.append({"person": person, "event": "shared", "time": day + timedelta(days=chance.randrange(13))})
            paid = day + timedelta(days=13)
            if chance.random() < 0.8 and paid < datetime(2026, 4, 28):
                found.append(
                    {"person": person, "event": "paid", "time": paid, "amount": chance.choice([0.0, 9.0, 20.0])}
                )
                found[-1]["coupon"] = chance.choice([None, None, "SPRING"])
        for _ in range(chance.randrange(3)):
            later = day + timedelta(days=chance.randrange(20), hours=2)
            found.append(
                {"person": person, "event": "asked", "time": later, "score": chance.choice(["10", "9", "3", "11", ""])}
            )
            found[-1]["stars"] = chance.choice(["5", "4", "1", "4.5", None, "Blank"])
    last = datetime(2026, 5, 10, 12)
    return [row for row in found if row["time"] <= last] + [{"person": "p000", "event": "seen", "time": last}]


def told(events, on=None):
    with Factory.from_events(events, PLAN) as factory:
        found = factory.guards(on)
    return {
        **found.to_dict(),
        "series": None,
        "who": {kind: found.who(kind) for kind in {a.kind for a in found.alarms}},
    }


@pytest.mark.parametrize("on", [None, "2026-05-03"])
def test_guards_say_the_same_on_duckdb_and_on_clickhouse(on):
    events = table(rows())
    here = told(events, on)
    with clickhouse_table(events) as stored:
        there = told(stored, on)
    assert differences(here, there) == []
    kinds = {alarm["kind"] for alarm in here["alarms"]}
    assert {"poor-leads", "without-outcome", "given-away"} <= kinds
    assert ("stopped" in kinds) == (on is None)
    assert all(here["who"].values())


def test_everybody_has_one_voice_and_what_is_on_no_scale_is_no_answer():
    found = told(table(rows()))["satisfaction"]["nps"]
    voices = {}
    for row in sorted(
        (r for r in rows() if r["event"] == "asked" and r["score"] in {"10", "9", "3"}), key=lambda r: r["time"]
    ):
        voices[row["person"]] = row["score"]
    said = Counter(voices.values())
    assert found["all"]["n"] == len(voices)
    assert found["all"]["score"] == pytest.approx(100 * (said["10"] + said["9"] - said["3"]) / len(voices))
    assert sum(each["n"] for each in found["by_channel"].values()) == len(voices)
    assert found["blank"] == sum(r["event"] == "asked" and r["score"] in {"11", ""} for r in rows())


def test_of_two_answers_at_one_moment_the_lower_counts_and_a_batch_has_its_own_last_word():
    events = happened({
        "ann": [("signed_up", "2026-03-02"), ("asked", "2026-03-03", {"score": "9"}),
                ("asked", "2026-03-03", {"score": "2"}), ("asked", "2026-03-12", {"score": "10"})],
    })  # fmt: skip
    found = told(table(events))["satisfaction"]["nps"]
    assert found["all"]["score"] == 100
    assert [(each["start"], each["score"]) for each in found["by_batch"]] == [("2026-03-02", -100), ("2026-03-09", 100)]
