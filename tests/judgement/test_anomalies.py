"""Silence and jumps in daily counts: rarely seen where there are none, soon where there are."""

from __future__ import annotations

import numpy as np
import pytest

from customer_factory.judgement.anomalies import jump, silence, stopped

WEEKS = np.array([[1.0] * 7, [1.2, 1.25, 1.2, 1.15, 1, 0.55, 0.65], [1.3] * 5 + [0.25] * 2, [1.4] * 5 + [0] * 2])


def company(random):
    """The daily counts of a sound company's series: weekdays, growth, seasons, moods, bursts, small numbers."""
    days, end = int(random.integers(60, 400)), int(random.integers(0, 7))
    day = np.arange(days)
    week, month = (day + end) // 7, (day + end) % 30
    common = WEEKS[random.integers(4)][(day + end) % 7] * np.exp(
        random.choice([0, 0.01, 0.03, 0.05, -0.03]) * (day - days) / 7
    )
    common *= np.exp(random.normal(0, 0.1, days))[week] * (
        1 + random.choice([0, 0.3]) * np.sin(day / 58 + random.uniform(0, 6))
    )
    found = {}
    for number in range(int(random.integers(4, 18))):
        mean = common * np.exp(random.uniform(np.log(0.05), np.log(200)))
        kind = random.random()
        if kind < 0.15:  # once a month
            mean = mean * np.where(month < 2, 8, 0)
        elif kind < 0.25:  # wanders
            mean = mean * np.exp(np.cumsum(random.normal(0, 0.15, days))[week])
        spread = random.choice([0, 0, 0.1, 0.3, 1])
        if spread:
            mean = mean * random.gamma(1 / spread, spread, days)
        found[f"event {number}"] = random.poisson(mean)
    return found


def shares(counts, random):
    """Repeats among the counts, of a share that may differ from week to week."""
    share, spread = random.choice([0, 0.001, 0.01, 0.1, 0.5]), random.choice([0, 0, 0.02, 0.1])
    chance = np.full(len(counts), share)
    if share and spread:
        chance = random.beta(share / spread, (1 - share) / spread, len(counts))[np.arange(len(counts)) // 7]
    return random.binomial(counts, chance)


def test_sound_companies_raise_a_false_alarm_in_at_most_one_look_of_twenty_over_all_their_series():
    random, alarmed, looks = np.random.default_rng(2026), 0, 60
    for _ in range(looks):
        series = company(random)
        jumps = [jump(shares(counts, random), counts, len(series)) for counts in series.values()]
        alarmed += bool(stopped(series)) or any(jumps)
    # It was 3 looks of 400 over other companies.
    assert alarmed <= 3


@pytest.mark.parametrize(("a_day", "days"), [(100, 1), (10, 2), (3, 7), (1, 28)])
def test_silence_is_noticed_once_a_few_dozen_events_are_missing(a_day, days):
    random, found = np.random.default_rng(a_day), 0
    for _ in range(20):
        counts = random.poisson(a_day * np.resize(WEEKS[1], 180) * random.gamma(10, 0.1, 180))
        counts[-days:] = 0
        its = silence(counts, 12)
        found += its is not None and its.days >= days
    assert found >= 15


def test_growth_is_foretold_so_that_as_much_is_missed_as_would_have_happened():
    counts = [round(10 * 1.01**day) for day in range(140)]
    its = silence([*counts, 0])
    assert its.days == 1
    assert its.expected == pytest.approx(10 * 1.01**140, rel=0.2)


def test_what_never_was_steady_is_not_missed():
    assert silence([0] * 60 + [500, 400, 30] + [0] * 30) is None
    assert silence([]) is None
    assert silence([0] * 90) is None
    assert silence([5] * 41 + [0] * 20) is None  # not six weeks


def test_a_silence_is_news_for_a_quarter():
    assert silence([5] * 300 + [0] * 90).days == 90
    assert silence([5] * 300 + [0] * 91) is None


def test_many_series_make_each_harder_to_alarm():
    counts = [2, 1, 2, 1, 3, 2, 1] * 16 + [0] * 7
    assert silence(counts, 1) is not None
    assert silence(counts, 10_000) is None


def test_impossible_counts_raise():
    with pytest.raises(ValueError, match="cannot be negative"):
        silence([1, -1])
    with pytest.raises(ValueError, match="cannot be more"):
        jump([2] * 70, [1] * 70)
