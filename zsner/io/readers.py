"""Gold data and predictions -> Documents. What `zsner predict` reads is in `sources.py`."""

import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, cast

from zsner.document import DataError, Document, from_json
from zsner.io.records import JSONL_SUFFIXES, PACKED


def read_predictions(path: Path) -> list[Document]:
    """What `stream_predictions` gives, at once."""
    return list(stream_predictions(path))


def stream_predictions(path: Path, leave_out: Callable[[str], None] | None = None) -> Iterator[Document]:
    """Documents of a JSONL that `zsner predict` wrote, packed (.gz, .bz2) or not, or of standard input for
    `-`, one by one; fields of newer formats are ignored.

    Raises DataError with file and line where a line is no sound document (spans that overlap or lie
    outside the text, an unreadable one); with `leave_out` it is told of it instead.
    """
    return _documents(path, strict=False, leave_out=leave_out)


def read_gold(path: Path) -> list[Document]:
    """Gold Documents: Label Studio exports (.json, a folder) or JSONL by the output format.

    Raises DataError with file and line.
    """
    from zsner.corpus.tasks import load_documents

    if path.is_file() and (path.with_suffix("") if path.suffix in PACKED else path).suffix in JSONL_SUFFIXES:
        with _opened(path) as file:
            first = file.read(4096).lstrip()[:200]
        if b'"annotations"' not in first and b'"data"' not in first:
            return list(_documents(path, strict=True))
    return load_documents(path)


def _opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    if str(path) == "-":
        return nullcontext(sys.stdin.buffer)
    return cast("IO[bytes]", PACKED.get(path.suffix, open)(path, "rb"))


def _documents(path: Path, *, strict: bool, leave_out: Callable[[str], None] | None = None) -> Iterator[Document]:
    found = False
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                found = True
                try:
                    document = from_json(line, strict=strict)
                except DataError as error:
                    if leave_out is None:
                        raise DataError(f"{path}: line {number}: {error}") from error
                    leave_out(f"{path}: line {number}: {error}")
                else:
                    yield document
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and error.strerror:
            raise DataError(f"{path}: cannot be read ({error.strerror}); check the path") from error
        raise DataError(f"{path}: is no whole {path.suffix} file ({error}); copy it again") from error
    if not found:
        raise DataError(f"{path}: is empty; give one JSON object a line")
