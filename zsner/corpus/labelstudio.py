"""Label Studio tasks <-> Documents, and the labelling configuration.

A task is one article (`data.text`, `data.id`, …). An annotation's `result` holds, per span, one
`labels` object and, where the span heads a tuple, `choices` for indicator and status and a
`textarea` for the period and, where the text makes its year certain, for its dates, all with the
span's id; relations carry the slot's name as label.
Facts about the server's exports stand beside the code that meets them.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import msgspec

from zsner.document import Document, Period, Span
from zsner.schema import (
    GUIDELINES_VERSION,
    INDICATORS,
    META_FIELDS,
    SLOTS,
    SPAN_TYPES,
    STATUSES,
)

_COLOURS: Final = {
    "MONEY": "#d4380d",
    "COUNT": "#d48806",
    "GROWTH": "#389e0d",
    "REGION": "#096dd9",
    "ORG": "#531dab",
    "INDUSTRY": "#08979c",
    "MECHANISM": "#c41d7f",
}


def label_config() -> str:
    """The labelling configuration (XML) that the annotations are made with."""
    labels = "\n".join(
        f'    <Label value="{t}" background="{_COLOURS[t]}" hotkey="{n}"/>' for n, t in enumerate(SPAN_TYPES, 1)
    )
    relations = "\n".join(f'    <Relation value="{slot}"/>' for slot in SLOTS)
    indicators = "\n".join(f'    <Choice value="{code}"/>' for code in INDICATORS)
    statuses = "\n".join(f'    <Choice value="{code}"/>' for code in STATUSES)
    # granularity="symbol": with "word", dragging over 圳 would grow to 深圳.
    return f"""<View>
  <Style>.lsf-htx-richtext{{white-space:pre-wrap}}</Style>
  <Labels name="label" toName="text">
{labels}
  </Labels>
  <Text name="text" value="$text" granularity="symbol"/>
  <Relations>
{relations}
  </Relations>
  <Choices name="indicator" toName="text" perRegion="true" choice="single" showInline="true">
{indicators}
  </Choices>
  <Choices name="status" toName="text" perRegion="true" choice="single" showInline="true">
{statuses}
  </Choices>
  <TextArea name="period" toName="text" perRegion="true" maxSubmissions="1" rows="1"/>
  <TextArea name="period_iso" toName="text" perRegion="true" maxSubmissions="1" rows="1"
            placeholder="2022-01-01/2022-03-31; .. for an open end"/>
</View>
"""


def find_period(text: str, words: str, near: int) -> Period | None:
    """Where the time words `words` stand: the last occurrence that starts before `near`, else
    the first after it; None if the text does not contain them."""
    start = text.rfind(words, 0, near)
    if start < 0:
        start = text.find(words)
    if not words or start < 0:
        return None
    return Period(text=words, start=start, end=start + len(words))


def read_dates(text: str) -> tuple[str | None, str | None]:
    """`2022-01-01/2022-03-31` -> its two ISO dates, None where an end is open (`..`). Raises
    ValueError if it is of no such form or runs backwards."""
    ends = [None if end == ".." else date.fromisoformat(end).isoformat() for end in text.strip().split("/")]
    if len(ends) != 2 or ends == [None, None] or (None not in ends and ends[0] > ends[1]):  # type: ignore[operator]  # both are there
        raise ValueError(f"{text!r} is no FROM/TO")
    return ends[0], ends[1]


def write_dates(period: Period) -> str | None:
    """The reverse of `read_dates`; None where neither end is known."""
    if period.from_ is None and period.to is None:
        return None
    return f"{period.from_ or '..'}/{period.to or '..'}"


# ---------------------------------------------------------------- Document -> task


def to_results(document: Document) -> list[dict[str, Any]]:
    """The `result` list of an annotation: spans in order, each followed by its per-region
    values and relations, keys in fixed order."""
    heads = {t.head: t for t in document.tuples}
    results: list[dict[str, Any]] = []
    for span in document.spans:
        place: dict[str, Any] = {"start": span.start, "end": span.end}

        def control(name: str, kind: str, value: dict[str, Any], span: Span = span) -> None:
            results.append({"id": span.id, "type": kind, "from_name": name, "to_name": "text", "value": value})

        control("label", "labels", place | {"text": span.text, "labels": [span.type]})
        if (t := heads.get(span.id)) is None:
            continue
        control("indicator", "choices", place | {"choices": [t.indicator]})
        if t.status != "actual":  # what a reader takes where none is chosen
            control("status", "choices", place | {"choices": [t.status]})
        if t.period is not None:
            control("period", "textarea", place | {"text": [t.period.text]})
            if (dates := write_dates(t.period)) is not None:
                control("period_iso", "textarea", place | {"text": [dates]})
        for slot in SLOTS:
            for target in t.linked(slot):
                results.append(
                    {
                        "type": "relation",
                        "from_id": span.id,
                        "to_id": target,
                        "direction": "right",
                        "labels": [slot],
                    }
                )
    return results


def to_task(document: Document, annotations: Iterable[dict[str, Any]] | None = None) -> dict[str, Any]:
    """One task of a raw export. `annotations` replaces the single one made from `document`."""
    data: dict[str, Any] = {
        "id": document.id,
        "home_region": document.home_region or "",
        "published": document.meta.get("published"),
        "guidelines": document.meta.get("guidelines") or GUIDELINES_VERSION,
    }
    for field in META_FIELDS:
        if field not in data and field in document.meta:
            data[field] = document.meta[field]
    data["text"] = document.text
    if annotations is None:
        annotations = [annotation(document, completed_by=1, ground_truth=True)]
    return {"data": data, "annotations": list(annotations)}


def annotation(document: Document, *, completed_by: int, ground_truth: bool) -> dict[str, Any]:
    """One annotation of a task."""
    return {
        "completed_by": completed_by,
        "ground_truth": ground_truth,
        "was_cancelled": False,
        "result": to_results(document),
    }


def dump_task(task: dict[str, Any]) -> str:
    """A canonical file: a raw export (a list) of one task, one result object a line."""
    encode = msgspec.json.encode

    def line(value: Any) -> str:
        return encode(value).decode()

    lines = ["[{", f'"data": {line(task["data"])},', '"annotations": [']
    for n, ann in enumerate(task["annotations"]):
        head = {k: v for k, v in ann.items() if k != "result"}
        lines.append(line(head)[:-1] + ',"result":[')
        lines.append(",\n".join(line(r) for r in ann["result"]))
        lines.append("]}" + ("," if n + 1 < len(task["annotations"]) else ""))
    lines.append("]}]")
    return "\n".join(lines) + "\n"
