"""From measures to evidence: what the constraint is judged on, taken from what was measured."""

from __future__ import annotations

from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence
from customer_factory.judgement.required import with_required
from customer_factory.measures.flow import Flow
from customer_factory.measures.measures import Measures


def evidence_of(measures: Measures) -> FactoryEvidence:
    """The evidence in a set of measures: cohorts, channels, targets, what the goal requires, and queues."""
    acquired = measures.steps["acquisition"]
    arrivals = [cohort.reached for cohort in acquired.by_cohort if cohort.complete]
    brought = measures.referral.accepted / acquired.reached if measures.referral and acquired.reached else 0.0
    factory = FactoryEvidence(
        steps=[_step(flow, measures) for flow in measures.steps.values()],
        arrivals=[count * (1 - min(brought, 1.0)) for count in arrivals],
        happy=tuple(measures.blueprint.factory.happy),
        batch=measures.blueprint.factory.batch,
        people_per_referrer=(measures.referral.per_referrer if measures.referral else None) or 1.0,
    )
    return with_required(factory, measures)


def _step(flow: Flow, measures: Measures) -> StepEvidence:
    step = measures.blueprint.declared[flow.step]
    channels = {
        name: (rate.size, rate.rate * rate.size)
        for name, rate in flow.by_channel.items()
        if rate.rate is not None and name != measures.blueprint.channels.default
    }
    return StepEvidence(
        step=flow.step,
        # Without a window there are none: older cohorts had longer, so their rates are not compared.
        cohorts=flow.development.so_far(),
        channels=channels,
        entered=flow.all.size if flow.rate is not None else None,
        reached=flow.all.size * flow.rate if flow.rate is not None else None,
        target=step.target,
        after=measures.blueprint.after(flow.step),
        capacity=step.capacity,
        arrivals=flow.queue.arrivals,
        served=flow.queue.served,
        waiting=flow.queue.waiting,
        ages=flow.queue.ages,
    )
