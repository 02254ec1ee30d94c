"""The outcome × paid matrix: who got the outcome, who paid, what they paid and who is still there."""

from __future__ import annotations

import pytest

import customer_factory as cf

PLAN = {
    "factory": {"batch": "day"},
    "steps": {
        "acquisition": "signed_up",
        "activation": "shared",
        "retention": "used",
        "revenue": {"event": "paid", "after": "acquisition"},
    },
}


def rows(*people):
    """Each person: a name, and (event, day of March, amount) for what they did."""
    return [
        {"person": name, "event": event, "time": f"2026-03-{day:02}T09:00", "amount": amount[0] if amount else None}
        for name, *did in people
        for event, day, *amount in did
    ]


STORY = rows(
    ("ann", ("signed_up", 1), ("shared", 2), ("paid", 3, 40.0), ("paid", 9, 40.0), ("used", 6)),
    ("ben", ("signed_up", 1), ("shared", 2), ("used", 4)),
    ("cat", ("signed_up", 1), ("paid", 2, 30.0), ("paid", 4, -30.0)),
    ("dan", ("signed_up", 1), ("used", 9)),
    ("eve", ("signed_up", 12), ("shared", 13), ("used", 17)),
    ("fay", ("paid", 5, 99.0)),  # never signed up
)


@pytest.fixture
def matrix():
    with cf.Factory.from_events(STORY, PLAN) as factory:
        found = factory.activation(on="2026-03-18").outcomes
    return {(cell.achieved, cell.paid): cell for cell in found.cells}, found


def test_everybody_acquired_is_in_one_cell(matrix):
    cells, _ = matrix
    assert {key: cell.people for key, cell in cells.items()} == {
        (True, True): 1,  # ann
        (True, False): 2,  # ben, eve
        (False, True): 1,  # cat
        (False, False): 1,  # dan
    }


def test_value_is_net_of_refunds(matrix):
    cells, _ = matrix
    assert (cells[True, True].value, cells[True, True].refunded) == (80.0, 0)
    assert (cells[False, True].value, cells[False, True].refunded) == (0.0, 1)


def test_later_is_the_fifth_to_eighth_batch_and_only_of_those_old_enough(matrix):
    """Ben was there on the third day and Dan on the eighth; Eve came too late to be asked."""
    cells, _ = matrix
    assert [(cells[key].old, cells[key].kept) for key in ((True, True), (True, False), (False, False))] == [
        (1, 1),
        (1, 0),
        (1, 1),
    ]
    assert cells[True, False].high < 1


def test_payment_is_compared_among_people_of_the_same_day(matrix):
    """Eve's day has nobody without the outcome: her not having paid yet says nothing."""
    _, found = matrix
    assert (found.payment.rate_with, found.payment.rate_without) == (pytest.approx(1 / 3), 0.5)
    assert found.payment.difference == pytest.approx(1 / 2 - 1 / 2)


def test_refunds_are_those_of_payers(matrix):
    _, found = matrix
    assert (found.refunds.rate_with, found.refunds.rate_without) == (0.0, 1.0)


def test_where_paying_is_on_the_way_to_the_outcome_it_is_not_set_against_it():
    plan = {"steps": {**PLAN["steps"], "activation": {"event": "shared", "after": "revenue"}}}
    with cf.Factory.from_events(STORY, plan) as factory:
        found = factory.activation(on="2026-03-18")
    assert found.outcomes.payment is None
    assert [each.outcome for each in found.arrows] == ["retention"]


def test_without_revenue_nobody_paid():
    plan = {"steps": {name: step for name, step in PLAN["steps"].items() if name != "revenue"}}
    with cf.Factory.from_events(STORY, plan) as factory:
        found = factory.activation(on="2026-03-18").outcomes
    assert sum(cell.people for cell in found.cells if cell.paid) == 0
    assert (found.payment, found.refunds) == (None, None)
