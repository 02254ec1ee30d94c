"""Triangle: what came of each batch's people, batch by batch – the form in which a model can be fitted to any past.

Cut off at a batch, a triangle is what was known at its end. That is how a forecast is tested on batches held out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from customer_factory.measures.grouped import Columns, by_index


@dataclass(frozen=True)
class Triangle:
    """People by the batch in which they entered something, and what came of them in each batch.

    Args:
        entered: People per known batch, oldest first; the last one may still be running.
        came: (batch of entry, batch of coming, how much) with positions in ``entered``, each pair once.
        spread: Variance over mean of one amount that came: 1 for people.

    >>> Triangle((3, 2), ((0, 0, 1.0), (0, 1, 1.0), (1, 1, 2.0))).grid().tolist()
    [[1.0, 1.0], [0.0, 2.0]]
    """

    entered: tuple[int, ...] = ()
    came: tuple[tuple[int, int, float], ...] = ()
    spread: float = 1.0

    def grid(self) -> Any:
        """How much came of each batch (row) in each batch (column)."""
        found = np.zeros((len(self.entered), len(self.entered)))
        for start, batch, much in self.came:
            found[start, batch] = much
        return found


def triangle(rows: Columns, entered: Any, much: Any, known: Sequence[int], spread: float = 1.0) -> Triangle:
    """A triangle from tallies with the columns cohort and left; those without either, or outside, are left out.

    Args:
        rows: Tallies.
        entered: People per known batch.
        much: What each row counts.
        known: The indices of the known batches.
        spread: See ``Triangle``.
    """
    first, size = known[0], len(known)
    start, batch = rows["cohort"] - first, rows["left"] - first
    inside = (start >= 0) & (start <= batch) & (batch < size) & (much != 0)
    keys, place = np.unique(start[inside] * size + batch[inside], return_inverse=True)
    # Engines add in different orders: four decimals are below any currency's smallest coin.
    sums = np.round(np.bincount(place, weights=much[inside], minlength=len(keys)), 4)
    came = zip((keys // size).tolist(), (keys % size).tolist(), sums.tolist(), strict=True)
    return Triangle(tuple(int(n) for n in entered), tuple(came), spread)


def reaching(rows: Columns, reached: Any, known: Sequence[int]) -> Triangle:
    """The triangle of people: who entered in each batch, and in which they reached what they entered."""
    return triangle(rows, by_index(rows["cohort"], rows["n"], known), rows["n"] * reached, known)
