"""The poster: one sheet of A proportions with the number, the verdict, the drawing and the chart, as PNG."""

from __future__ import annotations

from customer_factory.report import charts, drawing, svg, view, words
from customer_factory.report import numbers as n
from customer_factory.report.theme import Theme, paint, var
from customer_factory.report.view import Tree

_WIDTH, _HEIGHT, _MARGIN = 1200.0, 1697.0, 60.0
_INNER = _WIDTH - 2 * _MARGIN


def png(report: Tree, scale: float = 2, theme: Theme = "light") -> bytes:
    """The poster as PNG.

    Args:
        report: `Report.to_dict()`.
        scale: Pixels per unit: 2 gives 2400 × 3394, sharp on A3.
        theme: "light" (paper) or "dark" (blueprint).

    Raises:
        ValueError: The scale is not between 0.1 and 8.
    """
    if not 0.1 <= scale <= 8:
        raise ValueError(f"the scale is {scale}; a poster can be drawn at a scale from 0.1 to 8")
    import vl_convert

    return vl_convert.svg_to_png(poster_svg(report, theme), scale=scale)


def poster_svg(report: Tree, theme: Theme = "light") -> str:
    """The poster as an SVG of its own."""
    root = svg.canvas(
        _WIDTH, _HEIGHT, f"{words.name(report)}: {words.headline(report).number} {words.headline(report).unit}"
    )
    root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "width": f"{_WIDTH:g}", "height": f"{_HEIGHT:g}"}
    svg.node(root, "rect", width=_WIDTH, height=_HEIGHT, fill=var("paper"))
    _head(root, report)
    _throughput(root, report)
    _verdict(root, report)
    height = _INNER * drawing.WIDE.height / drawing.WIDE.width
    parts = [_placed(drawing.blueprint_svg(report, headline=False), 540, _INNER, height)]
    chart = charts.throughput(report, 1080, 270)
    _label(root, _MARGIN, 1162, f"Happy customers by {words.period(report)}, and their natural limits")
    if chart:
        parts.append(_placed(chart, 1178, _INNER, 270))
    else:
        svg.text(root, _MARGIN, 1200, words.measured(report), 17, colour="soft")
    _evidence(root, report)
    drawn = svg.written(root)
    return paint(drawn.removesuffix("</svg>") + "".join(parts) + "</svg>", theme)


def _placed(picture: str, y: float, width: float, height: float) -> str:
    return picture.replace("<svg ", f'<svg x="{_MARGIN:g}" y="{y:g}" width="{width:g}" height="{height:g}" ', 1)


def _label(root: svg.Element, x: float, y: float, said: str) -> None:
    svg.text(root, x, y, said.upper(), 13, colour="soft", bold=True, spacing=1.6)


def _head(root: svg.Element, report: Tree) -> None:
    _label(root, _MARGIN, 66, "Customer factory")
    svg.text(
        root, _WIDTH - _MARGIN, 66, words.as_of(report).upper(), 13, colour="soft", bold=True, spacing=1.6, anchor="end"
    )
    svg.text(root, _MARGIN - 2, 122, words.name(report), 52, bold=True, width=_INNER)
    said = words.outcome(report)
    means = words.happy_means(report)
    svg.text(
        root, _MARGIN, 156, f"{said} · {means}" if said else means, 18, colour="ink" if said else "soft", width=_INNER
    )
    svg.node(root, "path", d=f"M{_MARGIN:g} 180H{_WIDTH - _MARGIN:g}", stroke=var("ink"), stroke_width=2)


def _throughput(root: svg.Element, report: Tree) -> None:
    head = words.headline(report)
    known = head.number != n.UNKNOWN
    _label(root, _MARGIN, 220, "Throughput")
    svg.text(
        root, _MARGIN - 6, 358, head.number if known else "Not known yet", 160 if known else 52, bold=True, width=450
    )
    svg.text(root, _MARGIN, 408, head.unit, 26, bold=True, width=440)
    svg.text(root, _MARGIN, 435, head.limits, 18, colour="soft", width=440)
    _mark(root, _MARGIN + 7, 464, head.mark)
    svg.text(root, _MARGIN + 22, 470, head.state, 18, bold=True, width=420)
    svg.paragraph(root, _MARGIN, 494, head.reason, 16, width=440, lines=2, colour="soft")


def _mark(root: svg.Element, x: float, y: float, mark: str) -> None:
    """The sign of repeatability, drawn: a ring that is full, half full or empty. Few fonts have all three."""
    svg.node(
        root, "circle", cx=x, cy=y, r=6, fill=var("ink") if mark == "●" else "none", stroke=var("ink"), stroke_width=1.5
    )
    if mark == "◐":
        svg.node(root, "path", d=f"M{x:g} {y - 6:g}A6 6 0 0 0 {x:g} {y + 6:g}Z", fill=var("ink"))


def _verdict(root: svg.Element, report: Tree) -> None:
    found = words.verdict(report)
    x, width = 560.0, _WIDTH - _MARGIN - 560
    colour, thick = ("signal", 6) if found.claimed else ("line", 2)
    svg.node(root, "rect", x=x - 30, y=208, width=thick, height=306, fill=var(colour))
    if found.claimed:
        badge = found.badge.upper()
        svg.node(
            root,
            "rect",
            x=x,
            y=206,
            width=svg.measure(badge, 15) + 1.4 * len(badge) + 22,
            height=28,
            fill=var("signal"),
        )
        svg.text(root, x + 11, 226, badge, 15, colour="sheet", bold=True, spacing=1.4)
    else:
        _label(root, x, 220, "The constraint")
    lines = svg.balanced(svg.clean(found.title), 40, width, 2)
    size = 60 if len(lines) == 1 and svg.measure(lines[0], 65) <= width else 38
    y = 242.0
    for line in lines:
        y += size * 0.96
        svg.text(root, x - 2, y, line, size, bold=True)
    y += 38
    told = [*found.sentences[:4], *([f"What would decide it: {found.would_decide}"] if found.would_decide else [])]
    for sentence in told:
        y = svg.paragraph(root, x, y, sentence, 16.5, width=width, lines=2) + 4
    if found.claimed and y < 520:
        svg.text(root, x, y, words.FOCUS, 16.5, bold=True, width=width)


def _evidence(root: svg.Element, report: Tree) -> None:
    top, right = 1496.0, _WIDTH - _MARGIN
    found = view.evidence(report)
    _label(root, _MARGIN, top, "How likely each step is the constraint, and what breaking it is worth")
    if not found:
        svg.text(root, _MARGIN, top + 34, "No step could be judged yet.", 17, colour="soft")
    for number, row in enumerate(found):
        y = top + 34 + 27 * number
        svg.text(root, _MARGIN, y, row.label, 16, bold=True, width=200)
        svg.node(root, "rect", x=280, y=y - 12, width=380, height=13, fill=var("grid"))
        svg.node(
            root,
            "rect",
            x=280,
            y=y - 12,
            width=380 * row.probability,
            height=13,
            fill=var("signal" if row.marked else "data"),
        )
        svg.text(root, 750, y, row.chance, 16, anchor="end")
        span = f"{row.now} now, {row.attainable} attainable" if row.attainable != n.UNKNOWN else f"{row.now} now"
        span = span if row.chance != n.UNKNOWN else "not judged"
        svg.text(root, 790, y, span, 16, colour="soft", width=230)
        svg.text(
            root, right, y, f"{row.gain}  ({row.interval})" if row.interval != n.UNKNOWN else row.gain, 16, anchor="end"
        )
