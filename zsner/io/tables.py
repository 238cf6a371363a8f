"""Documents -> Parquet and Excel, a row a tuple (extra `tables`).

Both libraries are imported by the writer that uses them, so that no other command pays for them.
pyarrow is what everything that reads Parquet is tested against, and the training extra brings it
anyway. XlsxWriter rather than openpyxl: it is maintained, a fifth of a megabyte, BSD, without
dependencies, writes row by row to disk, and its typed methods guess nothing about a text.
"""

from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from zsner.document import Document, Unreadable
from zsner.io.rows import COLUMNS, Column, Row, as_text, rows, starts_formula

# ------------------------------------------------------------------------- Parquet

_DIGITS: Final = 38
_DECIMALS: Final = 6
_EXACT: Final = Context(prec=_DIGITS)
_LAST_PLACE: Final = Decimal(1).scaleb(-_DECIMALS)
_GROUP: Final = 20_000
"""Rows in a row group: some megabytes in memory, large enough for a reader to skip by."""


class ParquetWriter:
    """Typed columns: amounts are decimal128(38, 6), which adds up without error in any reader."""

    def __init__(self, file: IO[bytes], group: int = _GROUP) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        class Sink(parquet.ParquetWriter):  # type: ignore[misc]  # pyarrow has no types
            def __del__(self) -> None:
                """When a run breaks off the file is closed and thrown away: nothing to finish."""

        types = {
            "text": pa.string(),
            "texts": pa.list_(pa.string()),
            "number": pa.decimal128(_DIGITS, _DECIMALS),
            "probability": pa.float64(),
            "date": pa.date32(),
            "integer": pa.int64(),
        }
        self.schema = pa.schema([(c.name, types[c.kind]) for c in COLUMNS])
        self.group = group
        self._table: Callable[..., Any] = pa.Table.from_pylist
        self._sink: Any = Sink(file, self.schema, compression="zstd")
        self._held: list[Row] = []
        self._unfit = 0

    def write(self, document: Document | Unreadable) -> None:
        for row in rows(document):
            self._held.append({c.name: self._fitted(row.get(c.name)) for c in COLUMNS})
            if len(self._held) >= self.group:
                self._flush()

    def close(self) -> tuple[str, ...]:
        """Write what is held back, and the foot without which the file is none."""
        if self._held:
            self._flush()
        self._sink.close()
        if not self._unfit:
            return ()
        return (
            f"{self._unfit} numbers do not fit decimal({_DIGITS}, {_DECIMALS}): those with more decimals are "
            "rounded, those too large are empty; `value` and `growth` have them as written",
        )

    def _flush(self) -> None:
        self._sink.write_table(self._table(self._held, schema=self.schema))
        self._held = []

    def _fitted(self, cell: Any) -> Any:
        if not isinstance(cell, Decimal):
            return cell
        try:
            fitted = cell.quantize(_LAST_PLACE, context=_EXACT)
        except InvalidOperation:  # too large for the column: left empty, counted, and told at the end
            self._unfit += 1
            return None
        self._unfit += fitted != cell
        return fitted


# --------------------------------------------------------------------------- Excel

SHEET_ROWS: Final = 1_048_576
CELL_UNITS: Final = 32_767
"""What a sheet and a cell hold at most; Excel counts UTF-16 units. More makes a file it calls corrupt."""

_FIRST_DAY: Final = date(1900, 3, 1)
"""Excel has a 29 February 1900, so that days before March 1900 differ between programs."""

_LARGEST: Final = Decimal("9.99e307")


class XlsxWriter:
    """A sheet for people: header that stays, filters, numbers and dates as such, text as text.

    Numbers have the fifteen digits that Excel computes with. What does not fit a sheet goes on in
    the next one.
    """

    def __init__(self, file: IO[bytes], sheet_rows: int = SHEET_ROWS) -> None:
        from xlsxwriter import Workbook

        self.file = file
        # Rows and book wait here on disk; unlike the library's own files they also go when a run
        # breaks off, and a pipe that ends early is no error of the library's own kind.
        self._aside = TemporaryDirectory(prefix="zsner-")
        self._place = Path(self._aside.name) / "book.xlsx"
        # ZIP64 is used only above 4 GB, where the other choice is to lose the run.
        options = {"constant_memory": True, "tmpdir": self._aside.name, "use_zip64": True}
        self._book = Workbook(self._place, options)
        self.sheet_rows = sheet_rows
        self._header = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._whole = self._book.add_format({"num_format": "#,##0"})
        self._broken = self._book.add_format({"num_format": "#,##0.0#####"})
        self._share = self._book.add_format({"num_format": "0.000"})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        # Else a cell with =1+1 becomes a formula as soon as somebody edits it.
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._cut = 0
        self._add_sheet()

    def write(self, document: Document | Unreadable) -> None:
        for row in rows(document):
            if self._line == self.sheet_rows:
                self._end_sheet()
                self._add_sheet()
            for place, column in enumerate(COLUMNS):
                self._cell(place, column, row)
            self._line += 1

    def close(self) -> tuple[str, ...]:
        """Put the file together."""
        self._end_sheet()
        self._book.close()
        with self._place.open("rb") as book:
            copyfileobj(book, self.file)
        self._aside.cleanup()
        notes = []
        if (sheets := len(self._book.worksheets())) > 1:
            notes.append(f"more figures than a sheet holds ({self.sheet_rows:,} rows): they are on {sheets} sheets")
        if self._cut:
            notes.append(f"{self._cut} cells were longer than Excel's {CELL_UNITS:,} characters and end with …")
        return tuple(notes)

    def _add_sheet(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet: Any = self._book.add_worksheet("figures" if number == 1 else f"figures {number}")
        self._sheet.set_row(0, 32)
        for place, column in enumerate(COLUMNS):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, f"{column.header}\n{column.name}", self._header)
        self._sheet.freeze_panes(1, 0)
        self._sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # no green corner on a bare `87`
        self._line = 1

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._line - 1, len(COLUMNS) - 1)

    def _cell(self, place: int, column: Column, row: Row) -> None:
        # Never `write`, which takes text for formulas, links and numbers by its look.
        match row.get(column.name):
            case None | () | "":
                pass
            case Decimal() as number if abs(number) <= _LARGEST:
                whole = number == number.to_integral_value()
                self._sheet.write_number(self._line, place, float(number), self._whole if whole else self._broken)
            case float() as share:
                self._sheet.write_number(self._line, place, share, self._share)
            case int() as offset:
                self._sheet.write_number(self._line, place, offset)
            case date() as day if day >= _FIRST_DAY:
                self._sheet.write_datetime(self._line, place, day, self._date)
            case cell:
                text = self._fitted(as_text(cell))
                self._sheet.write_string(self._line, place, text, self._quoted if starts_formula(text) else None)

    def _fitted(self, text: str) -> str:
        units = text.encode("utf-16-le")
        if len(units) <= 2 * CELL_UNITS:
            return text
        self._cut += 1
        # "ignore" drops half a character at the cut.
        return units[: 2 * (CELL_UNITS - 1)].decode("utf-16-le", "ignore") + "…"
