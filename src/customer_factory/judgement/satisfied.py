"""Satisfied is not happy: people who are content and never got the outcome, and gifts that buy contentment only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from customer_factory.judgement.alarm import Alarm, percent
from customer_factory.measures.satisfaction import Giveaways, Satisfaction, Share
from customer_factory.statistics import Tally, welch

QUARTER = 0.25
"""A share that is surely above this raises an alarm."""
LEAST = 20
"""People on each side of a comparison."""
ASKED = {"nps": "would recommend us", "csat": "are satisfied"}


def without_outcome(found: Satisfaction) -> Alarm | None:
    """An alarm where more than a quarter of those who are satisfied never reached the outcome, whatever chance does."""
    share = found.without
    if share.low is None or share.low <= QUARTER:
        return None
    text = (
        f"{percent(share.share or 0)} of the {share.of:,} people who {ASKED[found.survey]} never reached the outcome "
        f"(between {percent(share.low)} and {percent(share.high or 1)}). "
        "They like us, and did not get what they came for."
    )
    return Alarm("without-outcome", found.survey, None, text, {**asdict(share), "unsettled": found.unsettled})


def given_away(given: Giveaways | None, surveys: Mapping[str, Satisfaction]) -> list[Alarm]:
    """Alarms about what is given away: more than a quarter of all payments, or people content and no oftener happy."""
    if given is None:
        return []
    found = []
    paid = given.payments
    if paid.low is not None and paid.low > QUARTER:
        text = (
            f"{percent(paid.share or 0)} of {paid.of:,} payments were given away. "
            "Throughput that is paid for by nobody is no traction."
        )
        found.append(Alarm("given-away", "payments", None, text, asdict(paid), rows=paid.part))
    for name, survey in surveys.items():
        content = _difference(survey.given, survey.others)
        happy = _difference(given.happy, given.others)
        # Sure that it pleases, not sure that it makes happy, and sure that it does so less than it pleases.
        if content is None or happy is None or content[1] <= 0 or happy[1] > 0 or happy[2] >= content[0]:
            continue
        text = (
            f"Of those who were given something, {percent(survey.given.share or 0)} {ASKED[name]}, against "
            f"{percent(survey.others.share or 0)} of the rest – but {percent(given.happy.share or 0)} reached the "
            f"outcome, against {percent(given.others.share or 0)}. Gifts please; they do not make happy customers."
        )
        evidence = {
            "satisfied": dict(zip(("difference", "low", "high"), content, strict=True)),
            "outcome": dict(zip(("difference", "low", "high"), happy, strict=True)),
        }
        found.append(Alarm("given-away", name, None, text, evidence))
    return found


def _difference(one: Share, other: Share) -> tuple[float, float, float] | None:
    """How much larger one share is, with its 95 % interval; None where too few people tell."""
    if min(one.of, other.of) < LEAST:
        return None
    # A success and a failure more on either side (Agresti and Caffo 2000): no share is taken for certain.
    first, second = (Tally(x.of + 2, x.part + 1, x.part + 1) for x in (one, other))
    found = welch(second, first)
    return found.difference, found.low, found.high
