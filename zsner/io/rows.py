"""Tuples -> rows with plain columns: what CSV, Parquet and Excel have in common.

The columns are data, written once here with their kinds; each writer only knows how its format
holds a kind. A new column is a line in `COLUMNS` and a line in `rows`.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from zsner.document import Document, Span, Unreadable
from zsner.link.page import Page
from zsner.schema import INDICATOR_NAMES

Kind = Literal["text", "texts", "number", "probability", "date", "integer"]
Cell = str | tuple[str, ...] | Decimal | float | date | int | None
Row = dict[str, Cell]
"""Cells by name of column; a name that is missing is an empty cell."""


class Column(NamedTuple):
    """One column: `header` is what a person reads above it, `width` what it takes to read it."""

    name: str
    kind: Kind
    header: str
    width: int
    added: int = 0
    """0 for the columns of the first CSV; those of later versions stand behind them in a CSV."""


COLUMNS: Final = (
    Column("id", "text", "文章", 16),
    Column("indicator", "text", "指标代码", 18),
    Column("indicator_name", "text", "指标", 14, added=1),
    Column("status", "text", "状态", 8),
    Column("value", "text", "原文数值", 16),
    Column("amount", "number", "数值", 20),
    Column("low", "number", "下限", 20),
    Column("high", "number", "上限", 20),
    Column("unit", "text", "单位", 8),
    Column("bound", "text", "界限", 10),
    Column("region", "text", "原文地区", 14),
    Column("region_name", "text", "地区", 14),
    Column("period", "text", "原文时间", 14),
    Column("from", "date", "起", 12),
    Column("to", "date", "止", 12),
    Column("growth", "text", "原文增幅", 16),
    Column("growth_amount", "number", "增幅", 10),
    Column("growth_unit", "text", "增幅单位", 14),
    Column("org", "texts", "机构", 24),
    Column("industry", "texts", "产业", 24),
    Column("mechanism", "texts", "招商方式", 18),
    Column("filter", "text", "规模限定", 14),
    Column("score", "probability", "置信度", 8),
    Column("sentence", "text", "句子", 60, added=1),
    Column("region_code", "text", "行政区划代码", 10, added=1),
    Column("province", "text", "省份", 12, added=1),
    Column("same_as", "integer", "重复于", 10, added=1),
    Column("start", "integer", "起始位置", 10),
    Column("end", "integer", "结束位置", 10),
    Column("error", "text", "错误", 30),
)
"""In the order in which a person reads them."""

CSV_COLUMNS: Final = tuple(sorted(COLUMNS, key=lambda c: c.added))
"""The same in the order of their age: scripts that count columns of a CSV go on working."""

_JOINT: Final = "; "
# A spreadsheet takes a cell for a formula by its first character, in Chinese and Japanese settings
# by the full-width one too; a plain number is none. Apostrophes that are there already are passed
# over, so that taking one off gives back any text.
_FORMULA: Final = re.compile(r"'*(?![+\-＋－][\d.,．，]+[%％]?\Z)(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def rows(document: Document | Unreadable) -> Iterator[Row]:
    """One row a tuple; a document that could not be read is one row with its error."""
    if isinstance(document, Unreadable):
        yield {"id": document.id, "error": document.error}
        return
    if not document.tuples:
        return
    spans = {s.id: s for s in document.spans}
    page = Page(document)

    def texts(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one_line(spans[i].text) for i in ids)

    for t in document.tuples:
        head = spans[t.head]
        row: Row = {
            "id": document.id,
            "indicator": t.indicator,
            "indicator_name": INDICATOR_NAMES[t.indicator],
            "status": t.status,
            "value": one_line(head.text),
            "region": _first(texts(t.linked("region"))),
            "region_name": t.region_name,
            "region_code": t.region_code,
            "province": t.region_chain[0] if t.region_chain else None,
            "org": texts(t.org),
            "industry": texts(t.industry),
            "mechanism": texts(t.mechanism),
            "filter": _first(texts(t.linked("filter"))),
            "score": t.score,
            "sentence": _sentence(document.text, page, head),
            # The start of the row that states it more fully: sums take the rows where this is empty.
            "same_as": None if t.same_as is None else spans[t.same_as].start,
            "start": head.start,
            "end": head.end,
        }
        if (v := head.value) is not None:
            row |= {"amount": v.amount, "low": v.low, "high": v.high, "unit": v.unit, "bound": v.bound}
        if (p := t.period) is not None:
            row |= {"period": one_line(p.text), "from": _day(p.from_), "to": _day(p.to)}
        if t.growth is not None:
            row["growth"] = one_line(spans[t.growth].text)
            if (g := spans[t.growth].value) is not None:
                row |= {"growth_amount": g.amount, "growth_unit": g.unit}
        yield row


def as_text(cell: Cell) -> str:
    """A cell as plain text: a list is joined, a probability has three decimals, None is empty."""
    match cell:
        case None:
            return ""
        case tuple():
            return _JOINT.join(cell)
        case float():
            return f"{cell:.3f}"
        case _:
            return str(cell)


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet that opens a CSV might compute this text instead of showing it."""
    return _FORMULA.match(text) is not None


def csv_text(cell: Cell) -> str:
    """A cell as it stands in a CSV: text that would start a formula has an apostrophe before it.

    The articles are strangers' pages, so their text must not run in whoever's spreadsheet opens
    the CSV. Numbers and dates are written as they are, and so is text that is a plain number
    (`-3.2%`). Whoever needs the text as it was takes one apostrophe off where `starts_formula`
    holds for the rest.
    """
    text = as_text(cell)
    return "'" + text if isinstance(cell, str | tuple) and starts_formula(text) else text


def one_line(text: str) -> str:
    """The text without line breaks and runs of blanks."""
    return " ".join(text.split())


def _first(texts: tuple[str, ...]) -> str | None:
    return texts[0] if texts else None


def _day(iso: str | None) -> date | None:
    return None if iso is None else date.fromisoformat(iso)


def _sentence(text: str, page: Page, head: Span) -> str:
    """The sentence that the figure stands in, the same one within which it was linked."""
    folded = page.folded
    sentence = page.sentence_at(folded.from_raw(head.start, head.end)[0])
    if sentence.end == sentence.start:
        return ""
    start, end = folded.to_raw(sentence.start, sentence.end)
    return one_line(text[start:end])
