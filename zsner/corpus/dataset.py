"""Documents -> training windows, `datasets.Dataset`, CoNLL and BIO lines."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from zsner import bio
from zsner.document import DataError, Document
from zsner.text import fold, windows

if TYPE_CHECKING:
    import datasets


class Example(NamedTuple):
    """One window of folded text with a tag id a character.

    [start, end) is its place in the folded text of its document.
    """

    document: str
    start: int
    end: int
    text: str
    tags: list[int]


def examples(document: Document, size: int, overlap: int = 64) -> Iterator[Example]:
    """Windows that cover the folded text once, at most `size` characters each, cut at sentence
    ends and never inside a span."""
    folded = fold(document.text)
    spans = []
    for span in document.spans:
        start, end = folded.from_raw(span.start, span.end)
        if start == end:
            raise DataError(f"{document.id}: {span.type} {span.text!r} is nothing but dropped characters")
        spans.append((span.type, start, end))
    for w in windows(folded.text, size, overlap, [(s, e) for _, s, e in spans]):
        # The kept part alone: what prediction shows beyond it is learnt in the next window.
        inside = [(t, s - w.keep_start, e - w.keep_start) for t, s, e in spans if w.keep_start <= s < w.keep_end]
        text = folded.text[w.keep_start : w.keep_end]
        yield Example(document.id, w.keep_start, w.keep_end, text, bio.encode(len(text), inside))


def to_dataset(documents: Iterable[Document], size: int = 320, overlap: int = 64) -> "datasets.Dataset":
    """Columns id, document, start, tokens (characters) and ner_tags (ClassLabel by `bio.TAGS`)."""
    import datasets

    rows = [e for d in documents for e in examples(d, size, overlap)]
    features = datasets.Features(
        {
            "id": datasets.Value("string"),
            "document": datasets.Value("string"),
            "start": datasets.Value("int32"),
            "tokens": datasets.List(datasets.Value("string")),
            "ner_tags": datasets.List(datasets.ClassLabel(names=list(bio.TAGS))),
        }
    )
    return datasets.Dataset.from_dict(
        {
            "id": [f"{e.document}:{e.start}" for e in rows],
            "document": [e.document for e in rows],
            "start": [e.start for e in rows],
            "tokens": [list(e.text) for e in rows],
            "ner_tags": [e.tags for e in rows],
        },
        features=features,
    )


def to_conll(documents: Iterable[Document], size: int = 320) -> Iterator[str]:
    """CoNLL lines: `character<TAB>tag`, an empty line after each window. Blank and line break
    are written ␠ and ␤, because the format is split at white space."""
    visible = {" ": "␠", "\n": "␤"}
    for document in documents:
        yield f"# document = {document.id}"
        for example in examples(document, size):
            for char, tag in zip(example.text, example.tags, strict=True):
                yield f"{visible.get(char, char)}\t{bio.TAGS[tag]}"
            yield ""


def digest(documents: Iterable[Document]) -> str:
    """SHA-256 over the documents' JSON in order of their ids: what a model was trained on. Fields
    that are empty do not count, so that one which is added later changes no digest."""
    total = hashlib.sha256()
    for document in sorted(documents, key=lambda d: d.id):
        total.update(msgspec.json.encode(_filled(msgspec.to_builtins(document))) + b"\n")
    return total.hexdigest()


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v is not None and v != [] and v != {}}
    return [_filled(v) for v in value] if isinstance(value, list | tuple) else value
