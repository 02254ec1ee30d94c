"""Regenerate what the documentation shows: the picture of a made-up company's factory.

python docs/make.py
"""

from __future__ import annotations

from pathlib import Path

from customer_factory import Factory, samples
from customer_factory.report.picture import png

PICTURE = Path(__file__).parent / "images" / "report.png"


def main() -> None:
    """Draw the report of the demo's company, small enough to keep."""
    company = samples.company("saas")
    spend = company.spend.to_pylist() if company.spend is not None else []
    with Factory.from_events(company.events, {**company.blueprint, "spend": spend}) as factory:
        report = factory.look(on=company.on)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(png(report.to_dict(), scale=0.7))


if __name__ == "__main__":
    main()
