"""Files of Label Studio exports -> raw tasks: JSON or JSONL, gzipped or not."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from zsner.document import DataError

_NO_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def task_files(path: Path) -> list[Path]:
    """The exports at `path`: a file, or all *.json and *.jsonl below a folder, gzipped (.gz) or not,
    in order."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if _suffix(p) in (".json", ".jsonl") and p.is_file())
        if not files:
            raise DataError(f"{path}: no .json or .jsonl file in this folder; name an export")
        return files
    if not path.exists():
        raise DataError(f"{path}: no such file or folder; name a Label Studio export")
    return [path]


def _suffix(file: Path) -> str:
    return Path(file.name.removesuffix(".gz")).suffix


def raw_tasks(file: Path) -> Iterator[tuple[Any, str | None]]:
    """The tasks of one file as they stand there, each with None or what keeps it from being read."""
    data = file.read_bytes()
    if file.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            yield None, f"the file is no whole gzip file ({error}); copy or export it again"
            return
    data = data.removeprefix(codecs.BOM_UTF8)
    if _suffix(file) == ".jsonl":
        for n, line in enumerate(data.splitlines(), 1):
            if line.strip():
                try:
                    yield msgspec.json.decode(line), None
                except _NO_JSON as error:
                    yield None, f"line {n} is no JSON ({error}); export again"
        return
    try:
        value = msgspec.json.decode(data)
    except _NO_JSON as error:
        yield None, f"the file is no JSON ({error}); export again"
        return
    for task in value if isinstance(value, list) else [value]:
        yield task, None
