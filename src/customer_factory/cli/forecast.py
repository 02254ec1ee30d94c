"""``forecast``: the next batches in a table, with what the past says of such intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from customer_factory.basics.errors import FactoryError

if TYPE_CHECKING:
    from customer_factory.model.forecast import Band, Forecast
    from customer_factory.model.what_if import WhatIf

KINDS = {"rate": "rates", "arrivals": "arrivals", "delay": "delays", "capacity": "capacity", "spend": "spend"}


def forecast(
    folder: Annotated[Path, typer.Argument(help="The factory's folder: factory.toml and its data.")],
    batches: Annotated[int, typer.Option(help="How many batches, the running one included.")] = 13,
    level: Annotated[float, typer.Option(help="The share of futures that each interval is to hold.")] = 0.8,
    on: Annotated[str | None, typer.Option(help="Forecast as of this date: nothing after it is known.")] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(help="activation=0.4, arrivals=1.2, arrivals:CHANNEL=2, delay:STEP=0.5, capacity:STEP=20, …"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the forecast as JSON and nothing else.")] = False,
) -> None:
    """Say what the next batches will bring, with intervals, and what would be if something changed."""
    from customer_factory.factory import Factory

    changes = parsed(what_if or [])
    with Factory.open(folder) as factory:
        try:
            found: Forecast | WhatIf = (
                factory.what_if(batches=batches, level=level, on=on, **changes)
                if changes
                else factory.forecast(batches, level, on)
            )
        except ValueError as error:
            raise FactoryError(f"This cannot be forecast: {error}") from None
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=2, allow_nan=False))
    else:
        _print(found)


def parsed(words: list[str]) -> dict[str, Any]:
    """The changes that ``--what-if`` names, as the arguments of ``Factory.what_if``.

    Raises:
        FactoryError: A change is not written as one.

    >>> parsed(["activation=0.4", "arrivals:ads=2", "delay:activation=0.5"])
    {'rates': {'activation': 0.4}, 'arrivals': {'ads': 2.0}, 'delays': {'activation': 0.5}}
    >>> parsed(["arrivals=1.2"])
    {'arrivals': 1.2}
    """
    found: dict[str, Any] = {}
    for word in words:
        name, _, number = word.rpartition("=")
        kind, _, of = name.partition(":")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if not name or value != value or (of and kind not in KINDS):  # noqa: PLR0124 - NaN is unequal to itself
            raise FactoryError(
                f"'{word}' is no change.",
                where="--what-if",
                hint=f"Write a step's new rate as activation=0.4, or one of {', '.join(KINDS)}: and a name, as in "
                "arrivals:ads=1.5.",
            )
        if name == "arrivals":
            found["arrivals"] = value
        elif of:
            found.setdefault(KINDS[kind], {})[of] = value
        else:
            found.setdefault("rates", {})[name] = value
    return found


def _print(found: Forecast | WhatIf) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from customer_factory.model.what_if import WhatIf

    told = found.then if isinstance(found, WhatIf) else found
    if told.reason is not None:
        typer.echo(f"Undecided. {told.reason} What would decide it: {told.would_decide}")
        return
    console = Console(width=80, highlight=False)
    held = f"{told.level:.0%} of futures"
    console.print(f"The next {len(told.batches)} batches: what is expected, and where {held} lie")
    table = Table(box=SIMPLE, pad_edge=False)
    columns = [("happy", "happy"), ("arrivals", "acquired"), ("active", "active"), ("revenue", "revenue")]
    columns = [each for each in columns if getattr(told.batches[0], each[0]) is not None]
    table.add_column("batch from", no_wrap=True)
    for _, heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for batch in told.batches:
        start = f"{batch.start.isoformat()}{' *' if batch.running else ''}"
        table.add_row(start, *[_band(getattr(batch, name)) for name, _ in columns])
    console.print(table)
    if told.batches[0].running:
        console.print("* has begun: its numbers include what it has brought so far.")
    if isinstance(found, WhatIf) and found.difference is not None:
        made = found.difference
        console.print(
            f"With {', '.join(found.changes)}: {_signed(made.happy)} happy customers in these batches"
            + (f", {_signed(made.active)} active in the last" if made.active else "")
            + (f", {_signed(made.revenue)} revenue" if made.revenue else "")
            + "."
        )
    console.print(in_words(told))


def in_words(told: Forecast) -> str:
    """What the back-test says, in a sentence.

    >>> from customer_factory.model.forecast import Forecast, Held
    >>> in_words(Forecast((), 0.8, {}, {"happy": Held(80, 100)}, origins=12))
    'Such intervals held 80 of 100 past batches (80%), forecast from 12 points of the past.'
    """
    held = told.held.get("happy")
    if held is None or not held.of:
        return "How often such intervals hold here is not known yet: the past is too short to try them on."
    return (
        f"Such intervals held {held.inside} of {held.of} past batches ({held.inside / held.of:.0%}), "
        f"forecast from {told.origins} point{'s' * (told.origins > 1)} of the past."
    )


def _band(band: Band) -> str:
    return f"{_number(band.centre)}  {_number(band.low)}–{_number(band.high)}"


def _signed(band: Band) -> str:
    return f"{band.centre:+,.3g} ({band.low:,.3g} to {band.high:,.3g})" if abs(band.high) < 1000 else (
        f"{band.centre:+,.0f} ({band.low:,.0f} to {band.high:,.0f})"
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 20 or value == round(value) else f"{value:.1f}"
