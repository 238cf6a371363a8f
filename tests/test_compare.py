"""Comparing systems: known differences, gains and losses, verdicts, exit status, bad input."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.conftest import ROOT
from tests.documents import doc
from tests.test_cli import run
from zsner.corpus.tasks import load_documents
from zsner.document import Document, to_json
from zsner.io.readers import read_predictions
from zsner.score.bootstrap import approximate_randomisation, paired_bootstrap
from zsner.score.changes import Tally, article_changes, total
from zsner.score.compare import ComparisonReport, System, compare
from zsner.score.evaluate import pair
from zsner.score.units import f1, span_units, tuple_units

EVALUATION = ROOT / "reports" / "evaluation"
GOLD = doc(
    "一季度，<REGION id=r>广西</REGION>签约<COUNT ind=signed_projects region=r growth=g>5个</COUNT>，"
    "<GROWTH id=g>增长8%</GROWTH>。<REGION id=q>全区</REGION>到位<MONEY ind=funds_in_place region=q>3亿元</MONEY>。"
)
"""Spans s1 广西, s2 5个, s3 增长8%, s4 全区, s5 3亿元; tuples of s2 and s5, in two sentences."""


def without(document: Document, span_id: str) -> Document:
    """The document without a span, a figure's head or the growth of one."""
    return msgspec.structs.replace(
        document,
        spans=tuple(s for s in document.spans if s.id != span_id),
        tuples=tuple(
            msgspec.structs.replace(t, growth=None) if t.growth == span_id else t
            for t in document.tuples
            if t.head != span_id
        ),
    )


def empty(document: Document) -> Document:
    return msgspec.structs.replace(document, spans=(), tuples=())


def copies(number: int, change: Callable[[Document], Document] = lambda d: d) -> list[Document]:
    return [msgspec.structs.replace(change(GOLD), id=f"a-{n:02}") for n in range(number)]


def compared(gold: list[Document], *systems: list[Document], samples: int = 2000) -> ComparisonReport:
    named = [System(f"{n}.jsonl", documents) for n, documents in enumerate(systems)]
    return compare(gold, named, samples=samples, seed=1)


@pytest.mark.parametrize("units", [1, 2, 3, 4, 5, 6])
def test_p_is_that_of_all_swaps(units: int) -> None:
    """Every unit has the same loss: of 2^n swaps only the two that swap none or all differ as much."""
    first = np.tile([2.0, 2.0, 2.0], (units, 1, 1))
    later = np.tile([2.0, 2.0, 1.0], (units, 1, 1))
    (p,) = approximate_randomisation(first, later, 20_000, 3)
    assert p == pytest.approx(2 ** (1 - units), abs=0.015)
    assert (p,) == approximate_randomisation(later, first, 20_000, 3)


def test_the_interval_of_a_known_difference() -> None:
    """Half of 40 units lose one of two: the difference of F1 is the mean of 40 values, half of them
    -0.5, whose standard error is 0.25 / sqrt(40) = 0.0395."""
    first = np.tile([2.0, 2.0, 2.0], (40, 1, 1))
    later = first.copy()
    later[::2, 0, 2] = 1
    (low,), (high,) = paired_bootstrap(first, later, 20_000, 3)
    assert low == pytest.approx(-0.25 - 1.96 * 0.0395, abs=0.02)
    assert high == pytest.approx(-0.25 + 1.96 * 0.0395, abs=0.02)
    (low,), (high,) = paired_bootstrap(first, first - [0, 0, 1], 500, 3)
    assert (low, high) == (-0.5, -0.5)


def test_a_known_difference_of_documents() -> None:
    """The later finds 4 of 5 spans and one of two tuples, and nothing wrong, in every article."""
    (found,) = compared(copies(12), copies(12), copies(12, lambda d: without(d, "s5"))).comparisons
    micro, strict = found.rows["span.micro"], found.rows["tuple.strict"]
    assert (micro.first, micro.later) == (1, pytest.approx(8 / 9))
    assert (micro.difference, micro.low, micro.high) == (pytest.approx(-1 / 9),) * 3
    assert strict.later == pytest.approx(2 / 3)
    assert (found.rows["span.MONEY"].later, found.rows["span.COUNT"].difference) == (0, 0)
    # 2 of 4096 swaps differ as much.
    assert micro.p < 0.01
    assert found.verdicts == {"span.micro": "worse", "tuple.strict": "worse"}


def test_a_slot_alone_is_seen_in_its_row_and_in_strict() -> None:
    def other_growth(document: Document) -> Document:
        tuples = tuple(msgspec.structs.replace(t, growth=None) for t in document.tuples)
        return msgspec.structs.replace(document, tuples=tuples)

    report = compared(copies(12), copies(12, other_growth), copies(12))
    (found,) = report.comparisons
    differing = {row for row, d in found.rows.items() if d.difference}
    assert differing == {"tuple.growth", "tuple.strict"}
    assert found.verdicts == {"span.micro": "not distinguishable", "tuple.strict": "better"}
    assert not report.worse
    assert {(c.kind, c.way, c.text, c.instead) for a in found.articles for c in a.changes} == {
        ("tuple", "gained", "5个", ("growth",))
    }


@pytest.mark.parametrize("change", [lambda d: d, empty])
def test_the_same_predictions_are_not_distinguishable(change: Callable[[Document], Document]) -> None:
    gold = load_documents(ROOT / "data" / "annotations" / "seeds")
    predicted = [change(d) for d in gold]
    report = compared(gold, predicted, predicted)
    (found,) = report.comparisons
    assert {(d.difference, d.low, d.high, d.p) for d in found.rows.values()} == {(0, 0, 0, 1)}
    assert set(found.verdicts.values()) == {"not distinguishable"}
    assert not any(a.changed for a in found.articles)
    assert report.unit == "sentence"


def test_f1_is_that_of_evaluate() -> None:
    gold = load_documents(ROOT / "data" / "annotations" / "test")
    predicted = read_predictions(EVALUATION / "test.jsonl")
    report = compared(gold, predicted, gold, samples=100)
    scores = json.loads((EVALUATION / "test-scores.json").read_bytes())
    rows = report.comparisons[0].rows
    expected = {f"span.{row}": s["f1"] for row, s in scores["spans"].items() if row != "macro"}
    expected |= {f"tuple.{row}": s["f1"] for row, s in scores["tuples"].items() if row != "period_iso"}
    assert {row: d.first for row, d in rows.items()} == pytest.approx(expected)
    articles = report.comparisons[0].articles
    for tally, s in (
        (total(a.spans for a in articles), scores["spans"]["micro"]),
        (total(a.tuples for a in articles), scores["tuples"]["strict"]),
    ):
        wrong = s["found"] - s["right"]
        assert tally == Tally(gained=s["gold"] - s["right"], lost=0, wrong_first=wrong, wrong_later=0)


def test_sentences_sum_up_to_articles() -> None:
    gold = load_documents(ROOT / "data" / "annotations" / "seeds")
    pairs = pair(gold, read_predictions(EVALUATION / "seeds.jsonl"))
    for counted in (span_units, tuple_units):
        articles, sentences = counted(pairs, "article"), counted(pairs, "sentence")
        assert len(articles) == 5
        assert len(sentences) > 100
        assert (articles.sum(axis=0) == sentences.sum(axis=0)).all()
    assert f1(np.array([[0.0, 0.0, 0.0], [2.0, 2.0, 1.0]])).tolist() == [0, 0.5]


def test_what_was_gained_and_lost() -> None:
    shorter = msgspec.structs.replace(GOLD.spans[4], end=GOLD.spans[4].end - 1, text="3亿")
    first = msgspec.structs.replace(without(GOLD, "s1"), tuples=GOLD.tuples[1:])
    later = msgspec.structs.replace(GOLD, spans=(*GOLD.spans[:4], shorter))
    found = article_changes(GOLD, first, later)
    assert [(c.kind, c.way, c.type, c.text, c.instead) for c in found.changes] == [
        ("span", "gained", "REGION", "广西", ()),
        ("span", "lost", "MONEY", "3亿元", ("MONEY 3亿",)),
        ("tuple", "gained", "COUNT", "5个", ("head",)),
        ("tuple", "lost", "MONEY", "3亿元", ("head",)),
    ]
    assert found.spans == Tally(gained=1, lost=1, wrong_first=0, wrong_later=1)
    # The tuple of the shorter head is none of the gold's.
    assert found.tuples == Tally(gained=1, lost=1, wrong_first=0, wrong_later=1)


def test_an_article_with_fewer_wrong_spans_has_changed() -> None:
    invented = msgspec.structs.replace(GOLD.spans[0], id="s9", type="ORG", start=0, end=1, text="一")
    first = msgspec.structs.replace(GOLD, spans=(invented, *GOLD.spans))
    found = article_changes(GOLD, first, GOLD)
    assert found.changes == ()
    assert found.spans == Tally(gained=0, lost=0, wrong_first=1, wrong_later=0)
    assert found.changed


def test_each_system_is_compared_with_the_first_and_the_last_decides() -> None:
    gold, worse = copies(12), copies(12, lambda d: without(d, "s2"))
    report = compared(gold, gold, worse, gold)
    assert [c.verdicts["span.micro"] for c in report.comparisons] == ["worse", "not distinguishable"]
    assert [(c.first, c.later) for c in report.comparisons] == [("0.jsonl", "1.jsonl"), ("0.jsonl", "2.jsonl")]
    assert not report.worse
    assert compared(gold, gold, gold, worse).worse


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a gold of 12 articles, good, worse and empty predictions, and some that do not fit."""
    lists = {
        "gold": copies(12),
        "good": copies(12),
        "worse": copies(12, lambda d: without(d, "s2")),
        "empty": copies(12, empty),
        "fewer": copies(11),
        "twice": copies(12) + copies(1),
        "other": [msgspec.structs.replace(empty(d), text=d.text + "。") for d in copies(12)],
    }
    for name, documents in lists.items():
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(to_json(d) + b"\n" for d in documents))
    return tmp_path


@pytest.mark.parametrize(
    ("first", "later", "status", "verdict"),
    [
        ("good", "worse", 1, "span micro worse (-0.1111, p 0."),
        ("worse", "good", 0, "span micro better (+0.1111, p 0."),
        ("good", "good", 0, "span micro not distinguishable (+0.0000, p 1.0000)"),
        ("good", "empty", 1, "strict tuples worse (-1.0000, p 0."),
        ("empty", "empty", 0, "strict tuples not distinguishable (+0.0000, p 1.0000)"),
    ],
)
def test_the_verdict_and_the_exit_status(files: Path, first: str, later: str, status: int, verdict: str) -> None:
    done = run("compare", f"{first}.jsonl", f"{later}.jsonl", "--gold", "gold.jsonl", "--samples", "2000", cwd=files)
    assert done.returncode == status, done.stderr.decode()
    last = done.stdout.decode().splitlines()[-1]
    assert last.startswith(f"{later}.jsonl against {first}.jsonl: ")
    assert verdict in last
    assert done.stderr == b""


def test_files_for_people_and_for_machines(files: Path) -> None:
    common = ("compare", "good.jsonl", "worse.jsonl", "--gold", "gold.jsonl", "--samples", "500", "--json")
    done = run(*common, "one.json", "--details", "changes.md", cwd=files)
    run(*common, "two.json", cwd=files)
    run(*common, "three.json", "--seed", "3", cwd=files)
    one, two, three = (json.loads((files / f"{n}.json").read_bytes()) for n in ("one", "two", "three"))
    assert one == two != three
    (comparison,) = one["comparisons"]
    assert comparison["verdicts"] == {"span.micro": "worse", "tuple.strict": "worse"}
    assert [c["text"] for a in comparison["articles"] for c in a["changes"]] == ["5个", "5个"] * 12
    details = (files / "changes.md").read_text(encoding="utf-8")
    assert "spans: 0 gained, 12 lost, 0 wrong (0 before); strict tuples: 0 gained, 12 lost" in details
    assert "| span lost | COUNT | 5个 |  | 一季度，广西签约【5个】，增长8%" in details
    rows = [re.findall(r"all|a-00|\d+(?: → \d+)?", line) for line in done.stdout.decode().splitlines()]
    assert ["a-00", "0", "1", "0 → 0", "0", "1", "0 → 0"] in rows
    assert ["all", "0", "12", "0 → 0", "0", "12", "0 → 0"] in rows
    assert not list(files.glob("*.partial"))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("good.jsonl",), "name at least two files"),
        (("good.jsonl", "fewer.jsonl"), "fewer.jsonl: predictions: none for 1 of 12 gold documents ('a-11'"),
        (("good.jsonl", "other.jsonl"), "other.jsonl: a-00: gold and prediction have different texts"),
        (("twice.jsonl", "good.jsonl"), "twice.jsonl: predictions: id 'a-00' occurs twice"),
        (("good.jsonl", "nowhere.jsonl"), "nowhere.jsonl: cannot be read"),
        (("good.jsonl", "worse.jsonl", "--details", "no/changes.md"), "--details no/changes.md: no such folder"),
    ],
)
def test_bad_input_is_one_line(files: Path, args: tuple[str, ...], message: str) -> None:
    done = run("compare", *args, "--gold", "gold.jsonl", cwd=files)
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_help_teaches() -> None:
    assert b"zsner compare old.jsonl new.jsonl --gold" in run("compare", "--help").stdout
