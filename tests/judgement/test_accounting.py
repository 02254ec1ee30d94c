"""Throughput accounting: Goldratt's P and Q, and channels by what they make of a unit of the constraint."""

import pytest

from customer_factory import Factory, samples
from customer_factory.judgement.accounting import Product, per_constraint_unit, plan

WEEK = dict.fromkeys("ABCD", 2400)
P = Product("P", 90 - 45, 100, {"A": 15, "B": 15, "C": 15, "D": 15})
Q = Product("Q", 100 - 40, 50, {"A": 10, "B": 30, "C": 5, "D": 5})


def test_p_and_q_as_published():
    best = plan([P, Q], WEEK, expense=6000)
    assert (best.constraint, best.load["B"]) == ("B", 3000)
    assert best.per_unit == {"P": 3.0, "Q": 2.0}
    assert best.make == {"P": 100, "Q": 30}
    assert best.profit == 300
    assert plan([P, Q], WEEK, expense=6000, order="QP").profit == -300


def test_where_everything_can_be_made_nothing_constrains():
    best = plan([P, Q], dict.fromkeys("ABCD", 3000))
    assert (best.constraint, best.per_unit, best.throughput) == (None, {}, 100 * 45 + 50 * 60)


def test_what_takes_nothing_of_the_constraint_comes_first_and_what_loses_is_not_made():
    free, loss = Product("free", 1, 10, {"A": 1}), Product("loss", -5, 10, {"B": 1})
    best = plan([P, Q, free, loss], WEEK)
    assert best.order[0] == "free"
    assert (best.make["free"], best.make["loss"]) == (10, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([], WEEK), "named once"),
        (([P, P], WEEK), "named once"),
        (([P], {"A": 1}), "no capacity is given"),
        (([Product("x", 1, -1)], WEEK), "cannot be negative"),
        (([P], {**WEEK, "B": 0}), "above 0"),
        (([P, Q], WEEK, 0, ["P"]), "each product once"),
    ],
)
def test_impossible_plans_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        plan(*arguments)


def test_channels_are_ranked_by_what_a_unit_of_the_constraint_becomes():
    company = samples.company("saas", scale=0.2)
    with Factory.from_events(company.events, company.blueprint) as factory:
        measures = factory.measures(company.on)
    ranked = per_constraint_unit(measures, "activation")
    assert [each.happy for each in ranked] == sorted((each.happy for each in ranked), reverse=True)
    by = {each.channel: each for each in ranked}
    flow = measures.steps["activation"].by_channel
    assert set(by) == set(flow)
    assert all(each.units == flow[name].entered and each.money > 0 for name, each in by.items())
    # Pulled together: the best of them is no better than its own rate says, the worst no worse.
    assert ranked[0].happy <= max(rate.rate for rate in flow.values())
    assert ranked[-1].happy >= min(rate.rate for rate in flow.values())
    assert per_constraint_unit(measures, "acquisition") == ()
    with pytest.raises(ValueError, match="no step 'delivery'"):
        per_constraint_unit(measures, "delivery")
