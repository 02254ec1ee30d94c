"""Deliveries: what was read, from where, and how much of it was set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Delivered:
    """Something that was read.

    Args:
        load: Its number; later ones are larger.
        name: The file, or what a query is called.
        origin: Where it came from. What comes from one place again is the same file, grown.
        definition: How its columns were mapped.
        read: Rows.
        rejected: Of them, those that were set aside.
    """

    load: int
    name: str
    origin: str
    definition: str
    read: int
    rejected: int

    @property
    def source(self) -> tuple[str, str]:
        """What it is one delivery of: files whose names differ in numbers only, mapped alike.

        >>> Delivered(1, "sales-03.csv", "", "", 0, 0).source == Delivered(2, "sales-04.csv", "", "", 0, 0).source
        True
        """
        return re.sub(r"\d+", "#", self.name), self.definition


def by_source(deliveries: Sequence[Delivered]) -> list[list[Delivered]]:
    """The deliveries of each source, in the order in which they came."""
    found: dict[tuple[str, str], list[Delivered]] = {}
    for each in deliveries:
        found.setdefault(each.source, []).append(each)
    return list(found.values())
