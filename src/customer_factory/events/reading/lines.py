"""Text files as blocks of whole lines in UTF-8: unzipped, decoded, and never more than a few blocks in memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from customer_factory.basics.errors import SourceError

LONGEST_LINE = 1 << 24
"""A longer line (16 MB) is no row: it is set aside without ever being held in memory."""
SHOWN = 500
"""How much of a broken line is kept, so that a person can find it."""

_UTF8 = {"utf-8", "utf-8-sig", "ascii"}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
          codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """Whole lines of a file.

    Args:
        first: The number of its first line, counted from 1.
        text: The lines in UTF-8; of a line that is too long, its beginning.
        too_long: Whether the block is one such line.
    """

    first: int
    text: bytes
    too_long: bool = False


def blocks(path: Path, encoding: str | None = None) -> Iterator[Block]:
    """A file's lines, in blocks of at most two times ``LONGEST_LINE``.

    Args:
        path: The file, plain or gzipped.
        encoding: Its encoding; None means UTF-8, or UTF-16 or UTF-32 where it begins with their mark.

    Raises:
        SourceError: The encoding is not known, or not the file's; or the file is cut off.
    """
    line, rest, passing = 1, b"", False
    for text in texts(path, encoding):
        found = text
        if passing:  # what a line that is too long goes on with is passed over
            _, end, found = text.partition(b"\n")
            passing = not end
        cut = found.rfind(b"\n") + 1
        if cut:
            yield Block(line, rest + found[:cut])
            line += found.count(b"\n")
            rest = b""
        rest += found[cut:]
        if len(rest) > LONGEST_LINE:
            yield Block(line, rest[:SHOWN], too_long=True)
            line, rest, passing = line + 1, b"", True
    if rest:
        yield Block(line, rest)


def survey(path: Path, encoding: str | None = None, *, check: bool = True) -> int:
    """The number of lines of a file.

    Args:
        path: The file.
        encoding: As for ``blocks``.
        check: Whether to see that all of it is in the encoding.

    Raises:
        SourceError: As for ``blocks``.
    """
    lines, last = 0, b"\n"
    for text in texts(path, encoding, check=check):
        lines += text.count(b"\n")
        last = text[-1:]
    return lines + (last != b"\n")


def texts(path: Path, encoding: str | None = None, *, check: bool = False) -> Iterator[bytes]:
    """A file's text in UTF-8, with line feeds at the ends of its lines and without a byte order mark, bit by bit.

    Raises:
        SourceError: As for ``blocks``.
    """
    raw = _raw(path)
    first = next(raw, b"")
    encoding = encoding or next((name for mark, name in _MARKS.items() if first.startswith(mark)), "utf-8")
    decoder = _decoder(encoding, path)
    as_it_is = codecs.lookup(encoding).name in _UTF8
    old_mac = b"\r" in first and b"\n" not in first  # where a carriage return alone ended a line
    line = 1
    for block in chain([first], raw, [b""]):
        try:
            if as_it_is:
                text = block
                if check:
                    decoder.decode(block, final=not block)
            else:
                text = decoder.decode(block, final=not block).encode()
        except UnicodeError as error:
            raise _wrong(encoding, line, error, path) from None
        text = text.removeprefix(codecs.BOM_UTF8) if block is first else text
        text = text.replace(b"\r", b"\n") if old_mac else text
        line += text.count(b"\n")
        if text:
            yield text


def _raw(path: Path) -> Iterator[bytes]:
    """The bytes of a file, unzipped where they are gzipped, whatever its name says."""
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with pa.input_stream(str(path), compression="gzip" if zipped else None) as stream:
            while block := stream.read(LONGEST_LINE):
                yield block
    except OSError as error:
        raise SourceError(
            f"The file cannot be read to its end ({error.strerror or error}).",
            where=str(path),
            hint="It may have been cut off while it was copied; copy or export it again.",
        ) from None


def _decoder(encoding: str, path: Path) -> codecs.IncrementalDecoder:
    try:
        "".encode(encoding)  # refuses what is a codec, but none of text
        return codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise SourceError(
            f"'{encoding}' is not a known encoding.", where=str(path), hint="Try utf-8, cp1252 or utf-16."
        ) from None


def _wrong(encoding: str, line: int, error: UnicodeError, path: Path) -> SourceError:
    """What to say of bytes that are not in the encoding: where they stand, and which encoding may be meant."""
    hint = "Say which encoding it is in its source, or save it as UTF-8."
    if isinstance(error, UnicodeDecodeError):
        line += error.object[: error.start].count(b"\n")
    if codecs.lookup(encoding).name in _UTF8:
        hint = 'If it comes from Excel, say encoding = "cp1252" in its source, or save it as "CSV UTF-8".'
    return SourceError(f"Line {line} is not {encoding}.", where=str(path), hint=hint)
