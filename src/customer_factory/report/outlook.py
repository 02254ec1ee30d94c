"""The chart of what lies ahead: the throughput of late, and the forecast with its band."""

from __future__ import annotations

from customer_factory.report import numbers as n
from customer_factory.report.plot import Plot, Rows, day_key
from customer_factory.report.theme import SENTINELS
from customer_factory.report.view import Tree, part, rows

_DATA, _BAND, _EDGE = (SENTINELS[name] for name in ("data", "band", "edge"))
_BEHIND = 26
"""Batches of the past that are drawn beside the future."""


def forecast(report: Tree, width: int = 880, height: int = 240) -> str | None:
    """Happy customers per batch: as they were, and as they are expected, with the interval around."""
    past: Rows = [
        {"start": day_key(batch.get("start")), "value": batch["happy"]}
        for batch in rows(report, "throughput", "batches")
        if batch.get("complete") and n.known(batch.get("happy"))
    ][-_BEHIND:]
    ahead: Rows = [
        {"start": day_key(batch.get("start")), "value": part(batch, "happy", "centre")}
        | {end: part(batch, "happy", end) for end in ("low", "high")}
        for batch in rows(report, "forecast", "batches")
    ]
    if not ahead:
        return None
    plot = Plot(width, height)
    x = plot.when(report, [point["start"] for point in past + ahead])
    scale = plot.alt.Scale(zero=True)
    y = plot.alt.Y("value:Q", title=None, scale=scale, axis=plot.alt.Axis(tickCount=5, format="~s"))
    coming, lately = plot.of(ahead), plot.of(past)
    low = plot.alt.Y("low:Q", scale=scale)
    layers = [
        coming.mark_area(color=_BAND, opacity=0.55).encode(x=x, y=low, y2=plot.alt.Y2("high")),
        *(
            coming.mark_line(color=_EDGE, strokeDash=[5, 4], strokeWidth=1.25).encode(x=x, y=plot.alt.Y(f"{end}:Q"))
            for end in ("low", "high")
        ),
        plot.of([*past[-1:], *ahead]).mark_line(color=_DATA, strokeDash=[3, 3], strokeWidth=1.75).encode(x=x, y=y),
        lately.mark_line(color=_DATA, strokeWidth=1.75).encode(x=x, y=y),
        lately.mark_point(filled=True, color=_DATA, size=30, opacity=1).encode(x=x, y=y),
    ]
    return plot.drawn(layers, "Happy customers per batch, as they were and as they are expected")
