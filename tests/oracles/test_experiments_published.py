"""Published experiments, found by the example blueprints of docs/examples.

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
def example(tmp_path_factory):
    made = {}

    def report(name, data):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            shutil.copy(ROOT / "docs/examples" / name / "factory.toml", folder)
            (folder / f"{data}.parquet").symlink_to((DATA / f"{data}.parquet").resolve())
            with cf.Factory.open(folder) as factory:
                made[name] = factory.experiment().to_dict()
        return made[name]

    return report


@pytest.fixture
def cookie_cats(example):
    return example("cookie-cats", "cookie_cats_ab")


@pytest.fixture
def hillstrom(example):
    return example("hillstrom", "hillstrom_email")


def test_cookie_cats_day_7(cookie_cats):
    effect = cookie_cats["arms"]["gate_40"]["effect"]["step"]
    assert (round(effect["control"], 6), round(effect["arm"], 6)) == (0.190201, 0.182000)
    assert effect["once"]["p"] == pytest.approx(0.0016, abs=5e-5)
    assert cookie_cats["verdict"] == "worse"
    assert effect["low"] < effect["once"]["low"] < effect["difference"] < effect["once"]["high"] < effect["high"] < 0


def test_cookie_cats_day_1_which_the_players_who_are_happy_are(cookie_cats):
    effect = cookie_cats["arms"]["gate_40"]["effect"]["throughput"]
    assert (round(effect["control"], 4), round(effect["arm"], 4)) == (0.4482, 0.4423)
    assert effect["moved"] == "none"


def test_cookie_cats_sample_ratio_is_warned_of(cookie_cats):
    assert [cookie_cats["arms"][arm]["exposed"] for arm in ("gate_30", "gate_40")] == [44_700, 45_489]
    assert cookie_cats["sample_ratio"] == pytest.approx(0.0086, abs=5e-5)
    assert ["Sample ratio" in warning for warning in cookie_cats["warnings"]] == [True]


def test_hillstrom_visits(hillstrom):
    lifts = {arm: hillstrom["arms"][arm]["effect"]["step"] for arm in ("Mens E-Mail", "Womens E-Mail")}
    assert {arm: round(100 * lift["difference"], 2) for arm, lift in lifts.items()} == {
        "Mens E-Mail": 7.66,
        "Womens E-Mail": 4.52,
    }
    assert round(100 * lifts["Mens E-Mail"]["control"], 3) == 10.617
    assert [round(100 * lift["arm"], 3) for lift in lifts.values()] == [18.276, 15.140]
    assert (hillstrom["verdict"], hillstrom["arm"]) == ("better", "Mens E-Mail")
    assert hillstrom["warnings"] == []


def test_hillstrom_spend_per_customer(hillstrom):
    money = [hillstrom["arms"][arm]["effect"]["money"] for arm in ("Mens E-Mail", "Womens E-Mail")]
    assert round(money[0]["control"], 4) == 0.6528
    assert [round(each["arm"], 4) for each in money] == [1.4226, 1.0772]


def test_cdnow_customers_grouped_by_the_engine_fit_as_published(tmp_path):
    import pandas as pd

    bought = pd.read_parquet(DATA / "cdnow_master.parquet")
    bought = bought[bought.in_sample_2357]
    events = pd.DataFrame(
        {"person": bought.customer_id, "event": "bought", "time": pd.to_datetime(bought.date), "amount": bought.amount}
    )
    shop = {"steps": {"acquisition": "bought", "revenue": {"event": "bought", "same_event": True}}}
    with cf.Factory.from_events(events, shop) as factory:
        then = factory.purchases("1997-09-30")
    fit = then.fit()
    assert then.customers.sum() == 2357
    assert (fit.r, fit.a, fit.b) == pytest.approx((0.243, 0.793, 2.426), abs=5e-4)
    assert fit.alpha / 7 == pytest.approx(4.414, abs=5e-4)  # the paper's unit is weeks
    later = bought[pd.to_datetime(bought.date) > "1997-09-30"].groupby(["customer_id", "date"]).ngroups
    # What the paper's figure shows too: in the 39 weeks after, some customers bought more than anything told before.
    assert 0.85 < then.expected(39 * 7) / later < 1
