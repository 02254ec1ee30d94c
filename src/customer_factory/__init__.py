"""The customer factory: from events to happy customers per week, and the one step that holds them back.

    events ──► blueprint ──► journeys ──► measures ──► judgement ──► report

1. ``events``     what happened: files and tables of any kind become events of people
2. ``blueprint``  what counts: which events are the steps, and what a happy customer is
3. ``journeys``   where each person is: when they entered and reached each step
4. ``measures``   the numbers: throughput, rates, waiting, retention, money – with intervals
5. ``judgement``  what it means: is it repeatable, and which step is the constraint
6. ``report``     the one result, as terminal text, JSON, a page and a picture

``Factory`` wires it all and is the one entry for scripts, the command line and tests.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customer_factory.basics.errors import BlueprintError, BusyError, FactoryError, SourceError
    from customer_factory.blueprint.blueprint import Blueprint
    from customer_factory.events.event import Event
    from customer_factory.events.selector import Selector
    from customer_factory.factory import Factory
    from customer_factory.journeys.trace import trace
    from customer_factory.report.report import Report

__version__ = "0.1.0"

_HOMES = {
    "Blueprint": "blueprint.blueprint",
    "BlueprintError": "basics.errors",
    "BusyError": "basics.errors",
    "Event": "events.event",
    "Factory": "factory",
    "FactoryError": "basics.errors",
    "Report": "report.report",
    "Selector": "events.selector",
    "SourceError": "basics.errors",
    "trace": "journeys.trace",
}

__all__ = [
    "Blueprint",
    "BlueprintError",
    "BusyError",
    "Event",
    "Factory",
    "FactoryError",
    "Report",
    "Selector",
    "SourceError",
    "__version__",
    "trace",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing the package is quick."""
    if name in _HOMES:
        return getattr(import_module(f"customer_factory.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'customer_factory' has no attribute '{name}'")
