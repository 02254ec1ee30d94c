"""What the numbers mean: each judgement is a plain function on numbers, and says when the data do not tell.

>>> from customer_factory.judgement import change
>>> change([21, 18, 24, 17, 20, 22, 19, 16, 23, 20, 18, 22, 21, 19, 20, 23] + [33, 38, 31, 36, 35, 37], 16).verdict
'broken'
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customer_factory.judgement.change import change
    from customer_factory.judgement.constraint import constraint
    from customer_factory.judgement.repeatability import repeatability

__all__ = ["change", "constraint", "repeatability"]


class _Package(ModuleType):
    """Each judgement lives in a module of its own name; what the package shows under that name is the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, getattr(value, name) if name in __all__ and isinstance(value, ModuleType) else value)

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{name}"), name)

    def __dir__(self) -> list[str]:
        return sorted(__all__)


sys.modules[__name__].__class__ = _Package
