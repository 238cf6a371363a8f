"""Gold against predictions: matching by id, all scores in one report."""

from collections.abc import Sequence
from typing import Final

import msgspec

from zsner.document import DataError, Document
from zsner.schema import SPAN_TYPES
from zsner.score.spans import Score, span_scores
from zsner.score.tuples import tuple_scores


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `zsner evaluate` measures. `spans` has the types, `micro` and `macro`; `tuples` has
    `head`, `indicator`, `status`, the slots, `period` and `strict`."""

    documents: int
    models: tuple[str, ...]
    spans: dict[str, Score]
    tuples: dict[str, Score]


def pair(gold: Sequence[Document], predictions: Sequence[Document]) -> list[tuple[Document, Document]]:
    """Gold and predicted documents of one id. Raises DataError if a gold document has none, or
    an id occurs twice."""
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
    return [(d, by_id[d.id]) for d in gold]


def evaluate(gold: Sequence[Document], predictions: Sequence[Document]) -> Report:
    """All scores of predictions against gold. Raises DataError where they do not fit together."""
    pairs = pair(gold, predictions)
    return Report(
        documents=len(pairs),
        models=tuple(sorted({found.model for _, found in pairs if found.model})),
        spans=span_scores(pairs),
        tuples=tuple_scores(pairs),
    )


SPAN_ROWS: Final = (*SPAN_TYPES, "micro", "macro")
