"""Drawing by hand: SVG elements with words that fit. Nothing is concatenated, so nothing can break out of a name."""

from __future__ import annotations

import re
from unicodedata import east_asian_width, normalize
from xml.etree import ElementTree as Tree

from customer_factory.report.theme import PRINT, var

Element = Tree.Element

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SLIM, _BROAD = set("iljtfrI.,:;|!'()[]{} ’‘·"), set("mwMW@%—…")


def clean(words: object) -> str:
    """Text without control characters, which no XML may hold, nor marks that turn the direction of what follows.

    >>> clean("a" + chr(0) + "b" + chr(0x202E) + "c")
    'abc'
    """
    return _FORBIDDEN.sub("", normalize("NFC", str(words)))


def canvas(width: float, height: float, title: str, description: str = "") -> Element:
    """An empty picture that scales, with its name for those who cannot see it."""
    box = f"0 0 {width:g} {height:g}"
    root = Tree.Element("svg", {"viewBox": box, "role": "img", "font-family": PRINT, "aria-label": clean(title)})
    node(root, "title").text = clean(title)
    if description:
        node(root, "desc").text = clean(description)
    return root


def node(parent: Element, tag: str, **attributes: object) -> Element:
    """A child element; underscores in names become hyphens, numbers are written short."""
    written = {
        key.strip("_").replace("_", "-"): _write(value) for key, value in attributes.items() if value is not None
    }
    return Tree.SubElement(parent, tag, written)


def text(
    parent: Element,
    x: float,
    y: float,
    words: object,
    size: float = 13,
    *,
    colour: str = "ink",
    bold: bool = False,
    anchor: str | None = None,
    width: float | None = None,
    spacing: float | None = None,
) -> Element:
    """A line of words, cut with an ellipsis (and the whole as its tooltip) where it is wider than `width`."""
    whole = clean(words)
    shown = fit(whole, size, width, spacing or 0, bold=bold) if width else whole
    weight = "700" if bold else None
    made = node(
        parent,
        "text",
        x=x,
        y=y,
        fill=var(colour),
        font_size=size,
        font_weight=weight,
        text_anchor=anchor,
        letter_spacing=spacing,
    )
    made.text = shown
    if shown != whole:
        node(made, "title").text = whole
        made.text, made[0].tail = "", shown
    return made


def paragraph(
    parent: Element,
    x: float,
    y: float,
    words: object,
    size: float,
    *,
    width: float,
    lines: int,
    leading: float = 1.35,
    colour: str = "ink",
) -> float:
    """Words over several lines; returns the baseline after the last one."""
    for line in wrap(clean(words), size, width, lines):
        text(parent, x, y, line, size, colour=colour)
        y += size * leading
    return y


def wrap(words: str, size: float, width: float, lines: int) -> list[str]:
    """Words broken into at most so many lines; the last one ends in an ellipsis when it does not hold the rest.

    >>> wrap("the outcome of all", 10, 60, 2)
    ['the outcome', 'of all']
    """
    rest, made = words.split(), list[str]()
    while rest and len(made) < lines:
        if len(made) == lines - 1:
            made.append(fit(" ".join(rest), size, width))
            break
        line = rest.pop(0)
        while rest and measure(f"{line} {rest[0]}", size) <= width:
            line = f"{line} {rest.pop(0)}"
        if measure(line, size) > width:  # a script without spaces, or one endless word
            cut = _prefix(line, size, width)
            line, rest = line[:cut], [line[cut:], *rest]
        made.append(line)
    return made


def balanced(words: str, size: float, width: float, lines: int) -> list[str]:
    """Words broken into as few lines as :func:`wrap` needs, but lines of like length: for titles.

    >>> balanced("Activation holds the factory back.", 10, 150, 2)
    ['Activation holds', 'the factory back.']
    """
    made = wrap(words, size, width, lines)
    while width > size:
        width -= size / 2
        tighter = wrap(words, size, width, lines + 1)
        if (
            len(tighter) > len(made)
            or tighter[-1].endswith("…")
            or max(measure(line, size) for line in tighter) > width
        ):
            break
        made = tighter
    return made


def fit(words: str, size: float, width: float, spacing: float = 0, *, bold: bool = False) -> str:
    """The words, cut with an ellipsis where they are wider than `width`.

    >>> fit("acquisition", 10, 100), fit("acquisition", 10, 30)
    ('acquisition', 'acq…')
    """
    size *= 1.08 if bold else 1
    if measure(words, size) + spacing * len(words) <= width:
        return words
    room = width - size
    while words and measure(words, size) + spacing * len(words) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def measure(words: str, size: float) -> float:
    """About how wide the words are in a grotesque of this size: no font is asked, since the reader's is not known."""
    return size * sum(_broad(letter) for letter in words)


def polyline(parent: Element, points: list[tuple[float, float]], **attributes: object) -> Element:
    """A line through the points."""
    return node(parent, "polyline", points=" ".join(f"{x:g},{y:g}" for x, y in points), fill="none", **attributes)


def arrow(parent: Element, points: list[tuple[float, float]], colour: str = "ink", width: float = 2) -> None:
    """A line of right angles that ends in a head, drawn out so that no marker needs an id."""
    (x0, y0), (x, y) = points[-2:]
    dx, dy = _sign(x - x0), _sign(y - y0)
    tip, wing = 11.0, 5.0
    polyline(
        parent,
        [*points[:-1], (x - dx * tip, y - dy * tip)],
        stroke=var(colour),
        stroke_width=width,
        stroke_linejoin="round",
    )
    base = (x - dx * tip, y - dy * tip)
    head = [(x, y), (base[0] + dy * wing, base[1] + dx * wing), (base[0] - dy * wing, base[1] - dx * wing)]
    node(parent, "polygon", points=" ".join(f"{a:g},{b:g}" for a, b in head), fill=var(colour))


def written(root: Element) -> str:
    """The picture as text."""
    return Tree.tostring(root, encoding="unicode")


def _write(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else clean(value)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _prefix(words: str, size: float, width: float) -> int:
    cut = len(words)
    while cut > 1 and measure(words[:cut], size) > width:
        cut -= 1
    return cut


def _broad(letter: str) -> float:
    if letter in _SLIM:
        return 0.3
    if letter in _BROAD:
        return 0.88
    if east_asian_width(letter) in "WF":
        return 1.0
    return 0.69 if letter.isupper() else 0.56
