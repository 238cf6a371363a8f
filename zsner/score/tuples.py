"""Scores of metric tuples: heads, each slot, strict tuples.

A tuple is right in the strict sense if its head (type and offsets), indicator, status, region, growth, filter and
the sets of org, industry and mechanism are all right. The period is scored apart: its words, and
its dates where these are right and the gold tells dates at all.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from zsner.document import Document, MetricTuple
from zsner.schema import SLOTS, Slot
from zsner.score.spans import Score, score
from zsner.text import fold

STAND_INS: Final = frozenset(
    ["全区", "我区", "全市", "我市", "本市", "该市", "全省", "我省", "全州", "全县", "本县", "该县", "自治区"]
)
"""Words that stand for the home region when regions are compared."""

Key = tuple[str, int, int]


def same_region(left: str | None, right: str | None, home: str | None) -> bool:
    """Whether two mentions name one place, by the guidelines: the folded strings are equal, or
    equal after one trailing 省 市 县 区 州 is dropped from either, or each is the home region or a
    stand-in for it. None (no region) equals None only."""
    if left is None or right is None:
        return left is right
    a, b = fold(left).text, fold(right).text
    if _variants(a) & _variants(b):
        return True
    homes = set(STAND_INS) | (_variants(fold(home).text) if home else set())
    return bool(_variants(a) & homes) and bool(_variants(b) & homes)


def _variants(name: str) -> set[str]:
    if len(name) > 1 and name[-1] in "省市县区州" and name not in STAND_INS:
        return {name, name[:-1]}
    return {name}


class Resolved(NamedTuple):
    """A tuple with its span ids replaced by what they stand for."""

    head: Key
    indicator: str
    status: str
    period: str | None
    dates: tuple[str | None, str | None]
    region: str | None
    slots: dict[Slot, frozenset[Key]]


def resolve(document: Document) -> dict[Key, Resolved]:
    """Head (type, start, end) -> the tuple it heads."""
    spans = {s.id: s for s in document.spans}

    def key(span_id: str) -> Key:
        s = spans[span_id]
        return s.type, s.start, s.end

    def one(t: MetricTuple) -> Resolved:
        return Resolved(
            head=key(t.head),
            indicator=t.indicator,
            status=t.status,
            period=None if t.period is None else fold(t.period.text).text.strip(),
            dates=(None, None) if t.period is None else (t.period.from_, t.period.to),
            region=None if t.region is None else spans[t.region].text,
            slots={slot: frozenset(key(i) for i in t.linked(slot)) for slot in SLOTS if slot != "region"},
        )

    return {r.head: r for r in map(one, document.tuples)}


def wrong_fields(gold: Resolved, found: Resolved, home: str | None) -> Iterator[str]:
    """Names of the strict fields in which two tuples of one head differ."""
    if gold.indicator != found.indicator:
        yield "indicator"
    if gold.status != found.status:
        yield "status"
    if not same_region(gold.region, found.region, home):
        yield "region"
    for slot, links in gold.slots.items():
        if links != found.slots[slot]:
            yield slot


Counts = tuple[int, int, int]
"""(gold, found, right)."""


def tuple_counts(gold_doc: Document, found_doc: Document) -> Iterator[tuple[int, str, Counts]]:
    """What each figure of a (gold, predicted) pair adds to the rows of `tuple_scores`: where its
    head starts, the row, the counts."""
    gold, found = resolve(gold_doc), resolve(found_doc)
    for head in sorted(gold.keys() | found.keys()):
        for row, counts in _figure_counts(gold.get(head), found.get(head), gold_doc.home_region):
            yield head[1], row, counts


def _figure_counts(g: Resolved | None, f: Resolved | None, home: str | None) -> Iterator[tuple[str, Counts]]:
    """The counts of one head, by row; None is a side that does not have it."""
    wrong = set(wrong_fields(g, f, home)) if g and f else {"head"}
    for row in ("head", "indicator", "status"):
        yield row, (g is not None, f is not None, not wrong & {"head", row})
    yield "strict", (g is not None, f is not None, not wrong)
    wanted_region, got_region = (t is not None and t.region is not None for t in (g, f))
    yield "region", (wanted_region, got_region, wanted_region and got_region and "region" not in wrong)
    for slot in SLOTS:
        if slot != "region":
            wanted, got = (t.slots[slot] if t else frozenset() for t in (g, f))
            yield slot, (len(wanted), len(got), len(wanted & got))
    wanted_words, got_words = (t.period if t else None for t in (g, f))
    same_words = wanted_words is not None and wanted_words == got_words
    yield "period", (wanted_words is not None, got_words is not None, same_words)
    if g and f and same_words:
        yield "period_iso", (1, 1, g.dates == f.dates)


TUPLE_ROWS: Final = ("head", "indicator", "status", *SLOTS, "period", "period_iso", "strict")


def tuple_scores(pairs: Iterable[tuple[Document, Document]]) -> dict[str, Score]:
    """(gold, predicted) documents -> scores of `head`, `indicator`, `status`, `period`,
    `period_iso`, each slot and `strict`.

    A head, and strict, is counted per tuple. `indicator`, `status` and `period` are counted per
    tuple on top of its head; a slot is counted per link (the region per link too, by
    `same_region`). `period_iso` is counted per period with the right words, both dates right or
    both unknown; it has no count where no gold period of the pairs is dated. The gold's home region
    is used in the comparison of regions only.
    """
    pairs = list(pairs)
    sums = {row: [0, 0, 0] for row in TUPLE_ROWS}
    for gold_doc, found_doc in pairs:
        for _, row, counts in tuple_counts(gold_doc, found_doc):
            sums[row] = [a + b for a, b in zip(sums[row], counts, strict=True)]
    if not any(t.period and (t.period.from_ or t.period.to) for gold_doc, _ in pairs for t in gold_doc.tuples):
        sums["period_iso"] = [0, 0, 0]
    return {row: score(*counts) for row, counts in sums.items()}
