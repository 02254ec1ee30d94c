"""What all charts share: Altair without copies of the data, one style, and SVG that takes its colours from the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from customer_factory.report import numbers as n
from customer_factory.report import svg
from customer_factory.report.theme import PRINT, SENTINELS, variables
from customer_factory.report.view import Tree

if TYPE_CHECKING:
    from types import ModuleType

Rows = list[dict[str, Any]]
_ROOT = re.compile(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>")
_NOISE = re.compile(r' (?:role|aria-[a-z]+|pointer-events|class)="[^"]*"|<path [^>]*(?:d=""|d="M0,0h0v0h0Z")[^>]*/>')
_CONFIG = {
    "font": PRINT,
    "background": None,
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelColor": SENTINELS["soft"],
        "labelFontSize": 12,
        "labelPadding": 7,
        "domainColor": SENTINELS["line"],
        "gridColor": SENTINELS["grid"],
        "ticks": False,
    },
    "axisY": {"domain": False},
}


class Plot:
    """One chart in the making: its data by name, since Altair copies whatever lies inside a chart again and again.

    Args:
        width: The width of the picture in its own units; the page scales it.
        height: The height.
    """

    def __init__(self, width: int, height: int) -> None:
        import altair

        self.alt: ModuleType = altair
        self.width, self.height = width, height
        self._data: dict[str, Rows] = {}

    def of(self, values: Rows) -> Any:
        """A chart of these rows, to be given a mark and encodings."""
        name = f"d{len(self._data)}"
        self._data[name] = values
        return self.alt.Chart(self.alt.NamedData(name=name))

    def when(self, report: Tree, starts: list[str], margin: float = 0) -> Any:
        """The time axis: batches by their first day, ticks at real batches, the first and the last among them.

        The dates are local days already; they are read and written as UTC so that no clock shifts them.
        """
        years = len({start[:4] for start in starts}) > 1
        pattern = "%b %y" if report.get("batch") == "month" else "%-d %b %y" if years else "%-d %b"
        ticks = min(len(starts), max(2, self.width // (75 if margin else 110)))
        picked = {round(i * (len(starts) - 1) / max(ticks - 1, 1)) for i in range(ticks)}
        values = [_epoch(starts[i]) for i in sorted(picked)]
        axis = self.alt.Axis(format=pattern, values=values, grid=False, labelFlush=not margin, labelOverlap=True)
        scale = self.alt.Scale(type="utc", padding=margin)
        return self.alt.X("start:T", title=None, scale=scale, axis=axis)

    def age(self, field: str) -> Any:
        """The axis of ages in batches."""
        axis = self.alt.Axis(tickMinStep=1, tickCount=6, format="d", grid=False)
        return self.alt.X(f"{field}:Q", title=None, axis=axis)

    def drawn(self, layers: list[Any], name: str) -> str:
        """The layers as a fragment: sized by the page, coloured by its tokens, named for those who cannot see it."""
        import vl_convert

        spec = self.alt.layer(*layers).to_dict(validate=False) | {
            "datasets": self._data,
            "width": self.width,
            "height": self.height,
            "padding": 4,
            "autosize": {"type": "fit", "contains": "padding"},
            "config": _CONFIG,
        }
        drawn = vl_convert.vegalite_to_svg(spec)
        box = _ROOT.search(drawn)
        inside = _NOISE.sub("", drawn[box.end() :] if box else drawn)
        head = f'<svg {box[1] if box else ""} role="img" aria-label={quoteattr(svg.clean(name))}>'
        return head + variables(inside)


def day_key(moment: Any) -> str:
    """The day at the start of an ISO moment.

    >>> day_key("2025-06-30T00:00:00+02:00")
    '2025-06-30'
    """
    return str(moment)[:10]


def _epoch(start: str) -> float:
    day = n.on(start)
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000
