"""Answers: what people said in surveys, beside what became of them – one grouped query."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.blueprint.surveys import Survey
from customer_factory.events.selector import field, number
from customer_factory.journeys.calendar import batch_index
from customer_factory.journeys.money import amount_of, is_payment
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.fates import WITHOUT, fates
from customer_factory.measures.grouped import Columns, fetch
from customer_factory.measures.moment import Moment

NO_ANSWER = -1


def answers(traced: Traced, blueprint: Blueprint, moment: Moment) -> Columns:
    """How many answers there are of each kind.

    Returns:
        survey, channel, batch, score (NO_ANSWER where there is none), last (1: a person's latest answer),
        last_in_batch, fate (-1: never acquired), given (1: the person was given something), n.
    """

    def tally(now: Now) -> Any:
        table = said(traced, blueprint)
        people = traced.alone.select("person", channel=traced.alone.channel.fill_null(blueprint.channels.default))
        table = table.left_join(people, "person").select(table, people.channel)
        found = fates(traced, blueprint, now).select("person", "fate")
        table = table.left_join(found, "person").select(table, found.fate)
        gifts = presents(traced, blueprint)
        given = table.left_join(gifts, "person")
        table = given.select(table, given=given.gifts.fill_null(0) > 0)
        # Not every engine's driver brings truth values home.
        table = table.mutate(**{name: table[name].cast("int8") for name in ("last", "last_in_batch", "given")})
        keys = ["survey", "channel", "batch", "score", "last", "last_in_batch", "fate", "given"]
        return table.group_by(*keys).agg(n=table.count())

    return fetch(traced, "answers", tally, moment)


def said(traced: Traced, blueprint: Blueprint) -> Any:
    """A row per answer: survey, person, batch, score, last, last_in_batch. Of two at one moment the lower is last."""
    import ibis

    table = ibis.union(*[_to(name, each, traced) for name, each in blueprint.surveys.asked.items()])
    table = table.mutate(
        batch=batch_index(table.time, blueprint.batches, traced.offsets), answer=table.score != NO_ANSWER
    )

    def latest(*by: str) -> Any:
        window = ibis.window(group_by=["survey", "person", "answer", *by], order_by=[ibis.desc("time"), "score"])
        return (ibis.row_number().over(window) == 0) & table.answer

    return table.select("survey", "person", "batch", "score", last=latest(), last_in_batch=latest("batch"))


def _to(name: str, survey: Survey, traced: Traced) -> Any:
    import ibis

    events = traced.log.events.filter(survey.expression(traced.log.events))
    score: Any = number(field(events, survey.score)).cast("float64")
    legal = score.between(survey.legal[0], survey.legal[-1]) & (score == score.floor())
    given = legal.fill_null(False).ifelse(score, float(NO_ANSWER)).cast("int32")
    return events.select("person", "time", survey=ibis.literal(name), score=given)


def presents(traced: Traced, blueprint: Blueprint) -> Any:
    """Who was given something: person, gifts (events), free (those of them that are payments).

    Gifts are the events of [giveaways], and payments of nothing.
    """
    import ibis

    events, revenue = traced.log.events, blueprint.steps.revenue
    nothing = ibis.literal(value=False)
    gift = blueprint.giveaways.expression(events) if blueprint.giveaways is not None else nothing
    payment = revenue.expression(events) & is_payment(events, revenue) if revenue is not None else nothing
    nil = payment & (amount_of(events, revenue) == 0).fill_null(False) if revenue is not None else nothing
    found = events.select("person", gift=gift | nil, free=payment & (gift | nil)).filter(lambda t: t.gift)
    return found.group_by("person").agg(gifts=found.count(), free=found.free.cast("int64").sum())


def satisfied_without(traced: Traced, blueprint: Blueprint, survey: str, now: Now) -> Any:
    """The people who said that they are satisfied, and never reached the outcome (person)."""
    table = said(traced, blueprint)
    content = table.filter(
        table.last & (table.survey == survey), table.score >= blueprint.surveys.asked[survey].content
    )
    found = fates(traced, blueprint, now)
    return content.inner_join(found.filter(found.fate == WITHOUT).select("person"), "person").select("person")


def given_in_vain(traced: Traced, blueprint: Blueprint, now: Now) -> Any:
    """The people acquired who were given something and did not reach the outcome (person)."""
    found = fates(traced, blueprint, now)
    return found.filter(found.fate == WITHOUT).semi_join(presents(traced, blueprint), "person").select("person")
