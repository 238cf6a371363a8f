"""`Document`, `Span`, `MetricTuple`: the one value that every step takes and gives back.

All types are frozen and typed; JSON goes in and out through `msgspec`, which checks every
field. Offsets are Unicode code points into `Document.text`, end exclusive.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import msgspec

from zsner.schema import (
    FORMAT_VERSION,
    LIST_SLOTS,
    SLOT_TYPE,
    Bound,
    Indicator,
    Slot,
    SpanType,
    Status,
)


class DataError(ValueError):
    """Input that is not what it should be; the message names place and remedy."""


def read_day(text: str, what: str) -> date:
    """An ISO date that a user gave. Raises DataError naming `what`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DataError(f"{what} is {text!r}, no date; write it as 2023-05-10") from error


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """A normalised value.

    `amount`, `low` and `high` are in `unit` (an ISO 4217 code, a measure word, `ratio`,
    `percentage_point` or `multiple`); `low`/`high` are None where that side is open,
    `amount` is None for a range.
    """

    amount: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    bound: Bound


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled stretch `text == document.text[start:end]`."""

    id: str
    type: SpanType
    start: int
    end: int
    text: str
    score: float | None = None
    value: Quantity | None = None
    value_error: str | None = None


class Period(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Time words that bound a figure; `from_`/`to` are ISO dates, None where unknown."""

    text: str
    start: int
    end: int
    from_: str | None = None
    to: str | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a slot of a tuple holds what it holds.

    `by` is who decided, `rule` the rule that answered, where it has a name, and `instead` its answer
    where the scorer decided otherwise ("" for nothing). `evidence` is the figure's clause, or where
    the linked spans stand.
    """

    by: Literal["rule", "scorer"]
    evidence: str
    rule: str | None = None
    instead: str | None = None


class MetricTuple(msgspec.Struct, frozen=True, kw_only=True):
    """One figure (`head`) with what it counts and the spans it is linked to (span ids).

    `region_code` is the GB/T 2260 code of the region, None for a zone or a grouping; `region_chain`
    names the divisions it is or lies in, from the province down, empty where none is known.
    """

    head: str
    indicator: Indicator
    status: Status
    period: Period | None = None
    region: str | None = None
    region_name: str | None = None
    region_code: str | None = None
    region_chain: tuple[str, ...] = ()
    org: tuple[str, ...] = ()
    growth: str | None = None
    industry: tuple[str, ...] = ()
    mechanism: tuple[str, ...] = ()
    filter: str | None = None
    score: float | None = None
    slot_scores: dict[str, float] = {}
    """Probability of each slot that a link scorer filled, `indicator` and `status` among them; empty
    where rules alone link."""
    reasons: dict[str, Reason] | msgspec.UnsetType = msgspec.UNSET
    """Why each slot was filled so; left out unless it was asked for."""
    same_as: str | None = None
    """Head of a fuller statement of the same fact in the document; None for what stands for itself."""

    def linked(self, slot: Slot) -> tuple[str, ...]:
        """Ids of the spans in `slot`, none to many."""
        value = getattr(self, slot)
        if slot in LIST_SLOTS:
            return tuple(value)
        return () if value is None else (value,)


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A text with its spans, its metric tuples and what is known about it.

    `meta` holds what a gold article says of itself (`schema.META_FIELDS`); it is empty in
    predictions. `encoding` is what the bytes were read in where that was a guess.
    """

    format: int = FORMAT_VERSION
    id: str
    text: str
    encoding: str | None = None
    model: str | None = None
    home_region: str | None = None
    spans: tuple[Span, ...] = ()
    tuples: tuple[MetricTuple, ...] = ()
    meta: dict[str, str | None] = {}

    def span(self, span_id: str) -> Span:
        """The span with this id; KeyError if there is none."""
        for span in self.spans:
            if span.id == span_id:
                return span
        raise KeyError(span_id)


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A document that could not be read: what `zsner predict` writes in its place."""

    format: int = FORMAT_VERSION
    id: str
    error: str


def number_spans(document: Document) -> Document:
    """The same document with spans in order of their start and ids s1, s2, …"""
    spans = sorted(document.spans, key=lambda s: (s.start, s.end, s.type))
    new = {s.id: f"s{i}" for i, s in enumerate(spans, 1)}

    def rename(t: MetricTuple) -> MetricTuple:
        links: dict[str, Any] = {}
        for slot in SLOT_TYPE:
            ids = tuple(sorted((new[i] for i in t.linked(slot)), key=lambda i: int(i[1:])))
            links[slot] = ids if slot in LIST_SLOTS else (ids[0] if ids else None)
        return msgspec.structs.replace(t, head=new[t.head], **links)

    tuples = sorted((rename(t) for t in document.tuples), key=lambda t: int(t.head[1:]))
    return msgspec.structs.replace(
        document,
        spans=tuple(msgspec.structs.replace(s, id=new[s.id]) for s in spans),
        tuples=tuple(tuples),
    )


def problems(document: Document) -> Iterator[str]:
    """What breaks the output contract in `document`: one line a fault, none if it is sound."""
    if document.format > FORMAT_VERSION:
        yield f"format {document.format} is newer than {FORMAT_VERSION}; update zsner"
    by_id: dict[str, Span] = {}
    last_end = 0
    for span in document.spans:
        if span.id in by_id:
            yield f"span id {span.id} is used twice"
        by_id[span.id] = span
        if not 0 <= span.start < span.end <= len(document.text):
            yield f"span {span.id} [{span.start}, {span.end}) lies outside the text"
        elif document.text[span.start : span.end] != span.text:
            found = document.text[span.start : span.end]
            yield f"span {span.id}: text is {span.text!r} but [{span.start}, {span.end}) is {found!r}"
        if span.start < last_end:
            yield f"span {span.id} overlaps the one before it or is out of order"
        last_end = max(last_end, span.end)
    all_heads = {t.head for t in document.tuples}
    heads: set[str] = set()
    for number, t in enumerate(document.tuples):
        if t.head in heads:
            yield f"tuples[{number}]: {t.head} heads two tuples"
        heads.add(t.head)
        if t.head not in by_id:
            yield f"tuples[{number}]: head {t.head} is no span"
        if t.same_as is not None and (t.same_as not in all_heads or t.same_as == t.head):
            yield f"tuples[{number}]: same_as {t.same_as} is no other tuple's head"
        for slot, wanted in SLOT_TYPE.items():
            for i in t.linked(slot):
                if i not in by_id:
                    yield f"tuples[{number}].{slot}: {i} is no span"
                elif by_id[i].type != wanted:
                    yield f"tuples[{number}].{slot}: {i} is {by_id[i].type}, not {wanted}"


_decoder = msgspec.json.Decoder(Document)
_encoder = msgspec.json.Encoder()


def to_json(document: Document | Unreadable) -> bytes:
    """One line of JSON by the output format, without the line break."""
    return _encoder.encode(document)


def from_json(line: bytes | str, *, strict: bool = True) -> Document:
    """Read one line of JSON by the output format.

    With `strict` an unknown field is an error (gold data); without, it is ignored
    (predictions of a newer minor format). Raises DataError naming the field.
    """
    try:
        document = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"not a document by the output format: {error}") from error
    if strict:
        for path in _unknown_fields(msgspec.json.decode(line)):
            raise DataError(f"unknown field `{path}`; remove it or correct its name")
    for fault in problems(document):
        raise DataError(f"{document.id!r}: {fault}")
    return document


def _unknown_fields(raw: dict[str, Any]) -> Iterator[str]:
    def extra(struct: type[msgspec.Struct], value: dict[str, Any], path: str) -> Iterator[str]:
        yield from (f"{path}.{key}" for key in value if key not in _names(struct))

    yield from extra(Document, raw, "$")
    for n, span in enumerate(raw.get("spans", ())):
        yield from extra(Span, span, f"$.spans[{n}]")
        if span.get("value"):
            yield from extra(Quantity, span["value"], f"$.spans[{n}].value")
    for n, t in enumerate(raw.get("tuples", ())):
        yield from extra(MetricTuple, t, f"$.tuples[{n}]")
        if t.get("period"):
            yield from extra(Period, t["period"], f"$.tuples[{n}].period")
        for slot, reason in t.get("reasons", {}).items():
            yield from extra(Reason, reason, f"$.tuples[{n}].reasons.{slot}")


@cache
def _names(struct: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(struct))


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one output line: a document or an unreadable one."""
    (document, unreadable), components = msgspec.json.schema_components(
        (Document, Unreadable), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of `zsner predict`",
        "anyOf": [document, unreadable],
        "$defs": components,
    }
