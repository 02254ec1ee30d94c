"""The published numbers on constraints: ORACLES "Elasticity" and "A worked constraint"."""

import numpy as np
import pytest
from scipy import integrate, stats

from customer_factory.judgement.constraint import constraint, weakest_link
from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence
from customer_factory.judgement.throughput_model import in_service, throughput

FACTORY = {"people": 100.0, "activation": 0.35, "revenue": 0.3, "kept": 0.8, "k": 0.2}
RATES = {"acquisition": (100, 1000), "activation": (35, 100), "revenue": (10, 35), "referral": (2, 10)}
ATTAINABLE = {"acquisition": 0.1, "activation": 0.8, "revenue": 0.1, "referral": 0.15}


@pytest.mark.parametrize(
    ("link", "effect"), [("people", 0.1), ("activation", 0.1), ("revenue", 0.1), ("kept", 0.1), ("k", 0.0256)]
)
def test_elasticity_published_ten_per_cent_more_of_each_link(link, effect):
    more = throughput(**{**FACTORY, link: 1.1 * FACTORY[link]}) / throughput(**FACTORY) - 1
    assert more == pytest.approx(effect, abs=5e-5)


def test_elasticity_holds_in_the_model_that_judges():
    steps = [StepEvidence(step) for step in ("activation", "revenue", "referral")]
    factory = FactoryEvidence(steps=steps, arrivals=100)
    rates = {"activation": np.array([0.4]), "revenue": np.array([0.05]), "referral": np.array([0.5])}

    def made(**changed):
        return in_service(factory, {**rates, **changed}, people=100, stock=0)[0].item()

    assert made(revenue=rates["revenue"] * 1.1) / made() == pytest.approx(1.1)
    assert made(referral=rates["referral"] * 1.1) / made() == pytest.approx(1.0256, abs=5e-5)  # k = .4 · .5 = .2
    assert made(activation=rates["activation"] * 1.1) / made() == pytest.approx(
        1.1 * 1.02564, abs=1e-4
    )  # feeds the loop


def test_worked_constraint_published_activation_94_referral_6_per_cent():
    chances = weakest_link(RATES, ATTAINABLE, draws=100_000)
    assert {step: round(chance, 2) for step, chance in chances.items()} == {
        "acquisition": 0.0,
        "activation": 0.94,
        "revenue": 0.0,
        "referral": 0.06,
    }
    assert sum(chances.values()) == pytest.approx(1)


def test_worked_constraint_by_quadrature():
    activation, referral = stats.beta(35.5, 65.5), stats.beta(2.5, 8.5)
    # Referral is weaker when .15/referral > .8/activation.
    by_hand, _ = integrate.quad(lambda a: activation.pdf(a) * referral.cdf(0.15 / 0.8 * a), 0, 1)
    assert weakest_link(RATES, ATTAINABLE, draws=100_000)["referral"] == pytest.approx(by_hand, abs=0.004)


def test_worked_constraint_in_the_model_that_knows_loops_claims_activation():
    """A loop of two people of ten is worth little, whatever its shortfall: what is left to referral goes."""
    steps = [
        StepEvidence(step, entered=trials, reached=successes, target=ATTAINABLE[step])
        for step, (successes, trials) in RATES.items()
    ]
    verdict = constraint(FactoryEvidence(steps=steps, arrivals=100))
    assert verdict.step == "activation"
    assert verdict.probability["activation"] > 0.94
    assert verdict.naive == "acquisition"
