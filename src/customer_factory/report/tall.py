"""The blueprint drawing for narrow screens: the same factory, from top to bottom."""

from __future__ import annotations

from customer_factory.report import boxes, svg, words
from customer_factory.report import numbers as n
from customer_factory.report.boxes import TAB, Box
from customer_factory.report.sheet import legend, sheet
from customer_factory.report.theme import var
from customer_factory.report.view import STEPS, Tree, constraint_step, part

_WIDTH, _LEFT, _INNER = 360.0, 34.0, 276.0
_ORDER = ("acquisition", "activation", "retention", "referral", "revenue")


def draw_tall(report: Tree, *, headline: bool) -> svg.Element:
    """Visitors at the top, a bus on the left to what activation causes, the two loops back on the right."""
    top = 166.0 if headline else 84.0
    at, y = {}, top + 86
    for name in _ORDER:
        here = part(report, "steps", name) is not None
        marked = constraint_step(report) == name
        height = (140.0 if here else 60.0) + (TAB if marked else 0)
        at[name] = Box(_LEFT, y, _INNER, height)
        y += height + 34
    root = sheet(report, _WIDTH, y + 106, 20)
    _reading(root, report, headline=headline)
    entry = Box(_LEFT + 60, top, _INNER - 120, 56)
    _pipes(root, report, at, entry)
    boxes.visitors(root, entry, report)
    for name in _ORDER:
        boxes.step(root, at[name], report, name)
    legend(root, 20, y + 12, _WIDTH - 40, report)
    return root


def _reading(root: svg.Element, report: Tree, *, headline: bool) -> None:
    head = words.headline(report)
    svg.text(root, 20, 36, "THROUGHPUT", 12, colour="soft", bold=True, spacing=1.6)
    if headline:
        known = head.number != n.UNKNOWN
        svg.text(
            root, 18, 94, head.number if known else "Not known yet", 64 if known else 36, bold=True, width=_WIDTH - 36
        )
        svg.text(root, 20, 120, head.unit, 15, bold=True)
        svg.text(root, 20, 141, f"{head.limits} · {head.state}", 12.5, colour="soft", width=_WIDTH - 40)
    else:
        svg.text(
            root, 20, 60, f"{head.number if head.number != n.UNKNOWN else 'Not known:'} {head.unit}", 15, bold=True
        )


def _pipes(root: svg.Element, report: Tree, at: dict[str, Box], entry: Box) -> None:
    here = {name: part(report, "steps", name) is not None for name in STEPS}
    tone = {name: "ink" if here[name] else "line" for name in STEPS}
    middle = _LEFT + _INNER / 2
    svg.arrow(root, [(middle, entry.bottom), (middle, at["acquisition"].y)], tone["acquisition"])
    svg.arrow(root, [(middle, at["acquisition"].bottom), (middle, at["activation"].y)], tone["activation"])
    source, bus = at["activation"], 14.0
    last = max((name for name in _ORDER[2:] if here[name]), key=lambda name: at[name].y, default=None)
    for name, said in (("retention", "keep coming back"), ("referral", "refer others"), ("revenue", "buy")):
        box = at[name]
        if here[name]:
            y = box.y + box.h / 2
            start = [(source.x, source.bottom - 22), (bus, source.bottom - 22)]
            svg.arrow(root, [*(start if name == last else []), (bus, y), (box.x, y)], tone[name])
            svg.text(root, _LEFT + 4, box.y - 10, said, 13, colour="soft")
    for name, target, lane in (("retention", "activation", 326.0), ("referral", "acquisition", 344.0)):
        if here[name] and here[target]:
            box, end = at[name], at[target]
            y, back = box.y + box.h / 2, end.y + end.h / 2
            svg.arrow(root, [(box.right, y), (lane, y), (lane, back), (end.right, back)], tone[name])
    if here["revenue"]:
        box, total = at["revenue"], n.money(part(report, "revenue", "total"), report.get("currency"))
        svg.text(root, box.right, box.bottom + 20, f"{total} in all", 12.5, bold=True, anchor="end")
    svg.node(root, "circle", cx=source.x, cy=source.bottom - 22, r=3, fill=var("ink"))
