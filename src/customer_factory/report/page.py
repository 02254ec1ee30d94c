"""The report as one HTML file: nothing outside of it is loaded, and nothing in it runs."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from customer_factory.report import ahead, charts, drawing, outlook, sections, theme, view, words
from customer_factory.report import numbers as n
from customer_factory.report.svg import clean
from customer_factory.report.view import Tree

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def page(report: Tree) -> str:
    """The whole report as one self-contained page, for a browser without network or JavaScript, and for paper.

    The page forbids itself, by its content security policy, to load or run anything: its one style sheet is allowed by
    its hash. Every name in the report is escaped.

    Args:
        report: `Report.to_dict()`.

    Returns:
        HTML, UTF-8.
    """
    style = _style()
    steps = view.step_rows(report)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            n=n,
            words=words,
            sections=sections,
            ahead=ahead,
            view=view,
            currency=report.get("currency"),
            style=style,
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
            name=words.name(report),
            head=words.headline(report),
            verdict=words.verdict(report),
            evidence=view.evidence(report),
            wide=drawing.blueprint_svg(report, headline=False),
            tall=drawing.blueprint_svg(report, tall=True, headline=False),
            steps=steps,
            young=any(not whole for _, step in view.present(report) for _, _, whole in view.cohort_rates(step)),
            has={row.name for row in steps},
            charts=_charts(report),
            trends=[(row, charts.trend(report, row.name)) for row in steps],
        )
    )


def _charts(report: Tree) -> dict[str, str | None]:
    return {
        "throughput": charts.throughput(report),
        "throughput_narrow": charts.throughput(report, 340, 230),
        "forecast": outlook.forecast(report),
        "forecast_narrow": outlook.forecast(report, 340, 220),
        "survival": charts.survival(report),
        "takings": charts.takings(report),
        "worth": charts.worth(report),
    }


@cache
def _style() -> str:
    sheet = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
    return theme.css() + re.sub(r"/\*.*?\*/|\n\s*", "", sheet, flags=re.DOTALL)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
    )
