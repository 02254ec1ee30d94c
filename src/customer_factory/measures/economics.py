"""Unit economics from spend: cost per lead, CAC, payback, CLTV, LTV:CAC – per *customer*, never per visitor.

A lead is a person acquired, a customer one who paid. Spend is set against the people acquired since it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from customer_factory.measures.grouped import Columns, some
from customer_factory.measures.moment import Moment
from customer_factory.measures.revenue import Sales, money


@dataclass(frozen=True)
class Cost:
    """What a channel cost on a day, in the reporting currency."""

    day: date
    channel: str
    amount: float


@dataclass(frozen=True)
class ChannelEconomics:
    """Costs and returns of one channel, or of all together; None where something needed is not known.

    Args:
        spend: What it cost.
        leads, customers, happy: People acquired, who paid, who became happy.
        cost_per_lead: spend / leads.
        cac: spend / customers.
        revenue: What its people have paid so far.
        ltv: revenue / customers so far, as margin where the blueprint knows the margin.
        ltv_to_cac: ltv / cac.
        payback_batches: The age in batches at which a customer has brought in what they cost.
    """

    spend: float | None
    leads: int
    customers: int
    happy: int
    cost_per_lead: float | None
    cac: float | None
    revenue: float
    ltv: float | None
    ltv_to_cac: float | None
    payback_batches: int | None


@dataclass(frozen=True)
class Economics:
    """All channels together, each one, and the lifetime value so far as revenue and as margin."""

    all: ChannelEconomics
    cltv_revenue: float | None
    cltv_margin: float | None
    by_channel: dict[str, ChannelEconomics] = field(default_factory=dict)


def economics(found: Sales, costs: Sequence[Cost], margin: float | None, moment: Moment) -> Economics:
    """Costs against what came of them."""
    known = [cost for cost in costs if cost.day <= moment.batches.local(moment.on).date()]
    since = moment.batches.index_of_day(min(cost.day for cost in known)) if known else moment.opening
    people = _since(found.people, since)
    payments = _since(found.payments, since)
    everything = _channel(people, payments, [cost.amount for cost in known] if known else None, margin, moment)
    names = sorted({*people["channel"].tolist(), *(cost.channel for cost in known)})
    channels = {
        name: _channel(
            _only(people, name),
            _only(payments, name),
            [cost.amount for cost in known if cost.channel == name] or None,
            margin,
            moment,
        )
        for name in names
    }
    paying = float(found.people["paying"].sum())
    revenue = money(found.people["paid"].sum()) / paying if paying else None
    return Economics(
        everything, revenue, revenue * margin if revenue is not None and margin is not None else None, channels
    )


def _since(rows: Columns, index: int) -> Columns:
    return some(rows, rows["cohort"] >= index)


def _only(rows: Columns, channel: str) -> Columns:
    return some(rows, rows["channel"] == channel)


def _channel(
    people: Columns, payments: Columns, costs: Sequence[float] | None, margin: float | None, moment: Moment
) -> ChannelEconomics:
    spend = money(sum(costs)) if costs is not None else None
    leads, customers = int(people["n"].sum()), int(people["paying"].sum())
    paid = money(people["paid"].sum())
    ltv = paid * (margin or 1.0) / customers if customers else None
    cac = spend / customers if spend is not None and customers else None
    return ChannelEconomics(
        spend,
        leads,
        customers,
        int(people["happy"].sum()),
        spend / leads if spend is not None and leads else None,
        cac,
        paid,
        ltv,
        ltv / cac if ltv is not None and cac else None,
        _payback(people, payments, cac, margin, moment) if cac is not None else None,
    )


def _payback(people: Columns, payments: Columns, cac: float, margin: float | None, moment: Moment) -> int | None:
    """The first age at which a customer's cumulated margin covers what they cost.

    Each age is averaged over the cohorts old enough to have lived it, so young cohorts do not count as poor ones.
    """
    age = payments["batch"] - payments["cohort"]
    earned: Any = 0.0
    for at in range(moment.running - moment.opening):
        grown = people["cohort"] + at < moment.running
        customers = people["paying"][grown].sum()
        if not customers:
            return None
        this = (age == at) & (payments["cohort"] + at < moment.running)
        earned += payments["paid"][this].sum() * (margin or 1.0) / customers
        if earned >= cac:
            return at + 1
    return None
