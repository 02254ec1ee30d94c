"""Charts made of characters: throughput as blocks with its limits, shares as bars."""

from __future__ import annotations

from customer_factory.report import numbers as n
from customer_factory.report.plot import day_key
from customer_factory.report.view import Tree, rows, table

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HEIGHT = 7
_LABEL = 9
"""Columns for the numbers at the left."""


def bar(share: float, width: int = 20) -> str:
    """A share as a bar of characters.

    >>> bar(0.55, 10)
    '█████▌····'
    """
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    return ("█" * (halves // 2) + "▌" * (halves % 2)).ljust(width, "·")


def throughput(report: Tree, width: int = 80) -> list[str]:
    r"""Happy customers per batch as blocks, a line of text per row; limits and mean are dotted where no block stands.

    Below the blocks stand a diamond for each signal and a ring for each unfinished batch. Where there are more batches
    than columns, the latest are shown.

    >>> june = [("2025-06-02", 4, True), ("2025-06-09", 2, False)]
    >>> batches = [{"start": start, "happy": happy, "complete": over} for start, happy, over in june]
    >>> print("\n".join(throughput({"throughput": {"batches": batches}}, 20)))
           4 ██
             ██
             ██
             ██▄▄
             ████
             ████
           0 ████
               ○
             2 Jun
    """
    batches = [b for b in rows(report, "throughput", "batches") if n.known(b.get("happy"))]
    room = width - _LABEL
    batches = batches[-room:]
    if not batches:
        return []
    wide = 2 if len(batches) * 2 <= room else 1
    values = [float(b["happy"]) for b in batches]
    found = table(report, "throughput")
    lines = {key: float(found[key]) for key in ("upper", "centre", "lower") if n.known(found.get(key))}
    top = max([*values, lines.get("upper", 0.0)]) or 1.0
    at = {min(_HEIGHT - 1, int(value / top * _HEIGHT)): value for key, value in reversed(lines.items())}
    made = []
    for row in reversed(range(_HEIGHT)):
        label = n.level(at[row]) if row in at else n.level(top) if row == _HEIGHT - 1 else "0" if row == 0 else ""
        cells = "".join(_cell(value / top * _HEIGHT - row, dotted=row in at) * wide for value in values)
        made.append(f"{label:>{_LABEL - 1}} {cells}".rstrip())
    signals = {day_key(s.get("start")) for s in rows(report, "throughput", "signals")}
    marks = "".join(
        ("◆" if day_key(b.get("start")) in signals else " " if b.get("complete") else "○").ljust(wide) for b in batches
    )
    if marks.strip():
        made.append(f"{'':{_LABEL}}{marks}".rstrip())
    first, last = (n.day(b.get("start"), year=False) for b in (batches[0], batches[-1]))
    span = len(batches) * wide
    gap = span - len(first) - len(last)
    made.append(f"{'':{_LABEL}}{first}{' ' * gap + last if gap > 0 else ''}")
    return made


def _cell(filled: float, *, dotted: bool) -> str:
    """One character of a column: how much of this row is filled, in eighths."""
    eighths = round(max(0.0, min(1.0, filled)) * 8)
    if eighths == 0 and dotted:
        return "┄"
    return _EIGHTHS[eighths]
