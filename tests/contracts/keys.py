"""The keys of a report as dotted paths, with a word in place of every name that belongs to the factory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

NAMED = {
    "steps": "<step>",
    "by_channel": "<channel>",
    "reasons": "<code>",
    "set_aside": "<code>",
    "probability": "<step>",
    "gain": "<step>",
    "relative_gain": "<step>",
    "attainable": "<step>",
    "forecast.channels": "<channel>",
    "sources.happy": "<channel>",
}


def keys(report: Mapping[str, Any]) -> set[str]:
    """Every path that ends in a value: ``steps.<step>.by_cohort[].rate``."""
    return set(_paths(report, "", ""))


def _paths(value: Any, path: str, last: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            shown = NAMED.get(last, NAMED.get(".".join(path.split(".")[-2:]), name))
            yield from _paths(inner, f"{path}.{shown}".lstrip("."), name)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, f"{path}[]", last)
    else:
        yield path
