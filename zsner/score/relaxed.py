"""Looser looks at spans: partial, type-only and boundary-only scores, confusion, boundary errors, values.

Gold and predicted spans that overlap are matched one to one, the best fit first; the counts are
those of SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013), but that `partial` wants the type right.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, cast

from zsner.document import Document, Quantity, Span
from zsner.numerals import Unparsable
from zsner.schema import SPAN_TYPES, VALUE_TYPES, ValueType
from zsner.score.spans import Score, score
from zsner.values import declared_currency, parse

NONE: Final = "none"
"""Stands in the confusion for the side that has no span: missed, invented."""
SIDES: Final = ("left: too long", "left: too short", "right: too long", "right: too short")


def matches(gold: Document, found: Document) -> Iterator[tuple[Span | None, Span | None]]:
    """Every span of both sides once, with the one it is matched to, None where there is none."""
    wanted, got = _once(gold), _once(found)
    pairs = [
        ((g.start, g.end) != (f.start, f.end), g.type != f.type, max(g.start, f.start) - min(g.end, f.end), n, m)
        for n, g in enumerate(wanted)
        for m, f in enumerate(got)
        if f.start < g.end and g.start < f.end
    ]
    free_wanted, free_got = set(range(len(wanted))), set(range(len(got)))
    # The same place first, then the same type, then the longer overlap.
    for *_, n, m in sorted(pairs):
        if n in free_wanted and m in free_got:
            free_wanted.remove(n)
            free_got.remove(m)
            yield wanted[n], got[m]
    yield from ((wanted[n], None) for n in sorted(free_wanted))
    yield from ((None, got[m]) for m in sorted(free_got))


def _once(document: Document) -> list[Span]:
    """The spans without those that say the same again."""
    return list({(s.type, s.start, s.end): s for s in document.spans}.values())


class RelaxedTally:
    """Looser counts of spans, article by article."""

    def __init__(self) -> None:
        self._gold: Counter[str] = Counter()
        self._found: Counter[str] = Counter()
        self._right: dict[str, Counter[str]] = {"type": Counter(), "partial": Counter()}
        self._boundary = 0
        self._confusion: Counter[tuple[str, str]] = Counter()
        self._sides: Counter[str] = Counter()
        self._values: Counter[str] = Counter()

    def add(self, gold: Document, found: Document) -> None:
        """Count one article."""
        currency = declared_currency(gold.text, gold.home_region)
        for g, f in matches(gold, found):
            self._confusion[g.type if g else NONE, f.type if f else NONE] += 1
            for side, span in ((self._gold, g), (self._found, f)):
                if span is not None:
                    side[span.type] += 1
                    self._values["gold" if span is g else "found"] += span.type in VALUE_TYPES
            if g is None or f is None:
                continue
            exact = (g.start, g.end) == (f.start, f.end)
            self._boundary += exact
            if g.type == f.type:
                self._right["type"][g.type] += 1
                self._right["partial"][g.type] += 2 if exact else 1  # halves
                self._count_sides(g, f)
                if g.type in VALUE_TYPES:
                    self._values["right"] += f.value is not None and f.value == _value(g, currency)

    def _count_sides(self, g: Span, f: Span) -> None:
        wrong = (f.start < g.start, f.start > g.start, f.end > g.end, f.end < g.end)
        self._sides.update(side for side, there in zip(SIDES, wrong, strict=True) if there)

    def scores(self) -> dict[str, dict[str, Score]]:
        """`type` (right type, any overlap) and `partial` (right type; one for right boundaries, half for an
        overlap) per span type and `micro`; `boundary` (right boundaries, any type) as `micro`."""
        gold, found = self._gold, self._found
        scores: dict[str, dict[str, Score]] = {}
        for name, right in self._right.items():
            halves = 2 if name == "partial" else 1
            scores[name] = {t: score(gold[t], found[t], right[t] / halves) for t in SPAN_TYPES}
            scores[name]["micro"] = score(gold.total(), found.total(), right.total() / halves)
        scores["boundary"] = {"micro": score(gold.total(), found.total(), self._boundary)}
        return scores

    def values(self) -> Score:
        """MONEY, COUNT and GROWTH spans whose normalised value is the gold's, whatever the boundaries."""
        return score(self._values["gold"], self._values["found"], self._values["right"])

    def confusion(self) -> dict[str, dict[str, int]]:
        """Gold type -> predicted type -> spans; `none` on either side for missed and invented."""
        names = (*SPAN_TYPES, NONE)
        return {g: {f: self._confusion[g, f] for f in names} for g in names}

    def boundaries(self) -> dict[str, int]:
        """Spans of the right type whose left or right end is too long or too short."""
        return {side: self._sides[side] for side in SIDES}


def _value(span: Span, currency: str) -> Quantity | None:
    """The gold's value; annotations have words only."""
    if span.value is not None:
        return span.value
    try:
        return parse(span.text, cast(ValueType, span.type), currency=currency)
    except Unparsable:
        return None  # a gold span without a value is right in no prediction
