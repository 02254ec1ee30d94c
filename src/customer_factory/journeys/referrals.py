"""The referral step where the brought person names the one who brought them: it needs two journeys at a time."""

from __future__ import annotations

from typing import Any

from customer_factory.blueprint.blueprint import Blueprint
from customer_factory.journeys.calendar import last_of, plus


def referrals(table: Any, blueprint: Blueprint, people: Any | None) -> Any | None:
    """Who brought somebody: person, accepted, referral_at, brought_first_at; None where referrals are events.

    Args:
        table: Journeys, whose ``referrer`` is a name.
        blueprint: What counts.
        people: name and person, to find who is meant; None where names are the keys themselves.
    """
    import ibis

    step = blueprint.steps.referral
    if step is None or step.referrer is None:
        return None
    named = table.filter(table.referrer.notnull() & table.acquisition_at.notnull())
    named = named.select(invitee="person", name="referrer", brought_at="acquisition_at")
    if people is None:
        brought = named.select("invitee", "brought_at", person="name")
    else:
        brought = named.inner_join(people.select("name", "person"), "name").select("invitee", "brought_at", "person")
    brought = brought.filter(brought.invitee != brought.person)
    entry = last_of([table[f"{each}_at"] for each in blueprint.needs("referral")])
    pairs = brought.inner_join(table.select("person", entry=entry), "person")
    counts = pairs.group_by("person", "entry").agg(
        accepted=pairs.count(),
        first=pairs.brought_at.min(where=pairs.brought_at >= pairs.entry),
    )
    valid = counts.entry.notnull() & (counts["first"] >= counts.entry)
    if step.window is not None:
        valid &= counts["first"] <= plus(counts.entry, step.window)
    return counts.select("person", "accepted", referral_at=valid.ifelse(counts["first"], ibis.null("timestamp(6)")))


def with_referrals(table: Any, found: Any | None) -> Any:
    """Journeys with their referral step in place."""
    if found is None:
        return table
    kept = table.drop("referral_at", "accepted")
    joined = kept.left_join(found, "person").select(kept, found.accepted, found.referral_at)
    return joined.mutate(accepted=joined.accepted.fill_null(0).cast("int64"))
