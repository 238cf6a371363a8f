"""What a model is trained on, refused where it does not fit together."""

import random
from collections.abc import Sequence
from pathlib import Path

from zsner.corpus.split import TABLE, read_splits
from zsner.corpus.tasks import load_documents
from zsner.document import DataError, Document
from zsner.schema import GUIDELINES_VERSION, SPAN_TYPES


def training_data(
    train: tuple[str, ...], dev: tuple[str, ...], articles: int = 0
) -> tuple[list[Document], list[Document]]:
    """The documents of the training and the dev paths; only `articles` of the former, if not 0.

    Raises DataError for an article on both sides, an article whose split in `splits.tsv` is
    unknown or another, annotations of different guideline versions, or a span type without an
    example to learn from."""
    train_docs, dev_docs = ([d for path in paths for d in _load(Path(path))] for paths in (train, dev))
    shared = {d.id for d in train_docs} & {d.id for d in dev_docs}
    if shared:
        raise DataError(f"dev and train share {len(shared)} articles ({min(shared)}, …); part them")
    train_docs = _some(train_docs, articles)
    versions: dict[str, str] = {}
    for d in (*train_docs, *dev_docs):
        versions.setdefault(d.meta.get("guidelines") or GUIDELINES_VERSION, d.id)
    if len(versions) > 1:
        named = ", ".join(f"{version} ({id_}, …)" for version, id_ in sorted(versions.items()))
        raise DataError(f"annotations by different guideline versions: {named}; bring them to one version")
    check_types(train_docs)
    return train_docs, dev_docs


def check_types(train_docs: Sequence[Document]) -> None:
    """Raise DataError for a span type without an example to learn from."""
    for kind in SPAN_TYPES:
        if not any(s.type == kind for d in train_docs for s in d.spans):
            raise DataError(f"no training article has a {kind} span; the model could not learn it: add articles")


def _load(path: Path) -> list[Document]:
    """Documents of a path; a folder beside which a split table stands must agree with it."""
    documents = load_documents(path)
    table = path.parent.parent / TABLE
    if path.is_dir() and table.exists():
        splits = read_splits(table)
        for d in documents:
            if splits.get(d.id) != path.name:
                raise DataError(
                    f"{table}: {d.id} is listed as {splits.get(d.id)!r} but stands in {path}; run `zsner data check`"
                )
    return documents


def _some(documents: list[Document], number: int) -> list[Document]:
    """`number` of the documents, for screening and learning curves: the first of a fixed shuffle,
    so that a larger number has all of a smaller one."""
    if not number:
        return documents
    if number > len(documents):
        raise DataError(f"`articles: {number}` asks for more than the {len(documents)} there are")
    return random.Random(0).sample(sorted(documents, key=lambda d: d.id), len(documents))[:number]
