"""Gold against predictions: matching by id, all scores in one report."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from zsner.document import DataError, Document
from zsner.schema import SPAN_TYPES
from zsner.score.bootstrap import span_intervals
from zsner.score.calibration import ece, outcomes
from zsner.score.spans import Score, span_scores
from zsner.score.tuples import tuple_scores
from zsner.score.units import Unit, unit_of


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `zsner evaluate` measures. `spans` has the types, `micro` and `macro`; `tuples` has
    `head`, `indicator`, `status`, the slots, `period` and `strict`. `intervals` are 95 % by
    bootstrap over `unit`s for the span types and `micro`; `ece` is the expected calibration error
    of the span confidence."""

    documents: int
    models: tuple[str, ...]
    spans: dict[str, Score]
    tuples: dict[str, Score]
    intervals: dict[str, tuple[float, float]]
    unit: Unit
    ece: float


def pair(gold: Sequence[Document], predictions: Sequence[Document]) -> list[tuple[Document, Document]]:
    """Gold and predicted documents of one id. Raises DataError if a gold document has none or one of
    another text, or an id occurs twice."""
    by_id: dict[str, Document] = {}
    for document in predictions:
        if document.id in by_id:
            raise DataError(f"predictions: id {document.id!r} occurs twice; predict into a new file")
        by_id[document.id] = document
    missing = [d.id for d in gold if d.id not in by_id]
    if missing:
        raise DataError(
            f"predictions: none for {len(missing)} of {len(gold)} gold documents ({missing[0]!r}, …); "
            "predict them, or check that the ids are the same"
        )
    for document in gold:
        if document.text != by_id[document.id].text:
            raise DataError(f"{document.id}: gold and prediction have different texts; predict it again")
    return [(d, by_id[d.id]) for d in gold]


def evaluate(gold: Sequence[Document], predictions: Sequence[Document]) -> Report:
    """All scores of predictions against gold. Raises DataError where they do not fit together.

    Intervals are over the units that `unit_of` names."""
    pairs = pair(gold, predictions)
    unit = unit_of(len(pairs))
    return Report(
        documents=len(pairs),
        models=tuple(sorted({found.model for _, found in pairs if found.model})),
        spans=span_scores(pairs),
        tuples=tuple_scores(pairs),
        intervals=span_intervals(pairs, unit),
        unit=unit,
        ece=round(ece(*outcomes(pairs)), 4),
    )


def below(report: Report, bounds: Iterable[str]) -> list[str]:
    """What of `span.micro=0.95`-like bounds the scores miss, as sentences. A bound names `span` or
    `tuple`, a row of the report, and the least F1. Raises DataError for a bound that names none."""
    missed = []
    for bound in bounds:
        name, _, value = bound.partition("=")
        kind, _, row = name.partition(".")
        scores = {"span": report.spans, "tuple": report.tuples}.get(kind, {})
        try:
            least = float(value)
            score = scores[row].f1
        except (KeyError, ValueError) as error:
            known = ", ".join([*(f"span.{r}" for r in report.spans), *(f"tuple.{r}" for r in report.tuples)])
            raise DataError(f"--fail-under {bound}: write NAME=NUMBER, NAME one of {known}") from error
        if score < least:
            missed.append(f"{name} is {score:.4f}, below {least}")
    return missed


SPAN_ROWS: Final = (*SPAN_TYPES, "micro", "macro")
