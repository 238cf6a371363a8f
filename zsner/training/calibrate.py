"""Fit the temperature that makes span confidences true (Guo et al. 2017)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from zsner import bio
from zsner.document import Document
from zsner.model.tagger import Tagger
from zsner.score.calibration import ece
from zsner.text import fold

_CANDIDATES: Final = tuple(round(0.7 + 0.05 * i, 2) for i in range(57))


def fit_temperature(tagger: Tagger, documents: Sequence[Document]) -> tuple[float, float]:
    """(temperature, ECE with it) of a tagger on gold documents: the temperature with the least
    negative log-likelihood of predicted spans being right. Which spans are predicted does not
    depend on it."""
    lines: list[tuple[bio.Floats, list[bio.Tagged]]] = []
    right: list[bool] = []
    for document in documents:
        folded = fold(document.text)
        gold = {(s.type, *folded.from_raw(s.start, s.end)) for s in document.spans}
        log_probs = tagger.log_probs(folded.text)
        start = 0
        for line in folded.text.split("\n"):
            part = log_probs[start : start + len(line)]
            spans = bio.decode(bio.viterbi(part))
            lines.append((part, spans))
            right += [(s.type, s.start + start, s.end + start) in gold for s in spans]
            start += len(line) + 1
    if not right:
        return 1.0, 0.0

    def scores(temperature: float) -> list[float]:
        return [s.score for part, spans in lines for s in bio.score_spans(bio.log_softmax(part / temperature), spans)]

    def loss(temperature: float) -> float:
        likely = np.where(right, scores(temperature), 1 - np.asarray(scores(temperature)))
        return float(-np.log(np.maximum(likely, 1e-4)).mean())

    best = min(_CANDIDATES, key=loss)
    return best, ece(scores(best), right)
