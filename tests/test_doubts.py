"""Disagreements of a model with the annotation, the surest first."""

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from tests.conftest import ROOT, SEEDS
from tests.documents import doc
from zsner.cli.app import app
from zsner.corpus.doubts import doubts


def test_surest_first_and_each_side_once() -> None:
    gold = doc("<ORG>甲公司</ORG>在<REGION>昌平</REGION>推行<MECHANISM>链长制</MECHANISM>")
    found = doc("<ORG>甲</ORG>公司在<REGION>昌平</REGION>推行链长制，<MECHANISM>招商</MECHANISM>").spans
    sure = [msgspec.structs.replace(s, score=score) for s, score in zip(found, (0.7, 0.9, 0.8), strict=True)]
    predicted = msgspec.structs.replace(gold, spans=tuple(sure), tuples=())
    listed = [(d.given and d.given.text, d.seen and d.seen.text, d.confidence) for d in doubts([(gold, predicted)])]
    assert listed == [(None, "招商", 0.8), ("甲公司", "甲", 0.7), ("链长制", None, 0.0)]
    assert not doubts([(gold, gold)])


def test_the_command_prints_rows() -> None:
    predictions: Path = ROOT / "reports" / "evaluation" / "seeds.jsonl"
    result = CliRunner().invoke(app, ["data", "doubts", str(SEEDS), str(predictions), "--least", "0.5"])
    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in result.output.splitlines()]
    assert all(len(row) == 6 and float(row[0]) >= 0.5 for row in rows)
    assert [float(r[0]) for r in rows] == sorted((float(r[0]) for r in rows), reverse=True)
