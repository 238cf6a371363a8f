"""Tables that a page has flattened: which column and which row a value stands in.

A flattened table is a block of lines, one cell a line, for its header, and blocks of as many lines
for its rows; or lines whose cells are parted by tabs, bars or wide gaps.
"""

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from zsner.link.page import Item, Page
from zsner.schema import VALUE_TYPES

_MIN_COLUMNS: Final = 3
_CELL: Final = 26
_NAME: Final = 14
_GAP: Final = re.compile(r"\t+|\s*[|｜]\s*|\s{2,}")


class Cell(NamedTuple):
    """Where a value stands: the text of its column's header, and the spans of its row."""

    header: str
    row: tuple[Item, ...]


class _Row(NamedTuple):
    cells: tuple[tuple[int, int], ...]


def find_cells(page: Page) -> dict[str, Cell]:
    """Span id -> its cell, for the value spans that stand in a table."""
    found: dict[str, Cell] = {}
    starts = [i.start for i in page.items]
    for rows in (_blocks(page), _gapped(page)):
        header: _Row | None = None
        for row in rows:
            low, high = row.cells[0][0], row.cells[-1][1]
            items = page.items[bisect_left(starts, low) : bisect_left(starts, high)]
            if not any(i.type in VALUE_TYPES for i in items):
                header = row if _names_columns(page, row) else None
                continue
            if header is None or not 0 <= len(row.cells) - len(header.cells) <= 1:
                continue
            columns = zip(row.cells[len(row.cells) - len(header.cells) :], header.cells, strict=True)
            for (start, end), (left, right) in columns:
                for item in items:
                    fills = 2 * (item.end - item.start) >= len(page.text[start:end].strip())
                    if item.type in VALUE_TYPES and start <= item.start < end and fills:
                        found[item.id] = Cell(page.text[left:right], items)
    return found


def _names_columns(page: Page, row: _Row) -> bool:
    """Whether a row without values reads as a header."""
    cells = [page.text[start:end].strip() for start, end in row.cells]
    return all(len(c) <= _NAME and not re.search("[，。：；]", c) for c in cells)


def _blocks(page: Page) -> list[_Row]:
    """Runs of short lines between empty ones."""
    rows: list[_Row] = []
    run: list[tuple[int, int]] = []
    for line in [*page.lines, None]:
        text = "" if line is None else page.text[line.start : line.end].strip()
        if line is not None and text and len(text) <= _CELL and "。" not in text:
            run.append((line.start, line.end))
            continue
        if len(run) >= _MIN_COLUMNS:
            rows.append(_Row(tuple(run)))
        run = []
    return rows


def _gapped(page: Page) -> list[_Row]:
    """Lines of several short cells."""
    rows = []
    for line in page.lines:
        text = "".join("\t" if i in page.tabs else page.text[i] for i in range(line.start, line.end))
        cuts = [m.span() for m in _GAP.finditer(text.rstrip())]
        cuts = [c for c in cuts if c[0] > 0]
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(text)]
        cells = [(line.start + s, line.start + e) for s, e in zip(starts, ends, strict=True)]
        if len(cells) >= _MIN_COLUMNS and all(e - s <= _CELL for s, e in cells):
            rows.append(_Row(tuple(cells)))
    return rows
