"""Where customers come from: the next ten, luck, drift and premature scaling – told as stories."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from customer_factory import Factory, samples
from customer_factory.judgement.sources import premature, sources

MONDAY = date(2026, 1, 5)


def story(weeks, spend=(), last=24):
    """A factory whose happy customers of each week are given by channel."""
    rows = []
    for week, channels in enumerate(weeks):
        for channel, count in channels.items():
            day = (MONDAY + timedelta(weeks=week, days=2)).isoformat()
            rows += [
                {"person": f"{channel}-{week}-{n}", "event": event, "time": day, "channel": channel}
                for n in range(count)
                for event in ("joined", "done")
            ]
    blueprint = {
        "steps": {"acquisition": "joined", "activation": {"event": "done", "window": "7 days"}},
        "spend": [
            {"date": MONDAY + timedelta(weeks=week), "channel": "ads", "amount": amount}
            for week, amount in enumerate(spend)
        ],
    }
    with Factory.from_events(rows, blueprint) as factory:
        return factory.measures((MONDAY + timedelta(weeks=last, days=-1)).isoformat())


def test_two_steady_sources_are_known():
    found = sources(story([{"search": 4, "friends": 3}] * 24))
    assert (found.known, found.alarms, found.one_off, found.customers) == ("yes", (), 0.0, 168)
    assert found.reason.startswith("Of the next 10 happy customers expect ")
    assert found.repeating == 1.0
    assert found.largest == pytest.approx(4 / 7)
    assert [each.source for each in found.next_ten] == ["search", "friends"]
    assert all(each.low <= each.expected <= each.high for each in found.next_ten)
    assert sum(each.expected for each in found.next_ten) == pytest.approx(10)
    assert found.concentration == pytest.approx((16 + 9) / 49)


def test_a_launch_that_brought_many_once_is_luck():
    weeks = [{"search": 2, "friends": 2} for _ in range(24)]
    weeks[6] = {**weeks[6], "launch day": 40}
    found = sources(story(weeks))
    assert (found.known, found.one_off_sources) == ("no", ("launch day",))
    assert found.one_off == pytest.approx(40 / 136)
    assert "that is luck" in found.alarms[0]


def test_a_source_that_has_just_begun_is_not_called_one_off():
    weeks = [{"search": 2, "friends": 2} for _ in range(24)]
    weeks[23] = {**weeks[23], "partner": 30}
    assert sources(story(weeks)).one_off_sources == ()


def test_one_source_for_most_is_alarming():
    found = sources(story([{"search": 8, "friends": 1}] * 24))
    assert "89% of happy customers come from search" in found.alarms[0]


def test_with_nine_customers_it_is_undecided_and_says_how_many_more():
    found = sources(story([{"search": 1}] * 9, last=10))
    assert (found.known, found.next_ten) == ("undecided", ())
    assert found.reason == "9 happy customers have a known source; 1 more tell where the next ten come from."


def test_where_channels_are_not_recorded_it_says_so():
    found = sources(story([{"unknown": 5, "search": 1}] * 24))
    assert found.known == "undecided"
    assert found.reason.startswith("The source of 83% of happy customers is not known")


def test_rare_sources_are_counted_together():
    rare = [{"search": 4, "friends": 4, **({f"rare {week % 8}": 1} if week % 3 == 0 else {})} for week in range(24)]
    found = sources(story(rare))
    assert [each.source for each in found.next_ten][-1] == "others"
    assert len(found.next_ten) == 3


def test_more_channels_for_no_more_customers_is_drift():
    focused = [{"search": 4, "friends": 4}] * 16
    scattered = [{"search": 2, "friends": 2, f"try {week % 4}": 2} for week in range(8)]
    found = sources(story([*focused, *scattered]))
    assert found.directions == (6, 2)
    assert any("effort runs in many directions" in alarm for alarm in found.alarms)
    grown = [{"search": 6, "friends": 6, f"try {week % 4}": 4} for week in range(8)]
    assert not any("directions" in alarm for alarm in sources(story([*focused, *grown])).alarms)


def test_spend_that_grows_before_it_is_repeatable_is_premature():
    growing = story([{"search": 3, "friends": 3}] * 24, [100] * 12 + [300] * 12)
    assert "200% more in 12 weeks" in premature(growing, "no")
    assert premature(growing, "yes") is None

    def spending(*amounts):
        return premature(replace(growing, sources=replace(growing.sources, spend=amounts)), "no")

    assert spending(*[100.0] * 24) is None
    assert spending() is None
    assert spending(*[0.0] * 18, 100.0, 100.0, 300.0) is None  # too short to tell
    assert spending(*(400.0 * (week % 4 == 0) for week in range(24))) is None  # monthly bills are no growth


@pytest.mark.parametrize("name", ["shop", "startup"])
def test_samples_have_the_sources_that_their_people_came_from(name):
    company = samples.company(name, scale=0.1)
    with Factory.from_events(company.events, company.blueprint) as factory:
        measures = factory.measures(company.on)
        found = factory.sources(company.on)
    assert sum(batch.happy for batch in measures.throughput) == measures.sources.happy["n"].sum()
    assert sum(each.expected for each in found.next_ten) == pytest.approx(10 if found.next_ten else 0)
    assert found.to_dict()["customers"] == sum(found.happy.values()) or found.known == "undecided"
