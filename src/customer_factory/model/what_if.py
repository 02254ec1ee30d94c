"""What if: the same futures with something changed, and the difference that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customer_factory.model.forecast import Band, Forecast


@dataclass(frozen=True)
class Difference:
    """What a change adds, in all the batches of the forecast together; in the last one for activity.

    Args:
        happy: People who become happy.
        arrivals: People acquired.
        active: Happy customers active in the last batch.
        revenue: Money.
    """

    happy: Band
    arrivals: Band
    active: Band | None
    revenue: Band | None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        found = {"happy": self.happy, "arrivals": self.arrivals, "active": self.active, "revenue": self.revenue}
        return {name: band.to_dict() if band else None for name, band in found.items()}


@dataclass(frozen=True)
class WhatIf:
    """A forecast as things are, one with the change, and the difference, chance being the same in both.

    Args:
        base: If nothing changes.
        then: With the change from now on; people who are on their way are not changed.
        difference: What it adds; None where nothing can be forecast.
        changes: What was changed, in words.
    """

    base: Forecast
    then: Forecast
    difference: Difference | None
    changes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain values: the forecast with the change, with the difference and the base beside it."""
        return {
            **self.then.to_dict(),
            "changes": list(self.changes),
            "difference": self.difference.to_dict() if self.difference else None,
            "base": self.base.to_dict(),
        }


Numbers = Mapping[str, float]


def checked(name: str, given: Numbers, legal: Mapping[str, object], most: float = float("inf")) -> None:
    """ValueError unless every key is legal and every number above 0, and not above what is possible."""
    for key, value in given.items():
        if key not in legal:
            raise ValueError(f"{name}: there is no '{key}'; legal are: {', '.join(legal) or 'none'}.")
        if not 0 < value <= most:
            top = "" if most == float("inf") else f" and not above {most:g}"
            raise ValueError(f"{name}: {key} is {value:g}; it must lie above 0{top}.")
