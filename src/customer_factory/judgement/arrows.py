"""The three arrows out of activation: does it make people pay, come back, bring others – and what does its lack cost?

People are compared from the same day of their stay on, before which some were activated and some were not; whoever had
done the thing by then is left out. What was known of people before they were activated or not is adjusted for; how
strong something unknown would have to be, the E-value says.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from customer_factory.measures.exposure import Exposure
from customer_factory.statistics.adjusted import Effect, Estimate, adjusted_effect
from customer_factory.statistics.sensitivity import e_value, e_value_of_interval

LEAST = 20
"""People activated and not, and of either fate, that an arrow needs."""
LEAST_EACH = 5
"""Of either fate among the activated, and among the others: below, no model of the outcome can be made."""
PER_COVARIATE = 5
"""People of the rarest kind for each covariate (Vittinghoff and McCulloch 2007); the last are left out otherwise."""
NEGLIGIBLE = 0.1
"""An effect that surely changes the share by less than this part of it is none."""
POOR_OVERLAP = 0.9
"""Below this share of people who could have gone either way, the reason warns."""

Verdict = Literal["more", "less", "none", "undecided"]


@dataclass(frozen=True)
class Arrow:
    """What having been activated does to one outcome.

    Attributes:
        outcome: "revenue", "retention" or "referral".
        verdict: "more": it makes them likelier to; "less"; "none": hardly either; or "undecided".
        people: Who could be compared.
        activated: How many of them were activated by the landmark.
        reached: How many of them reached the outcome after it.
        baseline: Days from acquisition for which people were looked at before.
        landmark: Days from acquisition until which they could be activated.
        within: Days after it in which the outcome counts; None: four batches.
        effect: The naive and the adjusted effect; None where there are too few people.
        e_value: What would explain the ratio away (1: nothing is needed).
        e_value_interval: What would bring its interval to 1.
        missing: People of those not activated whom activation would have brought to the outcome: its lack read as cost.
        adjusted_for: The covariates.
        left_out: Covariates that there were too few people for.
        reason: In words.
        would_decide: What would turn "undecided" into a claim.
    """

    outcome: str
    verdict: Verdict
    people: int
    activated: int
    reached: int
    baseline: float
    landmark: float
    within: float | None
    effect: Effect | None
    e_value: float | None
    e_value_interval: float | None
    missing: Estimate | None
    adjusted_for: tuple[str, ...]
    left_out: tuple[str, ...]
    reason: str
    would_decide: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain types, with the names that every face uses; infinite is None."""
        found = {**asdict(self), "adjusted_for": list(self.adjusted_for), "left_out": list(self.left_out)}
        found["missing"] = _plain(self.missing)
        if self.effect is not None:
            found["effect"] = {
                name: _plain(value) if isinstance(value, Estimate) else value
                for name, value in ((name, getattr(self.effect, name)) for name in self.effect.__slots__)
            }
        return found


def arrow(exposure: Exposure) -> Arrow:
    """Judge one arrow: the doubly robust effect (see ``statistics.adjusted``) with its sensitivity.

    Raises:
        ValueError: If more reached the outcome than there are people in a group.

    >>> import numpy as np
    >>> asked = Exposure("revenue", 1, 7, 28, ("channel fair",), np.array([[0.0], [0.0], [1.0], [1.0]]),
    ...                  activated=np.array([False, True, False, True]), n=np.array([800, 200, 200, 800]),
    ...                  reached=np.array([80, 40, 120, 560]))
    >>> found = arrow(asked)
    >>> found.verdict, round(found.effect.naive.value, 2), round(found.effect.difference.value, 2)
    ('more', 0.4, 0.1)
    >>> round(found.missing.value)
    100
    """
    n, k, given = exposure.n.astype(float), exposure.reached.astype(float), exposure.activated.astype(bool)
    people, activated, reached = int(n.sum()), int(n[given].sum()), int(k.sum())
    lack = _lack(people, activated, reached, int(k[given].sum()))
    if lack is not None:
        return _arrow(exposure, (people, activated, reached), None, ("undecided", *lack))
    kept = max(1, min(activated, people - activated, reached, people - reached) // PER_COVARIATE)
    effect = adjusted_effect(exposure.x[:, :kept], given, k, n)
    return _arrow(exposure, (people, activated, reached), effect, _verdict(effect), kept)


def _arrow(
    exposure: Exposure,
    size: tuple[int, int, int],
    effect: Effect | None,
    verdict: tuple[Verdict, str, str | None],
    kept: int = 0,
) -> Arrow:
    people, activated, reached = size
    missing = None if effect is None else Estimate(*(each * (people - activated) for each in effect.on_the_rest))
    return Arrow(
        exposure.outcome,
        verdict[0],
        people,
        activated,
        reached,
        exposure.baseline,
        exposure.landmark,
        exposure.within,
        effect,
        None if effect is None else e_value(effect.ratio.value),
        None if effect is None else e_value_of_interval(effect.ratio.low, effect.ratio.high),
        missing,
        exposure.names[:kept],
        exposure.names[kept:],
        *verdict[1:],
    )


def _plain(value: Estimate | None) -> dict[str, float | None] | None:
    if value is None:
        return None
    return {name: each if math.isfinite(each) else None for name, each in value._asdict().items()}


def _lack(people: int, activated: int, reached: int, both: int) -> tuple[str, str] | None:
    """What there is too little of, and how much more would do; None where there is enough."""
    kinds = [
        (LEAST, activated, "were activated in time"),
        (LEAST, people - activated, "were not activated"),
        (LEAST, reached, "reached the outcome"),
        (LEAST, people - reached, "did not reach the outcome"),
        (LEAST_EACH, both, "were activated and reached the outcome"),
        (LEAST_EACH, activated - both, "were activated and did not reach it"),
        (LEAST_EACH, reached - both, "reached it without being activated"),
        (LEAST_EACH, people - activated - reached + both, "did neither"),
    ]
    short = [(least / max(count, 0.5), least, count, words) for least, count, words in kinds if count < least]
    if not short:
        return None
    times, least, count, words = max(short)
    reason = f"Of {people:,} people who can be compared only {count:,} {words}; {least} are needed."
    if people == 0:
        return "Nobody has been watched long enough to be compared.", "People whose time after the landmark is over."
    return reason, f"About {times:.1f} times as many people, or {least - count} more who {words}."


def _verdict(effect: Effect) -> tuple[Verdict, str, str | None]:
    value, low, high = effect.difference
    said = f"{100 * effect.with_it:.1f} % with it against {100 * effect.without:.1f} % without"
    if effect.overlap < POOR_OVERLAP:
        said += f" (for {1 - effect.overlap:.0%} of the people nobody alike went the other way: read with care)"
    if low > 0:
        return "more", f"It makes them likelier: {said}.", None
    if high < 0:
        return "less", f"It makes them less likely: {said}.", None
    if max(-low, high) <= NEGLIGIBLE * effect.without:
        return "none", f"It hardly makes a difference: {said}.", None
    times = ((high - low) / 2 / max(abs(value), 1e-9)) ** 2
    if times > 100:
        would = "If the effect is as small as it looks, more people will hardly tell; an experiment would."
    else:
        would = f"About {times:.1f} times as many people, if the effect is what it looks like; or an experiment."
    return "undecided", f"It may help or harm: {said}, within chance.", would
