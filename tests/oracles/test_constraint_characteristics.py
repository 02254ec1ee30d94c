"""A fast, seeded part of the benchmark: made-up companies whose truth is known, against the bars of the judgement."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from customer_factory.judgement.constraint import constraint

_PATH = Path(__file__).parents[2] / "benchmarks" / "judgement_constraint.py"
_SPEC = importlib.util.spec_from_file_location("judgement_constraint", _PATH)
bench = importlib.util.module_from_spec(_SPEC)
sys.modules["judgement_constraint"] = bench
_SPEC.loader.exec_module(bench)

COMPANIES = 25
PLAN = bench.Plan()


@pytest.mark.parametrize("step", bench.STEPS)
def test_a_weak_step_is_claimed_in_four_of_five_companies_and_claims_are_right(step):
    row = bench.run(step, bench.of(replace(PLAN, weak=step, varied=0.05)), COMPANIES)
    assert row.claimed >= 0.8 * COMPANIES
    assert row.right >= 0.95 * row.claimed


@pytest.mark.parametrize("acquired", [5, 20, 100])
@pytest.mark.parametrize("declared", ["target", "none"])
def test_sound_companies_are_not_blamed(acquired, declared):
    plan = replace(PLAN, acquired=acquired, declared=declared, varied=0.1, drift=True, mix_shift=True)
    assert bench.run("sound", bench.of(plan), COMPANIES).claimed <= 1


def test_few_people_leave_it_undecided_rather_than_wrong():
    row = bench.run("few", bench.of(replace(PLAN, acquired=10, weak="revenue")), COMPANIES)
    assert row.claimed - row.right <= 1
    assert row.claimed < COMPANIES


@pytest.mark.parametrize("step", ["activation", "revenue"])
def test_full_companies_are_called_capacity_at_the_right_step(step):
    rng = np.random.default_rng(1)
    for _ in range(6):
        company = bench.full_company(step, rng, declared=True, target=True, window=None, noisy=True)
        verdict = constraint(company.evidence)
        assert (verdict.step, verdict.kind) == (step, "capacity")
