"""The report in a terminal: 80 columns, no meaning in colour alone, plain characters where it has no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from typing import TYPE_CHECKING

from customer_factory.report import ahead, blocks, sections, view, words
from customer_factory.report import numbers as n
from customer_factory.report.svg import clean
from customer_factory.report.view import Tree, part, rows

if TYPE_CHECKING:
    from rich.console import Console

_WIDEST = 80
_CHANNELS, _SIGNALS = 6, 6
_PLAIN = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "…": "~",
        "·": ".",
        "┄": "-",
        "─": "-",
        "►": ">",
        "↗": "^",
        "↘": "v",
    }
    | {"◆": "*", "●": "@", "◐": "%", "○": "o", "▼": "!", "€": "EUR ", "£": "GBP "}
    | dict(zip("▁▂▃▄▅▆▇█▌", "__..ooO##", strict=True))
)
"""What stands for a character that the terminal cannot write."""


def render(report: Tree, console: Console) -> None:
    """Print the report.

    Args:
        report: `Report.to_dict()`.
        console: Where to; its width counts up to 80 columns. Where its encoding has no blocks and dashes, plain
            characters stand for them.
    """
    written(lambda out: _print(report, out), console)


def written(write: Callable[[Writer], None], console: Console) -> None:
    """Let something be written on a console, up to 80 columns wide, with the characters that it has."""
    from rich.console import Console as Screen

    width = min(_WIDEST, console.width)
    if "utf" in (console.encoding or "").lower():
        write(Writer(console, width))
        return
    paper = StringIO()
    write(Writer(Screen(file=paper, width=width, color_system=None, force_terminal=False), width))
    plain = paper.getvalue().translate(_PLAIN).encode(console.encoding, "replace").decode(console.encoding)
    console.print(plain, markup=False, highlight=False, end="", soft_wrap=True)


def _print(report: Tree, out: Writer) -> None:
    _head(report, out)
    _constraint(report, out)
    _steps(report, out)
    _retention(report, out)
    _money(report, out)
    _channels(report, out)
    _ahead(report, out)
    _data(report, out)
    _list(out, "Read with care", [str(note) for note in report.get("notes") or []])
    _list(out, "What would sharpen the picture", words.gaps(report))


class Writer:
    """Lines of one width on a console."""

    def __init__(self, console: Console, width: int) -> None:
        self.console, self.width = console, width

    def line(self, words_: str = "", style: str = "", indent: int = 0) -> None:
        """A paragraph, wrapped."""
        from rich.padding import Padding
        from rich.text import Text

        if not words_:
            self.console.print()
            return
        text = Text(clean(words_), style=style, overflow="fold")
        self.console.print(Padding(text, (0, 0, 0, indent), expand=False), width=self.width)

    def item(self, words_: str) -> None:
        """An entry of a list, its further lines indented."""
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row("-", Text(clean(words_), overflow="fold"))
        self.console.print(grid, width=self.width)

    def title(self, words_: str) -> None:
        """A heading with a rule to the right edge."""
        shown = words_.upper()
        self.line()
        self.line(f"{shown} {'─' * max(0, self.width - len(shown) - 1)}", "bold")

    def table(self, head: Iterable[str], body: list[list[str]], left: int = 1) -> None:
        """Columns, the first `left` of them flush left. A name gives way where there is no room, never a number."""
        from rich.cells import cell_len, set_cell_size

        table = [[clean(cell) for cell in row] for row in (list(head), *body)]
        widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
        gap = 2 if sum(widths[1:]) + 2 * len(widths) + 10 <= self.width else 1
        widths[0] = max(8, min(widths[0], self.width - sum(widths[1:]) - gap * (len(widths) - 1)))
        for number, row in enumerate(table):
            name = row[0] if cell_len(row[0]) <= widths[0] else f"{set_cell_size(row[0], widths[0] - 1)}…"
            cells = [set_cell_size(name, widths[0])]
            for column, cell in enumerate(row[1:], start=1):
                space = " " * (widths[column] - cell_len(cell))
                cells.append(cell + space if column < left else space + cell)
            style = "dim" if number == 0 else "bold" if name.startswith("►") else ""
            self.line((" " * gap).join(cells).rstrip(), style)


def _head(report: Tree, out: Writer) -> None:
    name, when = words.name(report), words.as_of(report)
    out.line(name, "bold")
    out.line(f"{words.happy_means(report)}, {when}", "dim")
    said = words.outcome(report)
    if said:
        out.line(said, "italic")
    head = words.headline(report)
    out.line()
    if head.number == n.UNKNOWN:
        out.line(f"{words.unit(report).capitalize()} a {words.period(report)}: not known yet", "bold")
    else:
        out.line(f"{head.number} {head.unit}   {head.limits}", "bold")
    out.line(f"{head.mark} {head.state}. {head.reason}")
    chart = blocks.throughput(report, out.width)
    if chart:
        out.line()
        for row in chart:
            out.line(row)
        out.line(f"         ┄ limits and mean   ◆ signal   ○ {words.period(report)} not over", "dim")
    for signal in sections.signals(report)[-_SIGNALS:]:
        out.line(f"◆ {signal.day}: {signal.value} {words.unit(report)}, {signal.rule}")


def _constraint(report: Tree, out: Writer) -> None:
    verdict = words.verdict(report)
    out.title("The constraint")
    out.line(f"► {verdict.title} [{verdict.badge}]" if verdict.claimed else verdict.title, "bold")
    for sentence in verdict.sentences:
        out.line(sentence)
    if verdict.would_decide:
        out.line(f"What would decide it: {verdict.would_decide}")
    if verdict.claimed:
        out.line(words.FOCUS, "bold")
    found = view.evidence(report)
    if found:
        out.line()
        body = [
            [
                _mark(row.label, marked=row.marked),
                blocks.bar(row.probability, 12),
                row.chance,
                row.now,
                row.attainable,
                _gain(row),
            ]
            for row in found
        ]
        out.table(("Step", "Probability", "", "Now", "Attainable", "Gain"), body, left=2)
        out.line(f"Gain: {words.in_service(report)}.", "dim")


def _gain(row: view.Evidence) -> str:
    return f"{row.gain} ({row.interval})" if row.interval != n.UNKNOWN else row.gain


def _mark(label: str, *, marked: bool) -> str:
    return f"► {label}" if marked else f"  {label}"


def _steps(report: Tree, out: Writer) -> None:
    out.title("Steps")
    found = view.step_rows(report)
    if not found:
        out.line("The blueprint has no steps.")
        return
    body = [
        [
            _mark(row.label, marked=row.marked),
            row.entered,
            row.reached,
            row.rate,
            row.interval,
            row.waiting,
            row.lost,
            row.median,
        ]
        for row in found
    ]
    out.table(("  Step", "Entered", "Reached", "Rate", "Interval", "Waiting", "Lost", "Half in"), body)
    moving = [f"{row.label} {row.trend}" for row in found if row.trend[:1] in {"↗", "↘"}]
    if moving:
        out.line(f"Of late: {words.enumerate_words(moving)}.")


def _retention(report: Tree, out: Writer) -> None:
    curve = {p.get("batch"): p for p in rows(report, "retention", "curve") if n.known(p.get("survival"))}
    ages = [age for age in (1, 2, 4, 8, 12, 26, 52) if age in curve]
    if not ages:
        return
    out.title("Retention")
    unit = words.period(report)
    told = [f"{n.rate(curve[age]['survival'])} after {words.several(age, unit)}" for age in ages]
    out.line(f"Still active: {words.enumerate_words(told)}.")


def _money(report: Tree, out: Writer) -> None:
    for title, figures in (
        ("Revenue", sections.money_figures(report)),
        ("Cost and worth", sections.economy_figures(report)),
        ("Referral", sections.referral_figures(report)),
    ):
        if figures:
            out.title(title)
            _figures(out, figures)


def _figures(out: Writer, figures: list[sections.Figure]) -> None:
    body = [[f"  {figure.name}", figure.value, figure.note] for figure in figures]
    name = max(len(row[0]) for row in body) + 2
    value = max(len(row[1]) for row in body)
    for row in body:
        out.line(f"{row[0]:<{name}}{row[1]:>{value}}  {row[2]}".rstrip())


def _channels(report: Tree, out: Writer) -> None:
    found = sections.channels(report)
    if found is None:
        return
    out.title("Channels")
    if found.costed:
        body = [[f"  {row.name}", *(row.costs[i] for i in (0, 1, 3, 4, 5, 7))] for row in found.rows[:_CHANNELS]]
        out.table(("  Channel", "Leads", "Happy", "Spend", "Per lead", "CAC", "LTV:CAC"), body)
        if any(row.losing for row in found.rows[:_CHANNELS]):
            out.line("▼ A customer from there brings less than they cost.", "dim")
    else:
        body = [[f"  {row.name}", *(rate for rate, _ in row.rates)] for row in found.rows[:_CHANNELS]]
        out.table(("  Channel", *(step[:12] for step in found.steps)), body)
    more = len(found.rows[_CHANNELS:]) + found.hidden
    if more:
        out.line(f"  {words.several(more, 'more channel')} not shown.", "dim")


def _ahead(report: Tree, out: Writer) -> None:
    said = [ahead.expected(report), *ahead.where(report)]
    if any(said):
        out.title("Ahead")
        for sentence in said:
            if sentence:
                out.line(sentence)


def _data(report: Tree, out: Writer) -> None:
    out.title("Data")
    said = [f"{figure.value} {figure.name}" for figure in sections.data_figures(report)]
    out.line(f"{words.enumerate_words(said)}.")
    first = part(report, "data", "first")
    if first:
        out.line(f"Events from {n.day(first)} to {n.day(part(report, 'data', 'last'))}.")
    found = sections.reasons(report)
    for why, amount, done in found[:_CHANNELS]:
        out.line(f"{amount} {done}: {why}", indent=2)
    if found[_CHANNELS:]:
        out.line(f"{len(found) - _CHANNELS} more reasons not shown.", "dim", indent=2)


def _list(out: Writer, title: str, said: list[str]) -> None:
    if said:
        out.title(title)
        for sentence in said:
            out.item(sentence)
