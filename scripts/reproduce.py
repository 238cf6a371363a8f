"""Train the evaluation model anew and compare it with the published figures.

    python scripts/reproduce.py runs/reproduce

Exit status 1 where the strict span micro-F1 on test is off by more than 0.01, or the data are others.
"""

import json
import sys
from pathlib import Path

import msgspec

from zsner.corpus.tasks import load_documents
from zsner.model.folder import MANIFEST, Manifest, read_manifest
from zsner.pipeline import load
from zsner.score.evaluate import evaluate
from zsner.training.config import read_config
from zsner.training.train import train

EVALUATION = Path("reports/evaluation")
TOLERANCE = 0.01


def main(folder: Path) -> int:
    published = msgspec.json.decode((EVALUATION / "model.json").read_bytes(), type=Manifest)
    if not (folder / MANIFEST).exists():
        train(read_config(Path("configs/base.yaml")), folder, resume=(folder / "run.json").exists())
    made = read_manifest(folder)
    failed = False
    for key in ("train_digest", "dev_digest"):
        if made.data[key] != published.data[key]:
            print(f"{key}: {made.data[key]} here, {published.data[key]} published: other data, other figures")
            failed = True
    nlp = load(folder)
    for split in ("test", "seeds"):
        gold = load_documents(Path("data/annotations") / split)
        report = evaluate(gold, [nlp.process(msgspec.structs.replace(d, home_region=None)) for d in gold])
        then = json.loads((EVALUATION / f"{split}-scores.json").read_text(encoding="utf-8"))["spans"]["micro"]["f1"]
        now = report.spans["micro"].f1
        print(f"{split}: span micro-F1 {now:.4f}, published {then:.4f}")
        failed |= split == "test" and abs(now - then) > TOLERANCE
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
