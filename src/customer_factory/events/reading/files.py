"""Files: which reader reads them, and whether they are what they say they are."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from customer_factory.basics.errors import SourceError
from customer_factory.events.reading.delimited import read_csv
from customer_factory.events.reading.jsonlines import read_json_lines
from customer_factory.events.reading.parquet import read_parquet
from customer_factory.events.reading.reading import Reading

READERS = {
    ".csv": read_csv, ".tsv": read_csv, ".txt": read_csv, ".parquet": read_parquet, ".pq": read_parquet,
    ".jsonl": read_json_lines, ".ndjson": read_json_lines, ".json": read_json_lines,
}  # fmt: skip


def read(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Reading:
    """A reading of a file of CSV, Parquet or JSON lines, each of them plain or (CSV, JSON) gzipped.

    Raises:
        SourceError: There is no such file, it is empty, or of a kind that is not known.
    """
    if not path.exists():
        raise SourceError("There is no such file.", where=str(path))
    if path.is_dir():
        raise SourceError("This is a folder, not a file.", where=str(path))
    if path.stat().st_size == 0:
        raise SourceError("The file is empty.", where=str(path))
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    reader = READERS.get(ending.lower())
    if reader is None:
        raise SourceError(
            f"A file that ends in '{path.suffix}' is not known.",
            where=str(path),
            hint=f"Legal are: {', '.join(READERS)}.",
        )
    if reader is read_csv:
        return read_csv(path, fingerprint(path), encoding, delimiter)
    return reader(path, fingerprint(path))


def fingerprint(path: Path) -> str:
    r"""A digest of a file's content.

    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.csv"; _ = file.write_text("person\n")
    >>> fingerprint(file) == fingerprint(file)
    True
    """
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
    return digest.hexdigest()
