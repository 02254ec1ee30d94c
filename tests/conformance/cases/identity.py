"""Who is who: ids that are linked are one person, in whatever order it becomes known."""

from __future__ import annotations

from conformance.stories import Case, happened, plan

PLAIN = plan(activation={"event": "shared", "window": "14 days"})
MONEY = plan(activation="shared", revenue="paid", referral={"referrer": "by"})
ONE, TWO, THREE = "2026-03-01 10:00", "2026-03-02 10:00", "2026-03-03 10:00"


def unknown(web: str) -> dict[str, str | None]:
    """An event before anybody knew who it was."""
    return {"person": None, "anonymous_id": web}


CASES = [
    Case(
        "an anonymous visitor becomes somebody, and is shown by the id they are known by",
        PLAIN,
        happened(
            {
                "": [("signed_up", ONE, unknown("a-web")), ("shared", TWO, unknown("zoe-web"))],
                "ann": [("shared", THREE, {"anonymous_id": "a-web"})],
                "zoe": [("signed_up", ONE, {"anonymous_id": "zoe-web"})],
            }
        ),
        {"acquisition": {"ann": ONE, "zoe": ONE}, "activation": {"ann": THREE, "zoe": TWO}},
    ),
    Case(
        "who never becomes known is shown by their anonymous id",
        PLAIN,
        happened({"": [("signed_up", ONE, unknown("w1")), ("shared", TWO, {**unknown("w2"), "previous_id": "w1"})]}),
        {"acquisition": {"w1": ONE}, "activation": {"w1": TWO}},
    ),
    Case(
        "an earlier id, transitively, and through a device that two names share",
        PLAIN,
        happened(
            {
                "ann": [("signed_up", ONE)],
                "bea": [("shared", TWO, {"previous_id": "amy"})],
                "amy": [("visited", THREE, {"previous_id": "ann"})],
                "cid": [("signed_up", ONE, {"anonymous_id": "phone"})],
                "dan": [("shared", TWO, {"anonymous_id": "phone"})],
            }
        ),
        {"acquisition": {"amy": ONE, "cid": ONE}, "activation": {"amy": TWO, "cid": TWO}},
    ),
    Case(
        "ids that broken clients send for everybody join nobody",
        PLAIN,
        happened(
            {
                "ann": [("signed_up", ONE, {"anonymous_id": "undefined", "previous_id": "0"})],
                "bob": [("shared", TWO, {"anonymous_id": "undefined", "previous_id": "NULL"})],
                "cid": [("signed_up", ONE, {"anonymous_id": "cid"})],
            }
        ),
        {"acquisition": {"ann": ONE, "cid": ONE}, "activation": {}},
    ),
    Case(
        "money and referrals of all ids are those of one person, whichever id is named",
        MONEY,
        happened(
            {
                "ann": [("signed_up", ONE), ("shared", ONE), ("paid", TWO, {"amount": 5})],
                "old": [("paid", TWO, {"amount": 2, "previous_id": "ann"})],
                "bob": [("signed_up", TWO, {"by": "old"})],
                "cid": [("signed_up", THREE, {"by": "ann"})],
                "ann2": [("signed_up", THREE, {"by": "old", "previous_id": "ann"})],
            }
        ),
        {"referral": {"ann": TWO}, "revenue": {"ann": TWO}},
        {
            "ann": {"paid": 7, "payments": 2, "accepted": 2, "referrer": None},
            "bob": {"referrer": "ann"},
            "cid": {"referrer": "ann"},
        },
    ),
]
