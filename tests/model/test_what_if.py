"""What if: each lever does what it says, in the right direction and size, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from customer_factory import samples
from customer_factory.basics.errors import FactoryError
from customer_factory.cli.forecast import parsed
from customer_factory.factory import Factory
from model.test_forecast import BLUEPRINT, MONDAY, happened


@pytest.fixture(scope="module")
def acme():
    with happened(24, people=40, until=MONDAY + timedelta(days=7 * 24)) as factory:
        yield factory.fitted("2026-06-21")


@pytest.fixture(scope="module")
def loop():
    """A sample company whose customers bring others."""
    made = samples.company("saas", scale=0.5)
    with Factory.from_events(made.events, made.blueprint) as factory:
        yield factory.fitted(made.on)


def test_nothing_changed_makes_no_difference(acme):
    made = acme.what_if(arrivals=1.0)
    assert made.base == made.then
    assert (made.difference.happy.low, made.difference.happy.high) == (0, 0)


def test_twice_the_people_are_twice_the_happy_once_they_had_time(acme):
    made = acme.what_if(arrivals=2.0, batches=8)
    before, after = made.base.batches[-1].happy.centre, made.then.batches[-1].happy.centre
    assert after == pytest.approx(2 * before, rel=0.1)
    assert made.then.batches[0].happy.centre == pytest.approx(made.base.batches[0].happy.centre, rel=0.15)


def test_a_better_rate_brings_its_share_and_the_money_with_it(acme):
    rate = acme.measures.steps["activation"].rate
    made = acme.what_if(rates={"activation": rate * 1.5}, batches=8)
    assert made.then.batches[-1].happy.centre == pytest.approx(1.5 * made.base.batches[-1].happy.centre, rel=0.1)
    assert made.then.batches[-1].arrivals == made.base.batches[-1].arrivals
    assert made.difference.happy.low > 0
    assert made.difference.revenue.low > 0
    assert made.difference.active.low > 0


def test_the_difference_is_known_better_than_either_future(acme):
    """Chance is the same in both, so that it cancels."""
    made = acme.what_if(rates={"activation": 0.6}, batches=8)
    width = sum(batch.happy.high - batch.happy.low for batch in made.base.batches)
    assert made.difference.happy.high - made.difference.happy.low < width


def test_retention_keeps_the_happy_and_makes_none(acme):
    rate = acme.measures.steps["retention"].rate
    made = acme.what_if(rates={"retention": min(1.0, rate * 1.2)}, batches=10)
    assert made.difference.active.low > 0
    assert made.difference.happy.high == 0


def test_a_channel_counts_as_much_as_its_share(acme):
    one = acme.what_if(arrivals={"ads": 2.0}, batches=8).difference.arrivals.centre
    everybody = acme.what_if(arrivals=2.0, batches=8).difference.arrivals.centre
    assert one == pytest.approx(acme.shares["ads"] * everybody, rel=0.05)


def test_slower_is_later(acme):
    made = acme.what_if(delays={"activation": 3.0}, batches=6)
    assert made.then.batches[1].happy.centre < made.base.batches[1].happy.centre
    assert made.difference.happy.high < 0


def test_a_step_that_serves_few_lets_few_through(acme):
    made = acme.what_if(capacity={"activation": 5}, batches=6)
    assert all(batch.happy.high <= 5 for batch in made.then.batches)


def test_more_customers_bring_more_people(loop):
    """The loop: a better activation makes more who invite, hence more arrivals, but none in the first batch."""
    rate = loop.measures.steps["activation"].rate
    made = loop.what_if(rates={"activation": 2 * rate})
    assert made.difference.arrivals.low > 0
    assert made.difference.arrivals.high < made.difference.happy.high
    assert loop.what_if(rates={"referral": 0.01}).difference.arrivals.high < 0


def test_spend_buys_people_at_what_they_cost(loop):
    with pytest.raises(ValueError, match="spend: there is no 'ads'"):
        loop.what_if(spend={"ads": 2.0})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rates": {"activaton": 0.5}}, "rates: there is no 'activaton'; legal are: activation"),
        ({"rates": {"acquisition": 0.5}}, "there is no 'acquisition'"),
        ({"rates": {"activation": 1.5}}, "not above 1"),
        ({"arrivals": {"tv": 2.0}}, "arrivals: there is no 'tv'"),
        ({"arrivals": 0.0}, "it must lie above 0"),
        ({"delays": {"revenue": 2.0}}, "legal are: activation"),
        ({"capacity": {"activation": -1}}, "it must lie above 0"),
    ],
)
def test_what_cannot_be_changed_raises_and_says_what_can(acme, change, words):
    with pytest.raises(ValueError, match=words):
        acme.what_if(**change)


def test_steps_that_are_not_a_chain_are_taken_together():
    """Happy means shared and paid, both after signing up."""
    revenue = {"event": "paid", "window": "30 days", "after": "acquisition"}
    both = {"factory": {"happy": ["activation", "revenue"]}, "steps": {**BLUEPRINT["steps"], "revenue": revenue}}
    with happened(12, people=40, until=MONDAY + timedelta(days=84), blueprint=both) as factory:
        told = factory.forecast(4, on="2026-03-29")
    assert 12 < told.batches[2].happy.centre < 28


@pytest.mark.parametrize("word", ["activation", "=1", "activation=high", "colour:red=2"])
def test_a_change_that_is_none_is_told(word):
    with pytest.raises(FactoryError, match=r"is no change.*activation=0\.4"):
        parsed([word])
