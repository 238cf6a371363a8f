"""What is wrong with annotated documents by the guidelines: faults a machine can see.

Errors break a rule outright. Warnings are places to look at: most are slips, some are right.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from itertools import pairwise
from typing import Any, Final, Literal

import msgspec

from zsner.corpus.tasks import Problem
from zsner.document import Document, Span
from zsner.schema import SENTENCE_SLOTS, SLOT_TYPE, VALUE_TYPES
from zsner.text import fold, sentence_ranges

_PUNCTUATION: Final = set("，。！？；：、,.!?;:…—·\"'“”‘’「」『』《》〈〉()（）【】[]<>-")
_QUOTES: Final = {"“": "”", "‘": "’", "「": "」", "『": "』", "(": ")", "（": "）", "《": "》"}
_NUMERAL: Final = re.compile(
    r"[0-9０-９〇零一二三四五六七八九十百千万亿兆两壹贰叁肆伍陆柒捌玖拾佰仟數数双半几上萬億兩貳參陸倍番成]"
)
_DURATION: Final = re.compile(r"[0-9一二三四五六七八九十]\s*(?:天|小时|分钟|个月|個月|周|年|日)$")


def _word_lists() -> dict[str, Any]:
    data = resources.files("zsner.corpus").joinpath("guideline_words.toml").read_bytes()
    return dict(msgspec.toml.decode(data))


_WORDS: Final = _word_lists()
_NOT: Final[dict[str, frozenset[str]]] = {k: frozenset(v) for k, v in _WORDS["not"].items()}
_TAILS: Final[tuple[str, ...]] = tuple(_WORDS["industry_tails"])


def check_document(document: Document, file: str = "-") -> list[Problem]:
    """Every guideline fault of one document, in order of the text."""
    found: list[Problem] = []

    def say(level: Literal["error", "warning"], span: Span | None, message: str) -> None:
        place = ""
        if span is not None:
            line = document.text.count("\n", 0, span.start) + 1
            place = f"{span.type} {span.text!r} ({span.id}, line {line})"
        found.append(Problem(level=level, file=file, task=document.id, place=place, message=message))

    heads = {t.head for t in document.tuples}
    linked = {i for t in document.tuples for slot in SLOT_TYPE for i in t.linked(slot)}
    for span in document.spans:
        for level, message in _shape_faults(span):
            say(level, span, message)
        if span.type == "COUNT" and span.id not in heads:
            say("error", span, "every COUNT heads a tuple; give it an indicator")
        if span.type == "GROWTH" and span.id not in heads and span.id not in linked:
            say("error", span, "belongs to no figure; link it as growth or give it an indicator")
        if span.type == "GROWTH" and span.id in heads and span.id in linked:
            say("error", span, "is the growth of a figure and heads a tuple; it is one or the other")
        if span.type == "MONEY" and span.id in heads and span.id in linked:
            say("error", span, "is a filter and heads a tuple; it is one or the other")
        if span.type not in VALUE_TYPES and span.id in heads:
            say("error", span, "only MONEY, COUNT and GROWTH head tuples")
    for left, right in pairwise(document.spans):
        between = document.text[left.end : right.start]
        if left.type == right.type == "REGION" and not between:
            say("warning", right, f"touches {left.text!r}: a contiguous hierarchy is one span")
    sentence = _sentence_of(document.text)
    for t in document.tuples:
        head = document.span(t.head)
        for slot in SENTENCE_SLOTS:
            for i in t.linked(slot):
                target = document.span(i)
                if sentence(target.start) != sentence(head.start):
                    say("error", head, f"{slot} {target.text!r} stands in another sentence")
        if t.region is None:
            say("warning", head, "has no region; right only where the article names no place for it")
        if t.period is not None and "\n" in t.period.text:
            say("error", head, "the period crosses a line break")
    for level, marked, message in _inconsistencies(document):
        say(level, marked, message)
    return found


def _shape_faults(span: Span) -> Iterator[tuple[Literal["error", "warning"], str]]:
    text = span.text
    if "\n" in text or "\r" in text:
        yield "error", "crosses a line break"
    if text[0].isspace() or text[-1].isspace():
        yield "error", "starts or ends with white space"
    quoted = text[0] in _QUOTES and _QUOTES[text[0]] in text[1:-1]
    if text[0] in _PUNCTUATION and not quoted and not (span.type == "GROWTH" and text[0] == "-"):
        yield "error", "starts with punctuation"
    if text[-1] in _PUNCTUATION and not any(q in text and e == text[-1] for q, e in _QUOTES.items()):
        yield "error", "ends with punctuation"
    if text in _NOT.get(span.type, ()):
        yield "error", "the guidelines leave this word unmarked"
    if span.type in VALUE_TYPES and not _NUMERAL.search(text):
        yield "error", "has no figure"
    if span.type == "COUNT" and re.fullmatch(r"一[^0-9一二三四五六七八九十百千万余多]{1,2}", text):
        yield "error", "一 + measure word does not count"
    if span.type == "COUNT" and _DURATION.search(text):
        yield "error", "a duration or date is no COUNT"
    if span.type == "COUNT" and re.search(r"[元镑]$|(?:美|欧|日|港)元", text):
        yield "error", "is an amount of money"
    if span.type == "INDUSTRY" and text.endswith(_TAILS):
        yield "error", "the general tail (产业 产业链 项目 基地 …) is outside"
    if span.type in ("INDUSTRY", "ORG", "REGION") and "、" in text:
        yield "error", "list members are spans of their own"


def _sentence_of(text: str) -> Callable[[int], int]:
    """Position -> number of its sentence."""
    starts = [start for start, _ in sentence_ranges(text)]
    return lambda position: bisect_right(starts, position)


def _inconsistencies(document: Document) -> Iterator[tuple[Literal["warning"], Span, str]]:
    """The same string marked in one place and not in another, or with two labels."""
    by_text: dict[str, list[Span]] = defaultdict(list)
    for span in document.spans:
        if span.type not in VALUE_TYPES:
            by_text[span.text].append(span)
    covered = [False] * len(document.text)
    for span in document.spans:
        covered[span.start : span.end] = [True] * (span.end - span.start)
    for text, spans in by_text.items():
        types = sorted({s.type for s in spans})
        if len(types) > 1:
            yield "warning", spans[0], f"is marked as {' and as '.join(types)}"
        if len(text) < 2:
            continue
        at = document.text.find(text)
        while at >= 0:
            if not any(covered[at : at + len(text)]):
                around = document.text[max(0, at - 6) : at + len(text) + 6].replace("\n", "⏎")
                yield "warning", spans[0], f"is not marked in {around!r}"
            at = document.text.find(text, at + 1)


_PLACES: Final = frozenset(_WORDS["places"].split())
_SHARED: Final = {t: re.compile(_WORDS[f"shared_{t.lower()}"]) for t in ("ORG", "REGION", "MECHANISM")}


def own_names(document: Document) -> set[tuple[str, str]]:
    """(type, folded name) of the firms, counties, parks and campaigns of a document, without what
    any article may name (`shared_*` and `places` of guideline_words.toml)."""
    folded = {(s.type, fold(s.text).text) for s in document.spans if s.type in _SHARED}
    return {(t, n) for t, n in folded if not _is_place(n) and not _SHARED[t].fullmatch(_without_place(n))}


def _without_place(name: str) -> str:
    """The rest of a name that begins with a province or prefecture in full: 市工商联 of 北京市工商联."""
    return next(
        (name[i - 1 :] for i in range(len(name) - 1, 2, -1) if name[:i] in _PLACES and name[i - 1] in "省市州"), name
    )


def _is_place(name: str) -> bool:
    """Whether it is a province or prefecture, or both written together."""
    return name in _PLACES or any(name[:i] in _PLACES and name[i:] in _PLACES for i in range(2, len(name) - 1))


def leaks(training: Iterable[Document], held_out: Iterable[Document]) -> Iterator[tuple[str, str, str, str]]:
    """Names of firms, counties, parks and campaigns that stand in training and held-out text.

    Yields (type, name, training id, held-out id); scripts are folded.
    """
    known = {name: document.id for document in held_out for name in own_names(document)}
    for document in training:
        for kind, name in sorted(own_names(document) & known.keys()):
            yield kind, name, document.id, known[kind, name]
