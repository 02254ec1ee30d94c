"""A delivery: something to take into the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from customer_factory.blueprint.blueprint import Source
from customer_factory.events.reading import Reading


@dataclass(frozen=True)
class Delivery:
    """Something to take in: how to read it, how to map it, and how to tell that it has been taken in before.

    Args:
        read: Opens the reading.
        source: The mapping of its columns.
        origin: Where it comes from.
        stat: Changes whenever the files do; None where that cannot be told without reading.
    """

    read: Callable[[], Reading]
    source: Source
    origin: str
    stat: str | None
