"""The colours and type of every face: one table of tokens, light (paper) and dark (blueprint).

Pictures name a token, `var(--ink)`, and never a colour. A page defines the tokens with :func:`css`, so that dark mode
and print follow by themselves; where no style sheet is (PNG, a file of its own) :func:`paint` writes the colours in.
"""

from __future__ import annotations

import re
from typing import Literal

Theme = Literal["light", "dark"]

TOKENS: dict[str, tuple[str, str]] = {
    # token: (light, dark)
    "paper": ("#f4f7fb", "#0a1a31"),  # behind everything
    "sheet": ("#ffffff", "#0f2442"),  # drawings and tables lie on it
    "grid": ("#e7edf5", "#16304f"),  # squared paper, gridlines
    "line": ("#c3cfdf", "#34527a"),  # hairlines that only divide
    "edge": ("#6f83a0", "#7f9abf"),  # lines that mean something: frames, limits
    "soft": ("#4d607c", "#a9bedb"),  # secondary words
    "ink": ("#0e2340", "#e9f1fb"),  # words and arrows
    "data": ("#1d5bb5", "#8cbcf7"),  # what was measured
    "band": ("#cfdff5", "#24466f"),  # its interval or limits
    "signal": ("#b8420a", "#ffab66"),  # the constraint and signals, nothing else
    "wash": ("#fdf0e6", "#33302f"),  # behind the constraint
}
"""Each token with its colour on paper and on the blueprint."""

DISPLAY = "Bahnschrift, 'DIN Alternate', 'Avenir Next', 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
TEXT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
PRINT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The family of pictures without a browser; the renderer carries it, so a poster looks the same everywhere."""

SENTINELS = {name: f"#0a0b{number:02x}" for number, name in enumerate(TOKENS, start=16)}
"""Colours that no chart would use, by token: charts are made with them (:func:`var` is not a colour to Vega)."""

_NAMES = {sentinel: name for name, sentinel in SENTINELS.items()}
_SENTINEL = re.compile(r"#0a0b[0-9a-f]{2}")
_VARIABLE = re.compile(r"var\(--([a-z]+)\)")


def var(token: str) -> str:
    """The reference to a token.

    >>> var("ink")
    'var(--ink)'
    """
    return f"var(--{token})"


def variables(svg: str) -> str:
    """A chart whose sentinel colours have become references to tokens.

    >>> variables(f'<rect fill="{SENTINELS["data"]}"/>')
    '<rect fill="var(--data)"/>'
    """
    return _SENTINEL.sub(lambda found: var(_NAMES[found[0]]) if found[0] in _NAMES else found[0], svg)


def colour(token: str, theme: Theme = "light") -> str:
    """The colour of a token in a theme."""
    return TOKENS[token][theme == "dark"]


def paint(svg: str, theme: Theme = "light") -> str:
    """A picture whose references have become colours.

    >>> paint('<rect fill="var(--ink)"/>')
    '<rect fill="#0e2340"/>'
    """
    return _VARIABLE.sub(lambda found: colour(found[1], theme) if found[1] in TOKENS else found[0], svg)


def css() -> str:
    """The style sheet's head: tokens for light, dark, a forced theme (`data-theme` on the root) and print."""
    light = _block("light")
    dark = _block("dark")
    return (
        f":root{{color-scheme:light dark;{light};--display:{DISPLAY};--text:{TEXT}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        f":root[data-theme=light]{{color-scheme:light;{light}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"@media print{{:root,:root[data-theme]{{color-scheme:light;{light};--paper:#fff}}}}"
    )


def _block(theme: Theme) -> str:
    return ";".join(f"--{name}:{colour(name, theme)}" for name in TOKENS)
