"""A document as the linking rules see it.

Cue words are written once, in Simplified script, and matched on folded text. `Page` holds that
text, the spans in its offsets, and a masked copy in which every character of a span is the
letter of its type (`M C G R O I K`): folded text has no capitals, so a pattern such as
`总投资M+的O` can speak of words and spans alike, and no cue is found inside a name.
"""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

import msgspec

from zsner.document import Document
from zsner.link.cues import pattern
from zsner.schema import VALUE_TYPES, Indicator, SpanType, Status
from zsner.text import Folded, fold, sentence_ranges

LETTERS: Final[dict[SpanType, str]] = {
    "MONEY": "M",
    "COUNT": "C",
    "GROWTH": "G",
    "REGION": "R",
    "ORG": "O",
    "INDUSTRY": "I",
    "MECHANISM": "K",
}
FILTER: Final = "F"
"""Letter of a MONEY span that is a size filter."""

_JOINT: Final = re.compile(r"[」』》\"]?(?:[、，和及与跟或以暨]{0,2}|以及)[「『《\"]?")
_CLAUSE_END: Final = re.compile("[，：。；！？（）\n]")
_LONGEST: Final = 1200
_SECTION: Final = re.compile(r"[ ]*(?:[一二三四五六七八九十]{1,2}、|第[一二三四五六七八九十]、|\d、)[^。；\n]{1,30}")
_SPACE: Final = re.compile(r"\s+")


class Item(NamedTuple):
    """A span in the offsets of the folded text."""

    id: str
    type: SpanType
    start: int
    end: int
    text: str
    score: float
    number: int


class Sentence(NamedTuple):
    """[start, end) of a sentence, its line, and the spans that begin in it."""

    start: int
    end: int
    line: int
    items: tuple[Item, ...]

    def of(self, *types: SpanType) -> list[Item]:
        """The spans of these types, in order."""
        return [i for i in self.items if i.type in types]


class Line(NamedTuple):
    """[start, end) of a line; `heading` where it reads as a title or section heading."""

    start: int
    end: int
    heading: bool


class Page:
    """Folded text, masked text, spans, sentences and lines of one document.

    `tabs` are the positions of tabs, which folding makes blanks.
    """

    def __init__(self, document: Document) -> None:
        self.folded: Folded = fold(document.text)
        self.text = self.folded.text
        self.tabs = {i for i, offset in enumerate(self.folded.offsets) if document.text[offset] == "\t"}
        items: list[Item] = []
        for span in sorted(document.spans, key=lambda s: (s.start, s.end)):
            start, end = self.folded.from_raw(span.start, span.end)
            if end > start:  # nothing is left of a span of zero-width characters
                score = 1.0 if span.score is None else min(max(span.score, 0.0), 1.0)
                text = _SPACE.sub("", self.text[start:end])
                items.append(Item(span.id, span.type, start, end, text, score, len(items)))
        self.items: tuple[Item, ...] = tuple(items)
        letters = list(self.text)
        for item in items:
            letters[item.start : item.end] = LETTERS[item.type] * (item.end - item.start)
        self.masked = "".join(letters)
        self.lines = self._lines()
        self.sections = self._sections()
        self.plan = self._plan()
        self._line_starts = [line.start for line in self.lines]
        self.sentences = self._sentences()
        self._sentence_starts = [s.start for s in self.sentences]

    def mark_filters(self, filters: list[Item]) -> None:
        """Give the size filters a letter of their own in the masked text."""
        letters = list(self.masked)
        for item in filters:
            letters[item.start : item.end] = FILTER * (item.end - item.start)
        self.masked = "".join(letters)

    def sentence_at(self, position: int) -> Sentence:
        """The sentence that holds `position`."""
        return self.sentences[max(0, bisect_right(self._sentence_starts, position) - 1)]

    def line_at(self, position: int) -> int:
        """Number of the line that holds `position`."""
        return max(0, bisect_right(self._line_starts, position) - 1)

    def gap(self, left: Item, right: Item) -> str:
        """The masked text between two spans."""
        return self.masked[left.end : right.start]

    def joined(self, left: Item, right: Item) -> bool:
        """Whether two neighbouring spans stand in one list (、 or 和 between them)."""
        return _JOINT.fullmatch(self.gap(left, right).strip()) is not None

    def clause_start(self, position: int, floor: int) -> int:
        """Where the clause that holds `position` begins, not before `floor`."""
        start = floor
        for mark in _CLAUSE_END.finditer(self.masked, floor, position):
            start = mark.end()
        return start

    def clause_end(self, position: int, roof: int) -> int:
        """Where the clause that holds `position` ends, not behind `roof`."""
        mark = _CLAUSE_END.search(self.masked, position, roof)
        return roof if mark is None else mark.start()

    def groups(self, items: list[Item]) -> list[list[Item]]:
        """Neighbouring spans of one list joined into groups."""
        groups: list[list[Item]] = []
        for item in items:
            if groups and self.joined(groups[-1][-1], item):
                groups[-1].append(item)
            else:
                groups.append([item])
        return groups

    def _lines(self) -> list[Line]:
        lines = []
        start = 0
        for piece in self.text.split("\n"):
            end = start + len(piece)
            bare = piece.strip()
            heading = 0 < len(bare) <= 48 and not re.search(r"[。；]|[，,].*[，,]", bare)
            lines.append(Line(start, end, heading))
            start = end + 1
        return lines

    def _sections(self) -> list[str]:
        """For each line the numbered heading (二、主要做法) that governs it, "" where none does."""
        sections, current = [], ""
        for line in self.lines:
            found = _SECTION.match(self.text, line.start, line.end)
            current = found[0] if found is not None else current
            sections.append(current)
        return sections

    def _plan(self) -> bool:
        """Whether the title says that the whole page is a plan (2025年招商引资工作计划)."""
        titles = [self.text[x.start : x.end] for x in self.lines[:8] if x.heading]
        named = [t for t in titles if pattern("status", "plan_title").search(t)]
        return bool(named) and not any(pattern("status", "not_plan").search(t) for t in named)

    def _pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """A sentence, cut at commas where it is so long that it can only be a page without stops."""
        pieces = []
        while end - start > _LONGEST:
            cut = self.masked.rfind("，", start + 1, start + _LONGEST) + 1 or start + _LONGEST
            pieces.append((start, cut))
            start = cut
        return [*pieces, (start, end)]

    def _sentences(self) -> list[Sentence]:
        ranges = [piece for start, end in sentence_ranges(self.text) for piece in self._pieces(start, end)] or [(0, 0)]
        starts = [start for start, _ in ranges]
        held: list[list[Item]] = [[] for _ in ranges]
        for item in self.items:
            held[bisect_right(starts, item.start) - 1].append(item)
        return [
            Sentence(start, end, self.line_at(start), tuple(items))
            for (start, end), items in zip(ranges, held, strict=True)
        ]


def is_value(item: Item) -> bool:
    """Whether the span is a MONEY, COUNT or GROWTH."""
    return item.type in VALUE_TYPES


class Figure(msgspec.Struct, eq=False):
    """A value span that heads a tuple, while its tuple is being put together.

    `rules` names the rule that decided on a slot, for the tuple's score and its reasons; where the link
    scorer decided, `sure` has its probability of each slot that it filled, `all_right` that of the
    tuple but for its time.
    """

    item: Item
    sentence: Sentence
    indicator: Indicator = "other"
    status: Status = "actual"
    growth: Item | None = None
    filter: Item | None = None
    org: list[Item] = []
    industry: list[Item] = []
    mechanism: list[Item] = []
    region: Item | None = None
    period: tuple[int, int] | None = None
    rules: dict[str, str] = {}
    sure: dict[str, float] = {}
    all_right: float | None = None
