"""Why a tuple is as it is: for each slot who decided, by which rule, and what in the text speaks for it."""

from collections.abc import Iterable
from typing import Final

import msgspec

from zsner.document import MetricTuple, Reason
from zsner.link.page import Figure, Item, Page
from zsner.schema import SLOTS

_FIELDS: Final = ("indicator", "status", *SLOTS, "period")


class Explainer:
    """Gives the tuples of one page their reasons."""

    def __init__(self, page: Page, text: str, figures: Iterable[Figure], ruled: Iterable[MetricTuple]) -> None:
        """`figures` and `ruled` are what the rules made of the page, whose text as read is `text`."""
        self.page = page
        self.text = text
        self.items = {i.id: i for i in page.items}
        self.rules = {f.item.id: f.rules for f in figures}
        self.ruled = {t.head: t for t in ruled}

    def __call__(self, t: MetricTuple) -> MetricTuple:
        """The tuple with a reason for each slot that is filled, or that the rules would have filled."""
        rules, by_rule = self.rules.get(t.head, {}), self.ruled.get(t.head)
        scored = bool(t.slot_scores)
        reasons = {}
        for field in _FIELDS:
            taken, ruled = self._value(t, field), "" if by_rule is None else self._value(by_rule, field)
            same = by_rule is not None and _answer(t, field) == _answer(by_rule, field)
            if taken or ruled:
                reasons[field] = Reason(
                    by="scorer" if scored else "rule",
                    evidence=self._evidence(t, field),
                    rule=rules.get(field),
                    instead=None if same else ruled,
                )
        return msgspec.structs.replace(t, reasons=reasons)

    def _value(self, t: MetricTuple, field: str) -> str:
        if field in ("indicator", "status"):
            return str(getattr(t, field))
        if field == "period":
            return "" if t.period is None else t.period.text
        return "、".join(self.items[i].text for i in _ids(t, field))

    def _evidence(self, t: MetricTuple, field: str) -> str:
        """The clause of the figure, or where each span linked to it stands."""
        head = self.items[t.head]
        if field in ("indicator", "status"):
            sentence = self.page.sentence_at(head.start)
            start = self.page.clause_start(head.start, sentence.start)
            first, last = self.page.folded.to_raw(start, self.page.clause_end(head.end, sentence.end))
            return " ".join(self.text[first:last].split())
        if field == "period":
            return (
                "" if t.period is None else self._where(head, *self.page.folded.from_raw(t.period.start, t.period.end))
            )
        places = (self._where(head, i.start, i.end) for i in (self.items[n] for n in _ids(t, field)))
        return "; ".join(dict.fromkeys(places))

    def _where(self, head: Item, start: int, end: int) -> str:
        """How [start, end) stands to the figure."""
        page = self.page
        before = end <= head.start
        far = head.start - end if before else start - head.end
        side = f"{far} character{'' if far == 1 else 's'} {'before' if before else 'behind'}"
        sentence = page.sentence_at(head.start)
        if sentence.start <= start < sentence.end:
            clause = page.clause_start(head.start, sentence.start), page.clause_end(head.end, sentence.end)
            return f"same {'clause' if clause[0] <= start < clause[1] else 'sentence'}, {side}"
        line, own = page.line_at(start), page.line_at(head.start)
        if line == own:
            return f"same paragraph, {side}"
        lines = f"{abs(own - line)} line{'' if abs(own - line) == 1 else 's'} {'above' if line < own else 'below'}"
        return f"heading, {lines}" if page.lines[line].heading else lines


def _ids(t: MetricTuple, field: str) -> tuple[str, ...]:
    return t.linked(field)  # type: ignore[arg-type]  # called with names of SLOTS only


def _answer(t: MetricTuple, field: str) -> object:
    """What two answers for a slot are compared by."""
    if field == "period":
        return None if t.period is None else (t.period.start, t.period.end)
    return set(_ids(t, field)) if field in SLOTS else getattr(t, field)
