"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.reading import Chunk, Reading, rechunk
from customer_factory.events.reading.tables import check_columns, numbered


def read_parquet(path: Path, fingerprint: str) -> Reading:
    """A reading of a Parquet file.

    Raises:
        SourceError: The file is cut off or no Parquet, or names a column twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            rows, columns = file.metadata.num_rows, file.schema_arrow.names
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(
            f"This is not a whole Parquet file ({str(error).splitlines()[0].rstrip('.')}).",
            where=str(path),
            hint="It may have been cut off while it was copied; copy or export it again.",
        ) from None
    check_columns(columns, str(path))

    def chunks(length: int) -> Iterator[Chunk]:
        try:
            with pq.ParquetFile(path) as file:
                batches = file.iter_batches(batch_size=min(length, 1 << 18), use_threads=True)
                yield from rechunk(numbered(batches), length)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceError(f"The file cannot be read to its end ({error}).", where=str(path)) from None

    return Reading(path.name, fingerprint, rows, chunks, columns)
