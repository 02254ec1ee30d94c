"""Published numbers of real data sets, found by the example blueprints of docs/examples.

The data stand beside the project (../shared/data); where they are absent these tests skip.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import customer_factory as cf

ROOT = Path(__file__).parents[2]
DATA = ROOT / "../shared/data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets (../shared/data) are not here")


@pytest.fixture(scope="module")
def look(tmp_path_factory):
    """The report of an example, made once: its blueprint in a folder with the data beside it."""
    made = {}

    def report(name):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            shutil.copy(ROOT / "docs/examples" / name / "factory.toml", folder)
            for file in DATA.glob("*.parquet"):
                (folder / file.name).symlink_to(file.resolve())
            with cf.Factory.open(folder) as factory:
                made[name] = factory.look().to_dict()
        return made[name]

    return report


def reached(report, step):
    return [cohort["reached"] for cohort in report["steps"][step]["by_cohort"]]


def test_mobile_game_registrations_by_month(look):
    report = look("mobile-game")
    assert report["steps"]["acquisition"]["reached"] == 3078
    assert reached(report, "acquisition")[:9] == [259, 235, 257, 263, 255, 255, 415, 458, 681]


def test_mobile_game_payments_at_the_price_of_the_day(look):
    revenue = look("mobile-game")["revenue"]
    assert revenue["total"] == 986_244
    assert sum(batch["amount"] for batch in revenue["by_batch"]) == 986_244


def test_mobile_game_viral_coefficient(look):
    referral = look("mobile-game")["referral"]
    assert (referral["invites"], referral["accepted"]) == (7933, 2834)
    assert round(referral["k"], 4) == 0.9207


def test_relax_adopted_by_three_distinct_days_within_seven(look):
    activation = look("relax")["steps"]["activation"]
    assert (activation["entered"], activation["reached"]) == (12_000, 1602)
    rates = {name: round(100 * channel["rate"], 2) for name, channel in activation["by_channel"].items()}
    assert rates == {
        "SIGNUP_GOOGLE_AUTH": 16.75,
        "GUEST_INVITE": 16.64,
        "SIGNUP": 14.04,
        "ORG_INVITE": 13.00,
        "PERSONAL_PROJECTS": 7.77,
    }


def test_relax_by_an_independent_count_of_who_adopted(look, tmp_path):
    """The same people as a plain count over the login days finds, not only as many."""
    import pyarrow.parquet as pq

    logins = pq.read_table(DATA / "relax_logins.parquet").to_pydict()
    days: dict[str, set] = {}
    for person, day in zip(logins["user_id"], logins["date"], strict=True):
        days.setdefault(str(person), set()).add(day)
    adopted = set()
    for person, theirs in days.items():
        order = sorted(theirs)
        if any((last - first).days <= 6 for first, last in zip(order, order[2:], strict=False)):
            adopted.add(person)
    shutil.copy(ROOT / "docs/examples/relax/factory.toml", tmp_path)
    for name in ("relax_users", "relax_logins"):
        (tmp_path / f"{name}.parquet").symlink_to((DATA / f"{name}.parquet").resolve())
    with cf.Factory.open(tmp_path) as factory:
        factory.load()
        assert set(factory.who("activation", "reached")) == adopted


def test_uci_retention_of_the_first_cohort_with_credits_counted_as_activity(look):
    cohort = look("uci-retail")["retention"]["cohorts"][0]
    assert cohort["start"] == "2010-12-01"
    assert cohort["active"] == [948, 362, 317, 367, 341, 376, 360, 336, 336, 374, 354, 474, 260]


def test_uci_revenue_over_all_lines(look):
    report = look("uci-retail")
    assert report["events"]["accepted"] == 541_909
    assert report["revenue"]["total"] == pytest.approx(9_747_747.934, abs=5e-4)
    assert report["steps"]["acquisition"]["reached"] == 4372


def test_complete_journey_sales(look):
    report = look("complete-journey")
    assert (report["events"]["accepted"], report["people"]) == (155_848, 2469)
    assert report["revenue"]["total"] == pytest.approx(4_596_039.58, abs=5e-3)


def test_olist_deals_won_by_origin(look):
    activation = look("olist")["steps"]["activation"]
    assert (activation["entered"], activation["reached"]) == (8000, 842)
    assert activation["rate"] == pytest.approx(0.10525)
    rates = {name: round(100 * channel["rate"], 2) for name, channel in activation["by_channel"].items()}
    assert rates["paid search"] == 12.30
    assert (rates["organic search"], rates["direct traffic"]) == (11.80, 11.22)
    assert (rates["referral"], rates["social"], rates["display"], rates["email"]) == (8.45, 5.56, 5.08, 3.04)
    assert activation["median_days"] == pytest.approx(14, abs=1)


def test_yandex_cac_is_per_buyer_and_never_per_visitor(look):
    economics = look("yandex-afisha")["economics"]
    assert economics["spend"] == pytest.approx(329_131.62)
    assert round(economics["cac"], 2) == 9.01
    assert round(economics["cltv_revenue"], 2) == 6.90
    assert round(economics["ltv_to_cac"], 3) == 0.766


@pytest.mark.parametrize("name", ["mobile-game", "relax", "uci-retail", "complete-journey", "olist", "yandex-afisha"])
def test_in_is_out_plus_waiting_plus_lost_in_every_batch(look, name):
    for step in look(name)["steps"].values():
        for flow in [step, *step["by_cohort"]]:
            if flow["entered"] is not None:
                assert flow["entered"] == flow["reached"] + flow["waiting"] + flow["lost"]


def test_sfo_survey_net_promoter_score_and_satisfaction(tmp_path):
    shutil.copy(ROOT / "docs/examples/sfo-survey/factory.toml", tmp_path)
    (tmp_path / "sfo_survey_2017.parquet").symlink_to((DATA / "sfo_survey_2017.parquet").resolve())
    with cf.Factory.open(tmp_path) as factory:
        found = factory.guards().satisfaction
    assert round(found["nps"].all.score, 2) == 39.84
    assert (found["nps"].all.n, found["nps"].blank) == (2746, 85)
    assert sum(score.n for score in found["nps"].by_channel.values()) == 2746
    assert sum(score.n for _, score in found["nps"].by_batch if score is not None) == 2746
    assert found["csat"].all.score == (1507 + 699) / 2688
    assert found["nps"].all.low < 39.84 < found["nps"].all.high


def test_olist_leads_from_social_media_and_mails_are_poor(tmp_path):
    shutil.copy(ROOT / "docs/examples/olist/factory.toml", tmp_path)
    for file in DATA.glob("olist_*.parquet"):
        (tmp_path / file.name).symlink_to(file.resolve())
    with cf.Factory.open(tmp_path) as factory:
        found = factory.guards()
    poor = [alarm.where for alarm in found.alarms if alarm.kind == "poor-leads"]
    assert {"social", "email"} <= set(poor)
    assert not {"paid search", "organic search", "direct traffic", "unknown"} & set(poor)


def test_mobile_game_registrations_end_a_month_before_the_sessions_do(tmp_path):
    shutil.copy(ROOT / "docs/examples/mobile-game/factory.toml", tmp_path)
    for file in DATA.glob("mobile_game_*.parquet"):
        (tmp_path / file.name).symlink_to(file.resolve())
    with cf.Factory.open(tmp_path) as factory:
        (late,) = [alarm for alarm in factory.guards().alarms if alarm.kind == "late"]
    assert (late.where, late.since.isoformat()[:7]) == ("mobile_game_users.parquet", "2023-03")
    assert "registered" in late.text
