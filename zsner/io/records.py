"""Records -> Documents: the lines of a JSONL, the rows of a Parquet file, one by one."""

import bz2
import codecs
import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Final

import msgspec

from zsner.document import DataError, Document, Unreadable, read_day

JSONL_SUFFIXES: Final = (".jsonl", ".ndjson")
PACKED: Final[dict[str, Callable[..., Any]]] = {".gz": gzip.open, ".bz2": bz2.open}
"""What opens a file or stream of this suffix."""
LONGEST: Final = 16 * 2**20
"""Bytes of the longest text, page or line that is read: a few kilobytes, packed, can hold gigabytes."""
TOO_LONG: Final = f"is over the limit of {LONGEST // 2**20} MiB a document; split it"

# Escapes of JSON: a pair of surrogates, a surrogate alone (group 1), anything else.
_ESCAPES: Final = re.compile(
    r"\\(?:u(?:d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(d[89a-f][0-9a-f]{2}))|.)", re.IGNORECASE | re.DOTALL
)


class Fields(msgspec.Struct, frozen=True):
    """Names of the fields that hold a record's text and id."""

    text: str = "text"
    id: str = "id"


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of `file`; of one that is longer than LONGEST, pieces, the first of LONGEST + 1 bytes."""
    while piece := file.readline(LONGEST + 1):
        yield piece


def lines(source: Iterable[bytes], where: str, fields: Fields) -> Iterator[Document | Unreadable]:
    """The documents of a JSONL given in `pieces`; a line that is none becomes an Unreadable in its place.

    Raises DataError if the whole is UTF-16 or holds no line.
    """
    number = found = 0
    within = False  # a line that is too long
    for piece in source:
        skipped = within
        within = (within or len(piece) > LONGEST) and not piece.endswith(b"\n")
        if skipped:
            continue
        number += 1
        if number == 1 and piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise DataError("is UTF-16; JSONL must be UTF-8")
        line = piece.removeprefix(codecs.BOM_UTF8) if number == 1 else piece
        if line.strip():
            found += 1
            yield _line(line, f"{where}: line {number}", f"line-{number}", fields)
    if not found:
        raise DataError("is empty; give one JSON object a line")


def _line(line: bytes, where: str, fallback_id: str, fields: Fields) -> Document | Unreadable:
    """One line; a whole document by the output format is welcome too, its spans are predicted anew."""
    if len(line) > LONGEST:
        return Unreadable(id=fallback_id, error=f"{where}: {TOO_LONG}")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable(id=fallback_id, error=f"{where}: JSONL must be UTF-8 ({error})")
    if "\\ud" in text or "\\uD" in text:
        # UTF-8 cannot hold a lone surrogate. One character takes its place, so that offsets stay true.
        text = _ESCAPES.sub(lambda m: r"\ufffd" if m[1] else m[0], text)
    try:
        value: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        return Unreadable(id=fallback_id, error=f"{where}: no JSON ({error})")
    return _record(value if isinstance(value, dict) else {}, where, fallback_id, fields)


def rows(file: IO[bytes], where: str, fields: Fields) -> Iterator[Document | Unreadable]:
    """The documents of a Parquet file that can be sought in, one row group and few rows at a time.

    Raises DataError if it is none, has no column of texts, is broken, or pyarrow is not installed.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise DataError("needs pyarrow; install: pip install 'zsner[tables]'") from error
    try:
        table = parquet.ParquetFile(file, buffer_size=2**20, pre_buffer=False)  # else a whole row group is held
        names = table.schema_arrow.names
        if fields.text not in names:
            raise DataError(f'no column "{fields.text}"; name the one with the texts with --text-field')
        wanted = [n for n in dict.fromkeys((fields.text, fields.id, "home_region", "published")) if n in names]
        number = 0
        for group in range(table.num_row_groups):
            for batch in table.iter_batches(batch_size=16, row_groups=[group], columns=wanted):
                for row in range(batch.num_rows):
                    number += 1
                    yield _row(batch, row, f"{where}: row {number}", f"row-{number}", fields)
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"is no sound Parquet file ({error}); write it again") from error
    if not number:
        raise DataError("is empty; give one document a row")


def _row(batch: Any, row: int, where: str, fallback_id: str, fields: Fields) -> Document | Unreadable:
    try:
        value = {name: column[row].as_py() for name, column in zip(batch.schema.names, batch.columns, strict=True)}
    except UnicodeDecodeError as error:
        return Unreadable(id=fallback_id, error=f"{where}: must be UTF-8 ({error})")
    if isinstance(value.get("published"), datetime):
        value["published"] = value["published"].date()
    return _record(value, where, fallback_id, fields)


def _record(value: dict[str, Any], where: str, fallback_id: str, fields: Fields) -> Document | Unreadable:
    """A record: the text, and `id`, `home_region`, `published` where they are known."""
    text, given = value.get(fields.text), value.get(fields.id)
    name = fallback_id if given is None else str(given)
    if not isinstance(text, str):
        return Unreadable(id=name, error=f'{where}: no field "{fields.text}" with a string in it')
    if not text.strip():
        return Unreadable(id=name, error=f'{where}: "{fields.text}" is empty')
    home, published = value.get("home_region"), value.get("published")
    if published:
        try:
            read_day(str(published), f'{where}: "published"')
        except DataError as error:
            return Unreadable(id=name, error=str(error))
    return Document(
        id=name,
        text=text,
        home_region=home if isinstance(home, str) and home else None,
        meta={"published": str(published)} if published else {},
    )
