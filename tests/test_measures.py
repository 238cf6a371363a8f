"""Each measure of spans against counts made by hand, and against seqeval on characters."""

import msgspec
import pytest
from hypothesis import given, settings

from tests.documents import documents
from zsner import bio
from zsner.document import Document, Quantity, Span
from zsner.score.evaluate import Report, score_pairs
from zsner.score.relaxed import SIDES, matches
from zsner.score.spans import Score, span_scores

TEXT = "甲乙丙丁戊己庚辛壬癸子丑3亿元5亿元"
_TYPES = {"R": "REGION", "O": "ORG", "I": "INDUSTRY", "K": "MECHANISM", "M": "MONEY", "C": "COUNT", "G": "GROWTH"}


def doc(spans: str) -> Document:
    """`R0-2 O3-5`: a REGION [0, 2) and an ORG [3, 5)."""
    made = []
    for n, one in enumerate(spans.split()):
        start, end = map(int, one[1:].split("-"))
        made.append(Span(id=f"s{n}", type=_TYPES[one[0]], start=start, end=end, text=TEXT[start:end]))
    return Document(id="d", text=TEXT, spans=tuple(made))


def look(report: Report, name: str) -> Score:
    kind, _, row = name.partition(".")
    return report.values if kind == "values" else (report.spans if kind == "span" else report.relaxed[kind])[row]


@pytest.mark.parametrize(
    ("gold", "found", "name", "counts"),
    [
        # nothing on one side, or on both
        ("", "", "span.micro", (0, 0, 0)),
        ("", "R0-2", "span.micro", (0, 1, 0)),
        ("R0-2", "", "span.micro", (1, 0, 0)),
        ("", "R0-2", "type.REGION", (0, 1, 0)),
        ("R0-2", "", "partial.micro", (1, 0, 0)),
        ("", "", "boundary.micro", (0, 0, 0)),
        # right
        ("R0-2", "R0-2", "span.REGION", (1, 1, 1)),
        ("R0-2", "R0-2", "type.micro", (1, 1, 1)),
        ("R0-2", "R0-2", "partial.micro", (1, 1, 1)),
        ("R0-2", "R0-2", "boundary.micro", (1, 1, 1)),
        # another type in the same place
        ("R0-2", "O0-2", "span.micro", (1, 1, 0)),
        ("R0-2", "O0-2", "span.ORG", (0, 1, 0)),
        ("R0-2", "O0-2", "type.micro", (1, 1, 0)),
        ("R0-2", "O0-2", "partial.micro", (1, 1, 0)),
        ("R0-2", "O0-2", "boundary.micro", (1, 1, 1)),
        # too long, too short, shifted
        ("O2-5", "O2-6", "span.micro", (1, 1, 0)),
        ("O2-5", "O2-6", "type.ORG", (1, 1, 1)),
        ("O2-5", "O2-6", "partial.ORG", (1, 1, 0.5)),
        ("O2-5", "O2-6", "boundary.micro", (1, 1, 0)),
        ("O2-5", "O3-4", "partial.ORG", (1, 1, 0.5)),
        ("O2-5", "O4-8", "partial.ORG", (1, 1, 0.5)),
        # beside it is not in it
        ("O2-5", "O5-8", "type.ORG", (1, 1, 0)),
        ("O2-5", "O0-2", "partial.micro", (1, 1, 0)),
        # torn: one of the pieces counts, the longer
        ("O0-6", "O0-2 O2-6", "span.ORG", (1, 2, 0)),
        ("O0-6", "O0-2 O2-6", "type.ORG", (1, 2, 1)),
        ("O0-6", "O0-2 O2-6", "partial.ORG", (1, 2, 0.5)),
        # joined
        ("I0-2 I3-5", "I0-5", "type.INDUSTRY", (2, 1, 1)),
        ("I0-2 I3-5", "I0-5", "partial.micro", (2, 1, 0.5)),
        ("I0-2 I3-5", "I0-5", "boundary.micro", (2, 1, 0)),
        # a piece of another type inside: the right type is matched though the other overlaps as much
        ("O0-4", "R0-2 O2-4", "type.ORG", (1, 1, 1)),
        ("O0-4", "R0-2 O2-4", "type.REGION", (0, 1, 0)),
        ("O0-4", "R0-2 O2-4", "span.micro", (1, 2, 0)),
        # the same place wins over the same type
        ("R0-2 O2-4", "O0-2", "boundary.micro", (2, 1, 1)),
        ("R0-2 O2-4", "O0-2", "type.ORG", (1, 1, 0)),
        # duplicates count once
        ("R0-2", "R0-2 R0-2", "span.REGION", (1, 1, 1)),
        ("R0-2", "R0-2 R0-2", "type.REGION", (1, 1, 1)),
        ("R0-2 R0-2", "R0-2", "boundary.micro", (1, 1, 1)),
        # some of each
        ("R0-2 O3-5 I6-8", "R0-2 O3-6 K6-8", "span.micro", (3, 3, 1)),
        ("R0-2 O3-5 I6-8", "R0-2 O3-6 K6-8", "type.micro", (3, 3, 2)),
        ("R0-2 O3-5 I6-8", "R0-2 O3-6 K6-8", "partial.micro", (3, 3, 1.5)),
        ("R0-2 O3-5 I6-8", "R0-2 O3-6 K6-8", "boundary.micro", (3, 3, 2)),
    ],
)  # fmt: skip
def test_counts(gold: str, found: str, name: str, counts: tuple[int, int, float]) -> None:
    score = look(score_pairs([(doc(gold), doc(found))]), name)
    assert (score.gold, score.found, score.right) == counts
    total = counts[0] + counts[1]
    assert score.f1 == pytest.approx(2 * counts[2] / total if total else 0)


@pytest.mark.parametrize(
    ("gold", "found", "sides"),
    [
        ("O2-5", "O2-5", {}),
        ("O2-5", "O1-5", {"left: too long": 1}),
        ("O2-5", "O3-5", {"left: too short": 1}),
        ("O2-5", "O2-6", {"right: too long": 1}),
        ("O2-5", "O2-4", {"right: too short": 1}),
        ("O2-5", "O1-6", {"left: too long": 1, "right: too long": 1}),
        ("O2-5", "O4-6", {"left: too short": 1, "right: too long": 1}),
        ("O2-5", "R1-6", {}),
    ],
)
def test_ends_that_are_off(gold: str, found: str, sides: dict[str, int]) -> None:
    assert score_pairs([(doc(gold), doc(found))]).boundaries == dict.fromkeys(SIDES, 0) | sides


def test_confusion_counts_every_span_once() -> None:
    report = score_pairs([(doc("R0-2 O3-5 I6-8 K9-10"), doc("O0-2 O3-6 K6-7 K11-12"))])
    told = {(g, f): n for g, row in report.confusion.items() for f, n in row.items() if n}
    assert told == {
        ("REGION", "ORG"): 1,
        ("ORG", "ORG"): 1,
        ("INDUSTRY", "MECHANISM"): 1,
        ("MECHANISM", "none"): 1,
        ("none", "MECHANISM"): 1,
    }


@pytest.mark.parametrize(
    ("found", "low", "counts"),
    [("M12-15", 3, (1, 1, 1)), ("M12-16", 3, (1, 1, 1)), ("M12-15", 4, (1, 1, 0)), ("C12-15", 3, (1, 1, 0)), ("", 3, (1, 0, 0))],
)  # fmt: skip
def test_values_are_right_whatever_the_boundaries(found: str, low: int, counts: tuple[int, int, int]) -> None:
    value = Quantity(amount=low * 10**8, low=low * 10**8, high=low * 10**8, unit="CNY", bound="exact")
    predicted = doc(found)
    spans = tuple(msgspec.structs.replace(s, value=value) for s in predicted.spans)
    score = score_pairs([(doc("M12-15"), msgspec.structs.replace(predicted, spans=spans))]).values
    assert (score.gold, score.found, score.right) == counts


@settings(max_examples=60, deadline=None)
@given(documents(), documents())
def test_seqeval_on_characters_says_the_same(gold: Document, other: Document) -> None:
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    found = msgspec.structs.replace(gold, tuples=(), spans=tuple(s for s in other.spans if s.end <= len(gold.text)))

    def tags(document: Document) -> list[str]:
        spans = ((s.type, s.start, s.end) for s in document.spans)
        return [bio.TAGS[i] for i in bio.encode(max(1, len(gold.text)), spans)]

    ours = span_scores([(gold, found)])["micro"]
    if ours.gold:
        theirs = f1_score([tags(gold)], [tags(found)], average="micro", mode="strict", scheme=IOB2, zero_division=0)
        assert theirs == pytest.approx(ours.f1)
    both = list(matches(gold, found))
    assert sum(g is not None for g, _ in both) == len(gold.spans)
    assert sum(f is not None for _, f in both) == len(found.spans)


def test_groups_add_up() -> None:
    one = msgspec.structs.replace(doc("R0-2"), id="a", meta={"genre": "speech", "year": "2021"})
    two = msgspec.structs.replace(doc("R0-2 O3-5"), id="b", meta={"genre": "essay"})
    report = score_pairs(
        [(one, msgspec.structs.replace(one, meta={})), (two, msgspec.structs.replace(doc("R0-2"), id="b"))]
    )
    assert {k: list(v) for k, v in report.groups.items()} == {
        "genre": ["essay", "speech"],
        "year": ["2021"],
        "length": ["under 500"],
        "article": ["a", "b"],
    }
    assert report.groups["genre"]["essay"].spans.recall == 0.5
    assert report.groups["length"]["under 500"].spans == report.spans["micro"]
    assert report.groups["length"]["under 500"].documents == 2
