"""Releases of the model: a new one is held against those recorded, then recorded itself."""

import bz2
import shutil
from pathlib import Path
from typing import Final

from zsner.document import DataError
from zsner.io.readers import read_gold, read_predictions
from zsner.model.folder import decode_manifest
from zsner.model.versions import EVALUATION, RECORD, RELEASES, releases
from zsner.score.bootstrap import SEED
from zsner.score.compare import System, compare

SAMPLES: Final = 10_000
PREDICTED: Final = ("test", "seeds")
PACKED: Final = ".jsonl.bz2"
"""Two thirds of what gzip makes of predictions, and it holds no time."""


def worse_than_recorded(root: Path, version: str) -> list[str]:
    """On what the evaluation model of a clone at `root` is significantly worse on `test` than one recorded
    there of another version than `version`: a sentence each, none where it may be released.

    Raises DataError where predictions are missing or do not cover the test."""
    gold = read_gold(root / "data" / "annotations" / "test")
    new = System(version, read_predictions(root / EVALUATION / "test.jsonl"))
    sentences = []
    for folder in releases(root):
        if folder.name == version:
            continue
        old = System(folder.name, read_predictions(folder / f"test{PACKED}"))
        (found,) = compare(gold, [old, new], samples=SAMPLES, seed=SEED).comparisons
        sentences += [
            f"{row}: {d.later:.4f}, {folder.name} has {d.first:.4f} (p {d.p:.4f})"
            for row, verdict in found.verdicts.items()
            if verdict == "worse" and (d := found.rows[row])
        ]
    return sentences


def record(root: Path, version: str) -> Path:
    """Keep the evaluation model of a clone at `root` as that of `version`: its manifest, and predictions and
    scores on `test` and `seeds`. Raises DataError where another model is recorded under this version."""
    folder, evaluation = root / RELEASES / version, root / EVALUATION
    if (folder / RECORD).exists() and decode_manifest(folder / RECORD) != decode_manifest(evaluation / RECORD):
        raise DataError(f"{folder}: another model is recorded as {version}; raise the version and train again")
    folder.mkdir(parents=True, exist_ok=True)
    for split in PREDICTED:
        packed = bz2.compress((evaluation / f"{split}.jsonl").read_bytes())
        aside = folder / f"{split}{PACKED}.partial"
        aside.write_bytes(packed)
        aside.replace(folder / f"{split}{PACKED}")
        shutil.copyfile(evaluation / f"{split}-scores.json", folder / f"{split}-scores.json")
    shutil.copyfile(evaluation / RECORD, folder / RECORD)
    return folder
