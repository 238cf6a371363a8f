"""Files, folders and standard input -> Documents.

What cannot be read becomes an `Unreadable` in its place, so that one bad file does not end a run.
"""

import bz2
import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any, Final, cast

import msgspec

from zsner.document import DataError, Document, Unreadable, from_json, read_day
from zsner.text import Decoded, decode

TEXT_SUFFIXES: Final = (".txt", ".text", ".md")
JSONL_SUFFIXES: Final = (".jsonl", ".ndjson")
_PACKED: Final[dict[str, Callable[..., Any]]] = {".gz": gzip.open, ".bz2": bz2.open}


class Source(msgspec.Struct, frozen=True):
    """A document read, or what kept it from being read; `note` is worth telling the user."""

    document: Document | Unreadable
    note: str | None = None


def read_sources(path: str, encoding: str | None = None) -> Iterator[Source]:
    """Documents at `path`: a text file, a JSONL of `{"id", "text"}`, a folder of both, or `-`.

    A text document's id is its file name, or its path below the folder. Raises DataError if
    there is nothing at `path`.
    """
    if path == "-":
        yield from _standard_input(encoding)
        return
    root = Path(path)
    if root.is_dir():
        files = [p for p in sorted(root.rglob("*")) if p.is_file() and p.suffix in (*TEXT_SUFFIXES, *JSONL_SUFFIXES)]
        if not files:
            raise DataError(f"{path}: no {', '.join((*TEXT_SUFFIXES, *JSONL_SUFFIXES))} file in this folder")
        for file in files:
            yield from _file(file, file.relative_to(root).as_posix(), encoding)
    elif root.exists():
        yield from _file(root, root.name, encoding)
    else:
        raise DataError(f"{path}: no such file or folder; check the path")


def count_sources(path: str) -> int | None:
    """How many files there are to read, where that is known before reading; for a progress bar."""
    root = Path(path)
    if path == "-" or not root.exists():
        return None
    if root.is_dir():
        files = [p for p in root.rglob("*") if p.is_file()]
        return None if any(p.suffix in JSONL_SUFFIXES for p in files) else len(files)
    return 1


def _file(path: Path, name: str, encoding: str | None) -> Iterator[Source]:
    try:
        data = path.read_bytes()
    except OSError as error:
        yield Source(Unreadable(id=name, error=f"{path}: cannot be read ({error.strerror})"))
        return
    if path.suffix in JSONL_SUFFIXES:
        yield from _lines(data, str(path))
    else:
        yield _text(data, name, str(path), encoding)


def _text(data: bytes, name: str, where: str, encoding: str | None) -> Source:
    try:
        decoded = decode(data, encoding)
    except DataError as error:
        return Source(Unreadable(id=name, error=f"{where}: {error}"))
    guess = decoded.encoding if decoded.guessed else None
    return Source(Document(id=name, text=decoded.text, encoding=guess), _guess_note(decoded, where))


def _guess_note(decoded: Decoded, where: str) -> str | None:
    """A guess is never silent: wrong characters would look like a bad model."""
    if not decoded.guessed:
        return None
    shown = " ".join(decoded.text.split())[:24]
    return f"{where}: encoding guessed as {decoded.encoding} (“{shown}…”); if wrong, name it with --encoding"


def _lines(data: bytes, where: str) -> Iterator[Source]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Source(Unreadable(id=where, error=f"{where}: JSONL must be UTF-8 ({error})"))
        return
    found = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        found = True
        yield Source(_line(line, f"{where}: line {number}", f"line-{number}"))
    if not found:
        yield Source(Unreadable(id=where, error=f"{where}: is empty; give one JSON object a line"))


def _line(line: str, where: str, fallback_id: str) -> Document | Unreadable:
    """One line: an object with `text`, and `id`, `home_region`, `published` if known; a whole document by
    the output format is welcome too, its spans are predicted anew."""
    try:
        value: Any = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        return Unreadable(id=fallback_id, error=f"{where}: no JSON ({error})")
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return Unreadable(id=fallback_id, error=f'{where}: no field "text" with a string in it')
    name = str(value.get("id", fallback_id))
    if not value["text"].strip():
        return Unreadable(id=name, error=f'{where}: "text" is empty')
    home, published = value.get("home_region"), value.get("published")
    if published:
        try:
            read_day(str(published), f'{where}: "published"')
        except DataError as error:
            return Unreadable(id=name, error=str(error))
    return Document(
        id=name,
        text=value["text"],
        home_region=home if isinstance(home, str) and home else None,
        meta={"published": str(published)} if published else {},
    )


def _standard_input(encoding: str | None) -> Iterator[Source]:
    """Standard input: JSONL if its first character is `{`, else one text."""
    data = sys.stdin.buffer.read()
    if data.lstrip()[:1] == b"{":
        yield from _lines(data, "standard input")
    else:
        yield _text(data, "-", "standard input", encoding)


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

    if path.is_file() and (path.with_suffix("") if path.suffix in _PACKED else path).suffix in JSONL_SUFFIXES:
        with _opened(path) as file:
            first = file.read(4096).lstrip()[:200]
        if b'"annotations"' not in first and b'"data"' not in first:
            return list(_documents(path, strict=True))
    return load_documents(path)


def _opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    if str(path) == "-":
        return nullcontext(sys.stdin.buffer)
    return cast("IO[bytes]", _PACKED.get(path.suffix, open)(path, "rb"))


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
