"""What `zsner predict` reads: folders, patterns, records, texts, pages, streams, and all that may be wrong with them."""

import gzip
import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from threading import Timer

import pyarrow as arrow
import pytest
from opencc import OpenCC
from pyarrow import parquet

from tests.conftest import ARTICLES, ROOT
from tests.inputs import ARTICLE, LINE, PAGE, error, ids, read, tarred, text, zipped
from zsner.document import DataError, Document, Unreadable, from_json, to_json
from zsner.io.records import LONGEST
from zsner.io.sources import count_sources, read_sources

# ------------------------------------------------------------------------ folders and patterns


@pytest.fixture
def news(tmp_path: Path) -> Path:
    for name in ("b.txt", "a/2.txt", "a/1.TXT", "a/deep/3.html.gz", ".hidden.txt", ".git/x.txt", "a/picture.png"):
        file = tmp_path / "news" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(PAGE.format("utf-8", LINE).encode()) if name.endswith("gz") else LINE.encode())
    return tmp_path / "news"


def test_a_folder_is_read_to_its_depth_in_order_without_what_is_hidden(news: Path) -> None:
    assert ids(news) == ["a/1.TXT", "a/2.txt", "a/deep/3.html.gz", "b.txt"]
    assert count_sources(str(news)) == 4


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["b.txt"]),
        ("**/*.txt", ["a/2.txt", "b.txt"]),
        ("**/[12].*", ["a/1.TXT", "a/2.txt"]),
        ("a/?.txt", ["2.txt"]),
        ("a/**", ["1.TXT", "2.txt", "deep/3.html.gz", "picture.png"]),
    ],
)
def test_a_pattern_reads_what_it_matches(news: Path, pattern: str, expected: list[str]) -> None:
    assert ids(news / pattern) == expected
    assert count_sources(str(news / pattern)) == len(expected)


@pytest.mark.parametrize(("pattern", "message"), [("*.csv", "no file matches"), ("a**/x", "check")])
def test_a_pattern_without_a_match_is_an_error(news: Path, pattern: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(news / pattern)


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text(LINE)
    assert ids(tmp_path / "a[1].txt") == ["a[1].txt"]


def test_a_folder_with_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".a.txt").write_text(LINE)
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=r"no \.txt.*file in this folder"):
        read(tmp_path)


def test_links_in_a_circle_end_and_links_to_nowhere_are_told(news: Path) -> None:
    (news / "a" / "round").symlink_to(news, target_is_directory=True)
    (news / "loop.txt").symlink_to("loop.txt")
    (news / "nowhere.txt").symlink_to("gone.txt")
    os.mkfifo(news / "pipe.txt")  # opening it would wait for ever
    for path in (news, news / "**/*.[tTh]*"):
        found = read(path)
        assert [d.id for d in found if isinstance(d, Document)] == ["a/1.TXT", "a/2.txt", "a/deep/3.html.gz", "b.txt"]
        assert [d.error for d in found if isinstance(d, Unreadable)] == [
            f"{news}/loop.txt: cannot be read (Too many levels of symbolic links)",
            f"{news}/nowhere.txt: cannot be read (No such file or directory)",
        ]


def test_a_file_that_vanishes_is_told_in_its_place(news: Path) -> None:
    sources = read_sources(str(news))
    first = next(sources)
    (news / "a" / "2.txt").unlink()
    rest = [source.document for source in sources]
    assert isinstance(first.document, Document)
    assert [isinstance(d, Unreadable) for d in rest] == [True, False, False]
    assert rest[0].id == "a/2.txt"


@pytest.mark.parametrize(
    ("name", "shown"), [("新闻".encode("gb18030"), "新闻"), (b"\xff", "\ufffd"), (b"a\n\x1b[31m", "a\ufffd\ufffd[31m")]
)
def test_file_names_of_any_bytes_become_text_in_one_line(tmp_path: Path, name: bytes, shown: str) -> None:
    with open(os.fsencode(tmp_path) + b"/" + name + b".txt", "wb"):
        pass
    assert error(tmp_path) == f"{tmp_path}/{shown}.txt: is empty; give a text"


def test_a_folder_that_cannot_be_listed_is_told(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def closed(path: str) -> Iterator[os.DirEntry[str]]:
        if path.endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = read(news)
    assert [d.id for d in found] == ["a/1.TXT", "a/2.txt", "b.txt", f"{news}/a/deep"]
    assert found[-1].error == f"{news}/a/deep: cannot be listed (Permission denied)"
    assert count_sources(str(news)) == 4


# ------------------------------------------------------------------------ JSONL and Parquet


def test_fields_are_named_in_jsonl_and_parquet_alike(tmp_path: Path) -> None:
    records = [
        {"url": "https://example.org/1", "body": LINE, "published": "2023-05-10", "home_region": "广西", "other": 1},
        {"url": None, "body": LINE},
        {"url": "3", "body": None},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r) for r in records))
    parquet.write_table(arrow.Table.from_pylist(records), tmp_path / "a.parquet", row_group_size=2)
    lines, rows = (read(tmp_path / name, text="body", id="url") for name in ("a.jsonl", "a.parquet"))
    assert [d.id for d in lines] == ["https://example.org/1", "line-2", "3"]
    assert [d.id for d in rows] == ["https://example.org/1", "row-2", "3"]
    assert lines[0] == rows[0]
    assert (lines[0].text, lines[0].home_region, lines[0].meta) == (LINE, "广西", {"published": "2023-05-10"})
    assert 'line 3: no field "body" with a string in it' in lines[2].error
    assert 'row 3: no field "body" with a string in it' in rows[2].error
    assert 'no column "text"; name the one' in error(tmp_path / "a.parquet")
    assert count_sources(str(tmp_path)) is None


def test_a_parquet_of_nothing_and_days_as_days(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({"text": arrow.array([], arrow.string())}), file)
    assert "is empty" in error(file)
    for day in (date(2023, 5, 10), datetime(2023, 5, 10, 8, 30)):
        parquet.write_table(arrow.table({"text": [LINE], "published": [day]}), file)
        assert read(file)[0].meta == {"published": "2023-05-10"}


def test_a_row_group_of_parquet_is_not_held_whole(tmp_path: Path) -> None:
    table = arrow.table({"text": [f"{i:05}" * 200 for i in range(20_000)]})  # 20 MB
    parquet.write_table(table, tmp_path / "a.parquet", use_dictionary=False, compression="none")
    size = table.nbytes
    del table
    before = arrow.total_allocated_bytes()
    tracemalloc.start()
    held = [
        arrow.total_allocated_bytes() - before + tracemalloc.get_traced_memory()[0]
        for _ in read_sources(str(tmp_path / "a.parquet"))
    ]
    tracemalloc.stop()
    assert len(held) == 20_000
    assert max(held) < size / 4


def test_bad_lines_are_told_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    bad = [b'{"text": "\xff"}', b"{", b"[1]", b'{"text": ""}', b"[" * 100_000, b'{"id": ' + b"9" * 5000 + b"}"]
    file.write_bytes(b"\n".join(bad) + b'\n{"text": "good"}')
    found = read(file)
    assert [isinstance(d, Unreadable) for d in found] == [True] * 6 + [False]
    assert [d.error.split(": ")[1] for d in found[:6]] == [f"line {i}" for i in range(1, 7)]
    assert "must be UTF-8" in found[0].error


def test_a_line_over_the_limit_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"text": "' + b"a" * (3 * LONGEST) + b'"}\n{"text": "good"}\n')
    bad, good = read(file)
    assert "line 1: is over the limit" in bad.error
    assert (good.id, good.text) == ("line-2", "good")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"a\ud800b", "a\ufffdb"),
        (r"a\uDC00", "a\ufffd"),
        (r"\ud800\u4e00", "\ufffd一"),
        (r"\udc00\ud800", "\ufffd\ufffd"),
        (r"\ud83d\ude00", "😀"),
        (r"\\ud800", r"\ud800"),
        (r"\\\ud800", "\\\ufffd"),
        (r"a\u0000b", "a\0b"),
        (r"\ufeffa\r\nb", "\ufeffa\r\nb"),
    ],
)
def test_characters_that_trouble_keep_their_places(tmp_path: Path, written: str, expected: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f'{{"id": "{written}", "text": "{written}"}}')
    (document,) = read(file)
    assert (document.id, document.text) == (expected, expected)


def test_a_mark_and_windows_line_ends_are_no_part_of_a_jsonl(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"text": "a"}\r\n\r\n{"text": "b"}\r\n')
    assert [(d.id, d.text) for d in read(file)] == [("line-1", "a"), ("line-3", "b")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        ("　\n".encode(), "holds only white space"),
        (b"\0" * 100, "binary"),
        (LINE.encode() + b"\0" * 9, "binary"),
    ],
)
def test_texts_of_nothing_are_told(tmp_path: Path, data: bytes, expected: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert expected in error(tmp_path / "a.txt")


def test_a_text_keeps_its_line_ends_and_loses_its_mark(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + f"{LINE}\r\n{LINE}".encode())
    assert text(tmp_path / "a.txt") == f"{LINE}\r\n{LINE}"
    (tmp_path / "a.txt").write_bytes(rb"a\ud800b")
    (source,) = read_sources(str(tmp_path / "a.txt"), "unicode_escape")
    assert source.document.text == "a\ufffdb"
    to_json(source.document)


# ------------------------------------------------------------------------ pages


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "big5", "gb18030"])
def test_the_main_text_of_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path, encoding: str) -> None:
    line = "一季度，廣西簽約項目582個，總投資額3197億元，同比增長57.9%。" if encoding == "big5" else LINE
    page = PAGE.format(encoding, line)
    if encoding == "big5":
        page = OpenCC("s2t").convert(page)
    (tmp_path / "a.html").write_bytes(page.encode("gb18030" if encoding == "gb2312" else encoding))
    (source,) = read_sources(str(tmp_path / "a.html"))
    assert source.note is None
    assert line in source.document.text
    assert not any(left in source.document.text for left in ("<", "首页", "首頁", "所有"))


def test_a_page_that_declares_wrongly_is_read_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_bytes(PAGE.format("gb2312", LINE).encode())
    assert LINE in text(tmp_path / "a.htm")
    (tmp_path / "a.htm").write_bytes(PAGE.format("klingon", LINE).encode("gb18030"))
    (source,) = read_sources(str(tmp_path / "a.htm"))
    assert LINE in source.document.text
    assert "encoding guessed as gb18030" in (source.note or "")


@pytest.mark.parametrize("page", ["<html></html>", "<div>" * 20_000 + "x", "<p>&#xD800;\0</p>", "{}"])
def test_pages_without_a_text_are_told(tmp_path: Path, page: str, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text(page)
    assert "no main text" in error(tmp_path / "a.html") or "binary" in error(tmp_path / "a.html")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "library", "extra"), [("a.html", "trafilatura", "html"), ("a.parquet", "pyarrow", "tables")]
)
def test_without_the_extra_one_line_says_how_to_get_it(
    tmp_path: Path, name: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    (tmp_path / name).write_text(PAGE)
    assert f"needs {library}; install: pip install 'zsner[{extra}]'" in error(tmp_path / name)


# ------------------------------------------------------------------------ streams


class Standard:
    """Standard input of these bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'\xef\xbb\xbf{"text": "a"}', ["line-1"]),
        (b'\n \n{"text": "a"}\n{"id": "b", "text": "b"}', ["line-3", "b"]),
        (LINE.encode(), ["-"]),
        (b"\n" + LINE.encode() + b"\n{}", ["-"]),
        (b"", ["-"]),
        (b"a" * (2 * LONGEST), ["-"]),
    ],
)
def test_standard_input_is_jsonl_or_one_text(data: bytes, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Standard(data))
    found = read("-")
    assert [d.id for d in found] == expected
    if isinstance(found[0], Document) and expected == ["-"]:
        assert found[0].text.encode() == data
    assert count_sources("-") is None


def test_standard_input_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(5, "Input/output error")

    standard = Standard(b"")
    standard.buffer = io.BufferedReader(Failing())
    monkeypatch.setattr(sys, "stdin", standard)
    assert error("-") == "standard input: cannot be read (Input/output error)"


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.tgz"])
def test_memory_does_not_grow_with_the_input(tmp_path: Path, name: str) -> None:
    list(read_sources(str(ARTICLES[0])))  # what is made once
    line = json.dumps({"text": "x" * 1000}).encode() + b"\n"
    many = line * 20_000  # 20 MB
    if name == "a.tgz":
        tarred(tmp_path / name, {f"{i}.txt": b"x" * 10 for i in range(3000)} | {"a.jsonl": many})
    else:
        (tmp_path / name).write_bytes(gzip.compress(many) if name.endswith("gz") else many)
    tracemalloc.start()
    number = sum(isinstance(source.document, Document) for source in read_sources(str(tmp_path / name)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 20_000 + 3000 * (name == "a.tgz")
    assert peak < 2**20


def test_each_line_of_a_pipe_is_answered_before_the_next_comes() -> None:
    command = [sys.executable, "-m", "zsner.cli.app", "predict", "-"]
    held = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=held) as process:
        assert process.stdin is not None and process.stdout is not None
        late = Timer(60, process.kill)  # else an answer held back would be waited for without end
        late.start()
        for number in range(3):
            process.stdin.write(json.dumps({"id": str(number), "text": LINE}).encode() + b"\n")
            process.stdin.flush()
            answer = from_json(process.stdout.readline())
            assert answer.id == str(number)
            assert answer.spans
        process.stdin.close()
        assert process.wait() == 0
        late.cancel()


def test_predict_tells_each_bad_document_and_their_number(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"good.txt": ARTICLE, "empty.txt": b"", "坏.txt": b"\0\0"})
    (tmp_path / "b.jsonl").write_text('{"body": "一\\ud800季度，广西签约项目582个。", "url": "x"}\n{}\n')
    done = subprocess.run(
        [sys.executable, "-m", "zsner.cli.app", "predict", str(tmp_path), "--text-field", "body", "--id-field", "url"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    *errors, summary = done.stderr.decode().splitlines()
    assert [line.startswith("error: ") for line in errors] == [True] * 3
    assert summary == "3 documents could not be read"
    first, *_, last, bad = (json.loads(line) for line in done.stdout.decode("utf-8").splitlines())
    assert first["id"] == "a.zip/good.txt"
    assert "error" in bad
    assert last["text"] == "一\ufffd季度，广西签约项目582个。"
    assert [s["text"] for s in last["spans"]] == [last["text"][s["start"] : s["end"]] for s in last["spans"]] != []
