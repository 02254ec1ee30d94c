"""Which judgements are run. A judgement is a module here with `cases()`; to add one, name it."""

from __future__ import annotations

from functools import cache

from judgement import change, constraint, faithful, forecast, repeatability, trend
from judgement.case import Case

MODULES = (repeatability, constraint, change, forecast, trend, faithful)


@cache
def registry() -> dict[str, Case]:
    """All cases, by key."""
    found = [case for module in MODULES for case in module.cases()]
    keys = [case.key for case in found]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"two cases share a name: {', '.join(sorted(twice))}")
    return dict(zip(keys, found, strict=True))
