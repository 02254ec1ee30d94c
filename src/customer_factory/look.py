"""A look: measure, judge, and gather everything into one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer_factory.judgement.constraint import constraint
from customer_factory.judgement.evidence_of import evidence_of
from customer_factory.judgement.repeatability import repeatability
from customer_factory.measures.measures import Measures, measure
from customer_factory.report.advice import notes, sharpen
from customer_factory.report.report import Intake, Report

if TYPE_CHECKING:
    from customer_factory.factory import Factory
    from customer_factory.measures.moment import Moment


def measured(factory: Factory, moment: Moment) -> tuple[Measures, dict[str, int]]:
    """The measures of a factory at a moment, and how many rows of each table beside the events could not be read."""
    costs, bad_costs = factory.costs()
    visits, bad_visits = factory.visits()
    traced = factory.engine.traced(factory.blueprint, moment.on)
    bad = {"spend": bad_costs, "visitors": bad_visits}
    return measure(traced, factory.blueprint, moment, costs, visits), bad


def look(factory: Factory, moment: Moment) -> Report:
    """The report of a factory at a moment."""
    span = factory.engine.span()
    measures, bad = measured(factory, moment)
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
        sharpen(measures, spend=measures.economics.all.spend is not None),
        notes(measures, intake.rejected, bad, kept=factory.folder is not None),
    )
