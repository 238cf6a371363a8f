"""Scores: strict spans against a hand count, tuples field by field, pairing."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsner.document import DataError, Document, MetricTuple, Period, Span
from zsner.score.calibration import bins, ece
from zsner.score.evaluate import below, evaluate, paired
from zsner.score.spans import span_scores
from zsner.score.tuples import same_region, tuple_scores

TEXT = "一季度广西全区签约项目582个,总投资额3197亿元,同比增长57.9%,动力电池、制造业。"


def doc(*spans: tuple[str, str], **slots: object) -> Document:
    made = []
    for n, (kind, text) in enumerate(spans):
        start = TEXT.index(text)
        made.append(Span(id=f"s{n}", type=kind, start=start, end=start + len(text), text=text))
    ids = {s.text: s.id for s in made}
    tuples = ()
    if slots:
        given = {k: tuple(ids[t] for t in v) if isinstance(v, tuple) else ids.get(str(v), v) for k, v in slots.items()}
        given.setdefault("indicator", "signed_amount")
        given.setdefault("status", "actual")
        if isinstance(words := given.get("period"), str):
            given["period"] = Period(text=words, start=TEXT.index(words), end=TEXT.index(words) + len(words))
        tuples = (MetricTuple(**given),)
    return Document(
        id="d", text=TEXT, home_region="广西", spans=tuple(sorted(made, key=lambda s: s.start)), tuples=tuples
    )


SPANS = (
    ("REGION", "广西"),
    ("REGION", "全区"),
    ("COUNT", "582个"),
    ("MONEY", "3197亿元"),
    ("GROWTH", "同比增长57.9%"),
    ("INDUSTRY", "动力电池"),
    ("INDUSTRY", "制造业"),
)
GOLD = doc(*SPANS, head="3197亿元", region="全区", growth="同比增长57.9%", period="一季度", industry=("动力电池",))


def test_a_perfect_prediction_scores_one() -> None:
    assert {s.f1 for name, s in span_scores([(GOLD, GOLD)]).items() if name != "ORG" and name != "MECHANISM"} == {1.0}
    report = evaluate([GOLD], [GOLD])
    assert report.tuples["strict"].f1 == report.tuples["region"].f1 == report.tuples["period"].f1 == 1.0


def test_strict_spans_want_type_and_both_boundaries() -> None:
    found = doc(("REGION", "广西"), ("ORG", "全区"), ("COUNT", "82个"), ("MONEY", "3197亿元"))
    scores = span_scores([(GOLD, found)])
    assert (scores["micro"].gold, scores["micro"].found, scores["micro"].right) == (7, 4, 2)
    assert scores["micro"].f1 == pytest.approx(4 / 11)
    assert scores["REGION"].recall == 0.5
    assert scores["COUNT"].f1 == 0
    assert scores["ORG"].found == 1


def test_nothing_found_scores_zero() -> None:
    scores = span_scores([(GOLD, doc())])
    assert scores["micro"].f1 == 0
    assert tuple_scores([(GOLD, doc())])["strict"].f1 == 0


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"indicator": "funds_in_place"}, "indicator"),
        ({"status": "target"}, "status"),
        ({"region": None}, "region"),
        ({"growth": None}, "growth"),
        ({"industry": ("动力电池", "制造业")}, "industry"),
        ({"industry": ()}, "industry"),
    ],
)
def test_one_wrong_field_makes_the_strict_tuple_wrong(change: dict[str, object], wrong: str) -> None:
    slots = {
        "head": "3197亿元",
        "region": "全区",
        "growth": "同比增长57.9%",
        "period": "一季度",
        "industry": ("动力电池",),
    }
    scores = tuple_scores([(GOLD, doc(*SPANS, **(slots | change)))])
    assert scores["head"].f1 == 1
    assert scores[wrong].f1 < 1
    assert scores["strict"].f1 == 0


def test_the_period_is_scored_apart() -> None:
    found = msgspec.structs.replace(GOLD, tuples=(msgspec.structs.replace(GOLD.tuples[0], period=None),))
    scores = tuple_scores([(GOLD, found)])
    assert scores["period"].f1 == 0
    assert scores["strict"].f1 == 1


@pytest.mark.parametrize(
    ("left", "right", "home", "same"),
    [
        ("广西", "廣西", None, True),
        ("襄阳", "襄阳市", None, True),
        ("襄阳市", "襄阳县", None, True),
        ("襄阳", "荆门", None, False),
        ("全区", "广西", "广西", True),
        ("全市", "我市", None, True),
        ("全市", "宜宾", "四川", False),
        ("全區", "我區", "广西", True),
        ("全市", "宜宾", "宜宾市", True),
        (None, None, "广西", True),
        (None, "广西", "广西", False),
        ("州", "州", None, True),
    ],
)
def test_same_region(left: str | None, right: str | None, home: str | None, same: bool) -> None:
    assert same_region(left, right, home) is same
    assert same_region(right, left, home) is same


def test_a_mention_of_the_same_place_is_as_good() -> None:
    found = doc(*SPANS, head="3197亿元", region="广西", growth="同比增长57.9%", period="一季度", industry=("动力电池",))
    assert tuple_scores([(GOLD, found)])["strict"].f1 == 1


def test_documents_are_paired_by_id() -> None:
    other = msgspec.structs.replace(GOLD, id="e")
    with pytest.raises(DataError, match="none for 1 of 2 gold documents \\('e'"):
        evaluate([GOLD, other], [GOLD])
    with pytest.raises(DataError, match="twice"):
        evaluate([GOLD], [GOLD, GOLD])
    with pytest.raises(DataError, match="'d' is of another text than the gold, from character 0 on"):
        evaluate([GOLD], [Document(id="d", text="别的")])
    with pytest.raises(DataError, match="'e' is no gold document"):
        evaluate([GOLD], [GOLD, other])


def test_what_does_not_fit_is_told_and_left_out_where_that_is_wanted() -> None:
    other, missing = msgspec.structs.replace(GOLD, id="e"), msgspec.structs.replace(GOLD, id="m")
    told: list[str] = []
    cut = msgspec.structs.replace(GOLD, text=TEXT[:20], spans=(), tuples=())
    pairs = list(paired([GOLD, missing], [other, cut, GOLD, GOLD], told.append))
    assert pairs == [(GOLD, GOLD)]
    assert [next(w for w in ("no gold document", "from character 20", "twice", "none for 1") if w in t) for t in told] == [
        "no gold document", "from character 20", "twice", "none for 1",
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(["ORG", "REGION", "MONEY"]), st.integers(0, 30), st.integers(1, 4)), max_size=8)
)
def test_seqeval_and_the_independent_count_agree(raw: list[tuple[str, int, int]]) -> None:
    """`span_scores` itself asserts that both counts agree; here on arbitrary predictions."""
    spans, last = [], 0
    for n, (kind, start, length) in enumerate(sorted(raw, key=lambda r: r[1])):
        if start >= last:
            last = start + length
            spans.append(Span(id=f"s{n}", type=kind, start=start, end=last, text=TEXT[start:last]))
    found = Document(id="d", text=TEXT, spans=tuple(spans))
    assert 0 <= span_scores([(GOLD, found)])["micro"].f1 <= 1


def copies(n: int, document: Document) -> list[Document]:
    return [msgspec.structs.replace(document, id=f"d{i}") for i in range(n)]


def test_intervals_hold_the_score_and_narrow_with_articles() -> None:
    half = doc(("REGION", "广西"), ("COUNT", "82个"), ("MONEY", "3197亿元"))
    widths = []
    for n in (20, 200):
        gold = copies(n, GOLD)
        found = copies(n // 2, GOLD) + [msgspec.structs.replace(half, id=f"d{i}") for i in range(n // 2, n)]
        report = evaluate(gold, found)
        low, high = report.intervals["micro"]
        assert low < report.spans["micro"].f1 < high
        assert report.unit == "article"
        widths.append(high - low)
    assert widths[1] < widths[0] / 2
    assert evaluate(copies(20, GOLD), copies(20, GOLD)).intervals["micro"] == (1.0, 1.0)


def test_few_articles_are_resampled_by_sentence() -> None:
    report = evaluate([GOLD], [GOLD])
    assert report.unit == "sentence"
    assert report.intervals["micro"][1] == 1.0


def test_bounds_that_are_missed_are_told() -> None:
    report = evaluate([GOLD], [doc(("REGION", "广西"))])
    assert below(report, ["span.micro=0.1", "span.REGION=0.5"]) == []
    (missed,) = below(report, ["span.micro=0.95"])
    assert missed.startswith("span.micro is 0.25")
    for wrong in ("span.micro", "span.all=0.9", "micro=0.9", "span.micro=high"):
        with pytest.raises(DataError, match="write NAME=NUMBER"):
            below(report, [wrong])


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), max_size=200))
def test_calibration_error_lies_between_none_and_all(spans: list[tuple[float, bool]]) -> None:
    scores, right = [s for s, _ in spans], [r for _, r in spans]
    assert 0 <= ece(scores, right) <= 1
    assert sum(b.spans for b in bins(scores, right)) == len(spans)


def test_calibration_error_of_known_cases() -> None:
    assert ece([0.85] * 20, [True] * 17 + [False] * 3) == pytest.approx(0)
    assert ece([0.95] * 10, [False] * 10) == pytest.approx(0.95)
    assert ece([0.95] * 10 + [0.15] * 10, [True] * 10 + [False] * 10) == pytest.approx(0.10)
