"""Made-up reports with the shape of `report.to_dict()`: consistent numbers, fixed seeds, odd corners on purpose."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from math import sqrt
from random import Random
from typing import Any

Report = dict[str, Any]

LABELS = {
    "acquisition": "Acquisition",
    "activation": "Activation",
    "retention": "Retention",
    "revenue": "Revenue",
    "referral": "Referral",
}
AFTER = {
    "acquisition": None,
    "activation": "acquisition",
    "retention": "activation",
    "revenue": "activation",
    "referral": "activation",
}
WINDOWS = {"acquisition": 7, "activation": 14, "retention": 28, "revenue": 30, "referral": 60}
CHANNELS = {"Search ads": 0.31, "Organic": 0.26, "Newsletter": 0.16, "Partners": 0.12, "Fairs": 0.09, "Direct": 0.06}


def interval(reached: int, entered: int) -> tuple[float | None, float | None, float | None]:
    """Rate with its Wilson interval, written out here so that the examples need nothing of the library."""
    if entered == 0:
        return None, None, None
    rate, z = reached / entered, 1.96
    middle = (rate + z * z / (2 * entered)) / (1 + z * z / entered)
    half = z * sqrt(rate * (1 - rate) / entered + z * z / (4 * entered**2)) / (1 + z * z / entered)
    return rate, max(0.0, middle - half), min(1.0, middle + half)


def step(
    name: str, entered: list[int], rate: float, *, starts: list[date], on: date, draw: Random, **more: Any
) -> Report:
    """One step: cohorts, of which the young ones wait, and their sums."""
    window = WINDOWS[name]
    cohorts = []
    for start, n in zip(starts, entered, strict=True):
        maturity = min(1.0, max(0.05, (on - start).days / (window + 7)))
        final = sum(draw.random() < rate for _ in range(n))
        reached = round(final * maturity**0.5)
        waiting = 0 if maturity == 1.0 else round((n - reached) * (1 - maturity * 0.6))
        share, low, high = interval(reached, n)
        cohorts.append(
            {
                "start": start.isoformat(),
                "complete": maturity == 1.0,
                "entered": n,
                "reached": reached,
                "waiting": waiting,
                "lost": n - reached - waiting,
                "rate": share,
                "low": low,
                "high": high,
                "maturity": maturity,
            }
        )
    total, reached = sum(entered), sum(c["reached"] for c in cohorts)
    waiting = sum(c["waiting"] for c in cohorts)
    share, low, high = interval(reached, total)
    by_channel = {}
    for channel, weight in CHANNELS.items():
        n = round(total * weight)
        done = min(n, round(n * rate * draw.uniform(0.7, 1.3)))
        r, lo, hi = interval(done, n)
        by_channel[channel] = {"entered": n, "reached": done, "rate": r, "low": lo, "high": hi}
    return {
        "label": LABELS[name],
        "after": AFTER[name],
        "entered": total,
        "reached": reached,
        "waiting": waiting,
        "lost": total - reached - waiting,
        "rate": share,
        "low": low,
        "high": high,
        "maturity": sum(c["maturity"] * c["entered"] for c in cohorts) / max(total, 1),
        "median_days": window * 0.22,
        "p90_days": window * 0.71,
        "window_days": float(window),
        "target": None,
        "capacity": None,
        "unplaced": draw.randint(0, 9),
        "by_channel": by_channel,
        "by_cohort": cohorts,
        **more,
    }


def saas(seed: int = 7, weeks: int = 26, volume: int = 900) -> Report:
    """A product in its 26th week whose activation is far from attainable: a claimed rate constraint."""
    draw = Random(seed)
    first = date(2025, 1, 6)
    on = first + timedelta(weeks=weeks - 1, days=3)
    starts = [first + timedelta(weeks=i) for i in range(weeks)]
    visitors = [round(volume * draw.uniform(0.85, 1.15) * (0.9 + 0.01 * i)) for i in range(weeks)]
    visitors[-1] = visitors[-1] * 3 // 7
    steps = {"acquisition": step("acquisition", visitors, 0.142, starts=starts, on=on, draw=draw)}
    reached = [c["reached"] for c in steps["acquisition"]["by_cohort"]]
    steps["activation"] = step("activation", reached, 0.272, starts=starts, on=on, draw=draw, target=0.40)
    happy = [c["reached"] for c in steps["activation"]["by_cohort"]]
    steps["retention"] = step("retention", happy, 0.63, starts=starts, on=on, draw=draw)
    steps["revenue"] = step("revenue", happy, 0.36, starts=starts, on=on, draw=draw, target=0.37)
    steps["referral"] = step("referral", happy, 0.09, starts=starts, on=on, draw=draw)
    happy[weeks // 2] = round(happy[weeks // 2] * 1.9)
    centre = sum(happy[:-1]) / (weeks - 1)
    moving = sum(abs(a - b) for a, b in zip(happy[1:-1], happy[:-2], strict=True)) / (weeks - 2)
    lower, upper = max(0.0, centre - 2.66 * moving), centre + 2.66 * moving
    cohorts = [
        retained(n, weeks - i, draw) | {"start": s.isoformat()}
        for i, (s, n) in enumerate(zip(starts, happy, strict=True))
    ]
    paying, spend = steps["revenue"]["reached"], 41_230.0
    return {
        "factory": "Sparkling",
        "on": f"{on.isoformat()}T09:30:00+02:00",
        "batch": "week",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "outcome": "The team decided on Monday’s numbers",
        "happy": ["activation"],
        "data": {"first": "2025-01-06T00:04:11+01:00", "last": f"{on.isoformat()}T08:12:44+02:00"},
        "events": {
            "read": 184_312,
            "accepted": 183_870,
            "rejected": 402,
            "duplicates": 40,
            "reasons": {"missing_person": 211, "unreadable_time": 120, "future_time": 71},
        },
        "people": sum(visitors),
        "steps": steps,
        "throughput": {
            "batches": [
                {"start": s.isoformat(), "happy": n, "complete": s != starts[-1]}
                for s, n in zip(starts, happy, strict=True)
            ],
            "centre": centre,
            "lower": lower,
            "upper": upper,
            "method": "xmr",
            "signals": [{"start": starts[weeks // 2].isoformat(), "rule": "above limits"}],
            "repeatable": "yes",
            "reason": "25 complete weeks, and none of the last 8 is a signal.",
            "limits": [{"start": s.isoformat(), "centre": centre, "lower": lower, "upper": upper} for s in starts],
        },
        "retention": {
            "cohorts": cohorts,
            "curve": [
                {"batch": i, "survival": s, "low": max(0, s - 0.02 - i / 400), "high": min(1, s + 0.02 + i / 400)}
                for i in range(weeks - 2)
                for s in [0.34 + 0.66 * 0.8**i]
            ],
        },
        "revenue": {
            "total": paying * 118.4,
            "paying": paying,
            "per_customer": 118.4,
            "by_cohort": [
                {
                    "start": s.isoformat(),
                    "size": n,
                    "cumulative": [11.2 * (a + 1) ** 0.7 * (0.9 + i / 90) for a in range(weeks - i)],
                }
                for i, (s, n) in enumerate(zip(starts, happy, strict=True))
            ],
            "by_batch": [
                {"start": s.isoformat(), "amount": 180.0 * i + draw.uniform(0, 700)} for i, s in enumerate(starts)
            ],
            "refunds": 612.5,
            "unattributed": 1_204.0,
            "set_aside": {"unknown_currency": 14},
        },
        "referral": {"invites": 412, "accepted": 97, "k": 0.141, "per_referrer": 1.43, "cycle_days": 11.5},
        "economics": {
            "spend": spend,
            "cost_per_lead": spend / steps["acquisition"]["reached"],
            "cac": spend / paying,
            "cltv_revenue": 402.0,
            "cltv_margin": 321.6,
            "ltv_to_cac": 321.6 / (spend / paying),
            "payback_batches": 14.2,
            "by_channel": {
                name: {
                    "spend": None if name in {"Organic", "Direct"} else spend * weight,
                    "leads": round(sum(reached) * weight),
                    "customers": round(paying * weight),
                    "happy": round(sum(happy) * weight),
                    "cost_per_lead": None if name in {"Organic", "Direct"} else 11.8 * draw.uniform(0.7, 1.6),
                    "cac": None if name in {"Organic", "Direct"} else 131.0 * draw.uniform(0.6, 2.9),
                    "revenue": paying * 118.4 * weight,
                    "ltv": 321.6 * draw.uniform(0.8, 1.1),
                    "ltv_to_cac": None if name in {"Organic", "Direct"} else draw.uniform(0.7, 4.4),
                    "payback_batches": None if name in {"Organic", "Direct"} else draw.uniform(6, 30),
                }
                for name, weight in CHANNELS.items()
            },
        },
        "constraint": {
            "verdict": "claimed",
            "step": "activation",
            "kind": "rate",
            "probability": {
                "activation": 0.962,
                "retention": 0.021,
                "acquisition": 0.011,
                "revenue": 0.004,
                "referral": 0.002,
            },
            "gain": {
                "acquisition": {"centre": 21.0, "low": 4.0, "high": 41.0},
                "activation": {"centre": 188.0, "low": 141.0, "high": 236.0},
                "retention": {"centre": 32.0, "low": 9.0, "high": 57.0},
                "revenue": {"centre": 6.0, "low": 0.0, "high": 19.0},
                "referral": {"centre": 3.0, "low": 0.0, "high": 9.0},
            },
            "attainable": {
                "acquisition": {"level": 0.149, "source": "best run"},
                "activation": {"level": 0.40, "source": "target"},
                "retention": {"level": 0.66, "source": "best run"},
                "revenue": {"level": 0.37, "source": "target"},
                "referral": {"level": 0.098, "source": "best channel Partners"},
            },
            "reason": "Activation holds throughput back: 27 % of those who enter it reach it, 40 % is attainable "
            "(target). Closing that gap adds about 188 (141 to 236) paying customers in service after 13 weeks, more "
            "than at any other step. The probability that it is the constraint is 96 %.",
            "would_decide": None,
            "naive": "referral",
        },
        "sharpen": [
            "Costs of Organic and Direct are not known: add a [[spend]] table for them.",
            "Declare a target for retention; its attainable level is the factory’s own best run so far.",
        ],
        "notes": ["14 payments are in another currency and were set aside."],
    }


def retained(size: int, ages: int, draw: Random) -> Report:
    """One row of the retention grid."""
    return {
        "size": size,
        "active": [round(size * (0.34 + 0.66 * 0.8**a) * draw.uniform(0.93, 1.0)) if a else size for a in range(ages)],
    }


def undecided() -> Report:
    """Too few people to name a step, and not repeatable yet."""
    report = saas(seed=3, weeks=9, volume=160)
    report["outcome"] = None
    report["throughput"] |= {
        "repeatable": "no",
        "reason": "8 complete weeks; 12 are needed before a baseline can be called repeatable.",
        "limits": None,
        "signals": [],
    }
    report["constraint"] |= {
        "verdict": "undecided",
        "step": None,
        "kind": None,
        "probability": {"activation": 0.48, "retention": 0.27, "acquisition": 0.15, "revenue": 0.07, "referral": 0.03},
        "reason": "No step reaches 80%: activation and retention are too close at these counts.",
        "would_decide": "About 240 more acquired people, or a declared target for retention.",
    }
    report["notes"] = []
    return report


def capacity() -> Report:
    """A service whose onboarding is full: a growing queue in front of activation; renamed steps, US dollars."""
    report = saas(seed=11, weeks=16, volume=420)
    report |= {
        "factory": "Morrow & Daughters, Bookkeeping",
        "currency": "USD",
        "outcome": "The books closed on the 3rd",
    }
    names = {"acquisition": "First call", "activation": "Onboarding", "revenue": "Paid invoice"}
    for name, label in names.items():
        report["steps"][name]["label"] = label
    activation = report["steps"]["activation"]
    activation |= {
        "capacity": 12,
        "waiting_days": 19.2,
        "waiting": 184,
        "lost": activation["entered"] - activation["reached"] - 184,
    }
    report["throughput"] |= {"repeatable": "provisional", "reason": "Stable for 9 weeks; 12 make it certain."}
    report["constraint"] |= {
        "kind": "capacity",
        "reason": "People queue in front of activation: 184 wait, 6.2 more every week, while 12 are served per week, "
        "its declared capacity. More capacity there adds about 188 (141 to 236) paying customers in service after 13 "
        "weeks; bringing more people to it adds none.",
        "attainable": {"activation": {"level": None, "source": None}},
        "naive": "activation",
    }
    return report


def two_steps() -> Report:
    """Only acquisition and activation, visitors unknown, no money, no retention."""
    report = saas(seed=5, weeks=14, volume=300)
    report["steps"] = {name: report["steps"][name] for name in ("acquisition", "activation")}
    report["steps"]["acquisition"] |= {
        "entered": None,
        "waiting": None,
        "lost": None,
        "rate": None,
        "low": None,
        "high": None,
    }
    report["steps"]["acquisition"]["maturity"] = None
    report["steps"]["acquisition"]["by_channel"] = {}
    for cohort in report["steps"]["acquisition"]["by_cohort"]:
        cohort |= {"entered": None, "waiting": None, "lost": None, "rate": None, "low": None, "high": None}
    report |= {"retention": None, "revenue": None, "referral": None, "economics": None, "notes": [], "sharpen": []}
    report["constraint"] |= {
        "probability": {"activation": 0.86, "acquisition": 0.14},
        "gain": {"activation": {"centre": 61.0, "low": 22.0, "high": 104.0}},
        "attainable": {"activation": {"level": 0.40, "source": "target"}},
        "naive": None,
    }
    return report


def empty() -> Report:
    """A factory on its first day: everything is there, and nothing is known."""
    nothing = dict.fromkeys(
        ("entered", "waiting", "lost", "rate", "low", "high", "maturity", "median_days", "p90_days")
    )
    return {
        "factory": "Tomorrow",
        "on": "2025-07-03T09:30:00+02:00",
        "batch": "day",
        "currency": None,
        "timezone": "Europe/Berlin",
        "outcome": None,
        "happy": ["activation"],
        "data": {"first": None, "last": None},
        "events": {"read": 0, "accepted": 0, "rejected": 0, "duplicates": 0, "reasons": {}},
        "people": 0,
        "steps": {
            name: nothing
            | {
                "label": LABELS[name],
                "after": AFTER[name],
                "reached": 0,
                "by_channel": {},
                "by_cohort": [],
                "unplaced": 0,
            }
            | dict.fromkeys(("window_days", "target", "capacity"))
            for name in ("acquisition", "activation")
        },
        "throughput": {
            "batches": [],
            **dict.fromkeys(("centre", "lower", "upper", "method", "limits")),
            "signals": [],
            "repeatable": "no",
            "reason": "There are no events yet.",
        },
        "retention": {"cohorts": [], "curve": []},
        "revenue": {
            "total": None,
            "paying": None,
            "per_customer": None,
            "by_cohort": [],
            "by_batch": [],
            "refunds": None,
        }
        | {"unattributed": None, "set_aside": {}},
        "referral": dict.fromkeys(("invites", "accepted", "k", "cycle_days")),
        "economics": dict.fromkeys(("spend", "cost_per_lead", "cac", "cltv_revenue", "cltv_margin", "ltv_to_cac"))
        | {"payback_batches": None, "by_channel": {}},
        "constraint": {
            "verdict": "undecided",
            **dict.fromkeys(("step", "kind", "naive")),
            **{key: {} for key in ("probability", "gain", "attainable")},
            "reason": "There are no events yet.",
            "would_decide": "Load events: customer-factory load FOLDER FILES",
        },
        "sharpen": ["Load events to see the factory at work."],
        "notes": [],
    }


HOSTILE = "<script>alert('x')</script><img src=https://evil.example/x.png onerror=alert(1)>"


def hostile() -> Report:
    """Names that try to break out, very long ones, other scripts, control characters, many channels, big numbers."""
    report = saas(seed=2, weeks=40, volume=90_000)
    report |= {
        "factory": f"{HOSTILE} & Söhne \x00\x1b[31m",
        "outcome": '"]]><b>お客様</b> achieved \u202e everything ' * 3,
        "currency": "CHF",
    }
    report["steps"]["activation"]["label"] = "顧客が最初の成果を手に入れた瞬間 – the very first real outcome of all"
    report["steps"]["revenue"]["label"] = "Доход & «прибыль» <b>"
    report["steps"]["referral"]["label"] = "x" * 90
    odd = [
        HOSTILE,
        "",
        "a" * 200,
        "北京・東京・서울",
        "العربية",
        "=cmd|' /C calc'!A0",
        "{{ 7*7 }}",
        "[bold red]x[/]",
        *(f"Channel {i}" for i in range(30)),
    ]
    for name in ("acquisition", "activation"):
        report["steps"][name]["by_channel"] = {
            channel: {"entered": 1000 - 9 * i, "reached": 100 + i, "rate": 0.1 + i / 99, "low": 0.1, "high": 0.6}
            for i, channel in enumerate(odd)
        }
    money = dict(next(iter(report["economics"]["by_channel"].values())))
    report["economics"]["by_channel"] = {channel: money | {"leads": 10_000_000 - i} for i, channel in enumerate(odd)}
    report["events"]["reasons"] = {HOSTILE: 5, **{f"reason_{i}": i for i in range(30)}}
    report["notes"] = [HOSTILE, "word" * 60]
    report["constraint"]["reason"] = HOSTILE
    return report


def daily() -> Report:
    """Four months in days: a long chart, a claimed retention constraint, two steps make a happy customer."""
    report = saas(seed=21, weeks=26)
    first = date(2025, 3, 1)
    draw = Random(4)
    days = [first + timedelta(days=i) for i in range(120)]
    values = [max(0, round(draw.gauss(6, 2.4))) for _ in days]
    report |= {
        "factory": "Corner Shop",
        "batch": "day",
        "happy": ["activation", "revenue"],
        "on": "2025-06-28T12:00:00+00:00",
    }
    report["throughput"] |= {
        "batches": [
            {"start": d.isoformat(), "happy": n, "complete": d != days[-1]} for d, n in zip(days, values, strict=True)
        ],
        "centre": 6.02,
        "lower": 0.0,
        "upper": 13.4,
        "limits": [{"start": d.isoformat(), "centre": 6.02, "lower": 0.0, "upper": 13.4} for d in days],
        "signals": [{"start": days[40].isoformat(), "rule": "four batches below"}],
    }
    report["constraint"] |= {
        "step": "retention",
        "probability": {"retention": 0.91, "activation": 0.09},
        "reason": None,
    }
    return report


def every() -> dict[str, Report]:
    """All examples by name, fresh copies."""
    makers = (saas, undecided, capacity, two_steps, empty, hostile, daily)
    return {maker.__name__: deepcopy(maker()) for maker in makers}
