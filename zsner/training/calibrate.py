"""Make span confidences true (temperature, Guo et al. 2017), and find the one worth keeping a span for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zsner import bio
from zsner.document import Document
from zsner.model.tagger import Tagger
from zsner.score.calibration import ece
from zsner.text import fold

_TEMPERATURES: Final = tuple(round(0.7 + 0.05 * i, 2) for i in range(57))
_THRESHOLDS: Final = tuple(round(0.05 * i, 2) for i in range(16))


class Calibration(NamedTuple):
    """What dev says of span confidences: temperature, the confidence below which a span is better
    left out, and with both the expected calibration error and the strict micro-F1."""

    temperature: float
    threshold: float
    ece: float
    f1: float


def calibrate(tagger: Tagger, documents: Sequence[Document]) -> Calibration:
    """Fit to gold documents: the temperature with the least negative log-likelihood of predicted
    spans being right (which spans are predicted does not depend on it), then the threshold with
    the highest strict micro-F1."""
    lines: list[tuple[bio.Floats, list[bio.Tagged]]] = []
    right: list[bool] = []
    gold_number = 0
    for document in documents:
        folded = fold(document.text)
        gold = {(s.type, *folded.from_raw(s.start, s.end)) for s in document.spans}
        gold_number += len(gold)
        log_probs = tagger.log_probs(folded.text)
        start = 0
        for line in folded.text.split("\n"):
            part = log_probs[start : start + len(line)]
            spans = bio.decode(bio.viterbi(part))
            lines.append((part, spans))
            right += [(s.type, s.start + start, s.end + start) in gold for s in spans]
            start += len(line) + 1
    if not right:
        return Calibration(1.0, 0.0, 0.0, 0.0)
    truth = np.asarray(right)

    def scores(temperature: float) -> NDArray[np.float64]:
        scored = (bio.score_spans(bio.log_softmax(part / temperature), spans) for part, spans in lines)
        return np.array([s.score for line in scored for s in line])

    def loss(temperature: float) -> float:
        sure = scores(temperature)
        return float(-np.log(np.maximum(np.where(truth, sure, 1 - sure), 1e-4)).mean())

    temperature = min(_TEMPERATURES, key=loss)
    sure = scores(temperature)

    def f1(threshold: float) -> float:
        kept = sure >= threshold
        return float(2 * truth[kept].sum() / (kept.sum() + gold_number))

    threshold = max(_THRESHOLDS, key=f1)
    kept = sure >= threshold
    return Calibration(temperature, threshold, ece(sure[kept].tolist(), truth[kept].tolist()), f1(threshold))
