"""Early behaviour: what is planted is found with its threshold, what is noise is not, and too little says so."""

from __future__ import annotations

import numpy as np
import pytest

from customer_factory.judgement.behaviour import behaviours
from customer_factory.measures.early import EVERYBODY, Early

EVENTS = [f"event {place}" for place in range(8)]


def company(seed, people=4000, lift=0.0, threshold=3, mixing=0.0, rate=0.15):
    """People of four channels who do eight things more or less often; the first decides from a threshold on."""
    rng = np.random.default_rng(seed)
    channel = rng.integers(0, 4, people)
    pull = mixing * (channel - 1.5)
    eager = rng.normal(pull, 1.0)
    did = rng.poisson(np.exp(eager[:, None] + np.array([0.3, 0, 0, -1, -1, 0.5, -2, 0])))
    reached = rng.random(people) < np.clip(rate * np.exp(pull) + lift * (did[:, 0] >= threshold), 0, 1)
    return counted(did, reached, channel, rng.integers(0, 2, people))


def counted(did, reached, stratum, half):
    """The counts of an engine, one row per person and event."""
    people = len(reached)
    who, event = np.nonzero(did)
    rows = np.concatenate([who, np.arange(people)])
    times = np.concatenate([did[who, event], np.zeros(people, int)])
    names = np.array([*EVENTS, EVERYBODY], dtype=object)[np.concatenate([event, np.full(people, len(EVENTS))])]
    return Early(
        "retention", 7, None, frozenset({"event 5"}), names, times, np.minimum(times, 2), half[rows], stratum[rows],
        np.ones(len(rows), int), reached[rows].astype(int),
    )  # fmt: skip


def test_a_planted_behaviour_is_found_with_its_threshold_and_comes_first():
    found = behaviours(company(1, lift=0.2, threshold=3))
    first = found.candidates[0]
    assert found.verdict == "found"
    assert (first.event, first.at_least, first.unit, first.claimed) == ("event 0", 3, "times", True)
    assert first.low < 0.2 < first.high
    assert found.would_decide is None


def test_what_keeps_people_away_is_found_too():
    early = company(2, lift=-0.14)
    first = behaviours(early).candidates[0]
    assert (first.event, first.claimed) == ("event 0", True)
    assert first.high < 0


def test_what_only_goes_along_with_it_comes_after_it():
    """Eager people do all eight; only the first says anything by itself, and others through it."""
    found = behaviours(company(3, lift=0.2))
    assert found.candidates[0].event == "event 0"
    assert all(each.low < found.candidates[0].low for each in found.candidates[1:])
    assert found.candidates == tuple(sorted(found.candidates, key=lambda each: not each.claimed))


@pytest.mark.parametrize("mixing", [0.0, 0.4])
def test_without_signal_nothing_is_claimed_in_95_of_100_companies(mixing):
    """With channels that bring eager people who come back anyway, unadjusted rules would claim every time."""
    wrong = [behaviours(company(seed, 1000, mixing=mixing)).verdict == "found" for seed in range(100)]
    assert np.mean(wrong) <= 0.05
    assert any(behaviours(company(seed, 1200, mixing=mixing)).candidates for seed in range(5))


def test_no_signal_says_what_would_have_been_seen():
    found = behaviours(company(5, rate=0.2))
    assert found.verdict == "none"
    assert "A difference of 4.9 points" in found.reason
    assert found.would_decide == "Four times as many people would show half of that: 2.4 points."


def test_shuffled_outcomes_lose_the_signal():
    """The same people and deeds; only the outcome is dealt out anew within each channel."""
    rng = np.random.default_rng(6)
    did = rng.poisson(1.0, (3000, len(EVENTS)))
    channel, half = rng.integers(0, 3, 3000), rng.integers(0, 2, 3000)
    reached = rng.random(3000) < 0.1 + 0.25 * (did[:, 0] >= 2)
    assert behaviours(counted(did, reached, channel, half)).verdict == "found"
    for place in range(3):
        reached[channel == place] = rng.permutation(reached[channel == place])
    assert behaviours(counted(did, reached, channel, half)).verdict == "none"


def test_the_outcomes_own_event_comes_after_what_leads_there():
    rng = np.random.default_rng(7)
    did = rng.poisson(1.0, (4000, len(EVENTS)))
    reached = rng.random(4000) < 0.1 + 0.15 * (did[:, 0] >= 1) + 0.4 * (did[:, 5] >= 2)
    found = behaviours(counted(did, reached, np.zeros(4000, int), rng.integers(0, 2, 4000)))
    assert [(each.event, each.own) for each in found.candidates[:2]] == [("event 0", False), ("event 5", True)]


def test_too_little_says_how_much_more():
    found = behaviours(company(8, people=150))
    assert (found.verdict, found.candidates) == ("undecided", ())
    assert found.would_decide == f"About {40 - found.reached} more people who reached it."


def test_nobody_at_all():
    nobody = counted(np.zeros((0, 8), int), np.zeros(0, bool), np.zeros(0, int), np.zeros(0, int))
    assert behaviours(nobody).verdict == "undecided"


def test_an_impossible_level_is_refused():
    with pytest.raises(ValueError, match="level is 5; it must lie between 0 and 1"):
        behaviours(company(1, people=50), level=5)
