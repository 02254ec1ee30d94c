"""Looks: measure, judge, and gather everything into one report – of the factory, or of an experiment in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from customer_factory.basics.errors import FactoryError, suggestion
from customer_factory.judgement.constraint import constraint
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.judgement.experiment import experiment
from customer_factory.judgement.experiment_words import doubts
from customer_factory.judgement.focusing import Focusing, focusing
from customer_factory.judgement.history import history
from customer_factory.judgement.repeatability import repeatability
from customer_factory.measures.experiment import exposure
from customer_factory.measures.measures import Measures, measure
from customer_factory.report.advice import notes, sharpen
from customer_factory.report.experiment import ExperimentReport
from customer_factory.report.report import Intake, Report

if TYPE_CHECKING:
    from customer_factory.factory import Factory
    from customer_factory.measures.moment import Moment


def look(factory: Factory, moment: Moment) -> Report:
    """The report of a factory at a moment."""
    blueprint, span = factory.blueprint, factory.engine.span()
    costs, bad_costs = factory.costs()
    visits, bad_visits = factory.visits()
    measures = measure(factory.engine.traced(blueprint, moment.on), blueprint, moment, costs, visits)
    intake = factory.intake()
    if measures.revenue is not None and measures.revenue.unpriced:
        reasons = {**intake.reasons, "unknown_currency": measures.revenue.unpriced}
        intake = Intake(intake.read, intake.accepted, intake.rejected, intake.duplicates, reasons)
    return Report(
        measures,
        repeatability([batch.happy for batch in measures.throughput], [batch.whole for batch in measures.throughput]),
        constraint(evidence_of(measures)),
        intake,
        span,
        tuple(factory.change_log()),
        sharpen(measures, spend=bool(costs)),
        notes(measures, intake.rejected, {"spend": bad_costs, "visitors": bad_visits}, kept=factory.folder is not None),
    )


def look_at_experiment(factory: Factory, name: str | None, moment: Moment) -> ExperimentReport:
    """The report of one experiment; the name may be left out where there is only one."""
    blueprint = factory.blueprint
    known = {each.name: each for each in blueprint.experiments}
    if not known:
        raise FactoryError("The factory has no experiments.", hint="Declare one in [[experiments]] of factory.toml.")
    if name is None and len(known) > 1:
        raise FactoryError("Which experiment?", hint=f"There are: {', '.join(known)}.")
    if name is not None and name not in known:
        raise FactoryError(f"There is no experiment '{name}'.", hint=suggestion(name, known))
    plan = known[name] if name is not None else blueprint.experiments[0]
    found = exposure(factory.engine.traced(blueprint, moment.on), blueprint, plan, moment)
    verdict = experiment(
        found.arms,
        plan.arms,
        step=blueprint.label(plan.step),
        effect=plan.effect,
        planned=plan.people,
        per_batch=found.per_batch(moment),
        ended=plan.end is not None and moment.on >= blueprint.batches.end_of_day(plan.end),
        doubts=doubts(found, window=(plan.window or blueprint.declared[plan.step].window) is not None),
    )
    return ExperimentReport(blueprint, plan, found, verdict, moment)


def measured(factory: Factory, moment: Moment) -> Measures:
    """Every number at a moment."""
    blueprint = factory.blueprint
    costs, visits = factory.costs()[0], factory.visits()[0]
    return measure(factory.engine.traced(blueprint, moment.on), blueprint, moment, costs, visits)


def focused(factory: Factory, measures: Measures, changes: Sequence[tuple[date, str]]) -> Focusing:
    """The five focusing steps, over a history that is looked back on where counts alone do not tell it."""
    past = history(measures, factory.measures)
    today = measures.moment.batches.local(measures.moment.on).date()
    return focusing(constraint(evidence_of(measures)), past, changes, today)
