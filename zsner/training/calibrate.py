"""Make confidences true: of spans by a temperature (Guo et al. 2017), of tuples by a line through
their logits (Platt 1999); and find the span confidence worth keeping a span for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from zsner import bio
from zsner.document import Document
from zsner.model.tagger import Tagger
from zsner.pipeline import Pipeline
from zsner.score.calibration import ece
from zsner.score.tuples import resolve, wrong_fields
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


def tuple_scale(nlp: Pipeline, documents: Sequence[Document]) -> tuple[float, float]:
    """(a, b) with which `sigmoid(a * logit(score) + b)` is the probability that a tuple of text alone
    is right in the strict sense; (1, 0) where gold documents have too few tuples to tell."""
    scores: list[float] = []
    right: list[bool] = []
    for document in documents:
        found = nlp.process(msgspec.structs.replace(document, home_region=None, meta={}))
        gold, read = resolve(document), resolve(found)
        for t, resolved in zip(found.tuples, read.values(), strict=True):
            held = gold.get(resolved.head)
            scores.append(t.score or 0.0)
            right.append(held is not None and not any(wrong_fields(held, resolved, document.home_region)))
    if len(right) < _FEW or all(right) or not any(right):
        return 1.0, 0.0
    sure = np.clip(np.asarray(scores), 1e-4, 1 - 1e-4)
    rows = np.stack([np.log(sure / (1 - sure)), np.ones(len(sure))], 1)
    truth, line = np.asarray(right, np.float64), np.array([1.0, 0.0])
    for _ in range(_STEPS):  # Newton's method for the logistic regression, held a little near (1, 0)
        p = 1 / (1 + np.exp(-rows @ line))
        slope = rows.T @ (truth - p) - _HOLD * (line - [1.0, 0.0])
        line = line + np.linalg.solve((rows * (p * (1 - p))[:, None]).T @ rows + _HOLD * np.eye(2), slope)
    return round(float(line[0]), 4), round(float(line[1]), 4)


_FEW: Final = 50
_STEPS: Final = 25
_HOLD: Final = 1.0
