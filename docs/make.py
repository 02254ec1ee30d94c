"""Regenerate what the documentation shows: the picture of a made-up company's factory.

python docs/make.py
"""

from __future__ import annotations

from pathlib import Path

from customer_factory import Factory, samples

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Draw the report of the demo's company."""
    company = samples.company("saas")
    costs = [] if company.spend is None else [
        {"date": row["date"], "channel": row["channel"], "amount": row["amount"]} for row in company.spend.to_pylist()
    ]
    with Factory.from_events(company.events, {**company.blueprint, "spend": costs}) as factory:
        report = factory.look(on=company.on)
    IMAGES.mkdir(exist_ok=True)
    report.to_png(IMAGES / "report.png")


if __name__ == "__main__":
    main()
