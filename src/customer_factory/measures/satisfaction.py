"""Satisfaction: what people say of us – NPS and CSAT, over all, by channel and by batch – and what it is worth.

Everybody has one voice: the latest answer; in a batch, the latest of that batch. Saying so is not having got what one
came for: satisfied people who never reached the outcome are counted apart, and so are those who were given something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.blueprint.surveys import Survey
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.answers import NO_ANSWER, answers, presents
from customer_factory.measures.fates import HAPPY, UNSETTLED, WITHOUT, fates
from customer_factory.measures.grouped import Columns, fetch, groups, some, total
from customer_factory.measures.moment import Moment

PASSIVE = 7


@dataclass(frozen=True)
class Score:
    """A score with its 95 % interval: NPS in points from -100 to 100, CSAT as a share; n people answered."""

    score: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Share:
    """``part`` of ``of`` people, with the share's 95 % interval; None where there is nobody."""

    part: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Satisfaction:
    """One survey.

    Args:
        survey: "nps" or "csat".
        all: The score; None where nobody has answered.
        by_channel: The same per channel.
        by_batch: The same per batch from the first answer on, oldest first: the trend.
        answers: Answers given; people may give several.
        blank: Events of the survey without an answer.
        without: Of the people satisfied of whom it is settled, those who never reached the outcome.
        unsettled: Satisfied people who may still reach it.
        given, others: The share of the satisfied among those who were given something, and among the rest.
    """

    survey: str
    all: Score | None
    by_channel: Mapping[str, Score]
    by_batch: tuple[tuple[date, Score | None], ...]
    answers: int
    blank: int
    without: Share
    unsettled: int
    given: Share
    others: Share

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        by_batch = [{"start": s.isoformat(), **(asdict(x) if x else _UNKNOWN)} for s, x in self.by_batch]
        return {**asdict(self), "by_batch": by_batch}


_UNKNOWN = {"score": None, "low": None, "high": None, "n": 0}


@dataclass(frozen=True)
class Giveaways:
    """What was given away, and whether those who got it reach the outcome more often.

    Args:
        people: Of the people acquired, those who were given something.
        payments: Of all payments, those that cost nothing or were given away; part is 0 of 0 without a revenue step.
        happy, others: The share that reached the outcome – of those of whom it is settled – with a gift and without.
    """

    people: Share
    payments: Share
    happy: Share
    others: Share

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def satisfaction(traced: Traced, blueprint: Blueprint, moment: Moment) -> dict[str, Satisfaction]:
    """Every survey that the blueprint declares."""
    if not blueprint.surveys.asked:
        return {}
    rows = answers(traced, blueprint, moment)
    return {
        name: _of(name, survey, some(rows, rows["survey"] == name), moment)
        for name, survey in blueprint.surveys.asked.items()
    }


def _of(name: str, survey: Survey, rows: Columns, moment: Moment) -> Satisfaction:
    answered = rows["score"] != NO_ANSWER
    last, by_batch = some(rows, rows["last"] == 1), some(rows, rows["last_in_batch"] == 1)
    given = last["given"] == 1
    batches = range(int(by_batch["batch"].min()), moment.known[-1] + 1) if len(by_batch["n"]) else range(0)
    content = last["score"] >= survey.content
    settled = content & ((last["fate"] == HAPPY) | (last["fate"] == WITHOUT))
    return Satisfaction(
        name,
        _score(name, survey, last),
        {
            channel: score
            for channel, mine in groups(last["channel"]).items()
            if (score := _score(name, survey, some(last, mine))) is not None
        },
        tuple((moment.start(i), _score(name, survey, some(by_batch, by_batch["batch"] == i))) for i in batches),
        total(rows["n"], answered),
        total(rows["n"], ~answered),
        share(total(last["n"], settled & (last["fate"] == WITHOUT)), total(last["n"], settled)),
        total(last["n"], content & (last["fate"] == UNSETTLED)),
        share(total(last["n"], content & given), total(last["n"], given)),
        share(total(last["n"], content & ~given), total(last["n"], ~given)),
    )


def _score(name: str, survey: Survey, rows: Columns) -> Score | None:
    from customer_factory.statistics import csat, nps

    n = total(rows["n"])
    if n == 0:
        return None
    content = total(rows["n"], rows["score"] >= survey.content)
    if name == "nps":
        passive = total(rows["n"], (rows["score"] >= PASSIVE) & (rows["score"] < survey.content))
        net = nps(content, passive, n - content - passive)
        return Score(net.score, net.low, net.high, net.n)
    satisfied = csat({5: content, 1: n - content})  # which of the scores above or below it was changes nothing
    return Score(satisfied.share, satisfied.low, satisfied.high, satisfied.n)


def giveaways(traced: Traced, blueprint: Blueprint, moment: Moment) -> Giveaways | None:
    """What was given away; None where the blueprint knows neither payments nor giveaways."""
    if blueprint.steps.revenue is None and blueprint.giveaways is None:
        return None

    def tally(now: Now) -> Any:
        people, gifts = fates(traced, blueprint, now), presents(traced, blueprint)
        paid = traced.alone.select("person", "payments")
        table = people.left_join(gifts, "person").select(people, gifts.gifts, gifts.free)
        table = table.inner_join(paid, "person").select(table, paid.payments)
        table = table.mutate(given=(table.gifts.fill_null(0) > 0).cast("int8"))
        return table.group_by("fate", "given").agg(
            n=table.count(), free=table.free.fill_null(0).sum(), payments=table.payments.sum()
        )

    rows = fetch(traced, "giveaways", tally, moment)
    n, given, happy = rows["n"], rows["given"] == 1, rows["fate"] == HAPPY
    settled = rows["fate"] != UNSETTLED
    return Giveaways(
        share(total(n, given), total(n)),
        share(total(rows["free"]), total(rows["payments"])),
        share(total(n, given & happy), total(n, given & settled)),
        share(total(n, ~given & happy), total(n, ~given & settled)),
    )


def share(part: int, of: int) -> Share:
    """A share with Wilson's interval.

    >>> share(0, 0)
    Share(part=0, of=0, share=None, low=None, high=None)
    """
    from customer_factory.statistics import wilson

    return Share(part, of, part / of, *wilson(part, of)) if of else Share(0, 0, None, None, None)
