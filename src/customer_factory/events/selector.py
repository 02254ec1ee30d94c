"""Selector: one predicate over events with two evaluations – in memory, and as an Ibis expression for an engine.

Steps, segments and automations all use this one type. A property is compared as text with text, as a number with
a number; a property that an event does not have equals nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from math import isfinite
from operator import and_, or_
from sys import float_info
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from customer_factory.basics.period import parse_duration
from customer_factory.events.event import Event

if TYPE_CHECKING:
    import ibis.expr.types as ir

Scalar = bool | int | float | str
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
LARGEST = float_info.max
PROPERTIES = "properties"
"""The column that holds an event's properties, where they are not columns themselves."""

Duration = Annotated[
    timedelta,
    BeforeValidator(lambda value: _whole(parse_duration(value) if isinstance(value, str) else value)),
    PlainSerializer(lambda value: f"{value // timedelta(seconds=1)} seconds", return_type=str),
]
"""A length of time, written as words ("14 days"); no engine counts less than seconds."""


def _whole(length: Any) -> Any:
    if isinstance(length, timedelta) and length % timedelta(seconds=1):
        raise ValueError("a length of time must be a whole number of seconds")
    return length


class Strict(BaseModel):
    """A part of the blueprint: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Condition(Strict):
    """What a property must be. A bare value means ``is``, a list means one of them.

    >>> Condition.model_validate({"gte": 5}).holds("7"), Condition.model_validate(["pro"]).holds("free")
    (True, False)
    """

    is_: list[Scalar] | None = Field(None, alias="is", min_length=1)
    not_: list[Scalar] | None = Field(None, alias="not", min_length=1)
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None
    exists: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_bare_value(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                key: [item] if key in {"is", "not"} and not isinstance(item, list) else item
                for key, item in value.items()
            }
        return {"is": value if isinstance(value, list) else [value]}

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not self.model_fields_set:
            raise ValueError("a condition must say is, not, gt, gte, lt, lte or exists")
        return self

    def holds(self, value: str | float | None) -> bool:
        """Whether a value meets the condition."""
        amount = number_of(value)
        checks = [
            self.is_ is None or any(_equal(value, wanted) for wanted in self.is_),
            self.not_ is None or not any(_equal(value, wanted) for wanted in self.not_),
            self.gt is None or (amount is not None and amount > self.gt),
            self.gte is None or (amount is not None and amount >= self.gte),
            self.lt is None or (amount is not None and amount < self.lt),
            self.lte is None or (amount is not None and amount <= self.lte),
            self.exists is None or (value is not None) == self.exists,
        ]
        return all(checks)

    def expression(self, value: ir.Value) -> ir.BooleanValue:
        """The same as an expression over a column or property."""
        amount = number(value)
        checks = []
        if self.is_ is not None:
            checks.append(reduce(or_, [_equals(value, wanted) for wanted in self.is_]))
        if self.not_ is not None:
            checks.append(~reduce(or_, [_equals(value, wanted) for wanted in self.not_]))
        for name in ("gt", "gte", "lt", "lte"):
            bound = getattr(self, name)
            if bound is not None:
                compared = {"gt": amount > bound, "gte": amount >= bound, "lt": amount < bound, "lte": amount <= bound}
                checks.append(compared[name].fill_null(False))
        if self.exists is not None:
            checks.append(value.notnull() if self.exists else value.isnull())
        return reduce(and_, checks)


def number_of(value: str | float | None) -> float | None:
    """A value as a finite number; None where it is none.

    >>> number_of("7.50"), number_of("1e999"), number_of("seven")
    (7.5, None, None)
    """
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value) else None
    return value if value is not None and isfinite(value) else None


def number(value: ir.Value) -> ir.NumericValue:
    """The same as an expression over a column or property; a column of numbers is taken as it is."""
    import ibis

    if value.type().is_numeric():
        return value
    # Engines read more as a number than people mean: nan, inf, 1_000.
    found: Any = finite(value.try_cast("float64"))
    return value.contains("_").ifelse(ibis.null("float64"), found)


def finite(value: Any) -> Any:
    """A float column without infinities and what is no number at all."""
    import ibis

    return value.between(-LARGEST, LARGEST).ifelse(value, ibis.null("float64"))


def _equal(value: str | float | None, wanted: Scalar) -> bool:
    if value is None:
        return False
    if isinstance(wanted, bool):
        return str(value).lower() == str(wanted).lower()
    return str(value) == wanted if isinstance(wanted, str) else number_of(value) == wanted


def _equals(value: Any, wanted: Scalar) -> ir.BooleanValue:
    if isinstance(wanted, bool):
        same = value.cast("string").lower() == str(wanted).lower()
    elif isinstance(wanted, str):
        same = value.cast("string") == wanted
    else:
        same = number(value) == float(wanted)
    result: ir.BooleanValue = same.fill_null(False)
    return result


def own(name: str) -> str:
    """The column of a property in a table of events: its name, unless that is a column of the log itself."""
    return f"{PROPERTIES}.{name}" if name in {"person", "time", "id", "event_id", PROPERTIES} else name


def present(table: ir.Table, name: str) -> bool:
    """Whether a table of events can have a standard column or property at all."""
    return own(name) in table.columns or PROPERTIES in table.columns


def field(table: ir.Table, name: str) -> ir.Value:
    """A standard column or property of a table of events: a column, or an entry of ``properties`` (JSON or map)."""
    import ibis

    if own(name) in table.columns:
        return table[own(name)]
    if PROPERTIES in table.columns:
        properties: Any = table[PROPERTIES]
        if properties.type().is_json():
            return properties['"' + name.replace('"', '\\"') + '"'].str
        return properties.get(name).nullif("")
    return ibis.null("string")


class Selector(Strict):
    """Which events count, and how many of them it takes.

    Args (keys in the blueprint):
        event: A name, or several of which one is enough.
        where: Conditions on properties, all of which must hold.
        any / all / not: Further selectors (without counting) of which one, each or none must match.
        times: How many matching events it takes.
        within: The longest time from the first to the last of them, bounds inclusive.
        distinct: "day", or the name of a property: only events that differ in it count. With "day", ``within``
            counts calendar days in the factory's zone: 3 days within 7 days is Monday to Sunday at the longest.

    >>> paid = Selector.model_validate({"event": "paid", "where": {"plan": ["pro", "team"]}})
    >>> from datetime import datetime
    >>> paid.matches(Event("ann", "paid", datetime(2026, 3, 1), properties={"plan": "team"}))
    True
    """

    event: list[str] | None = Field(None, min_length=1)
    where: dict[str, Condition] = Field(default_factory=dict)
    any_: list[Selector] | None = Field(None, alias="any", min_length=1)
    all_: list[Selector] | None = Field(None, alias="all", min_length=1)
    not_: Selector | None = Field(None, alias="not")
    times: int = Field(1, ge=1, le=1000)
    within: Duration | None = None
    distinct: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_a_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {"event": value}
        if isinstance(value, Mapping) and isinstance(value.get("event"), str):
            value = {**value, "event": [value["event"]]}
        return value

    @model_validator(mode="after")
    def _makes_sense(self) -> Selector:
        if not (self.event or self.where or self.any_ or self.all_ or self.not_):
            raise ValueError("a selector must name an event, or say where, any, all or not")
        if self.times == 1 and (self.within or self.distinct):
            raise ValueError("within and distinct count events, so they need times = 2 or more")
        inner = [*(self.any_ or []), *(self.all_ or []), *([self.not_] if self.not_ else [])]
        if any(each.counts for each in inner):
            raise ValueError("times belongs to the outermost selector, not inside any, all or not")
        if self.distinct == "day" and self.within and self.within % timedelta(days=1):
            raise ValueError("with distinct = 'day', within must be a whole number of days")
        return self

    @property
    def counts(self) -> bool:
        """Whether it takes more than one event."""
        return self.times > 1

    @property
    def within_days(self) -> int | None:
        """How many calendar days ``distinct = "day"`` may span."""
        return None if self.within is None else self.within // timedelta(days=1)

    def matches(self, event: Event) -> bool:
        """Whether one event is of the kind that counts."""
        return (
            (self.event is None or event.event in self.event)
            and all(condition.holds(event.get(name)) for name, condition in self.where.items())
            and (self.any_ is None or any(inner.matches(event) for inner in self.any_))
            and (self.all_ is None or all(inner.matches(event) for inner in self.all_))
            and (self.not_ is None or not self.not_.matches(event))
        )

    def expression(self, table: ir.Table) -> ir.BooleanValue:
        """The same as a boolean column over a table of events."""
        from ibis import literal

        checks: list[ir.BooleanValue] = []
        if self.event is not None:
            name: Any = table["event"]
            checks.append(name == self.event[0] if len(self.event) == 1 else name.isin(self.event))
        for name, condition in self.where.items():
            known = present(table, name)
            checks.append(condition.expression(field(table, name)) if known else literal(condition.holds(None)))
        if self.any_:
            checks.append(reduce(or_, [inner.expression(table) for inner in self.any_]))
        if self.all_:
            checks += [inner.expression(table) for inner in self.all_]
        if self.not_ is not None:
            checks.append(~self.not_.expression(table))
        return reduce(and_, checks)

    def names(self) -> set[str] | None:
        """The names of the events that can match; None when any name can."""
        sets = [set(self.event)] if self.event is not None else []
        if self.any_:
            inner = [each.names() for each in self.any_]
            if all(each is not None for each in inner):
                sets.append(set().union(*(each for each in inner if each is not None)))
        sets += [each for each in (inner.names() for inner in self.all_ or []) if each is not None]
        return set.intersection(*sets) if sets else None

    def may_share(self, other: Selector) -> bool:
        """Whether one event could match both; False only when their names show that none can."""
        mine, others = self.names(), other.names()
        return mine is None or others is None or bool(mine & others)
