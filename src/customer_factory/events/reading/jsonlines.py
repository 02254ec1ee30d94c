"""JSON lines: one object a line – events as they are, or in Segment's format – and files with one JSON array."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from customer_factory.events.reading.lines import LONGEST_LINE, SHOWN, Block, blocks, survey, texts
from customer_factory.events.reading.reading import Broken, Reading
from customer_factory.events.reading.records import packed

_GAP = re.compile(r"[\s,]*")
_NEXT = re.compile(r"(?<=\})\s*,\s*(?=\{)")
"""Where one object of an array ends and the next begins."""

Found = tuple[int, Any, str]
"""Where something stands, what it is in Python, and how it begins."""


def read_json_lines(path: Path, fingerprint: str, encoding: str | None = None) -> Reading:
    """A reading of a file of JSON lines, or of one JSON array; what is no JSON object is set aside.

    Raises:
        SourceError: The file is cut off where it is zipped, or it is not in the encoding.
    """
    if _is_array(next(texts(path, encoding), b"")):
        return Reading(path.name, fingerprint, None, lambda length: packed(_elements(texts(path, encoding)), length))
    size = survey(path, encoding, check=False)
    return Reading(path.name, fingerprint, size, lambda length: packed(_lines(blocks(path, encoding)), length))


def _is_array(start: bytes) -> bool:
    """Whether a file that begins so is one array, rather than lines the first of which is one."""
    line, _, rest = start.lstrip().partition(b"\n")
    return line.startswith(b"[") and not (rest.strip() and _parsed(line) is not None)


def _lines(source: Iterator[Block]) -> Iterator[Found | Broken]:
    for block in source:
        if block.too_long:
            yield Broken(block.first, "line_too_long", block.text.decode(errors="replace"))
            continue
        for place, line in enumerate(block.text.split(b"\n"), start=block.first):
            if line.strip():
                yield place, _parsed(line), line[:SHOWN].decode(errors="replace")


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode())
    except (ValueError, RecursionError):
        return None


def _elements(source: Iterator[bytes]) -> Iterator[Found | Broken]:
    """The elements of an array, by their number; behind a broken one it goes on with the next object."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    parse = json.JSONDecoder().raw_decode
    text, number = decode(next(source, b"")), 0
    at = text.index("[") + 1
    while True:
        # What is left of the text is more than an element may be long, or it is the end of it.
        while len(text) - at < LONGEST_LINE and (block := next(source, None)) is not None:
            text, at = text[at:] + decode(block), 0
        found = _GAP.match(text, at)
        at = found.end() if found else at
        if at >= len(text) or text[at] == "]":
            return
        number += 1
        start = at
        try:
            element, at = parse(text, start)
            yield number, element, text[start : min(at, start + SHOWN)]
        except (ValueError, RecursionError):
            yield number, None, text[start : start + SHOWN]
            while (behind := _NEXT.search(text, at)) is None and (block := next(source, None)) is not None:
                text, at = text[-SHOWN:] + decode(block), 0
            at = behind.start() if behind else len(text)
