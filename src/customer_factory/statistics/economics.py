"""What one customer brings and costs, what a new price may cost, and how far referral alone would carry."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitEconomics:
    """The economics of one customer.

    Attributes:
        lifetime: Expected batches as a customer, 1 / churn; infinite without churn.
        ltv: What one brings in all.
        ltv_to_cac: That over the cost of winning one; infinite where winning costs nothing.
        payback: Batches until one has brought its cost; None if, with churn, that is never expected to happen.
    """

    lifetime: float
    ltv: float
    ltv_to_cac: float
    payback: float | None


def unit_economics(cac: float, per_batch: float, churn: float) -> UnitEconomics:
    """Lifetime, value, ratio and payback at constant churn.

    Payback is the plain cac / per_batch, as it is usually told: for a customer who stays. Where even the whole
    lifetime value is below the cost, there is none.

    Args:
        cac: Cost of winning one customer, ≥ 0.
        per_batch: What one brings per batch, ≥ 0; margin rather than revenue makes the better question.
        churn: Share of customers lost per batch, 0 to 1.

    Raises:
        ValueError: If something is negative or not finite, or churn is above 1.

    >>> unit_economics(cac=500, per_batch=50, churn=0.05)
    UnitEconomics(lifetime=20.0, ltv=1000.0, ltv_to_cac=2.0, payback=10.0)
    """
    for name, value in (("cac", cac), ("per_batch", per_batch), ("churn", churn)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} is {value}; it must be a number from 0 up.")
    if churn > 1:
        raise ValueError(f"churn is {churn:g}; as a share of customers per batch it lies between 0 and 1.")
    lifetime = 1 / churn if churn else math.inf
    ltv = per_batch * lifetime if per_batch else 0.0
    ratio = ltv / cac if cac else (math.inf if ltv else math.nan)
    payback = 0.0 if cac == 0 else cac / per_batch if ltv >= cac else None
    return UnitEconomics(lifetime, ltv, ratio, payback)


def price_break_even(price: float, new_price: float | None = None, cost: float = 0.0) -> float:
    """The share of buyers that a new price may lose before less is earned: 1 − (price − cost) / (new − cost).

    The doubling rule: where serving one more buyer costs nothing, twice the price is worth it as long as no more than
    half of the buyers are lost; with costs, more may be. For a lower price the answer is negative: so many buyers
    must be won. Break-even analysis of price changes (Nagle and Holden, The Strategy and Tactics of Pricing).

    Args:
        price: What a buyer pays now.
        new_price: What they would pay; twice as much without it.
        cost: What serving one more buyer costs, from 0 to below both prices.

    Raises:
        ValueError: If a price does not cover the cost, or something is negative or not finite.

    >>> price_break_even(10), round(price_break_even(10, cost=4), 3)
    (0.5, 0.625)
    >>> price_break_even(10, 9.5, cost=5.5)              # 5 % off a margin of 4.50 must win an eighth more buyers
    -0.125
    """
    new = 2 * price if new_price is None else new_price
    for name, value in (("price", price), ("new_price", new)):
        if not (math.isfinite(value) and value > cost >= 0):
            raise ValueError(f"{name} is {value} at a cost of {cost}; it must be a number above the cost, from 0 up.")
    return 1 - (price - cost) / (new - cost)


def viral_growth(start: float, k: float, cycle: float, t: float) -> float:
    """Customers after a time if each brings k more, once, a cycle after coming (Skok's formula).

    C(t) = C₀ · (K^(t/cycle + 1) − 1) / (K − 1), the geometric series; at K = 1 its limit C₀ · (t/cycle + 1). Below
    K = 1 it tends to C₀ / (1 − K): referral multiplies, it does not grow by itself.

    Args:
        start: Customers to start with, ≥ 0.
        k: Customers that each brings, ≥ 0.
        cycle: How long that takes, > 0, in the unit of t.
        t: The time, ≥ 0; may be infinite.

    Raises:
        ValueError: If an argument is outside its range.

    >>> round(viral_growth(10, k=2, cycle=2, t=20)), round(viral_growth(10, k=2, cycle=1, t=20))
    (20470, 20971510)
    >>> viral_growth(1, k=0.5, cycle=1, t=math.inf)
    2.0
    """
    if not (math.isfinite(start) and start >= 0 and math.isfinite(k) and k >= 0):
        raise ValueError(f"start is {start} and k is {k}; both must be numbers from 0 up.")
    if not (math.isfinite(cycle) and cycle > 0) or not t >= 0:
        raise ValueError(f"cycle is {cycle} and t is {t}; cycle must be above 0 and t from 0 up.")
    rounds = t / cycle + 1
    if math.isinf(rounds) and k >= 1:
        return math.inf if start else 0.0
    if k == 0:
        return float(start)
    exponent = rounds * math.log(k)
    if exponent > 700:
        return math.inf if start else 0.0
    # expm1 keeps K^rounds − 1 accurate where K is all but 1.
    return start * (rounds if k == 1 else math.expm1(exponent) / (k - 1))
