"""Statements of one fact: a title, a summary and the body often tell the same figure.

Two tuples state one fact where what they count, its amount, place, time and size filter agree, and
nothing that both name differs. The fullest statement stands for them; the others point to it
(`same_as`), so that sums over rows do not count twice.
"""

from decimal import Decimal
from typing import Final

import msgspec

from zsner.document import Document, MetricTuple, Quantity, Span
from zsner.link.aliases import short_name
from zsner.link.page import Page

_OF_A_PROJECT: Final = frozenset({"project_investment", "output_value", "tax_revenue", "jobs", "fund_size"})
"""Figures of one thing among many alike: two projects may well cost the same."""
_SMALL: Final = Decimal(20)
"""Counts below it agree by chance; they need a place and a time that agree, not just none against it."""
_ROUNDED: Final = Decimal("1.15")
"""超2000亿元 in a title may be the 2217亿元 of the body, but not its 3000亿元."""


def group_same(document: Document) -> Document:
    """The document with `same_as` set: the head of the fullest statement of the same fact, None
    for a tuple that stands for itself. Needs values."""
    page = Page(document)
    spans = {s.id: s for s in document.spans}
    facts: list[list[MetricTuple]] = []
    for t in document.tuples:
        held = next((f for f in facts if all(_one_fact(page, spans, t, other) for other in f)), None)
        if held is None:
            facts.append([t])
        else:
            held.append(t)
    stands_for = {t.head: max(f, key=lambda t: _fullness(spans, t)).head for f in facts for t in f}
    tuples = tuple(
        msgspec.structs.replace(t, same_as=None if stands_for[t.head] == t.head else stands_for[t.head])
        for t in document.tuples
    )
    return msgspec.structs.replace(document, tuples=tuples)


def _fullness(spans: dict[str, Span], t: MetricTuple) -> tuple[int, bool, int]:
    """The most slots filled, then an exact amount, then the place furthest down: the body's."""
    filled = [t.region, t.growth, t.filter, t.period, *t.org, *t.industry, *t.mechanism]
    value = spans[t.head].value
    return sum(x is not None for x in filled), value is not None and value.bound == "exact", spans[t.head].start


def _one_fact(page: Page, spans: dict[str, Span], a: MetricTuple, b: MetricTuple) -> bool:
    first, second = spans[a.head], spans[b.head]
    if (a.indicator, a.status, first.type) != (b.indicator, b.status, second.type):
        return False
    if page.sentence_at(_folded(page, first)) is page.sentence_at(_folded(page, second)):
        return False  # 签约5个,增资5个: nobody repeats a figure within a sentence
    if not _same_amount(first.value, second.value):
        return False

    def texts(ids: tuple[str, ...]) -> frozenset[str]:
        return frozenset("".join(spans[i].text.split()) for i in ids)

    if texts(a.linked("filter")) != texts(b.linked("filter")):
        return False
    place, time = _same_place(a, b), _same_time(a, b)
    if place is False or time is False:
        return False
    small = first.type == "COUNT" and first.value is not None and (first.value.low or Decimal(0)) < _SMALL
    if small and not (place and time):
        return False
    pairs = [(texts(getattr(a, slot)), texts(getattr(b, slot))) for slot in ("org", "industry", "mechanism")]
    if a.indicator in _OF_A_PROJECT and not (pairs[0][0] & pairs[0][1]):
        return False
    if any(one and other and not one & other for one, other in pairs):
        return False
    grown = [spans[t.growth].value for t in (a, b) if t.growth is not None]
    return len(grown) < 2 or grown[0] == grown[1]


def _folded(page: Page, span: Span) -> int:
    return page.folded.from_raw(span.start, span.end)[0]


def _same_amount(a: Quantity | None, b: Quantity | None) -> bool:
    if a is None or b is None or a.unit != b.unit:
        return False
    if (a.low, a.high) == (b.low, b.high):
        return True
    # A bound, or a round figure, that the other's amount keeps.
    loose, exact = (a, b) if a.bound != "exact" else (b, a)
    n, near = exact.amount, loose.amount
    if exact.bound != "exact" or n is None or near is None or n <= 0 or near <= 0:
        return False
    if not (loose.low or n) <= n * (_ROUNDED if loose.bound == "about" else 1):
        return False
    if loose.bound in ("less_than", "at_most") and n > near:
        return False
    return max(n, near) <= _ROUNDED * min(n, near)


def _same_place(a: MetricTuple, b: MetricTuple) -> bool | None:
    """None where one names no place."""
    if a.region_name is None or b.region_name is None:
        return None
    return short_name(a.region_name) == short_name(b.region_name)


def _same_time(a: MetricTuple, b: MetricTuple) -> bool | None:
    """None where one has no time."""
    if a.period is None or b.period is None:
        return None
    one, other = (a.period.from_, a.period.to), (b.period.from_, b.period.to)
    if one == (None, None) or other == (None, None):
        return True if a.period.text == b.period.text else None
    # 今年以来 and 1至7月, or 截至7月底: the same if they end within one month.
    if one[1] and other[1] and one[1][:7] == other[1][:7]:
        return one[0] is None or other[0] is None or one[0] == other[0]
    return one == other
