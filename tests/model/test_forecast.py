"""Stories of a forecast: what is known, what is on its way, what is too little, and what cannot be."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from customer_factory import Factory
from customer_factory.cli.commands import app
from customer_factory.model import fit

MONDAY = date(2026, 1, 5)
BLUEPRINT = {
    "factory": {"name": "Acme"},
    "steps": {
        "acquisition": "signed_up",
        "activation": {"event": "shared", "window": "21 days"},
        "retention": "used",
        "revenue": {"event": "paid", "window": "30 days"},
    },
}


def happened(weeks, people=20, rate=0.5, delay=8, until=None, seed=1, blueprint=BLUEPRINT, channel="ads"):
    """A company in which so many people sign up each week, and some of them share some days later, use it and pay."""
    rng = np.random.default_rng(seed)
    rows = []

    def tell(person, event, day, **more):
        if until is None or day < until:
            rows.append({"person": person, "event": event, "time": day.isoformat(), **more})

    for week in range(weeks):
        for k in range(rng.poisson(people)):
            person, day = f"p{week}-{k}", MONDAY + timedelta(days=7 * week + int(rng.integers(0, 7)))
            tell(person, "signed_up", day, channel=channel if k % 2 else "search")
            if rng.random() < rate:
                happy = day + timedelta(days=delay)
                tell(person, "shared", happy)
                tell(person, "paid", happy + timedelta(days=1), amount=10)
                for later in range(1, int(rng.geometric(0.2))):
                    tell(person, "used", happy + timedelta(days=7 * later))
    return Factory.from_events(rows, blueprint)


@pytest.fixture(scope="module")
def acme():
    """24 weeks of about 20 people, of whom half share eight days later."""
    with happened(24, until=MONDAY + timedelta(days=7 * 24)) as factory:
        yield factory.fitted("2026-06-21")


def test_a_steady_company_goes_on_as_it_was(acme):
    told = acme.forecast(8)
    assert [batch.start for batch in told.batches] == [date(2026, 6, 22) + timedelta(days=7 * k) for k in range(8)]
    for batch in told.batches:
        assert batch.happy.low <= batch.happy.centre <= batch.happy.high
        assert 7 < batch.happy.centre < 13
        assert 14 < batch.arrivals.centre < 26
        assert batch.happy.low < 9
        assert batch.happy.high > 12
    assert 70 < told.batches[3].revenue.centre < 130
    assert told.batches[0].active.centre == pytest.approx(40, rel=0.35)  # 10 a week, four weeks each


def test_the_past_tells_how_often_such_intervals_held(acme):
    told = acme.forecast(8)
    assert told.held["happy"].of > 60
    assert 0.65 < told.coverage < 0.98
    assert told.to_dict()["coverage"] == told.coverage


def test_a_higher_level_is_wider(acme):
    narrow, wide = acme.forecast(4, level=0.5), acme.forecast(4, level=0.95)
    for a, b in zip(narrow.batches, wide.batches, strict=True):
        assert b.happy.low < a.happy.low
        assert a.happy.high < b.happy.high


def test_the_same_question_has_the_same_answer(acme):
    assert acme.forecast(6) == acme.forecast(6)


def test_channels_share_out_everybody_who_comes(acme):
    told = acme.forecast(10)
    assert set(told.channels) == {"ads", "search"}
    everybody = sum(batch.arrivals.centre for batch in told.batches)
    assert sum(band.centre for band in told.channels.values()) == pytest.approx(everybody, rel=0.1)


def test_who_is_on_the_way_still_arrives_when_nobody_new_comes():
    """Sign-ups end with week 12; those of the last two weeks share eight days later, and then it is over."""
    with happened(12, people=60, until=MONDAY + timedelta(days=7 * 12)) as factory:
        told = factory.what_if(arrivals=1e-6, on="2026-03-29", batches=5).then
    happy = [batch.happy.centre for batch in told.batches]
    assert happy[0] == pytest.approx(30, rel=0.3)
    assert happy[1] < 12
    assert happy[4] == 0


def test_the_running_batch_is_continued_from_what_it_brought(acme):
    with happened(25, until=MONDAY + timedelta(days=7 * 24 + 4)) as factory:
        report = factory.look("2026-06-25")
        first = fit(report).forecast(2).batches[0]
    so_far = report.measures.throughput[-1].happy
    assert first.running
    assert first.start == date(2026, 6, 22)
    assert first.happy.low >= so_far > 0
    assert first.happy.centre < so_far + 8  # three of seven days are left


def test_fewer_than_six_batches_are_too_few_and_it_says_how_many_more():
    with happened(4, until=MONDAY + timedelta(days=28)) as factory:
        told = factory.forecast(on="2026-02-01")
        thought = factory.what_if(rates={"activation": 0.9}, on="2026-02-01")
    assert told.batches == ()
    assert told.coverage is None
    assert told.reason == "Only 4 complete batches are known; a forecast takes 6."
    assert told.would_decide == "2 more complete batches."
    assert thought.difference is None


def test_a_factory_without_activity_or_money_says_so_instead_of_zero():
    blueprint = {"steps": {"acquisition": "signed_up", "activation": {"event": "shared", "window": "21 days"}}}
    with happened(8, until=MONDAY + timedelta(days=56), blueprint=blueprint) as factory:
        batch = factory.forecast(2, on="2026-03-01").batches[0]
    assert batch.active is None
    assert batch.revenue is None
    assert batch.happy.centre > 0


def test_the_history_cut_off_is_what_was_known_then(acme):
    """The back-test's own claim: a triangle cut off at a batch is what a look at that moment would have found."""
    with happened(24, until=MONDAY + timedelta(days=7 * 24)) as factory:
        then = fit(factory.look("2026-04-26")).past
    cut = acme.past.until(16)
    assert then.complete == cut.complete == 16
    assert then.acquired.tolist() == cut.acquired.tolist()
    for mine, its in [*zip(then.stages, cut.stages, strict=True), (then.active, cut.active), (then.earned, cut.earned)]:
        assert mine.entered.tolist() == its.entered.tolist()
        assert mine.came.tolist() == its.came.tolist()


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"batches": 0}, "1 to 520"), ({"batches": 2.5}, "whole number"), ({"level": 1.0}, "between 0 and 1")],
)
def test_what_cannot_be_forecast_raises(acme, asked, words):
    with pytest.raises(ValueError, match=words):
        acme.forecast(**asked)


def test_only_measures_can_be_fitted():
    with pytest.raises(ValueError, match="a report or measures are needed, not dict"):
        fit({"happy": [1, 2, 3]})


def test_the_command_prints_what_the_library_says(tmp_path, capsys):
    lines = ["person,event,time"]
    rng = np.random.default_rng(3)
    for k in range(150):
        day = MONDAY + timedelta(days=int(rng.integers(0, 70)))
        lines += [f"p{k},signed_up,{day}", f"p{k},shared,{day + timedelta(days=2)}"]
    (tmp_path / "factory.toml").write_text(
        '[steps]\nacquisition = "signed_up"\nactivation = { event = "shared", window = "14 days" }\n'
    )
    (tmp_path / "events.csv").write_text("\n".join(lines))
    with Factory.open(tmp_path) as factory:
        factory.load(tmp_path / "events.csv")
        said = factory.forecast(3, on="2026-03-15").to_dict()
    app(["forecast", str(tmp_path), "--batches", "3", "--on", "2026-03-15", "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == said
    app(["forecast", str(tmp_path), "--on", "2026-03-15", "--what-if", "activation=0.5"], standalone_mode=False)
    shown = capsys.readouterr().out
    assert "activation at 0.5" in shown
    assert "past batches" in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_a_marketplace_is_forecast_in_transactions_as_its_throughput_counts_them():
    blueprint = {
        "factory": {"model": "marketplace"},
        "steps": {"acquisition": "signed_up", "activation": "deal", "retention": "deal"},
    }
    rng = np.random.default_rng(6)
    rows = []
    for k in range(200):
        day = MONDAY + timedelta(days=int(rng.integers(0, 112)))
        rows.append({"person": f"p{k}", "event": "signed_up", "time": day.isoformat()})
        for again in range(4):  # one deal a week, four weeks long
            when = day + timedelta(days=1 + 7 * again)
            if when < MONDAY + timedelta(days=112):
                rows.append({"person": f"p{k}", "event": "deal", "time": when.isoformat()})
    with Factory.from_events(rows, blueprint) as factory:
        told, measures = factory.forecast(4, on="2026-04-26"), factory.measures("2026-04-26")
    counted = [batch.happy for batch in measures.throughput]
    assert sum(counted) > 3 * 150  # deals, not the 200 people
    assert told.batches[2].happy.centre == pytest.approx(np.mean(counted[-6:]), rel=0.25)


def weekly(paid: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Ten sign-ups a week for twenty weeks, and whoever is named pays."""
    came = [
        {"person": f"p{week}-{number}", "event": "signed_up", "time": f"{date(2026, 1, 5) + timedelta(weeks=week)}"}
        for week in range(20)
        for number in range(10)
    ]
    return came + [{"person": person, "event": "paid", "time": day} for person, day in paid]


SELLING = {"factory": {"happy": "revenue"}, "steps": {"acquisition": "signed_up", "revenue": "paid"}}


def test_what_has_never_happened_is_not_forecast():
    with Factory.from_events(weekly([]), SELLING) as factory:
        found = factory.forecast(on="2026-05-24")
    assert found.batches == ()
    assert found.reason == "Nobody has become a happy customer yet; what has never happened cannot be forecast."


def test_a_handful_of_customers_is_not_forecast_to_be_more_than_there_are_people():
    with Factory.from_events(weekly([("p3-1", "2026-02-01"), ("p5-2", "2026-02-20")]), SELLING) as factory:
        found = factory.forecast(on="2026-05-24")
    assert sum(batch.happy.high for batch in found.batches) < 200 + sum(batch.arrivals.high for batch in found.batches)


def test_a_factory_of_one_step_makes_who_comes():
    with Factory.from_events(weekly([]), {"steps": {"acquisition": "signed_up"}}) as factory:
        found = factory.forecast(on="2026-05-24")
    assert all(batch.happy == batch.arrivals for batch in found.batches)
