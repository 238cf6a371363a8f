"""How far two annotators agree, from the tasks that carry both annotations."""

from pathlib import Path

import msgspec

from zsner.corpus.tasks import read_annotators, read_tasks
from zsner.document import DataError, Document
from zsner.io.readers import read_gold
from zsner.score.evaluate import pair
from zsner.score.spans import Score, span_scores
from zsner.score.tuples import tuple_scores


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of the second annotator against the first, before their differences were settled.

    F1 is symmetric, so it does not matter which of them is called the gold. `articles` has
    (id, span micro-F1, strict tuple F1) of each.
    """

    articles: tuple[tuple[str, float, float], ...]
    spans: dict[str, Score]
    tuples: dict[str, Score]


def annotator_pairs(path: Path) -> list[tuple[Document, Document]]:
    """The two annotators' Documents of every doubly annotated task at `path`."""
    pairs = []
    for reading in read_tasks(path):
        own = read_annotators(reading.raw)
        if len(own) >= 2:
            first, second, *_ = (own[who] for who in sorted(own))
            pairs.append((first, second))
    return pairs


def agreement(path: Path, second: Path | None = None) -> Agreement:
    """Agreement over the doubly annotated tasks at `path`, or of the annotations at `path` with
    those of the same articles at `second`. Raises DataError if there is none."""
    pairs = annotator_pairs(path) if second is None else pair(read_gold(path), read_gold(second))
    if not pairs:
        raise DataError(f"{path}: no task carries the annotations of two annotators")
    articles = []
    for one, two in pairs:
        micro = span_scores([(one, two)])["micro"].f1
        strict = tuple_scores([(one, two)])["strict"].f1
        articles.append((one.id, round(micro, 4), round(strict, 4)))
    return Agreement(articles=tuple(articles), spans=span_scores(pairs), tuples=tuple_scores(pairs))
