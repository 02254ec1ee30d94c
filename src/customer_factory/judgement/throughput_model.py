"""From the rates of the steps to happy customers in service: a chain, a survival and a loop.

    made per batch = new people · activation · revenue / (1 − k),      k = activation · referral · people per referrer
    in service     = made · (1 + s + s² + … ) over the horizon + today's customers · s ** horizon

Every rate of the chain has elasticity 1, whatever its size, so the lowest conversion is no constraint by itself. The
loop has k/(1 − k); survival has its own, which grows with the horizon and with the customers already there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from customer_factory.judgement.evidence import FactoryEvidence
from customer_factory.judgement.level import Floats

LOOP_LIMIT = 0.9
"""A loop at 1 feeds itself for ever; within a quarter no loop does more than ten-fold what enters it."""


def throughput(people: ArrayLike, activation: ArrayLike, revenue: ArrayLike, kept: ArrayLike, k: ArrayLike) -> Floats:
    """What a chain with a referral loop yields per batch: u · a · v · r / (1 − k).

    Args:
        people: u, new people per batch, referred ones not counted.
        activation: a, the share of them who become happy.
        revenue: v, the share of those who pay.
        kept: r, what retention makes of each: a share, or the batches that a customer stays.
        k: Accepted people that each new person brings; taken as .9 where it is more.

    >>> factory = dict(people=100, activation=0.4, revenue=0.5, kept=0.8, k=0.2)
    >>> base = throughput(**factory)
    >>> [round(float(throughput(**{**factory, n: 1.1 * factory[n]}) / base - 1), 4) for n in ("activation", "k")]
    [0.1, 0.0256]
    """
    u, a, v, r, loop = (np.asarray(value, dtype=np.float64) for value in (people, activation, revenue, kept, k))
    return np.asarray(u * a * v * r / (1 - np.minimum(loop, LOOP_LIMIT)))


def stay(survival: ArrayLike, batches: int) -> Floats:
    """Of customers made one per batch, how many are in service at the end: 1 + s + … + s ** (batches − 1).

    >>> stay([0.5, 1.0], 3).tolist()
    [1.75, 3.0]
    """
    s = np.asarray(survival, dtype=np.float64)
    near_one = np.abs(1 - s) < 1e-9
    gap = np.where(near_one, 1.0, 1 - s)
    return np.where(near_one, float(batches), (1 - s**batches) / gap)


def still_there(served: Sequence[float], survival: Floats) -> Floats:
    """Customers in service today, from those made per batch (oldest first) and the survival per batch.

    >>> still_there([100, 100], np.array([0.5])).tolist()
    [150.0]
    """
    return np.asarray(np.polyval(np.array([0.0, *served][-105:], dtype=np.float64), survival))


def in_service(
    factory: FactoryEvidence, rates: Mapping[str, Floats], *, people: ArrayLike, stock: ArrayLike
) -> tuple[Floats, Floats]:
    """Happy customers in service at the end of the horizon, per draw.

    Args:
        factory: How the steps hang together.
        rates: Draws of each step's rate, but not of acquisition: it is in ``people``.
        people: New people per batch.
        stock: Happy customers in service today.

    Returns:
        All of them, and those made within the horizon.
    """
    one = np.ones(())
    made = np.prod([rates.get(name, one) for name in factory.outcome if name != "revenue"], axis=0)
    paid = rates.get("revenue", one) if "revenue" in factory.outcome else one
    survival = rates["retention"] ** (1 / factory.retention_batches) if "retention" in rates else one
    k = one * 0
    if "referral" in rates:
        upstream = factory.path("referral")[:-1]
        brought = [rates.get(name, one) for name in upstream if name not in {"acquisition", "retention"}]
        k = rates["referral"] * factory.people_per_referrer * np.prod(brought, axis=0)
    batches = factory.batches_ahead
    new = throughput(people, made, paid, stay(survival, batches), k)
    return new + np.asarray(stock) * survival**batches, new
