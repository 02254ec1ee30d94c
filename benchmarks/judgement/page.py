"""The tables of docs/operating-characteristics.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from customer_factory.statistics import wilson
from judgement.case import OURS, Bar, Case, Outcome, Tally

PAGE = Path(__file__).parents[2] / "docs" / "operating-characteristics.md"

INTRODUCTION = """# Operating characteristics

How often each judgement is right, on made-up companies whose truth is known. This page is generated:
`make operating-characteristics` runs every case on seeds that were not used while the methods were made, goes on where
it was interrupted, and writes it.

- *ours* is the judgement of the product, with Wilson's 95 % interval; beside it naive rules on the same companies.
- A bar is **met** where the figure is on its right side, and *near* where it is not but its interval reaches the bar;
  otherwise it is **missed**. Figures without a bar are shown because they matter too.
- Companies are made by `benchmarks/judgement`, person by person: with delays, windows still open, channels, loops,
  weeks that differ, drift, season, queues and late data. Their evidence is made by the product's own measures; the last
  table shows that events through the whole product say the same.
"""

WORDS = {
    "repeatability": (
        "Is a stable factory left in peace, at every size, and is a change seen? Cases without a bar are stable in "
        "a way that a dozen batches do not show – they remember, or swing over the year: false signals there are a "
        "price that is named, not hidden."
    ),
    "constraint": (
        "Weak: one step at 40 to 60 % of its attainable level, the others within 5 % of theirs, 16 batches of 100 "
        "acquired where no other number is said. Balanced: all within 5 %, so that every claim is wrong. Naive rules "
        "always claim: the lowest conversion, or the largest attainable / rate."
    ),
    "change": (
        "A change on a date, with 26 batches before and 8 after. Nothing changed: whoever calls it broken is wrong, "
        "under trend, season and memory, and where the team acted because numbers were bad. +50%: it should be found."
    ),
    "forecast": (
        "Up to 13 batches ahead, after 12, 26 and 60 batches, on batches that were held out. Each value counts, so the "
        "intervals in this table are too narrow: thirteen values of one company are alike."
    ),
    "trend of a step": "The newest four cohorts against the twelve before them. A direction must be all but certain.",
    "the fast way": "A sample of companies of all kinds, on both ways.",
}


def page(cases: Sequence[Case], results: Mapping[str, Outcome], *, seed: int, companies: int) -> str:
    """The whole page."""
    held = [(case, bar) for case in cases for bar in case.bars if _ours(results.get(case.key), bar.figure)]
    met = sum(_verdict(bar, _ours(results[case.key], bar.figure) or (0, 0)) == "**met**" for case, bar in held)
    total = sum(_companies(results.get(case.key)) for case in cases)
    facts = (
        f"\nSeeds from {seed} on, {companies} companies a case where nothing else is said, {total:,} in all. "
        f"Of {len(held)} bars {met} are met.\n"
    )
    return INTRODUCTION + facts + "\n" + tables(cases, results)


def tables(cases: Iterable[Case], results: Mapping[str, Outcome]) -> str:
    """One table per judgement."""
    by_judgement: dict[str, list[Case]] = {}
    for case in cases:
        by_judgement.setdefault(case.judgement, []).append(case)
    return "\n".join(_table(name, theirs, results) for name, theirs in by_judgement.items())


def _table(name: str, cases: Sequence[Case], results: Mapping[str, Outcome]) -> str:
    lines = [f"## {name.capitalize()}", "", *([WORDS[name], ""] if name in WORDS else [])]
    lines += ["| case | companies | figure | ours | bar | naive rules |", "|---|---|---|---|---|---|"]
    for case in cases:
        outcome = results.get(case.key)
        if outcome is None:
            continue
        bars = {bar.figure: bar for bar in case.bars}
        shown = sorted(figure for figure in outcome if not bars or figure in bars)
        shown += [figure for figure in bars if figure not in outcome]
        for place, figure in enumerate(shown):
            ours = _ours(outcome, figure)
            naive = [f"{rule} {_share(tally)}" for rule, tally in outcome.get(figure, {}).items() if rule != OURS]
            bar = f"{bars[figure]} {_verdict(bars[figure], ours)}" if figure in bars and ours else ""
            first = (case.name, f"{_companies(outcome)}") if place == 0 else ("", "")
            cells = (*first, figure, _interval(ours) if ours else "–", bar, ", ".join(naive))
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _ours(outcome: Outcome | None, figure: str) -> Tally | None:
    tally = (outcome or {}).get(figure, {}).get(OURS)
    return tally if tally and tally[1] else None


def _companies(outcome: Outcome | None) -> int:
    return max((of for rules in (outcome or {}).values() for _, of in rules.values()), default=0)


def _share(tally: Tally) -> str:
    return f"{tally[0] / tally[1]:.0%}" if tally[1] else "–"


def _interval(tally: Tally) -> str:
    low, high = wilson(*tally)[:2]
    return f"{tally[0] / tally[1]:.1%} ({100 * low:.1f}–{100 * high:.1f})"


def _verdict(bar: Bar, tally: Tally) -> str:
    if bar.met(*tally):
        return "**met**"
    low, high = wilson(*tally)[:2]
    return "*near*" if low <= bar.share <= high else "**missed**"
