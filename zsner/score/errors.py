"""Errors on spans by class, with the ones that come most often."""

from collections import Counter, defaultdict
from collections.abc import Iterable
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
    counts = Counter((m.kind, m.type) for m in listed)
    rows = [
        f"# Errors on {title}",
        "",
        f"{len(listed)} errors on spans; made by `zsner evaluate … --errors FILE`.",
        "",
        "| class | " + " | ".join(SPAN_TYPES) + " | all |",
        "|" + "---|" * (2 + len(SPAN_TYPES)),
    ]
    for kind in CLASSES:
        cells = [counts[kind, t] for t in SPAN_TYPES]
        rows.append(f"| {kind} | " + " | ".join(map(str, cells)) + f" | {sum(cells)} |")
    by_class: dict[tuple[str, str], list[Mistake]] = defaultdict(list)
    for m in listed:
        by_class[m.kind, m.type].append(m)
    for (kind, type_), number in counts.most_common(10):
        rows += ["", f"## {kind}, {type_}: {number}", "", "| article | gold | found | context |", "|---|---|---|---|"]
        # Spread over the list, not its beginning: one article would fill it.
        chosen = by_class[kind, type_]
        step = max(1, len(chosen) // examples)
        for m in chosen[::step][:examples]:
            rows.append(table_row(m.document, m.gold, m.found, m.context))
    return "\n".join(rows) + "\n"


def in_context(text: str, start: int, end: int) -> str:
    """`text[start:end]` in brackets with what stands around it, on one line."""
    return f"{text[max(0, start - 40) : start]}【{text[start:end]}】{text[end : end + 20]}".replace("\n", "⏎")


def table_row(*cells: str) -> str:
    """One row of a Markdown table."""
    return "| " + " | ".join(c.replace("|", "¦").replace("\n", "⏎") for c in cells) + " |"
