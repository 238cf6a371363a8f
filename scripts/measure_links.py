"""Compare the rules with the learned link scorer on dev, slot by slot, over three seeds.

    python scripts/measure_links.py runs/base

Gold spans; trains on train, reads no other split. Writes `reports/links.md`.
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
NAMES = ("indicator", "status", *SLOTS, "period", "strict")
REPORT = Path("reports/links.md")


def main(folder: Path) -> None:
    tagger = Tagger(folder)
    dev = load_documents(Path("data/annotations/dev"))

    def scores(nlp: Pipeline) -> dict[str, float]:
        found = [(d, nlp.relink(msgspec.structs.replace(d, tuples=()))) for d in dev]
        return {name: score.f1 for name, score in tuple_scores(found).items()}

    by_rule = scores(Pipeline(tagger))
    pages = link_pages(tagger, load_documents(Path("data/annotations/train")))
    learned = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as aside:
            export_links(train_links(pages, seed=seed), Path(aside) / "links.onnx")
            learned.append(scores(Pipeline(tagger, LinkScorer(Path(aside) / "links.onnx"))))
        print(seed, {name: round(learned[-1][name], 4) for name in NAMES}, flush=True)
    rows = [
        "# Links by rule and learned",
        "",
        f"F1 on the gold spans of `dev`; made by `python scripts/measure_links.py {folder}`.",
        "",
        f"| | rules | scorer, mean of {len(SEEDS)} seeds | lowest | highest |",
        "|---|---|---|---|---|",
    ]
    for name in NAMES:
        each = [s[name] for s in learned]
        rows.append(
            f"| {name} | {by_rule[name]:.3f} | {statistics.mean(each):.3f} | {min(each):.3f} | {max(each):.3f} |"
        )
    REPORT.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
