"""Outcomes: who got what they came for and who paid – and whether the first brings the second."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.journey import RETURN_BATCHES, before
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import Columns, fetch, some, total
from customer_factory.measures.moment import Moment
from customer_factory.measures.revenue import money


@dataclass(frozen=True)
class Cell:
    """People acquired who reached the outcome or not, and paid or not.

    Args:
        achieved: Whether they reached the outcome, which is the activation step.
        paid: Whether they ever paid.
        people: How many they are.
        value: What they paid, net of refunds, in the reporting currency.
        per_person: value / people.
        refunded: How many of them were given money back.
        old: How many were acquired long enough ago to be asked whether they are still there.
        kept: How many of those were active between the fifth and the eighth batch after that of acquisition.
        retention, low, high: kept / old, and its 95 % interval; None where nobody is old enough.
    """

    achieved: bool
    paid: bool
    people: int
    value: float
    per_person: float | None
    refunded: int
    old: int
    kept: int
    retention: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Contrast:
    """A share among those who reached the outcome and among the others.

    Args:
        rate_with, rate_without: The two shares.
        difference, low, high: In the mean over people of the same batch and channel (Mantel–Haenszel), so that those
            who came lately are not taken for those who do not; with its 95 % interval.
        ratio, ratio_low, ratio_high: The ratio likewise; None where it is not finite.
    """

    rate_with: float
    rate_without: float
    difference: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True)
class Outcomes:
    """The outcome × paid matrix.

    Args:
        cells: Achieved and paid, achieved only, paid only, neither.
        payment: Who pays, given the outcome against without it; None where one is part of the other, or nobody is
            there.
        refunds: Of those who paid, who was given money back.
    """

    cells: tuple[Cell, ...]
    payment: Contrast | None
    refunds: Contrast | None

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses."""
        return {**asdict(self), "cells": [asdict(cell) for cell in self.cells]}


def outcomes(traced: Traced, blueprint: Blueprint, moment: Moment) -> Outcomes:
    """Count everybody acquired by outcome and payment: one grouped query. Without a revenue step nobody paid."""
    rows = fetch(traced, "outcomes", lambda now: _tally(traced, blueprint, now), moment)
    cells = [_cell(rows, *kind) for kind in product((True, False), repeat=2)]
    activation, revenue = blueprint.steps.activation, blueprint.steps.revenue
    apart = activation is not None and revenue is not None and "revenue" not in before("activation", blueprint)
    payers = some(rows, rows["paying"] == 1)
    return Outcomes(
        tuple(cells),
        _contrast(rows, "paying") if apart else None,
        _contrast(payers, "refunding") if apart else None,
    )


def _tally(traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    table = traced.journeys.filter(traced.journeys.acquisition_at.notnull())
    people = table.select(
        "person",
        "paid",
        channel=table.channel.fill_null(blueprint.channels.default),
        cohort=batch_index(table.acquisition_at, blueprint.batches, traced.offsets),
        achieved=table.activation_at.notnull().cast("int8"),
        paying=(table.payments > 0).cast("int8"),
        refunding=(table.refunded > 0).cast("int8"),
    )
    activity = traced.activity.select("person", "cohort", "batch")
    age = activity.batch - activity.cohort
    there = activity.filter((age > RETURN_BATCHES) & (age <= 2 * RETURN_BATCHES)).select("person").distinct()
    there = there.mutate(there=there.person.notnull().cast("int64"))
    found = people.left_join(there, "person").select(people, there=there.there.fill_null(0))
    old = (found.cohort + 2 * RETURN_BATCHES < now.running).cast("int64")
    return found.group_by("channel", "cohort", "achieved", "paying", "refunding").agg(
        n=found.count(), value=found.paid.sum(), old=old.sum(), kept=(old * found.there).sum()
    )


def _cell(rows: Columns, achieved: Any, paid: Any) -> Cell:
    from customer_factory.statistics import wilson

    mine = some(rows, (rows["achieved"] == achieved) & (rows["paying"] == paid))
    people, value, old, kept = total(mine["n"]), money(mine["value"].sum()), total(mine["old"]), total(mine["kept"])
    interval = wilson(kept, old) if old else (None, None)
    return Cell(
        achieved,
        paid,
        people,
        value,
        value / people if people else None,
        total(mine["n"], mine["refunding"] == 1),
        old,
        kept,
        kept / old if old else None,
        *interval,
    )


def _contrast(rows: Columns, what: str) -> Contrast | None:
    """Who is, or does, something: given the outcome against without it."""
    from customer_factory.statistics import mantel_haenszel

    words = [f"{channel} {cohort}" for channel, cohort in zip(rows["channel"], rows["cohort"], strict=True)]
    stratum = np.unique(np.array(words, dtype=object), return_inverse=True)[1] if words else rows["n"]
    size = int(stratum.max()) + 1 if len(stratum) else 0
    n, k = (
        [np.bincount(stratum, weights * (rows["achieved"] == achieved), size) for achieved in (1, 0)]
        for weights in (rows["n"], rows["n"] * (rows[what] == 1))
    )
    if not ((n[0] > 0) & (n[1] > 0)).any():
        return None
    found = mantel_haenszel(k[0], n[0], k[1], n[1])
    ends = (found.ratio, found.ratio_low, found.ratio_high)
    return Contrast(
        float(k[0].sum() / n[0].sum()),
        float(k[1].sum() / n[1].sum()),
        found.difference,
        found.low,
        found.high,
        *(float(end) if np.isfinite(end) else None for end in ends),
    )
