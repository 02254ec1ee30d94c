"""An experiment from its blueprint to its answer, through the library and the command line."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

import customer_factory as cf
from customer_factory.cli.commands import app

PLAN = """
[factory]
name = "Acme"

[steps.acquisition]
event = "signed_up"

[steps.activation]
event = "shared"
window = "7 days"

[[experiments]]
name = "onboarding"
step = "activation"
exposed = "saw_onboarding"
arms = ["old", "new"]
effect = 0.5
people = 2000
"""


@pytest.fixture
def acme(tmp_path):
    """A hundred people a week, of whom 20 % share their work, and 40 % of those whom the new onboarding met."""
    (tmp_path / "factory.toml").write_text(PLAN, encoding="utf-8")
    plan = cf.Factory.open(tmp_path).blueprint.experiments[0]
    rows = ["person,event,time,variant"]
    for number in range(1000):
        person, day = f"user-{number}", date(2026, 1, 5) + timedelta(weeks=number // 100)
        arm = plan.arm(person)
        rows.append(f"{person},signed_up,{day},")
        rows.append(f"{person},saw_onboarding,{day},{arm}")
        if number % 10 < (4 if arm == "new" else 2):
            rows.append(f"{person},shared,{day + timedelta(days=2)},")
    (tmp_path / "events.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with cf.Factory.open(tmp_path) as factory:
        factory.load(tmp_path / "events.csv")
    return tmp_path


def test_it_may_be_looked_at_every_week_and_decides_when_it_can(acme):
    with cf.Factory.open(acme) as factory:
        found = [factory.experiment(on=date(2026, 1, 11) + timedelta(weeks=week)).verdict for week in range(11)]
    words = [verdict.verdict for verdict in found]
    assert words[0] == "undecided"
    assert found[1].would_decide.endswith("at this pace) would most likely show an effect of 50 %.")
    assert words[-1] == "better"
    assert set(words) == {"undecided", "better"}


def test_the_command_prints_what_the_library_says(acme, capsys):
    app(["experiment", str(acme), "onboarding", "--json"], standalone_mode=False)
    printed = json.loads(capsys.readouterr().out)
    with cf.Factory.open(acme) as factory:
        assert printed == factory.experiment("onboarding").to_dict()
    assert printed["arms"]["old"]["exposed"] + printed["arms"]["new"]["exposed"] == 1000
    app(["experiment", str(acme)], standalone_mode=False)
    told = capsys.readouterr().out
    assert "BETTER - new" in told
    assert "% instead of" in told


def test_an_experiment_that_does_not_exist_is_named(acme):
    with cf.Factory.open(acme) as factory, pytest.raises(cf.FactoryError, match="Did you mean 'onboarding'"):
        factory.experiment("onbording")
    (acme / "factory.toml").write_text(PLAN.partition("[[experiments]]")[0], encoding="utf-8")
    with cf.Factory.open(acme) as factory, pytest.raises(cf.FactoryError, match="has no experiments"):
        factory.experiment()
    twice = PLAN + PLAN[PLAN.index("[[experiments]]") :].replace("onboarding", "prices", 1)
    (acme / "factory.toml").write_text(twice, encoding="utf-8")
    with cf.Factory.open(acme) as factory, pytest.raises(cf.FactoryError, match="There are: onboarding, prices"):
        factory.experiment()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"arms": ["a"]}, "at least 2"),
        ({"arms": {"a": 0, "b": 1}}, "greater than 0"),
        ({"step": "revenue"}, r"the experiment 'x' names 'revenue', which \[steps\] does not declare"),
        ({"step": "sale"}, "'sale' is not legal here"),
        ({"exposed": {"event": "a", "times": 2}}, "times is not legal here"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "end lies before start"),
        ({"armes": ["a", "b"]}, "Did you mean 'arms'"),
    ],
)
def test_what_cannot_be_meant_is_refused(words, said):
    plan = {"name": "x", "step": "acquisition", "arms": ["a", "b"], **words}
    with pytest.raises(cf.BlueprintError, match=said):
        cf.Factory.from_events([], {"steps": {"acquisition": "a"}, "experiments": [plan]})


def test_two_experiments_of_one_name_are_refused():
    plan = {"name": "x", "step": "acquisition", "arms": ["a", "b"]}
    with pytest.raises(cf.BlueprintError, match="two experiments are called 'x'"):
        cf.Factory.from_events([], {"steps": {"acquisition": "a"}, "experiments": [plan, plan]})
