"""The embedded engine: DuckDB in the factory's folder, or in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_factory.basics.clock import Clock, system_clock
from customer_factory.basics.errors import FactoryError, SourceError
from customer_factory.basics.settings import setting
from customer_factory.events.reading import Reading
from customer_factory.measures.deliveries import Delivered
from customer_factory.warehouse import intake
from customer_factory.warehouse.columns import literal
from customer_factory.warehouse.connecting import connect, sound
from customer_factory.warehouse.delivery import Delivery
from customer_factory.warehouse.intake import Counts
from customer_factory.warehouse.mapping import mapping
from customer_factory.warehouse.schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator


Progress = Callable[[str, int, int | None], None]
"""Told the name of what is read, how many rows are done, and how many there are (None: not known)."""


class Warehouse:
    """The event log and what derives from it, in one DuckDB database.

    Args:
        path: The database file; None for one in memory.
        clock: Says what lies in the future.

    Raises:
        BusyError: Another process has the file open.
    """

    def __init__(self, path: Path | None = None, clock: Clock = system_clock) -> None:
        self.path = path
        self.progress: Progress | None = None
        self._span: tuple[datetime, datetime] | None = None
        self._clock = clock
        self.connection = connect(path)
        with sound(self.connection, path):
            self.connection.execute(TABLES)
            self._check_version()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def meta(self, name: str) -> str | None:
        """A fact about the database, if it has been set."""
        found = self.rows("SELECT value FROM meta WHERE name = ?", [name])
        return found[0][0] if found else None

    def set_meta(self, name: str, value: str) -> None:
        """Set a fact about the database."""
        self.connection.execute("DELETE FROM meta WHERE name = ?", [name])
        self.connection.execute("INSERT INTO meta VALUES (?, ?)", [name, value])

    def _check_version(self) -> None:
        found = self.meta("schema")
        if found is None:
            self.set_meta("schema", SCHEMA_VERSION)
        elif found != SCHEMA_VERSION:
            raise FactoryError(
                f"The database was made by another version of the product (schema {found}, this is {SCHEMA_VERSION}).",
                where=str(self.path),
                hint="Move the file away and load the sources again, or use the version that made it.",
            )
        self._rehash_if_needed()

    def _rehash_if_needed(self) -> None:
        """Ids rest on the engine's hash, which a new release may change: then they are made anew from the content."""
        (canary,) = self._row("SELECT hash('canary')::VARCHAR")
        if self.meta("hash") not in {None, canary}:
            expression = intake.identity_hash(
                "(SELECT name FROM people WHERE people.number = events.number)", placed=True
            )
            self.connection.execute(f"UPDATE events SET id = {expression}")
        self.set_meta("hash", canary)

    def span(self) -> tuple[datetime, datetime] | None:
        """The moments of the first and the last event; None where there are none."""
        if self._span is None:
            first, last = self._row("SELECT min(time), max(time) FROM events")
            self._span = (first, last) if first is not None else None
        return self._span

    def rows(self, query: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(query, parameters or []).fetchall()

    def _row(self, query: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
        (row,) = self.rows(query, parameters)
        return row

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing of it."""
        self.connection.begin()
        try:
            yield
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            self._span = None
            raise

    def take(self, delivery: Delivery, zone: str, progress: Progress | None = None) -> Counts:
        """Take a delivery in, chunk by chunk; what is there already changes nothing.

        A declared source whose mapping has changed replaces what it brought before; a file that has changed adds
        what is new in it.

        Args:
            delivery: What to read, and which column is what.
            zone: The time zone of times that name none.
            progress: Told how far it is.

        Returns:
            What became of the rows. What was taken in before counts as duplicates.

        Raises:
            SourceError: It cannot be mapped to events; nothing was taken in.
        """
        definition = delivery.source.model_dump_json(exclude_unset=True, exclude={"file", "name"}) + zone
        before = self.rows(
            "SELECT load, definition, stat, finished, read, accepted, rejected, duplicates FROM loads WHERE origin = ?",
            [delivery.origin],
        )
        for _, known, stat, finished, *counts in before:
            if delivery.stat is not None and finished and (known, stat) == (definition, delivery.stat):
                return _again(Counts(*counts))
        reading = delivery.read()
        stale = [load for load, known, *_ in before if known != definition and delivery.stat is not None]
        return self._load(reading, delivery, definition, zone, stale, progress)

    def _load(
        self,
        reading: Reading,
        delivery: Delivery,
        definition: str,
        zone: str,
        stale: list[int],
        progress: Progress | None,
    ) -> Counts:
        source, length = delivery.source, _chunk_length()
        load, done, counts, finished = self._load_of(reading, definition, delivery)
        if finished:
            self.forget(stale)
            return _again(counts)
        self._set_zone(source.timezone or zone)
        row, traced = 0, self.meta("traced") is not None
        try:
            for chunk in reading.chunks(length):
                columns = mapping(chunk.table.schema, source, zone, reading.name, chunk.names)
                many = len(chunk) >= length or row > 0 or done > 0
                # A load that was stopped goes on behind the place that it had reached.
                for piece in filter(len, chunk.split(done)):
                    end = int(piece.places[-1])
                    with self.transaction():
                        self._forget(stale)
                        intake.stage(self.connection, piece, columns, self._clock())
                        intake.tell_equal_rows_apart(self.connection, many_chunks=many)
                        if end > done:
                            intake.drop_copies(self.connection)
                            intake.insert(self.connection, load, columns, traced=traced)
                            intake.join_identities(self.connection, columns)
                            intake.set_aside(self.connection, load, piece, columns)
                            counts += intake.count(self.connection, piece)
                            self._span = None if self._span is None else intake.wider(self.connection, self._span)
                            self._keep_count(load, end, counts)
                    stale = []
                row += len(chunk)
                if progress is not None:
                    progress(reading.name, row, reading.size)
            with self.transaction():
                if row == 0 and reading.columns:
                    import pyarrow as pa

                    mapping(pa.schema([(name, pa.string()) for name in reading.columns]), source, zone, reading.name)
                self._forget(stale)
                self._finish(load, delivery, definition)
        except SourceError:
            if counts == Counts():
                self.connection.execute("DELETE FROM loads WHERE load = ?", [load])
            raise
        finally:
            self.connection.execute("DROP TABLE IF EXISTS seen")
        return counts

    def _set_zone(self, zone: str) -> None:
        import duckdb

        try:
            self.connection.execute(f"SET TimeZone = {literal(zone)}")
        except duckdb.Error:
            raise SourceError(
                f"The engine does not know the time zone '{zone}'.", hint="Name a place, such as Europe/Berlin."
            ) from None

    def _finish(self, load: int, delivery: Delivery, definition: str) -> None:
        """The load is complete: what readings of the same file before it set aside is in it again, or was mended."""
        self.connection.execute("UPDATE loads SET finished = true WHERE load = ?", [load])
        if delivery.stat is None:
            return
        earlier = "SELECT load FROM loads WHERE origin = ? AND definition = ? AND load <> ?"
        which = [delivery.origin, definition, load]
        self.connection.execute(f"DELETE FROM rejects WHERE load IN ({earlier})", which)
        self.connection.execute(
            f"UPDATE loads SET read = read - rejected, rejected = 0 WHERE load IN ({earlier})", which
        )

    def _load_of(self, reading: Reading, definition: str, delivery: Delivery) -> tuple[int, int, Counts, bool]:
        """The load of this very content and mapping: a finished one, one to go on with, or a new one."""
        if reading.fingerprint is not None:
            found = self.rows(
                "SELECT load, done, read, accepted, rejected, duplicates, finished FROM loads "
                "WHERE fingerprint = ? AND definition = ?",
                [reading.fingerprint, definition],
            )
            if found and not found[0][-1] and not reading.ordered:
                self.forget([found[0][0]])  # nobody can say which of the rows were taken in: it begins anew
            elif found:
                load, done, *counts, finished = found[0]
                values = [delivery.stat, delivery.origin, load]
                self.connection.execute("UPDATE loads SET stat = ?, origin = ? WHERE load = ?", values)
                return load, done, Counts(*counts), finished
        (load,) = self._row("SELECT coalesce(max(load), 0) + 1 FROM loads")
        values = [load, reading.name, delivery.origin, definition, reading.fingerprint, delivery.stat]
        self.connection.execute("INSERT INTO loads VALUES (?, ?, ?, ?, ?, ?, false, 0, 0, 0, 0, 0)", values)
        return load, 0, Counts(), False

    def _keep_count(self, load: int, done: int, counts: Counts) -> None:
        self.connection.execute(
            "UPDATE loads SET done = ?, read = ?, accepted = ?, rejected = ?, duplicates = ? WHERE load = ?",
            [done, counts.read, counts.accepted, counts.rejected, counts.duplicates, load],
        )

    def counts(self) -> Counts:
        """What became of all rows ever read."""
        return Counts(
            *self._row("""
            SELECT coalesce(sum(read), 0)::BIGINT, coalesce(sum(accepted), 0)::BIGINT,
                   coalesce(sum(rejected), 0)::BIGINT, coalesce(sum(duplicates), 0)::BIGINT FROM loads""")
        )

    def deliveries(self) -> list[Delivered]:
        """Everything that was read to its end, in the order in which it came."""
        columns = "load, name, origin, definition, read, rejected"
        return [Delivered(*row) for row in self.rows(f"SELECT {columns} FROM loads WHERE finished ORDER BY load")]

    def reasons(self) -> dict[str, int]:
        """How many rows were set aside, by the code of the reason."""
        return dict(self.rows("SELECT code, count(*) FROM rejects GROUP BY code ORDER BY code"))

    def write_rejects(self, path: Path) -> int:
        """Write everything that was set aside to a CSV file; remove the file when there is nothing."""
        (count,) = self._row("SELECT count(*) FROM rejects")
        if count:
            self.connection.execute(f"""
                COPY (SELECT name AS file, row, code AS reason, content FROM rejects JOIN loads USING (load)
                      ORDER BY load, row) TO '{str(path).replace("'", "''")}' (HEADER)""")
        elif path.exists():
            path.unlink()
        return int(count)

    def forget(self, loads: list[int]) -> None:
        """Take the events of some loads out of the log: their source is declared otherwise now and read anew."""
        with self.transaction():
            self._forget(loads)

    def _forget(self, loads: list[int]) -> None:
        if not loads:
            return
        self._span = None
        chosen = ", ".join(str(load) for load in loads)
        self.connection.execute(
            "INSERT INTO touched SELECT DISTINCT person FROM events JOIN people USING (number) "
            f"WHERE load IN ({chosen})"
        )
        for table in ("events", "rejects", "loads"):
            self.connection.execute(f"DELETE FROM {table} WHERE load IN ({chosen})")
        # Whoever has no event left is nobody any more; ids that stand for others, or are linked to them, stay.
        self.connection.execute("""
            DELETE FROM people WHERE person NOT IN (
                SELECT person FROM events JOIN people AS p USING (number))""")


def _again(counts: Counts) -> Counts:
    """What became of rows that had been taken in before."""
    return Counts(counts.read, 0, counts.rejected, counts.accepted + counts.duplicates)


def _chunk_length() -> int:
    found = setting("CUSTOMER_FACTORY_CHUNK")
    if not found.isdecimal() or int(found) == 0:
        raise FactoryError(
            f"CUSTOMER_FACTORY_CHUNK is '{found}'.", hint="It is a number of rows from 1 up, such as 1000000."
        )
    return int(found)
