"""Moves: how many people went through a step, or left it otherwise, and how many stand in front of it now.

Two questions of three do not depend on when one looks, so an engine may keep their answers and add to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.passages import LOST, REACHED, WAITING, in_batches, passage, waits
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch, some, tally, together, total
from customer_factory.measures.moment import Moment

DAY = 86400


@dataclass(frozen=True)
class Moves:
    """What is known of the people who entered one step.

    Args:
        batches: cohort, channel, state, left (the batch in which they reached the step or were lost; -1), n.
        lengths: channel, state, length (seconds until reached, or so far; -1 for the lost), n.
    """

    batches: Columns
    lengths: Columns


def moves(traced: Traced, blueprint: Blueprint, moment: Moment) -> dict[StepName, Moves]:
    """The moves through every declared step."""
    steps = list(blueprint.declared)
    closing = [name for name in steps if in_batches(name, blueprint) or blueprint.declared[name].window is not None]

    def through(tables: Traced) -> Any:
        import ibis

        people = ibis.union(*[passage(name, tables, blueprint) for name in steps])
        keys = people.select("step", "cohort", "channel", "left", reached=people.reached_at.notnull().cast("int8"))
        return keys.group_by("step", "cohort", "channel", "left", "reached").agg(n=keys.count())

    def how_long(tables: Traced) -> Any:
        import ibis

        people = ibis.union(*[passage(name, tables, blueprint) for name in steps])
        people = people.filter(people.reached_at.notnull())
        keys = people.select("step", "channel", length=_length(people, people.reached_at))
        return keys.group_by("step", "channel", "length").agg(n=keys.count())

    def in_front(now: Now) -> Any:
        import ibis

        parts = [(name, passage(name, traced, blueprint)) for name in closing]
        people = ibis.union(*[table.filter(waits(table, name, blueprint, now)) for name, table in parts])
        keys = people.select("step", "cohort", "channel", length=_length(people, now.on))
        return keys.group_by("step", "cohort", "channel", "length").agg(n=keys.count())

    through_steps, lengths = tally(traced, "through", through), tally(traced, "how_long", how_long)
    waiting = fetch(traced, "in_front", in_front, moment) if closing else None
    found = {}
    for name in steps:
        mine = some(through_steps, through_steps["step"] == name)
        there = some(waiting, waiting["step"] == name) if name in closing and waiting is not None else None
        batches = _settled(mine, there, moment.running)
        reached = some(lengths, lengths["step"] == name)
        found[name] = Moves(batches, _with_lengths(batches, reached, there))
    return found


def _length(people: Any, end: Any) -> Any:
    """How long it took, rounded down, and coarser the longer it is.

    Minutes within a day, hours within three days, six hours within thirty, days after that.
    """
    import ibis

    seconds = end.epoch_seconds() - people.entered_at.epoch_seconds()
    return ibis.cases(
        (seconds < DAY, seconds - seconds % 60),
        (seconds < 3 * DAY, seconds - seconds % 3600),
        (seconds < 30 * DAY, seconds - seconds % (6 * 3600)),
        else_=seconds - seconds % DAY,
    )


def _settled(rows: Columns, waiting: Columns | None, running: int) -> Columns:
    """Who has not reached the step is lost if their window closed in an earlier batch, and waits if in a later one.

    Of those whose window closes in the running batch the ones that still wait have been counted.
    """
    reached, left, n = rows["reached"] == 1, rows["left"], rows["n"]
    if waiting is None:
        state = np.where(reached, REACHED, WAITING)
        return _columns(rows, state, np.where(reached, left, -1), n)
    state = np.select([reached, left < running], [REACHED, LOST], WAITING)
    settled = _columns(rows, state, np.where(state == WAITING, -1, left), n)
    closing = ~reached & (left == running)
    later = ~reached & (left > running)
    cohort, channel, split = [], [], []
    for place in np.flatnonzero(closing):
        mine = (rows["cohort"] == rows["cohort"][place]) & (rows["channel"] == rows["channel"][place])
        there = (waiting["cohort"] == rows["cohort"][place]) & (waiting["channel"] == rows["channel"][place])
        open_still = total(waiting["n"], there) - total(n, mine & later)
        settled["n"][place] = open_still
        cohort.append(rows["cohort"][place])
        channel.append(rows["channel"][place])
        split.append(n[place] - open_still)
    lost = {
        "cohort": np.array(cohort, dtype=np.int64),
        "channel": np.array(channel, dtype=object),
        "state": np.full(len(split), LOST),
        "left": np.full(len(split), running),
        "n": np.array(split, dtype=np.int64),
    }
    found = together(settled, lost)
    return some(found, found["n"] > 0)


def _columns(rows: Columns, state: Any, left: Any, n: Any) -> Columns:
    return {"cohort": rows["cohort"], "channel": rows["channel"], "state": state, "left": left, "n": n.copy()}


def _with_lengths(batches: Columns, reached: Columns, waiting: Columns | None) -> Columns:
    unreached = some(batches, batches["state"] != REACHED)
    if waiting is None:
        return together(_timed(reached, REACHED), _timed(unreached, WAITING))
    lost = some(unreached, unreached["state"] == LOST)
    return together(_timed(reached, REACHED), _timed(waiting, WAITING), _timed(lost, LOST))


def _timed(rows: Columns, state: int) -> Columns:
    n = rows["n"]
    return {
        "channel": rows["channel"],
        "state": np.full(len(n), state),
        "length": rows.get("length", np.full(len(n), -1)),
        "n": n,
    }
