"""The blueprint drawing: the factory as a plan, from visitors to happy customers, with its loops and its constraint."""

from __future__ import annotations

from dataclasses import dataclass

from customer_factory.report import boxes, svg, words
from customer_factory.report import numbers as n
from customer_factory.report.boxes import Box
from customer_factory.report.sheet import legend, sheet, title_block
from customer_factory.report.tall import draw_tall
from customer_factory.report.theme import paint, var
from customer_factory.report.view import STEPS, Tree, constraint_step, part, rows

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Plan:
    """Where everything stands: one for wide pages, one for phones."""

    width: float
    height: float
    places: dict[str, Box]
    visitors: Box
    cell: float  # of the squared paper


WIDE = Plan(
    width=1180,
    height=640,
    cell=20,
    visitors=Box(26, 271, 124, 112),
    places={
        "acquisition": Box(208, 252, 244, 150),
        "activation": Box(516, 252, 262, 150),
        "revenue": Box(846, 252, 244, 150),
        "retention": Box(525, 42, 244, 142),
        "referral": Box(525, 470, 244, 142),
    },
)


def blueprint_svg(report: Tree, standalone: bool = False, *, tall: bool = False, headline: bool = True) -> str:  # noqa: FBT001
    """The drawing as SVG.

    Args:
        report: `Report.to_dict()`.
        standalone: A file of its own, in the colours of paper. Otherwise a fragment for a page that defines the tokens
            of :func:`customer_factory.report.theme.css`.
        tall: The plan for narrow screens.
        headline: Throughput as the one big number, and the desired outcome. Without, the page around the drawing says
            them, and throughput is read off the plan in a smaller size.

    Returns:
        Well-formed XML without ids, scripts, styles and references: several fit into one page.
    """
    root = draw_tall(report, headline=headline) if tall else _draw_wide(report, headline=headline)
    if standalone:
        _, _, width, height = root.attrib["viewBox"].split()
        root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height}
    drawn = svg.written(root)
    return paint(drawn) if standalone else drawn


def leaves(report: Tree) -> str:
    """The step at whose end a customer is happy: where throughput is read."""
    happy = [str(step) for step in rows(report, "happy") if step in STEPS]
    return happy[-1] if happy else "activation"


def _draw_wide(report: Tree, *, headline: bool) -> svg.Element:
    plan = WIDE
    root = sheet(report, plan.width, plan.height, plan.cell)
    at = {name: boxes.grown(box, marked=constraint_step(report) == name) for name, box in plan.places.items()}
    _pipes(root, report, at)
    boxes.visitors(root, plan.visitors, report)
    for name in STEPS:
        boxes.step(root, at[name], report, name)
    _reading(root, report, at, headline=headline)
    if headline:
        _outcome(root, report)
    legend(root, 28, 500 if headline else 60, 290, report)
    title_block(root, Box(846, 514, 308, 98), report)
    return root


def _pipes(root: svg.Element, report: Tree, at: dict[str, Box]) -> None:
    acquisition, activation, revenue = at["acquisition"], at["activation"], at["revenue"]
    retention, referral = at["retention"], at["referral"]
    middle = 327.0
    here = {name: part(report, "steps", name) is not None for name in STEPS}
    _pipe(root, [(WIDE.visitors.right, middle), (acquisition.x, middle)], solid=True)
    _pipe(root, [(acquisition.right, middle), (activation.x, middle)], solid=here["activation"])
    _pipe(
        root, [(activation.right, middle), (revenue.x, middle)], solid=here["revenue"], say="buy", at=(812, middle - 10)
    )
    _pipe(root, [(revenue.right, middle), (1154, middle)], solid=here["revenue"])
    up, down = 599.0, 695.0
    _pipe(root, [(up, activation.y), (up, retention.bottom)], solid=here["retention"])
    _pipe(root, [(down, retention.bottom), (down, activation.y)], solid=here["retention"])
    svg.text(
        root, up - 10, (retention.bottom + activation.y) / 2 + 4, "keep coming back", 13, colour="soft", anchor="end"
    )
    _pipe(root, [(647, activation.bottom), (647, referral.y)], solid=here["referral"])
    _pipe(
        root,
        [(referral.x, 541), (330, 541), (330, acquisition.bottom)],
        solid=here["referral"],
        say="refer others",
        at=(456, 531),
    )
    total = part(report, "revenue", "total")
    if here["revenue"]:
        svg.text(root, 1154, middle - 14, n.short(total, report.get("currency")), 13, bold=True, anchor="end")


def _pipe(root: svg.Element, points: Points, *, solid: bool, say: str = "", at: tuple[float, float] = (0, 0)) -> None:
    svg.arrow(root, points, "ink" if solid else "line")
    if say:
        svg.text(root, *at, say, 13, colour="soft", anchor="middle")


def _reading(root: svg.Element, report: Tree, at: dict[str, Box], *, headline: bool) -> None:
    """Throughput, read off where happy customers leave, as a dimension is read off a plan."""
    head, box = words.headline(report), at[leaves(report)]
    x, y, shelf = box.right - 18, box.y, 196.0
    svg.node(root, "circle", cx=x, cy=y, r=4, fill=var("data"))
    start = min(max(846.0, x + (y - shelf) * 0.7), max(846.0, x))
    svg.polyline(root, [(x, y), (start, shelf)], stroke=var("data"), stroke_width=1.25)
    svg.polyline(root, [(846, shelf), (1154, shelf)], stroke=var("data"), stroke_width=1.25)
    svg.text(root, 846, 62 if headline else 92, "THROUGHPUT", 12, colour="soft", bold=True, spacing=1.6)
    known = head.number != n.UNKNOWN
    if not known:
        svg.text(root, 846, 136, "Not known yet", 32, bold=True)
        svg.text(root, 846, 162, head.unit, 15, bold=True)
    elif headline:
        svg.text(root, 843, 136, head.number, 78, bold=True, width=314)
        svg.text(root, 846, 162, head.unit, 15, bold=True)
        svg.text(root, 846, 184, f"{head.limits} · {head.state}", 13, colour="soft", width=310)
    else:
        svg.text(root, 846, 138, head.number, 44, bold=True)
        svg.text(root, 846, 162, head.unit, 14, bold=True)
        svg.text(root, 846, 184, head.limits, 13, colour="soft", width=310)


def _outcome(root: svg.Element, report: Tree) -> None:
    svg.text(root, 28, 62, "DESIRED OUTCOME", 12, colour="soft", bold=True, spacing=1.6)
    said = words.outcome(report)
    if said:
        y = svg.paragraph(root, 28, 94, said, 21, width=430, lines=3)
    else:
        y = svg.paragraph(
            root,
            28,
            90,
            "Not said yet: what the customer achieves, in the customer’s words.",
            15,
            width=430,
            lines=2,
            colour="soft",
        )
    svg.text(root, 28, y + 4, words.happy_means(report), 13, colour="soft", width=430)
