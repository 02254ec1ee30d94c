import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence
from customer_factory.judgement.throughput_model import in_service, stay, still_there, throughput

share = st.floats(0.01, 1.0)
SAAS = ("acquisition", "activation", "retention", "revenue", "referral")


def factory(*steps, **more):
    return FactoryEvidence(steps=[StepEvidence(step) for step in steps], arrivals=100, **more)


@given(share, st.integers(1, 60))
def test_stay_is_the_sum_of_powers(survival, batches):
    assert stay(survival, batches) == pytest.approx(sum(survival**j for j in range(batches)))


@given(share, st.lists(st.floats(0, 100), max_size=20))
def test_still_there_is_what_is_left_of_each_batch(survival, served):
    expected = sum(n * survival**age for age, n in enumerate(reversed(served)))
    assert still_there(served, np.array([survival])).item() == pytest.approx(expected)


@given(share, share, share, st.floats(0.01, 0.4), st.floats(0, 1000))
def test_the_closed_form_is_the_recursion_batch_by_batch(activation, retention, revenue, referral, stock):
    rates = {"activation": activation, "retention": retention, "revenue": revenue, "referral": referral}
    draws = {step: np.array([rate]) for step, rate in rates.items()}
    total, made = in_service(factory(*SAAS, people_per_referrer=2.0), draws, people=100, stock=stock)
    people, wave = 0.0, 100.0
    for _ in range(500):  # those who come, those they bring, those these bring …
        people, wave = people + wave, wave * activation * referral * 2.0
    served, own = stock, 0.0
    for _ in range(13):
        served = served * retention**0.25 + people * activation * revenue
        own = own * retention**0.25 + people * activation * revenue
    assert total.item() == pytest.approx(served, rel=1e-6)
    assert made.item() == pytest.approx(own, rel=1e-6)


def test_a_factory_without_retention_loses_nobody():
    total, _ = in_service(factory("activation"), {"activation": np.array([0.5])}, people=10, stock=7)
    assert total.item() == 7 + 13 * 5


def test_referral_after_revenue_needs_payers():
    steps = [StepEvidence("activation"), StepEvidence("revenue"), StepEvidence("referral", after="revenue")]
    rates = {"activation": np.array([0.5]), "revenue": np.array([0.5]), "referral": np.array([0.4])}
    total, _ = in_service(FactoryEvidence(steps=steps, arrivals=100, horizon=1), rates, people=100, stock=0)
    assert total.item() == pytest.approx(25 / (1 - 0.1))


def test_a_loop_that_feeds_itself_is_bounded():
    assert throughput(1, 1, 1, 1, 3.0) == pytest.approx(10)
