"""What data would sharpen the picture, and what to be careful about, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping

from customer_factory.measures.measures import Measures

UNKNOWN_SHARE = 0.3


def sharpen(measures: Measures, *, spend: bool) -> tuple[str, ...]:
    """What is not known that would change what can be said."""
    plan = measures.blueprint
    found = []
    if plan.visitors is None:
        found.append("Count visitors ([visitors] in factory.toml): acquisition has no rate without them.")
    if not spend:
        found.append("Add what channels cost ([[spend]]): then every channel shows its cost per lead, CAC and payback.")
    missing = [name for name in ("activation", "retention", "revenue", "referral") if name not in plan.declared]
    if missing:
        found.append(f"Declare the steps that are missing: {', '.join(missing)}.")
    aimless = [plan.label(n) for n, s in plan.declared.items() if s.target is None and n != "acquisition"]
    if aimless:
        found.append(
            f"Say what rate is attainable (target) for {', '.join(aimless)}: "
            "until then the factory's own best sustained level stands in for it."
        )
    endless = [
        plan.label(n) for n, s in plan.declared.items() if s.window is None and n not in {"acquisition", "retention"}
    ]
    if endless:
        found.append(f"Give {', '.join(endless)} a window: without one nobody is ever lost, and rates only ever grow.")
    acquired = measures.steps["acquisition"]
    unknown = acquired.by_channel.get(plan.channels.default)
    if unknown is not None and acquired.reached and unknown.reached > UNKNOWN_SHARE * acquired.reached:
        share = unknown.reached / acquired.reached
        found.append(
            f"The channel of {share:.0%} of the people is unknown: tag links (utm_source) or map a column to it."
        )
    if plan.factory.margin is None and plan.steps.revenue is not None:
        found.append("Say what share of revenue is margin ([factory] margin): lifetime value is shown as revenue only.")
    return tuple(found)


def notes(measures: Measures, rejected: int, unread: Mapping[str, int], *, kept: bool) -> tuple[str, ...]:
    """What to be careful about."""
    found = []
    if rejected:
        where = "see rejects.csv for them and the reasons" if kept else "a folder keeps such rows in rejects.csv"
        found.append(f"{rejected:,} row{'s were' if rejected > 1 else ' was'} set aside: {where}.")
    found += [f"{n:,} rows of {table} could not be read." for table, n in unread.items() if n]
    if not measures.steps["acquisition"].reached:
        found.append("Nobody has been acquired yet: no event matches [steps.acquisition].")
    for name, flow in measures.steps.items():
        if name != "acquisition" and flow.entered and not flow.reached:
            found.append(f"Nobody has reached {measures.blueprint.label(name)}: does its event occur in the data?")
    return tuple(found)
