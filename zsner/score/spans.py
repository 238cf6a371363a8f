"""Strict span scores: seqeval in strict IOB2 mode, checked by an independent count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from zsner import bio
from zsner.document import Document
from zsner.schema import SPAN_TYPES

_BLANK: Final = bio.TAGS[0]


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and what follows from them; `gold` and `found` are numbers of spans (or links)."""

    precision: float
    recall: float
    f1: float
    gold: int
    found: int
    right: int


def score(gold: int, found: int, right: int) -> Score:
    """Precision, recall and F1 from counts; 0 where a denominator is 0."""
    precision = right / found if found else 0.0
    recall = right / gold if gold else 0.0
    f1 = 2 * right / (gold + found) if gold + found else 0.0
    return Score(precision=precision, recall=recall, f1=f1, gold=gold, found=found, right=right)


def strict_micro_f1(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    """Strict micro-F1 of IOB2 tag sequences, by seqeval."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    return float(f1_score(gold, found, average="micro", mode="strict", scheme=IOB2, zero_division=0))


def span_scores(pairs: Iterable[tuple[Document, Document]]) -> dict[str, Score]:
    """(gold, predicted) documents of one text each -> strict scores per span type, `micro` and
    `macro` (the mean of the types that occur in the gold).

    Raises AssertionError if seqeval and the independent count of (type, start, end) sets disagree.
    """
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    gold_tags: list[list[str]] = []
    found_tags: list[list[str]] = []
    gold_count: Counter[str] = Counter()
    found_count: Counter[str] = Counter()
    right_count: Counter[str] = Counter()
    for gold, found in pairs:
        gold_tags.append(_tags(gold))
        found_tags.append(_tags(found))
        wanted = {(s.type, s.start, s.end) for s in gold.spans}
        got = {(s.type, s.start, s.end) for s in found.spans}
        gold_count.update(t for t, _, _ in wanted)
        found_count.update(t for t, _, _ in got)
        right_count.update(t for t, _, _ in wanted & got)
    scores: dict[str, Score] = {t: score(gold_count[t], found_count[t], right_count[t]) for t in SPAN_TYPES}
    scores["micro"] = score(gold_count.total(), found_count.total(), right_count.total())
    present = [scores[t] for t in SPAN_TYPES if scores[t].gold]
    if present:
        scores["macro"] = Score(
            precision=sum(s.precision for s in present) / len(present),
            recall=sum(s.recall for s in present) / len(present),
            f1=sum(s.f1 for s in present) / len(present),
            gold=scores["micro"].gold,
            found=scores["micro"].found,
            right=scores["micro"].right,
        )
    if scores["micro"].gold:
        report = classification_report(
            gold_tags, found_tags, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
        )
        names: list[str] = [*(t for t in SPAN_TYPES if scores[t].gold), "micro"]
        for name in names:
            theirs = report["micro avg" if name == "micro" else name]["f1-score"]
            assert abs(theirs - scores[name].f1) < 1e-9, (
                f"{name}: seqeval counts F1 {theirs}, the independent count {scores[name].f1}"
            )
    return scores


def _tags(document: Document) -> list[str]:
    spans = ((s.type, s.start, s.end) for s in document.spans)
    return [bio.TAGS[i] for i in bio.encode(len(document.text), spans)]
