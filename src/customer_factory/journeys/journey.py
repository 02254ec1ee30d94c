"""Journey: one person's path through the steps – when each was entered and reached, the channel, the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from customer_factory.blueprint.blueprint import Blueprint, StepName

RETURN_BATCHES = 4
"""Retention without a window: active in at least one of this many batches after the one of becoming happy."""


@dataclass(frozen=True)
class Journey:
    """What the log tells about one person. Times are naive UTC, money is in the reporting currency.

    Args:
        person: The id that stands for the person.
        channel: What the acquisition event names, else the earliest event that names one.
        visited: The first visit, where visitors are events.
        reached: When each step was first reached; a step that was not is absent.
        happy: When the last of the steps that make a happy customer was reached.
        paid: Payments minus refunds.
        payments: How many payments there were.
        refunded: The refunds, as a positive amount.
        unpriced: How many amounts had a currency without a rate.
        invites, accepted: Invitations sent, and how many people came of them.
        referrer: The person who brought this one.
        last_active: The index of the last batch with activity.
    """

    person: str
    channel: str | None = None
    visited: datetime | None = None
    reached: Mapping[StepName, datetime] = field(default_factory=dict)
    happy: datetime | None = None
    paid: float = 0.0
    payments: int = 0
    refunded: float = 0.0
    unpriced: int = 0
    invites: int = 0
    accepted: int = 0
    referrer: str | None = None
    last_active: int | None = None


def before(name: StepName, blueprint: Blueprint) -> list[StepName]:
    """The steps on the way to a step, the nearest first.

    >>> steps = {"acquisition": "signed_up", "activation": "shared", "revenue": "paid"}
    >>> before("revenue", Blueprint.model_validate({"steps": steps}))
    ['activation', 'acquisition']
    """
    needed = blueprint.needs(name)
    return list(dict.fromkeys([*needed, *(each for step in needed for each in before(step, blueprint))]))


def spent(name: StepName, blueprint: Blueprint) -> list[StepName]:
    """The steps on the way whose events a step might take again, but must not: an event completes one step."""
    step = blueprint.declared[name]
    if step.same_event or step.referrer is not None:
        return []
    return [each for each in before(name, blueprint) if step.may_share(blueprint.declared[each])]
