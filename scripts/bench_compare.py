"""False alarms of `zsner compare`: how often it calls a difference significant where there is none.

    make bench-compare
    python scripts/bench_compare.py OTHER.jsonl     against other predictions of the test split

Two systems' predictions of the test split are swapped article by article at random, a thousand
times: neither of the two mixtures is better but by chance, so that at the 5 % level about 5 % of the
comparisons may be significant. The systems are `reports/evaluation/test.jsonl` and, unless other
predictions are named, the same with one span in twenty spoilt (left out, or cut by its last
character), drawn by a fixed seed. Exit status 1 where a rate is above `BAR`.
"""

import random
import sys
import time
from pathlib import Path

import msgspec
import numpy as np

from zsner.corpus.tasks import load_documents
from zsner.document import Document
from zsner.io.readers import read_predictions
from zsner.schema import LIST_SLOTS, SLOTS
from zsner.score.bootstrap import approximate_randomisation
from zsner.score.compare import DECISIVE, ROWS, SIGNIFICANT, counts_by_unit
from zsner.score.evaluate import pair

ROOT = Path(__file__).parent.parent
PREDICTIONS = ROOT / "reports" / "evaluation" / "test.jsonl"
COMPARISONS = 1000
SAMPLES = 10_000
SPOILT = 0.05
SEED = 2026
BAR = 0.065


def spoilt(document: Document, chance: random.Random) -> Document:
    """The document with spans left out or cut, and with the tuples and links that are left."""
    spans = []
    for span in document.spans:
        drawn = chance.random()
        if drawn >= SPOILT:
            spans.append(span)
        elif drawn >= SPOILT / 2 and len(span.text) > 1:
            spans.append(msgspec.structs.replace(span, end=span.end - 1, text=span.text[:-1]))
    left = {s.id for s in spans}
    tuples = []
    for t in document.tuples:
        if t.head in left:
            kept = {slot: tuple(i for i in t.linked(slot) if i in left) for slot in SLOTS}
            links = {slot: ids if slot in LIST_SLOTS else next(iter(ids), None) for slot, ids in kept.items()}
            tuples.append(msgspec.structs.replace(t, **links))
    return msgspec.structs.replace(document, spans=tuple(spans), tuples=tuple(tuples))


def main(other: Path | None) -> int:
    began = time.perf_counter()
    found = read_predictions(PREDICTIONS)
    chance = random.Random(SEED)
    second = [spoilt(d, chance) for d in found] if other is None else read_predictions(other)
    gold = load_documents(ROOT / "data" / "annotations" / "test")
    columns = [ROWS.index(row) for row in DECISIVE]
    first, later = (counts_by_unit(pair(gold, system), "article")[:, columns] for system in (found, second))
    draw = np.random.default_rng(SEED)
    alarms = np.zeros(len(DECISIVE))
    for number in range(COMPARISONS):
        swapped = draw.integers(2, size=len(first)).astype(bool)[:, None, None]
        mixed = np.where(swapped, later, first), np.where(swapped, first, later)
        alarms += approximate_randomisation(*mixed, samples=SAMPLES, seed=number) < SIGNIFICANT
    rates = alarms / COMPARISONS
    for row, rate in zip(DECISIVE, rates, strict=True):
        print(f"{row:13} {rate:6.1%} false alarms in {COMPARISONS} comparisons, at most {BAR:.1%}")
    print(f"{len(first)} articles, {SAMPLES} samples each, {time.perf_counter() - began:.1f} s")
    return int(bool((rates > BAR).any()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else None))
