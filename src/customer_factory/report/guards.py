"""Guards: what the guards noticed, what they looked at, and what they could not see – one result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customer_factory.basics.errors import FactoryError, suggestion
from customer_factory.judgement.alarm import KINDS, Alarm
from customer_factory.judgement.lead_quality import Quality
from customer_factory.measures.satisfaction import Giveaways, Satisfaction

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Guards:
    """The result of a look by the guards.

    Args:
        name: The factory's.
        on: The moment (naive UTC).
        alarms: What they noticed, the data first.
        series: How many series of daily counts were looked at.
        satisfaction: Each survey.
        giveaways: What was given away; None where nothing tells.
        leads: What becomes of leads, by "channel" and by "seller".
        blind: What could not be guarded, and what it would take.
    """

    name: str
    on: datetime
    alarms: tuple[Alarm, ...]
    series: int
    satisfaction: Mapping[str, Satisfaction]
    giveaways: Giveaways | None
    leads: Mapping[str, tuple[Quality, ...]]
    blind: tuple[str, ...]

    def who(self, kind: str) -> list[str]:
        """Everybody behind the alarms of a kind, by name.

        Raises:
            FactoryError: There is no such kind of alarm.
        """
        if kind not in KINDS:
            raise FactoryError(f"There is no alarm '{kind}'.", hint=suggestion(kind, KINDS))
        return sorted({name for alarm in self.alarms if alarm.kind == kind for name in alarm.people})

    def to_dict(self) -> dict[str, Any]:
        """Plain values: what ``guards --json`` prints."""
        return {
            "factory": self.name,
            "on": self.on.isoformat() + "Z",
            "alarms": [alarm.to_dict() for alarm in self.alarms],
            "series": self.series,
            "satisfaction": {name: survey.to_dict() for name, survey in self.satisfaction.items()},
            "giveaways": None if self.giveaways is None else self.giveaways.to_dict(),
            "leads": {by: [each.to_dict() for each in found] for by, found in self.leads.items()},
            "blind": list(self.blind),
        }

    def to_terminal(self, console: Console | None = None) -> None:
        """Print it to a terminal."""
        from rich.console import Console as RichConsole

        from customer_factory.report.guards_text import write
        from customer_factory.report.terminal import written

        written(lambda out: write(self, out), console or RichConsole())
