"""Lead quality: sources are held against each other fairly, and few sound ones are blamed."""

from __future__ import annotations

import numpy as np
import pytest

from customer_factory.judgement.lead_quality import lead_quality


def world(random, poor=1.0):
    """Sources of many sizes that come and go through good and bad seasons; the first one may be poor."""
    sources, cohorts = int(random.integers(2, 13)), int(random.integers(4, 30))
    season = np.clip(random.uniform(0.05, 0.6) * np.exp(random.normal(0, 0.25, cohorts)), 0.01, 0.95)
    rows = []
    for place in range(sources):
        drift = np.exp(random.normal(0, 0.5) * np.linspace(-1, 1, cohorts))
        leads = random.poisson(np.exp(random.uniform(0, np.log(80))) * drift)
        own = np.exp(random.normal(0, random.choice([0, 0.15]), cohorts)) * (1 if place else poor)
        happy = random.binomial(leads, np.clip(season * own, 0, 0.97))
        rows += [(f"source {place}", cohort, n, k) for cohort, n, k in zip(range(cohorts), leads, happy, strict=True)]
    return lead_quality(*zip(*rows, strict=True))


def test_sound_sources_are_blamed_in_at_most_one_factory_of_twenty():
    random = np.random.default_rng(11)
    assert sum(any(each.poor for each in world(random)) for _ in range(150)) <= 12


def test_a_poor_source_is_found_once_sixty_happy_customers_are_missing_from_it():
    random, found = np.random.default_rng(12), []
    for _ in range(150):
        first = next((each for each in world(random, poor=0.6) if each.source == "source 0"), None)
        if first is not None and first.rest and first.rest * first.leads >= 60:
            found.append(first.poor)
    assert len(found) > 20
    assert np.mean(found) >= 0.8


def test_intervals_hold_what_is_true_of_each_source():
    random, held = np.random.default_rng(13), []
    for _ in range(60):
        truth, leads = random.beta(8, 24, 10), random.integers(5, 200, 10)
        names = [f"{place}" for place in range(10)]
        found = lead_quality(names, [0] * 10, leads, random.binomial(leads, truth))
        held += [each.low <= truth[int(each.source)] <= each.high for each in found]
    assert np.mean(held) >= 0.91


def test_the_season_in_which_a_source_came_is_not_its_fault():
    # Nobody does well in winter, when only the fair brings people in numbers.
    found = lead_quality(["ads", "fair"] * 2, [1, 1, 2, 2], [400, 40, 40, 400], [160, 16, 4, 40])
    assert [each.poor for each in found] == [False, False]
    assert {each.source: round(each.rate, 2) for each in found} == {"ads": 0.37, "fair": 0.13}


def test_a_source_with_too_few_people_is_not_judged():
    (_, few) = lead_quality(["ads", "fair"], [1, 1], [400, 8], [160, 0])
    assert (few.source, few.chance, few.poor) == ("fair", None, False)
    assert few.low < few.estimate


def test_nobody_and_impossible_numbers():
    assert lead_quality([], [], [], []) == ()
    with pytest.raises(ValueError, match="cannot be more"):
        lead_quality(["ads"], [1], [3], [4])
