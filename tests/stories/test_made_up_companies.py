"""Companies with a known truth: the planted constraint is named, and the balanced one is left undecided."""

from __future__ import annotations

import pytest

import customer_factory as cf
from customer_factory import samples


@pytest.fixture(scope="module")
def looked():
    made = {}

    def look(name):
        if name not in made:
            company = samples.company(name)
            with cf.Factory.from_events(company.events, company.blueprint) as factory:
                made[name] = company, factory.look(company.on)
        return made[name]

    return look


@pytest.mark.parametrize("name", samples.names())
def test_the_verdict_is_the_truth(looked, name):
    company, report = looked(name)
    assert (report.verdict.step, report.verdict.kind) == (company.truth.constraint, company.truth.kind)
    assert report.verdict.verdict == ("undecided" if company.truth.constraint is None else "claimed")


@pytest.mark.parametrize("name", ["saas", "game"])
def test_the_lowest_conversion_is_the_wrong_step(looked, name):
    company, report = looked(name)
    rates = {step: flow.rate for step, flow in report.steps.items() if flow.rate is not None}
    assert min(rates, key=rates.get) == report.verdict.naive != company.truth.constraint


@pytest.mark.parametrize("name", samples.names())
def test_an_undecided_verdict_says_what_would_decide_it(looked, name):
    _, report = looked(name)
    assert bool(report.verdict.would_decide) == (report.verdict.verdict == "undecided")


@pytest.mark.parametrize("name", samples.names())
def test_measured_rates_are_the_true_ones_within_their_intervals(looked, name):
    """Shrunk to a handful of checks, 95 % intervals miss now and then: three standard errors do not."""
    company, report = looked(name)
    for step, true in company.truth.rates.items():
        flow = report.steps[step]
        if company.truth.kind == "capacity" and step == "activation":
            continue  # people wait there, and the rate of those who are served says nothing of the queue
        if flow.rate is None:
            continue
        margin = 1.6 * (flow.high - flow.low) / 2 + 0.03
        assert abs(flow.rate - true) < margin, step


@pytest.mark.parametrize("name", samples.names())
def test_in_is_out_plus_waiting_plus_lost(looked, name):
    _, report = looked(name)
    for flow in report.steps.values():
        for each in [flow, *flow.by_cohort]:
            if each.entered is not None:
                assert each.entered == each.reached + each.waiting + each.lost


def test_a_new_company_is_told_how_many_batches_are_missing(looked):
    _, report = looked("startup")
    assert report.throughput.repeatable in {"no", "provisional"}
    assert "baseline" in report.throughput.reason


def test_what_happens_after_the_moment_is_not_known(looked):
    """A look back over the whole log equals a look over the log as it was then."""
    import pyarrow as pa
    import pyarrow.compute as pc

    company, _ = looked("saas")
    moment = company.events["time"][len(company.events) // 2].as_py()
    known = company.events.filter(pc.less_equal(company.events["time"], pa.scalar(moment, company.events["time"].type)))
    with cf.Factory.from_events(company.events, company.blueprint) as everything:
        back = everything.look(moment).to_dict()
    with cf.Factory.from_events(known, company.blueprint) as then:
        there = then.look(moment).to_dict()
    for part in ("steps", "throughput", "retention", "revenue", "economics", "constraint"):
        assert back[part] == there[part], part
