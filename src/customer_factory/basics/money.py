"""Money in one reporting currency."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rates:
    """What one unit of each known currency is worth in the reporting currency.

    >>> rates = Rates("EUR", {"USD": 0.92})
    >>> rates.of("USD"), rates.of("eur"), rates.of(None), rates.of("XYZ")
    (0.92, 1.0, 1.0, None)
    """

    reporting: str = "EUR"
    worth: dict[str, float] = field(default_factory=dict)

    def of(self, currency: str | None) -> float | None:
        """The worth of one unit; an amount without a currency is in the reporting one; None when unknown."""
        if currency is None or currency.upper() == self.reporting:
            return 1.0
        return self.worth.get(currency.upper())

    @property
    def table(self) -> dict[str, float]:
        """Every known currency with its worth, the reporting one included."""
        return {self.reporting: 1.0, **{code.upper(): worth for code, worth in self.worth.items()}}
