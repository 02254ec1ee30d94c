"""Every template yields its own unit of traction."""

from __future__ import annotations

import pytest

from conformance.implementations import clickhouse_table
from conformance.stories import happened, plan, table
from customer_factory.factory import Factory

MARKET = plan(
    activation={"event": "bought", "window": "30 days"},
    retention="bought",
    also={"factory": {"model": "marketplace", "happy": ["activation"]}},
)
TRADED = happened(
    {
        "ann": [
            ("bought", "2026-03-01 10:00"),  # before she signed up: nobody's journey yet
            ("signed_up", "2026-03-02 10:00"),
            ("bought", "2026-03-03 10:00"),
            ("bought", "2026-03-04 10:00"),
            ("bought", "2026-03-10 10:00"),
        ],
        "bob": [("signed_up", "2026-03-04 10:00"), ("bought", "2026-03-11 10:00")],
        "cid": [("signed_up", "2026-03-04 10:00"), ("bought", "2026-05-01 10:00")],  # too late to count as made here
    }
)


def made(factory: Factory) -> dict[str, int]:
    batches = factory.look("2026-03-16").to_dict()["throughput"]["batches"]
    return {batch["start"]: batch["happy"] for batch in batches}


def test_a_marketplace_makes_transactions():
    with Factory.from_events(table(TRADED), MARKET) as factory:
        assert made(factory) == {"2026-02-23": 0, "2026-03-02": 2, "2026-03-09": 2, "2026-03-16": 0}
        report = factory.look()
        assert report.to_dict()["throughput"]["unit"] == "transactions"
        assert sum(batch.happy for batch in report.measures.throughput) == 4
        assert factory.who("activation", "reached") == ["ann", "bob"]


def test_the_same_factory_counts_people_where_it_sells_directly():
    direct = plan(activation={"event": "bought", "window": "30 days"}, retention="bought")
    with Factory.from_events(table(TRADED), direct) as factory:
        assert made(factory) == {"2026-02-23": 0, "2026-03-02": 1, "2026-03-09": 1, "2026-03-16": 0}


def test_transactions_in_a_database_elsewhere():
    with clickhouse_table(table(TRADED)) as events, Factory.from_events(events, MARKET) as factory:
        assert made(factory) == {"2026-02-23": 0, "2026-03-02": 2, "2026-03-09": 2, "2026-03-16": 0}


@pytest.mark.parametrize("pieces", [2, 4])
def test_transactions_that_come_piece_by_piece(pieces):
    with Factory(MARKET) as factory:
        for place in range(pieces):
            factory.load(table(TRADED[place::pieces]))
            factory.look()
        assert made(factory) == {"2026-02-23": 0, "2026-03-02": 2, "2026-03-09": 2, "2026-03-16": 0}


def test_a_multi_sided_business_makes_users_who_pay_in_attention():
    users = plan(
        activation={"event": "visited", "times": 3, "distinct": "day", "within": "7 days", "window": "14 days"},
        revenue={"event": "ad_viewed", "window": "30 days"},
        also={"factory": {"model": "multi-sided"}},
    )
    rows = happened(
        {
            "ann": [
                ("signed_up", "2026-03-02 10:00"),
                *(("visited", f"2026-03-{day:02} 10:00") for day in (2, 3, 5)),
                ("ad_viewed", "2026-03-06 10:00", {"amount": 0.02}),
            ],
            "advertiser": [("ad_viewed", "2026-03-06 10:00", {"amount": 0.02})],
        }
    )
    with Factory.from_events(table(rows), users) as factory:
        report = factory.look("2026-03-16").to_dict()
    assert report["throughput"]["unit"] == "happy customers"
    assert [batch["happy"] for batch in report["throughput"]["batches"]] == [1, 0, 0]
    assert (report["revenue"]["total"], report["revenue"]["paying"]) == (0.04, 2)
