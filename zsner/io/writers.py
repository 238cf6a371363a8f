"""Documents -> JSONL, CSV, a table for people; outputs are written aside and renamed."""

import csv
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from zsner.document import Document, MetricTuple, Quantity, Span, Unreadable, to_json

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS: Final = (
    "id", "indicator", "status", "value", "amount", "low", "high", "unit", "bound", "region", "region_name",
    "period", "from", "to", "growth", "growth_amount", "growth_unit", "org", "industry", "mechanism", "filter",
    "score", "start", "end", "error", "region_code", "province",
)  # fmt: skip
_BOUNDS: Final = {
    "exact": "",
    "range": "",
    "about": "≈ ",
    "at_least": "≥ ",
    "more_than": "> ",
    "at_most": "≤ ",
    "less_than": "< ",
}


@contextmanager
def opened(path: Path | None) -> Iterator[IO[bytes]]:
    """Standard output for None; else a file that appears under its name only when it is whole."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    aside = path.with_name(path.name + ".partial")
    with aside.open("wb") as file:
        yield file
    aside.replace(path)


class Writer(Protocol):
    """What takes documents one by one."""

    def write(self, document: Document | Unreadable) -> None: ...

    def close(self) -> None: ...


class JsonlWriter:
    """One JSON object a line, by the output format."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def write(self, document: Document | Unreadable) -> None:
        self.file.write(to_json(document) + b"\n")

    def close(self) -> None:
        """Nothing is held back."""


class CsvWriter:
    """One row a tuple, UTF-8; a document that could not be read is a row with its error."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._row(dict(zip(COLUMNS, COLUMNS, strict=True)))

    def write(self, document: Document | Unreadable) -> None:
        if isinstance(document, Unreadable):
            self._row({"id": document.id, "error": document.error})
            return
        for row in rows(document):
            self._row(row)

    def close(self) -> None:
        """Nothing is held back."""

    def _row(self, row: dict[str, str]) -> None:
        # csv writes text; one row at a time keeps memory constant.
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([row.get(c, "") for c in COLUMNS])
        self.file.write(text.getvalue().encode("utf-8"))


def rows(document: Document) -> Iterator[dict[str, str]]:
    """One flat row a tuple: the columns of the CSV."""
    spans = {s.id: s for s in document.spans}

    def texts(ids: tuple[str, ...]) -> str:
        return "; ".join(_one_line(spans[i].text) for i in ids)

    for t in document.tuples:
        head = spans[t.head]
        row = {
            "id": document.id,
            "indicator": t.indicator,
            "status": t.status,
            "value": _one_line(head.text),
            "region": texts(t.linked("region")),
            "region_name": t.region_name or "",
            "region_code": t.region_code or "",
            "province": t.region_chain[0] if t.region_chain else "",
            "org": texts(t.org),
            "industry": texts(t.industry),
            "mechanism": texts(t.mechanism),
            "filter": texts(t.linked("filter")),
            "score": "" if t.score is None else f"{t.score:.3f}",
            "start": str(head.start),
            "end": str(head.end),
        }
        if (v := head.value) is not None:
            row |= {"amount": _text(v.amount), "unit": v.unit, "bound": v.bound}
            row |= {"low": _text(v.low), "high": _text(v.high)}
        if t.period is not None:
            row |= {"period": t.period.text, "from": t.period.from_ or "", "to": t.period.to or ""}
        if t.growth is not None:
            row["growth"] = _one_line(spans[t.growth].text)
            if (g := spans[t.growth].value) is not None:
                row |= {"growth_amount": _text(g.amount), "growth_unit": g.unit}
        yield row


def _text(number: Decimal | None) -> str:
    return "" if number is None else str(number)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class TableWriter:
    """A table an article, for people."""

    def __init__(self, file: IO[bytes]) -> None:
        from rich.console import Console  # here, because JSONL and CSV should not pay for it

        terminal = file is sys.stdout.buffer and sys.stdout.isatty()
        # UTF-8 whatever the locale says. Off a terminal no width is known: wide enough to read.
        self.text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        self.console = Console(width=None if terminal else 200, file=self.text, force_terminal=terminal)

    def write(self, document: Document | Unreadable) -> None:
        from rich.markup import escape

        if isinstance(document, Unreadable):
            self.console.print(f"[bold red]{escape(document.id)}[/]: {escape(document.error)}\n", highlight=False)
            return
        heading = f"[bold]{escape(document.id)}[/]  {escape(_title(document.text))}"
        if document.encoding:
            heading += f"  ·  [bold red]read as {document.encoding}, a guess[/]"
        if document.home_region:
            heading += f"  ·  {escape(document.home_region)}"
        self.console.print(
            f"{heading}  ·  {len(document.spans)} spans, {len(document.tuples)} figures", highlight=False
        )
        if document.tuples:
            self.console.print(self._table(document))
        self.console.print()

    def close(self) -> None:
        """Let go of the byte stream, which the caller owns."""
        self.text.detach()

    def _table(self, document: Document) -> "Table":
        from rich.markup import escape
        from rich.table import Table

        spans = {s.id: s for s in document.spans}
        table = Table(show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
        for name in ("indicator", "as written", "value", "region", "period", "growth", "industry", "mechanism", "org"):
            table.add_column(name, overflow="fold", no_wrap=name == "indicator")
        table.add_column("status")
        table.add_column("conf", justify="right")

        def texts(ids: tuple[str, ...]) -> str:
            return escape("、".join(_one_line(spans[i].text) for i in ids))

        for t in document.tuples:
            head = spans[t.head]
            size = f" ({texts(t.linked('filter'))})" if t.filter else ""
            table.add_row(
                t.indicator,
                escape(_one_line(head.text)) + size,
                readable(head),
                escape(t.region_name or "") or texts(t.linked("region")),
                escape(_period(t)),
                readable(spans[t.growth]) if t.growth else "",
                texts(t.industry),
                texts(t.mechanism),
                texts(t.org),
                t.status,
                "" if t.score is None else f"{t.score:.2f}",
            )
        return table


def _title(text: str) -> str:
    """The line at the top that reads most like a title; breadcrumbs and furniture are passed over."""
    lines = [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line][:12]
    likely = (line for line in lines if len(line) >= 10 and not re.search("[>|:：【]|首页|首頁", line))
    return next(likely, lines[0] if lines else "")[:48]


def _period(t: MetricTuple) -> str:
    if t.period is None:
        return ""
    dates = [d or "" for d in (t.period.from_, t.period.to)]
    return f"{t.period.text} ({'..'.join(dates)})" if any(dates) else t.period.text


def readable(span: Span) -> str:
    """A span's value for people: `≥ 221.7 bn CNY`, `+38.8 %`."""
    if span.value is None:
        return span.value_error or ""
    v: Quantity = span.value
    ends = [n for n in ((v.low, v.high) if v.amount is None else (v.amount,)) if n is not None]
    sign = "+" if ends[0] > 0 else ""
    money = len(v.unit) == 3 and v.unit.isascii()
    if v.unit == "ratio":
        scale, unit = Decimal("0.01"), " %"
    elif money:
        scale, unit = (Decimal(10**9), f" bn {v.unit}") if abs(ends[-1]) >= 10**9 else (Decimal(10**6), f" m {v.unit}")
    else:
        scale, unit = Decimal(1), {"percentage_point": " pp", "multiple": " ×"}.get(v.unit, f" {v.unit}")
    if v.unit not in ("ratio", "percentage_point"):
        sign = ""
    return _BOUNDS[v.bound] + sign + "–".join(_plain(n / scale) for n in ends) + unit


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
