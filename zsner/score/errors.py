"""Errors on spans by class, with the ones that come most often."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from zsner.document import Document, Span
from zsner.schema import SPAN_TYPES

CLASSES: Final = (
    "missed",
    "invented",
    "other type",
    "boundary: too long",
    "boundary: too short",
    "boundary: shifted",
    "torn or joined",
)


class Mistake(NamedTuple):
    """One error: its class, the type (the gold's, where there is one), both sides, the place: from
    `start` to `end` in the text."""

    kind: str
    type: str
    document: str
    gold: str
    found: str
    context: str
    start: int
    end: int


def mistakes(pairs: Iterable[tuple[Document, Document]]) -> list[Mistake]:
    """(gold, predicted) documents -> every gold span that was not found exactly and every
    predicted span that is none, once each; spans that overlap are one mistake."""
    listed: list[Mistake] = []
    for gold, predicted in pairs:
        right = {(s.type, s.start, s.end) for s in gold.spans} & {(s.type, s.start, s.end) for s in predicted.spans}
        wanted = [s for s in gold.spans if (s.type, s.start, s.end) not in right]
        found = [s for s in predicted.spans if (s.type, s.start, s.end) not in right]
        for group_gold, group_found in _groups(wanted, found):
            spans = [*group_gold, *group_found]
            start, end = min(s.start for s in spans), max(s.end for s in spans)
            listed.append(
                Mistake(
                    kind=_kind(group_gold, group_found),
                    type=(group_gold or group_found)[0].type,
                    document=gold.id,
                    gold=" | ".join(f"{s.type} {s.text}" for s in group_gold),
                    found=" | ".join(f"{s.type} {s.text}" for s in group_found),
                    context=gold.text[max(0, start - 10) : end + 10].replace("\n", "⏎"),
                    start=start,
                    end=end,
                )
            )
    return listed


def _groups(wanted: list[Span], found: list[Span]) -> Iterable[tuple[list[Span], list[Span]]]:
    """Spans of both sides that overlap, directly or through another."""
    sides = sorted(
        [(s.start, s.end, 0, s) for s in wanted] + [(s.start, s.end, 1, s) for s in found], key=lambda x: x[:3]
    )
    group: tuple[list[Span], list[Span]] = ([], [])
    reach = -1
    for start, end, side, span in sides:
        if start >= reach and reach >= 0:
            yield group
            group = ([], [])
            reach = -1
        group[side].append(span)
        reach = max(reach, end)
    if reach >= 0:
        yield group


def _kind(gold: list[Span], found: list[Span]) -> str:
    if not found:
        return "missed"
    if not gold:
        return "invented"
    if len(gold) > 1 or len(found) > 1:
        return "torn or joined"
    (g,), (f,) = gold, found
    if g.type != f.type:
        return "other type"
    if f.start <= g.start and f.end >= g.end:
        return "boundary: too long"
    if f.start >= g.start and f.end <= g.end:
        return "boundary: too short"
    return "boundary: shifted"


def error_report(title: str, listed: list[Mistake], examples: int = 6) -> str:
    """Markdown: how many of each class by type, and examples of the most frequent ones."""
    rows = {(m.kind, m.type): list[str]() for m in listed}
    for m in listed:
        rows[m.kind, m.type].append(table_row(m.document, m.gold, m.found, m.context))
    lines = [
        f"# Errors on {title}",
        "",
        f"{len(listed)} errors on spans; made by `zsner evaluate … --errors FILE`.",
        "",
        *class_table(rows, CLASSES, SPAN_TYPES),
    ]
    for kind, type_ in most_frequent(rows, 10):
        lines += examples_of(f"{kind}, {type_}", rows[kind, type_], examples)
    return "\n".join(lines) + "\n"


Rows = Mapping[tuple[str, str], Sequence[str]]
"""(class, type or slot) -> a row of a Markdown table for each error."""


def class_table(rows: Rows, classes: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Lines of a Markdown table: how many errors of each class, by type or slot."""
    lines = ["| class | " + " | ".join(columns) + " | all |", "|" + "---|" * (2 + len(columns))]
    for kind in classes:
        cells = [len(rows.get((kind, column), ())) for column in columns]
        lines.append(f"| {kind} | " + " | ".join(map(str, cells)) + f" | {sum(cells)} |")
    return lines


def most_frequent(rows: Rows, most: int) -> list[tuple[str, str]]:
    """The keys with the most errors."""
    return sorted(rows, key=lambda key: -len(rows[key]))[:most]


def examples_of(title: str, rows: Sequence[str], examples: int) -> list[str]:
    """Lines: a heading with the number, and some of the rows."""
    # Spread over the list, not its beginning: one article would fill it.
    chosen = rows[:: max(1, len(rows) // examples)][:examples]
    head = ["", f"## {title}: {len(rows)}", "", "| article | gold | found | context |", "|---|---|---|---|"]
    return [*head, *chosen]


def in_context(text: str, start: int, end: int) -> str:
    """`text[start:end]` in brackets with what stands around it, on one line."""
    return f"{text[max(0, start - 40) : start]}【{text[start:end]}】{text[end : end + 20]}".replace("\n", "⏎")


def table_row(*cells: str) -> str:
    """One row of a Markdown table."""
    return "| " + " | ".join(c.replace("|", "¦").replace("\n", "⏎") for c in cells) + " |"
