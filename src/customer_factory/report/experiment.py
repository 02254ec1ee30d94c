"""The report of one experiment: what was counted and what it means, in a terminal and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customer_factory.blueprint.blueprint import Blueprint, Experiment
from customer_factory.judgement.effect import Effect
from customer_factory.judgement.experiment import ArmVerdict, ExperimentVerdict
from customer_factory.measures.experiment import Exposure
from customer_factory.measures.moment import Moment

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class ExperimentReport:
    """An experiment as of a moment.

    Args:
        blueprint: The factory that it is part of.
        experiment: What was declared.
        exposure: What was counted.
        verdict: What it means.
        moment: When; nothing after it is known.
    """

    blueprint: Blueprint
    experiment: Experiment
    exposure: Exposure
    verdict: ExperimentVerdict
    moment: Moment

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values: exactly what ``experiment --json`` prints."""
        verdict, against = self.verdict, {each.arm: each for each in self.verdict.arms}
        return {
            "factory": self.blueprint.factory.name,
            "experiment": self.experiment.name,
            "on": self._iso(self.moment.on),
            "step": self.experiment.step,
            "control": self.experiment.control,
            "verdict": verdict.verdict,
            "arm": verdict.arm,
            "reason": verdict.reason,
            "would_decide": verdict.would_decide,
            "warnings": list(verdict.warnings),
            "sample_ratio": verdict.sample_ratio,
            "first": self._iso(self.exposure.first),
            "last": self._iso(self.exposure.last),
            "several": self.exposure.several,
            "unknown": self.exposure.unknown,
            "arms": {name: self._arm(name, against.get(name)) for name in self.exposure.arms},
        }

    def _arm(self, name: str, found: ArmVerdict | None) -> dict[str, Any]:
        arm = self.exposure.arms[name]
        counted = {
            "share": self.experiment.share(name),
            "exposed": arm.exposed,
            "waiting": arm.waiting,
            "entered": int(arm.step.n),
            "reached": int(arm.step.total),
            "happy": int(arm.happy.total),
            "money": arm.money.total if arm.money is not None else None,
        }
        if found is None:
            return counted
        return {
            **counted,
            "verdict": found.verdict,
            "reason": found.reason,
            "needed": found.needed,
            "more_people": found.more_people,
            "more_batches": found.more_batches,
            "effect": {
                "step": _effect(found.step),
                "throughput": _effect(found.throughput),
                "money": _effect(found.money) if found.money is not None else None,
            },
        }

    def _iso(self, moment: datetime | None) -> str | None:
        return None if moment is None else self.moment.batches.local(moment).isoformat()

    def to_terminal(self, console: Console | None = None) -> None:
        """Print it to a terminal."""
        from rich.console import Console as Screen
        from rich.table import Table

        out = console or Screen()
        out = Screen(file=out.file, width=min(80, out.width), highlight=False, markup=False)
        verdict, label = self.verdict, self.blueprint.label(self.experiment.step)
        out.print(f"{self.blueprint.factory.name}: {self.experiment.name}")
        out.print(f"Meant to move {label}; the control is {self.experiment.control}")
        out.print()
        out.print(f"{verdict.verdict.upper()}{f' - {verdict.arm}' if verdict.arm else ''}")
        for said in (verdict.reason, verdict.would_decide, *(f"! {each}" for each in verdict.warnings)):
            if said:
                out.print(said)
        out.print()
        table = Table("arm", box=None, pad_edge=False)
        for name in ("exposed", "waiting", "counted", "reached", "happy"):
            table.add_column(name, justify="right")
        for name, arm in self.exposure.arms.items():
            numbers = arm.exposed, arm.waiting, arm.step.n, arm.step.total, arm.happy.total
            table.add_row(name, *(f"{int(number):,}" for number in numbers))
        out.print(table)
        for each in verdict.arms:
            out.print()
            out.print(f"{each.arm}: {each.verdict}")
            out.print(f"  {label}: {each.step.words()}")
            if each.throughput != each.step:
                out.print(f"  Happy customers per person: {each.throughput.words()}")
            if each.money is not None:
                out.print(f"  {self.blueprint.factory.currency} per person: {each.money.words()}")
        out.print()
        out.print("Intervals hold at all looks together, so looking every day does no harm.")


def _effect(effect: Effect) -> dict[str, Any]:
    once = effect.once
    return {
        "control": effect.control,
        "arm": effect.arm,
        "people": effect.people,
        "moved": effect.moved,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "p": effect.p,
        "relative": effect.relative,
        "relative_low": effect.relative_low,
        "relative_high": effect.relative_high,
        "once": {"low": once.low, "high": once.high, "p": once.p} if once is not None else None,
    }
