"""Where a factory's data come from: which files, read how, mapped how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_factory.basics.errors import SourceError
from customer_factory.blueprint.blueprint import Blueprint, Source, Spend, Visitors
from customer_factory.events.reading import Reading, read, read_sql, read_table
from customer_factory.events.reading.sql import files_in
from customer_factory.warehouse.delivery import Delivery

if TYPE_CHECKING:
    from customer_factory.measures.economics import Cost
    from customer_factory.measures.visitors import Visits


REJECTS = "rejects.csv"
"""The file in a factory's folder that holds every row that was set aside."""


def deliveries(blueprint: Blueprint, folder: Path | None, events: Any | None) -> Iterator[Delivery]:
    """What ``Factory.load`` is asked to take in: a path, a table, or every declared source.

    Raises:
        SourceError: A declared file is not there.
    """
    base = folder or Path.cwd()
    if events is None:
        yield from _declared(blueprint, base)
    elif isinstance(events, str | Path):
        declared = list(_declared(blueprint, base, Path(events).resolve()))
        yield from declared or [_of_file(Source(file=str(events)), Path(events))]
    else:
        yield Delivery(lambda: read_table(events), Source(file="table"), "table", None)


def _declared(blueprint: Blueprint, base: Path, only: Path | None = None) -> Iterator[Delivery]:
    """Every declared source, or those that read one file: several may, each for events of its own."""
    times: Counter[str] = Counter()
    for source in blueprint.sources:
        if source.sql is not None:
            name = source.name or "sql"
            times[name] += 1
            if only is None:
                yield _of_sql(source, source.sql, name, base, times[name])
            continue
        files = _files(source, base)
        if not files and only is None:
            raise SourceError("A source names a file that is not there.", where=str(base / (source.file or "")))
        for path in files:
            times[str(path)] += 1
            if only in {None, path.resolve()}:
                yield _of_file(source, path, times[str(path)])


def _of_sql(source: Source, sql: str, name: str, base: Path, time: int) -> Delivery:
    stat = "".join(_stat(path) for path in files_in(sql, base)) or None
    return Delivery(lambda: read_sql(sql, base, name), source, _origin(f"sql:{name}", time), stat)


def _of_file(source: Source, path: Path, time: int = 1) -> Delivery:
    stat = _stat(path) if path.is_file() else None
    origin = _origin(str(path.resolve()), time)
    return Delivery(lambda: read(path, source.encoding, source.delimiter), source, origin, stat)


def _origin(name: str, time: int) -> str:
    return f"{name} ({time})" if time > 1 else name


def _files(table: Source | Spend | Visitors, base: Path) -> list[Path]:
    """The files that a table names, outright or by a pattern; what we set aside ourselves is none of them."""
    if table.file is None:
        return []
    path = base / table.file
    try:
        found = [path] if path.exists() else sorted(path.parent.glob(path.name))
    except ValueError as error:
        raise SourceError(f"'{table.file}' is no name or pattern of files ({error}).") from None
    return [path for path in found if path != base / REJECTS]


def _stat(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size}.{found.st_mtime_ns};"


def costs(blueprint: Blueprint, folder: Path | None) -> tuple[list[Cost], int]:
    """What channels cost, from every [[spend]], and how many rows could not be read."""
    from customer_factory.warehouse.tables import costs_of

    found: list[Cost] = []
    bad = 0
    for spend in blueprint.spend:
        tables: list[Reading | None] = [*_readings(spend, folder, "spend")]
        for reading in tables or [None]:
            costs, unread = costs_of(spend, reading, blueprint.rates, blueprint.channels)
            found, bad = found + costs, bad + unread
    return found, bad


def visits(blueprint: Blueprint, folder: Path | None) -> tuple[list[Visits], int]:
    """Counted visitors, and how many rows could not be read."""
    from customer_factory.warehouse.tables import visits_of

    visitors = blueprint.visitors
    if visitors is None or not visitors.counted:
        return [], 0
    found: list[Visits] = []
    bad = 0
    for reading in _readings(visitors, folder, "visitors"):
        visits, unread = visits_of(visitors, reading, blueprint.channels)
        found, bad = found + visits, bad + unread
    return found, bad


def _readings(table: Spend | Visitors, folder: Path | None, name: str) -> list[Reading]:
    base = folder or Path.cwd()
    if table.sql is not None:
        return [read_sql(table.sql, base, name)]
    if table.file is None:
        return []
    files = _files(table, base)
    if not files:
        raise SourceError(f"The {name} names a file that is not there.", where=str(base / table.file))
    delimiter = table.delimiter if isinstance(table, Spend) else None
    encoding = table.encoding if isinstance(table, Spend) else None
    return [read(path, encoding, delimiter) for path in files]
