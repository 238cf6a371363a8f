"""Archives -> their members, one by one; nothing is unpacked to disk."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any, Final, cast

from zsner.document import DataError
from zsner.io.records import LONGEST

ARCHIVE_SUFFIXES: Final = (".zip", ".tar")
BROKEN: Final = (
    *(OSError, EOFError, NotImplementedError, UnicodeDecodeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
)
"""What reading a broken or unknown archive, member or packed file raises."""

Member = tuple[bytes, Callable[[], IO[bytes]]]
"""A member's path as written in the archive, and what opens it."""


def members(file: IO[bytes], suffix: str) -> Iterator[Member]:
    """The files of an archive in its order; open each before the next is asked for.

    Links and devices are passed over. Opening or reading a member, and going on to the next, may raise
    an error in BROKEN, or DataError for what is encrypted.
    """
    return _zip(file) if suffix == ".zip" else _tar(file)


def _zip(file: IO[bytes]) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                # zipfile reads names without the mark for UTF-8 as code page 437, whatever they are.
                name = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
                yield name, partial(_unzipped, archive, info)


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.flag_bits & 0x1:
        raise DataError("is encrypted; unpack the archive with its password")
    return archive.open(info)


def _tar(file: IO[bytes]) -> Iterator[Member]:
    with tarfile.open(fileobj=cast("IO[bytes]", _Careful(file)), mode="r:") as archive:
        while (info := archive.next()) is not None:
            if info.isreg():
                yield info.name.encode("utf-8", "surrogateescape"), partial(_untarred, archive, info)
            archive.members = []  # type: ignore[attr-defined]  # else every header would be kept


def _untarred(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    return cast("IO[bytes]", archive.extractfile(info))  # None only for what is no file


class _Careful:
    """A stream that refuses to read much at once: tarfile reads a header of any size as one piece."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        if size > 2 * LONGEST:
            raise tarfile.ReadError("a header is too large")
        return self.file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)
