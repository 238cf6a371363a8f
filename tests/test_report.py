"""The page of `zsner evaluate --html`: what it holds, that it is whole, that strangers' text stays text."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT, SEEDS
from tests.documents import doc
from tests.linked import article
from zsner.cli.app import app
from zsner.document import DataError, Document, MetricTuple
from zsner.io.readers import read_predictions
from zsner.score.errors import mistakes
from zsner.score.evaluate import evaluate, pair
from zsner.score.groups import Group
from zsner.score.link_errors import link_mistakes
from zsner.score.report import Run, html_report, read_run
from zsner.score.spans import score

PREDICTIONS = ROOT / "reports" / "evaluation" / "seeds.jsonl"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&<!--"


class Page(HTMLParser):
    """A page taken apart. Fails where an element is not closed in its place."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.inside.append((self.open[-1] if self.open else "", data))

    def texts(self, tag: str) -> list[str]:
        return [data for name, data in self.inside if name == tag and data.strip()]

    @property
    def data(self) -> dict[str, Any]:
        held: dict[str, Any] = json.loads(self.texts("script")[0])
        return held


def report_on(
    gold: list[Document], found: list[Document], title: str = "x", runs: Sequence[Run] = (), **given: Any
) -> Page:
    """The page, with other plots than those of the documents where they are given."""
    report = msgspec.structs.replace(evaluate(gold, found), **given)
    return Page(html_report(title, report, pair(gold, found), runs=runs))


@pytest.fixture(scope="module")
def found() -> list[Document]:
    return read_predictions(PREDICTIONS)


@pytest.fixture(scope="module")
def page(gold: list[Document], found: list[Document]) -> Page:
    return report_on(gold, found, "zsner on seeds")


def test_every_error_is_in_the_page(page: Page, gold: list[Document], found: list[Document]) -> None:
    pairs = pair(gold, found)
    wanted = Counter(("span", m.kind, m.type, m.document, m.start, m.gold, m.found) for m in mistakes(pairs))
    wanted += Counter(("link", m.kind, m.field, m.document, m.start, m.gold, m.found) for m in link_mistakes(pairs))
    ids = [a["id"] for a in page.data["articles"]]
    held = Counter(
        (e["level"], e["kind"], e["type"], ids[e["article"]], e["start"], e["gold"], e["found"])
        for e in page.data["errors"]
        if e["level"] != "figure"
    )
    assert held == wanted
    assert held.total() > 100


def test_the_pieces_are_the_text_and_the_spans(page: Page, gold: list[Document], found: list[Document]) -> None:
    for document, prediction, shown in zip(gold, found, page.data["articles"], strict=True):
        assert "".join(text for _, text, _, _ in shown["pieces"]) == document.text
        for side, spans in ((2, document.spans), (3, prediction.spans)):
            covered = [""] * len(spans)
            for start, text, *numbers in shown["pieces"]:
                assert document.text[start : start + len(text)] == text
                if (n := numbers[side - 2]) is not None:
                    covered[n] += text
            assert covered == [s.text for s in spans]


def test_scores_and_plots_are_there(page: Page, gold: list[Document], found: list[Document]) -> None:
    report = evaluate(gold, found)
    cells = page.texts("td")
    for s in (*report.spans.values(), *report.tuples.values()):
        assert f"{s.f1:.3f}" in cells
    low, high = report.intervals["REGION"]
    assert f"{low:.3f} – {high:.3f}" in cells
    plots = [a["aria-label"] for name, a in page.elements if name == "svg"]
    assert plots[0] == "F1 by span type"
    assert plots[2] == "Share of right spans by confidence"
    assert plots.count("F1 by group") == len(report.groups) - 1


def test_what_is_given_has_a_plot(gold: list[Document], found: list[Document]) -> None:
    group = Group(documents=3, spans=score(100, 90, 80), tuples=score(10, 10, 7))
    nothing = Group(documents=1, spans=score(0, 0, 0), tuples=score(0, 0, 0))
    page = report_on(
        gold,
        found,
        groups={"script": {"hant_native": group, "hans": nothing}, "damage": {"cut": nothing}, "article": {"a": group}},
        confusion={"REGION": {"REGION": 90, "ORG": 7, "none": 3}, "none": {"ORG": 4}},
        runs=[Run("base", ((0.1, 2.0), (0.2, 0.5)), ((1.0, 0.91), (2.0, 0.93)))],
    )
    assert [t for t in page.texts("h2") if "curve" in t or "Scores by" in t or "Confusion" in t] == [
        "Confusion between types",
        "Learning curve, development data",
        "Learning curve, loss",
        "Scores by script",
        "Scores by damage",
    ]
    assert "gold REGION, found ORG: 7" in page.texts("title")
    assert "gold none, found ORG: 4" in page.texts("title")
    assert "hant_native: spans 0.8421" in page.texts("title")
    assert "base, epoch 2: 0.9300" in page.texts("title")


def test_unscored_spans_have_no_reliability_diagram(gold: list[Document]) -> None:
    assert "Reliability" not in report_on(gold, gold).texts("h2")


def test_the_page_needs_nothing_else(page: Page) -> None:
    for name, attributes in page.elements:
        assert name not in ("img", "iframe", "object", "embed", "form")
        assert "src" not in attributes
        assert "style" not in attributes
        assert not any(key.startswith("on") for key in attributes)
        assert (attributes.get("href") or "#").startswith(("#", "data:,"))
    (style,) = page.texts("style")
    assert "url(" not in style
    assert "@import" not in style


def test_only_its_own_script_and_style_may_run(page: Page) -> None:
    (policy,) = [a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in str(policy).split("; "))
    assert rules["default-src"] == "'none'"
    for rule, text in (("script-src", page.texts("script")[1]), ("style-src", page.texts("style")[0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_hostile_text_stays_text() -> None:
    body = f"{HOSTILE}，甲{HOSTILE}在丙县投资3亿元"
    start = body.index("甲")
    gold = msgspec.structs.replace(article("[O甲]"), id=HOSTILE, text=body, spans=(), meta={"genre": HOSTILE})
    span = msgspec.structs.replace(
        article("[O甲]").spans[0], start=start, end=start + 1 + len(HOSTILE), text=f"甲{HOSTILE}"
    )
    found = msgspec.structs.replace(gold, spans=(span,), model=HOSTILE, meta={})
    group = Group(documents=1, spans=score(1, 1, 1), tuples=score(1, 1, 1))
    page = report_on(
        [gold],
        [found],
        HOSTILE,
        groups={HOSTILE: {HOSTILE: group}},
        confusion={HOSTILE: {HOSTILE: 1}},
        runs=[Run(HOSTILE, ((0.1, 2.0),), ((1.0, 0.9),))],
    )
    names = Counter(name for name, _ in page.elements)
    assert (names["script"], names["img"], names["html"], names["body"]) == (2, 0, 1, 1)
    (shown,) = page.data["articles"]
    assert "".join(p[1] for p in shown["pieces"]) == body
    assert (shown["id"], shown["about"]) == (HOSTILE, HOSTILE)
    assert page.texts("h1")[0].startswith("</script>")


def figure(**slots: Any) -> Document:
    page = article("一季度[R甲县]与[R乙市]：[O丙公司]投资[M3亿元]，新增[C5个]。")
    values: dict[str, Any] = {"indicator": "project_investment", "status": "actual"} | slots
    return msgspec.structs.replace(page, tuples=(MetricTuple(head="s4", **values),))


def test_a_figure_shows_both_sides_and_what_is_wrong() -> None:
    page = report_on([figure(region="s1", org=("s3",))], [figure(region="s2", org=("s3",))])
    ((shown,), (error,)) = page.data["articles"][0]["figures"], page.data["errors"]
    assert shown["wrong"] == ["region"]
    assert (shown["gold"]["fields"]["region"], shown["found"]["fields"]["region"]) == ("甲县", "乙市")
    assert shown["gold"]["links"] == {"region": [0], "org": [2]}
    assert (error["level"], error["type"], error["figure"], error["gold"]) == ("link", "region", 0, "甲县")


def test_a_figure_of_one_side_whose_head_is_right_is_an_error() -> None:
    without = msgspec.structs.replace(figure(), tuples=())
    for gold, found, kind in ((figure(), without, "missed"), (without, figure(), "invented")):
        (error,) = report_on([gold], [found]).data["errors"]
        assert (error["level"], error["kind"], error["type"]) == ("figure", kind, "project_investment")
    # Where the head is wrong as a span, that is the error.
    (error,) = report_on(
        [figure()], [msgspec.structs.replace(without, spans=without.spans[:3] + without.spans[4:])]
    ).data["errors"]
    assert (error["level"], error["kind"]) == ("span", "missed")


@pytest.mark.parametrize(("script", "language"), [("hans", "zh-Hans"), ("hant_native", "zh-Hant"), (None, "zh-Hans")])
def test_the_script_chooses_the_letters(script: str | None, language: str) -> None:
    gold = doc("<ORG>甲公司</ORG>在此", **({"script": script} if script else {}))
    (shown,) = report_on([gold], [gold]).data["articles"]
    assert shown["language"] == language
    assert not report_on([gold], [gold]).data["errors"]


def test_a_training_log_is_read(tmp_path: Path) -> None:
    lines = [
        {"step": 20, "loss": 2.4, "epoch": 0.5},
        {"step": 40, "loss": 9.0, "epoch": 1.0},
        {"step": 40, "loss": 1.2, "epoch": 1.0},  # again, after an interruption
        {"step": 40, "eval_loss": 0.1, "eval_f1": 0.84, "epoch": 1.0},
        {"step": 60, "loss": float("nan"), "epoch": 1.5},
        {"step": 60, "train_runtime": 3.0, "epoch": 1.5},
    ]
    log = tmp_path / "metrics.jsonl"
    log.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert read_run(tmp_path) == Run(tmp_path.name, ((0.5, 2.4), (1.0, 1.2)), ((1.0, 0.84),))
    log.write_text('{"epoch": 1}\nnonsense\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"metrics\.jsonl, line 2: no line of a training log"):
        read_run(tmp_path)
    with pytest.raises(DataError, match="name a folder that `zsner train` wrote"):
        read_run(tmp_path / "none")


def test_evaluate_writes_it(tmp_path: Path) -> None:
    file, run = tmp_path / "report.html", tmp_path / "base"
    run.mkdir()
    (run / "metrics.jsonl").write_text('{"epoch": 1.0, "eval_f1": 0.9}\n', encoding="utf-8")
    command = ["evaluate", str(SEEDS), str(PREDICTIONS), "--html", str(file), "--runs", str(run)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    page = Page(file.read_text(encoding="utf-8"))
    assert page.texts("h1") == ["zsner on seeds"]
    assert "Learning curve, development data" in page.texts("h2")
    assert [f.name for f in tmp_path.iterdir()].count("report.html.partial") == 0


def test_runs_go_with_a_page() -> None:
    result = CliRunner().invoke(app, ["evaluate", str(SEEDS), str(PREDICTIONS), "--runs", "runs/base"])
    assert isinstance(result.exception, DataError)
    assert "--runs goes with --html" in str(result.exception)
