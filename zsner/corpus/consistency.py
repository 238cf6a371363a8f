"""What a machine can see across a document or a corpus: figures that no span covers, values that
cannot be read, a name that is marked in one place and not in another. And what people have accepted.

All of it are places to look at: most are slips, some are right.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, cast

from zsner.corpus.tasks import Problem
from zsner.document import DataError, Document, Span
from zsner.numerals import Unparsable
from zsner.schema import VALUE_TYPES, ValueType
from zsner.text import fold
from zsner.values import parse

ACCEPTED: Final = "accepted.tsv"
_COLUMNS: Final = ("task", "text", "message", "reason")

_NUMBER: Final = r"[0-9〇零一二三四五六七八九十百千两][0-9〇零一二三四五六七八九十百千万亿两.,]*"
_UNCOVERED: Final = (
    (
        "an amount",
        re.compile(rf"{_NUMBER}(?:余|多)?(?:万|亿|兆|百万|千万)?(?:元|美元|美金|欧元|港元|日元|人民币)(?!/|每|一)"),
    ),
    (
        "a count",
        re.compile(r"[0-9]+(?:余|多)?(?:个|家|宗|项|户|批次|批|场次|场|支)(?!月|小时|百分点|工作日|方面|环节|千瓦)"),
    ),
    ("a percentage of growth", re.compile(r"(?:增长|增幅|下降|提高|增速)[为达约]{0,2}[0-9.]+(?:%|个百分点)")),
)
_MARKED_OFTEN: Final = 3
"""A name has to be marked in this many documents before an unmarked one in another is told."""


def uncovered(document: Document, file: str = "-") -> Iterator[Problem]:
    """Amounts, counts and percentages that no span covers, and value spans that cannot be parsed."""
    folded = fold(document.text)
    covered = bytearray(len(document.text))
    for span in document.spans:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
        if span.type in VALUE_TYPES:
            try:
                parse(span.text, cast(ValueType, span.type))
            except Unparsable as error:
                yield _warning(document, file, span, f"cannot be read as a value: {error}")
    for what, pattern in _UNCOVERED:
        for match in pattern.finditer(folded.text):
            start, end = folded.to_raw(match.start(), match.end())
            if not any(covered[start:end]):
                around = document.text[max(0, start - 6) : end + 6].replace("\n", "⏎")
                line = document.text.count("\n", 0, start) + 1
                yield Problem(
                    level="warning",
                    file=file,
                    task=document.id,
                    place=f"{document.text[start:end]!r} (line {line})",
                    message=f"no span covers {what} in {around!r}",
                )


def across(documents: Sequence[Document], files: dict[str, str] | None = None) -> Iterator[Problem]:
    """Names of three characters or more that are marked in several documents, told where another
    document has them unmarked, or where the corpus marks them with two types."""
    files = files or {}
    types: dict[str, Counter[str]] = defaultdict(Counter)
    marked: dict[str, set[str]] = defaultdict(set)
    first: dict[tuple[str, str], tuple[Document, Span]] = {}
    for d in documents:
        for span in d.spans:
            if span.type not in VALUE_TYPES and len(span.text) >= 3:
                types[span.text][span.type] += 1
                marked[span.text].add(d.id)
                first.setdefault((span.text, span.type), (d, span))
    for name, counted in types.items():
        usual, _ = counted.most_common(1)[0]
        for kind in counted:
            if kind != usual:
                d, span = first[name, kind]
                yield _warning(d, files.get(d.id, "-"), span, f"is {usual} in other places")
    often = [name for name, where in marked.items() if len(where) >= _MARKED_OFTEN and len(types[name]) == 1]
    if not often:
        return
    # Longer names first: a name inside a longer one is the longer one's.
    pattern = re.compile("|".join(map(re.escape, sorted(often, key=len, reverse=True))))
    for d in documents:
        taken = bytearray(len(d.text))
        for span in d.spans:
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
        for match in pattern.finditer(d.text):
            name = match.group()
            if d.id not in marked[name] and not any(taken[match.start() : match.end()]):
                around = d.text[max(0, match.start() - 6) : match.end() + 6].replace("\n", "⏎")
                line = d.text.count("\n", 0, match.start()) + 1
                yield Problem(
                    level="warning",
                    file=files.get(d.id, "-"),
                    task=d.id,
                    place=f"{name!r} (line {line})",
                    message=f"is {next(iter(types[name]))} in other articles and not marked in {around!r}",
                )


def _warning(document: Document, file: str, span: Span, message: str) -> Problem:
    line = document.text.count("\n", 0, span.start) + 1
    place = f"{span.type} {span.text!r} ({span.id}, line {line})"
    return Problem(level="warning", file=file, task=document.id, place=place, message=message)


def read_accepted(path: Path) -> set[tuple[str, str, str]]:
    """(task, text, message) of warnings that someone has looked at and found right, from a table
    `task<TAB>text<TAB>message<TAB>reason`. Raises DataError with the line that is broken."""
    found: set[tuple[str, str, str]] = set()
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if n == 1 and tuple(cells) != _COLUMNS:
            raise DataError(f"{path}: line 1: is not the head line {'<TAB>'.join(_COLUMNS)}")
        if len(cells) != len(_COLUMNS) or not cells[3].strip():
            raise DataError(f"{path}: line {n}: write task, text, message and a reason, separated by tabs")
        if n > 1:
            found.add((cells[0], cells[1], cells[2]))
    return found


def as_row(problem: Problem) -> tuple[str, str, str]:
    """The key of a warning in the table of accepted ones."""
    return problem.task, _quoted(problem.place), problem.message


def without_accepted(problems: Iterable[Problem], accepted: set[tuple[str, str, str]]) -> Iterator[Problem]:
    """The problems that are not accepted; errors cannot be."""
    return (p for p in problems if p.level != "warning" or as_row(p) not in accepted)


def _quoted(place: str) -> str:
    match: Any = re.search(r"'([^']*)'", place)
    return str(match.group(1)) if match else place
