"""Guards: what goes wrong is noticed, with the day it began and the people behind it; what is sound raises nothing."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import numpy as np
import pytest

import customer_factory as cf
from customer_factory import samples

MONDAY = datetime(2026, 3, 2, 9)
WEEKDAYS = (1.2, 1.2, 1.2, 1.1, 1.0, 0.6, 0.7)
PLAN = {
    "factory": {"name": "Acme"},
    "steps": {
        "acquisition": "signed_up",
        "activation": {"event": "shared", "window": "14 days"},
        "revenue": {"event": "paid", "window": "14 days"},
    },
}


class Town:
    """A company that is told what to do, day by day: sixteen weeks of it, sound unless something else is said."""

    def __init__(self, seed=0, weeks=16):
        self.random = np.random.default_rng(seed)
        self.days = 7 * weeks
        self.rows = []
        self.people = {}

    def did(self, person, event, day, **more):
        if day < self.days:
            moment = MONDAY + timedelta(days=int(day), seconds=len(self.rows) % 30_000)
            self.rows.append({"person": person, "event": event, "time": moment.isoformat(), **more})

    def people_from(self, channel, a_day=4.0, happy=0.4, pays=0.5, days=None, **more):
        """People from a channel. ``happy`` and ``pays`` are rates, or functions of the day of acquisition."""
        for day in days if days is not None else range(self.days):
            for _ in range(self.random.poisson(a_day * WEEKDAYS[day % 7])):
                name = f"{channel}-{len(self.people):04}"
                self.people[name] = day
                self.did(name, "signed_up", day, channel=channel, **more)
                if self.random.random() < (happy(day) if callable(happy) else happy):
                    shared = day + self.random.integers(0, 9)
                    self.did(name, "shared", shared)
                    if self.random.random() < (pays(day) if callable(pays) else pays):
                        self.did(name, "paid", shared + self.random.integers(0, 9), amount=20)
        return self

    def look(self, plan=PLAN, on=None):
        with cf.Factory.from_events(self.rows, plan) as factory:
            return factory.guards(on)


def alarms(found, kind=None):
    return [(alarm.kind, alarm.where) for alarm in found.alarms if kind in {None, alarm.kind}]


def the(found, kind):
    (alarm,) = [alarm for alarm in found.alarms if alarm.kind == kind]
    return alarm


def who(town, event, of=lambda row: True):
    return sorted({row["person"] for row in town.rows if row["event"] == event and of(row)})


def test_a_sound_company_raises_nothing_and_says_what_was_not_guarded():
    found = Town().people_from("ads").people_from("fair").look()
    assert alarms(found) == []
    assert found.series == 6  # three events, two channels, one source
    assert found.blind == ("Ask people ([surveys] in factory.toml): nobody has said yet whether they are satisfied.",)


def test_an_event_that_is_no_longer_recorded_is_noticed_with_the_day_and_those_who_did_it_last():
    town = Town().people_from("ads", 20)
    last = MONDAY + timedelta(days=town.days - 6)
    town.rows = [row for row in town.rows if row["event"] != "paid" or row["time"] < last.date().isoformat()]
    alarm = the(town.look(), "stopped")
    since = date.fromisoformat(max(row["time"] for row in town.rows if row["event"] == "paid")[:10]) + timedelta(days=1)
    assert (alarm.where, alarm.since) == ("paid", since)
    days = alarm.evidence["days"]
    begin = (since - timedelta(days=days)).isoformat()
    assert list(alarm.people) == who(town, "paid", lambda row: row["time"][:10] >= begin)
    assert alarm.rows == sum(row["event"] == "paid" and row["time"][:10] >= begin for row in town.rows)
    assert alarm.evidence["chance"] < 0.001
    assert alarm.evidence["expected"] > 5


def test_a_channel_through_which_nobody_comes_any_more_is_noticed_and_a_campaign_that_never_was_steady_is_not():
    town = Town().people_from("search", 8)
    town.people_from("ads", 6, days=range(town.days - 5))
    town.people_from("fair", 30, days=[30, 31])
    alarm = the(town.look(), "vanished")
    assert alarm.where == "ads"
    assert alarm.since in {(MONDAY + timedelta(days=town.days - back)).date() for back in (5, 6)}
    days = range(town.days - 5 - 2 * alarm.evidence["days"], town.days)
    assert set(alarm.people) <= {name for name, day in town.people.items() if name.startswith("ads") and day in days}
    assert alarm.people


def test_what_happens_once_a_week_or_rests_on_weekends_has_not_stopped():
    town = Town().people_from("ads", 8)
    for day in range(town.days):
        if day % 7 < 5:
            for clerk in range(6):
                town.did(f"clerk-{clerk}", "booked", day)
        if day % 7 == 0:
            town.did("robot", "newsletter", day)
    assert alarms(town.look()) == []  # it is Sunday


def test_events_recorded_twice_are_noticed_with_the_people_and_the_day():
    town = Town().people_from("ads", 8)
    since = (MONDAY + timedelta(days=town.days - 4)).date()
    again = [row for row in town.rows if row["event"] == "shared" and row["time"][:10] >= since.isoformat()]
    town.rows += [{**row, "device": "second"} for row in again]
    alarm = the(town.look(), "repeated")
    over = [row for row in again if row["time"][:10] < "2026-06-21"]  # the day of the look is not judged
    assert (alarm.where, alarm.since, alarm.rows) == ("shared", since, len(over))
    assert list(alarm.people) == sorted({row["person"] for row in again})


def test_lines_of_one_invoice_always_were_several_and_are_no_alarm():
    town = Town().people_from("ads", 8)
    town.rows += [{**row, "line": "2"} for row in town.rows if row["event"] == "paid"]
    assert alarms(town.look()) == []


@pytest.fixture
def deliveries(tmp_path):
    """A folder into which a file comes every week; the last one may be made worse, or fail to come."""

    def folder(bad=0, missing=()):
        (tmp_path / "factory.toml").write_text(
            '[factory]\nname = "Acme"\n[steps.acquisition]\nevent = "signed_up"\n'
            '[[sources]]\nfile = "crm-*.csv"\n[[sources]]\nfile = "bank-*.csv"\n'
        )
        for week in range(10):
            for source, event in (("crm", "signed_up"), ("bank", "paid")):
                if (source, week) in missing:
                    continue
                lines = ["person,event,time"]
                for day in range(7):
                    moment = (MONDAY + timedelta(days=7 * week + day)).isoformat()
                    lines += [f"{source}-{week}-{day}-{n},{event},{moment}" for n in range(9)]
                lines += [f"someone,{event},soon"] * (1 + bad * (week == 9 and source == "crm"))
                (tmp_path / f"{source}-{week:02}.csv").write_text("\n".join(lines))
        return tmp_path

    return folder


def test_a_delivery_of_which_more_rows_than_ever_are_set_aside(deliveries):
    with cf.Factory.open(deliveries(bad=20)) as factory:
        found = factory.guards()
    alarm = the(found, "rejected")
    assert (alarm.where, alarm.rows, alarm.since) == ("crm-09.csv", 21, (MONDAY + timedelta(days=63)).date())
    assert alarms(found) == [("rejected", "crm-09.csv")]


def test_a_source_that_is_late_is_one_alarm_and_names_what_stopped_with_it(deliveries):
    with cf.Factory.open(deliveries(missing={("bank", 9)})) as factory:
        found = factory.guards()
    alarm = the(found, "late")
    assert alarms(found) == [("late", "bank-08.csv")]
    assert alarm.since == (MONDAY + timedelta(days=63)).date()
    assert alarm.text.endswith("With it stopped: paid.")
    assert alarm.evidence["days"] == 6  # the seventh is the day of the look, which is not over


def test_a_log_that_has_fallen_silent_altogether_is_seen_on_a_later_day():
    town = Town().people_from("ads", 8)
    found = town.look(on=(MONDAY + timedelta(days=town.days + 7)).date())
    assert [alarm.kind for alarm in found.alarms] == ["late"]


def test_leads_that_do_not_become_happy_are_traced_to_their_source_and_their_seller():
    town = Town(1)
    town.people_from("search", 3, rep="eve").people_from("fair", 3, rep="ann")
    town.people_from("cold list", 3, happy=0.12, rep="ann").people_from("cold list", 3, happy=0.12, rep="bob")
    town.people_from("search", 2, happy=0.1, rep="bob")
    found = town.look({**PLAN, "channels": {"seller": "rep"}})
    poor = {alarm.where: alarm for alarm in found.alarms if alarm.kind == "poor-leads"}
    assert set(poor) == {"cold list", "bob"}  # ann's cold leads are not ann's fault
    old = (found.on - timedelta(days=14)).isoformat()
    happy = who(town, "shared")
    cold = who(town, "signed_up", lambda row: row["channel"] == "cold list" and row["time"] < old)
    assert list(poor["cold list"].people) == [name for name in cold if name not in happy]
    assert poor["cold list"].evidence["high"] < 0.2 < poor["cold list"].evidence["rest"]
    assert [each.source for each in found.leads["seller"]][-1] == "bob"


def test_a_young_source_is_not_poor_because_its_people_had_no_time_yet():
    town = Town(2).people_from("search", 6)
    town.people_from("new", 12, days=range(town.days - 10, town.days))
    found = town.look()
    assert alarms(found) == []
    assert [each.source for each in found.leads["channel"]] == ["search"]


ASKED = {**PLAN, "surveys": {"nps": "asked", "csat": {"event": "asked", "score": "stars"}}}


def test_people_who_love_us_and_never_got_what_they_came_for_are_named():
    town = Town(3).people_from("ads", 4)
    happy = {row["person"]: row["time"] for row in town.rows if row["event"] == "shared"}
    early = [name for name, day in town.people.items() if day < town.days - 25]
    charmed = [name for name in early if name not in happy][:60]
    for name in [*charmed, *[name for name in early if name in happy][:40]]:
        town.did(name, "asked", town.people[name] + 20, score="3")
        town.did(name, "asked", town.people[name] + 21, score="10")  # the latest answer counts
    found = town.look(ASKED)
    alarm = the(found, "without-outcome")
    assert (alarm.where, list(alarm.people)) == ("nps", sorted(charmed))
    assert (alarm.evidence["part"], alarm.evidence["of"]) == (60, 100)
    assert found.satisfaction["nps"].all.n == 100
    assert found.satisfaction["nps"].answers == 200
    assert found.satisfaction["csat"].all is None
    assert found.satisfaction["csat"].blank == 200


def test_a_gift_raises_satisfaction_and_not_throughput():
    town = Town(4).people_from("ads", 6, pays=0)
    gifted = [name for place, name in enumerate(town.people) if place % 2]
    for name, day in town.people.items():
        content = 0.9 if name in gifted else 0.5
        town.did(name, "asked", day + 5, stars="5" if town.random.random() < content else "2")
    with cf.Factory.from_events(town.rows, ASKED) as factory:
        before = [batch.happy for batch in factory.look().measures.throughput]
    for name in gifted:
        town.did(name, "gift_sent", town.people[name] + 1)
    with cf.Factory.from_events(town.rows, {**ASKED, "giveaways": "gift_sent"}) as factory:
        found, after = factory.guards(), [batch.happy for batch in factory.look().measures.throughput]
    alarm = the(found, "given-away")
    assert alarm.where == "csat"
    assert alarm.evidence["satisfied"]["low"] > 0.2
    assert alarm.evidence["outcome"]["low"] <= 0 <= alarm.evidence["outcome"]["high"]
    assert set(alarm.people) <= set(gifted)
    assert before == after


def test_payments_of_nothing_are_given_away():
    town = Town(5).people_from("ads", 4)
    free = {row["person"] for row in town.rows if row["event"] == "paid" and int(row["person"][-1]) % 2}
    for row in town.rows:
        if row["event"] == "paid" and row["person"] in free:
            row["amount"] = 0
    found = town.look()
    alarm = the(found, "given-away")
    assert (alarm.where, alarm.rows) == ("payments", len(free))
    assert found.giveaways.people.part == len(free)


def test_a_step_that_is_gamed_without_a_logged_change_is_named_with_those_lost_behind_it():
    town, turn = Town(6, weeks=26), 18 * 7
    town.people_from("ads", 15, happy=lambda d: 0.3 if d < turn else 0.6, pays=lambda d: 0.5 if d < turn else 0.15)
    found = town.look()
    alarm = the(found, "gamed")
    assert alarm.where == "activation"
    assert abs((alarm.since - (MONDAY + timedelta(days=turn)).date()).days) <= 28
    assert alarm.evidence["following"] == "revenue"
    assert alarm.evidence["net"] <= 0 < alarm.evidence["step_now"] - alarm.evidence["step_before"]
    paid = {row["person"] for row in town.rows if row["event"] == "paid"}
    assert alarm.people
    assert not set(alarm.people) & paid
    assert set(alarm.people) <= {row["person"] for row in town.rows if row["event"] == "shared"}


def test_a_step_that_truly_became_better_is_not_gamed():
    town, turn = Town(7, weeks=26), 18 * 7
    town.people_from("ads", 15, happy=lambda d: 0.3 if d < turn else 0.6)
    assert alarms(town.look(), "gamed") == []


@pytest.mark.parametrize("name", ["service", "balanced", "startup"])
def test_sound_made_up_companies_raise_nothing(name):
    company = samples.company(name, scale=0.4 if name != "startup" else 1)
    with cf.Factory.from_events(company.events, company.blueprint) as factory:
        found = factory.guards()
    assert alarms(found) == []
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_past_is_guarded_as_it_was_known():
    town = Town().people_from("ads", 8)
    stop = (MONDAY + timedelta(days=80)).date().isoformat()
    town.rows = [row for row in town.rows if row["event"] != "paid" or row["time"] < stop]
    with cf.Factory.from_events(town.rows, PLAN) as factory:
        then = [alarms(factory.guards(on)) for on in ("2026-05-19", "2026-06-01", "2026-05-19")]
        assert then == [[], [("stopped", "paid")], []]
        assert alarms(factory.guards()) == [("stopped", "paid")]


def test_an_unknown_kind_is_an_error_that_names_the_legal_ones():
    found = Town(weeks=2).people_from("ads").look()
    with pytest.raises(cf.FactoryError, match="Did you mean 'stopped'"):
        found.who("stoped")
    assert any("seven weeks" in each for each in found.blind)
