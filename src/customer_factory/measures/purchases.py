"""Purchases: how often customers came back to buy, and when last – grouped, so that millions of them can be fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from customer_factory.basics.period import EPOCH
from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import day_index
from customer_factory.journeys.money import priced
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import fetch
from customer_factory.measures.moment import Moment

if TYPE_CHECKING:
    from customer_factory.statistics import BetaGeo


@dataclass(frozen=True, eq=False)
class Purchases:
    """Customers with equal pasts, in days; one row each. Purchases of one day are one.

    Args:
        frequency: Days with a purchase after the first such day.
        recency: Days from the first to the last; 0 where there was no other.
        T: Days from the first to the moment of the report.
        customers: How many have that past.
    """

    frequency: Any
    recency: Any
    T: Any
    customers: Any

    def fit(self) -> BetaGeo:
        """The BG/NBD of these customers, in days (see ``statistics.fit_beta_geo``).

        Raises:
            ValueError: Nobody has bought again yet.
        """
        from customer_factory.statistics import fit_beta_geo

        return fit_beta_geo(self.frequency, self.recency, self.T, self.customers)

    def expected(self, days: float) -> float:
        """The purchases that all of them together are expected to make in the next days."""
        each = self.fit().expected(days, self.frequency, self.recency, self.T)
        return float(np.dot(each, self.customers))


def purchases(traced: Traced, blueprint: Blueprint, moment: Moment) -> Purchases:
    """Everybody who paid by then, grouped by their past; a factory without a revenue step has none."""
    today = (moment.batches.local(moment.on).date() - EPOCH).days

    def grouped(now: Now) -> Any:
        events = priced(traced.log, blueprint)
        events = events.filter(events.payment & (events.time <= now.on))
        # Counting distinct rows is quicker than counting distinct days of each person.
        days = events.select("person", day=day_index(events.time, traced.offsets)).distinct()
        each = days.group_by("person").agg(bought=days.count(), first=days.day.min(), last=days.day.max())
        keys = each.select(x=each.bought - 1, recency=each["last"] - each["first"], begun=each["first"])
        return keys.group_by("x", "recency", "begun").agg(n=keys.count())

    rows = fetch(traced, "purchases", grouped, moment)
    x, recency, begun, n = (rows[name].astype(np.float64) for name in ("x", "recency", "begun", "n"))
    return Purchases(x, recency, today - begun, n)
