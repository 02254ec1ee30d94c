"""``customer-factory activation``: what leads to activation, what it brings, what its lack costs – in 80 columns."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

WIDTH, NAME = 80, 26
FATES = {
    "activation": "are activated",
    "retention": "come back",
    "revenue": "pay",
    "referral": "bring others",
}


def activation(
    folder: Annotated[
        Path, typer.Argument(help="The factory's folder: factory.toml and its data.", show_default=False)
    ],
    on: Annotated[str | None, typer.Option(help="Look as of this date: nothing after it is known.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")] = False,
) -> None:
    """Tell what early behaviour goes with activation, what activation brings, and what its lack costs."""
    from customer_factory.factory import opened

    with opened([folder], None) as factory:
        found = factory.activation(on).to_dict()
    if as_json:
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        typer.echo("\n".join(lines(found)))


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The result in words, from its plain values."""
    value = found["time_to_value"]
    yield f"{found['factory']}: {found['labels']['activation']}"
    yield from _wrapped(f"“{found['outcome']}”") if found["outcome"] else ()
    if value["rate"] is not None:
        yield f"{_share(value['rate'])} of {value['entered']:,} people get there ({_span(value)})."
    if value["median_days"] is not None:
        yield f"Half of those who do need {value['median_days']:.1f} days, nine of ten {value['p90_days']:.1f}."
    yield from _matrix(found["outcomes"])
    for each in found["behaviours"].values():
        yield from _behaviours(each)
    yield from _arrows(found["arrows"])
    yield from _costs(found)


def _matrix(outcomes: dict[str, Any]) -> Iterator[str]:
    yield from _title("Who got the outcome, and who paid")
    yield f"{'':24}{'people':>9}{'paid in all':>15}{'each':>10}{'still there':>15}"
    for cell in outcomes["cells"]:
        name = f"{'outcome' if cell['achieved'] else 'no outcome'}, {'paid' if cell['paid'] else 'not paid'}"
        each = "–" if cell["per_person"] is None else f"{cell['per_person']:,.2f}"
        kept = "–" if cell["retention"] is None else _share(cell["retention"])
        yield f"{name:24}{cell['people']:>9,}{cell['value']:>15,.2f}{each:>10}{kept:>15}"
    pays = outcomes["payment"]
    if pays is not None:
        yield from _wrapped(
            f"With the outcome {_share(pays['rate_with'])} pay, without it {_share(pays['rate_without'])}: "
            f"{_points(pays['difference'])} ({_points_span(pays)}), among people of one batch and channel."
        )


def _behaviours(each: dict[str, Any]) -> Iterator[str]:
    days = f"{each['days']:g} day{'' if each['days'] == 1 else 's'}"
    yield from _title(f"What people do in their first {days} who later {FATES[each['outcome']]}")
    shown = [rule for rule in each["candidates"] if rule["claimed"]][:8]
    if shown:
        yield f"{'':26}{'did it':>8}{'with':>8}{'without':>9}  points, adjusted"
    for rule in shown:
        yield (
            f"{_rule(rule):26}{_share(rule['share']):>8}{_share(rule['rate_with']):>8}"
            f"{_share(rule['rate_without']):>9}  {100 * rule['difference']:+5.1f} ({_points_span(rule)})"
        )
    if any(rule["own"] for rule in shown):
        yield "* One of the outcome's own events: a part of the way."
    yield from _wrapped(each["reason"])
    yield from _wrapped(each["would_decide"]) if each["would_decide"] else ()


def _rule(rule: dict[str, Any]) -> str:
    number, mark = rule["at_least"], " *" if rule["own"] else ""
    often = f" on {number} days" if rule["unit"] == "days" else f", {number} times" if number > 1 else ""
    room = NAME - len(often) - len(mark)
    name = rule["event"] if len(rule["event"]) <= room else f"{rule['event'][: room - 1]}…"
    return f"{name}{often}{mark}"


def _arrows(arrows: dict[str, Any]) -> Iterator[str]:
    if arrows:
        yield from _title("What activation does")
    for outcome, each in arrows.items():
        yield from _wrapped(f"People {FATES[outcome]}, from day {each['landmark']:g} on: {each['reason']}")
        if each["effect"] is not None:
            effect = each["effect"]
            yield from _wrapped(
                f"{_points(effect['difference']['value'])} ({_points_span(effect['difference'])}) after adjustment, "
                f"{_points(effect['naive']['value'])} before.",
                indent=2,
            )
        if each["e_value_interval"] is not None and each["e_value_interval"] > 1:
            yield from _wrapped(
                f"Something unseen would have to make both {each['e_value_interval']:.1f} times likelier to explain "
                "it.",
                indent=2,
            )
        yield from _wrapped(each["would_decide"], indent=2) if each["would_decide"] else ()


def _costs(found: dict[str, Any]) -> Iterator[str]:
    known = {name: each["missing"] for name, each in found["arrows"].items() if each["verdict"] in {"more", "less"}}
    refunds = found["outcomes"]["refunds"]
    if known:
        yield from _title("What failed activation costs")
    for outcome, missing in known.items():
        people = found["arrows"][outcome]["people"] - found["arrows"][outcome]["activated"]
        yield from _wrapped(
            f"Of {people:,} people not activated, {missing['value']:,.0f} would {FATES[outcome]} if they had been "
            f"({missing['low']:,.0f} to {missing['high']:,.0f})."
        )
    value = found["missing_value"]
    if "revenue" in known and value is not None:
        yield from _wrapped(
            f"That is {value['value']:,.0f} in revenue ({value['low']:,.0f} to {value['high']:,.0f}), at what those "
            "who got the outcome and pay have paid so far."
        )
    if refunds is not None and max(refunds["rate_with"], refunds["rate_without"]) > 0:
        yield from _wrapped(
            f"Of those who paid, {_share(refunds['rate_without'])} of the not activated and "
            f"{_share(refunds['rate_with'])} of the activated had money back."
        )


def _title(text: str) -> Iterator[str]:
    yield ""
    yield text


def _wrapped(text: str, indent: int = 0) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _points(value: float) -> str:
    return f"{100 * value:+.1f} points"


def _span(interval: dict[str, Any]) -> str:
    return f"{100 * interval['low']:.1f} to {100 * interval['high']:.1f} %"


def _points_span(interval: dict[str, Any]) -> str:
    return f"{100 * interval['low']:+.1f} to {100 * interval['high']:+.1f}"
