"""Settings of the machine, not of the business: one table that the code, the help and the docs all read."""

from __future__ import annotations

import os
from dataclasses import dataclass

from customer_factory.basics.errors import FactoryError


@dataclass(frozen=True)
class Setting:
    """One setting: its environment variable, what it is without it, and what it does."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("CUSTOMER_FACTORY_MEMORY", "2GB", "How much memory the embedded engine may use, such as 2GB."),
    Setting("CUSTOMER_FACTORY_THREADS", "", "How many threads the engine may use; empty means all cores."),
    Setting("CUSTOMER_FACTORY_CHUNK", "1000000", "How many rows a load takes at a time; each is one transaction."),
)


def setting(name: str) -> str:
    """The value of a setting: from the environment, else its default.

    Raises:
        FactoryError: No setting has that name.

    >>> setting("CUSTOMER_FACTORY_CHUNK").isdigit()
    True
    """
    for known in SETTINGS:
        if known.name == name:
            return os.environ.get(name, known.default)
    raise FactoryError(f"There is no setting '{name}'.")
