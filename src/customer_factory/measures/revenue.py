"""Revenue: what came in, per customer, by batch and by age of the cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.traced import Traced
from customer_factory.measures.grouped import Columns, by_index, tally
from customer_factory.measures.moment import Moment


@dataclass(frozen=True)
class RevenueCohort:
    """People acquired in one batch: how many, and what each had brought in by the age of 0, 1, 2 … batches."""

    start: date
    size: int
    cumulative: tuple[float, ...]


@dataclass(frozen=True)
class Revenue:
    """Money in the reporting currency, net of refunds.

    Args:
        total: All of it, whoever paid.
        paying: People with at least one payment.
        per_customer: total / paying.
        refunds: What went back, as a positive amount.
        unattributed: The part of the total from people who never were acquired.
        unpriced: How many amounts had a currency without a rate, and are not in the total.
        by_batch: What came in per batch.
        by_cohort: Per person acquired, cumulated by age.
    """

    total: float
    paying: int
    per_customer: float | None
    refunds: float
    unattributed: float
    unpriced: int
    by_batch: tuple[tuple[date, float], ...]
    by_cohort: tuple[RevenueCohort, ...]


@dataclass(frozen=True)
class Sales:
    """The tallies behind revenue and economics, grouped: people by cohort and channel, payments by age."""

    people: Columns
    payments: Columns


def sales(traced: Traced, blueprint: Blueprint, moment: Moment) -> Sales:
    """People and payments by cohort (-1: never acquired) and channel."""

    def keyed(tables: Traced) -> Any:
        journeys = tables.journeys
        return journeys.select(
            "person", "payments", "happy_at", "paid", "refunded", "unpriced",
            cohort=batch_index(journeys.acquisition_at, moment.batches, tables.offsets),
            channel=journeys.channel.fill_null(blueprint.channels.default),
        )  # fmt: skip

    def people(tables: Traced) -> Any:
        table = keyed(tables)
        return table.group_by("cohort", "channel").agg(
            n=table.count(),
            paying=(table.payments > 0).cast("int64").sum(),
            happy=table.happy_at.notnull().cast("int64").sum(),
            paid=table.paid.sum(),
            refunded=table.refunded.sum(),
            unpriced=table.unpriced.sum(),
        )

    def payments(tables: Traced) -> Any:
        named = tables.payments.left_join(keyed(tables).select("person", "channel"), "person")
        return named.group_by("cohort", "channel", "batch").agg(n=named.count(), paid=named.paid.sum())

    sums = ("n", "paying", "happy", "paid", "refunded", "unpriced")
    return Sales(tally(traced, "people", people, sums), tally(traced, "payments", payments, ("n", "paid")))


def revenue(found: Sales, moment: Moment) -> Revenue:
    """What the tallies say about money."""
    people, payments = found.people, found.payments
    total, paying = money(people["paid"].sum()), int(people["paying"].sum())
    by_batch = by_index(payments["batch"], payments["paid"], moment.known)
    acquired = people["cohort"] >= 0
    return Revenue(
        total=total,
        paying=paying,
        per_customer=total / paying if paying else None,
        refunds=money(people["refunded"].sum()),
        unattributed=money(people["paid"][~acquired].sum()),
        unpriced=int(people["unpriced"].sum()),
        by_batch=tuple((moment.start(i), money(x)) for i, x in zip(moment.known, by_batch, strict=True)),
        by_cohort=tuple(_cohorts(people, payments, moment)),
    )


def money(amount: Any) -> float:
    """An amount without the noise of floating-point addition: four decimals are below any currency's smallest coin.

    >>> money(0.1 + 0.2)
    0.3
    """
    return round(float(amount), 4)


def _cohorts(people: Columns, payments: Columns, moment: Moment) -> list[RevenueCohort]:
    sizes = by_index(people["cohort"], people["n"], moment.known)
    found = []
    for index, size in zip(moment.known, sizes, strict=True):
        mine = payments["cohort"] == index
        paid = by_index(payments["batch"][mine], payments["paid"][mine], range(index, moment.known[-1] + 1))
        # Rounded before it is shared out: engines add in different orders.
        each = np.round(np.cumsum(paid), 4) / size if size else np.zeros(len(paid))
        found.append(RevenueCohort(moment.start(index), int(size), tuple(money(x) for x in each)))
    return found
