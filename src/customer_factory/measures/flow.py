"""Flow: for every step who entered, reached, waits or was lost – in = out + waiting + lost, in every batch.

*entered* = the people who reached the step before; *reached* = those of them who satisfied the step's selector inside
its window; *lost* = their window closed without it; *waiting* = the rest.

The rate of people whose window is still open cannot be known, and they must not count as failures: the rate is Kaplan
and Meier's share that has reached the step by the end of the window, with Wilson's interval on the effective number
of people. Once every window has closed, that is reached / entered. Without a window it is reached / entered so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.journeys.journey import RETURN_BATCHES
from customer_factory.journeys.passages import LOST, REACHED, WAITING, in_batches
from customer_factory.journeys.traced import Traced
from customer_factory.measures.developing import Development
from customer_factory.measures.grouped import Columns, by_index, groups, some, total
from customer_factory.measures.moment import Moment
from customer_factory.measures.moves import DAY, Moves, moves
from customer_factory.measures.triangle import Triangle, reaching

MOST_CHANNELS = 50


@dataclass(frozen=True)
class Rate:
    """A rate with its interval and what it rests on.

    Args:
        entered, reached: People; entered is None where it is not known (visitors that nobody counts).
        rate, low, high: The rate and its 95 % interval; None where nobody entered.
        size: The effective number of people that the rate rests on.
    """

    entered: int | None
    reached: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    size: float = 0.0


@dataclass(frozen=True)
class CohortFlow:
    """The people who entered a step in one batch."""

    start: date
    complete: bool
    entered: int | None
    reached: int
    waiting: int | None
    lost: int | None
    rate: float | None
    low: float | None
    high: float | None
    maturity: float | None


@dataclass(frozen=True)
class Queue:
    """What came and went in front of a step in each complete batch: for the question whether it has too little room."""

    arrivals: tuple[int, ...] = ()
    served: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    ages: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Flow:
    """One step of the factory as a measure.

    Beside its numbers it keeps what they were made of, batch by batch: ``triangle`` says who entered when and reached
    it when, ``by_batch`` how many reached it in each known batch, by channel.
    """

    step: StepName
    all: Rate
    waiting: int | None
    lost: int | None
    maturity: float | None
    median_days: float | None
    p90_days: float | None
    by_channel: dict[str, Rate] = field(default_factory=dict)
    by_cohort: tuple[CohortFlow, ...] = ()
    queue: Queue = field(default_factory=Queue)
    triangle: Triangle = field(default_factory=Triangle)
    by_batch: dict[str, tuple[int, ...]] = field(default_factory=dict)
    development: Development = field(default_factory=Development)
    """How its complete cohorts came to their counts; empty where the step has no window."""

    @property
    def entered(self) -> int | None:
        """How many entered."""
        return self.all.entered

    @property
    def reached(self) -> int:
        """How many reached it."""
        return self.all.reached

    @property
    def rate(self) -> float | None:
        """The share that reaches it, by the end of the window."""
        return self.all.rate

    @property
    def low(self) -> float | None:
        """The lower end of the rate's interval."""
        return self.all.low

    @property
    def high(self) -> float | None:
        """The upper end of the rate's interval."""
        return self.all.high


def flows(traced: Traced, blueprint: Blueprint, moment: Moment) -> dict[StepName, Flow]:
    """The flow through every declared step."""
    return {step: _flow(step, found, blueprint, moment) for step, found in moves(traced, blueprint, moment).items()}


def _flow(step: StepName, found: Moves, blueprint: Blueprint, moment: Moment) -> Flow:
    batches, lengths = found.batches, found.lengths
    if step == "acquisition" and blueprint.visitors is None:
        return _uncounted(step, batches, moment)
    window = window_of(step, blueprint, moment)
    n, state = batches["n"], batches["state"]
    median, p90 = _days(lengths, window)
    return Flow(
        step,
        _rate(lengths, window),
        total(n, state == WAITING),
        total(n, state == LOST),
        _maturity(batches, window),
        median,
        p90,
        _by_channel(lengths, window),
        _by_cohort(batches, window, moment),
        _queue(batches, moment),
        reaching(batches, state == REACHED, moment.known),
        _by_batch(batches, moment),
        _development(batches, window, moment),
    )


def window_of(step: StepName, blueprint: Blueprint, moment: Moment) -> float | None:
    """The length of the window in seconds; None where it never closes."""
    if in_batches(step, blueprint):
        longest = {"day": 1, "week": 7, "month": 31}[moment.batches.unit] * (RETURN_BATCHES + 1)
        return float(longest * DAY)
    window = blueprint.declared[step].window
    return window.total_seconds() if window is not None else None


def _rate(rows: Columns, window: float | None, keep: Any | None = None) -> Rate:
    from customer_factory.statistics import kaplan_meier, wilson

    if keep is not None:
        rows = some(rows, keep)
    n, state = rows["n"], rows["state"]
    entered, reached = total(n), total(n, state == REACHED)
    if entered == 0:
        return Rate(0, 0)
    if window is None or not (state == WAITING).any():
        interval = wilson(reached, entered)
        return Rate(entered, reached, reached / entered, interval.low, interval.high, float(entered))
    lengths = np.where(state == LOST, window, np.minimum(rows["length"], window))
    curve = kaplan_meier(lengths, state == REACHED, n)
    size = curve.effective_size(window)
    if size <= 0:
        return Rate(entered, reached)
    interval = curve.incidence_interval(window)
    return Rate(entered, reached, curve.incidence(window), interval.low, interval.high, size)


def _maturity(rows: Columns, window: float | None) -> float | None:
    """The share of people whose window has closed, whether they reached the step or not."""
    if window is None or not len(rows["n"]):
        return None
    open_cohorts = rows["cohort"][rows["state"] == WAITING]
    closed = rows["state"] == LOST
    if len(open_cohorts):
        closed |= (rows["state"] == REACHED) & (rows["cohort"] < open_cohorts.min())
    else:
        closed |= rows["state"] == REACHED
    return total(rows["n"], closed) / total(rows["n"])


def _days(rows: Columns, window: float | None) -> tuple[float | None, float | None]:
    """Median and 90th percentile of the days it takes those who get there."""
    from customer_factory.statistics import kaplan_meier

    n, state = rows["n"], rows["state"]
    if not (state == REACHED).any():
        return None, None
    longest = float(rows["length"].max()) if window is None else window
    if window is None:
        # Nobody is lost without a window: the times of those who got there are all there is to say.
        done = state == REACHED
        curve = kaplan_meier(rows["length"][done], np.ones(done.sum(), dtype=bool), n[done])
    else:
        lengths = np.where(state == LOST, window, np.minimum(rows["length"], window))
        curve = kaplan_meier(lengths, state == REACHED, n)
    median, p90 = (curve.quantile(q, within=longest) for q in (0.5, 0.9))
    return (None if median is None else median / DAY, None if p90 is None else p90 / DAY)


def _by_channel(rows: Columns, window: float | None) -> dict[str, Rate]:
    return {name: _rate(rows, window, mine) for name, mine in _largest(rows).items()}


def _largest(rows: Columns) -> dict[str, Any]:
    """The rows of each of the channels with the most people."""
    found = groups(rows["channel"])
    order = sorted(found, key=lambda name: -total(rows["n"], found[name]))
    return {name: found[name] for name in order[:MOST_CHANNELS]}


def _by_batch(rows: Columns, moment: Moment) -> dict[str, tuple[int, ...]]:
    found = {}
    for name, mine in _largest(rows).items():
        counts = by_index(rows["left"][mine], rows["n"][mine] * (rows["state"][mine] == REACHED), moment.known)
        found[name] = tuple(int(n) for n in counts)
    return found


def _by_cohort(rows: Columns, window: float | None, moment: Moment) -> tuple[CohortFlow, ...]:
    from customer_factory.statistics import wilson

    n, state = rows["n"], rows["state"]
    counts = {key: by_index(rows["cohort"], n * (state == key), moment.known) for key in (REACHED, WAITING, LOST)}
    found = []
    for place, index in enumerate(moment.known):
        reached, waiting, lost = (int(counts[key][place]) for key in (REACHED, WAITING, LOST))
        entered = reached + waiting + lost
        mature = None if window is None or not entered else _closed_share(index, window, waiting, entered, moment)
        interval = wilson(reached, entered) if entered and (window is None or mature == 1) else None
        found.append(
            CohortFlow(
                moment.start(index),
                moment.complete(index),
                entered,
                reached,
                waiting,
                lost,
                reached / entered if interval else None,
                interval.low if interval else None,
                interval.high if interval else None,
                mature,
            )
        )
    return tuple(found)


def _development(rows: Columns, window: float | None, moment: Moment) -> Development:
    complete = [index for index in moment.known if moment.complete(index)]
    if window is None or not complete or not len(rows["n"]):
        return Development()
    first, count = complete[0], len(complete)
    # The last batch that a window opened in a batch can close in; a window may end at the very end of its batch.
    longest = moment.batches.index(moment.batches.begins(first + 1) + timedelta(seconds=window)) - first
    cohort, age = rows["cohort"] - first, rows["left"] - rows["cohort"]
    done = (cohort >= 0) & (cohort < count) & (rows["state"] == REACHED) & (rows["left"] < first + count)
    ladder = np.zeros((count, longest + 1), dtype=np.int64)
    np.add.at(ladder, (cohort[done], np.minimum(age[done], longest)), rows["n"][done])
    entered = by_index(rows["cohort"], rows["n"], complete)
    return Development(tuple(int(n) for n in entered), tuple(map(tuple, ladder.tolist())))


def _closed_share(index: int, window: float, waiting: int, entered: int, moment: Moment) -> float:
    """A batch's windows close one after the other; all are closed once its last one is."""
    last = moment.batches.begins(index + 1) + timedelta(seconds=window)
    if waiting == 0 and last <= moment.on:
        return 1.0
    first = moment.batches.begins(index) + timedelta(seconds=window)
    passed = (moment.on - first) / (last - first)
    return min(max(passed, 0.0), 1 - waiting / entered if waiting else 1.0)


def _uncounted(step: StepName, rows: Columns, moment: Moment) -> Flow:
    """Acquisition where visitors are not known: who came in, and nothing on how many might have."""
    reached = by_index(rows["cohort"], rows["n"], moment.known)
    cohorts = tuple(
        CohortFlow(moment.start(i), moment.complete(i), None, int(n), None, None, None, None, None, None)
        for i, n in zip(moment.known, reached, strict=True)
    )
    channels = {name: Rate(None, total(rows["n"], mine)) for name, mine in _largest(rows).items()}
    return Flow(
        step,
        Rate(None, total(rows["n"])),
        None,
        None,
        None,
        None,
        None,
        channels,
        cohorts,
        triangle=reaching(rows, rows["state"] == REACHED, moment.known),
        by_batch=_by_batch(rows, moment),
    )


def _queue(rows: Columns, moment: Moment) -> Queue:
    """Arrivals, served and waiting per complete batch, and the age of those who waited at its end."""
    complete = [index for index in moment.known if moment.complete(index)]
    if not complete or not len(rows["n"]):
        return Queue()
    rows = _together(rows)
    n, state = rows["n"], rows["state"]
    gone = np.where(state == WAITING, np.iinfo(np.int64).max, rows["left"])
    arrivals = by_index(rows["cohort"], n, complete)
    served = by_index(np.where(state == REACHED, rows["left"], -1), n, complete)
    days = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}[moment.batches.unit]
    waiting, ages = [], []
    for index in complete:
        there = (rows["cohort"] <= index) & (gone > index)
        waiting.append(total(n, there))
        ages.append(_median(index - rows["cohort"][there] + 0.5, n[there], days))
    return Queue(tuple(int(x) for x in arrivals), tuple(int(x) for x in served), tuple(waiting), tuple(ages))


def _together(rows: Columns) -> Columns:
    """Rows of the same cohort, state and batch of leaving as one: a queue does not ask for more."""
    # One integer for three is sorted much faster than rows are; batches are below 2²⁰ and missing ones are -1.
    keys = (rows["cohort"] << 22) + ((rows["left"] + 1) << 2) + rows["state"]
    found, place = np.unique(keys, return_inverse=True)
    n = np.bincount(place, weights=rows["n"])
    return {"cohort": found >> 22, "state": found & 3, "left": ((found >> 2) & (2**20 - 1)) - 1, "n": n}


def _median(values: Any, weights: Any, scale: float) -> float | None:
    if not len(values):
        return None
    order = np.argsort(values)
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)] * scale)
