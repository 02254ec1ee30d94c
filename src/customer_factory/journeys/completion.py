"""When a selector is satisfied: the first event with which enough have happened, per person, as Ibis expressions."""

from __future__ import annotations

from typing import Any

from customer_factory.events.selector import Selector, field
from customer_factory.journeys.calendar import Offsets, day_index, plus


def first_rows(table: Any, by: list[str]) -> Any:
    """The earliest row of each group, events of one moment in the order of their ids."""
    import ibis

    window = ibis.window(group_by=by, order_by=[table.time, table.id])
    return table.mutate(place=ibis.row_number().over(window)).filter(lambda t: t.place == 0).drop("place")


def completion(candidates: Any, selector: Selector, offsets: Offsets) -> Any:
    """One row per person who satisfied the selector: the event that completed it.

    Args:
        candidates: Events of the selector's kind; at least person, time, id.
        selector: How many it takes (``times``, ``within``, ``distinct``).
        offsets: The factory's zone, for calendar days.
    """
    if not selector.counts:
        return first_rows(candidates, ["person"])
    if selector.distinct == "day":
        days = candidates.mutate(unit=day_index(candidates.time, offsets))
        return first_rows(_in_a_row(first_rows(days, ["person", "unit"]), selector), ["person"]).drop("unit")
    if selector.distinct is None:
        return first_rows(_in_a_row(candidates, selector), ["person"])
    valued = candidates.mutate(unit=field(candidates, selector.distinct)).filter(lambda t: t.unit.notnull())
    if selector.within is None:
        return first_rows(_in_a_row(first_rows(valued, ["person", "unit"]), selector), ["person"]).drop("unit")
    return first_rows(_different_within(valued, selector), ["person"])


def _in_a_row(table: Any, selector: Selector) -> Any:
    """The rows with which ``times`` rows have happened, the first of them not too long ago."""
    import ibis

    back = selector.times - 1
    window = ibis.window(group_by="person", order_by=[table.time, table.id])
    placed = table.mutate(place=ibis.row_number().over(window))
    if selector.within is None:
        return placed.filter(placed.place == back).drop("place")
    # An engine's lag may give a default instead of null before the first row: the place says whether there is one.
    measured = table.unit if selector.distinct == "day" else table.time
    placed = placed.mutate(earlier=measured.lag(back).over(window))
    if selector.distinct == "day":
        near = placed.unit - placed.earlier < selector.within_days
    else:
        near = placed.time <= plus(placed.earlier, selector.within)
    return placed.filter((placed.place >= back) & near).drop("place", "earlier")


def _different_within(valued: Any, selector: Selector) -> Any:
    """The rows that look back on ``times`` different values within the window."""
    seen = valued.select(person="person", seen_time="time", seen_id="id", seen_unit="unit")
    pairs = valued.inner_join(seen, "person")
    before = (pairs.seen_time < pairs.time) | ((pairs.seen_time == pairs.time) & (pairs.seen_id <= pairs.id))
    assert selector.within is not None
    near = pairs.time <= plus(pairs.seen_time, selector.within)
    kept = [name for name in valued.columns if name != "unit"]
    counted = pairs.filter(before & near).group_by(kept).agg(different=lambda t: t.seen_unit.nunique())
    return counted.filter(counted.different >= selector.times).drop("different")
