"""Rows for people: CSV, Parquet and Excel hold the same as the JSONL, and no text of a page does harm."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import msgspec
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from pyarrow import parquet

from zsner.document import Document, Unreadable, to_json
from zsner.io.rows import COLUMNS, CSV_COLUMNS, rows, starts_formula
from zsner.io.tables import CELL_UNITS, ParquetWriter, XlsxWriter
from zsner.io.writers import CsvWriter, Writer
from zsner.pipeline import with_values
from zsner.schema import INDICATOR_NAMES, INDICATORS

BAD = Unreadable(id="bad.txt", error="is empty")
FIRST_CSV = (
    "id indicator status value amount low high unit bound region region_name period from to growth growth_amount "
    "growth_unit org industry mechanism filter score start end error"
).split()
ODD = st.text(max_size=20) | st.sampled_from(
    ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "'=1", "''-x", "＝1+1", "-3.2%", "－８％", "+1亿元",
     "=HYPERLINK(\"http://x\")", "https://example.org", "mailto:a@b", "_x0041_", "a\rb", "a\n=b", "\x00", "\ufffe", "1e5",
     "true", "a;=b", '"', '",=1', "\u200b=1", "<a>&amp;"]
)  # fmt: skip


def written(new: Callable[[IO[bytes]], Writer], documents: Iterable[Document | Unreadable]) -> io.BytesIO:
    file = io.BytesIO()
    writer = new(file)
    for document in documents:
        writer.write(document)
    writer.close()
    file.seek(0)
    return file


def read_csv(file: io.BytesIO) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8"), newline="")))


def read_xlsx(file: io.BytesIO) -> list[dict[str, Any]]:
    """Cells by name of column, all sheets in a row; openpyxl leaves Excel's escapes to the caller."""
    found = []
    for sheet in openpyxl.load_workbook(file).worksheets:
        head, *lines = sheet.iter_rows(values_only=True)
        names = [str(cell).split("\n")[1] for cell in head]
        for line in lines:
            cells = (unescape(cell) if isinstance(cell, str) else cell for cell in line)
            found.append(dict(zip(names, cells, strict=True)))
    return found


@pytest.fixture(scope="module")
def documents(gold: list[Document]) -> list[Document]:
    """The real articles with values, scores and region names, as predictions have them."""
    scored = []
    for document in map(with_values, gold):
        tuples = [
            msgspec.structs.replace(t, score=n / 100, region_name="广西") for n, t in enumerate(document.tuples, 1)
        ]
        scored.append(msgspec.structs.replace(document, tuples=tuple(tuples)))
    return scored


def from_jsonl(documents: list[Document]) -> list[dict[str, Any]]:
    """What each row must hold, read from the JSON alone."""
    wanted = []
    for document in (json.loads(to_json(d)) for d in documents):
        spans = {s["id"]: s for s in document["spans"]}
        for t in document["tuples"]:
            head = spans[t["head"]]
            row = {"id": document["id"], "region_name": "广西", "score": t["score"]} | {
                k: head[k] for k in ("start", "end")
            }
            row |= {k: t[k] for k in ("indicator", "status")}
            row |= {"value": head["text"], "unit": head["value"]["unit"], "bound": head["value"]["bound"]}
            row |= {k: v and Decimal(v) for k in ("amount", "low", "high") for v in [head["value"][k]]}
            row |= {k: [spans[i]["text"] for i in t[k]] for k in ("org", "industry", "mechanism")}
            row |= {k: spans[t[k]]["text"] if t[k] else None for k in ("region", "growth", "filter")}
            growth = (spans[t["growth"]]["value"] if t["growth"] else None) or {"amount": None, "unit": None}
            row |= {"growth_amount": growth["amount"] and Decimal(growth["amount"]), "growth_unit": growth["unit"]}
            period = t["period"] or {"text": None, "from": None, "to": None}
            row |= {k: period[k] and date.fromisoformat(period[k]) for k in ("from", "to")} | {"period": period["text"]}
            wanted.append(row)
    assert len(wanted) > 150
    return wanted


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_indicator_has_a_name_of_its_own() -> None:
    assert tuple(INDICATOR_NAMES) == INDICATORS
    assert len(set(INDICATOR_NAMES.values())) == len(INDICATORS)


def test_columns_of_the_first_csv_keep_their_places() -> None:
    assert [c.name for c in CSV_COLUMNS][: len(FIRST_CSV)] == FIRST_CSV
    assert sorted(CSV_COLUMNS) == sorted(COLUMNS)
    assert len({c.name for c in COLUMNS}) == len({c.header for c in COLUMNS}) == len(COLUMNS)


def test_the_sentence_is_the_one_of_the_figure(documents: list[Document]) -> None:
    for document in documents:
        text = squeezed(document.text)
        for row in rows(document):
            assert row["value"] in row["sentence"]
            assert row["sentence"] in text
    (row,) = (r for r in rows(documents[0]) if r["value"] == "2217億元")
    assert row["sentence"] == "一季度,全區招商引資到位資金2217億元,同比增長38.8%;"
    assert row["indicator_name"] == "到位资金"


def test_parquet_holds_what_the_jsonl_holds(documents: list[Document]) -> None:
    table = parquet.read_table(written(ParquetWriter, [*documents, BAD]))
    *found, last = table.to_pylist()
    for row, wanted in zip(found, from_jsonl(documents), strict=True):
        texts = {k: squeezed(v) if isinstance(v, str) else v for k, v in wanted.items()}
        assert {k: row[k] for k in wanted} == texts
    assert {k: v for k, v in last.items() if v is not None} == {"id": BAD.id, "error": BAD.error}
    types = {name: str(table.schema.field(name).type) for name in ("amount", "from", "start", "score")}
    assert types == {"amount": "decimal128(38, 6)", "from": "date32[day]", "start": "int64", "score": "double"}


def test_amounts_add_up_in_pandas(documents: list[Document]) -> None:
    frame = pd.read_parquet(written(ParquetWriter, documents))
    money = sum(w["amount"] or 0 for w in from_jsonl(documents) if w["unit"] == "CNY")
    assert frame[frame.unit == "CNY"].amount.sum() == money > 10**12


def test_parquet_is_written_in_groups(documents: list[Document]) -> None:
    file = parquet.ParquetFile(written(lambda f: ParquetWriter(f, group=50), documents))
    assert {file.metadata.row_group(n).num_rows for n in range(file.num_row_groups - 1)} == {50}
    assert file.read().to_pylist() == parquet.read_table(written(ParquetWriter, documents)).to_pylist()
    assert parquet.read_table(written(ParquetWriter, [])).num_rows == 0


def test_numbers_that_no_column_holds_are_said(documents: list[Document]) -> None:
    document = documents[0]
    heads = [t.head for t in document.tuples]
    large, fine = Decimal(10**40), Decimal("0.12345678")
    values = dict(zip(heads, (large, fine), strict=False))
    spans = (
        msgspec.structs.replace(s, value=msgspec.structs.replace(s.value, amount=values[s.id])) if s.id in values else s
        for s in document.spans
    )
    changed = msgspec.structs.replace(document, spans=tuple(spans))
    writer = ParquetWriter(file := io.BytesIO())
    writer.write(changed)
    (note,) = writer.close()
    assert "2 numbers do not fit" in note
    amounts = [r["amount"] for r in parquet.read_table(file).to_pylist()]
    assert amounts[:2] == [None, Decimal("0.123457")]
    cells = [r["amount"] for r in read_xlsx(written(XlsxWriter, [changed]))]
    assert cells[:2] == [1e40, 0.12345678]


def test_excel_holds_what_the_jsonl_holds(documents: list[Document]) -> None:
    *found, last = read_xlsx(written(XlsxWriter, [*documents, BAD]))
    for row, wanted in zip(found, from_jsonl(documents), strict=True):
        for name, value in wanted.items():
            cell = row[name]
            match value:
                case Decimal():
                    assert cell == pytest.approx(float(value), rel=1e-15)
                case date():
                    assert cell == datetime(value.year, value.month, value.day)
                case list():
                    assert cell == ("; ".join(map(squeezed, value)) or None)
                case str():
                    assert cell == squeezed(value)
                case _:
                    assert cell == value
    assert {k: v for k, v in last.items() if v is not None} == {"id": BAD.id, "error": BAD.error}


def test_excel_opens_with_filters_and_a_header_that_stays(documents: list[Document]) -> None:
    book = openpyxl.load_workbook(written(XlsxWriter, documents))
    (sheet,) = book.worksheets
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    amounts = next(c for c in sheet.iter_cols() if str(c[0].value).endswith("\namount"))
    assert {c.number_format for c in amounts[1:] if c.value is not None} == {"#,##0", "#,##0.0#####"}


def test_what_is_too_much_for_a_sheet_goes_on_in_the_next(documents: list[Document]) -> None:
    writer = XlsxWriter(file := io.BytesIO(), sheet_rows=11)
    for document in documents:
        writer.write(document)
    (note,) = writer.close()
    count = sum(len(d.tuples) for d in documents)
    assert f"they are on {-(-count // 10)} sheets" in note
    assert read_xlsx(file) == read_xlsx(written(XlsxWriter, documents))


@pytest.mark.parametrize("long", ["字" * 40_000, "a" + "𠀀" * 20_000])
def test_a_text_too_long_for_a_cell_is_cut_and_said(long: str) -> None:
    writer = XlsxWriter(file := io.BytesIO())
    writer.write(Unreadable(id="x", error=long))
    (note,) = writer.close()
    assert note.startswith("1 cells were longer")
    (row,) = read_xlsx(file)
    assert row["error"][-1] == "…"
    assert long.startswith(row["error"][:-1])
    assert CELL_UNITS - 1 <= len(row["error"].encode("utf-16-le")) / 2 <= CELL_UNITS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ODD, ODD), max_size=8))
def test_any_text_comes_back_and_none_is_a_formula(texts: list[tuple[str, str]]) -> None:
    texts.append((BAD.id, BAD.error))  # a last row that is empty would be no row in a sheet
    documents = [Unreadable(id=a, error=b) for a, b in texts]

    table = parquet.read_table(written(ParquetWriter, documents)).to_pylist()
    assert [(r["id"], r["error"]) for r in table] == texts

    file = written(XlsxWriter, documents)
    assert [(r["id"] or "", r["error"] or "") for r in read_xlsx(file)] == texts
    for line in openpyxl.load_workbook(file).active.iter_rows(min_row=2):
        assert all(cell.data_type in "sn" and cell.hyperlink is None for cell in line)
        assert all(cell.quotePrefix for cell in line if cell.value is not None and starts_formula(unescape(cell.value)))

    cells = [(r["id"], r["error"]) for r in read_csv(written(CsvWriter, documents))]
    assert not any(starts_formula(c) for pair in cells for c in pair if c[:1] != "'")
    assert [tuple(c[1:] if c[:1] == "'" and starts_formula(c[1:]) else c for c in pair) for pair in cells] == texts


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("\t1", "'\t1"),
        ("\r1", "'\r1"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("+10亿元", "'+10亿元"),
        ("-3.2%", "-3.2%"),
        ("－８％", "－８％"),
        ("a=b", "a=b"),
        ("'quoted", "'quoted"),
    ],
)
def test_an_apostrophe_only_where_a_spreadsheet_would_compute(text: str, cell: str) -> None:
    (row,) = read_csv(written(CsvWriter, [Unreadable(id="x", error=text)]))
    assert row["error"] == cell


def test_csv_holds_what_the_jsonl_holds(documents: list[Document]) -> None:
    found = read_csv(written(CsvWriter, documents))
    for row, wanted in zip(found, from_jsonl(documents), strict=True):
        assert row["value"] == squeezed(wanted["value"])
        assert row["amount"] == ("" if wanted["amount"] is None else str(wanted["amount"]))
        assert row["from"] == ("" if wanted["from"] is None else wanted["from"].isoformat())
        assert row["org"] == "; ".join(map(squeezed, wanted["org"]))
        assert (row["start"], row["score"]) == (str(wanted["start"]), f"{wanted['score']:.3f}")


def test_a_run_that_breaks_off_leaves_no_waiting_rows(
    tmp_path: Path, documents: list[Document], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for new in (ParquetWriter, XlsxWriter):
        with (tmp_path / "out").open("wb") as file:
            writer: Writer = new(file)
            writer.write(documents[0])
        del writer
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert capsys.readouterr().err == ""
