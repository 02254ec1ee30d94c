"""Pieces of a story: what people do at each step, as events in the log of a scene."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from customer_factory.samples.business import Floats
from customer_factory.samples.days import DAY, Ints
from customer_factory.samples.log import TEXT, numbered
from customer_factory.samples.scene import NEVER, Scene, repeated


def drawn(scene: Scene, odds: Mapping[str, float], size: int) -> pa.Array:
    """A word for each, drawn with these odds."""
    words = list(odds)
    return pa.array(words, TEXT).take(pa.array(scene.rng.choice(len(words), size, p=list(odds.values()))))


def acquisition(scene: Scene, event: str, **columns: pa.Array | str) -> None:
    """The moment at which each person is acquired, with their channel and who brought them."""
    people = scene.people
    given = {"channel": scene.came_by(np.arange(len(people))), **columns}
    if scene.business.loops:
        given["invited_by"] = scene.named(people.inviter)
    scene.log.add(event, scene.ids, people.acquired, **given)


def visits(scene: Scene, event: str) -> None:
    """The first visit of everybody who was acquired, some returns, and all who came and were not.

    How many visitors come in vain for one who is acquired with probability p is geometric with mean 1/p - 1.
    """
    people, rng, log = scene.people, scene.rng, scene.log
    log.add(event, scene.ids, people.arrived, channel=scene.came_by(np.arange(len(people))))
    again = np.flatnonzero((people.acquired - people.arrived > DAY) & (rng.random(len(people)) < 0.5))
    between = people.arrived[again] + (rng.random(len(again)) * (people.acquired - people.arrived)[again]).astype(int)
    log.add(event, scene.named(again), between, channel=scene.came_by(again))

    like, _ = repeated(rng.geometric(scene.odds["acquisition"][people.channel]) - 1)
    came = scene.days.moments(scene.days.batch_of(people.arrived[like]), rng)
    names = numbered("visitor", len(like))
    log.add(event, names, came, channel=scene.came_by(like))
    again = np.flatnonzero(rng.random(len(like)) < 0.12)
    returned = came[again] + (rng.exponential(4 * DAY, len(again))).astype(int)
    log.add(event, names.take(pa.array(again)), returned, channel=scene.came_by(like[again]))


def first_use(scene: Scene, event: str, mean: float) -> None:
    """What people do before they are happy, or until they give up after some days."""
    people, rng = scene.people, scene.rng
    tried = rng.poisson(mean * rng.gamma(1.0, 1.0, len(people)))
    who, _ = repeated(np.where(people.happy, tried + 1, tried))
    until_happy = rng.random(len(who)) * (people.activated - people.acquired)[who]
    until_given_up = 300 + rng.exponential(4 * DAY, len(who))
    passed = np.where(people.happy[who], until_happy, until_given_up).astype(np.int64)
    scene.log.add(event, scene.named(who), people.acquired[who] + passed)


def activation(scene: Scene, event: str, **columns: str) -> None:
    """The moment at which each person becomes happy, or does the same too late."""
    done = np.flatnonzero(scene.people.activated < NEVER)
    scene.log.add(event, scene.named(done), scene.people.activated[done], **columns)


def in_service(scene: Scene, event: str, mean: float, **columns: str) -> None:
    """What customers do in each batch in which they are active: once, and more often if the mean is above 1."""
    who, batch = scene.service
    more, _ = repeated(1 + scene.rng.poisson(mean - 1, len(who)))
    moments = scene.days.moments(batch[more], scene.rng)
    scene.log.add(event, scene.named(who[more]), moments, **columns)


def sometimes(scene: Scene, event: str, mean: float, **columns: str) -> None:
    """What customers do now and then in a batch in which they are active."""
    who, batch = scene.service
    now, _ = repeated(scene.rng.poisson(mean, len(who)))
    moments = scene.days.moments(batch[now], scene.rng)
    scene.log.add(event, scene.named(who[now]), moments, **columns)


def subscriptions(
    scene: Scene,
    event: str,
    *,
    prices: Mapping[str, tuple[float, float]],
    currencies: Mapping[str, float],
    days: float = 30.4375,
    refunds: float = 0.02,
) -> None:
    """Payments from the first on, again after every so many days while the customer stays; some are refunded.

    Args:
        scene: The company.
        event: The name of the event; a refund has the same name and a negative amount.
        prices: The odds and the price of each plan.
        currencies: The odds of each currency; the price is the same number in each.
        days: Time between payments.
        refunds: Share of payments that are given back.
    """
    people, rng, log = scene.people, scene.rng, scene.log
    payers = np.flatnonzero(people.paid < NEVER)
    plan = rng.choice(len(prices), len(payers), p=[odds for odds, _ in prices.values()])
    currency = drawn(scene, currencies, len(payers))
    batch = np.median(np.diff(scene.days.edges))
    stay = np.minimum(people.life[payers] * batch, scene.days.on - people.paid[payers])
    which, rank = repeated(1 + np.clip(stay / (days * DAY), 0, None).astype(np.int64))
    moments = people.paid[payers][which] + (rank * days * DAY).astype(np.int64)
    amounts = np.array([price for _, price in prices.values()])[plan[which]]
    back = np.flatnonzero(rng.random(len(which)) < refunds)
    returned = moments[back] + (rng.uniform(1, 9, len(back)) * DAY).astype(np.int64)
    plans = pa.array(list(prices), TEXT).take(pa.array(plan))
    for rows, when, worth in ((which, moments, amounts), (which[back], returned, -amounts[back])):
        chosen = pa.array(rows)
        log.add(
            event, scene.named(payers[rows]), when,
            amount=worth, currency=currency.take(chosen), plan=plans.take(chosen),
        )  # fmt: skip


def orders(scene: Scene, who: Ints, placed: Ints, *, kept: Ints, paid: Ints, median: float) -> None:
    """Orders of a shop: placed, the parcel kept, the invoice paid, and some of the money given back."""
    rng, log = scene.rng, scene.log
    names = scene.named(who)
    items = pa.array(1 + rng.poisson(0.8, len(who))).cast(TEXT)
    worth = np.round(median * rng.lognormal(0, 0.55, len(who)), 2)
    currency = scene.business.blueprint["factory"]["currency"]
    log.add("order_placed", names, placed, items=items)
    log.add("parcel_kept", names, kept, items=items)
    log.add("invoice_paid", names, paid, amount=worth, currency=currency, items=items)
    back = np.flatnonzero((rng.random(len(who)) < 0.05) & (paid < NEVER))
    returned = paid[back] + (rng.uniform(3, 20, len(back)) * DAY).astype(np.int64)
    part = -np.round(worth[back] * rng.choice([0.5, 1.0], len(back)), 2)
    log.add("invoice_paid", names.take(pa.array(back)), returned, amount=part, currency=currency)


def invites(scene: Scene, event: str, unanswered: float) -> None:
    """An invitation for each person who was brought, and some per happy person that nobody answered."""
    people, rng = scene.people, scene.rng
    brought = np.flatnonzero(people.inviter >= 0)
    by = people.inviter[brought]
    since = people.activated[by]
    sent = since + (rng.random(len(brought)) * (people.arrived[brought] - since)).astype(np.int64)
    scene.log.add(event, scene.named(by), sent)
    happy = np.flatnonzero(people.happy)
    in_vain, _ = repeated(rng.poisson(unanswered * rng.gamma(0.5, 2.0, len(happy))))
    later = scene.after(people.activated[happy[in_vain]], "referral")
    scene.log.add(event, scene.named(happy[in_vain]), later)


def spread_before(scene: Scene, since: Ints, until: Ints, longest: float) -> Ints:
    """A moment for each, before the one and not before the other, nor longer before than so many seconds."""
    room: Floats = np.minimum(until - since, longest)
    found: Ints = until - (scene.rng.random(len(since)) * room).astype(np.int64)
    return found
