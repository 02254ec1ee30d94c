"""The parts of the blueprint drawing: step boxes, visitors, legend, title block."""

from __future__ import annotations

from dataclasses import dataclass, replace

from customer_factory.report import numbers as n
from customer_factory.report import svg, words
from customer_factory.report.theme import var
from customer_factory.report.view import Tree, cohort_rates, constraint_step, evidence, label, part

TAB = 30.0
"""How high the tab is that says "Constraint"."""
_LONGEST = 26


@dataclass(frozen=True)
class Box:
    """A place on the sheet."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.h


def grown(box: Box, *, marked: bool) -> Box:
    """The box with room for the tab of the constraint on top."""
    return replace(box, y=box.y - TAB, h=box.h + TAB) if marked else box


def step(root: svg.Element, box: Box, report: Tree, name: str) -> None:
    """One step: its name, rate, interval, trend and waiting; framed as the constraint where it is."""
    found = part(report, "steps", name)
    if found is None:
        _absent(root, box, report, name)
        return
    marked = constraint_step(report) == name
    if marked:
        _tab(root, box, words.verdict(report).badge)
        box = replace(box, y=box.y + TAB, h=box.h - TAB)
    _frame(root, box, marked=marked)
    left, inner = box.x + 16, box.w - 32
    quiet = "" if marked else _quiet(report, name)
    _heading(root, box, label(report, name), quiet)
    value = n.rate(found.get("rate"), found.get("low"), found.get("high"))
    known = value != n.UNKNOWN
    shown, size = (value, 38) if known else (n.short(found.get("reached")), 30)
    svg.text(root, left, box.y + 79, shown, size, bold=True, width=inner * 0.6)
    _trend(root, Box(box.right - 104, box.y + 46, 88, 34), report, name)
    of = f"{n.short(found.get('reached'))} of {n.short(found.get('entered'))}"
    interval = n.rates(found.get("low"), found.get("high"))
    line = f"{of} · {interval}" if interval != n.UNKNOWN else of if known else "reached; rate not known"
    svg.text(root, left, box.y + 105, line, 13, colour="soft", width=inner)
    waiting = n.count(found.get("waiting"))
    svg.text(
        root, left, box.y + 126, f"{waiting} waiting" if waiting != n.UNKNOWN else "waiting not known", 13, width=inner
    )


def visitors(root: svg.Element, box: Box, report: Tree) -> None:
    """Where the raw material comes in."""
    known = part(report, "steps", "acquisition", "entered")
    dashes = None if n.known(known) else "5 4"
    svg.node(
        root, "rect", x=box.x, y=box.y, width=box.w, height=box.h, rx=box.h / 2, fill=var("sheet"), stroke=var("edge")
    )
    root[-1].attrib |= {"stroke-dasharray": dashes} if dashes else {}
    middle, centre = box.x + box.w / 2, box.y + box.h / 2
    svg.text(root, middle, centre - 6, "VISITORS", 12, colour="soft", bold=True, anchor="middle", spacing=1.2)
    shown = n.count(known) if n.known(known) else "not known"
    svg.text(
        root,
        middle,
        centre + 18,
        shown,
        19 if n.known(known) else 13,
        bold=n.known(known),
        anchor="middle",
        width=box.w - 16,
    )


def _absent(root: svg.Element, box: Box, report: Tree, name: str) -> None:
    svg.node(
        root,
        "rect",
        x=box.x,
        y=box.y,
        width=box.w,
        height=box.h,
        fill=var("sheet"),
        stroke=var("line"),
        stroke_width=1.5,
    )
    root[-1].attrib["stroke-dasharray"] = "5 4"
    middle, centre = box.x + box.w / 2, box.y + box.h / 2
    svg.text(
        root, middle, centre - 4, label(report, name).upper(), 13, colour="soft", bold=True, anchor="middle", spacing=1
    )
    svg.text(root, middle, centre + 16, "not in the blueprint", 12.5, colour="soft", anchor="middle")


def _tab(root: svg.Element, box: Box, badge: str) -> None:
    svg.node(root, "rect", x=box.x - 7, y=box.y - 2, width=box.w + 14, height=TAB + 4, fill=var("signal"))
    svg.text(root, box.x + 16, box.y + 20, badge.upper(), 14, colour="sheet", bold=True, width=box.w - 24, spacing=1.2)


def _frame(root: svg.Element, box: Box, *, marked: bool) -> None:
    if marked:
        svg.node(root, "rect", x=box.x - 6, y=box.y - 6, width=box.w + 12, height=box.h + 12)
        root[-1].attrib |= {"fill": "none", "stroke": var("signal"), "stroke-width": "2"}
    fill, stroke, width = ("wash", "signal", 4.0) if marked else ("sheet", "ink", 1.75)
    svg.node(
        root,
        "rect",
        x=box.x,
        y=box.y,
        width=box.w,
        height=box.h,
        fill=var(fill),
        stroke=var(stroke),
        stroke_width=width,
    )


def _heading(root: svg.Element, box: Box, words_: str, quiet: str) -> None:
    room = box.w - 32 - (svg.measure(quiet, 11.5) + 8 if quiet else 0)
    svg.text(root, box.x + 16, box.y + 27, words_.upper(), 13, bold=True, width=room, spacing=1)
    if quiet:
        svg.text(root, box.right - 14, box.y + 27, quiet, 11.5, colour="soft", anchor="end")


def _quiet(report: Tree, name: str) -> str:
    """Undecided: how likely this step is the constraint, said without marking it."""
    if constraint_step(report) is not None:
        return ""
    row = next((row for row in evidence(report) if row.name == name and row.probability), None)
    return f"{row.chance} likely" if row else ""


def _trend(root: svg.Element, box: Box, report: Tree, name: str) -> None:
    """The cohorts as a line from zero up; the young ones dashed, so that they are not read as a fall."""
    series = cohort_rates(part(report, "steps", name))[-_LONGEST:]
    if len(series) < 2:
        return
    top = max(value for _, value, _ in series) or 1.0
    across = box.w / (len(series) - 1)
    points = [(box.x + i * across, box.bottom - value / top * box.h) for i, (_, value, _) in enumerate(series)]
    ripe = next((i for i, (_, _, complete) in enumerate(series) if not complete), len(series))
    svg.node(root, "path", d=f"M{box.x:g} {box.bottom + 3:g}H{box.right:g}", stroke=var("line"), fill="none")
    if ripe > 1:
        svg.polyline(root, points[:ripe], stroke=var("data"), stroke_width=1.75, stroke_linejoin="round")
    if ripe < len(series):
        young = points[max(ripe - 1, 0) :]
        svg.polyline(root, young, stroke=var("data"), stroke_width=1.5, stroke_dasharray="2.5 2.5")
    last = points[-1]
    ends = {"fill": var("data")} if ripe == len(series) else {"fill": var("sheet"), "stroke": var("data")}
    svg.node(root, "circle", cx=last[0], cy=last[1], r=2.75, **ends)
