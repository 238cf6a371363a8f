"""How far a span's confidence can be believed: expected calibration error, temperature."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from zsner.document import Document

BINS: Final = 10


class Bin(NamedTuple):
    """Spans of one stretch of confidence: how many, their mean confidence, the share that is right."""

    spans: int
    confidence: float
    accuracy: float


def outcomes(pairs: Iterable[tuple[Document, Document]]) -> tuple[list[float], list[bool]]:
    """(gold, predicted) documents -> confidence of every predicted span, and whether it is right
    (type and both boundaries)."""
    scores, right = list[float](), list[bool]()
    for gold, found in pairs:
        wanted = {(s.type, s.start, s.end) for s in gold.spans}
        for span in found.spans:
            scores.append(1.0 if span.score is None else span.score)
            right.append((span.type, span.start, span.end) in wanted)
    return scores, right


def bins(scores: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Spans by confidence, in `BINS` stretches of equal width; empty ones are left out."""
    place = np.minimum((np.asarray(scores) * BINS).astype(int), BINS - 1)
    confidence, accuracy = np.asarray(scores, dtype=float), np.asarray(right, dtype=float)
    return [
        Bin(int(inside.sum()), float(confidence[inside].mean()), float(accuracy[inside].mean()))
        for b in range(BINS)
        if (inside := place == b).any()
    ]


def ece(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of confidence from accuracy
    over the bins, weighted by their spans; 0 for no spans."""
    total = len(scores)
    return sum(b.spans * abs(b.confidence - b.accuracy) for b in bins(scores, right)) / total if total else 0.0
