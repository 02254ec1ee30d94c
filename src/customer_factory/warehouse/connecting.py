"""Opening the embedded engine's database: busy, damaged, or killed while it was being made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_factory.basics.errors import BusyError, FactoryError
from customer_factory.basics.settings import setting

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EMPTY = 3 * 4096
"""A database that holds nothing yet is three headers of so many bytes."""


def connect(path: Path | None) -> DuckDBPyConnection:
    """A connection to a factory's database, which is made where there is none; None for one in memory.

    Raises:
        BusyError: Another process has it open.
        FactoryError: It is damaged, or a setting is none.
    """
    import duckdb

    config = _settings() | {"preserve_insertion_order": "true"}
    if path is None:
        config["temp_directory"] = tempfile.gettempdir()
    try:
        connection = duckdb.connect(str(path) if path else ":memory:", config=config)
    except duckdb.Error as error:
        if "could not set lock" in str(error).lower():
            raise BusyError(
                "Another process has the factory's database open.",
                where=str(path),
                hint="Close it, or wait for it to end.",
            ) from None
        if path is not None and _never_made(path):
            path.unlink()
            return connect(path)
        _check_settings()
        raise damaged(path, error) from None
    # No extension is ever fetched from outside.
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    # Standard output is for results: the engine's own progress bar would be written into them.
    connection.execute("SET enable_progress_bar = false")
    return connection


def _settings() -> dict[str, Any]:
    found = {"memory_limit": setting("CUSTOMER_FACTORY_MEMORY"), "threads": setting("CUSTOMER_FACTORY_THREADS")}
    return {name: value for name, value in found.items() if value}


def _check_settings() -> None:
    import duckdb

    for name, value in _settings().items():
        try:
            duckdb.connect(config={name: value}).close()
        except duckdb.Error as error:
            which = {"memory_limit": "CUSTOMER_FACTORY_MEMORY", "threads": "CUSTOMER_FACTORY_THREADS"}[name]
            raise FactoryError(f"{which} is '{value}' ({_first_line(error)}).") from None


def _never_made(path: Path) -> bool:
    """Whether a database was killed while it was being made: it holds nothing, but cannot be opened either."""
    if not path.is_file() or path.stat().st_size >= _EMPTY or path.with_name(f"{path.name}.wal").exists():
        return False
    found = path.read_bytes()
    return not found or found[8:12] == b"DUCK"


@contextmanager
def sound(connection: DuckDBPyConnection, path: Path | None) -> Iterator[None]:
    """What goes wrong with a database that has just been opened is told as damage to it."""
    import duckdb

    try:
        yield
    except BaseException as error:
        connection.close()
        if isinstance(error, duckdb.Error):
            raise damaged(path, error) from None
        raise


def damaged(path: Path | None, error: Exception) -> FactoryError:
    """The error to tell of a database that cannot be read."""
    return FactoryError(
        f"The database cannot be opened ({_first_line(error)}).",
        where=str(path) if path else None,
        hint="If the file is damaged, move it away and load the sources again.",
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
