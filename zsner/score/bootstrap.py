"""Confidence intervals by bootstrap: how far a score would move with other articles."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from zsner.document import Document
from zsner.schema import SPAN_TYPES
from zsner.text import sentence_ranges

Unit = Literal["article", "sentence"]
_Row = Sequence[tuple[int, int, int]]
DRAWS: Final = 2000
SEED: Final = 2026


FEW: Final = 10
"""So few articles cannot be resampled as articles."""


class IntervalTally:
    """Strict counts of spans by article and, while these are few, by sentence."""

    def __init__(self) -> None:
        self._articles: list[_Row] = []
        self._sentences: list[_Row] = []

    def add(self, gold: Document, found: Document) -> None:
        """Count one article."""
        self._articles.extend(_counts(gold, found, "article"))
        if len(self._articles) < FEW:
            self._sentences.extend(_counts(gold, found, "sentence"))

    @property
    def unit(self) -> Unit:
        """What is resampled: sentences where articles are too few."""
        return "article" if len(self._articles) >= FEW else "sentence"

    def intervals(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Interval of the strict F1 of each type and `micro`, by resampling whole articles (Efron
        1979), or sentences: narrower, because sentences of one article are alike."""
        return _intervals(self._articles if self.unit == "article" else self._sentences, level)


def _intervals(rows: Sequence[_Row], level: float) -> dict[str, tuple[float, float]]:
    counts = np.array(rows, dtype=float)
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


def _counts(gold: Document, found: Document, unit: Unit) -> Sequence[_Row]:
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
