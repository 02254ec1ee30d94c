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

_KINDS = {
    b"\x89PNG": "a picture (PNG)", b"\xff\xd8\xff": "a picture (JPEG)", b"GIF8": "a picture (GIF)",
    b"%PDF": "a PDF document", b"PK\x03\x04": "an Excel workbook or another ZIP archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind", b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database", b"BZh": "compressed by bzip2", b"\xfd7zXZ": "compressed by xz",
    b"(\xb5/\xfd": "compressed by Zstandard",
}  # fmt: skip
"""How files begin that are often given in the place of others."""


def read(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Reading:
    """A reading of a file of CSV, Parquet or JSON lines, each of them plain or (CSV, JSON) gzipped.

    Raises:
        SourceError: There is no such file, it is empty, or of a kind that is not known.
    """
    if not path.exists():
        raise SourceError("There is no such file.", where=str(path))
    if path.is_dir():
        raise SourceError("This is a folder, not a file.", where=str(path))
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    reader = READERS.get(ending.lower())
    if reader is None:
        hint = f"Legal are: {', '.join(READERS)}."
        hint = f"Save it as CSV in Excel. {hint}" if ending.lower().startswith(".xls") else hint
        raise SourceError(f"A file that ends in '{ending}' is not known.", where=str(path), hint=hint)
    try:
        with path.open("rb") as file:
            start = file.read(16)
        mark = fingerprint(path)
    except OSError as error:
        raise SourceError(f"The file cannot be opened ({error.strerror}).", where=str(path)) from None
    if not start:
        raise SourceError("The file is empty.", where=str(path))
    if reader is read_parquet:
        return read_parquet(path, mark)
    kind = next((kind for begin, kind in _KINDS.items() if start.startswith(begin)), None)
    if kind is not None:
        raise SourceError(
            f"This is {kind}, not text, although it ends in '{ending}'.",
            where=str(path),
            hint="Save or export it as CSV." if "Excel" in kind else None,
        )
    if reader is read_csv:
        return read_csv(path, mark, encoding, delimiter)
    return read_json_lines(path, mark, encoding)


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
