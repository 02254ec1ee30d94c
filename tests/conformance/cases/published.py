"""Cases that other projects have published, told anew; each names its source."""

from __future__ import annotations

from conformance.cases.steps import CHAIN
from conformance.stories import Case, happened, plan

THREE_STEPS = plan(
    activation={"event": "paid", "window": "14 days"},
    revenue={"event": "movie", "after": "activation", "window": "14 days"},
)
MINUTES = plan(activation={"event": "second", "window": "5 minutes"}, revenue={
    "event": "third", "after": "activation", "window": "5 minutes"})  # fmt: skip
FORTNIGHTS = plan(activation={"event": "second", "window": "14 days"}, revenue={
    "event": "third", "after": "activation", "window": "14 days"})  # fmt: skip
REPEATED = plan(acquisition="viewed", activation={"event": "viewed", "after": "acquisition"})
DERIVED = plan(
    acquisition="viewed",
    activation={"event": "viewed", "where": {"page": "/pricing"}},
    revenue={"event": "viewed", "where": {"page": {"not": "/pricing"}}, "after": "activation"},
)
GOALS = plan(
    acquisition={"event": "viewed", "where": {"page": "/start"}},
    activation="signed_up",
    revenue={"event": "bought", "after": "activation"},
)
THRICE = plan(activation={"event": "clicked", "times": 2, "within": "5 minutes"})


def chain(people: dict[str, list[str]]):
    """People who did some things, an hour apart."""
    return happened(
        {who: [(name, f"2026-03-02 {9 + hour:02}:00") for hour, name in enumerate(did)] for who, did in people.items()}
    )


def on(hours: dict[str, int]) -> dict[str, str]:
    return {who: f"2026-03-02 {9 + hour:02}:00" for who, hour in hours.items()}


WATCHED = {
    "only signed up": ["signed_up"],
    "paid": ["signed_up", "paid"],
    "paid and watched": ["signed_up", "paid", "movie"],
    "wrong order": ["movie", "paid", "signed_up"],
}
FAST = {
    "ann": [("signed_up", "2026-03-02 10:00"), ("second", "2026-03-02 10:05"), ("third", "2026-03-02 10:10")],
    "bob": [("signed_up", "2026-03-02 10:00"), ("second", "2026-03-02 10:05:01"), ("third", "2026-03-03 10:00")],
    "cid": [("signed_up", "2026-03-02 10:00"), ("second", "2026-03-16 10:00:01"), ("third", "2026-03-16 10:01")],
}

CASES = [
    Case(
        "PostHog funnels, basic: four people, wrong order included, count 4/2/1",
        THREE_STEPS,
        chain(WATCHED),
        {
            "acquisition": on({"only signed up": 0, "paid": 0, "paid and watched": 0, "wrong order": 2}),
            "activation": on({"paid": 1, "paid and watched": 1}),
            "revenue": on({"paid and watched": 2}),
        },
    ),
    Case(
        "PostHog funnels, merged identities: once two of the four are one person, 3/2/1",
        THREE_STEPS,
        [*chain(WATCHED), *happened({"paid": [("merged", "2026-03-02 20:00", {"previous_id": "only signed up"})]})],
        {
            "acquisition": on({"only signed up": 0, "paid and watched": 0, "wrong order": 2}),
            "activation": on({"only signed up": 1, "paid and watched": 1}),
            "revenue": on({"paid and watched": 2}),
        },
    ),
    Case(
        "PostHog funnels, a step repeated: 2/1",
        REPEATED,
        chain({"ann": ["viewed", "viewed"], "bob": ["viewed"]}),
        {"acquisition": on({"ann": 0, "bob": 0}), "activation": on({"ann": 1})},
    ),
    Case(
        "PostHog funnels, five ordered steps of which four are one event: 5/4/3/2/1",
        CHAIN,
        chain({"abcde"[times]: ["signed_up", *["played"] * times] for times in range(5)}),
        {
            "acquisition": on(dict.fromkeys("abcde", 0)),
            "activation": on(dict.fromkeys("bcde", 1)),
            "revenue": on(dict.fromkeys("cde", 2)),
            "retention": on(dict.fromkeys("de", 3)),
            "referral": on({"e": 4}),
        },
    ),
    Case(
        "PostHog funnels, one event with and without a property",
        DERIVED,
        happened(
            {
                "ann": [
                    ("viewed", "2026-03-02 10:00", {"page": "/"}),
                    ("viewed", "2026-03-02 11:00", {"page": "/pricing"}),
                    ("viewed", "2026-03-02 12:00", {"page": "/buy"}),
                ],
                "bob": [
                    ("viewed", "2026-03-02 10:00", {"page": "/pricing"}),
                    ("viewed", "2026-03-02 11:00", {"page": "/buy"}),
                ],
            }
        ),
        {
            "acquisition": {"ann": "2026-03-02 10:00", "bob": "2026-03-02 10:00"},
            "activation": {"ann": "2026-03-02 11:00"},
            "revenue": {"ann": "2026-03-02 12:00"},
        },
    ),
    Case(
        "PostHog funnels, windows: fourteen days turn 3 into 2",
        FORTNIGHTS,
        happened(FAST),
        {
            "acquisition": dict.fromkeys(["ann", "bob", "cid"], "2026-03-02 10:00"),
            "activation": {"ann": "2026-03-02 10:05", "bob": "2026-03-02 10:05:01"},
            "revenue": {"ann": "2026-03-02 10:10", "bob": "2026-03-03 10:00"},
        },
    ),
    Case(
        "PostHog funnels, windows: five minutes turn 3 into 1, the bound included",
        MINUTES,
        happened(FAST),
        {
            "acquisition": dict.fromkeys(["ann", "bob", "cid"], "2026-03-02 10:00"),
            "activation": {"ann": "2026-03-02 10:05"},
            "revenue": {"ann": "2026-03-02 10:10"},
        },
    ),
    Case(
        "Plausible funnels: two of three visitors enter, both go on, one drops off – 2/2/1",
        GOALS,
        happened(
            {
                "ann": [
                    ("viewed", "2026-03-02 10:00", {"page": "/start"}),
                    ("signed_up", "2026-03-02 10:01"),
                    ("bought", "2026-03-02 10:02"),
                ],
                "bob": [("viewed", "2026-03-02 10:00", {"page": "/start"}), ("signed_up", "2026-03-02 10:01")],
                "cid": [("viewed", "2026-03-02 10:00", {"page": "/other"})],
            }
        ),
        {
            "acquisition": {"ann": "2026-03-02 10:00", "bob": "2026-03-02 10:00"},
            "activation": {"ann": "2026-03-02 10:01", "bob": "2026-03-02 10:01"},
            "revenue": {"ann": "2026-03-02 10:02"},
        },
    ),
    Case(
        "Plausible funnels: nobody did anything of it, and all is zero",
        GOALS,
        happened({"ann": [("slept", "2026-03-02 10:00")]}),
        {"acquisition": {}, "activation": {}, "revenue": {}},
    ),
    Case(
        "Dittofeed, performed twice within a window: not at its edge plus a moment, nor once",
        THRICE,
        happened(
            {
                "ann": [
                    ("signed_up", "2026-03-02 10:00"),
                    ("clicked", "2026-03-02 10:01"),
                    ("clicked", "2026-03-02 10:06"),
                ],
                "bob": [
                    ("signed_up", "2026-03-02 10:00"),
                    ("clicked", "2026-03-02 10:01"),
                    ("clicked", "2026-03-02 10:06:01"),
                ],
                "cid": [("signed_up", "2026-03-02 10:00"), ("clicked", "2026-03-02 10:01")],
            }
        ),
        {"activation": {"ann": "2026-03-02 10:06"}},
    ),
]
