"""Measure an evaluation model on every split it has not trained on, into `reports/evaluation/`.

    python scripts/measure_model.py runs/base
    python scripts/measure_model.py runs/base --fresh    once, when the recipe is frozen

Predictions of the held-out splits are kept, so that `zsner evaluate` gives the same figures in seconds.
Links are scored on gold spans too (`SPLIT-links.json`), with their errors in `reports/link-errors-SPLIT.md`.
"""

import shutil
import sys
from pathlib import Path

import msgspec

from zsner.corpus.tasks import load_documents
from zsner.document import DataError, to_json
from zsner.model.folder import MANIFEST, read_manifest
from zsner.pipeline import load
from zsner.score.errors import error_report, mistakes
from zsner.score.evaluate import evaluate, pair
from zsner.score.link_errors import link_mistakes, link_report
from zsner.score.tuples import tuple_scores

EVALUATION = Path("reports/evaluation")


def main(folder: Path, *, fresh: bool = False) -> None:
    if read_manifest(folder).kind != "evaluation":
        raise DataError(f"{folder}: has been trained on the articles it would be measured on; name an evaluation model")
    nlp = load(folder)
    EVALUATION.mkdir(parents=True, exist_ok=True)
    for split in ("dev", "test", "seeds", *(["fresh"] if fresh else [])):
        gold = load_documents(Path("data/annotations") / split)
        # The text alone: what the gold knows of its place is not handed over.
        bare = [msgspec.structs.replace(d, home_region=None, meta={}) for d in gold]
        found = [nlp.process(d) for d in bare]
        linked = pair(gold, [nlp.relink(d) for d in bare])
        report = evaluate(gold, found)
        (EVALUATION / f"{split}-scores.json").write_bytes(
            msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
        )
        if split != "dev":
            (EVALUATION / f"{split}.jsonl").write_bytes(b"".join(to_json(d) + b"\n" for d in found))
        if split in ("dev", "test"):
            listed = mistakes(pair(gold, found))
            (Path("reports") / f"errors-{split}.md").write_text(error_report(split, listed), encoding="utf-8")
            (Path("reports") / f"link-errors-{split}.md").write_text(
                link_report(f"the gold spans of {split}", link_mistakes(linked)), encoding="utf-8"
            )
        on_gold = tuple_scores(linked)
        (EVALUATION / f"{split}-links.json").write_bytes(
            msgspec.json.format(msgspec.json.encode(on_gold), indent=2) + b"\n"
        )
        print(
            split,
            f"spans {report.spans['micro'].f1:.4f}",
            f"tuples {report.tuples['strict'].f1:.4f}",
            f"on gold spans {on_gold['strict'].f1:.4f}",
            f"ECE {report.ece:.4f}",
        )
    shutil.copyfile(folder / MANIFEST, EVALUATION / "model.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]), fresh="--fresh" in sys.argv[2:])
