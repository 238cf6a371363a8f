"""Archives and packed files: members one by one, and what is too large, encrypted or broken."""

import bz2
import gzip
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inputs import ARTICLE, LINE, PAGE, error, ids, read, tarred, text, zipped
from zsner.document import Document
from zsner.io.records import LONGEST
from zsner.io.sources import count_sources

MAKERS: list[tuple[str, Callable[[Path, dict[str, bytes]], Path]]] = [
    ("a.zip", zipped),
    ("a.tar", tarred),
    ("a.tar.gz", tarred),
    ("a.tgz", tarred),
]


@pytest.mark.parametrize(("name", "make"), MAKERS)
def test_the_members_of_an_archive_are_read_one_by_one(
    tmp_path: Path, name: str, make: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    files = {
        "news/000.txt": ARTICLE,
        "lines.jsonl": b'{"id": "x", "text": "x"}\n{"text": "y"}',
        "news/page.html": PAGE.format("utf-8", LINE).encode(),
        "packed.txt.gz": gzip.compress(ARTICLE),
        "empty.txt": b"",
        "../../outside.txt": LINE.encode(),
        "__MACOSX/._000.txt": b"\0\5\x16\7",
        "picture.png": b"\x89PNG",
    }
    archive = make(tmp_path / name, files)
    before = sorted(tmp_path.rglob("*"))
    found = read(archive)
    assert [d.id for d in found] == [
        f"{name}/news/000.txt",
        "x",
        "line-2",
        f"{name}/news/page.html",
        f"{name}/packed.txt.gz",
        f"{name}/empty.txt",
        f"{name}/../../outside.txt",
    ]
    assert found[0].text.encode() == found[4].text.encode() == ARTICLE
    assert found[5].error == f"{archive}/empty.txt: is empty; give a text"
    assert sorted(tmp_path.rglob("*")) == before
    assert count_sources(str(archive)) is None


@pytest.mark.parametrize(("name", "make"), MAKERS)
def test_a_member_over_the_limit_is_refused_and_the_next_is_read(
    tmp_path: Path, name: str, make: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    bomb = make(tmp_path / name, {"bomb.txt": b"a" * (4 * LONGEST), "good.txt": ARTICLE})
    if name != "a.tar":
        assert bomb.stat().st_size < 2**20
    tracemalloc.start()
    bad, good = read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bad.error == f"{bomb}/bomb.txt: is over the limit of 16 MiB a document; split it"
    assert good.text.encode() == ARTICLE
    assert peak < 3 * LONGEST


def test_a_bomb_in_the_headers_of_a_tar_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 4 * LONGEST
    (tmp_path / "a.tgz").write_bytes(gzip.compress(header.tobuf() + b" " * header.size))
    assert "a header is too large" in error(tmp_path / "a.tgz")


def test_an_encrypted_member_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"secret.txt": ARTICLE, "open.txt": ARTICLE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1  # the mark for encryption, in the directory
    path.write_bytes(data)
    bad, good = read(path)
    assert bad.error == f"{path}/secret.txt: is encrypted; unpack the archive with its password"
    assert isinstance(good, Document)


def test_a_damaged_member_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"bad.txt": ARTICLE, "good.txt": ARTICLE})
    data = bytearray(path.read_bytes())
    data[100:110] = bytes(10)
    path.write_bytes(data)
    bad, good = read(path)
    assert bad.error.startswith(f"{path}/bad.txt: is broken from here on")
    assert isinstance(good, Document)


def test_names_in_the_encoding_of_chinese_windows_are_read(tmp_path: Path) -> None:
    name = "新闻".encode("gb18030")
    for path in (zipped(tmp_path / "a.zip", {"____.txt": LINE.encode()}), tmp_path / "b.tar"):
        if path.suffix == ".zip":
            path.write_bytes(path.read_bytes().replace(b"____", name))
        else:
            with tarfile.open(path, "w", encoding="gb18030") as archive:
                archive.addfile(tarfile.TarInfo("新闻.txt"))
        assert ids(path) == [f"{path.name}/新闻.txt"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.zip", b"", "is broken"),
        ("a.zip", b"PK\3\4no", "is broken"),
        ("a.tar", b"x" * 2000, "is broken"),
        ("a.tgz", b"no", "is broken"),
        ("a.txt.gz", gzip.compress(ARTICLE)[:-30], "is broken"),
        ("a.txt.bz2", bz2.compress(ARTICLE)[:-30], "is broken"),
        ("a.txt.gz", b"no gzip", "is broken"),
        ("a.txt.gz", gzip.compress(b"a" * (2 * LONGEST)), "over the limit of 16 MiB"),
        ("a.jsonl.gz", gzip.compress(b"a" * (2 * LONGEST)), "line 1: is over the limit of 16 MiB"),
        ("a.parquet.gz", b"", "packed in something else"),
        ("a.parquet", b"PAR1", "no sound Parquet file"),
    ],
)
def test_broken_files_are_told(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert message in error(tmp_path / name)


def test_an_archive_in_an_archive_and_one_of_pictures_are_told(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.png": b"\x89PNG"})
    assert "in this archive" in error(inner)
    assert "inner.zip: is packed in something else" in error(
        zipped(tmp_path / "a.zip", {"inner.zip": inner.read_bytes()})
    )


@pytest.mark.parametrize(("name", "make"), MAKERS)
def test_damage_anywhere_never_ends_in_a_crash(
    tmp_path: Path, name: str, make: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    whole = make(tmp_path / name, {f"{i}.txt": LINE.encode() * 3 for i in range(3)}).read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            (tmp_path / name).write_bytes(damaged)
            assert read(tmp_path / name)


def test_a_packed_text_is_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(ARTICLE))
    (tmp_path / "b.txt.bz2").write_bytes(bz2.compress(ARTICLE))
    assert ids(tmp_path) == ["a.txt.gz", "b.txt.bz2"]
    assert count_sources(str(tmp_path)) == 2
    assert text(tmp_path / "a.txt.gz").encode() == text(tmp_path / "b.txt.bz2").encode() == ARTICLE
