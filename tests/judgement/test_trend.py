import numpy as np
import pytest

from customer_factory.judgement.trend import trend


@pytest.mark.parametrize(
    ("now", "said"),
    [((200, 30), "falling"), ((200, 60), "steady"), ((200, 90), "rising")],
    ids=["half", "same", "more"],
)
def test_the_newest_four_cohorts_against_those_before(now, said):
    found = trend([(200, 60)] * 12 + [now] * 4)
    assert found.direction == said
    assert found.low < now[1] / 60 < found.high
    assert found.to_dict()["direction"] == said


def test_a_handful_tells_nothing_and_says_so():
    found = trend([(5, 2)] * 12 + [(5, 1)] * 4)
    assert found.direction is None
    assert found.reason.endswith("the counts do not tell.")


def test_eight_cohorts_are_needed():
    found = trend([(100, 30)] * 7)
    assert (found.direction, found.ratio) == (None, None)
    assert "1 more" in found.reason


def test_weeks_that_always_differ_are_no_trend():
    rough = [(200, 40), (200, 80)] * 6
    assert trend([*rough, (200, 40), (200, 60), (200, 40), (200, 50)]).direction is None
    assert trend([(200, 60)] * 12 + [(200, 40), (200, 60), (200, 40), (200, 50)]).direction == "falling"


def test_a_long_past_is_forgotten():
    assert trend([(100, 80)] * 60 + [(100, 30)] * 30).direction == "steady"


def test_its_interval_covers():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        n = rng.poisson(80, 16) + 1
        own = 0.3 * np.exp(0.1 * rng.standard_normal(16)) * np.repeat([1.0, 0.7], [12, 4])
        found = trend(list(zip(n.tolist(), rng.binomial(n, own).tolist(), strict=True)), draws=1000)
        hits += found.low <= 0.7 <= found.high
    assert hits / 200 >= 0.9  # 95 % less three standard errors
