"""Documents -> JSONL, CSV, a table for people; outputs are written aside and renamed.

Parquet and Excel are in `tables.py`.
"""

import csv
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from zsner.document import Document, MetricTuple, Quantity, Reason, Span, Unreadable, to_json
from zsner.io.rows import CSV_COLUMNS, csv_text, one_line, rows

if TYPE_CHECKING:
    from rich.table import Table

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

    def close(self) -> tuple[str, ...]:
        """Finish; what the user should know of what did not fit the format."""
        ...


class JsonlWriter:
    """One JSON object a line, by the output format."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def write(self, document: Document | Unreadable) -> None:
        self.file.write(to_json(document) + b"\n")

    def close(self) -> tuple[str, ...]:
        """Nothing is held back."""
        return ()


class CsvWriter:
    """One row a tuple, UTF-8; a document that could not be read is a row with its error."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._row([c.name for c in CSV_COLUMNS])

    def write(self, document: Document | Unreadable) -> None:
        for row in rows(document):
            self._row([csv_text(row.get(c.name)) for c in CSV_COLUMNS])

    def close(self) -> tuple[str, ...]:
        """Nothing is held back."""
        return ()

    def _row(self, cells: list[str]) -> None:
        # csv writes text; one row at a time keeps memory constant. It quotes what is in its line end:
        # a bare \r in a cell would begin a new row in a spreadsheet.
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow(cells)
        self.file.write((text.getvalue().removesuffix("\r\n") + "\n").encode("utf-8"))


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
        if any(t.reasons for t in document.tuples):
            self.console.print()
            self.console.print(_reasons(document))
        self.console.print()

    def close(self) -> tuple[str, ...]:
        """Let go of the byte stream, which the caller owns."""
        self.text.detach()
        return ()

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
            return escape("、".join(one_line(spans[i].text) for i in ids))

        for t in document.tuples:
            head = spans[t.head]
            size = f" ({texts(t.linked('filter'))})" if t.filter else ""
            table.add_row(
                t.indicator,
                escape(one_line(head.text)) + size,
                readable(head),
                escape(t.region_name or "") or texts(t.linked("region")),
                escape(readable_period(t)),
                readable(spans[t.growth]) if t.growth else "",
                texts(t.industry),
                texts(t.mechanism),
                texts(t.org),
                t.status,
                "" if t.score is None else f"{t.score:.2f}",
            )
        return table


def _reasons(document: Document) -> "Table":
    """A section a figure, a row a slot: what was taken, how sure, who decided, on what evidence."""
    from rich.markup import escape
    from rich.table import Table

    spans = {s.id: s for s in document.spans}
    table = Table(show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
    for name in ("figure", "slot", "taken", "conf", "decided by", "evidence"):
        table.add_column(name, overflow="fold", justify="right" if name == "conf" else "left")
    for t in document.tuples:
        figure = one_line(spans[t.head].text)
        for slot, reason in (t.reasons or {}).items():
            sure = t.slot_scores.get(slot)
            table.add_row(
                escape(figure),
                slot,
                escape(_taken(t, slot, spans)),
                "" if sure is None else f"{sure:.2f}",
                escape(_decided(reason)),
                escape(reason.evidence),
            )
            figure = ""
        table.add_section()
    return table


def _taken(t: MetricTuple, slot: str, spans: dict[str, Span]) -> str:
    if slot in ("indicator", "status"):
        return str(getattr(t, slot))
    if slot == "period":
        return "" if t.period is None else t.period.text
    return "、".join(one_line(spans[i].text) for i in t.linked(slot))  # type: ignore[arg-type]  # the rest are slots


def _decided(reason: Reason) -> str:
    """`rule region_left`; `scorer, as rule region_left`; `scorer, not 衡南县 (region_left)`."""
    if reason.by == "rule":
        return f"rule {reason.rule}" if reason.rule else "rule"
    if reason.instead is None:
        return f"scorer, as rule {reason.rule}" if reason.rule else "scorer, as the rules"
    return f"scorer, not {reason.instead or 'nothing'}" + (f" ({reason.rule})" if reason.rule else "")


def _title(text: str) -> str:
    """The line at the top that reads most like a title; breadcrumbs and furniture are passed over."""
    lines = [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line][:12]
    likely = (line for line in lines if len(line) >= 10 and not re.search("[>|:：【]|首页|首頁", line))
    return next(likely, lines[0] if lines else "")[:48]


def readable_period(t: MetricTuple) -> str:
    """A figure's period for people: `一季度 (2023-01-01..2023-03-31)`; "" where it has none."""
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
