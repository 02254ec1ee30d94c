"""Retention and referral: coming back, and bringing others."""

from __future__ import annotations

from conformance.stories import Case, happened, plan

# 2026-03-02 is a Monday.
START = ("signed_up", "2026-03-02 10:00")
HAPPY = ("shared", "2026-03-03 10:00")
WEEKS = plan(activation="shared", retention="used", also={"factory": {"timezone": "Europe/Berlin"}})
MONTHS = plan(
    activation="shared",
    retention={"event": "used", "times": 2, "distinct": "day"},
    also={"factory": {"timezone": "America/New_York", "batch": "month"}},
)
OFTEN = plan(activation="shared", retention={"event": "used", "times": 2, "within": "1 day"})
VARIED = plan(activation="shared", retention={"event": "used", "times": 2, "distinct": "tool"}, revenue={
    "event": "used", "after": "retention"})  # fmt: skip
WINDOW = plan(activation="shared", retention={"event": "used", "window": "7 days"})
INVITED = plan(activation="shared", referral={"event": "friend_joined", "invites": "invited", "window": "14 days"})
NAMED = plan(activation="shared", referral={"referrer": "by", "window": "14 days"})
NAMED_BOTH = plan(
    happy=["activation", "revenue"],
    activation="shared",
    revenue={"event": "paid", "after": "acquisition"},
    referral={"referrer": "by", "after": "happy"},
)


def used(*times: str) -> list[tuple[str, str]]:
    return [("used", time) for time in times]


def by(person: str, time: str) -> list[tuple[str, str, dict[str, str]]]:
    return [("signed_up", time, {"by": person})]


CASES = [
    Case(
        "back in one of the four weeks after the one of becoming happy; weeks begin on Monday in the factory's zone",
        WEEKS,
        happened(
            {
                "ann": [START, HAPPY, *used("2026-03-08 22:59:59")],  # Sunday, 23:59:59 in Berlin
                "bob": [START, HAPPY, *used("2026-03-08 23:00")],  # Monday
                "cid": [
                    START,
                    HAPPY,
                    *used("2026-03-04 10:00", "2026-04-05 21:59:59"),
                ],  # the fourth week's last second
                "dan": [START, HAPPY, *used("2026-04-05 22:00")],  # the fifth week: it is summer time
                "eva": [START, *used("2026-03-10 10:00")],  # never happy
                "fay": [START, HAPPY, *used("2026-03-25 10:00", "2026-03-24 10:00", "2026-03-31 10:00")],
            }
        ),
        {
            "retention": {
                "bob": "2026-03-08 23:00",
                "cid": "2026-04-05 21:59:59",
                "fay": "2026-03-24 10:00",
            }
        },
        {
            "ann": {"last_active": "2026-03-02"},
            "bob": {"last_active": "2026-03-09"},
            "cid": {"last_active": "2026-03-30"},
            "dan": {"last_active": "2026-04-06"},
            "eva": {"last_active": "2026-03-09"},
        },
    ),
    Case(
        "months of New York, across its change to summer time; active on two days of a month",
        MONTHS,
        happened(
            {
                "ann": [
                    START,
                    HAPPY,
                    *used("2026-04-01 03:59", "2026-04-02 10:00"),
                ],  # the last minute of March, and April
                "bob": [START, HAPPY, *used("2026-04-01 04:00", "2026-04-02 10:00")],  # both in April
                "cid": [START, HAPPY, *used("2026-05-02 03:59", "2026-05-01 04:00")],  # one day of New York
                "dan": [START, HAPPY, *used("2026-07-31 10:00", "2026-08-01 03:59")],  # July has the fourth month after
                "eva": [START, HAPPY, *used("2026-08-01 04:00", "2026-08-02 04:00")],
            }
        ),
        {"retention": {"bob": "2026-04-01 04:00"}},
        {
            "ann": {"last_active": None},
            "bob": {"last_active": "2026-04-01"},
            "cid": {"last_active": None},
            "dan": {"last_active": None},
            "eva": {"last_active": "2026-08-01"},
        },
    ),
    Case(
        "active in a batch: often enough within the time, inside the batch alone",
        OFTEN,
        happened(
            {
                "ann": [START, HAPPY, *used("2026-03-10 10:00", "2026-03-11 10:00")],
                "bob": [START, HAPPY, *used("2026-03-10 10:00", "2026-03-11 10:00:00.000001")],
                "cid": [START, HAPPY, *used("2026-03-15 23:00", "2026-03-16 01:00")],
            }
        ),
        {"retention": {"ann": "2026-03-10 10:00"}},
        {"ann": {"last_active": "2026-03-09"}, "bob": {"last_active": None}, "cid": {"last_active": None}},
    ),
    Case(
        "active in a batch with two different tools, and what comes after is not that same event",
        VARIED,
        happened(
            {
                "ann": [START, HAPPY, ("used", "2026-03-10", {"tool": "x"}), ("used", "2026-03-11", {"tool": "y"})],
                "bob": [START, HAPPY, ("used", "2026-03-10", {"tool": "x"}), ("used", "2026-03-11", {"tool": "x"})],
            }
        ),
        {"retention": {"ann": "2026-03-10"}, "revenue": {"ann": "2026-03-11"}},
    ),
    Case(
        "retention inside a window of its own",
        WINDOW,
        happened(
            {
                "ann": [START, HAPPY, *used("2026-03-10 10:00")],
                "bob": [START, HAPPY, *used("2026-03-10 10:00:01")],
                "cid": [START, HAPPY, *used("2026-03-03 10:00")],
                "dan": [START, HAPPY, *used("2026-03-03 09:59:59")],
            }
        ),
        {"retention": {"ann": "2026-03-10 10:00", "cid": "2026-03-03 10:00"}},
    ),
    Case(
        "referral as events of the inviter",
        INVITED,
        happened(
            {
                "ann": [
                    START,
                    HAPPY,
                    ("invited", "2026-03-01"),
                    ("invited", "2026-03-04"),
                    ("friend_joined", "2026-03-05"),
                ],
                "bob": [START, HAPPY, ("friend_joined", "2026-03-01"), ("friend_joined", "2026-03-17 10:00:01")],
                "cid": [("friend_joined", "2026-03-05")],
            }
        ),
        {"referral": {"ann": "2026-03-05"}},
        {"ann": {"invites": 2, "accepted": 1}, "bob": {"invites": 0, "accepted": 2}, "cid": {"accepted": 1}},
    ),
    Case(
        "referral by name: oneself and the unknown bring nobody, who was not happy brings nobody yet",
        NAMED,
        happened(
            {
                "ann": [START, HAPPY],
                "bob": by("ann", "2026-03-17 10:00"),
                "cid": by("ann", "2026-03-05 10:00"),
                "dan": by("dan", "2026-03-05 10:00"),
                "eva": by("nobody we know", "2026-03-05 10:00"),
                "fay": [*by("bob", "2026-03-18 10:00"), ("shared", "2026-03-19 10:00")],
                "gus": by("fay", "2026-03-18 20:00"),
                "hal": [("invited", "2026-03-18 10:00", {"by": "fay"})],
                "ida": [START, HAPPY],
                "jon": by("ida", "2026-03-17 10:00:01"),
            }
        ),
        {"referral": {"ann": "2026-03-05 10:00"}},
        {
            "ann": {"accepted": 2},
            "bob": {"accepted": 1, "referrer": "ann"},
            "dan": {"accepted": 0, "referrer": None},
            "fay": {"accepted": 1},
            "hal": {"referrer": None},
            "ida": {"accepted": 1},
        },
    ),
    Case(
        "referral by name once happy, which takes two steps: one of them is not enough",
        NAMED_BOTH,
        happened(
            {
                "ann": [START, HAPPY, ("paid", "2026-03-10 10:00", {"amount": 1})],
                "bob": by("ann", "2026-03-09 10:00"),
                "cid": by("ann", "2026-03-11 10:00"),
                "dan": [START, HAPPY],
                "eva": by("dan", "2026-03-11 10:00"),
            }
        ),
        {"referral": {"ann": "2026-03-11 10:00"}},
        {"ann": {"accepted": 2}, "dan": {"accepted": 1, "happy": None}},
    ),
]
