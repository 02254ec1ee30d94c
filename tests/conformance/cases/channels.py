"""The channel: what the acquisition names, else the earliest event that names one."""

from __future__ import annotations

from conformance.stories import Case, happened, plan

START = "2026-03-02 10:00"
BEFORE, AFTER = "2026-03-01 10:00", "2026-03-03 10:00"
PLAIN = plan(activation="shared")
OWN = plan(
    activation="shared",
    also={
        "channels": {
            "column": "source",
            "clues": ["referrer", "utm"],
            "rename": {"ads": "paid", "paid": "organic", "social": "community"},
        }
    },
)


def people(**first: dict[str, str]):
    return happened({person: [("signed_up", START, more)] for person, more in first.items()})


CASES = [
    Case(
        "the acquisition's channel, else the earliest event's, also of people never acquired",
        PLAIN,
        happened(
            {
                "ann": [("visited", BEFORE, {"channel": "ads"}), ("signed_up", START, {"channel": "web"})],
                "bob": [
                    ("visited", AFTER, {"channel": "web"}),
                    ("visited", BEFORE, {"channel": "ads"}),
                    ("signed_up", START),
                ],
                "cid": [("signed_up", START), ("shared", AFTER, {"channel": "app"})],
                "dan": [("visited", BEFORE), ("visited", AFTER, {"channel": "ads"})],
                "eva": [("signed_up", START)],
            }
        ),
        {},
        {
            "ann": {"channel": "web"},
            "bob": {"channel": "ads"},
            "cid": {"channel": "app"},
            "dan": {"channel": "ads"},
            "eva": {"channel": None},
        },
    ),
    Case(
        "the column before the tag, the tag before the click id, the click id before the referring page",
        PLAIN,
        people(
            ann={"channel": "web", "utm_source": "letter", "gclid": "1", "referrer": "https://www.bing.com/"},
            bob={"utm_source": "letter", "gclid": "1", "referrer": "https://www.bing.com/"},
            cid={"gclid": "1", "referrer": "https://www.bing.com/"},
            dan={"referrer": "https://www.bing.com/"},
            eva={"fbclid": "1"},
            fay={"context.campaign.source": "podcast"},
        ),
        {},
        {
            "ann": {"channel": "web"},
            "bob": {"channel": "letter"},
            "cid": {"channel": "google ads"},
            "dan": {"channel": "organic search"},
            "eva": {"channel": "facebook"},
            "fay": {"channel": "podcast"},
        },
    ),
    Case(
        "referring pages: hosts are told from parts of other names, and one page counts",
        PLAIN,
        people(
            ann={"referrer": "https://T.CO/abc"},
            bob={"referrer": "https://www.walmart.com/"},
            cid={"referrer": "https://www.walmart.com/", "context.page.referrer": "https://www.google.de/"},
            dan={"context.page.referrer": "https://www.google.de/"},
            eva={"referrer": "https://www.reddit.com/r/x"},
        ),
        {},
        {
            "ann": {"channel": "social"},
            "bob": {"channel": None},
            "cid": {"channel": None},
            "dan": {"channel": "organic search"},
            "eva": {"channel": "social"},
        },
    ),
    Case(
        "rules of one's own: another column, other clues, and each name replaced once",
        OWN,
        people(
            ann={"source": "ads", "channel": "web"},
            bob={"source": "paid"},
            cid={"utm_source": "ads", "referrer": "https://www.reddit.com/"},
            dan={"gclid": "1", "channel": "web"},
        ),
        {},
        {
            "ann": {"channel": "paid"},
            "bob": {"channel": "organic"},
            "cid": {"channel": "community"},
            "dan": {"channel": None},
        },
    ),
]
