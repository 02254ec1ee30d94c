"""Factory: the one entry – wires events, blueprint, journeys, measures and judgement. Wiring only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from customer_factory.basics.clock import Clock, system_clock, to_utc
from customer_factory.basics.errors import FactoryError
from customer_factory.blueprint.blueprint import Blueprint, StepName
from customer_factory.blueprint.loading import FILE, load
from customer_factory.sources import REJECTS

if TYPE_CHECKING:
    from customer_factory.journeys.traced import Engine, Traced
    from customer_factory.judgement.activation import Activation
    from customer_factory.judgement.changes import Changes
    from customer_factory.judgement.course import Course
    from customer_factory.judgement.focusing import Focusing
    from customer_factory.judgement.logged import LoggedChange
    from customer_factory.judgement.sources import SourceVerdict
    from customer_factory.judgement.stage import StageVerdict
    from customer_factory.measures.economics import Cost
    from customer_factory.measures.measures import Measures
    from customer_factory.measures.moment import Moment
    from customer_factory.measures.purchases import Purchases
    from customer_factory.measures.visitors import Visits
    from customer_factory.model.fitted import FittedFactory
    from customer_factory.model.forecast import Forecast
    from customer_factory.model.what_if import WhatIf
    from customer_factory.report.experiment import ExperimentReport
    from customer_factory.report.guards import Guards
    from customer_factory.report.report import Intake, Report
    from customer_factory.warehouse.duckdb import Progress
    from customer_factory.warehouse.external import External
    from customer_factory.warehouse.intake import Counts

__all__ = ["DATABASE", "REJECTS", "Factory", "opened"]

DATABASE = "factory.duckdb"


class Factory:
    """A customer factory over its data.

    >>> import customer_factory as cf
    >>> factory = cf.Factory.from_events(
    ...     [{"person": "ann", "event": "signed_up", "time": "2026-03-02"},
    ...      {"person": "ann", "event": "shared", "time": "2026-03-04"},
    ...      {"person": "bob", "event": "signed_up", "time": "2026-03-05"}],
    ...     {"steps": {"acquisition": "signed_up", "activation": {"event": "shared", "window": "14 days"}}})
    >>> report = factory.look(on="2026-03-30")
    >>> report.steps["activation"].reached, report.steps["activation"].lost
    (1, 1)
    >>> factory.who("activation", "lost", on="2026-03-30")
    ['bob']
    """

    def __init__(self, blueprint: Blueprint, folder: Path | None = None, clock: Clock = system_clock) -> None:
        from customer_factory.warehouse.derived import Derived
        from customer_factory.warehouse.duckdb import Warehouse

        self.blueprint = blueprint
        self.folder = folder
        self._clock = clock
        self.warehouse = Warehouse(folder / DATABASE if folder else None, clock)
        self.engine: Engine = Derived(self.warehouse)
        self._external: External | None = None
        self._log: list[LoggedChange] = []

    @classmethod
    def open(cls, folder: str | Path, clock: Clock = system_clock) -> Factory:
        """The factory in a folder that holds ``factory.toml``; its data are kept there too.

        Raises:
            BlueprintError: There is no blueprint, or something is wrong with it.
            BusyError: Another process has the folder's database open.
        """
        return cls(load(Path(folder) / FILE), Path(folder), clock)

    @classmethod
    def from_events(
        cls,
        events: Any,
        blueprint: Blueprint | Mapping[str, Any] | str | Path,
        clock: Clock = system_clock,
        progress: Progress | None = None,
    ) -> Factory:
        """A factory in memory over events: paths, a list of dicts, or a pyarrow, pandas, polars or Ibis table.

        The events of an Ibis table of another database (ClickHouse, PostgreSQL, …) stay there and are traced there.

        Args:
            events: One of them, or a list of several.
            blueprint: What counts: a Blueprint, a dict or a path.
            clock: Says what lies in the future.
            progress: Told how far the load is.
        """
        from customer_factory.warehouse.external import External, elsewhere

        factory = cls(load(blueprint), None, clock)
        try:
            if elsewhere(events):
                factory._external = External(events, factory.blueprint.factory.timezone, clock)
                factory.engine = factory._external
                return factory
            several = isinstance(events, list | tuple) and not all(isinstance(each, Mapping) for each in events)
            for each in events if several else [events]:
                factory.load(each, progress)
        except BaseException:
            factory.close()
            raise
        return factory

    def close(self) -> None:
        """Let go of the database."""
        if self._external is not None:
            self._external.close()
        self.warehouse.close()

    def __enter__(self) -> Factory:
        """Use as a context manager, so that the database is let go of."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(self, events: Any | None = None, progress: Progress | None = None) -> Counts:
        """Take events in; what is there already changes nothing.

        Args:
            events: A path or a table; None for every source that the blueprint declares.
            progress: Told the name, the rows done and the rows in all.

        Returns:
            How many rows were read, accepted, rejected (see ``write_rejects``) and found to be duplicates.

        Raises:
            SourceError: Something cannot be read as events.
        """
        from customer_factory.sources import deliveries
        from customer_factory.warehouse.intake import Counts

        if self._external is not None:
            raise FactoryError("The events of this factory stay in their own database.", hint="Add events there.")
        counts = Counts()
        try:
            for delivery in deliveries(self.blueprint, self.folder, events):
                counts += self.warehouse.take(delivery, self.blueprint.factory.timezone, progress)
        finally:
            if self.folder is not None:
                self.write_rejects(self.folder / REJECTS)
        return counts

    def write_rejects(self, path: str | Path) -> int:
        """Write every row that was set aside, as it was and with the reason, to a CSV file; how many there are.

        In a folder, ``load`` keeps them in rejects.csv by itself.
        """
        return self.warehouse.write_rejects(Path(path))

    def intake(self) -> Intake:
        """What became of all rows that were ever read."""
        from customer_factory.report.report import Intake

        held = self._external or self.warehouse
        counts = held.counts()
        return Intake(counts.read, counts.accepted, counts.rejected, counts.duplicates, held.reasons())

    def look(self, on: str | date | datetime | None = None, progress: Progress | None = None) -> Report:
        """The report at a moment.

        Args:
            on: A date (to its end), a datetime, or either as ISO text; nothing after it is known. None means as far
                as the data reach: the moment of the last event.
            progress: Told how far the load of new or changed sources, and a trace of everybody, is.
        """
        from customer_factory.look import look

        self._catch_up(progress)
        return look(self, self._calendar(on))

    def experiment(
        self, name: str | None = None, on: str | date | datetime | None = None, progress: Progress | None = None
    ) -> ExperimentReport:
        """What an experiment of the blueprint shows at a moment; it may be asked every day.

        Args:
            name: Which one; None where there is only one.
            on: As for ``look``.
            progress: As for ``look``.

        Raises:
            FactoryError: There is no such experiment, or several and no name.
        """
        from customer_factory.look import look_at_experiment

        self._catch_up(progress)
        return look_at_experiment(self, name, self._calendar(on))

    def _catch_up(self, progress: Progress | None) -> None:
        if self.folder is not None and self.blueprint.sources:
            self.load(progress=progress)
        self.warehouse.progress = progress

    def measures(self, on: str | date | datetime | None = None, progress: Progress | None = None) -> Measures:
        """Every number at a moment (see ``look``), before anybody judges it."""
        from customer_factory.look import measured

        self._catch_up(progress)
        return measured(self, self._calendar(on))

    def roadmap(self, on: str | date | datetime | None = None, progress: Progress | None = None) -> Course:
        """What the goal needs of the factory, month by month, and whether the current 90-day goal is met."""
        from customer_factory.judgement.course import course

        return course(self.measures(on, progress))

    def stage(self, on: str | date | datetime | None = None, progress: Progress | None = None) -> StageVerdict:
        """The stage that the factory is in, by its gates, and the work that belongs to it."""
        from customer_factory.judgement.stage import stage

        return stage(self.measures(on, progress))

    def sources(self, on: str | date | datetime | None = None) -> SourceVerdict:
        """Where the next ten happy customers will come from, and whether that is luck."""
        from customer_factory.judgement.sources import sources

        return sources(self.measures(on))

    def focusing(self, on: str | date | datetime | None = None) -> Focusing:
        """The history of constraints, and which of the five focusing steps comes next."""
        from customer_factory.look import focused

        return focused(self, self.measures(on), [(each.date, each.step) for each in self.change_log()])

    def forecast(self, batches: int = 13, level: float = 0.8, on: str | date | datetime | None = None) -> Forecast:
        """What the next batches will bring, with intervals, and how often such intervals held in the past.

        Args:
            batches: How many, the running one included.
            level: The share of futures that each interval is to hold.
            on: See ``look``.
        """
        return self.fitted(on).forecast(batches, level)

    def what_if(
        self, *, batches: int = 13, level: float = 0.8, on: str | date | datetime | None = None, **changes: Any
    ) -> WhatIf:
        """The forecast with something changed from now on, beside the one without, and the difference.

        Args:
            batches: How many, the running one included.
            level: The share of futures that each interval is to hold.
            on: See ``look``.
            changes: rates, arrivals, delays, capacity, spend: see ``FittedFactory.what_if``.
        """
        return self.fitted(on).what_if(**changes, batches=batches, level=level)

    def fitted(self, on: str | date | datetime | None = None) -> FittedFactory:
        """The factory as a model that can be asked for several forecasts; fitted to what was known at a moment."""
        from customer_factory.model import fit

        return fit(self.measures(on))

    def _moment(self, on: str | date | datetime | None) -> datetime:
        span = self.engine.span()
        if on is None:
            return span[1] if span else self._clock()
        if isinstance(on, str):
            try:
                on = date.fromisoformat(on) if len(on) == len("2026-03-01") else datetime.fromisoformat(on)
            except ValueError:
                raise FactoryError(
                    f"'{on}' is not a date.", hint="Write it as 2026-03-01 or 2026-03-01T09:30."
                ) from None
        try:
            if isinstance(on, datetime):
                return to_utc(on if on.tzinfo else on.replace(tzinfo=self.blueprint.batches.zone))
            return self.blueprint.batches.end_of_day(on)
        except OverflowError:
            raise FactoryError(f"'{on}' lies outside the calendar.") from None

    def _calendar(self, on: str | date | datetime | None) -> Moment:
        from customer_factory.measures.moment import Moment

        moment, span = self._moment(on), self.engine.span()
        return Moment(moment, self.blueprint.batches, min(span[0], moment) if span else moment)

    def traced(self, on: str | date | datetime | None = None) -> Traced:
        """The journeys, activity and payments as Ibis tables, as they were known at a moment."""
        return self.engine.traced(self.blueprint, self._moment(on))

    def who(self, step: StepName, state: str = "reached", on: str | date | datetime | None = None) -> list[str]:
        """The people who entered, reached, wait in front of, or were lost at a step, by name.

        Raises:
            FactoryError: The step or the state is not known.
        """
        from customer_factory.measures.people import who

        return who(self.traced(on), self.blueprint, self._calendar(on), step, state)

    def purchases(self, on: str | date | datetime | None = None) -> Purchases:
        """Customers grouped by how often and when they bought: to fit, and to expect purchases from."""
        from customer_factory.measures.purchases import purchases

        return purchases(self.traced(on), self.blueprint, self._calendar(on))

    def changes(self, on: str | date | datetime | None = None, progress: Progress | None = None) -> Changes:
        """Every change in the log with its verdict – was the constraint broken? – and where the effort went.

        Args:
            on: As for `look`.
            progress: As for `look`.

        Raises:
            SourceError: A line of changes.csv cannot be meant.
        """
        return self.look(on, progress).changes

    def change_log(self) -> list[LoggedChange]:
        """What the team did, from changes.csv in the factory's folder, oldest first."""
        from customer_factory.change_log import read

        return read(self.folder, self.blueprint) if self.folder else list(self._log)

    def log_change(
        self,
        what: str,
        step: str,
        on: str | date,
        expected: float | None = None,
        effort: float | None = None,
        who: str | None = None,
    ) -> LoggedChange:
        """Write down what the team did: in changes.csv, or with a factory in memory for as long as it lives.

        Args:
            what: What was done, in words.
            step: The step that it was meant for.
            on: The day from which it held.
            expected: The relative effect on throughput that is expected; 0.2 is a fifth more.
            effort: Person-days that it took.
            who: Who did it.

        Raises:
            FactoryError: Something in it cannot be meant.
        """
        from customer_factory.change_log import add, entry

        logged = entry(self.blueprint, what, step, on, expected, effort, who)
        if self.folder:
            add(self.folder, self.blueprint, logged)
        else:
            self._log.append(logged)
        return logged

    def activation(self, on: str | date | datetime | None = None) -> Activation:
        """What early behaviour goes with activation, what activation brings, and what its lack costs, at a moment.

        Raises:
            FactoryError: The blueprint declares no activation.
        """
        from customer_factory.judgement.activation import activation

        self._catch_up(None)
        return activation(self.traced(on), self.blueprint, self._calendar(on))

    def guards(self, on: str | date | datetime | None = None) -> Guards:
        """What is wrong with the data, the leads, or with a success that is none – and who is behind it.

        Args:
            on: As in ``look``. A log that has fallen silent altogether is seen on a later date only, such as today.
        """
        from customer_factory.guards import guards

        self._catch_up(None)
        held = self._external or self.warehouse
        return guards(self.traced(on), self.blueprint, self._calendar(on), held.deliveries())

    def costs(self) -> tuple[list[Cost], int]:
        """What channels cost, from [[spend]], and how many of its rows could not be read."""
        from customer_factory.sources import costs

        return costs(self.blueprint, self.folder)

    def visits(self) -> tuple[list[Visits], int]:
        """Counted visitors, from [visitors], and how many rows could not be read."""
        from customer_factory.sources import visits

        return visits(self.blueprint, self.folder)


def opened(
    where: Sequence[Path], blueprint: Path | None, progress: Progress | None = None, clock: Clock = system_clock
) -> Factory:
    """A factory from what a command line names: one folder, or files with a blueprint."""
    if blueprint is not None:
        return Factory.from_events(list(where), blueprint, clock, progress)
    absent = next((path for path in where if not path.exists()), None)
    if absent is not None:
        raise FactoryError("There is no such folder or file.", where=str(absent))
    if len(where) == 1 and where[0].is_dir():
        return Factory.open(where[0], clock)
    raise FactoryError("Files need a blueprint.", hint="Name one with --blueprint factory.toml, or give a folder.")
