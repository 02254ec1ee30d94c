"""A look: measure, judge, and gather everything into one report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from customer_factory.judgement.constraint import constraint
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.judgement.focusing import Focusing, focusing
from customer_factory.judgement.history import history
from customer_factory.judgement.repeatability import repeatability
from customer_factory.measures.measures import Measures, measure
from customer_factory.report.advice import notes, sharpen
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
        sharpen(measures, spend=bool(costs)),
        notes(measures, intake.rejected, {"spend": bad_costs, "visitors": bad_visits}, kept=factory.folder is not None),
    )


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
