"""Operating characteristics of the constraint judgement, on made-up companies whose truth is known.

    python benchmarks/judgement_constraint.py [companies per row]

A company is made of counts: people acquired per batch, binomial steps with cohorts that differ, channels, trends, and
queues. Its truth follows from the definition: the step whose gap, closed, adds most to the customers in service.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from customer_factory.judgement.constraint import Constraint, constraint
from customer_factory.judgement.evidence import FactoryEvidence, StepEvidence
from customer_factory.judgement.throughput_model import in_service

Rng = np.random.Generator
STEPS = ("acquisition", "activation", "retention", "revenue", "referral")
# Attainable levels: from hard to easy businesses.
LEVELS = {
    "low": {"acquisition": 0.03, "activation": 0.25, "retention": 0.35, "revenue": 0.15, "referral": 0.12},
    "middle": {"acquisition": 0.08, "activation": 0.4, "retention": 0.55, "revenue": 0.25, "referral": 0.2},
    "high": {"acquisition": 0.2, "activation": 0.65, "retention": 0.8, "revenue": 0.5, "referral": 0.35},
}
EARLY = ("acquisition", "activation", "retention")
MODELS = {
    # name: its steps, what follows what, and what makes a happy customer
    "saas": (STEPS, {"revenue": "activation", "referral": "activation"}, ("activation",)),
    "paying": (STEPS, {"revenue": "activation", "referral": "revenue"}, ("activation", "revenue")),
    "trial": (STEPS, {"revenue": "acquisition", "referral": "activation"}, ("activation",)),
    "shop": ((*EARLY, "revenue"), {"revenue": "activation"}, ("revenue",)),
    "free": ((*EARLY, "referral"), {"referral": "activation"}, ("activation",)),
}


@dataclass(frozen=True)
class Plan:
    """How companies of one row are made."""

    weak: str | None = None
    acquired: float = 100
    batches: int = 16
    level: str = "middle"
    model: str | None = None
    declared: Literal["target", "goal", "none"] = "target"
    shown_by: Literal["channel", "run"] = "channel"  # where no target is declared: what shows that more is possible
    varied: float = 0.0  # overdispersion: by which share of itself the rate of each cohort varies
    drift: bool = False  # rates drift by up to 5 % and volume by up to half
    mix_shift: bool = False  # channels whose rates differ change their shares
    visitors: bool = True
    course: Literal["steady", "recovered", "fallen"] = "steady"  # of the weak step; changes six batches ago
    anything: bool = False  # every step stands anywhere between 40 and 100 % of its attainable level
    ratio: tuple[float, float] = (0.4, 0.6)  # of the weak step
    sound: tuple[float, float] = (0.95, 1.0)  # of the others


@dataclass(frozen=True)
class Company:
    """What the judgement sees, and the truth."""

    evidence: FactoryEvidence
    truth: str | None


Maker = Callable[[Rng], Company]


def made_up(plan: Plan, rng: Rng) -> Company:
    """A company by the plan; where a step is planted, one in which it is the constraint by definition."""
    while True:
        name = plan.model or str(rng.choice([m for m in MODELS if plan.weak in {None, *MODELS[m][0]}]))
        steps, after, happy = MODELS[name]
        best = {s: min(LEVELS[plan.level][s] * rng.uniform(0.75, 1.3), 0.95) for s in steps}
        share = {s: rng.uniform(*plan.sound) for s in steps}
        if plan.anything:
            share = {s: rng.uniform(0.4, 1.0) for s in steps}
        if plan.weak:
            share[plan.weak] = rng.uniform(*plan.ratio)
        per_referrer = rng.uniform(1.0, 3.0)
        frame = FactoryEvidence(
            steps=[StepEvidence(s, after=after.get(s)) for s in steps],
            arrivals=plan.acquired,
            happy=happy,
            people_per_referrer=per_referrer,
        )
        largest = _largest(frame, best, share)
        if plan.weak in {None, largest}:
            truth = largest if plan.anything else None if plan.course == "recovered" else plan.weak
            return Company(_observed(plan, frame, best, share, rng), truth)


def _largest(frame: FactoryEvidence, best: dict[str, float], share: dict[str, float]) -> str:
    """The constraint by definition, at the true rates of a company that has run for as long as it looks ahead."""
    level = {s: best[s] * share[s] for s in best}
    survival = level.get("retention", 1.0) ** 0.25
    made = 100 * np.prod([level[s] for s in frame.outcome])
    stock = made * sum(survival**j for j in range(13))

    def end(rates: dict[str, float], people: float) -> float:
        inner = {s: np.array(r) for s, r in rates.items() if s != "acquisition"}
        return float(in_service(frame, inner, people=people, stock=stock)[0])

    gains = {
        s: end({**level, s: best[s]}, 100 / share[s] if s == "acquisition" else 100) - end(level, 100) for s in best
    }
    return max(gains, key=lambda s: gains[s])


def _observed(
    plan: Plan, frame: FactoryEvidence, best: dict[str, float], share: dict[str, float], rng: Rng
) -> FactoryEvidence:
    batches, channels = plan.batches, int(rng.integers(2, 6))
    time_ = np.linspace(-0.5, 0.5, batches)
    volume = plan.acquired * (1 + (rng.uniform(-1, 1) * time_ if plan.drift else 0 * time_))
    shares = rng.dirichlet(np.full(channels, 4.0))
    mix = np.tile(shares, (batches, 1))
    if plan.mix_shift:
        later = rng.dirichlet(np.full(channels, 4.0))
        mix = shares + (later - shares) * np.linspace(0, 1, batches)[:, None]
    rate = {s: _rates(plan, s, best=best[s], share=share[s], mix=mix, time_=time_, rng=rng) for s in best}
    people = {
        "acquisition": rng.poisson(mix * volume[:, None] / (best["acquisition"] * share["acquisition"])),
    }
    reached: dict[str, NDArray[np.int64]] = {}
    observed = []
    for step in _in_order(frame):
        entered = (
            people["acquisition"]
            if step.step == "acquisition"
            else reached[frame.happy[-1] if step.before == "happy" else str(step.before)]
        )
        reached[step.step] = rng.binomial(entered, _cohorts(rate[step.step], plan.varied, rng))
        observed.append(_evidence(plan, step, best[step.step], entered=entered, reached=reached[step.step], rng=rng))
    return replace(frame, steps=observed, arrivals=[float(n) for n in reached["acquisition"].sum(axis=1)])


def _in_order(frame: FactoryEvidence) -> Iterator[StepEvidence]:
    names = ["acquisition", "activation", "revenue", "retention", "referral"]
    return (step for name in names if (step := frame.step(name)))


def _rates(
    plan: Plan, step: str, *, best: float, share: float, mix: NDArray[np.float64], time_: NDArray[np.float64], rng: Rng
) -> NDArray[np.float64]:
    """True rates (batch, channel)."""
    batches, channels = mix.shape
    rate = np.full((batches, channels), best * share)
    weak = plan.weak == step
    if plan.declared == "none" and weak and plan.shown_by == "channel":
        # One channel of a fair size stands at the attainable level, the others pull the whole down.
        good = int(np.argmax(mix[0]))
        rest = max((share - mix[0, good]) / (1 - mix[0, good]), 0.05)
        rate[:] = best * rest
        rate[:, good] = best
    elif plan.declared == "none" and weak:
        rate[: batches // 2] = best
    elif plan.mix_shift and plan.declared != "none":
        # Channels differ by up to a third, but the whole stays within 5 % of the attainable level.
        spread = rng.uniform(0.75, 1.25, channels)
        rate = rate * spread / (mix @ spread)[:, None]
    else:
        rate = rate * (1 + rng.uniform(-0.02, 0.02, channels))
    if weak and plan.course != "steady":
        rate[-6:] = best * (0.97 if plan.course == "recovered" else share)
        rate[:-6] = best * (share if plan.course == "recovered" else 0.97)
    if plan.drift and not weak:
        rate = rate * (1 + 0.05 * rng.uniform(-1, 1) * time_)[:, None]
    return np.clip(rate, 0.001, 0.99)


def _cohorts(rate: NDArray[np.float64], varied: float, rng: Rng) -> NDArray[np.float64]:
    """What each cohort's own rate came to: the odds of all channels of a batch are moved together."""
    odds = rate / (1 - rate) * np.exp(rng.normal(0, varied, len(rate)) / (1 - rate.mean()))[:, None]
    return np.asarray(odds / (1 + odds))


def _evidence(
    plan: Plan, step: StepEvidence, best: float, *, entered: NDArray[np.int64], reached: NDArray[np.int64], rng: Rng
) -> StepEvidence:
    n, x = entered.sum(axis=1), reached.sum(axis=1)
    if step.step == "acquisition" and not plan.visitors:
        return replace(step, served=x.tolist())
    soon = rng.binomial(x, 0.6)
    served = soon + np.concatenate([[0], (x - soon)[:-1]])
    return replace(
        step,
        cohorts=tuple(zip(n.tolist(), x.tolist(), strict=True)),
        channels={f"c{i}": (float(entered[:, i].sum()), float(reached[:, i].sum())) for i in range(entered.shape[1])},
        target=best if plan.declared == "target" else None,
        required=best if plan.declared == "goal" else None,
        arrivals=n.tolist(),
        served=served.tolist(),
        waiting=np.cumsum(n - served).tolist(),  # nobody is ever given up: the trap for the capacity judgement
    )


def full_company(step: str, rng: Rng, *, declared: bool, target: bool, window: int | None, noisy: bool) -> Company:
    """A company in which one step can serve only part of those who want it; they queue, first come, first served."""
    plan = Plan(declared="target" if target else "none", model="saas", acquired=float(rng.uniform(100, 300)))
    company = made_up(plan, rng)
    steps = {one.step: one for one in company.evidence.steps}
    one = steps[step]
    entered = np.array(one.arrivals)
    rate = sum(x for _, x in one.cohorts) / entered.sum()
    capacity = max(round(float(rng.uniform(0.5, 0.8)) * rate * entered.mean()), 4)
    wanting = rng.binomial(entered.astype(int), rate)
    queue = np.zeros(len(entered))  # those still in line, by batch of entry
    got = np.zeros(len(entered))
    served, waiting, ages = [], [], []
    for now in range(len(entered)):
        queue[now] = wanting[now]
        if window is not None and now > window:
            queue[now - window - 1] = 0
        left = capacity if not noisy else round(capacity * rng.uniform(0.93, 1.03))
        before = left
        for batch in range(now + 1):
            taken = min(queue[batch], left)
            queue[batch], got[batch], left = queue[batch] - taken, got[batch] + taken, left - taken
        served.append(float(before - left))
        first = 0 if window is None else max(now - window, 0)
        there = (entered - got)[first : now + 1]
        waiting.append(float(there.sum()))
        age = np.repeat(7.0 * np.arange(len(there))[::-1], there.astype(int))
        ages.append(float(np.median(age)) if len(age) else None)
    mature = len(entered) - (4 if window is None else window)
    counts = tuple(zip(entered[:mature].tolist(), got[:mature].tolist(), strict=True))
    steps[step] = replace(
        one,
        cohorts=counts,
        channels={},
        capacity=float(capacity) if declared else None,
        served=served,
        waiting=waiting,
        ages=ages,
    )
    return Company(replace(company.evidence, steps=list(steps.values())), step)


@dataclass
class Row:
    """One line of the table."""

    name: str
    companies: int = 0
    claimed: int = 0
    right: int = 0
    naive: int = 0
    capacity: int = 0

    def add(self, company: Company, verdict: Constraint) -> None:
        self.companies += 1
        self.claimed += verdict.step is not None
        self.right += verdict.step is not None and verdict.step == company.truth
        self.naive += verdict.naive == company.truth
        self.capacity += verdict.kind == "capacity"

    def __str__(self) -> str:
        n, wrong = self.companies, self.claimed - self.right
        among = f"{100 * self.right / self.claimed:5.1f}" if self.claimed else "    –"
        return (
            f"| {self.name:<58} | {100 * self.claimed / n:5.1f} | {among} | {100 * wrong / n:5.1f} "
            f"| {100 * self.capacity / n:5.1f} | {100 * self.naive / n:5.1f} |"
        )


HEAD = f"| {'companies':<58} | claim | right | wrong | capac | naive |\n|{'-' * 60}|" + 5 * "-------|"


def run(name: str, make: Maker, companies: int, seed: int = 1) -> Row:
    """Judge so many companies."""
    rng, row = np.random.default_rng(seed), Row(name)
    for _ in range(companies):
        company = make(rng)
        row.add(company, constraint(company.evidence))
    return row


def of(plan: Plan) -> Maker:
    """The maker of companies by this plan."""
    return lambda rng: made_up(plan, rng)


def rows() -> Iterator[tuple[str, Maker]]:
    """All rows: name and maker."""
    yield from weak_rows()
    yield from small_rows()
    yield from sound_rows()
    yield from full_rows()


def weak_rows() -> Iterator[tuple[str, Maker]]:
    """One step at 40 to 60 % of its attainable level, the others within 5 % of theirs."""
    for level in LEVELS:
        for step in STEPS:
            yield f"weak {step}, {level} rates", of(Plan(step, level=level))
    for step in STEPS:
        yield f"weak {step}, goal, cohorts vary 10 %, drift", of(Plan(step, declared="goal", varied=0.1, drift=True))
    for step in STEPS:
        yield f"weak {step}, 300 a batch, high, mix shift", of(Plan(step, acquired=300, level="high", mix_shift=True))
    for step in STEPS[1:]:
        yield f"weak {step}, visitors unknown", of(Plan(step, visitors=False))
    for step in STEPS[:4]:
        plan = Plan(step, declared="none", acquired=200)
        yield f"weak {step}, no target, shown by channel, 200", of(plan)
        yield f"weak {step}, no target, shown by run, 200", of(replace(plan, shown_by="run"))
    for step in STEPS:
        yield f"weak {step} since six batches, 200 a batch", of(Plan(step, acquired=200, course="fallen"))


def small_rows() -> Iterator[tuple[str, Maker]]:
    """Few people, and companies in which every step may be short."""
    for acquired in (5, 10, 20, 50):
        for step in STEPS:
            yield f"weak {step}, {acquired} a batch", of(Plan(step, acquired=acquired))
    for acquired in (20, 100, 1000):
        yield f"all steps at 40 to 100 %, {acquired} a batch", of(Plan(acquired=acquired, anything=True))


def sound_rows() -> Iterator[tuple[str, Maker]]:
    """Every step within 5 % of its attainable level: each claim is wrong."""
    for name, base in (("target", Plan()), ("no target", Plan(declared="none"))):
        for acquired in (5, 20, 100, 1000):
            plan = replace(base, acquired=acquired)
            yield f"balanced, {name}, {acquired} a batch", of(plan)
            yield f"balanced, {name}, {acquired}, cohorts vary 15 %", of(replace(plan, varied=0.15))
            yield f"balanced, {name}, {acquired}, drift, mix shift", of(replace(plan, drift=True, mix_shift=True))
        rough = replace(base, varied=0.3, drift=True, acquired=1000)
        yield f"balanced, {name}, 1000, cohorts vary 30 %, drift", of(rough)
        long = replace(base, batches=52, varied=0.15, drift=True)
        yield f"balanced, {name}, 100, 52 batches, vary 15 %, drift", of(long)
    for level in ("low", "middle", "high"):
        plan = Plan(acquired=20, level=level, sound=(0.95, 0.95))
        yield f"all at exactly 95 %, {level} rates, 20 a batch", of(plan)
    for step in STEPS:
        yield f"{step} recovered six batches ago, 200", of(Plan(step, acquired=200, course="recovered"))


def full_rows() -> Iterator[tuple[str, Maker]]:
    """One step serves 50 to 80 % of those who want it."""
    for step in ("activation", "revenue"):
        for declared, target, window in ((True, True, None), (False, True, 4), (False, False, None), (True, False, 4)):
            for noisy in (False, True):
                known = ", declared" * declared + ", target" * target + ", noisy" * noisy
                yield (
                    f"full {step}{known}, window {window}",
                    partial(full_company, step, declared=declared, target=target, window=window, noisy=noisy),
                )


def main() -> None:
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    start = time.perf_counter()
    print(HEAD)
    count = 0
    for name, make in rows():
        print(run(name, make, companies), flush=True)
        count += companies
    print(
        f"\nin per cent of companies (right: of claims); "
        f"{1000 * (time.perf_counter() - start) / count:.1f} ms a company, making it included"
    )


if __name__ == "__main__":
    main()
