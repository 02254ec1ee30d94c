"""Referral: invitations, what comes of them, the viral coefficient K and the cycle time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.traced import Now, Traced
from customer_factory.measures.grouped import fetch
from customer_factory.measures.moment import Moment


@dataclass(frozen=True)
class Referral:
    """How people bring people.

    Args:
        invites: Invitations sent; None where nobody counts them.
        accepted: People who came of it.
        k: People brought per person acquired: invitations per person times the share accepted.
        cycle_days: Median days from a person's acquisition to the first one they brought.
        per_referrer: People brought per person who brought any.
    """

    invites: int | None
    accepted: int
    k: float | None
    cycle_days: float | None
    per_referrer: float | None


def referral(traced: Traced, blueprint: Blueprint, moment: Moment) -> Referral | None:
    """The loop from customers to new customers; None where the factory declares none."""
    step = blueprint.steps.referral
    if step is None:
        return None
    table = traced.journeys

    def totals(_: Now) -> Any:
        cycle = (table.referral_at.epoch_seconds() - table.acquisition_at.epoch_seconds()).cast("float64")
        return table.agg(
            acquired=table.acquisition_at.notnull().cast("int64").sum(),
            invites=table.invites.sum(),
            accepted=table.accepted.sum(),
            referrers=(table.accepted > 0).cast("int64").sum(),
            timed=table.referral_at.notnull().cast("int64").sum(),
            cycle=cycle.median(where=table.referral_at.notnull()),
        )

    one = {name: column[0] for name, column in fetch(traced, "referral", totals, moment).items()}
    return Referral(
        invites=int(one["invites"]) if step.invites is not None else None,
        accepted=max(0, int(one["accepted"])),
        k=float(one["accepted"] / one["acquired"]) if one["acquired"] > 0 else None,
        cycle_days=float(one["cycle"]) / 86400 if one["timed"] > 0 else None,
        per_referrer=float(one["accepted"] / one["referrers"]) if one["referrers"] > 0 else None,
    )
