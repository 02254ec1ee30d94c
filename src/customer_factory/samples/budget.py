"""What a made-up company spends: daily, by channel, about in proportion to the people it gets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from customer_factory.samples.scene import Scene


def spend(scene: Scene) -> pa.Table | None:
    """Columns date, channel and amount; None where no channel costs anything."""
    days, business, rng = scene.days, scene.business, scene.rng
    past = np.flatnonzero(days.starts < days.on)
    batch = days.batch_of(days.starts[past])
    length = np.diff(np.searchsorted(days.starts, days.edges))
    own = business.acquired(days.count, scene.scale) * (1 - business.brought())
    per_day = own * scene.level[batch] / length[batch]
    dates, names, amounts = [], [], []
    for position, channel in enumerate(business.channels):
        if channel.cost:
            budget = channel.cost * per_day * scene.shares[batch, position]
            dates += [days.dates[day] for day in past]
            names += [channel.name] * len(past)
            amounts.append(np.round(budget * rng.gamma(12, 1 / 12, len(past)), 2))
    if not amounts:
        return None
    table = pa.table({"date": pa.array(dates, pa.date32()), "channel": names, "amount": np.concatenate(amounts)})
    return table.sort_by([("date", "ascending"), ("channel", "ascending")])
