"""Predict every article by a model that has not seen it: folds of whole batches.

    python scripts/cross_validate.py configs/base.yaml runs/folds --folds 3 --epochs 6 data/annotations/train data/annotations/dev

Writes one model a fold and `predictions.jsonl` (what `zsner data doubts` and `zsner evaluate` take) into the folder.
A fold that is there already is not trained again.
"""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from zsner.corpus.exports import task_files
from zsner.corpus.tasks import load_documents
from zsner.document import Document, to_json
from zsner.model.folder import MANIFEST
from zsner.pipeline import load
from zsner.training.config import read_config
from zsner.training.train import train


def folds(documents: list[tuple[Path, Document]], k: int) -> list[list[tuple[Path, Document]]]:
    """Whole batches dealt out by falling size, each to the fold that has the fewest articles."""
    batches: dict[str, list[tuple[Path, Document]]] = {}
    for item in documents:
        batches.setdefault(item[1].meta.get("batch") or item[1].id, []).append(item)
    dealt: list[list[tuple[Path, Document]]] = [[] for _ in range(k)]
    for batch in sorted(batches.values(), key=lambda b: (-len(b), b[0][1].id)):
        min(dealt, key=len).extend(batch)
    return dealt


def main(
    config: Path,
    output: Path,
    paths: list[Path],
    k: Annotated[int, typer.Option("--folds")] = 3,
    epochs: Annotated[int, typer.Option(help="Epochs of a fold.")] = 6,
) -> None:
    recipe = read_config(config)
    documents = [(file, d) for p in paths for file in task_files(p) for d in load_documents(file)]
    dealt = folds(documents, k)
    lines: list[bytes] = []
    for n, held_out in enumerate(dealt):
        rest = tuple(str(file) for m, fold in enumerate(dealt) if m != n for file, _ in fold)
        folder = output / f"fold-{n}"
        if not (folder / MANIFEST).exists():
            settings = msgspec.structs.replace(recipe, train=rest, dev=(), epochs=epochs, max_steps=-1, articles=0)
            train(settings, folder, resume=(folder / "run.json").exists())
        nlp = load(folder)
        lines += [to_json(nlp.process(msgspec.structs.replace(d, spans=(), tuples=()))) for _, d in held_out]
    (output / "predictions.jsonl").write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    typer.run(main)
