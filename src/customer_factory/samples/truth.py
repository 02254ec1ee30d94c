"""A made-up company as others see it: blueprint, events, spend – and the truth, which only made-up ones tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet


@dataclass(frozen=True)
class Truth:
    """What is true of a company.

    Args:
        constraint: The step that holds the factory back; None where none does.
        kind: Whether it loses people ("rate") or makes them wait ("capacity").
        rates: The long-run rate of each step, as its blueprint defines it; acquisition only where visitors are
            known.
        attainable: The level that each of these steps can reach.
        happy_per_batch: Mean of people who first become happy, per batch of the history.
    """

    constraint: str | None
    kind: Literal["rate", "capacity"] | None
    rates: Mapping[str, float]
    attainable: Mapping[str, float]
    happy_per_batch: float


@dataclass(frozen=True, eq=False)
class Company:
    """A made-up company.

    Args:
        name: One of ``names()``.
        description: One sentence.
        blueprint: What ``factory.toml`` says, without the files.
        events: Columns person, event, time (naive UTC), channel, amount, currency, and properties.
        spend: Columns date, channel, amount; None where nothing is spent.
        truth: What is true of it.
        on: The moment to look on, naive UTC; nothing later has happened.
        dirt: How many bad rows of each reason were added; empty in a clean company.
        text: The blueprint as a founder would write it, with comments.
        file: The name of the file of events.
    """

    name: str
    description: str
    blueprint: dict[str, Any]
    events: pa.Table
    spend: pa.Table | None
    truth: Truth
    on: datetime
    dirt: Mapping[str, int] = field(default_factory=dict)
    text: str = ""
    file: str = "events.parquet"

    def write(self, folder: str | Path) -> None:
        """Write the company as a factory's folder: factory.toml, the events, and spend.csv where there is any.

        Args:
            folder: Made where it does not exist; files of the same names are replaced.
        """
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        entries = f'\n[[sources]]                     # each row is something a person did\nfile = "{self.file}"\n'
        if self.file.endswith(".csv"):
            _write_csv(self.events, place / self.file)
        else:
            pyarrow.parquet.write_table(self.events, place / self.file)
        if self.spend is not None:
            _write_csv(self.spend, place / "spend.csv")
            entries += '\n[[spend]]\nfile = "spend.csv"\ndate = "date"\nchannel = "channel"\namount = "amount"\n'
        heading = f"# {self.description}\n# Made up: a sample of Customer Factory.\n\n"
        (place / "factory.toml").write_text(heading + self.text + entries, encoding="utf-8")


def _write_csv(table: pa.Table, path: Path) -> None:
    for position, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            moments = pc.strftime(table[column.name].cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
            table = table.set_column(position, column.name, moments)
    pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="needed"))
