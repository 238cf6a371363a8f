"""Articles for the tests of `zsner.link`, and a linked article that answers by the text of a head.

Articles are written with marks: `[C12个]` is a COUNT span `12个`; the letters are those of
`zsner.link.page.LETTERS`.
"""

import re

from zsner.document import Document, MetricTuple, Span
from zsner.link.linker import link
from zsner.link.page import LETTERS

_TYPES = {letter: kind for kind, letter in LETTERS.items()}


def article(marked: str, scores: dict[str, float] | None = None) -> Document:
    """A Document of marked text; `scores` by the span's text."""
    text, spans, position = "", [], 0
    for m in re.finditer(r"\[([MCGROIK])([^\]]+)\]", marked):
        text += marked[position : m.start()]
        start = len(text)
        text += m[2]
        position = m.end()
        spans.append(
            Span(
                id=f"s{len(spans) + 1}",
                type=_TYPES[m[1]],
                start=start,
                end=len(text),
                text=m[2],
                score=(scores or {}).get(m[2]),
            )
        )
    return Document(id="t", text=text + marked[position:], spans=tuple(spans))


class Linked:
    """A linked article, asked by the text of a head (`12个`, or `12个#2` for its second occurrence)."""

    def __init__(self, marked: str, home: str | None = None) -> None:
        self.document = link(article(marked), home_region=home)
        self.spans = {s.id: s for s in self.document.spans}
        self.tuples = {t.head: t for t in self.document.tuples}

    def __getitem__(self, head: str) -> MetricTuple:
        name, _, number = head.partition("#")
        held = [s for s in self.document.spans if s.text == name]
        return self.tuples[held[int(number or 1) - 1].id]

    def heads(self) -> list[str]:
        return [self.spans[t.head].text for t in self.document.tuples]

    def slot(self, head: str, slot: str) -> list[str]:
        return [self.spans[i].text for i in self[head].linked(slot)]

    def region(self, head: str) -> str | None:
        region = self[head].region
        return None if region is None else self.spans[region].text

    def period(self, head: str) -> str | None:
        period = self[head].period
        return None if period is None else period.text
