"""Where a factory's data come from: which files, read how, mapped how."""

from __future__ import annotations

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


def deliveries(blueprint: Blueprint, folder: Path | None, events: Any | None) -> Iterator[Delivery]:
    """What ``Factory.load`` is asked to take in: a path, a table, or every declared source.

    Raises:
        SourceError: A declared file is not there.
    """
    base = folder or Path.cwd()
    if events is None:
        for source in blueprint.sources:
            yield from _declared(source, base)
    elif isinstance(events, str | Path):
        path = Path(events)
        declared = (each for each in blueprint.sources if path.resolve() in {f.resolve() for f in _files(each, base)})
        source = next(declared, Source(file=str(path)))
        yield _of_file(source, path)
    else:
        yield Delivery(lambda: read_table(events), Source(file="table"), "table", None)


def _declared(source: Source, base: Path) -> Iterator[Delivery]:
    if source.sql is not None:
        sql, name = source.sql, source.name or "sql"
        stat = "".join(_stat(path) for path in files_in(sql, base))
        yield Delivery(lambda: read_sql(sql, base, name), source, f"sql:{name}", stat)
        return
    files = _files(source, base)
    if not files:
        raise SourceError("A source names a file that is not there.", where=str(base / (source.file or "")))
    for path in files:
        yield _of_file(source, path)


def _of_file(source: Source, path: Path) -> Delivery:
    stat = _stat(path) if path.is_file() else None
    return Delivery(lambda: read(path, source.encoding, source.delimiter), source, str(path.resolve()), stat)


def _files(table: Source | Spend | Visitors, base: Path) -> list[Path]:
    if table.file is None:
        return []
    path = base / table.file
    return [path] if path.exists() else sorted(path.parent.glob(path.name))


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
    encoding, delimiter = (table.encoding, table.delimiter) if isinstance(table, Spend) else (None, None)
    return [read(path, encoding, delimiter) for path in files]
