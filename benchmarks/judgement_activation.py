"""Operating characteristics of the activation judgements: false claims, what is found, and whether intervals hold.

Run `python benchmarks/judgement_activation.py [--companies N] [--seed S]`. It prints

- how many companies without any signal are told so (the bar is 95 %), and what the rule "the smallest p-value of all
  thresholds, unadjusted" claims on the same people;
- how often a planted behaviour is found, and is ranked first;
- how often the 95 % interval of an arrow covers the truth where people who would do it anyway activate more often,
  and how often the naive one does.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from customer_factory.judgement.arrows import arrow
from customer_factory.judgement.behaviour import behaviours
from customer_factory.measures.early import EVERYBODY, Early
from customer_factory.measures.exposure import Exposure
from customer_factory.statistics import mantel_haenszel

SHARE = 0.05 / 3
"""The level at which a factory with three outcomes judges each of them."""


@dataclass(frozen=True)
class Company:
    """A made-up company's early days.

    Attributes:
        people: How many came.
        events: How many kinds of events there are.
        batches: Weeks in which they came; the outcome's rate drifts over them.
        eagerness: Standard deviation of what makes a person do more of everything, on the log scale.
        mixing: By how much channels differ, on the log scale, in what people do and (log odds) in the outcome.
        rate: The share that reaches the outcome.
        lift: Log odds that the planted behaviour adds.
    """

    people: int
    events: int = 20
    batches: int = 26
    eagerness: float = 1.0
    mixing: float = 0.0
    rate: float = 0.15
    lift: float = 0.0

    def draw(self, rng: np.random.Generator) -> tuple[Early, np.ndarray, np.ndarray]:
        """The counts, what each person did, and who reached the outcome. Event 0 is planted: three times or more."""
        n = self.people
        channel, batch = rng.integers(0, 4, n), rng.integers(0, self.batches, n)
        pull = self.mixing * np.array([-1.0, -0.3, 0.3, 1.0])[channel]
        eager = self.eagerness * rng.standard_normal(n) + pull + 0.02 * batch
        common = rng.normal(-0.5, 1.0, self.events)
        common[0] = 0.5
        did = rng.poisson(np.exp(np.clip(common + eager[:, None] - self.eagerness**2 / 2, -6, 3)))
        active = np.minimum(did, 1 + rng.binomial(6, 1 - np.exp(-did / 4)))
        odds = np.log(self.rate / (1 - self.rate)) + pull + 0.02 * (batch - self.batches / 2)
        reached = rng.random(n) < expit(odds + self.lift * (did[:, 0] >= 3))
        who, event = np.nonzero(did)
        rows = np.concatenate([who, np.arange(n)])
        names = np.array([f"event {place}" for place in range(self.events)] + [EVERYBODY], dtype=object)
        half, stratum = rng.integers(0, 2, n), channel * self.batches + batch
        early = Early(
            "retention", 7, None, frozenset(),
            names[np.concatenate([event, np.full(n, self.events)])],
            np.concatenate([did[who, event], np.zeros(n, int)]),
            np.concatenate([active[who, event], np.zeros(n, int)]),
            half[rows], stratum[rows], np.ones(len(rows), int), reached[rows].astype(int),
        )  # fmt: skip
        return early, did, reached


def naive(did: np.ndarray, reached: np.ndarray) -> bool:
    """Whether the smallest of all unadjusted p-values is below 5 %."""
    for event in did.T:
        for least in (1, 2, 3, 5, 10):
            kept = event >= least
            if 0 < kept.sum() < len(kept):
                found = mantel_haenszel([reached[kept].sum()], [kept.sum()], [reached[~kept].sum()], [(~kept).sum()])
                if found.enough and found.p < 0.05:
                    return True
    return False


def no_signal(company: Company, companies: int, rng: np.random.Generator) -> tuple[float, float]:
    """The share of companies without signal in which nothing is claimed: by the judgement, and by the naive rule."""
    quiet = naively = 0
    for _ in range(companies):
        # A company asks about three outcomes; they are independent here, which is the hardest.
        drawn = [company.draw(rng) for _ in range(3)]
        quiet += all(behaviours(early, SHARE).verdict != "found" for early, *_ in drawn)
        naively += not any(naive(did, reached) for _, did, reached in drawn[:1])
    return quiet / companies, naively / companies


def planted(company: Company, companies: int, rng: np.random.Generator) -> tuple[float, float]:
    """How often the planted behaviour is claimed, and how often it is first."""
    claimed = first = 0
    for _ in range(companies):
        found = [each for each in behaviours(company.draw(rng)[0], SHARE).candidates if each.claimed]
        claimed += any(each.event == "event 0" for each in found)
        first += bool(found) and found[0].event == "event 0"
    return claimed / companies, first / companies


@dataclass(frozen=True)
class Confounded:
    """People whose early deeds and channel drive both activation and the outcome.

    Attributes:
        people: How many.
        effect: Log odds that activation adds to the outcome.
        drive: How strongly the eager activate and reach the outcome anyway.
        twisted: Whether eagerness acts on the outcome in a way that no model here has (a step, not a line).
        rate: The outcome's log odds for the average person without activation.
    """

    people: int
    effect: float = 0.7
    drive: float = 0.8
    twisted: bool = False
    rate: float = -2.0

    def draw(self, rng: np.random.Generator) -> tuple[Exposure, float]:
        """The counts, and the true difference had everybody been activated against nobody."""
        n = self.people
        channel, batch = rng.integers(0, 3, n), rng.integers(0, 26, n)
        sessions = np.minimum(rng.negative_binomial(1.0, 0.35, n), 5)
        reports = np.minimum(rng.poisson(0.5 + 0.2 * sessions), 5)
        eager = 0.5 * (sessions - 1.5) + 0.4 * (reports - 0.8) + 0.5 * (channel == 2)
        activated = rng.random(n) < expit(-1.0 + self.drive * eager + 0.02 * (batch - 13))
        anyway = 1.5 * (sessions >= 3) - 0.5 if self.twisted else eager
        odds = self.rate + self.drive * anyway + 0.01 * (batch - 13)
        with_it, without = expit(odds + self.effect), expit(odds)
        reached = rng.random(n) < np.where(activated, with_it, without)
        x = np.column_stack([batch, sessions, reports, channel == 1, channel == 2, sessions > 0, reports > 0]).astype(
            float
        )
        names = ("time", "sessions", "reports", "channel 1", "channel 2", "any session", "any report")
        found = Exposure("revenue", 1, 7, 28, names, x, activated, np.ones(n, int), reached.astype(int))
        return found, float((with_it - without).mean())


def covered(company: Confounded, companies: int, rng: np.random.Generator) -> tuple[float, float, float, float, float]:
    """Shares of intervals that cover (adjusted, naive), mean errors of both in points, and the share decided."""
    ours, theirs, errors, judged, decided = 0, 0, [], 0, 0
    for _ in range(companies):
        exposure, truth = company.draw(rng)
        effect = (found := arrow(exposure)).effect
        if effect is None:
            continue
        judged += 1
        decided += found.verdict != "undecided"
        ours += effect.difference.low <= truth <= effect.difference.high
        theirs += effect.naive.low <= truth <= effect.naive.high
        errors.append((effect.difference.value - truth, effect.naive.value - truth))
    bias = 100 * np.mean(errors, axis=0) if errors else (np.nan, np.nan)
    return ours / max(judged, 1), theirs / max(judged, 1), float(bias[0]), float(bias[1]), decided / max(judged, 1)


def report(companies: int, seed: int) -> None:
    """Prints the tables."""
    rng, started = np.random.default_rng(seed), time.process_time()
    print(f"No signal on data without signal, % of {companies} companies (three outcomes each); the naive rule on one")
    everywhere = []
    for people in (300, 1000, 4000):
        for events, mixing in ((5, 0.0), (20, 0.0), (20, 0.7), (60, 0.0)):
            quiet, naively = no_signal(Company(people, events, mixing=mixing), companies, rng)
            everywhere.append(quiet)
            about = f"{people} people, {events} events, channels {'differ' if mixing else 'alike'}"
            print(f"  {about:48} {100 * quiet:5.1f}   naive {100 * naively:5.1f}", flush=True)

    print(f"  all together {100 * np.mean(everywhere):.1f}; bar 95")

    print("\nA planted behaviour (3 times or more, among 20 events), %: claimed, ranked first")
    for people in (500, 1000, 2000, 4000, 10_000):
        for lift in (0.5, 0.8, 1.2):
            claimed, first = planted(Company(people, lift=lift), companies, rng)
            print(
                f"  {people:6} people, odds times {np.exp(lift):3.1f}   {100 * claimed:5.1f} {100 * first:5.1f}",
                flush=True,
            )

    print("\nArrows, confounded: 95 % intervals that cover the truth, % (naive); error in points (naive); decided, %")
    for people in (300, 1000, 5000):
        for about, options in (
            ("effect, confounded", {}),
            ("no effect, confounded", {"effect": 0.0}),
            ("effect, strongly confounded", {"drive": 1.4}),
            ("effect, twisted", {"twisted": True}),
            ("rare outcome", {"rate": -4.0}),
        ):
            ours, theirs, error, naive_error, decided = covered(Confounded(people, **options), companies, rng)
            if np.isnan(error):
                print(f"  {people:5} people, {about:28} too few to be judged", flush=True)
                continue
            print(
                f"  {people:5} people, {about:28} {100 * ours:5.1f} ({100 * theirs:5.1f})   "
                f"{error:+5.1f} ({naive_error:+5.1f})   {100 * decided:5.1f}",
                flush=True,
            )
    print(f"\n{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--companies", type=int, default=200, help="companies per line (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (default 1)")
    arguments = parser.parse_args()
    report(arguments.companies, arguments.seed)
