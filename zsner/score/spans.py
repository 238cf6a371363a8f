"""Strict span scores: seqeval in strict IOB2 mode, checked by an independent count."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from zsner import bio
from zsner.document import Document
from zsner.schema import SPAN_TYPES


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and what follows from them; `gold` and `found` are numbers of spans (or links), `right` one
    of halves where overlaps count half."""

    precision: float
    recall: float
    f1: float
    gold: int
    found: int
    right: int | float


def score(gold: int, found: int, right: float) -> Score:
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


class SpanTally:
    """Strict counts of spans, article by article."""

    def __init__(self) -> None:
        self._gold_tags: list[list[str]] = []
        self._found_tags: list[list[str]] = []
        self._gold: Counter[str] = Counter()
        self._found: Counter[str] = Counter()
        self._right: Counter[str] = Counter()

    def add(self, gold: Document, found: Document) -> None:
        """Count one article, of one text on both sides."""
        wanted, got = span_keys(gold), span_keys(found)
        self._gold.update(t for t, _, _ in wanted)
        self._found.update(t for t, _, _ in got)
        self._right.update(t for t, _, _ in wanted & got)
        for tags, spans in zip((self._gold_tags, self._found_tags), _sequences(wanted, got), strict=True):
            tags.append(spans)

    def scores(self) -> dict[str, Score]:
        """Scores per span type, `micro` and `macro` (the mean of the types that occur in the gold).

        Raises AssertionError if seqeval and the count of (type, start, end) sets disagree.
        """
        gold, found, right = self._gold, self._found, self._right
        scores: dict[str, Score] = {t: score(gold[t], found[t], right[t]) for t in SPAN_TYPES}
        scores["micro"] = score(gold.total(), found.total(), right.total())
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
            self._ask_seqeval(scores)
        return scores

    def _ask_seqeval(self, scores: dict[str, Score]) -> None:
        from seqeval.metrics import classification_report
        from seqeval.scheme import IOB2

        report = classification_report(
            self._gold_tags, self._found_tags, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
        )
        for name in (*(t for t in SPAN_TYPES if scores[t].gold), "micro"):
            theirs = report["micro avg" if name == "micro" else name]["f1-score"]
            assert abs(theirs - scores[name].f1) < 1e-9, (
                f"{name}: seqeval counts F1 {theirs}, the independent count {scores[name].f1}"
            )


def span_scores(pairs: Iterable[tuple[Document, Document]]) -> dict[str, Score]:
    """(gold, predicted) documents of one text each -> the scores of a `SpanTally` over them."""
    tally = SpanTally()
    for gold, found in pairs:
        tally.add(gold, found)
    return tally.scores()


def span_keys(document: Document) -> set[tuple[str, int, int]]:
    """What strict scoring compares: (type, start, end)."""
    return {(s.type, s.start, s.end) for s in document.spans}


def _sequences(*sides: set[tuple[str, int, int]]) -> list[list[str]]:
    """IOB2 tags of each side over the stretches between all sides' boundaries instead of characters:
    the same spans for seqeval, in a tenth of the tokens."""
    edges = sorted({0}.union(*({start, end} for side in sides for _, start, end in side)))
    place = {edge: number for number, edge in enumerate(edges)}
    length = max(1, len(edges) - 1)
    return [[bio.TAGS[i] for i in bio.encode(length, ((t, place[s], place[e]) for t, s, e in side))] for side in sides]
