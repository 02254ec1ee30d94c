"""Steps in their order: what completes one, when, and what does not."""

from __future__ import annotations

from conformance.stories import Case, happened, plan

TWO_WEEKS = plan(activation={"event": "shared", "window": "14 days"})
CHAIN = plan(
    activation={"event": "played", "after": "acquisition"},
    revenue={"event": "played", "after": "activation"},
    retention={"event": "played", "after": "revenue", "window": "300 days"},
    referral={"event": "played", "after": "retention"},
)
BOTH = plan(
    happy=["activation", "revenue"],
    activation="shared",
    revenue={"event": "paid", "after": "acquisition"},
    retention={"event": "used", "window": "7 days"},
)
TWICE = plan(
    activation={"event": "ordered", "after": "acquisition"},
    revenue={"event": "signed_up", "after": "activation"},
    referral={"event": "ordered", "after": "acquisition", "same_event": True},
)
VISITED = plan(
    acquisition={"event": "signed_up", "window": "7 days"}, activation="shared", also={"visitors": "visited"}
)
START = ("signed_up", "2026-03-01 10:00")

CASES = [
    Case(
        "the window's last moment counts, the next microsecond does not",
        TWO_WEEKS,
        happened(
            {
                "ann": [START, ("shared", "2026-03-15 10:00")],
                "bob": [START, ("shared", "2026-03-15 10:00:00.000001")],
                "cid": [START, ("shared", "2026-03-15 10:00:01")],
            }
        ),
        {"activation": {"ann": "2026-03-15 10:00"}},
    ),
    Case(
        "events of one moment are in any order; earlier ones are in the wrong order",
        TWO_WEEKS,
        happened(
            {
                "ann": [("shared", "2026-03-01 10:00"), START],
                "bob": [("shared", "2026-03-01 09:59:59.999999"), START],
                "cid": [("shared", "2026-03-01 12:00")],
            }
        ),
        {
            "acquisition": {"ann": "2026-03-01 10:00", "bob": "2026-03-01 10:00"},
            "activation": {"ann": "2026-03-01 10:00"},
        },
    ),
    Case(
        "a step is reached by the first event after its entry, and entered once",
        TWO_WEEKS,
        happened(
            {
                "ann": [START, ("shared", "2026-03-03 10:00"), ("shared", "2026-03-02 10:00")],
                "bob": [("shared", "2026-02-20 10:00"), START, ("shared", "2026-03-09 10:00")],
                "cid": [START, ("signed_up", "2026-03-20 10:00"), ("shared", "2026-03-21 10:00")],
            }
        ),
        {
            "acquisition": {"ann": "2026-03-01 10:00", "bob": "2026-03-01 10:00", "cid": "2026-03-01 10:00"},
            "activation": {"ann": "2026-03-02 10:00", "bob": "2026-03-09 10:00"},
        },
    ),
    Case(
        "of an event at midnight only the day is known: it is not before an entry on that day",
        TWO_WEEKS,
        happened(
            {
                "ann": [START, ("shared", "2026-03-01")],
                "bob": [START, ("shared", "2026-02-28")],
                "cid": [START, ("shared", "2026-03-01 00:00:01")],
            }
        ),
        {"activation": {"ann": "2026-03-01 10:00"}},
    ),
    Case(
        "an event completes only one step of a chain, also when all happened at one moment",
        CHAIN,
        happened(
            {"abcde"[n]: [START, *[("played", "2026-03-01 10:00", {"game": i}) for i in range(n)]] for n in range(5)}
        ),
        {
            "acquisition": dict.fromkeys("abcde", "2026-03-01 10:00"),
            "activation": dict.fromkeys("bcde", "2026-03-01 10:00"),
            "revenue": dict.fromkeys("cde", "2026-03-01 10:00"),
            "retention": dict.fromkeys("de", "2026-03-01 10:00"),
            "referral": {"e": "2026-03-01 10:00"},
        },
    ),
    Case(
        "an event at midnight that completed a step is not taken again by a later one of the same day",
        TWICE,
        happened(
            {
                "ann": [("signed_up", "2026-03-01"), ("ordered", "2026-03-01 10:00")],
                "bob": [
                    ("signed_up", "2026-03-01"),
                    ("ordered", "2026-03-01 10:00"),
                    ("signed_up", "2026-03-01 11:00"),
                ],
            }
        ),
        {
            "activation": {"ann": "2026-03-01 10:00", "bob": "2026-03-01 10:00"},
            "revenue": {"bob": "2026-03-01 11:00"},
            "referral": {"ann": "2026-03-01 10:00", "bob": "2026-03-01 10:00"},
        },
    ),
    Case(
        "happy is the later of two steps, and only of both",
        BOTH,
        happened(
            {
                "ann": [
                    START,
                    ("paid", "2026-03-02 10:00"),
                    ("shared", "2026-03-04 10:00"),
                    ("used", "2026-03-11 10:00"),
                ],
                "bob": [
                    START,
                    ("shared", "2026-03-02 10:00"),
                    ("paid", "2026-03-04 10:00"),
                    ("used", "2026-03-03 10:00"),
                ],
                "cid": [START, ("shared", "2026-03-02 10:00"), ("used", "2026-03-03 10:00")],
            }
        ),
        {"retention": {"ann": "2026-03-11 10:00"}},
        {"ann": {"happy": "2026-03-04 10:00"}, "bob": {"happy": "2026-03-04 10:00"}, "cid": {"happy": None}},
    ),
    Case(
        "a visit opens the window of acquisition; who came without one, or before, is in all the same",
        VISITED,
        happened(
            {
                "ann": [("visited", "2026-02-22 10:00"), ("visited", "2026-02-25 10:00"), START],
                "bob": [("visited", "2026-02-22 09:59:59"), START],
                "cid": [START],
                "dan": [START, ("visited", "2026-03-20 10:00")],
                "eva": [("visited", "2026-03-01 10:00")],
            }
        ),
        {"acquisition": dict.fromkeys(["ann", "cid", "dan"], "2026-03-01 10:00")},
        {
            "ann": {"visited": "2026-02-22 10:00"},
            "cid": {"visited": None},
            "dan": {"visited": "2026-03-20 10:00"},
            "eva": {"visited": "2026-03-01 10:00"},
        },
    ),
    Case(
        "what happens after the moment of a look is not known to it",
        TWO_WEEKS,
        happened(
            {
                "ann": [START, ("shared", "2026-03-02 10:00")],
                "bob": [START, ("shared", "2026-03-02 10:00:00.000001")],
                "cid": [("signed_up", "2026-03-03 10:00")],
            }
        ),
        {
            "acquisition": {"ann": "2026-03-01 10:00", "bob": "2026-03-01 10:00"},
            "activation": {"ann": "2026-03-02 10:00"},
        },
        until="2026-03-02 10:00",
    ),
]
