"""Cards: heads by the Hub's metadata, numbers from what was measured, a corpus that `datasets` loads."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from zsner.corpus.split import SPLITS, read_splits
from zsner.corpus.tasks import load_documents
from zsner.score.data_card import data_card

MODEL_CARD = ROOT / "model_card.md"
DATA_CARD = ROOT / "data" / "annotations" / "README.md"


def head(card: Path) -> dict[str, Any]:
    _, fields, _ = card.read_text(encoding="utf-8").split("---\n", 2)
    return dict(yaml.safe_load(fields))


def test_the_model_index_is_what_was_measured() -> None:
    (model,) = head(MODEL_CARD)["model-index"]
    measured = {p.name.removesuffix("-scores.json") for p in (ROOT / "reports/evaluation").glob("*-scores.json")}
    assert {r["dataset"]["split"] for r in model["results"]} == measured
    for result in model["results"]:
        assert result["task"]["type"] == "token-classification"
        scores = json.loads((ROOT / "reports/evaluation" / f"{result['dataset']['split']}-scores.json").read_bytes())
        given = {m["type"]: m["value"] for m in result["metrics"]}
        assert given.keys() == {"precision", "recall", "f1"}
        for name, value in given.items():
            assert value == pytest.approx(scores["spans"]["micro"][name], abs=5e-5)


def test_the_hub_reads_the_model_index() -> None:
    hub = pytest.importorskip("huggingface_hub")  # comes with the extra `train`
    card = hub.ModelCard.load(MODEL_CARD)
    assert card.data.license == "apache-2.0"
    assert card.data.model_name == "zsner-base"
    assert len(card.data.eval_results) == 3 * len(head(MODEL_CARD)["model-index"][0]["results"])


def test_the_data_card_is_what_the_data_say() -> None:
    assert data_card(ROOT) == DATA_CARD.read_text(encoding="utf-8")


def test_the_data_card_counts_right() -> None:
    listed = list(read_splits(ROOT / "data" / "splits.tsv").values())
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", DATA_CARD.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == {split: str(listed.count(split)) for split in SPLITS}
    fields = head(DATA_CARD)
    assert fields["size_categories"] == ["n<1K"]
    assert len(listed) < 1000
    assert [f["split"] for f in fields["configs"][0]["data_files"]] == list(SPLITS)


def test_the_card_lies_in_nobodys_way() -> None:
    listed = list(read_splits(ROOT / "data" / "splits.tsv").values())
    assert len(load_documents(DATA_CARD.parent)) == len(listed)


def test_the_line_on_the_data_card_loads_the_corpus(tmp_path: Path) -> None:
    pytest.importorskip("datasets", minversion="4.7")  # of the extra `train`; older ones lack the type Json
    (code,) = re.findall(r"```python\n(.*?)```", DATA_CARD.read_text(encoding="utf-8"), re.DOTALL)
    tell = """
import json, sys
span = corpus["seeds"][0]["annotations"][-1]["result"][0]
json.dump([{s: len(corpus[s]) for s in corpus}, corpus["seeds"][0]["data"]["text"], span], sys.stdout)
"""
    env = os.environ | {"HF_DATASETS_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code + tell], capture_output=True, cwd=ROOT, env=env, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    sizes, text, span = json.loads(done.stdout)
    listed = list(read_splits(ROOT / "data" / "splits.tsv").values())
    assert sizes == {split: listed.count(split) for split in SPLITS}
    (first,) = (d for d in load_documents(DATA_CARD.parent / "seeds") if d.text == text)
    assert span["type"] == "labels"
    assert text[span["value"]["start"] : span["value"]["end"]] == span["value"]["text"] == first.spans[0].text
