"""Made-up companies of several kinds, of which everything is known: for the demo, for tests, for trying things.

>>> from customer_factory import samples
>>> samples.names()
['saas', 'shop', 'service', 'marketplace', 'game', 'balanced', 'hardware', 'startup']
>>> company = samples.company("saas")
>>> company.truth.constraint, company.truth.rates["activation"], company.truth.attainable["activation"]
('activation', 0.24, 0.4)

The same name, seed, batches and scale give the same company, byte for byte. What is random is drawn for each person
so that the rates hold exactly as the blueprint defines them: a step is reached inside its window, a retained
customer is active in one of the four batches after the one in which they became happy, and so on. Around that there
is what makes real logs hard: weekdays, trends and moods, channels that differ and change their share, people who
are late, customers who leave, refunds, and an end at which many windows are still open.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Literal, cast
from zlib import crc32

import numpy as np

from customer_factory.basics.errors import FactoryError, suggestion
from customer_factory.samples.budget import spend
from customer_factory.samples.companies import COMPANIES
from customer_factory.samples.dirt import dirty as soil
from customer_factory.samples.scene import Scene
from customer_factory.samples.truth import Company, Truth

__all__ = ["Company", "Truth", "company", "names"]


def names() -> list[str]:
    """The companies that can be made."""
    return list(COMPANIES)


def company(
    name: str, seed: int = 0, batches: int | None = None, scale: float = 1.0, *, dirty: bool = False
) -> Company:
    """Make a company.

    Args:
        name: One of ``names()``.
        seed: Another seed gives another history of the same company.
        batches: Complete batches of history before the day to look on; each company has its own usual number.
        scale: Size as a multiple of the usual, capacities included.
        dirty: Add bad rows, as real exports have them; time and amount become text then. The good rows stay the
            same.

    Returns:
        The company with its blueprint, events, spend and truth.

    Raises:
        FactoryError: There is no company of this name, or a number is not positive.

    >>> shop = company("shop", scale=0.1)
    >>> shop.events.column_names
    ['event_id', 'person', 'event', 'time', 'channel', 'amount', 'currency', 'newsletter', 'invited_by', 'items']
    >>> shop.on
    datetime.datetime(2026, 10, 14, 9, 0)
    """
    if name not in COMPANIES:
        raise FactoryError(f"There is no sample called '{name}'.", hint=suggestion(name, COMPANIES))
    business = COMPANIES[name]
    count = business.batches if batches is None else batches
    if count < 1 or not 0 < scale < np.inf or seed < 0:
        raise FactoryError(
            f"A sample cannot have {count} batches, scale {scale:g} and seed {seed}.",
            hint="It takes at least 1 batch, a scale above 0 and a seed of 0 or more.",
        )
    scene = Scene(business, np.random.default_rng([seed, crc32(name.encode())]), count, scale)
    business.story(scene)
    step, kind = business.constraint or (None, None)
    text = business.text(scale)
    made = Company(
        name=name,
        description=business.description,
        blueprint=tomllib.loads(text),
        events=scene.log.table(event_ids=business.event_ids),
        spend=spend(scene),
        truth=Truth(
            constraint=step,
            kind=cast(Literal["rate", "capacity"] | None, kind),
            rates=dict(business.rates),
            attainable=business.levels(),
            happy_per_batch=business.happy(count, scale),
        ),
        on=business.on,
        text=text,
        file=business.file,
    )
    if dirty:
        events, dirt = soil(made.events, made.on, scene.rng)
        made = replace(made, events=events, dirt=dirt)
    return made
