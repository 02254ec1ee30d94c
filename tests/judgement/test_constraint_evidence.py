import pytest

from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"step": "signup"}, "legal are: acquisition"),
        ({"step": "activation", "cohorts": [(10, 11)]}, "cohort 0: 11 reached of 10 entered"),
        ({"step": "activation", "channels": {"ads": (-1, 0)}}, "channel 'ads'"),
        ({"step": "activation", "entered": float("nan"), "reached": 1}, "all who entered"),
        ({"step": "activation", "target": 40}, "target is 40; it must lie above 0 and not above 1"),
        ({"step": "activation", "required": 0}, "required is 0"),
        ({"step": "activation", "capacity": 0}, "capacity is 0"),
    ],
)
def test_impossible_evidence_raises_and_says_what_is_wrong(wrong, says):
    with pytest.raises(ValueError, match=says):
        StepEvidence(**wrong)


def test_a_step_twice_a_horizon_of_nothing_and_negative_referrals_raise():
    twice = [StepEvidence("activation"), StepEvidence("activation")]
    with pytest.raises(ValueError, match="each step once"):
        FactoryEvidence(steps=twice, arrivals=1)
    with pytest.raises(ValueError, match="horizon is 0"):
        FactoryEvidence(steps=[], arrivals=1, horizon=0)
    with pytest.raises(ValueError, match="people_per_referrer"):
        FactoryEvidence(steps=[], arrivals=1, people_per_referrer=-1)


def test_effective_counts_may_be_fractional_and_a_hair_off():
    step = StepEvidence("activation", cohorts=[(10.5, 10.500000001)] * 4)
    assert step.rate == pytest.approx(1)


def test_all_together_stand_in_only_while_fewer_than_four_batches_are_mature():
    young = StepEvidence("activation", cohorts=[(10, 5)] * 3, entered=44.5, reached=20)
    assert young.groups == ((44.5, 20),)
    grown = StepEvidence("activation", cohorts=[(10, 5)] * 4, entered=44.5, reached=20)
    assert grown.groups == ((10, 5),) * 4
    assert StepEvidence("activation").groups == ()
    assert StepEvidence("activation").rate is None


def test_the_way_to_a_paying_customer_follows_what_comes_after_what():
    trial = FactoryEvidence(
        arrivals=1, steps=[StepEvidence("activation"), StepEvidence("revenue", after="acquisition")], happy=["revenue"]
    )
    assert trial.outcome == ("revenue",)
    saas = FactoryEvidence(arrivals=1, steps=[StepEvidence("activation"), StepEvidence("revenue")])
    assert saas.outcome == ("activation", "revenue")
    referring = FactoryEvidence(arrivals=1, steps=[*saas.steps, StepEvidence("referral", after="revenue")])
    assert referring.path("referral") == ("activation", "revenue", "referral")
    usual = FactoryEvidence(arrivals=1, steps=[*saas.steps, StepEvidence("referral")])
    assert usual.path("referral") == ("activation", "referral")


def test_a_quarter_is_thirteen_weeks_three_months_or_ninety_days():
    ahead = [FactoryEvidence(steps=[], arrivals=1, batch=batch).batches_ahead for batch in ("week", "month", "day")]
    assert ahead == [13, 3, 90]


def test_new_people_are_those_of_the_last_eight_batches():
    assert FactoryEvidence(steps=[], arrivals=[0] * 10 + [8] * 8).new_people == 8
    assert FactoryEvidence(steps=[], arrivals=7).new_people == 7
    assert FactoryEvidence(steps=[], arrivals=()).idle
