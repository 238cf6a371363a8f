"""Confidence intervals by bootstrap: how far a score would move with other articles."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import numpy as np

from zsner.document import Document
from zsner.schema import SPAN_TYPES
from zsner.text import sentence_ranges

Unit = Literal["article", "sentence"]
DRAWS: Final = 2000
SEED: Final = 2026


def span_intervals(
    pairs: Iterable[tuple[Document, Document]], unit: Unit = "article", level: float = 0.95
) -> dict[str, tuple[float, float]]:
    """(gold, predicted) documents -> interval of the strict F1 of each type and `micro`, by
    resampling whole articles (Efron 1979), or sentences where articles are too few to resample:
    narrower, because sentences of one article are alike."""
    counts = np.array([row for pair in pairs for row in _counts(*pair, unit)], dtype=float)
    if not len(counts):
        return {}
    chosen = np.random.default_rng(SEED).integers(len(counts), size=(DRAWS, len(counts)))
    # Draws one by one: all at once would hold draws x units x types x 3 numbers.
    sums = np.stack([counts[draw].sum(axis=0) for draw in chosen])
    sums = np.concatenate([sums, sums.sum(axis=1, keepdims=True)], axis=1)
    right, total = sums[..., 0], sums[..., 1] + sums[..., 2]
    f1 = np.divide(2 * right, total, out=np.zeros_like(right), where=total > 0)
    low, high = np.quantile(f1, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return {t: (round(float(low[i]), 4), round(float(high[i]), 4)) for i, t in enumerate((*SPAN_TYPES, "micro"))}


def _counts(gold: Document, found: Document, unit: Unit) -> Sequence[Sequence[tuple[int, int, int]]]:
    """(right, gold, found) by unit and type."""
    starts = [start for start, _ in sentence_ranges(gold.text)] if unit == "sentence" else [0]
    rows = [[[0, 0, 0] for _ in SPAN_TYPES] for _ in starts]
    wanted = {(s.type, s.start, s.end) for s in gold.spans}
    got = {(s.type, s.start, s.end) for s in found.spans}
    for column, spans in enumerate((wanted & got, wanted, got)):
        for kind, start, _ in spans:
            place = max(0, bisect_right(starts, start) - 1)
            rows[place][SPAN_TYPES.index(kind)][column] += 1
    return [[(r, g, f) for r, g, f in row] for row in rows]
