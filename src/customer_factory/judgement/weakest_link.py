"""The weakest link of a plain chain of rates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def weakest_link(
    rates: Mapping[str, tuple[float, float]],
    attainable: Mapping[str, float],
    *,
    draws: int = 20_000,
    seed: int = 0,
) -> dict[str, float]:
    """The probability of each step of a chain to be its weakest link.

    In a chain every rate has elasticity 1: bringing a step from its rate to the attainable level multiplies
    throughput by attainable/rate. So the weakest link of a draw is the step with the largest attainable/rate, not the
    one with the lowest rate. [constraint][customer_factory.judgement.constraint.constraint] comes to the same where
    there is neither retention nor a loop and some step is materially short; beyond that it knows that referral and
    survival have elasticities of their own, and it honours cohorts that differ, change and queues.

    Args:
        rates: Per step (successes, trials). Each rate is drawn from Jeffreys' Beta(½ + x, ½ + n − x).
        attainable: Per step the level it could reach, above 0.
        draws: How many draws.
        seed: Makes them repeatable.

    Returns:
        Per step a probability; they sum to 1.

    Raises:
        ValueError: If there are no steps, if not 0 ≤ successes ≤ trials, or an attainable level is missing or not
            above 0.

    >>> chances = weakest_link({"activation": (35, 100), "revenue": (10, 35)}, {"activation": 0.8, "revenue": 0.1})
    >>> chances["activation"] > 0.99
    True
    """
    if not rates:
        raise ValueError("rates is empty; give (successes, trials) for at least one step.")
    rng = np.random.default_rng(seed)
    shortfall = []
    for step, (successes, trials) in rates.items():
        if not 0 <= successes <= trials:
            raise ValueError(f"{step}: {successes:g} successes of {trials:g} trials; 0 ≤ successes ≤ trials must hold.")
        if not attainable.get(step, 0) > 0:
            raise ValueError(f"{step}: its attainable level is missing or not above 0.")
        rate = rng.beta(0.5 + successes, 0.5 + trials - successes, draws)
        shortfall.append(np.log(attainable[step]) - np.log(np.maximum(rate, 1e-300)))
    winner = np.argmax(shortfall, axis=0)
    return {step: float(np.mean(winner == i)) for i, step in enumerate(rates)}
