"""The five charts. Each returns static SVG, or None where there is nothing to draw."""

from __future__ import annotations

from typing import Any

from customer_factory.report import numbers as n
from customer_factory.report.plot import Plot, Rows, day_key
from customer_factory.report.theme import SENTINELS
from customer_factory.report.view import Tree, part, rows, table

_COHORTS = 12
"""How many cohorts' lines a chart of money can hold and still be read."""
_DASHES = [5, 4]
_DATA, _BAND, _EDGE, _SIGNAL = (SENTINELS[name] for name in ("data", "band", "edge", "signal"))


def throughput(report: Tree, width: int = 880, height: int = 270) -> str | None:
    """Happy customers per batch with the natural limits; signals are numbered diamonds, unfinished batches hollow."""
    signals = [day_key(s.get("start")) for s in rows(report, "throughput", "signals")]
    points: Rows = [
        {"start": day_key(b.get("start")), "value": b["happy"], "young": not b.get("complete")}
        for b in rows(report, "throughput", "batches")
        if n.known(b.get("happy"))
    ]
    if not points:
        return None
    plot = Plot(width, height)
    x = plot.when(report, [p["start"] for p in points])
    y = plot.alt.Y("value:Q", title=None, axis=plot.alt.Axis(tickCount=5, format="~s"))
    layers = _limits(plot, report, points, x, wide=width > 500)
    ripe = [p for p in points if not p["young"]]
    layers.append(plot.of(ripe).mark_line(color=_DATA, strokeWidth=1.75).encode(x=x, y=y))
    dots = plot.of([p for p in ripe if p["start"] not in signals])
    size = 14 if len(points) > 60 else 36
    layers.append(dots.mark_point(filled=True, color=_DATA, size=size, opacity=1).encode(x=x, y=y))
    layers += _unfinished(plot, points, x, y)
    marked = [p | {"number": str(signals.index(p["start"]) + 1)} for p in points if p["start"] in signals]
    if marked:
        diamonds = plot.of(marked)
        layers.append(
            diamonds.mark_point(filled=True, color=_SIGNAL, shape="diamond", size=160, opacity=1).encode(x=x, y=y)
        )
        layers.append(
            diamonds.mark_text(dx=12, color=_SIGNAL, fontWeight="bold", fontSize=13).encode(
                x=x, y=y, text=plot.alt.Text("number:N")
            )
        )
    return plot.drawn(layers, "Happy customers per batch with their natural limits")


def trend(report: Tree, step: str, width: int = 290, height: int = 160) -> str | None:
    """The rate of a step by cohort with its interval, young cohorts hollow; without rates, how many reached it."""
    found = table(report, "steps", step)
    rated = any(n.known(c.get("rate")) for c in rows(found, "by_cohort"))
    key: str = "rate" if rated else "reached"
    target = found.get("target") if rated and n.known(found.get("target")) else None
    cohorts: Rows = [
        {
            "start": day_key(c.get("start")),
            "low": c.get("low"),
            "high": c.get("high"),
            "value": c[key],
            "young": not c.get("complete"),
        }
        for c in rows(found, "by_cohort")
        if n.known(c.get(key))
    ]
    if not cohorts:
        return None
    plot = Plot(width, height)
    ripe = [c for c in cohorts if not c["young"]]
    between = [c for c in ripe if rated and n.known(c["low"]) and n.known(c["high"])]
    ends = [c["value"] for c in cohorts] + [c["high"] for c in between] + ([target * 1.05] if n.known(target) else [])
    top = min(max(ends), 1.0) if rated else max(ends)
    scale = plot.alt.Scale(domain=[0, top or 1], nice=False, clamp=True)
    shape = "~s" if not rated else ".0%" if top > 0.04 else ".1%"
    x = plot.when(report, [c["start"] for c in cohorts])
    y = plot.alt.Y("value:Q", title=None, scale=scale, axis=plot.alt.Axis(tickCount=4, format=shape))
    layers: list[Any] = []
    if between:
        low = plot.alt.Y("low:Q", scale=scale)
        layers.append(plot.of(between).mark_area(color=_BAND, opacity=1).encode(x=x, y=low, y2=plot.alt.Y2("high")))
    if n.known(target):
        layers.append(
            plot.of([{"value": target}]).mark_rule(color=_EDGE, strokeDash=_DASHES, strokeWidth=1.25).encode(y=y)
        )
    dots = plot.of(ripe)
    layers.append(dots.mark_line(color=_DATA, strokeWidth=1.75).encode(x=x, y=y))
    layers.append(dots.mark_point(filled=True, color=_DATA, size=16, opacity=1).encode(x=x, y=y))
    layers += _unfinished(plot, cohorts, x, y)
    return plot.drawn(layers, "Rate by cohort with its interval" if rated else "People who reached the step, by cohort")


def survival(report: Tree, width: int = 390, height: int = 200) -> str | None:
    """The share still active by age, with its interval."""
    curve: Rows = [dict(p) for p in rows(report, "retention", "curve") if n.known(p.get("survival"))]
    if len(curve) < 2:
        return None
    plot = Plot(width, height)
    scale = plot.alt.Scale(domain=[0, 1])
    x = plot.age("batch")
    y = plot.alt.Y("survival:Q", title=None, scale=scale, axis=plot.alt.Axis(tickCount=5, format=".0%"))
    between = plot.of([p for p in curve if n.known(p.get("low")) and n.known(p.get("high"))])
    area = between.mark_area(color=_BAND, interpolate="step-after", opacity=1)
    line = plot.of(curve).mark_line(color=_DATA, interpolate="step-after", strokeWidth=2)
    low = plot.alt.Y("low:Q", scale=scale)
    return plot.drawn(
        [area.encode(x=x, y=low, y2=plot.alt.Y2("high")), line.encode(x=x, y=y)], "Share still active by age"
    )


def takings(report: Tree, width: int = 390, height: int = 200) -> str | None:
    """Revenue per batch; an unfinished batch is an outline."""
    young = {day_key(b.get("start")) for b in rows(report, "throughput", "batches") if not b.get("complete")}
    amounts: Rows = [
        {"start": day_key(b.get("start")), "value": b["amount"]}
        for b in rows(report, "revenue", "by_batch")
        if n.known(b.get("amount"))
    ]
    if not amounts:
        return None
    plot = Plot(width, height)
    bar = min(40.0, max(1.5, (width - 50) / len(amounts) * 0.7))
    x = plot.when(report, [a["start"] for a in amounts], margin=bar / 2 + 3)
    y = plot.alt.Y("value:Q", title=None, axis=plot.alt.Axis(tickCount=4, format="~s"))
    full = plot.of([a for a in amounts if a["start"] not in young]).mark_bar(color=_DATA, width=bar)
    outline = {"stroke": _DATA, "strokeWidth": 1.25, "strokeDash": [3, 2]}
    open_ = plot.of([a for a in amounts if a["start"] in young]).mark_bar(
        color=SENTINELS["sheet"], width=bar, **outline
    )
    return plot.drawn([full.encode(x=x, y=y), open_.encode(x=x, y=y)], "Revenue per batch")


def worth(report: Tree, width: int = 390, height: int = 200) -> str | None:
    """Revenue per customer by age: the latest cohorts, newer ones stronger, the first and the last named."""
    found = [(c, [v for v in rows(c, "cumulative") if n.known(v)]) for c in rows(report, "revenue", "by_cohort")]
    found = [(c, values) for c, values in found if len(values) > 1][-_COHORTS:]
    if not found:
        return None
    lines: Rows = [
        {"cohort": i, "age": age, "value": value, "weight": 0.3 + 0.7 * (i + 1) / len(found)}
        for i, (_, values) in enumerate(found)
        for age, value in enumerate(values)
    ]
    names: Rows = [
        {"age": len(values) - 1, "value": values[-1], "name": n.day(cohort.get("start"), year=False)}
        for cohort, values in {id(pair): pair for pair in (found[0], found[-1])}.values()
    ]
    plot = Plot(width, height)
    x, y = plot.age("age"), plot.alt.Y("value:Q", title=None, axis=plot.alt.Axis(tickCount=4, format="~s"))
    line = plot.of(lines).mark_line(color=_DATA, strokeWidth=1.5)
    ends = plot.of(names)
    layers = [
        line.encode(
            x=x, y=y, detail=plot.alt.Detail("cohort:N"), opacity=plot.alt.Opacity("weight:Q", scale=None, legend=None)
        ),
        ends.mark_point(filled=True, color=_DATA, size=30, opacity=1).encode(x=x, y=y),
        ends.mark_text(align="left", dx=7, color=SENTINELS["ink"], fontSize=12).encode(
            x=x, y=y, text=plot.alt.Text("name:N")
        ),
    ]
    return plot.drawn(layers, "Revenue per customer by age of the cohort")


def _limits(plot: Plot, report: Tree, points: Rows, x: Any, *, wide: bool) -> list[Any]:
    """The band between the limits, their lines and names, as they were for each batch."""
    keys = ("centre", "lower", "upper")
    known = {day_key(row.get("start")): row for row in rows(report, "throughput", "limits")}
    whole = table(report, "throughput")
    along: Rows = []
    for point in points:
        row = known.get(point["start"], whole if not known else along[-1] if point["young"] and along else {})
        if all(n.known(part(row, key)) for key in keys):
            along.append({"start": point["start"], **{key: row[key] for key in keys}})
    if not along:
        return []
    # The limits of the first batches are wide, for little was known: drawn in full they would flatten all the rest.
    roof = 1.15 * max([*(point["value"] for point in points), along[-1]["upper"]])
    data = plot.of([row | {key: min(row[key], roof) for key in keys} for row in along])
    layers = [data.mark_area(color=_BAND, opacity=0.55).encode(x=x, y=plot.alt.Y("lower:Q"), y2=plot.alt.Y2("upper"))]
    for key, said in (("upper", "upper limit"), ("centre", "mean"), ("lower", "lower limit")):
        colour, dash = (SENTINELS["ink"], [1, 0]) if key == "centre" else (_EDGE, _DASHES)
        layers.append(
            data.mark_line(color=colour, strokeDash=dash, strokeWidth=1.25).encode(x=x, y=plot.alt.Y(f"{key}:Q"))
        )
        value = n.level(along[-1][key])
        end = plot.of([along[-1] | {"said": f"{said} {value}" if wide else value}])
        layers.append(
            end.mark_text(align="left", dx=10, color=SENTINELS["soft"], fontSize=12).encode(
                x=x, y=plot.alt.Y(f"{key}:Q"), text=plot.alt.Text("said:N")
            )
        )
    return layers


def _unfinished(plot: Plot, points: Rows, x: Any, y: Any) -> list[Any]:
    """The young ones: hollow, after a dashed line from the last finished one, so that no fall is read into them."""
    first = next((i for i, p in enumerate(points) if p["young"]), None)
    if first is None:
        return []
    tail = plot.of(points[max(first - 1, 0) :]).mark_line(color=_DATA, strokeDash=[3, 3], strokeWidth=1.25)
    hollow = plot.of([p for p in points if p["young"]])
    ring = hollow.mark_point(color=_DATA, fill=SENTINELS["sheet"], size=30, opacity=1, strokeWidth=1.5)
    return [tail.encode(x=x, y=y), ring.encode(x=x, y=y)]
