"""What people paid: amounts of the revenue step's events, in the reporting currency, as Ibis expressions."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint, Step
from customer_factory.events.selector import field, number
from customer_factory.journeys.log import Log


def amount_of(table: Any, step: Step) -> Any:
    """The amount of each event, null where it has none."""
    return number(field(table, step.amount)).cast("float64")


def is_payment(events: Any, step: Step) -> Any:
    """Whether each event of the revenue step pays, if only nothing; one that may be a refund as well is one."""
    pays = amount_of(events, step).fill_null(0.0) >= 0
    if step.refund is None or not step.may_share(step.refund):
        return pays
    return pays & ~step.refund.expression(events)


def worth_of(table: Any, blueprint: Blueprint) -> Any:
    """What one unit of each event's currency is worth in the reporting one; null where no rate is known."""
    import ibis

    if "currency" not in table.columns:
        return ibis.literal(1.0)
    code = table.currency.upper()
    known = [(code == name, ibis.literal(worth)) for name, worth in blueprint.rates.table.items()]
    return ibis.cases((table.currency.isnull(), ibis.literal(1.0)), *known, else_=ibis.null("float64"))


def priced(log: Log, blueprint: Blueprint) -> Any:
    """The events of the revenue step and its refunds: person, time, amount, worth, payment; refunds are negative.

    Without a revenue step there are none.
    """
    import ibis

    step = blueprint.steps.revenue
    events = log.events
    if step is None:
        nothing = {"amount": ibis.null("float64"), "worth": ibis.null("float64"), "payment": ibis.literal(value=False)}
        return events.filter(ibis.literal(value=False)).select("person", "time", **nothing)
    pays = step.expression(events)
    kind = pays if step.refund is None else pays | step.refund.expression(events)
    events = events.filter(kind)
    amount = amount_of(events, step)
    back = step.refund.expression(events) if step.refund is not None else None
    signed = amount if back is None else back.ifelse(-amount.abs(), amount)
    payment = amount.fill_null(0.0) >= 0
    return events.select(
        "person",
        "time",
        amount=signed,
        worth=worth_of(events, blueprint),
        payment=payment if back is None else payment & ~back,
    )


def money(log: Log, blueprint: Blueprint) -> Any:
    """Per person: paid (net), payments, refunded, unpriced."""
    events = priced(log, blueprint)
    value = (events.amount * events.worth).fill_null(0.0)
    return events.group_by("person").agg(
        paid=value.sum(),
        payments=events.count(where=events.payment),
        refunded=(value < 0).ifelse(-value, 0.0).sum(),
        unpriced=events.count(where=events.amount.notnull() & events.worth.isnull()),
    )
