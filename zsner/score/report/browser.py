"""What the error browser of the report shows: articles cut into pieces, figures of both sides, errors.

All places are worked out here, in code points. The page's script counts characters otherwise (UTF-16),
so it gets pieces of text and never an offset to cut at.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec

from zsner.document import Document, MetricTuple, Span
from zsner.io.writers import readable, readable_period
from zsner.schema import SLOTS, Slot
from zsner.score.errors import Mistake, mistakes
from zsner.score.link_errors import LinkMistake, link_mistakes
from zsner.score.tuples import Key, resolve, wrong_fields

Level = Literal["span", "figure", "link"]
META: Final = ("genre", "level", "province", "year", "script", "damage")
FIGURE_CLASSES: Final = ("missed", "invented")


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """Text from `start` on that one gold span and one predicted span at most cover: their numbers
    in `Article.gold` and `Article.found`."""

    start: int
    text: str
    gold: int | None
    found: int | None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A span: `value` is for people; `right` if the other side has it too."""

    type: str
    start: int
    end: int
    text: str
    value: str
    score: float | None
    right: bool


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A figure as one side has it: each field as text, each slot as numbers of marks."""

    fields: dict[str, str]
    links: dict[Slot, tuple[int, ...]]
    score: float | None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of either side or both: `wrong` names the fields in which both differ."""

    head: str
    start: int
    end: int
    gold: Side | None
    found: Side | None
    wrong: tuple[str, ...]


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """An article as the browser shows it; `language` is the tag that its script goes by."""

    id: str
    language: str
    about: str
    pieces: tuple[Piece, ...]
    gold: tuple[Mark, ...]
    found: tuple[Mark, ...]
    figures: tuple[Figure, ...]


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """One error: `type` is a span type, for links a field and for figures the indicator; `article`
    and `figure` are places in the lists."""

    level: Level
    kind: str
    type: str
    article: int
    start: int
    end: int
    gold: str
    found: str
    figure: int | None = None


def articles(pairs: Sequence[tuple[Document, Document]]) -> list[Article]:
    """(gold, predicted) documents -> what the browser shows of each."""
    dated = any(t.period and (t.period.from_ or t.period.to) for gold, _ in pairs for t in gold.tuples)
    return [_article(gold, found, dated) for gold, found in pairs]


def errors(pairs: Sequence[tuple[Document, Document]], shown: Sequence[Article]) -> list[Error]:
    """Every error on spans and links by its class, and the figures that one side alone has although
    both have their head; in the order of the text. `shown` are the articles of the pairs."""
    place = {gold.id: n for n, (gold, _) in enumerate(pairs)}
    figures = [{f.start: n for n, f in enumerate(a.figures) if f.gold and f.found} for a in shown]
    named: list[tuple[Level, str, Mistake | LinkMistake]] = [
        *(("span", m.type, m) for m in mistakes(pairs)),
        *(("link", m.field, m) for m in link_mistakes(pairs)),
    ]
    listed = [
        Error(
            level=level,
            kind=m.kind,
            type=type_,
            article=place[m.document],
            start=m.start,
            end=m.end,
            gold=m.gold,
            found=m.found,
            figure=figures[place[m.document]][m.start] if level == "link" else None,
        )
        for level, type_, m in named
    ]
    listed += [e for n, a in enumerate(shown) for e in _one_sided(n, a)]
    return sorted(listed, key=lambda e: (e.article, e.start, e.level != "span"))


def _one_sided(number: int, article: Article) -> Iterable[Error]:
    """Where the head is wrong itself, an error on spans tells it already."""
    right = {(m.start, m.end) for m in article.gold if m.right}
    for n, figure in enumerate(article.figures):
        side = figure.gold or figure.found
        if side is None or (figure.gold and figure.found) or (figure.start, figure.end) not in right:
            continue
        yield Error(
            level="figure",
            kind="missed" if figure.gold else "invented",
            type=side.fields["indicator"],
            article=number,
            start=figure.start,
            end=figure.end,
            gold=figure.head if figure.gold else "",
            found=figure.head if figure.found else "",
            figure=n,
        )


def _article(gold: Document, found: Document, dated: bool) -> Article:
    script = gold.meta.get("script") or ""
    return Article(
        id=gold.id,
        language="zh-Hant" if script.startswith("hant") else "zh-Hans",
        about=" · ".join(value for name in META if (value := gold.meta.get(name)) and value != "none"),
        pieces=tuple(_pieces(gold, found)),
        gold=_marks(gold.spans, found.spans),
        found=_marks(found.spans, gold.spans),
        figures=tuple(_figures(gold, found, dated)),
    )


def _marks(spans: Sequence[Span], others: Sequence[Span]) -> tuple[Mark, ...]:
    right = {(s.type, s.start, s.end) for s in others}
    return tuple(
        Mark(
            type=s.type,
            start=s.start,
            end=s.end,
            text=s.text,
            value=readable(s),
            score=s.score,
            right=(s.type, s.start, s.end) in right,
        )
        for s in spans
    )


def _pieces(gold: Document, found: Document) -> Iterable[Piece]:
    """The text, cut where a span of either side begins or ends."""
    ends = {end for side in (gold, found) for s in side.spans for end in (s.start, s.end)}
    cuts = sorted({0, len(gold.text)} | ends)
    for start, end in pairwise(cuts):
        yield Piece(start, gold.text[start:end], _over(gold.spans, start), _over(found.spans, start))


def _over(spans: Sequence[Span], place: int) -> int | None:
    """The number of the span that covers a place; spans are sorted and do not overlap."""
    n = bisect_right(spans, place, key=lambda s: s.start) - 1
    return n if n >= 0 and place < spans[n].end else None


def _figures(gold: Document, found: Document, dated: bool) -> Iterable[Figure]:
    wanted, got = resolve(gold), resolve(found)
    tuples = [_by_head(d) for d in (gold, found)]
    for key in sorted(wanted.keys() | got.keys(), key=lambda k: k[1:]):
        g, f = wanted.get(key), got.get(key)
        wrong: list[str] = []
        if g and f:
            wrong += wrong_fields(g, f, gold.home_region)
            if g.period != f.period or (dated and g.period and g.dates != f.dates):
                wrong.append("period")
        yield Figure(
            head=gold.text[key[1] : key[2]],
            start=key[1],
            end=key[2],
            gold=_side(gold, tuples[0].get(key)),
            found=_side(found, tuples[1].get(key)),
            wrong=tuple(wrong),
        )


def _by_head(document: Document) -> dict[Key, MetricTuple]:
    return {(s.type, s.start, s.end): t for t in document.tuples for s in [document.span(t.head)]}


def _side(document: Document, t: MetricTuple | None) -> Side | None:
    if t is None:
        return None
    number = {s.id: n for n, s in enumerate(document.spans)}
    links = {slot: tuple(number[i] for i in t.linked(slot)) for slot in SLOTS}
    texts: dict[str, str] = {slot: "、".join(document.spans[n].text for n in held) for slot, held in links.items()}
    return Side(
        fields={"indicator": t.indicator, "status": t.status, **texts, "period": readable_period(t)},
        links={slot: held for slot, held in links.items() if held},
        score=t.score,
    )
