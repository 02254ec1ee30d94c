"""Referral: invitations, what comes of them, the viral coefficient K and the cycle time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.traced import Traced
from customer_factory.measures.grouped import Columns, some, tally, total


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


def referral(traced: Traced, blueprint: Blueprint) -> Referral | None:
    """The loop from customers to new customers; None where the factory declares none."""
    step = blueprint.steps.referral
    if step is None:
        return None

    def loop(tables: Traced) -> Any:
        table = tables.journeys
        cycle = table.referral_at.epoch_seconds() - table.acquisition_at.epoch_seconds()
        # Engines differ in what a missing moment is as a number.
        known = table.referral_at.notnull().ifelse(cycle, -1).cast("int64")
        keyed = table.select("acquisition_at", "invites", "accepted", cycle=known)
        return keyed.group_by("cycle").agg(
            n=keyed.count(),
            acquired=keyed.acquisition_at.notnull().cast("int64").sum(),
            invites=keyed.invites.sum(),
            accepted=keyed.accepted.sum(),
            referrers=(keyed.accepted > 0).cast("int64").sum(),
        )

    sums = ("n", "acquired", "invites", "accepted", "referrers")
    rows = tally(traced, "referral", loop, sums)
    acquired, invites, accepted, referrers = (total(rows[name]) for name in sums[1:])
    return Referral(
        invites=invites if step.invites is not None else None,
        accepted=accepted,
        k=accepted / acquired if acquired else None,
        cycle_days=_median_days(rows),
        per_referrer=accepted / referrers if referrers else None,
    )


def _median_days(rows: Columns) -> float | None:
    """The median of the cycle times that are known (others are -1); of two in the middle, half way between them."""
    known = some(rows, rows["cycle"] >= 0)
    if not len(known["n"]):
        return None
    order = np.argsort(known["cycle"])
    seconds, upto = known["cycle"][order], np.cumsum(known["n"][order])
    middle = [seconds[np.searchsorted(upto, place + 1)] for place in ((upto[-1] - 1) // 2, upto[-1] // 2)]
    return float(sum(middle)) / 2 / 86400
