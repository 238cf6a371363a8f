"""Compare the rules with the learned link scorer, slot by slot, over three seeds.

    python scripts/measure_links.py runs/base

Gold spans of `dev`, whose errors were read while the rules were written, and of `fresh`, whose were not
(its text is scored already). Trains on train. Writes `reports/links.md`; a slot in which the rules were
better on both would be left to them.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import msgspec

from zsner.corpus.tasks import load_documents
from zsner.link.scorer import LinkScorer
from zsner.model.tagger import Tagger
from zsner.pipeline import Pipeline
from zsner.schema import SLOTS
from zsner.score.tuples import tuple_scores
from zsner.training.links import export_links, link_pages, train_links

SEEDS = (13, 1, 2)
SPLITS = ("dev", "fresh")
NAMES = ("indicator", "status", *SLOTS, "period", "strict")
REPORT = Path("reports/links.md")


def main(folder: Path) -> None:
    tagger = Tagger(folder)
    gold = {split: load_documents(Path("data/annotations") / split) for split in SPLITS}

    def scores(nlp: Pipeline) -> dict[str, dict[str, float]]:
        linked = {s: [(d, nlp.relink(msgspec.structs.replace(d, tuples=()))) for d in gold[s]] for s in SPLITS}
        return {s: {name: score.f1 for name, score in tuple_scores(linked[s]).items()} for s in SPLITS}

    by_rule = scores(Pipeline(tagger))
    pages = link_pages(tagger, load_documents(Path("data/annotations/train")))
    learned = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as aside:
            export_links(train_links(pages, seed=seed), Path(aside) / "links.onnx")
            learned.append(scores(Pipeline(tagger, LinkScorer(Path(aside) / "links.onnx"))))
        print(seed, {s: round(learned[-1][s]["strict"], 4) for s in SPLITS}, flush=True)
    heads = " | ".join(f"{s}: rules | scorer, mean of {len(SEEDS)} seeds | lowest | highest" for s in SPLITS)
    rows = [
        "# Links by rule and learned",
        "",
        f"F1 on gold spans; made by `python scripts/measure_links.py {folder}`. Errors of the rules on `dev` were",
        "read while they were written, so that `dev` flatters them; those on `fresh` were not.",
        "",
        f"| | {heads} |",
        "|" + "---|" * (1 + 4 * len(SPLITS)),
    ]
    for name in NAMES:
        cells = []
        for split in SPLITS:
            each = [s[split][name] for s in learned]
            cells += [by_rule[split][name], statistics.mean(each), min(each), max(each)]
        rows.append(f"| {name} | " + " | ".join(f"{x:.3f}" for x in cells) + " |")
    REPORT.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
