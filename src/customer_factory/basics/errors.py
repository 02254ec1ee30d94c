"""The errors a user can meet: each says what was wrong, where, what is legal and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class FactoryError(Exception):
    """Something the user can mend. The command line prints it and leaves with code 2.

    Args:
        problem: What was wrong, in one sentence.
        where: The file, and the line, key or column in it.
        hint: What is legal, and what to do.

    >>> print(FactoryError("The step 'activaton' does not exist.", where="factory.toml, [steps]",
    ...                    hint="Did you mean 'activation'?"))
    factory.toml, [steps]: The step 'activaton' does not exist. Did you mean 'activation'?
    """

    def __init__(self, problem: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.problem = problem
        self.where = where
        self.hint = hint
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{problem}{' ' + hint if hint else ''}")


class BlueprintError(FactoryError):
    """The blueprint says something that cannot be meant."""


class SourceError(FactoryError):
    """A file or table cannot be read as events."""


class BusyError(FactoryError):
    """Another process owns the factory's database."""


def suggestion(found: str, legal: Iterable[str]) -> str:
    """A sentence that names the near one among the legal words, or lists them all.

    >>> suggestion("activaton", ["acquisition", "activation"])
    "Did you mean 'activation'?"
    >>> suggestion("x", ["day", "week"])
    'Legal are: day, week.'
    """
    words = list(legal)
    near = get_close_matches(found, words, n=1, cutoff=0.75)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Legal are: {', '.join(words)}."
