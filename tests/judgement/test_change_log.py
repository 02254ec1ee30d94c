"""The log of changes: read, checked, added to; the command; and where the effort went."""

from __future__ import annotations

import json
from datetime import date

import pytest
from typer.testing import CliRunner

import customer_factory as cf
from customer_factory.cli.commands import app
from customer_factory.judgement.effort import focus
from customer_factory.judgement.logged import LoggedChange
from customer_factory.measures.moment import Moment

HEAD = "date,step,what,expected,effort,who\n"
BLUEPRINT = """[steps.acquisition]
event = "in"
[steps.activation]
event = "done"
"""


@pytest.fixture
def acme(tmp_path):
    (tmp_path / "factory.toml").write_text(BLUEPRINT, encoding="utf-8")
    (tmp_path / "events.csv").write_text(
        "person,event,time\nann,in,2026-03-02\nann,done,2026-03-04\n", encoding="utf-8"
    )
    with cf.Factory.open(tmp_path) as factory:
        factory.load(tmp_path / "events.csv")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["change", *map(str, arguments)])


def test_what_is_logged_is_read_back(acme):
    with cf.Factory.open(acme) as factory:
        assert factory.change_log() == []
        later = factory.log_change("Shorter form", "activation", "2026-03-09", expected=0.2, effort=3, who="ann, bob")
        first = factory.log_change("New page", "acquisition", date(2026, 3, 2))
        assert factory.change_log() == [first, later]
    assert (acme / "changes.csv").read_text(encoding="utf-8") == (
        HEAD + '2026-03-09,activation,Shorter form,0.2,3.0,"ann, bob"\n2026-03-02,acquisition,New page,,,\n'
    )


def test_a_table_written_by_hand_keeps_its_columns_and_lines(acme):
    log = acme / "changes.csv"
    log.write_text('what,date,step\n"Two\nlines",2026-03-02,activation', encoding="utf-8-sig")
    with cf.Factory.open(acme) as factory:
        factory.log_change("Next", "activation", "2026-03-09")
        assert [each.what for each in factory.change_log()] == ["Two\nlines", "Next"]
        with pytest.raises(cf.SourceError, match="has no column 'effort'"):
            factory.log_change("More", "activation", "2026-03-09", effort=1)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2026-13-02,activation,Form,,,", "line 2: '2026-13-02' is not a date"),
        ("2026-03-02,activaton,Form,,,", "Did you mean 'activation'"),
        ("2026-03-02,revenue,Form,,,", "Legal are: acquisition, activation"),
        ("2026-03-02,activation, ,,,", "needs words"),
        ("2026-03-02,activation,Form,,-1,", "'-1' is no effort"),
        ("2026-03-02,activation,Form,lots,,", "'lots' is no expected effect"),
        ("2026-03-02,activation,Form,,,ann,bob", "more columns than its head"),
    ],
)
def test_a_line_that_cannot_be_meant_is_told(acme, line, told):
    (acme / "changes.csv").write_text(f"{HEAD}{line}\n", encoding="utf-8")
    with cf.Factory.open(acme) as factory, pytest.raises(cf.FactoryError, match=told):
        factory.changes()


def test_a_table_without_a_step_is_told(acme):
    (acme / "changes.csv").write_text("date,what\n2026-03-02,Form\n", encoding="utf-8")
    with cf.Factory.open(acme) as factory, pytest.raises(cf.SourceError, match="has no column 'step'"):
        factory.changes()


def test_the_command_lists_and_adds(acme):
    assert "No change is logged" in run(acme).stdout
    added = run(acme, "--add", "Shorter form", "--step", "activation", "--date", "2026-03-02", "--effort", 3)
    assert added.exit_code == 0, added.output
    listed = run(acme).stdout
    assert "2026-03-02  activation  Shorter form, 3 person-days" in listed
    assert "TOO EARLY" in listed
    found = json.loads(run(acme, "--json").stdout)
    assert [each["what"] for each in found["changes"]] == ["Shorter form"]
    assert found["changes"][0]["verdict"] == "too early"
    assert found["focus"]["constraint"] is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--step", "activation"], "--step belongs to a change"),
        (["--add", "Form"], "needs a step and a date"),
        (["--add", "Form", "--step", "x", "--date", "2026-03-02"], "'x' is not a step"),
    ],
)
def test_the_command_refuses_what_it_cannot_mean(acme, options, told):
    failed = run(acme, *options)
    assert isinstance(failed.exception, cf.FactoryError)
    assert told in str(failed.exception)


def spent(*days):
    from datetime import datetime

    from customer_factory.basics.period import Batches

    log = [LoggedChange(date.fromisoformat(day), step, "work", effort=effort) for day, step, effort in days]
    return lambda step: focus(log, step, Moment(datetime(2026, 3, 26), Batches("week"), datetime(2026, 1, 1)))


def test_most_effort_belongs_on_the_constraint():
    on = spent(("2026-03-03", "activation", 8), ("2026-03-10", "activation", 4), ("2026-03-17", "referral", 2))
    found = on("activation")
    assert (round(found.share, 3), found.drifting) == (0.857, False)
    assert [batch.share for batch in found.batches] == [1, 1, 0]
    assert on("referral").drifting
    assert "80 % belongs there" in on("referral").reason


def test_old_effort_is_no_drift_and_an_undecided_constraint_tells_nothing():
    found = spent(("2026-01-06", "referral", 9), ("2026-03-24", "activation", 1))("activation")
    assert (found.share, found.drifting, len(found.batches)) == (1, False, 2)
    assert spent(("2026-01-06", "referral", 9))("activation").drifting is None
    assert spent(("2026-03-24", "referral", 9))(None).share is None
