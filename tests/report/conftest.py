"""The examples, and each one's faces, made once."""

from __future__ import annotations

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@cache
def _examples() -> ModuleType:
    spec = spec_from_file_location("report_examples", Path(__file__).with_name("examples.py"))
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def hostile_name() -> str:
    return _examples().HOSTILE


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    return _examples().every()


@pytest.fixture(scope="session")
def pages(examples):
    """The page of an example, by name."""
    from customer_factory.report.page import page

    return cache(lambda name: page(examples[name]))


@pytest.fixture(scope="session")
def printed():
    """What a terminal of a width shows of a report, as lines."""
    from rich.console import Console

    from customer_factory.report.terminal import render

    def lines(report: dict[str, Any], width: int = 80, **more: Any) -> list[str]:
        paper = StringIO()
        render(report, Console(file=paper, width=width, **{"color_system": None, **more}))
        return paper.getvalue().splitlines()

    return lines
