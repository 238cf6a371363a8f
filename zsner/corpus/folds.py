"""Folds for cross-validation: which article is held out when.

Articles that one author wrote in one go (`meta["batch"]`) are alike. In different folds they would
flatter the model, so a batch stays whole as long as the folds come out even.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from zsner.document import DataError, Document

TOLERANCE: Final = 0.2
"""Whole batches are dealt out if no fold is off the mean weight by more than this part of it."""


def deal(documents: Sequence[Document], folds: int, seed: int = 0) -> list[list[Document]]:
    """The documents in `folds` parts of about as many spans each, in order of their ids.

    Scores of a fold are counted in spans, so spans are what is shared out, not articles or
    characters. Batches stay whole where that keeps to `TOLERANCE`; where it does not (few or
    unequal batches), none does: some whole and some parted would measure neither new authors nor
    known ones. The same documents, `folds` and `seed` always give the same parts.

    Raises DataError for fewer than two folds, more folds than documents, or an id that occurs twice.
    """
    if folds < 2:
        raise DataError(f"{folds} folds: nothing would be left to train on; name 2 or more")
    if folds > len(documents):
        raise DataError(f"{folds} folds of {len(documents)} articles: one would be empty; name fewer")
    batches: dict[str, list[Document]] = {}
    seen: set[str] = set()
    for document in sorted(documents, key=lambda d: d.id):
        if document.id in seen:
            raise DataError(f"two articles have the id {document.id!r}; name each path once, or rename one")
        seen.add(document.id)
        # An article of no batch is one of its own; its key must not be another's batch.
        batch = document.meta.get("batch")
        batches.setdefault(f"batch {batch}" if batch else f"article {document.id}", []).append(document)
    dealt = _dealt(list(batches.values()), folds, seed)
    if not _even(dealt):
        dealt = _dealt([[d] for batch in batches.values() for d in batch], folds, seed)
    return [sorted(fold, key=lambda d: d.id) for fold in dealt]


def parted(folds: Sequence[Sequence[Document]]) -> list[str]:
    """The batches that stand in more than one fold."""
    where: dict[str, set[int]] = {}
    for n, fold in enumerate(folds):
        for batch in (d.meta.get("batch") for d in fold):
            if batch:
                where.setdefault(batch, set()).add(n)
    return sorted(batch for batch, numbers in where.items() if len(numbers) > 1)


def fold_lines(folds: Sequence[Sequence[Document]]) -> Iterator[str]:
    """Lines `id<TAB>fold` in order of the ids, below a head line; folds count from 1."""
    yield "id\tfold"
    numbers = {d.id: n for n, fold in enumerate(folds, 1) for d in fold}
    yield from (f"{id_}\t{numbers[id_]}" for id_ in sorted(numbers))


def _dealt(groups: list[list[Document]], folds: int, seed: int) -> list[list[Document]]:
    """Groups by falling weight, each to the lightest fold (Graham 1969); chance orders those that are
    next to each other in weight, so that another seed gives other folds, as even as these."""
    chance = random.Random(seed)
    groups = sorted(groups, key=_weight, reverse=True)
    dealt: list[list[Document]] = [[] for _ in range(folds)]
    for start in range(0, len(groups), folds):
        near = groups[start : start + folds]
        chance.shuffle(near)
        for group in near:
            min(dealt, key=_weight).extend(group)
    return dealt


def _weight(documents: Sequence[Document]) -> int:
    """Spans, and one for each article: those without spans are shared out too."""
    return sum(len(d.spans) + 1 for d in documents)


def _even(dealt: list[list[Document]]) -> bool:
    weights = [_weight(fold) for fold in dealt]
    mean = sum(weights) / len(weights)
    return all(abs(w - mean) <= TOLERANCE * mean for w in weights)
