"""Errors on spans, by class."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT, SEEDS
from tests.documents import doc
from zsner.cli.app import app
from zsner.score.errors import CLASSES, error_report, mistakes


@pytest.mark.parametrize(
    ("gold", "found", "kind"),
    [
        ("<ORG>甲公司</ORG>在此", "甲公司在此", "missed"),
        ("甲公司在此", "<ORG>甲公司</ORG>在此", "invented"),
        ("<ORG>甲公司</ORG>在此", "<REGION>甲公司</REGION>在此", "other type"),
        ("<ORG>甲公司</ORG>在此", "<ORG>甲公司在</ORG>此", "boundary: too long"),
        ("<ORG>甲公司</ORG>在此", "<ORG>甲公</ORG>司在此", "boundary: too short"),
        ("<ORG>甲公司</ORG>在此", "甲<ORG>公司在</ORG>此", "boundary: shifted"),
        ("<ORG>甲公司</ORG>在此", "<ORG>甲</ORG><ORG>公司</ORG>在此", "torn or joined"),
    ],
)
def test_classes(gold: str, found: str, kind: str) -> None:
    (mistake,) = mistakes([(doc(gold), doc(found))])
    assert mistake.kind == kind
    assert mistake.kind in CLASSES
    assert not mistakes([(doc(gold), doc(gold))])


def test_every_wrong_span_is_in_one_mistake() -> None:
    gold = doc("<ORG>甲公司</ORG>、<REGION>昌平</REGION><ORG>乙</ORG>到<REGION>丙县</REGION>")
    found = doc("<ORG>甲公司</ORG>、<REGION>昌平乙</REGION>到丙县")
    listed = mistakes([(gold, msgspec.structs.replace(found, id=gold.id))])
    assert [(m.kind, m.gold, m.found) for m in listed] == [
        ("torn or joined", "REGION 昌平 | ORG 乙", "REGION 昌平乙"),
        ("missed", "REGION 丙县", ""),
    ]
    assert "| missed |" in error_report("x", listed)


def test_evaluate_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "errors.md"
    predictions = ROOT / "reports" / "evaluation" / "seeds.jsonl"
    result = CliRunner().invoke(app, ["evaluate", str(SEEDS), str(predictions), "--errors", str(file)])
    assert result.exit_code == 0, result.output
    assert "| invented |" in file.read_text(encoding="utf-8")
