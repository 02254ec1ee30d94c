"""Real people: what they did in their first week tells something, and nothing once their fates are dealt out anew.

The data stand beside the project (../shared/data); where they are absent these tests skip.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import ibis
import numpy as np
import pytest

import customer_factory as cf
from customer_factory.journeys.traced import Now
from customer_factory.judgement.behaviour import behaviours
from customer_factory.measures.early import EVERYBODY, Early, did
from customer_factory.measures.landmark import Landmark, watched

ROOT = Path(__file__).parents[2]
DATA = ROOT / "../shared/data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets (../shared/data) are not here")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """By example and outcome: people of a landmark at day 7 with what became of them, and what they had done before."""
    made = {}

    def ask(name, outcome):
        if (name, outcome) not in made:
            folder = tmp_path_factory.mktemp(name)
            shutil.copy(ROOT / "docs/examples" / name / "factory.toml", folder)
            for file in DATA.glob("*.parquet"):
                (folder / file.name).symlink_to(file.resolve())
            with cf.Factory.open(folder) as factory:
                factory.load()
                traced, moment = factory.traced(), factory._calendar(None)
                now = Now(ibis.timestamp(moment.on), ibis.literal(moment.running, "int32"))
                people = watched(traced, factory.blueprint, Landmark(outcome, timedelta(days=7)), now)
                made[name, outcome] = people.to_pandas(), did(traced, people).to_pandas()
        return made[name, outcome]

    return ask


def counted(people, deeds, outcome, seed):
    """The counts of an engine, from single people in random halves."""
    people = people.reset_index(drop=True)
    half = np.random.default_rng(seed).integers(0, 2, len(people))
    stratum = people.groupby(["channel", "cohort"]).ngroup().to_numpy()
    place = people.reset_index().set_index("person")["index"].loc[deeds.person].to_numpy()
    rows, nothing = np.concatenate([place, people.index]), np.zeros(len(people), int)
    return Early(
        outcome, 7, None, frozenset(),
        np.concatenate([deeds.event.to_numpy(object), np.full(len(people), EVERYBODY, object)]),
        np.concatenate([deeds.times, nothing]), np.concatenate([deeds.active, nothing]),
        half[rows], stratum[rows], np.ones(len(rows), int), people.reached.to_numpy(int)[rows],
    )  # fmt: skip


REAL = [("relax", "activation", "logged_in"), ("mobile-game", "revenue", "played")]


@pytest.mark.parametrize(("name", "outcome", "event"), REAL)
def test_who_uses_it_in_the_first_week_gets_there_later(asked, name, outcome, event):
    found = behaviours(counted(*asked(name, outcome), outcome, seed=1))
    assert (found.candidates[0].event, found.candidates[0].claimed) == (event, True)
    assert found.candidates[0].rate_with > 2 * found.candidates[0].rate_without


@pytest.mark.parametrize(("name", "outcome", "event"), REAL)
def test_the_same_people_with_fates_dealt_out_anew_show_nothing(asked, name, outcome, event):
    """Fates are shuffled among people of one channel and month; what they did stays theirs."""
    people, deeds = asked(name, outcome)
    rng = np.random.default_rng(2)
    claims = 0
    for seed in range(40):
        fates = people.groupby(["channel", "cohort"]).reached.transform(lambda group: rng.permutation(group.to_numpy()))
        claims += behaviours(counted(people.assign(reached=fates), deeds, outcome, seed)).verdict == "found"
    assert claims <= 2
