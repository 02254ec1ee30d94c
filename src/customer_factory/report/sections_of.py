"""The sections of ``report.to_dict()``: plain values, named as the contract names them."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.judgement.repeatability import Repeatability
from customer_factory.judgement.trend import trend
from customer_factory.measures.economics import ChannelEconomics, Economics
from customer_factory.measures.flow import CohortFlow, Flow
from customer_factory.measures.measures import Measures
from customer_factory.measures.referral import Referral
from customer_factory.measures.retention import Retention
from customer_factory.measures.revenue import Revenue


def step(flow: Flow, blueprint: Blueprint) -> dict[str, Any]:
    """One step: its flow, by channel and by cohort."""
    declared = blueprint.declared[flow.step]
    return {
        "label": blueprint.label(flow.step),
        "after": blueprint.after(flow.step),
        "entered": flow.entered,
        "reached": flow.reached,
        "waiting": flow.waiting,
        "lost": flow.lost,
        "rate": flow.rate,
        "low": flow.low,
        "high": flow.high,
        "maturity": flow.maturity,
        "median_days": flow.median_days,
        "p90_days": flow.p90_days,
        "window_days": declared.window.total_seconds() / 86400 if declared.window else None,
        "target": declared.target,
        "capacity": declared.capacity,
        "trend": trend(flow.development.so_far()).to_dict(),
        "waiting_days": flow.queue.ages[-1] if flow.queue.ages else None,
        "by_channel": {
            name: {"entered": r.entered, "reached": r.reached, "rate": r.rate, "low": r.low, "high": r.high}
            for name, r in flow.by_channel.items()
        },
        "by_cohort": [_cohort(cohort) for cohort in flow.by_cohort],
    }


def _cohort(cohort: CohortFlow) -> dict[str, Any]:
    return {
        "start": cohort.start.isoformat(),
        "complete": cohort.complete,
        "entered": cohort.entered,
        "reached": cohort.reached,
        "waiting": cohort.waiting,
        "lost": cohort.lost,
        "rate": cohort.rate,
        "low": cohort.low,
        "high": cohort.high,
        "maturity": cohort.maturity,
    }


def throughput(measures: Measures, found: Repeatability) -> dict[str, Any]:
    """The headline: the count per batch, its limits and signals."""
    batches = measures.throughput
    judged = [batch for batch in batches if batch.whole]
    limits = [
        {"start": batch.start.isoformat(), "centre": _known(c), "lower": _known(lo), "upper": _known(up)}
        for batch, c, lo, up in zip(judged, found.centres, found.lowers, found.uppers, strict=True)
    ]
    return {
        "unit": "transactions" if measures.blueprint.counts_transactions else "happy customers",
        "batches": [{"start": b.start.isoformat(), "happy": b.happy, "complete": b.complete} for b in batches],
        "centre": _known(found.centre),
        "lower": _known(found.lower),
        "upper": _known(found.upper),
        "method": found.method,
        "signals": [{"start": judged[s.index].start.isoformat(), "rule": s.rule} for s in found.signals],
        "repeatable": found.repeatable,
        "reason": found.reason,
        "limits": limits,
    }


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - NaN is the one unequal to itself


def retention(found: Retention) -> dict[str, Any]:
    """The grid and the curve."""
    return {
        "cohorts": [{"start": c.start.isoformat(), "size": c.size, "active": list(c.active)} for c in found.cohorts],
        "curve": [{"batch": s.batch, "survival": s.survival, "low": s.low, "high": s.high} for s in found.curve],
    }


def revenue(found: Revenue | None) -> dict[str, Any]:
    """What came in."""
    if found is None:
        return {
            "total": None, "paying": None, "per_customer": None, "by_cohort": [], "by_batch": [], "refunds": None,
            "unattributed": None, "set_aside": {},
        }  # fmt: skip
    return {
        "total": found.total,
        "paying": found.paying,
        "per_customer": found.per_customer,
        "by_cohort": [
            {"start": c.start.isoformat(), "size": c.size, "cumulative": list(c.cumulative)} for c in found.by_cohort
        ],
        "by_batch": [{"start": day.isoformat(), "amount": amount} for day, amount in found.by_batch],
        "refunds": found.refunds,
        "unattributed": found.unattributed,
        "set_aside": {"unknown_currency": found.unpriced} if found.unpriced else {},
    }


def referral(found: Referral | None) -> dict[str, Any]:
    """The loop from customers to new customers."""
    return {
        "invites": found.invites if found else None,
        "accepted": found.accepted if found else None,
        "k": found.k if found else None,
        "cycle_days": found.cycle_days if found else None,
        "per_referrer": found.per_referrer if found else None,
    }


def economics(found: Economics) -> dict[str, Any]:
    """Costs and returns."""
    return {
        "spend": found.all.spend,
        "cost_per_lead": found.all.cost_per_lead,
        "cac": found.all.cac,
        "cltv_revenue": found.cltv_revenue,
        "cltv_margin": found.cltv_margin,
        "ltv_to_cac": found.all.ltv_to_cac,
        "payback_batches": found.all.payback_batches,
        "by_channel": {name: _channel(channel) for name, channel in found.by_channel.items()},
    }


def _channel(found: ChannelEconomics) -> dict[str, Any]:
    return {
        "spend": found.spend,
        "leads": found.leads,
        "customers": found.customers,
        "happy": found.happy,
        "cost_per_lead": found.cost_per_lead,
        "cac": found.cac,
        "revenue": found.revenue,
        "ltv": found.ltv,
        "ltv_to_cac": found.ltv_to_cac,
        "payback_batches": found.payback_batches,
    }
