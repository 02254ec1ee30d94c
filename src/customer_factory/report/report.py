"""Report: the one result object. Every face – terminal, JSON, HTML, picture – says what ``to_dict`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_factory.blueprint.blueprint import StepName
from customer_factory.events.reasons import REASONS
from customer_factory.measures.flow import Flow
from customer_factory.measures.measures import Measures
from customer_factory.report.sections_of import economics, referral, retention, revenue, step, throughput

if TYPE_CHECKING:
    from rich.console import Console

    from customer_factory.judgement.constraint import Constraint
    from customer_factory.judgement.repeatability import Repeatability


@dataclass(frozen=True)
class Intake:
    """What became of the rows that were read: read = accepted + rejected + duplicates."""

    read: int
    accepted: int
    rejected: int
    duplicates: int
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """What a factory looks like at a moment.

    Args:
        measures: The numbers.
        repeatability: Whether throughput is predictable.
        verdict: Which step is the constraint, or why nobody can say yet.
        intake: What became of the rows that were read.
        span: The moments (naive UTC) of the first and the last event; None without events.
        sharpen: What data would sharpen the picture, in sentences.
        notes: What to be careful about, in sentences.
    """

    measures: Measures
    repeatability: Repeatability
    verdict: Constraint
    intake: Intake
    span: tuple[datetime, datetime] | None
    sharpen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many people had done something by then."""
        return self.measures.people

    @property
    def steps(self) -> Mapping[StepName, Flow]:
        """The flow through each declared step."""
        return self.measures.steps

    @property
    def throughput(self) -> Repeatability:
        """The headline with its limits: ``.centre``, ``.lower``, ``.upper``, ``.signals``, ``.repeatable``."""
        return self.repeatability

    @cached_property
    def _words(self) -> dict[str, Any]:
        measures, blueprint = self.measures, self.measures.blueprint
        return {
            "factory": blueprint.factory.name,
            "on": self._iso(measures.moment.on),
            "batch": blueprint.factory.batch,
            "currency": blueprint.factory.currency,
            "timezone": blueprint.factory.timezone,
            "happy": list(blueprint.factory.happy),
            "outcome": blueprint.steps.activation.outcome if blueprint.steps.activation else None,
            "data": {"first": self._iso(self.span and self.span[0]), "last": self._iso(self.span and self.span[1])},
            "events": {
                "read": self.intake.read,
                "accepted": self.intake.accepted,
                "rejected": self.intake.rejected,
                "duplicates": self.intake.duplicates,
                "reasons": {code: n for code, n in self.intake.reasons.items() if code in REASONS},
            },
            "people": self.people,
            "steps": {name: step(flow, blueprint) for name, flow in measures.steps.items()},
            "throughput": throughput(measures, self.repeatability),
            "retention": retention(measures.retention),
            "revenue": revenue(measures.revenue),
            "referral": referral(measures.referral),
            "economics": economics(measures.economics),
            "constraint": self.verdict.to_dict(),
            "sharpen": list(self.sharpen),
            "notes": list(self.notes),
        }

    def _iso(self, moment: datetime | None) -> str | None:
        if moment is None:
            return None
        zone = self.measures.moment.batches.zone
        return moment.replace(tzinfo=UTC).astimezone(zone).isoformat()

    def to_dict(self) -> dict[str, Any]:
        """The whole report as plain values: exactly what ``look --json`` prints."""
        return dict(self._words)

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one self-contained page; written to ``path`` where one is given."""
        from customer_factory.report.page import page

        html = page(self.to_dict())
        if path is not None:
            Path(path).write_text(html, encoding="utf-8")
        return html

    def to_png(self, path: str | Path | None = None) -> bytes:
        """The blueprint drawing with the headline as a picture; written to ``path`` where one is given."""
        from customer_factory.report.picture import png

        picture = png(self.to_dict())
        if path is not None:
            Path(path).write_bytes(picture)
        return picture

    def to_terminal(self, console: Console | None = None) -> None:
        """Print the report to a terminal."""
        from rich.console import Console as RichConsole

        from customer_factory.report.terminal import render

        render(self.to_dict(), console or RichConsole())
