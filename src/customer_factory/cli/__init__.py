"""The command line: each command is one documented call of ``Factory``."""

from customer_factory.cli.commands import main

__all__ = ["main"]
