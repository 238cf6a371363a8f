"""What `zsner predict` reads -> Documents: files, folders, patterns, archives, standard input.

Everything is read as a stream: one document, of at most LONGEST bytes, is held at a time, of Parquet a few
rows, of a folder the list of its files. What cannot be read becomes an `Unreadable` in its place, so that one bad
file does not end a run.
"""

import os
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from glob import has_magic
from itertools import chain
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, Any, Final, NamedTuple

import msgspec

from zsner.document import DataError, Document, Unreadable
from zsner.io.archives import ARCHIVE_SUFFIXES, BROKEN, members
from zsner.io.html import main_text
from zsner.io.records import JSONL_SUFFIXES, LONGEST, PACKED, TOO_LONG, Fields, lines, pieces, rows
from zsner.text import Decoded, decode

TEXT_SUFFIXES: Final = (".txt", ".text", ".md")
HTML_SUFFIXES: Final = (".html", ".htm")
PARQUET_SUFFIX: Final = ".parquet"
_MANY: Final = (*JSONL_SUFFIXES, PARQUET_SUFFIX, *ARCHIVE_SUFFIXES)  # files of many documents
_KNOWN: Final = (*TEXT_SUFFIXES, *HTML_SUFFIXES, *_MANY)
_READABLE: Final = f"{', '.join(_KNOWN)} (or .gz, .bz2 of these) file"
_UNSHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Source(msgspec.Struct, frozen=True):
    """A document read, or what kept it from being read; `note` is worth telling the user."""

    document: Document | Unreadable
    note: str | None = None


class _File(NamedTuple):
    """A file or the member of an archive: its id, its place in messages, what opens it."""

    name: str
    where: str
    open: Callable[[], IO[bytes]]


class _How(NamedTuple):
    """How texts and records are to be read."""

    encoding: str | None
    fields: Fields


def read_sources(path: str, encoding: str | None = None, fields: Fields = Fields()) -> Iterator[Source]:
    """Documents at `path`, in the order of their paths: a text file or HTML page, a JSONL or Parquet file
    of records with `fields`, any of them packed, an archive or folder of them, a glob pattern, or `-`.

    The id of a text or page is its file name, its path below the folder (of a pattern: below its
    last folder without a wildcard), or `archive.zip/member.txt`. Hidden files are passed over. Raises
    DataError if there is nothing at `path`.
    """
    how = _How(encoding, fields)
    if path == "-":
        yield from _standard_input(how)
        return
    failed: list[OSError] = []
    for file in _listing(path, failed):
        yield from _read(file, how)
    for error in failed:
        name = _shown(os.fsencode(error.filename))
        yield Source(Unreadable(id=name, error=f"{name}: cannot be listed ({error.strerror})"))


def count_sources(path: str) -> int | None:
    """How many documents there are to read, where that is known before reading; for a progress bar."""
    if path == "-":
        return None
    failed: list[OSError] = []
    files = _listing(path, failed)
    return None if any(_kind(file.name)[1] in _MANY for file in files) else len(files) + len(failed)


# ------------------------------------------------------------------------ listing


def _listing(path: str, failed: list[OSError]) -> list[_File]:
    """The files at `path` in order; `failed` takes what kept folders from being listed."""
    root = Path(path)
    # os.path, unlike pathlib, answers no where it may not look or the name is too long.
    if os.path.isdir(path):
        files = sorted(_walk(root, failed))
        if not files:
            raise DataError(f"{path}: no {_READABLE} in this folder")
        return [_on_disk(file, file.relative_to(root)) for file in files]
    if os.path.exists(path):
        return [_on_disk(root, PurePath(root.name))]
    if not has_magic(path):
        raise DataError(f"{path}: no such file or folder; check the path")
    fixed = next(i for i, part in enumerate(root.parts) if has_magic(part))
    base, pattern = Path(*root.parts[:fixed]), "/".join(root.parts[fixed:])
    # pathlib, unlike glob, does not follow links to folders, which may lead in a circle.
    try:
        found = sorted(base.glob(f"{pattern}/*" if pattern.endswith("**") else pattern))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}; check the pattern") from error
    names = [(file, file.relative_to(base)) for file in found if _is_file(file)]
    names = [(file, name) for file, name in names if not _hidden(name)]
    if not names:
        raise DataError(f"{path}: no file matches this pattern; check it, and keep it in quotes")
    return [_on_disk(file, name) for file, name in names]


def _walk(root: Path, failed: list[OSError]) -> Iterator[Path]:
    for folder, folders, files in os.walk(root, onerror=failed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            file = Path(folder, name)
            if not name.startswith(".") and _kind(name)[1] in _KNOWN and _is_file(file):
                yield file


def _is_file(path: Path) -> bool:
    """Not for folders, nor pipes and devices, which may never end; a link that leads nowhere is told of later."""
    return os.path.isfile(path) or not os.path.exists(path)


def _hidden(path: PurePath) -> bool:
    return any(part.startswith(".") and part != ".." for part in path.parts)


def _on_disk(path: Path, name: PurePath) -> _File:
    return _File(_shown(os.fsencode(name.as_posix())), _shown(os.fsencode(path)), lambda: path.open("rb"))


def _shown(path: bytes) -> str:
    """A file's path as text in one line. It need not be UTF-8, may hold anything and becomes an id."""
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        text = path.decode("gb18030", "replace")  # archives and file systems of Chinese Windows
    return _UNSHOWN.sub("\ufffd", text)


def _kind(name: str) -> tuple[str, str]:
    """The suffix a file is packed by ("" for none) and that of what is in it, in small letters."""
    path = PurePosixPath(name.lower().replace(".tgz", ".tar.gz"))
    if path.suffix in PACKED:
        return path.suffix, PurePosixPath(path.stem).suffix
    return "", path.suffix


# ------------------------------------------------------------------------ reading


def _read(file: _File, how: _How, within: bool = False) -> Iterator[Source]:
    """The documents of a file, or of a member `within` an archive."""
    packed, kind = _kind(file.name)
    try:
        if kind in (*ARCHIVE_SUFFIXES, PARQUET_SUFFIX) and (within or (packed and kind != ".tar")):
            raise DataError("is packed in something else; unpack that first")
        with file.open() as raw, PACKED[packed](raw) if packed else nullcontext(raw) as data:
            if kind in ARCHIVE_SUFFIXES:
                yield from _members(data, kind, file, how)
            elif kind in JSONL_SUFFIXES:
                yield from map(Source, lines(pieces(data), file.where, how.fields))
            elif kind == PARQUET_SUFFIX:
                yield from map(Source, rows(data, file.where, how.fields))
            else:
                to_text = main_text if kind in HTML_SUFFIXES else decode
                yield _text(_whole(data), file, how, to_text)
    except DataError as error:
        yield _unreadable(file, str(error))
    except BROKEN as error:
        yield _unreadable(file, _why(error))


def _members(data: IO[bytes], kind: str, archive: _File, how: _How) -> Iterator[Source]:
    found = False
    for path, opened in members(data, kind):
        name = PurePosixPath(_shown(path)).as_posix()  # tar writes ./ before its names
        if _hidden(PurePosixPath(name)) or _kind(name)[1] not in _KNOWN:
            continue
        found = True
        yield from _read(_File(f"{archive.name}/{name}", f"{archive.where}/{name}", opened), how, within=True)
    if not found:
        raise DataError(f"no {_READABLE} in this archive")


def _whole(file: IO[bytes], start: bytes = b"") -> bytes:
    """`start` and the rest of a file, cut where it is over LONGEST."""
    data = bytearray(start)
    while len(data) <= LONGEST and (piece := file.read(2**18)):
        data += piece
    return bytes(data)


def _text(data: bytes, file: _File, how: _How, to_text: Callable[[bytes, str | None], Decoded]) -> Source:
    if len(data) > LONGEST:
        return _unreadable(file, TOO_LONG)
    try:
        decoded = to_text(data, how.encoding)
    except DataError as error:
        return _unreadable(file, str(error))
    guess = decoded.encoding if decoded.guessed else None
    return Source(Document(id=file.name, text=decoded.text, encoding=guess), _guess_note(decoded, file.where))


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror})"
    return f"is broken from here on ({error}); copy it again"


def _unreadable(file: _File, why: str) -> Source:
    return Source(Unreadable(id=file.name, error=f"{file.where}: {' '.join(why.split())}"))


def _guess_note(decoded: Decoded, where: str) -> str | None:
    """A guess is never silent: wrong characters would look like a bad model."""
    if not decoded.guessed:
        return None
    shown = " ".join(decoded.text.split())[:24]
    return f"{where}: encoding guessed as {decoded.encoding} (“{shown}…”); if wrong, name it with --encoding"


def _standard_input(how: _How) -> Iterator[Source]:
    """Standard input: JSONL if its first character is `{`, read and given line by line; else one text."""
    data: Any = sys.stdin.buffer
    file = _File("-", "standard input", lambda: data)
    head: list[bytes] = []
    try:
        for piece in pieces(data):
            head.append(piece)
            if piece.strip() or len(head) == 2**16:
                break
        if head and head[-1].removeprefix(BOM_UTF8).lstrip().startswith(b"{"):
            yield from map(Source, lines(chain(head, pieces(data)), file.where, how.fields))
        else:
            yield _text(_whole(data, b"".join(head)), file, how, decode)
    except OSError as error:  # a folder, say
        yield _unreadable(file, _why(error))
