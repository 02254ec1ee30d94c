"""Random stories and random blueprints: few words, few moments, so that everything collides with everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.events.event import Event

NAMES = ["a", "b", "c", "d"]
PLANS = ["pro", "free", "7", "7.0", "7.5", "true", "False", "1e3", "nan", "-inf", "1_000", "0x1"]
WINDOWS = ["1 second", "6 hours", "1 day", "3 days", "2 weeks", "300 days"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
TURN = datetime(2026, 3, 29, 1)
"""The clocks of Berlin go forward."""
MOMENTS = [
    *(
        TURN + timedelta(hours=hours)
        for hours in (-200, -49, -25, -24, -2, -1, 0, 1, 2, 3, 21, 22, 23, 24, 46, 170, 700)
    ),
    *(TURN + timedelta(hours=h, microseconds=us) for h in (0, 6, 22, 24) for us in (-1, 1, 500_000)),
    *(TURN + timedelta(seconds=s) for s in (1, 2, 1.5)),
    datetime(2026, 3, 1, 5),
    datetime(2026, 3, 8, 7),
    datetime(2026, 2, 28, 23),
    datetime(2026, 4, 1),
    datetime(2026, 10, 25, 1),
    datetime(2026, 11, 1, 6),
]


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


CONDITIONS = st.sampled_from(
    [
        "pro", ["pro", "free"], 7, 7.5, True, [False, "free"], {"not": ["pro"]}, {"not": 7}, {"gt": 7}, {"gte": 7},
        {"lt": 7.2}, {"lte": 7}, {"exists": True}, {"exists": False}, {"gte": 1, "lt": 8},
        {"is": ["pro", 7], "not": "7"},
    ]
)  # fmt: skip
WHERE = st.dictionaries(st.sampled_from(["plan", "seats", "amount", "channel", "absent", "id"]), CONDITIONS, max_size=2)


@st.composite
def kinds(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    """A selector that counts nothing."""
    found: dict[str, Any] = {}
    if draw(st.integers(0, 5)):
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
        found["event"] = names[0] if len(names) == 1 else names
    if not draw(st.integers(0, 3)):
        found["where"] = draw(WHERE)
    if depth and not draw(st.integers(0, 5)):
        found["any"] = draw(st.lists(kinds(depth - 1), min_size=1, max_size=2))
    if depth and not draw(st.integers(0, 7)):
        found["all"] = draw(st.lists(kinds(depth - 1), min_size=1, max_size=2))
    if depth and not draw(st.integers(0, 7)):
        found["not"] = draw(kinds(depth - 1))
    return found if any(found.values()) else {"event": draw(st.sampled_from(NAMES))}


@st.composite
def steps(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A step."""
    simple = {"event": draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))}
    found = draw(st.just(simple) | kinds())
    if not draw(st.integers(0, 3)):
        found["times"] = draw(st.integers(2, 3))
        found["distinct"] = draw(st.sampled_from([None, "day", "plan", "channel"]))
        found["within"] = draw(
            maybe(st.sampled_from(["1 day", "3 days", "7 days"] if found["distinct"] == "day" else WINDOWS))
        )
    found["window"] = draw(st.sampled_from([None, *WINDOWS, None, "300 days", "2 weeks"]))
    if name != "acquisition":
        found["same_event"] = not draw(st.integers(0, 3))
        # Only steps that stand before this one, so that no two wait for each other.
        earlier = ["acquisition", "activation", "revenue", "happy", "retention"]
        places = {"activation": 1, "revenue": 2, "retention": 4, "referral": 5}
        found["after"] = draw(st.sampled_from([None, None, *earlier[: places[name]]]))
    if name == "revenue":
        found["amount"] = draw(st.sampled_from(["amount", "amount", "seats"]))
        found["refund"] = draw(maybe(kinds(depth=0)))
    if name == "referral":
        found["invites"] = draw(maybe(kinds(depth=0)))
        if draw(st.booleans()):
            found = {"referrer": "by", "window": found["window"], "after": found["after"], "invites": found["invites"]}
    return {key: value for key, value in found.items() if value not in (None, False)}


CHANNELS = st.fixed_dictionaries(
    {},
    optional={
        "column": st.sampled_from(["channel", "plan"]),
        "clues": st.sampled_from([[], ["referrer", "utm"], ["click-id"]]),
        "rename": st.sampled_from([{"ads": "paid"}, {"ads": "web", "web": "ads", "social": "web"}]),
    },
)


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """A blueprint that can be meant."""
    declared = draw(st.sets(st.sampled_from(["activation", "retention", "revenue", "referral"]), min_size=1))
    known = ["acquisition", *(name for name in ("activation", "revenue") if name in declared)]
    plan: dict[str, Any] = {
        "factory": {
            "timezone": draw(st.sampled_from(ZONES)),
            "batch": draw(st.sampled_from(["day", "week", "month"])),
            "happy": draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True)),
        },
        "steps": {name: draw(steps(name)) for name in ("acquisition", *sorted(declared))},
        "visitors": draw(maybe(kinds())),
        "channels": draw(CHANNELS),
        "currency": {"rates": {"USD": 0.5}},
    }
    try:
        return Blueprint.model_validate({key: value for key, value in plan.items() if value is not None})
    except ValidationError:  # steps that wait for each other, or for one that is not declared
        for step in plan["steps"].values():
            step.pop("after", None)
        return Blueprint.model_validate({key: value for key, value in plan.items() if value is not None})


def logs(people: int = 8, most: int = 160) -> st.SearchStrategy[list[Event]]:
    """What a few people did, in any order of arrival: many events at once, and fewer of them to show a failure."""
    return st.builds(log, st.integers(0, 2**32), st.integers(1, most), st.just(people))


def log(seed: int, length: int, people: int) -> list[Event]:
    """The first events of a story that a seed tells."""
    random = Random(seed)
    who = [f"p{number}" for number in range(people)]
    properties = {
        "plan": PLANS,
        "seats": ["7", "12.5", "-1", "many", "0"],
        "by": [*who, "nobody"],
        "utm_source": ["letter"],
        "gclid": ["x"],
        "id": ["pro", "7"],
        "referrer": ["https://www.google.com/", "https://t.co/x", "https://walmart.com"],
        "context.page.referrer": ["https://bing.com/"],
    }
    often = {"plan": 0.5, "seats": 0.4, "by": 0.4}

    def one() -> Event:
        return Event(
            random.choice(who),
            random.choice(NAMES),
            random.choice(MOMENTS),
            random.getrandbits(40),
            random.choice([None, None, "ads", "web"]),
            random.choice([None, 10.0, 0.0, -5.0, 2.5]),
            random.choice([None, "EUR", "USD", "usd", "XXX"]),
            {name: random.choice(of) for name, of in properties.items() if random.random() < often.get(name, 0.1)},
        )

    return [one() for _ in range(length)]
