"""A fast, seeded part of `benchmarks/judgement`: made-up companies whose truth is known, against the bars.

The counts are small, so each limit is the bar with room for chance; `make operating-characteristics` measures exactly.
"""

import sys
from pathlib import Path

import pytest

BENCHMARKS = str(Path(__file__).parents[2] / "benchmarks")


@pytest.fixture(scope="module")
def judged():
    """The outcome of a case, over some lots."""
    before = set(sys.modules)
    sys.path.insert(0, BENCHMARKS)
    try:
        from judgement.case import add
        from judgement.registry import registry

        yield lambda key, lots=1: add(registry()[key].run(seed) for seed in range(500, 500 + lots))
    finally:
        sys.path.remove(BENCHMARKS)
        for name in set(sys.modules) - before:
            if name.split(".")[0] == "judgement":
                del sys.modules[name]


@pytest.mark.parametrize("step", ["acquisition", "activation", "retention", "revenue", "referral"])
def test_a_weak_step_is_claimed_in_most_companies_and_claims_are_right(judged, step):
    found = judged(f"constraint: weak {step}, middle rates", lots=2)
    claimed, companies = found["claimed"]["ours"]
    right, claims = found["claims that are right"]["ours"]
    assert companies == 20
    assert claimed >= 14
    assert right >= claims - 1


@pytest.mark.parametrize(
    "case",
    [
        "balanced, target, 5, rough weeks",
        "balanced, target, 20",
        "balanced, target, 100, drift, mix shift, season, late data",
        "balanced, no target, 100, rough weeks",
    ],
)
def test_sound_companies_are_not_blamed(judged, case):
    found = judged(f"constraint: {case}", lots=2)["wrong claims"]
    assert found["ours"][0] <= 2
    assert found["lowest conversion"] == (20, 20)


def test_few_people_leave_it_undecided_rather_than_wrong(judged):
    found = judged("constraint: weak revenue, 10", lots=2)
    assert found["wrong claims"]["ours"][0] <= 2
    assert found["claimed"]["ours"][0] < 20


@pytest.mark.parametrize("step", ["activation", "revenue"])
def test_full_steps_are_called_capacity_at_the_right_step(judged, step):
    right, claims = judged(f"constraint: full {step}, capacity declared")["claims that are right"]["ours"]
    assert claims >= 8
    assert right >= claims - 1


@pytest.mark.parametrize(
    "case",
    [
        "Poisson, 1 a batch",
        "Poisson, 2000 a batch",
        "dispersion 5, 1.5 a batch",
        "dispersion 1.5, -1% a batch, 100 a batch",
        "Poisson, +4% a batch, 5 a batch",
        "weeks vary 20%, +4% a batch, 2000 a batch",
    ],
)
def test_stable_factories_rarely_signal(judged, case):
    found = judged(f"repeatability: {case}", lots=4)
    # 200 series: four standard errors above 5 % is 11 %.
    assert found["false signal"]["ours"][0] <= 22
    assert found["false signal, first 24 batches"]["ours"][0] <= 22


def test_a_fall_by_half_at_twenty_a_week_is_seen_within_four(judged):
    seen, series = judged("repeatability: Poisson, 20 a batch falls by half", lots=6)["seen within 4 batches"]["ours"]
    assert seen >= 0.73 * series  # four standard errors below 80 %


def test_steady_steps_have_no_trend_and_halved_ones_fall(judged):
    steady = judged("trend of a step: steady, rate 30%, 100 enter, rough weeks", lots=2)["said to rise or fall"]
    fallen = judged("trend of a step: falls by half, rate 30%, 100 enter, rough weeks", lots=2)["fall seen"]
    assert steady["ours"][0] <= 4
    assert fallen["ours"][0] >= 32


def test_the_fast_way_says_what_the_whole_product_says(judged):
    found = judged("the fast way: companies of all kinds, their events through the whole product", lots=3)
    assert found == {"same evidence": {"ours": (3, 3)}, "same verdict": {"ours": (3, 3)}}


def test_results_are_kept_per_code_and_seed_and_a_rerun_goes_on(judged, tmp_path):
    from judgement.case import Bar
    from judgement.run import known, run

    case = "repeatability: Poisson, 5 a batch"
    file = tmp_path / "results.jsonl"
    run([(case, 1)], 1, "this code", file)
    file.write_text(file.read_text() + '{"case": "cut sh', encoding="utf-8")
    assert set(known("this code", file)) == {(case, 1)}
    assert known("another code", file) == {}
    assert Bar("claimed", "≥", 0.8).met(80, 100)
    assert not Bar("claimed", "≥", 0.8).met(79, 100)
