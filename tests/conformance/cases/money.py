"""Money: payments, refunds, currencies."""

from __future__ import annotations

from conformance.stories import Case, happened, plan

START = ("signed_up", "2026-03-01 10:00")
EUROS = {"currency": {"rates": {"USD": 0.5}}}
PLAIN = plan(activation="shared", revenue={"event": "paid", "after": "acquisition"}, also=EUROS)
REFUNDS = plan(
    activation="shared",
    revenue={
        "event": ["paid", "booked"],
        "after": "acquisition",
        "refund": {"any": [{"event": "refunded"}, {"event": "booked", "where": {"status": "returned"}}]},
    },
    also=EUROS,
)
PROPERTY = plan(activation="shared", revenue={"event": "paid", "after": "acquisition", "amount": "total"})


def paid(
    amount: float | None, currency: str | None = None, time: str = "2026-03-02 10:00", name: str = "paid", **more: str
):
    return (name, time, {"amount": amount, "currency": currency, **more})


CASES = [
    Case(
        "negative amounts are refunds: no payments, and they reach no step",
        PLAIN,
        happened(
            {
                "ann": [START, paid(10), paid(-4, time="2026-03-03 10:00")],
                "bob": [START, paid(-4), paid(10, time="2026-03-03 10:00")],
                "cid": [START, paid(-4)],
            }
        ),
        {"revenue": {"ann": "2026-03-02 10:00", "bob": "2026-03-03 10:00"}},
        {
            "ann": {"paid": 6, "payments": 1, "refunded": 4},
            "bob": {"paid": 6, "payments": 1, "refunded": 4},
            "cid": {"paid": -4, "payments": 0, "refunded": 4},
        },
    ),
    Case(
        "an order for nothing, or without an amount, is a payment of nothing",
        PLAIN,
        happened({"ann": [START, paid(0)], "bob": [START, paid(None)], "cid": [START, paid(0.01)]}),
        {"revenue": dict.fromkeys(["ann", "bob", "cid"], "2026-03-02 10:00")},
        {
            "ann": {"paid": 0, "payments": 1, "unpriced": 0},
            "bob": {"paid": 0, "payments": 1, "unpriced": 0},
            "cid": {"paid": 0.01, "payments": 1},
        },
    ),
    Case(
        "currencies: known ones are converted, an unknown one is set aside and the event counts",
        PLAIN,
        happened(
            {
                "ann": [START, paid(10, "USD"), paid(10, "usd"), paid(10, "EUR"), paid(10)],
                "bob": [START, paid(10, "XXX"), paid(-10, "XXX"), paid(5, "EUR")],
                "cid": [START, paid(None, "XXX")],
            }
        ),
        {"revenue": dict.fromkeys(["ann", "bob", "cid"], "2026-03-02 10:00")},
        {
            "ann": {"paid": 30, "payments": 4, "unpriced": 0},
            "bob": {"paid": 5, "payments": 2, "unpriced": 2, "refunded": 0},
            "cid": {"paid": 0, "payments": 1, "unpriced": 0},
        },
    ),
    Case(
        "refunds as events of their own, whatever their sign; one that is a payment's event too is a refund",
        REFUNDS,
        happened(
            {
                "ann": [
                    START,
                    paid(10),
                    paid(4, name="refunded"),
                    paid(-1, name="refunded"),
                    paid(2, "USD", name="refunded"),
                ],
                "bob": [START, paid(8, name="booked", status="returned"), paid(9, name="booked", status="sent")],
                "cid": [START, paid(8, name="booked", status="returned"), paid(None, name="refunded")],
            }
        ),
        {"revenue": {"ann": "2026-03-02 10:00", "bob": "2026-03-02 10:00"}},
        {
            "ann": {"paid": 4, "payments": 1, "refunded": 6},
            "bob": {"paid": 1, "payments": 1, "refunded": 8},
            "cid": {"paid": -8, "payments": 0, "refunded": 8},
        },
    ),
    Case(
        "an amount in a property; one that is no number is none",
        PROPERTY,
        happened(
            {
                "ann": [
                    START,
                    ("paid", "2026-03-02 10:00", {"total": "12.50"}),
                    ("paid", "2026-03-03 10:00", {"total": "-2"}),
                ],
                "bob": [START, ("paid", "2026-03-02 10:00", {"total": "n/a"})],
                "cid": [
                    START,
                    ("paid", "2026-03-02 10:00", {"total": "NaN"}),
                    ("paid", "2026-03-02 10:00", {"total": "inf"}),
                ],
            }
        ),
        {"revenue": dict.fromkeys(["ann", "bob", "cid"], "2026-03-02 10:00")},
        {
            "ann": {"paid": 10.5, "payments": 1, "refunded": 2},
            "bob": {"paid": 0, "payments": 1},
            "cid": {"paid": 0, "payments": 2},
        },
    ),
    Case(
        "money of people who were never acquired is money",
        PLAIN,
        happened({"ann": [paid(10)]}),
        {"acquisition": {}, "revenue": {}},
        {"ann": {"paid": 10, "payments": 1}},
    ),
]
