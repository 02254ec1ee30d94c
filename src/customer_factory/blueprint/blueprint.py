"""Blueprint: the declared factory – which events are its steps, what a happy customer is, where data comes from."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 - fields are called date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from customer_factory.basics.errors import suggestion
from customer_factory.basics.money import Rates
from customer_factory.basics.period import Batches, Unit
from customer_factory.blueprint.surveys import Surveys
from customer_factory.events.channels import Channels
from customer_factory.events.selector import Duration, Selector, Strict

StepName = Literal["acquisition", "activation", "retention", "revenue", "referral"]
STEPS: tuple[StepName, ...] = ("acquisition", "activation", "retention", "revenue", "referral")
HAPPY: Literal["happy"] = "happy"
"""What ``after`` of retention means by default: the moment of becoming a happy customer."""


def _currency(code: str) -> str:
    if len(code) != 3 or not code.isalpha():
        raise ValueError(f"'{code}' is not a currency; write its three letters, such as EUR")
    return code.upper()


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"'{name}' is not a time zone. {suggestion(name, sorted(available_timezones()))[:120]}"
        ) from None
    return name


Currency = Annotated[str, AfterValidator(_currency)]
Zone = Annotated[str, AfterValidator(_zone)]


class About(Strict):
    """[factory]: its name, its calendar, its currency, and what counts as a happy customer."""

    name: str = "My factory"
    model: Literal["direct", "marketplace", "multi-sided"] = "direct"
    timezone: Zone = "UTC"
    currency: Currency = "EUR"
    batch: Unit = "week"
    happy: Annotated[list[StepName], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)] = Field(
        default=["activation"], min_length=1
    )
    margin: float | None = Field(None, gt=0, le=1)


class Step(Selector):
    """[steps.NAME]: the selector that completes it, and how it hangs together with the step before.

    ``window`` is counted from the step before, bounds inclusive, and closes a cohort; without one nobody is ever
    lost. One event completes one step, unless ``same_event`` allows that it completed the step before as well.
    """

    label: str | None = None
    outcome: str | None = None
    window: Duration | None = None
    target: float | None = Field(None, gt=0, le=1)
    capacity: float | None = Field(None, gt=0)
    after: StepName | Literal["happy"] | None = None
    same_event: bool = False
    amount: str = "amount"
    refund: Selector | None = None
    referrer: str | None = None
    invites: Selector | None = None

    @model_validator(mode="before")
    @classmethod
    def _referrer_needs_no_event(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("referrer") and not {"event", "where", "any", "all"} & set(value):
            return {**value, "where": {value["referrer"]: {"exists": True}}}
        return value

    @property
    def selector(self) -> Selector:
        """The step as a plain selector."""
        return Selector.model_construct(**{name: getattr(self, name) for name in Selector.model_fields})


class Table(Strict):
    """Where a table comes from: a file (a pattern such as ``sales-*.csv`` is fine), or SQL over files."""

    file: str | None = None
    sql: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


class Source(Table):
    """[[sources]]: maps any table's columns to events. ``event`` is a column, or else the name of every event in it."""

    name: str | None = None
    event: str = "event"
    person: str = "person"
    time: str = "time"
    time_format: str | None = None
    timezone: Zone | None = None
    event_id: str = "event_id"
    channel: str = "channel"
    amount: str = "amount"
    currency: str = "currency"
    properties: list[str] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Source:
        if (self.file is None) == (self.sql is None):
            raise ValueError("a source needs either file or sql")
        return self


class Spend(Table):
    """[[spend]]: what channels cost – columns of a table, or one line of it written here."""

    date: str | Day = "date"
    channel: str = "channel"
    amount: str | float = "amount"
    currency: str = "currency"

    @model_validator(mode="after")
    def _one_origin(self) -> Spend:
        inline = isinstance(self.amount, (int, float))
        if inline == (self.file is not None or self.sql is not None):
            raise ValueError("a spend needs either file, sql, or one amount with its date and channel")
        if inline and isinstance(self.date, str):
            raise ValueError("a spend with its amount written here needs a date such as 2026-03-01")
        return self


class Visitors(Selector):
    """[visitors]: unaware people – an event of theirs, or counts by date and channel from a table."""

    file: str | None = None
    sql: str | None = None
    date: str = "date"
    channel: str = "channel"
    count: str = "count"

    @model_validator(mode="before")
    @classmethod
    def _counts_need_no_event(cls, value: Any) -> Any:
        if isinstance(value, dict) and (value.get("file") or value.get("sql")) and "event" not in value:
            return {**value, "event": ["(counted)"]}
        return value

    @property
    def counted(self) -> bool:
        """Whether visitors are only known as counts."""
        return self.file is not None or self.sql is not None


class Money(Strict):
    """[currency]: what other currencies are worth in the factory's own."""

    rates: dict[Currency, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)


class Goal(Strict):
    """[goal]: the minimum success criteria that size the factory: revenue a year, price and lifetime by the month."""

    revenue: float | None = Field(None, gt=0)
    by: Day | None = None
    start: Day | None = None
    price: float | None = Field(None, gt=0)
    lifetime: float | None = Field(None, gt=0)
    growth: float = Field(10, gt=1)

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Goal:
        if self.start is not None and self.by is not None and self.start >= self.by:
            raise ValueError(f"a goal starts before its date: start is {self.start}, by is {self.by}")
        return self


class Steps(Strict):
    """[steps]: the five macro steps; acquisition is the only one that every factory has."""

    acquisition: Step
    activation: Step | None = None
    retention: Step | None = None
    revenue: Step | None = None
    referral: Step | None = None


class Blueprint(Strict):
    """The declared factory. ``load`` reads one from a file; in Python it is built from the same words.

    >>> plan = Blueprint.model_validate({"steps": {"acquisition": "signed_up", "activation": "report_shared"}})
    >>> list(plan.declared), plan.after("activation")
    (['acquisition', 'activation'], 'acquisition')
    """

    factory: About = Field(default_factory=lambda: About.model_validate({}))
    steps: Steps
    visitors: Visitors | None = None
    channels: Channels = Field(default_factory=Channels)
    currency: Money = Field(default_factory=Money)
    sources: list[Source] = Field(default_factory=list)
    spend: list[Spend] = Field(default_factory=list)
    goal: Goal | None = None
    surveys: Surveys = Field(default_factory=Surveys)
    giveaways: Selector | None = None

    @field_validator("visitors", mode="before")
    @classmethod
    def _visitors_from_a_name(cls, value: Any) -> Any:
        return {"event": value} if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _sensible_default_for_happy(cls, value: Any) -> Any:
        """A factory whose activation is not declared makes happy customers at the last step it has."""
        steps = value.get("steps") if isinstance(value, dict) else None
        about = value.get("factory", {}) if isinstance(value, dict) else {}
        if isinstance(steps, dict) and "activation" not in steps and isinstance(about, dict) and "happy" not in about:
            fallback = "revenue" if "revenue" in steps else "acquisition"
            return {**value, "factory": {**about, "happy": [fallback]}}
        return value

    @model_validator(mode="after")
    def _hangs_together(self) -> Blueprint:
        for step in self.factory.happy:
            if step not in self.declared:
                raise ValueError(f"happy names the step '{step}', which [steps] does not declare")
            if step in {"retention", "referral"}:
                raise ValueError(f"happy cannot name {step}: it begins once a customer is happy")
        for name in self.declared:
            seen, at = [name], self.after(name)
            while at is not None:
                if at != HAPPY and at not in self.declared:
                    raise ValueError(f"steps.{name}: after names '{at}', which [steps] does not declare")
                at = self.factory.happy[-1] if at == HAPPY else at
                if at in seen:
                    raise ValueError(f"the steps wait for each other: {' after '.join([*seen, at])}")
                seen.append(at)
                at = self.after(at)
        return self

    @property
    def declared(self) -> dict[StepName, Step]:
        """The steps that this factory has, in the order of the flow."""
        found = {name: getattr(self.steps, name) for name in STEPS}
        return {name: step for name, step in found.items() if step is not None}

    @property
    def counts_transactions(self) -> bool:
        """Whether throughput counts transactions: a marketplace makes happy customers of two people at a time."""
        return self.factory.model == "marketplace"

    @property
    def order(self) -> list[StepName]:
        """The steps so that each stands behind the one it comes after."""
        placed: list[StepName] = []
        while len(placed) < len(self.declared):
            placed += [name for name in self.declared if name not in placed and set(self.needs(name)) <= set(placed)]
        return placed

    def needs(self, name: StepName) -> list[StepName]:
        """The steps that must be reached before a person enters this one."""
        before = self.after(name)
        if before is None:
            return []
        return list(self.factory.happy) if before == HAPPY else [before]

    def after(self, name: StepName) -> StepName | Literal["happy"] | None:
        """The step before: what a person reaches to enter this one. None for acquisition."""
        step = self.declared[name]
        if name == "acquisition":
            return None
        if step.after is not None:
            return step.after
        if name == "retention":
            return HAPPY
        return "acquisition" if name == "activation" or self.steps.activation is None else "activation"

    @property
    def batches(self) -> Batches:
        """The calendar of production."""
        return Batches(self.factory.batch, self.factory.timezone)

    @property
    def rates(self) -> Rates:
        """The reporting currency and what others are worth in it."""
        return Rates(self.factory.currency, dict(self.currency.rates))

    def label(self, name: StepName) -> str:
        """What the factory calls a step."""
        step = self.declared.get(name)
        return (step.label if step else None) or name.capitalize()
