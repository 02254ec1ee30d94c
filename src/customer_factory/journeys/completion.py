"""When a selector is satisfied: the first event with which enough have happened, per person, as Ibis expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from customer_factory.events.selector import Selector
from customer_factory.journeys.calendar import Offsets, day_index, plus


def first_rows(table: Any, by: Sequence[str]) -> Any:
    """The earliest row of each group, events of one moment in the order of their ids."""
    import ibis

    window = ibis.window(group_by=by, order_by=[table.time, table.id])
    return table.mutate(place=ibis.row_number().over(window)).filter(lambda t: t.place == 0).drop("place")


def completion(candidates: Any, selector: Selector, offsets: Offsets, by: Sequence[str] = ("person",)) -> Any:
    """One row per person who satisfied the selector: the event that completed it.

    Args:
        candidates: Events of the selector's kind; at least person, time, id, and unit (what must differ) where
            ``distinct`` names a property.
        selector: How many it takes (``times``, ``within``, ``distinct``).
        offsets: The factory's zone, for calendar days.
        by: Whose events count together.
    """
    if not selector.counts:
        return first_rows(candidates, by)
    if selector.distinct is None:
        return first_rows(_in_a_row(candidates, selector, by), by)
    if selector.distinct == "day":
        candidates = candidates.mutate(unit=day_index(candidates.time, offsets))
    elif selector.within is not None:
        return first_rows(_different_within(candidates, selector, by), by)
    else:
        candidates = candidates.filter(candidates.unit.notnull())
    return first_rows(_in_a_row(first_rows(candidates, [*by, "unit"]), selector, by), by).drop("unit")


def _in_a_row(table: Any, selector: Selector, by: Sequence[str]) -> Any:
    """The rows with which ``times`` rows have happened, the first of them not too long ago."""
    import ibis

    back = selector.times - 1
    window = ibis.window(group_by=by, order_by=[table.time, table.id])
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


def _different_within(candidates: Any, selector: Selector, by: Sequence[str]) -> Any:
    """The rows that look back on ``times`` different values within the window."""
    valued = candidates.filter(candidates.unit.notnull())
    seen = valued.select(*by, seen_time="time", seen_id="id", seen_unit="unit")
    pairs = valued.inner_join(seen, by)
    before = (pairs.seen_time < pairs.time) | ((pairs.seen_time == pairs.time) & (pairs.seen_id <= pairs.id))
    assert selector.within is not None
    near = pairs.time <= plus(pairs.seen_time, selector.within)
    kept = [name for name in valued.columns if name != "unit"]
    counted = pairs.filter(before & near).group_by(kept).agg(different=lambda t: t.seen_unit.nunique())
    return counted.filter(counted.different >= selector.times).drop("different")
