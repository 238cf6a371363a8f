"""What one system gets right and another not: gold spans and strict tuples gained and lost."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from zsner.document import Document
from zsner.score.errors import in_context, table_row
from zsner.score.tuples import Key, resolve, wrong_fields

Way = Literal["gained", "lost"]
Kind = Literal["span", "tuple"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A gold span, or strict tuple (its head), that only one of two systems has right.

    `gained` is what the later one has right, `lost` what the first had. `instead` tells of the other
    system: the spans it has in the span's place, or the fields of the tuple it has wrong, `head` where
    it has no such tuple.
    """

    kind: Kind
    way: Way
    type: str
    start: int
    end: int
    text: str
    instead: tuple[str, ...]
    context: str


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of gold spans, or strict tuples, gained and lost, and of those that either system has
    and the gold has not: F1 may rise though more is lost than gained, where fewer are wrong."""

    gained: int
    lost: int
    wrong_first: int
    wrong_later: int

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.gained or self.lost or self.wrong_first != self.wrong_later)


class ArticleChanges(msgspec.Struct, frozen=True, kw_only=True):
    """One article; `changes` are in the order of the text, spans before tuples."""

    document: str
    spans: Tally
    tuples: Tally
    changes: tuple[Change, ...]

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was."""
        return self.spans.changed or self.tuples.changed


class _Side(NamedTuple):
    """One system's prediction of one article against the gold."""

    document: Document
    spans: set[Key]
    tuples: int
    faults: dict[Key, tuple[str, ...]]
    """Head of each gold tuple -> its fields that are wrong, none where it is right in the strict sense."""

    def wrong_tuples(self) -> int:
        return self.tuples - sum(not fields for fields in self.faults.values())


def article_changes(gold: Document, first: Document, later: Document) -> ArticleChanges:
    """What the later prediction of an article gains and loses against the first."""
    wanted: set[Key] = {(s.type, s.start, s.end) for s in gold.spans}
    before, after = _side(gold, first), _side(gold, later)
    listed = (*_changes(gold, wanted, "gained", after, before), *_changes(gold, wanted, "lost", before, after))

    def tally(kind: Kind, wrong_first: int, wrong_later: int) -> Tally:
        ways = [c.way for c in listed if c.kind == kind]
        gained, lost = ways.count("gained"), ways.count("lost")
        return Tally(gained=gained, lost=lost, wrong_first=wrong_first, wrong_later=wrong_later)

    return ArticleChanges(
        document=gold.id,
        spans=tally("span", len(before.spans - wanted), len(after.spans - wanted)),
        tuples=tally("tuple", before.wrong_tuples(), after.wrong_tuples()),
        changes=tuple(sorted(listed, key=lambda c: (c.kind, c.start))),
    )


def _side(gold: Document, found: Document) -> _Side:
    answers = resolve(found)
    return _Side(
        document=found,
        spans={(s.type, s.start, s.end) for s in found.spans},
        tuples=len(answers),
        faults={
            head: tuple(wrong_fields(t, answers[head], gold.home_region)) if head in answers else ("head",)
            for head, t in resolve(gold).items()
        },
    )


def _changes(gold: Document, wanted: set[Key], way: Way, right: _Side, other: _Side) -> Iterator[Change]:
    """What `right` has right and `other` not."""

    def change(kind: Kind, key: Key, instead: tuple[str, ...]) -> Change:
        type_, start, end = key
        return Change(
            kind=kind,
            way=way,
            type=type_,
            start=start,
            end=end,
            text=gold.text[start:end],
            instead=instead,
            context=in_context(gold.text, start, end),
        )

    for key in wanted & right.spans - other.spans:
        _, start, end = key
        overlapping = (s for s in other.document.spans if s.start < end and start < s.end)
        yield change("span", key, tuple(f"{s.type} {s.text}" for s in overlapping))
    for head, fields in other.faults.items():
        if fields and not right.faults[head]:
            yield change("tuple", head, fields)


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of the tallies."""
    listed = list(tallies)
    return Tally(**{name: sum(getattr(t, name) for t in listed) for name in Tally.__struct_fields__})


def change_report(title: str, articles: Sequence[ArticleChanges]) -> str:
    """Markdown: every change, article by article."""
    rows = [f"# {title}", "", _summary(total(a.spans for a in articles), total(a.tuples for a in articles))]
    for article in articles:
        if not article.changed:
            continue
        rows += ["", f"## {article.document}", "", _summary(article.spans, article.tuples)]
        if article.changes:
            rows += ["", "| | type | in the gold | in the other | context |", "|---|---|---|---|---|"]
        for c in article.changes:
            rows.append(table_row(f"{c.kind} {c.way}", c.type, c.text, "、".join(c.instead), c.context))
    return "\n".join(rows) + "\n"


def _summary(spans: Tally, tuples: Tally) -> str:
    return "; ".join(
        f"{name}: {t.gained} gained, {t.lost} lost, {t.wrong_later} wrong ({t.wrong_first} before)"
        for name, t in (("spans", spans), ("strict tuples", tuples))
    )
