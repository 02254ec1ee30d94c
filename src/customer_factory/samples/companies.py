"""The companies: what is true of each, and its story."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa

from customer_factory.samples import pieces as p
from customer_factory.samples.business import REFERRAL, Business, Channel, Delay
from customer_factory.samples.days import DAY
from customer_factory.samples.log import numbered
from customer_factory.samples.scene import NEVER, Scene, repeated


def _wednesday(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9)


def _saas(scene: Scene) -> None:
    people, rng = scene.people, scene.rng
    known = np.flatnonzero(rng.random(len(people)) < 0.35)
    strangers = rng.poisson(0.5 * len(people))
    names = numbered("web", len(known) + strangers)
    before = people.acquired[known] - 60 - rng.exponential(1.5 * DAY, len(known)).astype(np.int64)
    before = np.where(before < scene.days.edges[0], people.acquired[known], before)
    scene.log.add("visited", names[: len(known)], before, channel=scene.came_by(known))
    like = rng.integers(0, len(people), strangers)
    passing = scene.days.moments(scene.days.batch_of(people.arrived[like]), rng)
    scene.log.add("visited", names[len(known) :], passing, channel=scene.came_by(like))

    seen = np.full(len(people), -1)
    seen[known] = np.arange(len(known))
    trial = p.drawn(scene, {"starter": 0.55, "team": 0.45}, len(people))
    who = names.take(pa.array(seen, mask=seen < 0))
    p.acquisition(scene, "signed_up", plan=trial, anonymous_id=who)
    p.first_use(scene, "session_started", 2.2)
    p.first_use(scene, "report_created", 0.8)
    p.activation(scene, "report_shared")
    p.in_service(scene, "session_started", 2.6)
    p.sometimes(scene, "report_shared", 0.7)
    prices = {"starter": (0.5, 49.0), "team": (0.4, 119.0), "business": (0.1, 390.0)}
    p.subscriptions(scene, "invoice_paid", prices=prices, currencies={"EUR": 0.8, "USD": 0.2})
    p.invites(scene, "invite_sent", 0.5)


def _shop(scene: Scene) -> None:
    people, rng = scene.people, scene.rng
    found = p.drawn(scene, {"yes": 0.6, "no": 0.4}, len(people))
    p.acquisition(scene, "account_created", newsletter=found)
    p.first_use(scene, "product_viewed", 3.0)
    first = np.flatnonzero(people.activated < NEVER)
    placed = p.spread_before(scene, people.acquired[first], people.activated[first], 6 * DAY)
    p.orders(scene, first, placed, kept=people.activated[first], paid=people.paid[first], median=58.0)
    who, batch = scene.service
    more, _ = repeated(1 + rng.poisson(0.25, len(who)))
    again = scene.days.moments(batch[more], rng)
    kept = again + (DAY * (1.5 + rng.gamma(2.0, 1.5, len(more)))).astype(np.int64)
    paid = kept + (DAY * (1.0 + rng.gamma(2.0, 4.0, len(more)))).astype(np.int64)
    paid = np.where(rng.random(len(more)) < scene.business.rates["revenue"], paid, NEVER)
    p.orders(scene, who[more], again, kept=kept, paid=paid, median=64.0)
    p.sometimes(scene, "product_viewed", 2.0)
    p.invites(scene, "invite_sent", 0.2)


def _service(scene: Scene) -> None:
    people = scene.people
    size = p.drawn(scene, {"1-5": 0.5, "6-20": 0.4, "21-50": 0.1}, len(people))
    p.acquisition(scene, "contract_signed", employees=size)
    p.activation(scene, "onboarding_held")
    p.in_service(scene, "receipts_sent", 6.0)
    p.sometimes(scene, "question_asked", 1.2)
    prices = {"basic": (0.5, 180.0), "full": (0.5, 340.0)}
    p.subscriptions(scene, "invoice_paid", prices=prices, currencies={"EUR": 1.0}, refunds=0.01)
    introducing = np.flatnonzero(people.refers)
    since = people.activated[introducing]
    when = scene.after(since, "referral", limit=scene.business.window("referral"))
    scene.log.add("introduced_client", scene.named(introducing), when)


def _marketplace(scene: Scene) -> None:
    people, rng = scene.people, scene.rng
    p.visits(scene, "visited")
    p.acquisition(scene, "registered", side=p.drawn(scene, {"venue": 0.3, "tour": 0.7}, len(people)))
    p.first_use(scene, "profile_viewed", 1.5)
    requested = np.flatnonzero((people.activated < NEVER) | (rng.random(len(people)) < 0.15))
    latest = np.minimum(people.activated[requested], people.acquired[requested] + 20 * DAY)
    asked = p.spread_before(scene, people.acquired[requested], latest, 20 * DAY)
    scene.log.add("booking", scene.named(requested), asked, status="requested")
    p.activation(scene, "booking", status="completed")

    who, batch = scene.service
    more, _ = repeated(1 + rng.poisson(0.4, len(who)))
    done = scene.days.moments(batch[more], rng)
    scene.log.add("booking", scene.named(who[more]), done, status="completed")
    asked = done - (DAY * rng.gamma(2.0, 2.0, len(more))).astype(np.int64)
    after = asked > people.activated[who[more]]
    scene.log.add("booking", scene.named(who[more][after]), asked[after], status="requested")
    p.sometimes(scene, "booking", 0.1, status="cancelled")

    # Who pays the first commission pays the others too; the rest agree among themselves, off the platform.
    first = np.flatnonzero(people.paid < NEVER)
    honest = more[people.paid[who[more]] < NEVER]
    later = done[people.paid[who[more]] < NEVER] + DAY
    everybody = np.concatenate([first, who[honest]])
    when = np.concatenate([people.paid[first], np.maximum(later, people.paid[who[honest]])])
    fee = np.round(42 * rng.lognormal(0, 0.6, len(everybody)), 2)
    currency = p.drawn(scene, {"EUR": 0.85, "GBP": 0.1, "USD": 0.05}, len(everybody))
    scene.log.add("commission_paid", scene.named(everybody), when, amount=fee, currency=currency)
    back = np.flatnonzero(rng.random(len(everybody)) < 0.02)
    when = when[back] + (DAY * rng.uniform(1, 10, len(back))).astype(np.int64)
    scene.log.add(
        "commission_paid", scene.named(everybody[back]), when,
        amount=-fee[back], currency=currency.take(pa.array(back)),
    )  # fmt: skip
    p.invites(scene, "invite_sent", 0.4)


def _game(scene: Scene) -> None:
    people, rng = scene.people, scene.rng
    device = p.drawn(scene, {"iOS": 0.55, "Android": 0.45}, len(people))
    p.acquisition(scene, "installed", device=device)
    p.first_use(scene, "session_started", 1.0)
    p.activation(scene, "level_completed")
    third = np.flatnonzero(people.activated < NEVER)
    for _ in range(2):  # the first and second of the three levels
        when = p.spread_before(scene, people.acquired[third], people.activated[third], 2.9 * DAY)
        scene.log.add("level_completed", scene.named(third), when)
    others = np.flatnonzero(people.activated == NEVER)
    some, _ = repeated(rng.integers(0, 3, len(others)))  # never a third one
    when = people.acquired[others[some]] + (rng.exponential(DAY, len(some))).astype(np.int64)
    scene.log.add("level_completed", scene.named(others[some]), when)
    p.in_service(scene, "session_started", 2.2)
    p.sometimes(scene, "level_completed", 0.6)

    first = np.flatnonzero(people.paid < NEVER)
    who, batch = scene.service
    spending = np.flatnonzero((people.paid[who] < NEVER) & (rng.random(len(who)) < 0.35))
    again = np.maximum(scene.days.moments(batch[spending], rng), people.paid[who[spending]] + 60)
    everybody = np.concatenate([first, who[spending]])
    when = np.concatenate([people.paid[first], again])
    price = rng.choice([1.99, 4.99, 9.99, 49.99], len(everybody), p=[0.5, 0.33, 0.15, 0.02])
    scene.log.add("purchased", scene.named(everybody), when, amount=price, currency="USD")
    back = np.flatnonzero(rng.random(len(everybody)) < 0.01)
    returned = when[back] + DAY
    scene.log.add("purchased", scene.named(everybody[back]), returned, amount=-price[back], currency="USD")
    p.invites(scene, "invite_sent", 0.5)


def _balanced(scene: Scene) -> None:
    p.visits(scene, "visited")
    languages = {"German": 0.5, "English": 0.3, "Italian": 0.2}
    p.acquisition(scene, "signed_up", language=p.drawn(scene, languages, len(scene.people)))
    p.first_use(scene, "lesson_started", 1.5)
    p.activation(scene, "conversation_held")
    p.in_service(scene, "lesson_started", 2.4)
    p.sometimes(scene, "conversation_held", 0.5)
    prices = {"self-study": (0.7, 14.0), "tutor": (0.3, 59.0)}
    p.subscriptions(scene, "course_paid", prices=prices, currencies={"EUR": 1.0})
    p.invites(scene, "invite_sent", 0.4)


def _hardware(scene: Scene) -> None:
    people, rng = scene.people, scene.rng
    site = p.drawn(scene, {"sawmill": 0.5, "joinery": 0.35, "merchant": 0.15}, len(people))
    p.acquisition(scene, "pilot_requested", site=site)
    started = np.flatnonzero((people.activated < NEVER) | (rng.random(len(people)) < 0.3))
    latest = np.minimum(people.activated[started], people.acquired[started] + 60 * DAY)
    shipped = p.spread_before(scene, people.acquired[started], latest, 30 * DAY)
    scene.log.add("pilot_shipped", scene.named(started), shipped)
    p.activation(scene, "pilot_succeeded")
    p.in_service(scene, "device_reported", 14.0)

    first = np.flatnonzero(people.paid < NEVER)
    worth = np.round(4200 * rng.lognormal(0, 0.5, len(first)), -1)
    scene.log.add("order_paid", scene.named(first), people.paid[first], amount=worth, currency="CHF")
    more = np.flatnonzero((rng.random(len(first)) < 0.35) & (people.life[first] > 3))
    when = people.paid[first[more]] + (DAY * rng.uniform(60, 300, len(more))).astype(np.int64)
    scene.log.add("order_paid", scene.named(first[more]), when, amount=worth[more] * 2, currency="CHF")
    back = np.flatnonzero(rng.random(len(first)) < 0.03)
    when = people.paid[first[back]] + (DAY * rng.uniform(10, 40, len(back))).astype(np.int64)
    scene.log.add("order_paid", scene.named(first[back]), when, amount=-worth[back], currency="CHF")
    p.invites(scene, "reference_given", 0.1)


def _startup(scene: Scene) -> None:
    p.acquisition(scene, "signed_up")
    p.first_use(scene, "session_started", 1.5)
    p.activation(scene, "receipt_filed")
    p.in_service(scene, "session_started", 2.0)
    p.sometimes(scene, "receipt_filed", 1.5)
    p.subscriptions(scene, "subscription_paid", prices={"early": (1.0, 9.0)}, currencies={"EUR": 1.0})


COMPANIES = {
    business.name: business
    for business in (
        Business(
            "saas",
            "Weekly reports for small teams, sold by subscription after a trial; most trials end before anybody "
            "has shared a report.",
            on=_wednesday(11, 4), batches=28, volume=110,
            channels=(
                Channel("organic search", 0.40, -0.10, quality=1.15, loyalty=1.1),
                Channel("google ads", 0.30, 0.12, quality=0.80, loyalty=0.85, cost=15.0),
                Channel("linkedin", 0.18, -0.02, quality=0.95, cost=19.0),
                Channel("newsletter", 0.12, quality=1.20, loyalty=1.1, cost=4.0),
                Channel(REFERRAL, 0.0, quality=1.40, loyalty=1.15),
            ),
            rates={"activation": 0.24, "revenue": 0.16, "retention": 0.64, "referral": 0.20},
            delays={"activation": Delay(2.5, 0.9), "revenue": Delay(9, 0.5), "referral": Delay(8, 0.8)},
            story=_saas, constraint=("activation", "rate"), brings=1.2, stays=1.3, churn=(1.0, 24.0),
            event_ids=True,
        ),
        Business(
            "shop",
            "Stoneware by post: first parcels are kept and paid for, but few customers ever order again.",
            on=_wednesday(10, 14), batches=18, volume=620,
            channels=(
                Channel("instagram", 0.35, 0.08, quality=0.90, loyalty=0.85, cost=7.5),
                Channel("organic search", 0.30, -0.05, quality=1.10, loyalty=1.1),
                Channel("google ads", 0.20, cost=9.0),
                Channel("market stall", 0.15, -0.03, quality=1.05, loyalty=1.2, cost=4.0),
                Channel(REFERRAL, 0.0, quality=1.3, loyalty=1.2),
            ),
            rates={"activation": 0.47, "revenue": 0.94, "retention": 0.27, "referral": 0.06},
            delays={"activation": Delay(7, 0.5), "revenue": Delay(9, 0.5), "referral": Delay(20, 0.6)},
            story=_shop, constraint=("retention", "rate"), brings=1.1, stays=1.03, active=0.35, churn=(1.5, 5.0),
            mood=0.08, weekdays=(1.0, 0.9, 0.9, 0.95, 0.9, 1.1, 1.35), person="customer", event_ids=True,
        ),
        Business(
            "service",
            "Bookkeepers whose clients start with a long call, of which they can hold twelve a week: the queue "
            "for it grows.",
            on=_wednesday(9, 16), batches=28, volume=0,  # follows from the capacity
            channels=(
                Channel("search", 0.45, 0.06, cost=85.0),
                Channel("tax advisors", 0.35, -0.06, quality=1.1, loyalty=1.1),
                Channel("trade fair", 0.10, quality=0.9, cost=140.0),
                Channel(REFERRAL, 0.10, quality=1.2, loyalty=1.2),
            ),
            rates={"activation": 0.90, "revenue": 0.88, "retention": 0.86, "referral": 0.147},
            delays={"revenue": Delay(16, 0.4), "referral": Delay(25, 0.6)},
            story=_service, constraint=("activation", "capacity"), stays=1.05, active=0.85, churn=(1.0, 25.0),
            mood=0.05, weekdays=(1.1, 1.1, 1.0, 1.0, 0.8, 0.0, 0.0), person="client",
        ),
        Business(
            "marketplace",
            "Venues book technicians; those who register are served well, but half of the visitors who could "
            "register leave.",
            on=_wednesday(10, 28), batches=26, volume=95,
            channels=(
                Channel("organic search", 0.45, -0.08, quality=1.05, pull=1.1),
                Channel("facebook", 0.30, 0.10, quality=0.85, loyalty=0.95, pull=0.75, cost=14.0),
                Channel("trade press", 0.25, -0.02, quality=1.1, pull=1.2, cost=22.0),
                Channel(REFERRAL, 0.0, quality=1.2, loyalty=1.1, pull=2.0),
            ),
            rates={"acquisition": 0.042, "activation": 0.37, "revenue": 0.85, "retention": 0.54, "referral": 0.149},
            delays={
                "acquisition": Delay(0.03, 2.2), "activation": Delay(7, 0.6), "revenue": Delay(2, 0.6),
                "referral": Delay(10, 0.7),
            },
            story=_marketplace, constraint=("acquisition", "rate"), brings=1.2, stays=1.05, active=0.5,
            person="organiser", event_ids=True,
        ),
        Business(
            "game",
            "A small mobile game that people like and pay for as they should, but seldom show to a friend.",
            on=_wednesday(11, 11), batches=20, volume=1050,
            channels=(
                Channel("app store", 0.45, -0.06, quality=1.1),
                Channel("ad network", 0.35, 0.10, quality=0.85, loyalty=0.8, cost=0.45),
                Channel("video", 0.20, -0.04, cost=0.3),
                Channel(REFERRAL, 0.0, quality=1.15, loyalty=1.2),
            ),
            rates={"activation": 0.50, "revenue": 0.05, "retention": 0.55, "referral": 0.12},
            delays={"activation": Delay(0.4, 1.2), "revenue": Delay(5, 0.8), "referral": Delay(4, 0.8)},
            story=_game, constraint=("referral", "rate"), brings=2.0, stays=1.4, active=0.6, churn=(1.2, 4.0),
            noise=0.05, mood=0.06, weekdays=(0.9, 0.9, 0.9, 0.95, 1.1, 1.3, 1.25), person="player",
        ),
        Business(
            "balanced",
            "A language school with no weakest link: every step stands where it can be expected to stand.",
            on=_wednesday(10, 7), batches=26, volume=112,
            channels=(
                Channel("organic search", 0.50, -0.06, quality=1.1),
                Channel("instagram", 0.30, 0.06, quality=0.9, pull=0.8, cost=6.0),
                Channel("schools", 0.20, loyalty=1.1, pull=1.3),
                Channel(REFERRAL, 0.0, quality=1.2, loyalty=1.1, pull=2.0),
            ),
            rates={"acquisition": 0.101, "activation": 0.36, "revenue": 0.302, "retention": 0.606, "referral": 0.176},
            delays={
                "acquisition": Delay(0.03, 2.2), "activation": Delay(3, 0.8), "revenue": Delay(6, 0.7),
                "referral": Delay(8, 0.8),
            },
            story=_balanced, brings=1.2, person="learner",
        ),
        Business(
            "hardware",
            "Damp sensors for timber, sold after a pilot of months: its young cohorts look bad and are not.",
            on=_wednesday(10, 21), batches=24, volume=32,
            channels=(
                Channel("trade fair", 0.35, -0.05, quality=1.1, cost=310.0),
                Channel("search", 0.40, 0.05, quality=0.9, cost=120.0),
                Channel("press", 0.25),
                Channel(REFERRAL, 0.0, quality=1.2, loyalty=1.1),
            ),
            rates={"activation": 0.43, "revenue": 0.565, "retention": 0.91, "referral": 0.122},
            delays={"activation": Delay(48, 0.35), "revenue": Delay(45, 0.4), "referral": Delay(50, 0.4)},
            story=_hardware, brings=1.1, stays=1.05, active=0.97, churn=(1.0, 40.0), trend=0.15, mood=0.08,
            weekdays=(1.1, 1.1, 1.1, 1.1, 0.9, 0.1, 0.05), person="site",
        ),
        Business(
            "startup",
            "Nine weeks old, with six to ten sign-ups a week: too little to say what holds it back.",
            on=_wednesday(11, 18), batches=9, volume=8,
            channels=(Channel("friends", 0.4, -0.2), Channel("product hunt", 0.3), Channel("search", 0.3, 0.2)),
            rates={"activation": 0.38, "revenue": 0.29, "retention": 0.58},
            delays={"activation": Delay(2, 0.8), "revenue": Delay(8, 0.6)},
            attainable={"activation": 0.39, "revenue": 0.30, "retention": 0.60},
            story=_startup, noise=0.02, mood=0.05, bounds=(0.75, 1.25), file="events.csv",
        ),
    )
}  # fmt: skip
"""Every company by its name."""
