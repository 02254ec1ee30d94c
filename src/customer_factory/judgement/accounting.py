"""Throughput accounting: worth most is what earns most per unit of the constraint, not per piece or per head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from customer_factory.blueprint.blueprint import StepName
from customer_factory.measures.measures import Measures


@dataclass(frozen=True)
class Product:
    """Something that can be made and sold: a product, a channel's customers, a segment.

    Attributes:
        name: Its name.
        throughput: What one brings: price less what is bought for it.
        demand: How many can be sold in the period.
        load: Units of each resource that one takes.
    """

    name: str
    throughput: float
    demand: float
    load: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What to make first, and what comes of it.

    Attributes:
        constraint: The resource that demand overloads most; None where all demand can be met.
        load: What meeting all demand would take of each resource.
        per_unit: Throughput per unit of the constraint, by product; empty where nothing constrains.
        order: Products in the order in which to make them.
        make: How many of each.
        throughput: What they bring together.
        profit: That less the operating expense.
    """

    constraint: str | None
    load: Mapping[str, float]
    per_unit: Mapping[str, float]
    order: tuple[str, ...]
    make: Mapping[str, float]
    throughput: float
    profit: float


def plan(
    products: Sequence[Product],
    capacity: Mapping[str, float],
    expense: float = 0.0,
    order: Sequence[str] | None = None,
) -> Plan:
    """What to make where not everything can be made.

    The resource that demand overloads most is the constraint; products are made in the order of what they bring per
    unit of it, for as long as every resource lasts.

    Args:
        products: What can be made.
        capacity: Units of each resource in the period.
        expense: Operating expense of the period, whatever is made.
        order: Names in another order to make them in, to compare; None: by throughput per unit of the constraint.

    Raises:
        ValueError: If there are no products, names repeat, a number is negative, a load has no capacity, or the order
            does not name each product once.

    Goldratt's example (*The Haystack Syndrome*, 1990): Q brings more a piece, and P more a minute of B.

    >>> week = {"A": 2400, "B": 2400, "C": 2400, "D": 2400}
    >>> p = Product("P", 90 - 45, 100, {"A": 15, "B": 15, "C": 15, "D": 15})
    >>> q = Product("Q", 100 - 40, 50, {"A": 10, "B": 30, "C": 5, "D": 5})
    >>> best = plan([q, p], week, expense=6000)
    >>> best.constraint, best.per_unit, best.order, best.profit
    ('B', {'Q': 2.0, 'P': 3.0}, ('P', 'Q'), 300.0)
    >>> plan([q, p], week, expense=6000, order=["Q", "P"]).profit
    -300.0
    """
    names = [each.name for each in products]
    if not products or len(set(names)) < len(names):
        raise ValueError(f"products must be named once each, found: {', '.join(names) or 'none'}.")
    for each in products:
        lacking = set(each.load) - set(capacity)
        if lacking:
            raise ValueError(f"{each.name} takes {', '.join(sorted(lacking))}, of which no capacity is given.")
        if each.demand < 0 or any(units < 0 for units in each.load.values()):
            raise ValueError(f"{each.name}: demand and load cannot be negative.")
    if any(not units > 0 for units in capacity.values()):
        raise ValueError("every capacity must be above 0.")
    if order is not None and sorted(order) != sorted(names):
        raise ValueError(f"order must name each product once: {', '.join(names)}.")
    load = {name: sum(each.demand * each.load.get(name, 0.0) for each in products) for name in capacity}
    fullest = max(capacity, key=lambda name: load[name] / capacity[name], default=None)
    constraint = fullest if fullest is not None and load[fullest] > capacity[fullest] else None
    per_unit = {each.name: _per(each, constraint) for each in products} if constraint else {}
    ranked = sorted(products, key=lambda each: -per_unit.get(each.name, each.throughput))
    chosen = [next(each for each in products if each.name == name) for name in order] if order else ranked
    left, make = dict(capacity), {}
    for each in chosen:
        room = [left[name] / units for name, units in each.load.items() if units > 0]
        make[each.name] = min([each.demand, *room]) if each.throughput > 0 else 0.0
        for name, units in each.load.items():
            left[name] -= units * make[each.name]
    total = float(sum(each.throughput * make[each.name] for each in products))
    return Plan(constraint, load, per_unit, tuple(each.name for each in chosen), make, total, total - expense)


def _per(product: Product, resource: str) -> float:
    units = product.load.get(resource, 0.0)
    return product.throughput / units if units else float("inf")


@dataclass(frozen=True)
class ChannelWorth:
    """What one person at the constraint comes to, if they came through this channel.

    Attributes:
        channel: The channel.
        units: People who entered the constraint step: each takes one unit of it.
        happy: Happy customers per unit; None where a rate after the constraint is not known for the channel.
        money: Revenue so far per unit; None where there is none.
    """

    channel: str
    units: int
    happy: float | None
    money: float | None


def per_constraint_unit(measures: Measures, step: StepName) -> tuple[ChannelWorth, ...]:
    """Channels by what they make of a unit of the constraint, the best first.

    Each person who enters the constraint step takes a unit of it. What becomes of them is the product of the rates from
    there to a happy customer; rates are pulled towards the common one as far as a channel's own evidence is thin.

    Raises:
        ValueError: If the factory has no such step.
    """
    from customer_factory.statistics import shrink  # slow to load

    plan_ = measures.blueprint
    if step not in measures.steps:
        raise ValueError(f"the factory has no step '{step}'; it has {', '.join(measures.steps)}.")
    path = [name for name in measures.steps if name == step or _on_the_way(measures, name, step)]
    pulled: dict[StepName, dict[str, float]] = {}
    for name in path:
        flow = measures.steps[name].by_channel
        known = {channel: (each.rate * each.size, each.size) for channel, each in flow.items() if each.rate is not None}
        if known:
            means = shrink(*zip(*known.values(), strict=True)).means
            pulled[name] = {channel: float(mean) for channel, mean in zip(known, means, strict=True)}
    found = []
    for channel, rate in measures.steps[step].by_channel.items():
        if not rate.entered:
            continue
        rates = [pulled.get(name, {}).get(channel) for name in path]
        paid = measures.economics.by_channel.get(channel)
        found.append(
            ChannelWorth(
                channel,
                rate.entered,
                prod(each or 0.0 for each in rates) if None not in rates else None,
                paid.revenue / rate.entered if paid is not None and plan_.steps.revenue else None,
            )
        )
    return tuple(sorted(found, key=lambda each: -(each.happy if each.happy is not None else -1.0)))


def _on_the_way(measures: Measures, name: StepName, step: StepName) -> bool:
    """Whether a step lies between another one and a happy customer."""
    ends = measures.blueprint.factory.happy
    return _behind(measures, name, step) and any(each == name or _behind(measures, each, name) for each in ends)


def _behind(measures: Measures, name: StepName, step: StepName) -> bool:
    """Whether a step comes after another one."""
    return any(each == step or _behind(measures, each, step) for each in measures.blueprint.needs(name))
