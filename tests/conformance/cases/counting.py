"""Selectors that take several events: times, within, distinct."""

from __future__ import annotations

from conformance.stories import Case, happened, plan

START = ("signed_up", "2026-03-01 00:00:01")
BERLIN = {"factory": {"timezone": "Europe/Berlin"}}

# Several ways of counting in one blueprint: each step comes after acquisition.
COUNTS = plan(
    activation={"event": "used", "times": 3},
    revenue={"event": "used", "times": 3, "within": "7 days", "after": "acquisition"},
    retention={"event": "used", "times": 3, "distinct": "day", "window": "300 days", "after": "acquisition"},
    referral={"event": "used", "times": 3, "distinct": "day", "within": "7 days", "after": "acquisition"},
    also=BERLIN,
)
KINDS = plan(
    activation={"event": "made", "times": 2, "distinct": "kind"},
    revenue={"event": "made", "times": 2, "distinct": "kind", "within": "2 days", "after": "acquisition"},
    retention={"event": "made", "times": 2, "window": "3 days", "after": "acquisition"},
)


def used(*times: str) -> list[tuple[str, str]]:
    return [("used", time) for time in times]


def made(*what: tuple[str, str | None]) -> list[tuple[str, str, dict[str, str | None]]]:
    return [("made", time, {"kind": kind}) for time, kind in what]


CASES = [
    Case(
        "three times, the third completes; within seven days, the last moment included",
        COUNTS,
        happened(
            {
                "ann": [START, *used("2026-03-02 10:00", "2026-03-03 10:00", "2026-03-09 10:00")],
                "bob": [START, *used("2026-03-02 10:00", "2026-03-03 10:00", "2026-03-09 10:00:00.000001")],
                "cid": [START, *used("2026-03-02 10:00", "2026-03-08 10:00", "2026-03-12 10:00", "2026-03-14 10:00")],
                "dan": [START, *used("2026-03-02 10:00", "2026-03-02 10:00")],
            }
        ),
        {
            "activation": {
                "ann": "2026-03-09 10:00",
                "bob": "2026-03-09 10:00:00.000001",
                "cid": "2026-03-12 10:00",
            },
            "revenue": {"ann": "2026-03-09 10:00", "cid": "2026-03-14 10:00"},
        },
    ),
    Case(
        "events before the entry do not count, equal ones of one moment count each",
        COUNTS,
        happened(
            {
                "ann": [*used("2026-02-28 10:00"), START, *used("2026-03-02 10:00", "2026-03-03 10:00")],
                "bob": [START, *used("2026-03-02 10:00", "2026-03-02 10:00", "2026-03-02 10:00")],
            }
        ),
        {"activation": {"bob": "2026-03-02 10:00"}, "revenue": {"bob": "2026-03-02 10:00"}},
    ),
    Case(
        "three different days within seven: Monday to Sunday at the longest, and days are the factory's",
        COUNTS,
        happened(
            {
                # Monday, Wednesday, Sunday before midnight in Berlin (Sunday 21:59 UTC in summer, 22:59 in winter).
                "ann": [START, *used("2026-03-02 08:00", "2026-03-04 08:00", "2026-03-08 22:59")],
                # One minute later it is Monday in Berlin.
                "bob": [START, *used("2026-03-02 08:00", "2026-03-04 08:00", "2026-03-08 23:00")],
                # Sunday 23:30 UTC is Monday in Berlin: two days only.
                "cid": [START, *used("2026-03-01 23:30", "2026-03-02 10:00", "2026-03-03 10:00")],
                # Many on one day are one; the third day completes with its first event.
                "dan": [
                    START,
                    *used(
                        "2026-03-02 08:00",
                        "2026-03-02 09:00",
                        "2026-03-03 08:00",
                        "2026-03-04 09:00",
                        "2026-03-04 08:00",
                    ),
                ],
                # The first day is too far away, later ones do it.
                "eva": [START, *used("2026-03-02 08:00", "2026-03-09 08:00", "2026-03-10 08:00", "2026-03-15 08:00")],
            }
        ),
        {
            "retention": {
                "ann": "2026-03-08 22:59",
                "bob": "2026-03-08 23:00",
                "dan": "2026-03-04 08:00",
                "eva": "2026-03-10 08:00",
            },
            "referral": {"ann": "2026-03-08 22:59", "dan": "2026-03-04 08:00", "eva": "2026-03-15 08:00"},
        },
    ),
    Case(
        "days across the change to summer time: the Sunday is 23 hours long",
        COUNTS,
        happened(
            {
                "ann": [START, *used("2026-03-28 22:59", "2026-03-28 23:00", "2026-03-29 21:59")],
                "bob": [START, *used("2026-03-28 22:59", "2026-03-28 23:00", "2026-03-29 22:00")],
            }
        ),
        {"retention": {"bob": "2026-03-29 22:00"}, "referral": {"bob": "2026-03-29 22:00"}},
    ),
    Case(
        "two different values of a property, with and without a time between; no value is none",
        KINDS,
        happened(
            {
                "ann": [START, *made(("2026-03-02", "x"), ("2026-03-03", "x"), ("2026-03-04", "y"))],
                "bob": [START, *made(("2026-03-02", "x"), ("2026-03-03", None), ("2026-03-04 00:00:01", "y"))],
                "cid": [START, *made(("2026-03-02", None), ("2026-03-02", None))],
                "dan": [
                    START,
                    *made(("2026-03-02", "x"), ("2026-03-09", "y"), ("2026-03-10", "y"), ("2026-03-11", "x")),
                ],
            }
        ),
        {
            "activation": {"ann": "2026-03-04", "bob": "2026-03-04 00:00:01", "dan": "2026-03-09"},
            "revenue": {"ann": "2026-03-04", "dan": "2026-03-11"},
            "retention": {"ann": "2026-03-03", "bob": "2026-03-03", "cid": "2026-03-02"},
        },
    ),
]
