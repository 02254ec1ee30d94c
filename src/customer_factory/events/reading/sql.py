"""SQL over files, for sources that no mapping of columns can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.files import fingerprint
from customer_factory.events.reading.reading import Chunk, Reading, rechunk
from customer_factory.events.reading.tables import check_columns, numbered

_QUOTED = re.compile(r"""['"]([^'"\n]{1,500})['"]""")


def read_sql(sql: str, folder: Path, name: str) -> Reading:
    """A reading of a query over files; their paths are relative to the folder.

    Raises:
        SourceError: The query is wrong, or a file that it reads is not there.
    """
    import duckdb

    def connect() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        connection.execute(f"SET file_search_path = '{str(folder).replace(chr(39), chr(39) * 2)}'")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        return connection

    try:
        with connect() as connection:
            columns = [row[0] for row in connection.execute(f"DESCRIBE {sql.rstrip().rstrip(';')}").fetchall()]
    except duckdb.Error as error:
        raise SourceError(f"The SQL cannot be run ({str(error).splitlines()[0]}).", where=name) from None
    check_columns(columns, name)

    def chunks(length: int) -> Iterator[Chunk]:
        with connect() as connection:
            try:
                reader = connection.sql(sql).to_arrow_reader(min(length, 1 << 18))
                yield from rechunk(numbered(reader), length)
            except duckdb.Error as error:
                raise SourceError(f"The SQL failed ({str(error).splitlines()[0]}).", where=name) from None

    digest = blake2b(sql.encode(), digest_size=16)
    files = files_in(sql, folder)
    for path in files:
        digest.update(fingerprint(path).encode())
    return Reading(name, digest.hexdigest() if files else None, None, chunks, columns, ordered=False)


def files_in(sql: str, folder: Path) -> list[Path]:
    """The files that a query reads, as far as its text names them.

    >>> files_in("SELECT * FROM 'there-is-no-such.csv'", Path("."))
    []
    """
    found: set[Path] = set()
    for pattern in _QUOTED.findall(sql):
        path = Path(pattern)
        base, names = (Path(path.anchor), path.relative_to(path.anchor)) if path.is_absolute() else (folder, path)
        with suppress(ValueError, IndexError, OSError):  # most texts in a query name no file
            found.update(base.glob(str(names)))
    return sorted(path for path in found if path.is_file())
