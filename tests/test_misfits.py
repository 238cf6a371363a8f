"""Predictions that do not fit the gold: refused by name and place, or told of and left out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from zsner.cli.app import app
from zsner.document import DataError

GOLD = ROOT / "data" / "annotations" / "seeds"
LINES = (ROOT / "reports" / "evaluation" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
Lines = list[dict[str, Any]]


def overlap(lines: Lines) -> None:
    spans = lines[1]["spans"]
    spans[1]["start"] = spans[0]["start"]
    spans[1]["text"] = lines[1]["text"][spans[1]["start"] : spans[1]["end"]]


def beyond(lines: Lines) -> None:
    lines[1]["spans"][-1]["end"] += 100_000


def other_words(lines: Lines) -> None:
    lines[1]["spans"][0]["text"] = "别的"


def other_text(lines: Lines) -> None:
    lines[1]["text"] += "。"


def twice(lines: Lines) -> None:
    lines.append(lines[1])


def extra(lines: Lines) -> None:
    lines.append(lines[1] | {"id": "no-such.txt"})


def missing(lines: Lines) -> None:
    del lines[1]


def unreadable(lines: Lines) -> None:
    lines[1] = {"format": 1, "id": lines[1]["id"], "error": "no text"}


@pytest.mark.parametrize(
    ("spoil", "message", "left"),
    [
        (overlap, "line 2: '001.txt': span s2 overlaps", 4),
        (beyond, "line 2: '001.txt': span s", 4),
        (other_words, "line 2: '001.txt': span s1: text is '别的'", 4),
        (other_text, "'001.txt' is of another text than the gold, from character", 4),
        (twice, "id '001.txt' occurs twice", 5),
        (extra, "'no-such.txt' is no gold document", 5),
        (missing, "none for 1 of 5 gold documents ('001.txt')", 4),
        (unreadable, "line 2: not a document by the output format", 4),
    ],
)
def test_named_and_refused_or_left_out(tmp_path: Path, spoil: Callable[[Lines], None], message: str, left: int) -> None:
    lines = [json.loads(line) for line in LINES]
    assert [line["id"] for line in lines][1] == "001.txt"
    spoil(lines)
    file, scores = tmp_path / "found.jsonl", tmp_path / "scores.json"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    refused = CliRunner().invoke(app, ["evaluate", str(GOLD), str(file), "--json", str(scores)])
    assert isinstance(refused.exception, DataError)
    assert message in str(refused.exception)
    assert not scores.exists()
    told = CliRunner().invoke(app, ["evaluate", str(GOLD), str(file), "--json", str(scores), "--leave-out"])
    assert told.exit_code == 0, told.output
    assert any("left out: " in line and message in line for line in told.stderr.splitlines())
    assert json.loads(scores.read_bytes())["documents"] == left
