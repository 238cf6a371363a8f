"""Errors on links by class: figures that both sides have, with another value in a slot."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from zsner.document import Document, MetricTuple
from zsner.schema import LIST_SLOTS, SLOTS
from zsner.score.errors import class_table, examples_of, in_context, most_frequent, table_row
from zsner.score.tuples import resolve, wrong_fields

FIELDS: Final = ("indicator", "status", *SLOTS)
LINK_CLASSES: Final = ("missed", "invented", "too few", "too many", "other")


class LinkMistake(NamedTuple):
    """One wrong slot of one figure: its class, the slot, both sides as text, the place: the figure's
    head stands from `start` to `end` in the text."""

    kind: str
    field: str
    document: str
    gold: str
    found: str
    context: str
    start: int
    end: int


def link_mistakes(pairs: Iterable[tuple[Document, Document]]) -> list[LinkMistake]:
    """(gold, predicted) documents -> every wrong slot of the figures whose head is right, as
    strict scoring counts them."""
    listed = []
    for gold, predicted in pairs:
        wanted, found = resolve(gold), resolve(predicted)
        spans = {s.id: s for s in gold.spans}
        answers = {(s.type, s.start, s.end): t for t in predicted.tuples for s in [predicted.span(t.head)]}
        for t in gold.tuples:
            head = spans[t.head]
            key = head.type, head.start, head.end
            if key not in found:
                continue
            for field in wrong_fields(wanted[key], found[key], gold.home_region):
                right, wrong = _texts(gold, t, field), _texts(predicted, answers[key], field)
                listed.append(
                    LinkMistake(
                        kind=_kind(field, right, wrong),
                        field=field,
                        document=gold.id,
                        gold="、".join(right),
                        found="、".join(wrong),
                        context=in_context(gold.text, head.start, head.end),
                        start=head.start,
                        end=head.end,
                    )
                )
    return listed


def _texts(document: Document, t: MetricTuple, field: str) -> list[str]:
    if field in ("indicator", "status"):
        return [str(getattr(t, field))]
    return [document.span(i).text for i in t.linked(field)]  # type: ignore[arg-type]  # the other fields are slots


def _kind(field: str, right: Sequence[str], wrong: Sequence[str]) -> str:
    if not wrong:
        return "missed"
    if not right:
        return "invented"
    if field in LIST_SLOTS and set(wrong) < set(right):
        return "too few"
    if field in LIST_SLOTS and set(wrong) > set(right):
        return "too many"
    return "other"


def link_report(title: str, listed: Sequence[LinkMistake], examples: int = 6) -> str:
    """Markdown: how many of each class by slot, the indicators taken for one another, examples."""
    rows = {(m.kind, m.field): list[str]() for m in listed}
    for m in listed:
        rows[m.kind, m.field].append(table_row(m.document, m.gold, m.found, m.context))
    swapped = Counter((m.gold, m.found) for m in listed if m.field == "indicator")
    lines = [
        f"# Errors of links on {title}",
        "",
        f"{len(listed)} wrong slots of figures whose head is right.",
        "",
        *class_table(rows, LINK_CLASSES, FIELDS),
        "",
        "| indicator | taken for | times |",
        "|---|---|---|",
        *(f"| {gold} | {found} | {number} |" for (gold, found), number in swapped.most_common(12)),
    ]
    for kind, field in most_frequent(rows, 12):
        lines += examples_of(f"{field}, {kind}", rows[kind, field], examples)
    return "\n".join(lines) + "\n"
