"""Agreement of two annotators, recomputed from the tasks that carry both."""

from pathlib import Path

import msgspec
import pytest

from tests.conftest import SEEDS
from tests.documents import doc
from zsner.corpus.labelstudio import annotation, dump_task, to_task
from zsner.document import DataError, Document
from zsner.schema import SLOTS, SPAN_TYPES
from zsner.score.agreement import agreement, annotator_pairs

pytest.importorskip("seqeval")  # of the extra `evaluate`, which counts the agreement


def stored(folder: Path, *versions: Document, settled: bool = True) -> Path:
    """A task with a version of each annotator and, last, the first of them as settled."""
    annotations = [annotation(d, completed_by=n, ground_truth=False) for n, d in enumerate(versions, 1)]
    if settled:
        annotations.append(annotation(versions[0], completed_by=9, ground_truth=True))
    file = folder / f"{versions[0].id}.json"
    file.write_text(dump_task(to_task(versions[0], annotations)), encoding="utf-8")
    return file


def without(document: Document, span_id: str) -> Document:
    return msgspec.structs.replace(document, spans=tuple(s for s in document.spans if s.id != span_id))


BOTH = doc(
    "<REGION id=r>广西</REGION>签约<COUNT ind=signed_projects region=r>5个</COUNT>、<MONEY ind=signed_amount region=r>3亿元</MONEY>，<ORG>市委</ORG>部署"
)


def test_the_agreement_of_the_real_articles_is_recomputed() -> None:
    found = agreement(SEEDS)
    assert len(found.articles) == 5
    assert found.spans["micro"].f1 >= 0.95
    assert found.tuples["strict"].f1 >= 0.85
    assert set(found.spans) >= {*SPAN_TYPES, "micro"}
    assert set(found.tuples) >= {*SLOTS, "indicator", "status", "period", "strict"}
    assert all(0 < spans <= 1 and 0 < tuples <= 1 for _, spans, tuples in found.articles)


def test_the_annotators_of_the_real_articles_worked_apart() -> None:
    for first, second in annotator_pairs(SEEDS):
        assert first.text == second.text
        assert first != second


def test_one_opinion_is_full_agreement(tmp_path: Path, gold: list[Document]) -> None:
    for document in gold:
        stored(tmp_path, document, document)
    found = agreement(tmp_path)
    assert found.spans["micro"].f1 == found.tuples["strict"].f1 == 1.0
    assert {(spans, tuples) for _, spans, tuples in found.articles} == {(1.0, 1.0)}


@pytest.mark.parametrize(
    ("other", "spans", "tuples"),
    [
        (BOTH, 1.0, 1.0),
        (without(BOTH, "s4"), 6 / 7, 1.0),
        (msgspec.structs.replace(BOTH, tuples=BOTH.tuples[1:]), 1.0, 2 / 3),
        (
            msgspec.structs.replace(
                BOTH, tuples=(msgspec.structs.replace(BOTH.tuples[0], indicator="other"), BOTH.tuples[1])
            ),
            1.0,
            1 / 2,
        ),
    ],
    ids=["alike", "a span less", "a tuple less", "another indicator"],
)
def test_a_difference_costs_what_it_is(tmp_path: Path, other: Document, spans: float, tuples: float) -> None:
    found = agreement(stored(tmp_path, BOTH, other))
    assert found.spans["micro"].f1 == pytest.approx(spans)
    assert found.tuples["strict"].f1 == pytest.approx(tuples)
    assert found.articles == (("a-01", round(spans, 4), round(tuples, 4)),)
    swapped = agreement(stored(tmp_path, other, BOTH))
    assert swapped.spans["micro"].f1 == pytest.approx(spans)
    assert swapped.tuples["strict"].f1 == pytest.approx(tuples)


def test_agreement_needs_no_settled_annotation(tmp_path: Path) -> None:
    assert agreement(stored(tmp_path, BOTH, BOTH, settled=False)).spans["micro"].f1 == 1.0


def test_articles_of_one_annotator_are_left_out(tmp_path: Path) -> None:
    stored(tmp_path, BOTH, without(BOTH, "s4"))
    stored(tmp_path, doc("<ORG>市委</ORG>", id="a-02"))
    assert [name for name, _, _ in agreement(tmp_path).articles] == ["a-01"]


def test_without_two_annotators_there_is_no_agreement(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no task carries the annotations of two annotators"):
        agreement(stored(tmp_path, BOTH))
