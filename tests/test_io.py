"""Readers and writers: what may be given, what comes out, what goes wrong."""

import csv
import io
from pathlib import Path

import pytest

from tests.conftest import ARTICLES, SEEDS
from zsner.document import DataError, Document, Unreadable, to_json
from zsner.io.readers import read_gold, read_predictions
from zsner.io.rows import CSV_COLUMNS
from zsner.io.sources import read_sources
from zsner.io.writers import CsvWriter, TableWriter, opened, readable
from zsner.pipeline import with_values


def test_a_folder_gives_its_files_in_order_with_their_paths_as_ids(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.txt").write_text("广西签约2个项目")
    (tmp_path / "a.txt").write_bytes("广西的经济发展很好，签约项目很多".encode("gb18030"))
    (tmp_path / "c.jsonl").write_text('{"id": "x", "text": "一"}\n\n{"text": "二", "home_region": "广西"}\n')
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    sources = list(read_sources(str(tmp_path)))
    assert [s.document.id for s in sources] == ["a.txt", "b/1.txt", "x", "line-3"]
    assert sources[0].note is not None
    assert "gb18030" in sources[0].note
    assert sources[1].note is None
    assert sources[3].document.home_region == "广西"


def test_the_text_is_what_the_file_holds() -> None:
    for path in ARTICLES:
        (source,) = read_sources(str(path))
        assert isinstance(source.document, Document)
        assert source.document.text.encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", bytes(range(256)), "binary"),
        ("a.jsonl", b"", "is empty"),
        ("a.jsonl", b'{"text": 3}', 'line 1: no field "text"'),
        ("a.jsonl", b'{"text": "x"}\n{"text": ', "line 2: no JSON"),
        ("a.jsonl", b'{"id": "x", "text": " "}', '"text" is empty'),
        ("a.jsonl", b"\xff\xfe{", "must be UTF-8"),
    ],
)
def test_what_cannot_be_read_is_said_in_its_place(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    found = [s.document for s in read_sources(str(tmp_path / name)) if isinstance(s.document, Unreadable)]
    assert len(found) == 1
    assert message in found[0].error


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        list(read_sources(str(tmp_path / "nowhere")))
    with pytest.raises(DataError, match="file in this folder"):
        list(read_sources(str(tmp_path)))


def test_gold_is_read_from_exports_and_from_jsonl(tmp_path: Path, gold: list[Document]) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(b"\n".join(to_json(d) for d in gold))
    assert read_gold(file) == read_gold(SEEDS) == gold
    file.write_bytes(to_json(gold[0]) + b"\n" + to_json(gold[1]).replace(b'"format"', b'"fromat"'))
    with pytest.raises(DataError, match="line 2: unknown field `\\$.fromat`"):
        read_gold(file)


def test_predictions_name_the_line_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text('{"id": "a", "text": "x"}\n{"id": "b"}\n')
    with pytest.raises(DataError, match=r"p\.jsonl: line 2: .*text"):
        read_predictions(file)
    with pytest.raises(DataError, match="cannot be read"):
        read_predictions(tmp_path / "nowhere")
    file.write_text("")
    with pytest.raises(DataError, match="is empty"):
        read_predictions(file)


def test_an_output_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), opened(target) as file:
        file.write(b"new")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    with opened(target) as file:
        file.write(b"new")
    assert target.read_text() == "new"


def test_csv_has_a_row_a_tuple(gold: list[Document]) -> None:
    file = io.BytesIO()
    writer = CsvWriter(file)
    for document in gold:
        writer.write(with_values(document))
    writer.write(Unreadable(id="bad.txt", error="is empty"))
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8"))))
    assert len(rows) == sum(len(d.tuples) for d in gold) + 1
    assert list(rows[0]) == [c.name for c in CSV_COLUMNS]
    first = next(r for r in rows if r["value"] == "2217億元")
    assert (first["amount"], first["unit"], first["indicator"]) == ("221700000000", "CNY", "funds_in_place")
    assert (first["growth"], first["growth_amount"]) == ("同比增長38.8%", "0.388")
    assert rows[-1]["error"] == "is empty"


def test_the_table_shows_every_figure(gold: list[Document]) -> None:
    file = io.BytesIO()
    writer = TableWriter(file)
    for document in gold:
        writer.write(with_values(document))
    writer.write(Unreadable(id="bad.txt", error="is empty"))
    writer.close()
    text = file.getvalue().decode("utf-8")
    for shown in ("000.txt", "221.7 bn CNY", "+38.8 %", "signed_projects", "target", "bad.txt: is empty"):
        assert shown in text


def test_every_value_of_the_real_articles_is_read(gold: list[Document]) -> None:
    for document in gold:
        for span in with_values(document).spans:
            assert span.value_error is None, (document.id, span.text, span.value_error)
            assert (span.value is None) or readable(span)
