"""Counts by unit of resampling: (gold, found, right) of each article or sentence, row by row.

Sums of these give every F1, so that resampling is a product of matrices and nothing is scored anew.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from zsner.document import Document
from zsner.schema import SPAN_TYPES
from zsner.score.spans import span_keys
from zsner.score.tuples import TUPLE_ROWS, Counts, tuple_counts
from zsner.text import sentence_ranges

Unit = Literal["article", "sentence"]
Pairs = Iterable[tuple[Document, Document]]
Array = NDArray[np.float64]

SPAN_UNIT_ROWS: Final = (*SPAN_TYPES, "micro")

ROWS: Final = (*(f"span.{row}" for row in SPAN_UNIT_ROWS), *(f"tuple.{row}" for row in TUPLE_ROWS))

FEW: Final = 10
"""So few articles cannot be resampled as articles."""


def unit_of(articles: int) -> Unit:
    """Articles, or sentences where there are fewer than `FEW` articles."""
    return "article" if articles >= FEW else "sentence"


def span_units(pairs: Pairs, unit: Unit) -> Array:
    """(gold, predicted) documents -> counts [unit, row of `SPAN_UNIT_ROWS`, (gold, found, right)].

    A span is counted in the sentence it starts in."""
    return _by_unit(pairs, unit, SPAN_UNIT_ROWS, _span_counts)


def tuple_units(pairs: Pairs, unit: Unit) -> Array:
    """(gold, predicted) documents -> counts [unit, row of `TUPLE_ROWS`, (gold, found, right)].

    A figure and its links are counted in the sentence its head starts in."""
    return _by_unit(pairs, unit, TUPLE_ROWS, tuple_counts)


def counts_by_unit(pairs: Pairs, unit: Unit) -> Array:
    """(gold, predicted) documents -> counts [unit, row of `ROWS`, (gold, found, right)]."""
    pairs = list(pairs)
    return np.concatenate([span_units(pairs, unit), tuple_units(pairs, unit)], axis=1)


def f1(counts: Array) -> Array:
    """Counts [..., (gold, found, right)] -> F1 [...]; 0 where nothing is gold or found."""
    right, total = counts[..., 2], counts[..., 0] + counts[..., 1]
    return np.divide(2 * right, total, out=np.zeros_like(right), where=total > 0)


def _span_counts(gold: Document, found: Document) -> Iterator[tuple[int, str, Counts]]:
    wanted, got = span_keys(gold), span_keys(found)
    for span in wanted | got:
        counts = (span in wanted, span in got, span in wanted and span in got)
        for row in (span[0], "micro"):
            yield span[1], row, counts


def _by_unit(
    pairs: Pairs,
    unit: Unit,
    rows: Sequence[str],
    counted: Callable[[Document, Document], Iterator[tuple[int, str, Counts]]],
) -> Array:
    """Counts of the documents one below the other; `counted` gives place, row and counts."""
    place = {row: n for n, row in enumerate(rows)}
    blocks = [np.zeros((0, len(rows), 3))]
    for gold, found in pairs:
        starts = [start for start, _ in sentence_ranges(gold.text)] if unit == "sentence" else [0]
        block = np.zeros((len(starts), len(rows), 3))
        for start, row, counts in counted(gold, found):
            block[max(0, bisect_right(starts, start) - 1), place[row]] += counts
        blocks.append(block)
    return np.concatenate(blocks)
