"""What a made-up company is made of: its channels, its true rates and how long its steps take."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customer_factory.basics.period import Batches, parse_duration

if TYPE_CHECKING:
    from customer_factory.samples.scene import Scene

Floats = NDArray[np.float64]
REFERRAL = "referral"
SERVED = (1.0, 11 / 12, 10 / 12)
SERVED_ODDS = (0.80, 0.15, 0.05)
"""How much of its capacity a step with a limit gives in a batch: people are ill, and on holiday."""
BACKLOG = 7.5
"""How many batches of work wait in front of the step with a limit at the end of the history."""


@dataclass(frozen=True)
class Channel:
    """Where people come from.

    Args:
        name: As written in the events.
        share: Of the people who were not brought by somebody, on the average of the history.
        drift: How much the share rises from the first batch to the last.
        quality: Activation relative to the other channels.
        loyalty: Revenue and retention relative to the other channels.
        pull: Acquisition relative to the other channels, where visitors are known.
        cost: Spend per acquired person.
    """

    name: str
    share: float
    drift: float = 0.0
    quality: float = 1.0
    loyalty: float = 1.0
    pull: float = 1.0
    cost: float = 0.0


@dataclass(frozen=True)
class Delay:
    """A lognormal waiting time: its median in days and the standard deviation of its logarithm."""

    median: float
    sigma: float


@dataclass(frozen=True)
class Business:
    """A kind of company with everything that is true of it.

    Args:
        name: The name of its blueprint, ``blueprints/NAME.toml``.
        description: One sentence.
        on: The day to look on, naive UTC.
        batches: Complete batches of history before the one that ``on`` falls into.
        volume: People acquired per batch, on the average of the history; follows from the capacity, where one
            is declared.
        channels: The channels; one called "referral" takes the people brought by others.
        rates: The true rate of each step.
        delays: How long each step takes after the one before it, before it is cut at the window.
        story: Writes the events of a scene into its log.
        constraint: The step that holds throughput back, and whether it loses people or makes them wait.
        attainable: Levels that are true though the blueprint does not declare them.
        brings: People brought by one who brings any, on average.
        active: Probability that a customer in service is active in a batch.
        churn: Parameters of the beta distribution of the customers' churn per batch.
        stays: How much likelier a paying customer is to be retained than the average.
        late: Share of those who miss a window and do the step after it has closed.
        trend: Relative growth of the volume over the history.
        noise: Coefficient of variation of a batch's volume beyond chance.
        mood: Largest relative deviation of a batch's rates from their mean.
        bounds: Volume of a batch as multiples of what is expected of it.
        weekdays: Relative activity from Monday to Sunday.
        file: The file of events that ``write`` makes.
        person: Prefix of the ids.
        event_ids: Whether events carry an id.
    """

    name: str
    description: str
    on: datetime
    batches: int
    volume: float
    channels: tuple[Channel, ...]
    rates: Mapping[str, float]
    delays: Mapping[str, Delay]
    story: Callable[[Scene], None]
    constraint: tuple[str, str] | None = None
    attainable: Mapping[str, float] = field(default_factory=dict)
    brings: float = 1.0
    active: float = 0.75
    churn: tuple[float, float] = (1.2, 9.0)
    stays: float = 1.2
    late: float = 0.03
    trend: float = 0.08
    noise: float = 0.08
    mood: float = 0.12
    bounds: tuple[float, float] = (0.0, np.inf)
    weekdays: tuple[float, ...] = (1.2, 1.25, 1.2, 1.15, 1.0, 0.55, 0.65)
    file: str = "events.parquet"
    person: str = "user"
    event_ids: bool = False

    def __post_init__(self) -> None:
        total = sum(channel.share for channel in self.channels if not self._brought(channel))
        if not np.isclose(total, 1.0) or not np.isclose(sum(c.drift for c in self.channels), 0.0):
            raise ValueError(f"{self.name}: shares of the channels must sum to 1 and drifts to 0, not {total:g}")

    def _brought(self, channel: Channel) -> bool:
        return channel.name == REFERRAL and self.loops

    @cached_property
    def loops(self) -> bool:
        """Whether the people who were brought are events of their own that name who brought them."""
        return "referrer" in self.blueprint["steps"].get("referral", {})

    def text(self, scale: float = 1.0) -> str:
        """The blueprint as a founder would write it, with capacities for a company of this size."""
        written = (Path(__file__).parent / "blueprints" / f"{self.name}.toml").read_text(encoding="utf-8")
        return re.sub(r"(?m)^capacity = (\d+)", lambda m: f"capacity = {scaled(int(m[1]), scale)}", written)

    @cached_property
    def blueprint(self) -> dict[str, Any]:
        """The blueprint at scale 1."""
        return tomllib.loads(self.text())

    @cached_property
    def calendar(self) -> Batches:
        """The batches in the company's own time zone."""
        return Batches(self.blueprint["factory"]["batch"], self.blueprint["factory"]["timezone"])

    @property
    def capacity(self) -> int | None:
        """People per batch that activation can serve at scale 1."""
        found: int | None = self.blueprint["steps"]["activation"].get("capacity")
        return found

    def window(self, step: str) -> float:
        """Seconds in which a step must follow the one before it."""
        return parse_duration(self.blueprint["steps"][step]["window"]).total_seconds()

    def levels(self) -> dict[str, float]:
        """The attainable level of each step whose rate is known: its target, or what is simply true."""
        steps = self.blueprint["steps"]
        return {step: steps[step].get("target", self.attainable.get(step)) for step in self.rates}

    def acquired(self, batches: int, scale: float) -> float:
        """People acquired per batch.

        In front of a step with a capacity c, volume is such that a backlog of B batches' work has grown by the
        end of n batches: c·(1 + B/n) people a batch who would take the step.
        """
        if self.capacity is None:
            return self.volume * scale
        return self.served(scale) * (1 + BACKLOG / batches) / self.rates["activation"]

    def served(self, scale: float) -> float:
        """People per batch that the step with a capacity serves on average."""
        if self.capacity is None:
            raise ValueError(f"{self.name} has no step with a capacity")
        return scaled(self.capacity, scale) * float(np.dot(SERVED, SERVED_ODDS))

    def happy(self, batches: int, scale: float) -> float:
        """The true mean of people who first reach happy, per batch."""
        if self.capacity is None:
            return self.acquired(batches, scale) * self.rates["activation"]
        return self.served(scale)

    def brought(self) -> float:
        """The share of all acquired people who were brought by others, in the long run.

        Of N acquired people, N·a become happy, and each of those brings r·m people (a and r the rates of
        activation and referral, m the mean brought by one who brings any). So N·a·r·m of the N were brought.
        """
        if not self.loops:
            return 0.0
        return self.rates["activation"] * self.rates["referral"] * self.brings


def scaled(capacity: int, scale: float) -> int:
    """A capacity for a company that is larger or smaller: a whole number, at least one."""
    return max(1, round(capacity * scale))


def split(rate: float, weights: Floats, strength: Floats) -> Floats:
    """One probability per channel: stronger ones higher, the mean over the weights exactly the rate.

    The effect of strength fades where the rate is near 1, so that no probability leaves [0, 1].

    Args:
        rate: The mean over all channels.
        weights: Share of people in each channel, shape (channels,), summing to 1.
        strength: Relative rate of each channel, between 0 and 2, shape (channels,).

    >>> split(0.4, np.array([0.5, 0.5]), np.array([0.75, 1.25])).round(3).tolist()
    [0.34, 0.46]
    """
    rough = 1 + (strength - 1) * (1 - rate)
    probabilities: Floats = rate * rough / float(weights @ rough)
    if probabilities.max() > 1:
        raise ValueError(f"a rate of {rate:g} cannot be split so unevenly between channels")
    return probabilities
