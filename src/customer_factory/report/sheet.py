"""The paper of the blueprint drawing: squared, framed, with its legend and title block."""

from __future__ import annotations

from customer_factory.report import numbers as n
from customer_factory.report import svg, words
from customer_factory.report.boxes import Box
from customer_factory.report.theme import var
from customer_factory.report.view import STEPS, Tree, constraint_step, evidence, label, part


def sheet(report: Tree, width: float, height: float, cell: float) -> svg.Element:
    """Squared paper with a frame, and the drawing in words."""
    root = svg.canvas(width, height, f"Blueprint of {words.name(report)}", describe(report))
    svg.node(root, "rect", width=width, height=height, fill=var("sheet"))
    lines = [f"M{i * cell:g} 0V{height:g}" for i in range(1, int(width // cell) + 1)]
    lines += [f"M0 {i * cell:g}H{width:g}" for i in range(1, int(height // cell) + 1)]
    svg.node(root, "path", d="".join(lines), stroke=var("grid"), stroke_width=1, fill="none")
    svg.node(
        root,
        "rect",
        x=0.75,
        y=0.75,
        width=width - 1.5,
        height=height - 1.5,
        fill="none",
        stroke=var("edge"),
        stroke_width=1.5,
    )
    return root


def describe(report: Tree) -> str:
    """What the drawing shows, in words."""
    head, verdict = words.headline(report), words.verdict(report)
    steps = [
        f"{label(report, name)} {n.rate(part(report, 'steps', name, 'rate'))}"
        for name in STEPS
        if part(report, "steps", name)
    ]
    return f"{head.number} {head.unit}, {head.limits}. The constraint: {verdict.title}. Rates: {', '.join(steps)}."


def legend(root: svg.Element, x: float, y: float, width: float, report: Tree) -> None:
    """How to read the drawing."""
    svg.text(root, x, y, "HOW TO READ IT", 11, colour="soft", bold=True, spacing=1.4)
    told = [
        "Big figure: reached, of those who entered.",
        f"Line: cohorts by {words.period(report)}; dashed: still young.",
        "Waiting: entered, not there yet, not lost.",
    ]
    if constraint_step(report) is None and evidence(report):
        told.append("Undecided; likely: to be the constraint.")
    y += 21
    for line in told:
        y = svg.paragraph(root, x, y, line, 13, width=width, lines=2, leading=1.3, colour="soft") + 2


def title_block(root: svg.Element, box: Box, report: Tree) -> None:
    """The corner of a plan that says what it is a plan of."""
    svg.node(
        root,
        "rect",
        x=box.x,
        y=box.y,
        width=box.w,
        height=box.h,
        fill=var("sheet"),
        stroke=var("edge"),
        stroke_width=1.25,
    )
    row, half = box.h / 2, box.w * 0.58
    svg.node(
        root, "path", d=f"M{box.x:g} {box.y + row:g}H{box.right:g}M{box.x + half:g} {box.y + row:g}V{box.bottom:g}"
    )
    root[-1].attrib |= {"stroke": var("line"), "fill": "none"}
    cells = [
        (box.x, box.y, box.w, "CUSTOMER FACTORY", words.name(report)),
        (box.x, box.y + row, half, "AS OF", n.day(report.get("on"))),
        (box.x + half, box.y + row, box.w - half, "PEOPLE", n.count(report.get("people"))),
    ]
    for x, y, width, title, value in cells:
        svg.text(root, x + 12, y + 17, title, 9.5, colour="soft", bold=True, spacing=1.2)
        svg.text(root, x + 12, y + 37, value, 14, bold=True, width=width - 24)
