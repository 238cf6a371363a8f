"""Where a model that has not seen an article disagrees with its annotation: labels to look at.

The idea is that of confident learning (Northcutt et al. 2021): what a cross-validated model says
with much confidence against the given label is often a wrong label.
"""

from collections.abc import Iterable
from typing import NamedTuple

from zsner.document import Document, Span


class Doubt(NamedTuple):
    """A disagreement; `given` is the annotation's span, `seen` the model's, one of them may be
    None. `confidence` is the model's in what it saw, 0 where it saw nothing."""

    document: str
    line: int
    given: Span | None
    seen: Span | None
    confidence: float
    context: str


def doubts(pairs: Iterable[tuple[Document, Document]]) -> list[Doubt]:
    """(gold, predicted) documents -> disagreements on spans, the model's surest first."""
    found: list[Doubt] = []
    for gold, predicted in pairs:
        agreed = {(s.type, s.start, s.end) for s in gold.spans} & {(s.type, s.start, s.end) for s in predicted.spans}
        given = [s for s in gold.spans if (s.type, s.start, s.end) not in agreed]
        taken: set[str] = set()
        for seen in predicted.spans:
            if (seen.type, seen.start, seen.end) in agreed:
                continue
            over = next((g for g in given if g.start < seen.end and seen.start < g.end), None)
            if over is not None:
                taken.add(over.id)
            found.append(_doubt(gold, over, seen))
        found += [_doubt(gold, g, None) for g in given if g.id not in taken]
    return sorted(found, key=lambda d: (-d.confidence, d.document, d.line))


def _doubt(document: Document, given: Span | None, seen: Span | None) -> Doubt:
    spans = [s for s in (given, seen) if s is not None]
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    text = document.text
    return Doubt(
        document=document.id,
        line=text.count("\n", 0, start) + 1,
        given=given,
        seen=seen,
        confidence=(seen.score or 0.0) if seen is not None else 0.0,
        context=text[max(0, start - 10) : end + 8].replace("\n", "⏎"),
    )
