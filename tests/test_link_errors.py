"""Errors on links, by class."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT, SEEDS
from tests.linked import article
from zsner.cli.app import app
from zsner.document import Document, MetricTuple
from zsner.score.link_errors import link_mistakes, link_report

PAGE = article("[R甲县]与[R乙市]：[O丙公司]、[O丁公司]投资[M3亿元]，[O戊集团]到场。")
"""s1 s2 regions, s3 s4 s6 orgs, s5 the figure."""


def linked(**slots: Any) -> Document:
    values: dict[str, Any] = {"indicator": "project_investment", "status": "actual"} | slots
    return msgspec.structs.replace(PAGE, tuples=(MetricTuple(head="s5", **values),))


@pytest.mark.parametrize(
    ("gold", "found", "kind", "field"),
    [
        ({"region": "s1"}, {}, "missed", "region"),
        ({}, {"region": "s1"}, "invented", "region"),
        ({"region": "s1"}, {"region": "s2"}, "other", "region"),
        ({"org": ("s3", "s4")}, {"org": ("s3",)}, "too few", "org"),
        ({"org": ("s3",)}, {"org": ("s3", "s4")}, "too many", "org"),
        ({"org": ("s3",)}, {"org": ("s4",)}, "other", "org"),
        ({"status": "target"}, {}, "other", "status"),
        ({"indicator": "signed_amount"}, {}, "other", "indicator"),
    ],
)
def test_classes(gold: dict[str, Any], found: dict[str, Any], kind: str, field: str) -> None:
    (mistake,) = link_mistakes([(linked(**gold), linked(**found))])
    assert (mistake.kind, mistake.field) == (kind, field)
    assert "【3亿元】" in mistake.context


def test_what_is_right_or_has_another_head_is_no_mistake() -> None:
    assert not link_mistakes([(linked(region="s1"), linked(region="s1"))])
    assert not link_mistakes([(linked(region="s1"), PAGE)])


def test_the_report_counts_and_shows_them() -> None:
    pairs = [(linked(indicator="signed_amount", region="s1"), linked(region="s2"))]
    report = link_report("x", link_mistakes(pairs))
    assert "2 wrong slots" in report
    assert "| signed_amount | project_investment | 1 |" in report
    assert "| 甲县 | 乙市 |" in report


def test_evaluate_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "errors.md"
    predictions = ROOT / "reports" / "evaluation" / "seeds.jsonl"
    result = CliRunner().invoke(app, ["evaluate", str(SEEDS), str(predictions), "--errors", str(file)])
    assert result.exit_code == 0, result.output
    assert "# Errors of links on seeds" in file.read_text(encoding="utf-8")
