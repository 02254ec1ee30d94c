"""The fitted factory: fit it to measures, then ask what will be, and what would be if."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from customer_factory.measures.measures import Measures
from customer_factory.model.backtest import LEAST, backtest
from customer_factory.model.components import Components, components
from customer_factory.model.forecast import Ahead, Band, Floats, Forecast, Held, bands
from customer_factory.model.history import History, history
from customer_factory.model.simulation import Futures, Levers, Simulator
from customer_factory.model.what_if import Difference, Numbers, WhatIf, checked

FUTURES = 4000
LONGEST = 520
"""Batches that can be forecast."""
TESTED = 13
"""Batches ahead that the back-test looks at most."""
SHARES = 13
"""Batches in which the mix of channels is looked for."""


def fit(report_or_measures: Any) -> FittedFactory:
    """Fit a factory to what was measured.

    Args:
        report_or_measures: Measures, or anything with ``.measures``, such as a report.

    Raises:
        ValueError: It is neither.
    """
    found = getattr(report_or_measures, "measures", report_or_measures)
    if not isinstance(found, Measures):
        raise ValueError(f"a report or measures are needed, not {type(report_or_measures).__name__}.")
    return FittedFactory(found)


@dataclass(frozen=True, eq=False)
class FittedFactory:
    """A factory as a stochastic model: how many come, how many of them take each step and when, who stays, who pays.

    Every level is known only as far as the counts tell it, and moves; every count is chance around its level. See
    docs/measures/forecast.md for the model.
    """

    measures: Measures

    @cached_property
    def past(self) -> History:
        """The counts that it is fitted to."""
        return history(self.measures)

    @cached_property
    def _fitted(self) -> Components:
        return components([self.past], LONGEST)[0]

    @property
    def _whole(self) -> int:
        return int(self.past.whole.sum())

    def forecast(self, batches: int = 13, level: float = 0.8) -> Forecast:
        """The next batches, the running one included.

        Args:
            batches: How many, from 1 to 520.
            level: The share of futures that each interval is to hold, between 0 and 1.

        Returns:
            A forecast; one without batches, and with the reason, where fewer than six batches are complete.

        Raises:
            ValueError: A number is not legal.
        """
        self._check(batches, level)
        if (missing := self._missing(level)) is not None:
            return missing
        return self._told(Simulator(self._fitted, batches, FUTURES).run(), level, *self._held(batches, level))

    def what_if(
        self,
        *,
        rates: Numbers | None = None,
        arrivals: Numbers | float | None = None,
        delays: Numbers | None = None,
        capacity: Numbers | None = None,
        spend: Numbers | None = None,
        batches: int = 13,
        level: float = 0.8,
    ) -> WhatIf:
        """The forecast with something changed from now on, beside the one without.

        Args:
            rates: Per step its new rate, between 0 and 1; acquisition only where visitors are known.
            arrivals: A multiple of the people acquired: by channel, or one for all.
            delays: Per step a multiple of the time it takes.
            capacity: Per step the people per batch that it can serve.
            spend: Per channel a multiple of what is spent on it, its cost per person acquired being what it is.
            batches: See ``forecast``.
            level: See ``forecast``.

        Raises:
            ValueError: A step or channel is not there, or a number is not legal.
        """
        self._check(batches, level)
        everywhere = arrivals if isinstance(arrivals, int | float) else None
        chosen = dict(arrivals) if isinstance(arrivals, dict) else {}
        given = (dict(rates or {}), chosen, dict(delays or {}), dict(capacity or {}), dict(spend or {}))
        levers = self._levers(*given, everywhere)
        changes = _words(*given, everywhere)
        if (missing := self._missing(level)) is not None:
            return WhatIf(missing, missing, None, changes)
        simulator = Simulator(self._fitted, batches, FUTURES)
        base, then = simulator.run(), simulator.run(levers)
        held = self._held(batches, level)
        return WhatIf(
            self._told(base, level, *held), self._told(then, level, *held), _difference(base, then, level), changes
        )

    def _levers(
        self,
        rates: dict[str, float],
        channels: dict[str, float],
        delays: dict[str, float],
        capacity: dict[str, float],
        spend: dict[str, float],
        everywhere: float | None,
    ) -> Levers:
        rate: dict[str, float] = {name: flow.rate for name, flow in self.measures.steps.items() if flow.rate}
        chain = {name: None for name in self.past.steps if name != "happy"}
        checked("rates", rates, rate, 1.0)
        checked("delays", delays, chain)
        checked("capacity", capacity, chain)
        shares = self.shares
        checked("arrivals", channels | ({"all": everywhere} if everywhere is not None else {}), {**shares, "all": 0})
        costs = {name: each for name, each in self.measures.economics.by_channel.items() if each.spend}
        checked("spend", spend, {name: each for name, each in costs.items() if name in shares})
        multiple = {step: level / rate[step] for step, level in rates.items()}
        people = (everywhere or 1.0) * multiple.pop("acquisition", 1.0)
        people *= 1 + sum(shares[name] * (factor - 1) for name, factor in [*channels.items(), *spend.items()])
        return Levers(people, multiple, delays, capacity)

    @property
    def shares(self) -> dict[str, float]:
        """The share of each channel among the people acquired in the last quarter, half a person each added."""
        recent = {name: float(counts[:-1][-SHARES:].sum()) + 0.5 for name, counts in self.past.arrivals.items()}
        everybody = sum(recent.values())
        return {name: count / everybody for name, count in recent.items()}

    def _check(self, batches: int, level: float) -> None:
        if not (isinstance(batches, int) and 1 <= batches <= LONGEST):
            raise ValueError(f"batches is {batches}; it must be a whole number from 1 to {LONGEST}.")
        if not 0 < level < 1:
            raise ValueError(f"level is {level:g}; it must lie between 0 and 1, such as .8.")

    def _held(self, batches: int, level: float) -> tuple[dict[str, Held], int]:
        return backtest(self.past, min(batches, TESTED), level)

    def _missing(self, level: float) -> Forecast | None:
        """Why nothing can be said yet; None where something can."""
        short = LEAST - self._whole
        if short > 0:
            reason = f"Only {self._whole} complete batches are known; a forecast takes {LEAST}."
            return Forecast(
                (), level, {}, {}, reason=reason, would_decide=f"{short} more complete batch{'es' * (short > 1)}."
            )
        if any(batch.happy for batch in self.measures.throughput):
            return None
        reason = "Nobody has become a happy customer yet; what has never happened cannot be forecast."
        return Forecast((), level, {}, {}, reason=reason, would_decide="The first happy customers would.")

    def _told(self, futures: Futures, level: float, held: dict[str, Held], origins: int) -> Forecast:
        happy, arrivals = bands(futures.happy, level), bands(futures.arrivals, level)
        nothing: list[Band | None] = [None] * len(happy)
        active = nothing if futures.active is None else [*bands(futures.active, level)]
        money = nothing if futures.revenue is None else [*bands(futures.revenue, level, whole=False)]
        start, first = self.measures.moment.start, self.past.first_index + self.past.complete
        begun = self.past.elapsed > 0
        batches = tuple(
            Ahead(start(first + k), begun and k == 0, *each)
            for k, each in enumerate(zip(happy, arrivals, active, money, strict=True))
        )
        return Forecast(batches, level, self._by_channel(futures.arrivals, level), held, origins)

    def _by_channel(self, arrivals: Floats, level: float) -> dict[str, Band]:
        """Everybody of all batches, shared out: a channel's share is known only as far as its count tells it."""
        rng = np.random.default_rng(1)
        total = arrivals.sum(axis=1)
        recent = np.array([counts[:-1][-SHARES:].sum() for counts in self.past.arrivals.values()]) + 0.5
        shares = rng.dirichlet(recent, len(total))
        people = rng.binomial(total.astype(np.int64)[:, None], shares)
        return dict(zip(self.past.arrivals, bands(people.astype(np.float64), level), strict=True))


def _difference(base: Futures, then: Futures, level: float) -> Difference:
    def total(after: Floats, before: Floats) -> Band:
        return bands((after - before).sum(axis=1, keepdims=True), level, whole=False)[0]

    active = revenue = None
    if then.active is not None and base.active is not None:
        active = total(then.active[:, -1:], base.active[:, -1:])
    if then.revenue is not None and base.revenue is not None:
        revenue = total(then.revenue, base.revenue)
    return Difference(total(then.happy, base.happy), total(then.arrivals, base.arrivals), active, revenue)


def _words(
    rates: Numbers, channels: Numbers, delays: Numbers, capacity: Numbers, spend: Numbers, everywhere: float | None
) -> tuple[str, ...]:
    found = [f"{step} at {level:.3g}" for step, level in rates.items()]
    found += [f"{factor:g} times the people through {name}" for name, factor in channels.items()]
    found += [f"{everywhere:g} times the people"] if everywhere is not None else []
    found += [f"{step} takes {factor:g} times as long" for step, factor in delays.items()]
    found += [f"{step} serves {people:g} a batch" for step, people in capacity.items()]
    return tuple(found + [f"{factor:g} times the spend on {name}" for name, factor in spend.items()])
