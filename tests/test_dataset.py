"""Documents -> windows with tags, CoNLL, `datasets`, the digest of a training set."""

import random
from itertools import groupby

import msgspec
import pytest
from hypothesis import given

from tests.documents import doc, documents
from zsner import bio
from zsner.corpus.dataset import digest, examples, to_conll, to_dataset
from zsner.document import DataError, Document
from zsner.text import fold


def from_examples(document: Document, size: int) -> tuple[str, list[tuple[str, int, int]]]:
    """Folded text and (type, start, end) in the text as read, put together from the windows."""
    folded = fold(document.text)
    found = list(examples(document, size))
    assert all(len(e.text) == len(e.tags) == e.end - e.start <= size for e in found)
    tagged = [s for e in found for s in bio.decode([*[0] * e.start, *e.tags])]
    return "".join(e.text for e in found), [(s.type, *folded.to_raw(s.start, s.end)) for s in tagged]


@pytest.mark.parametrize("size", [128, 320])
def test_windows_of_real_articles_hold_every_span(gold: list[Document], size: int) -> None:
    for document in gold:
        text, spans = from_examples(document, size)
        assert text == fold(document.text).text
        assert spans == [(s.type, s.start, s.end) for s in document.spans]


@given(documents())
def test_windows_hold_every_span_of_any_document(document: Document) -> None:
    folded = fold(document.text)
    if any(len({*folded.from_raw(s.start, s.end)}) == 1 for s in document.spans):
        with pytest.raises(DataError, match="nothing but dropped characters"):
            list(examples(document, 128))
        return
    text, spans = from_examples(document, 128)
    assert text == folded.text
    assert [(t, *folded.from_raw(s, e)) for t, s, e in spans] == [
        (s.type, *folded.from_raw(s.start, s.end)) for s in document.spans
    ]


def test_an_empty_text_has_no_window() -> None:
    assert list(examples(doc(""), 320)) == []


def test_conll_is_a_character_and_its_tag_a_line() -> None:
    document = doc("在 <REGION>廣西</REGION>\n“签约”", id="a-01")
    assert list(to_conll([document])) == [
        "# document = a-01",
        "在\tO",
        "␠\tO",
        "广\tB-REGION",
        "西\tI-REGION",
        "␤\tO",
        "「\tO",
        "签\tO",
        "约\tO",
        "」\tO",
        "",
    ]


@given(documents())
def test_conll_can_be_split_at_white_space(document: Document) -> None:
    try:
        lines = list(to_conll([document]))
    except DataError:
        return  # a span of nothing but dropped characters is refused: there are no lines to split
    rows = [line.split() for line in "\n".join(lines[1:]).splitlines() if line]
    assert all(len(row) == 2 and len(row[0]) == 1 and row[1] in bio.TAGS for row in rows)
    assert len(rows) == len(fold(document.text).text)


def test_conll_holds_the_windows_of_all_articles(gold: list[Document]) -> None:
    lines = list(to_conll(gold))
    assert [line for line in lines if line.startswith("# ")] == [f"# document = {d.id}" for d in gold]
    windows = [list(rows) for filled, rows in groupby(lines, key=bool) if filled]
    assert len(windows) == sum(1 for d in gold for _ in examples(d, 320))
    begins = sum("\tB-" in line for line in lines)
    assert begins == sum(len(d.spans) for d in gold)


def test_the_digest_does_not_depend_on_the_order(gold: list[Document]) -> None:
    shuffled = random.Random(3).sample(gold, len(gold))
    assert digest(shuffled) == digest(gold) == digest(iter(gold))


def test_the_digest_tells_any_change(gold: list[Document]) -> None:
    first, *rest = gold
    assert len(digest(gold)) == 64
    less = msgspec.structs.replace(first, tuples=first.tuples[1:])
    other = msgspec.structs.replace(first, home_region="别处")
    assert len({digest(gold), digest(rest), digest([less, *rest]), digest([other, *rest])}) == 4


def test_datasets_has_the_windows(gold: list[Document]) -> None:
    datasets = pytest.importorskip("datasets")  # of the extra `train`
    dataset = to_dataset(gold[:2], size=128)
    assert dataset.features == datasets.Features(
        {
            "id": datasets.Value("string"),
            "document": datasets.Value("string"),
            "start": datasets.Value("int32"),
            "tokens": datasets.List(datasets.Value("string")),
            "ner_tags": datasets.List(datasets.ClassLabel(names=list(bio.TAGS))),
        }
    )
    wanted = [e for d in gold[:2] for e in examples(d, 128)]
    assert dataset["ner_tags"] == [e.tags for e in wanted]
    assert ["".join(tokens) for tokens in dataset["tokens"]] == [e.text for e in wanted]
    assert len(set(dataset["id"])) == len(wanted)
    assert dataset[0]["id"] == f"{gold[0].id}:0"


def test_datasets_of_nothing_keeps_its_columns() -> None:
    pytest.importorskip("datasets")  # of the extra `train`
    assert to_dataset([]).column_names == ["id", "document", "start", "tokens", "ner_tags"]
