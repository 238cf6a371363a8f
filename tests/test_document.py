"""The contract of the output: JSON in and out, errors, the schema."""

import json
from typing import Any

import jsonschema
import pytest

from zsner.document import (
    DataError,
    Document,
    MetricTuple,
    Span,
    from_json,
    json_schema,
    number_spans,
    problems,
    to_json,
)

CONTRACT: dict[str, Any] = {
    "format": 1,
    "id": "000.txt",
    "text": "一季度,全區到位資金2217億元,同比增長38.8%。",
    "model": "zsner-base 0.3.0",
    "home_region": "广西",
    "spans": [
        {"id": "s1", "type": "REGION", "start": 4, "end": 6, "text": "全區", "score": 0.9},
        {
            "id": "s2",
            "type": "MONEY",
            "start": 10,
            "end": 16,
            "text": "2217億元",
            "score": 0.993,
            "value": {"amount": "221700000000", "low": "221700000000", "high": None, "unit": "CNY", "bound": "exact"},
        },
        {"id": "s3", "type": "GROWTH", "start": 17, "end": 26, "text": "同比增長38.8%"},
    ],
    "tuples": [
        {
            "head": "s2",
            "indicator": "funds_in_place",
            "status": "actual",
            "period": {"text": "一季度", "start": 0, "end": 3, "from": "2022-01-01", "to": "2022-03-31"},
            "region": "s1",
            "region_name": "广西",
            "org": [],
            "growth": "s3",
            "industry": [],
            "mechanism": [],
            "filter": None,
            "score": 0.91,
        }
    ],
}


def changed(*path: str | int, value: Any = None, drop: bool = False) -> str:
    copy = json.loads(json.dumps(CONTRACT))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(copy, ensure_ascii=False)


def test_the_contract_is_read_and_written_back_alike() -> None:
    document = from_json(json.dumps(CONTRACT))
    again = json.loads(to_json(document))
    assert from_json(json.dumps(again)) == document
    for key, value in CONTRACT["tuples"][0].items():
        assert again["tuples"][0][key] == value
    assert again["spans"][1]["value"] == CONTRACT["spans"][1]["value"]
    jsonschema.validate(again, json_schema())


def test_the_schema_refuses_what_is_not_the_contract() -> None:
    jsonschema.validate({"id": "x", "error": "no such file"}, json_schema())
    for bad in (
        changed("spans", 0, "type", value="PLACE"),
        changed("spans", 0, "start", value="4"),
        changed("id", drop=True),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(bad), json_schema())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (changed("spans", 0, "type", value="PLACE"), r"\$\.spans\[0\]\.type"),
        (changed("spans", 1, "start", value="10"), r"\$\.spans\[1\]\.start"),
        (changed("tuples", 0, "indicator", value="money"), r"\$\.tuples\[0\]\.indicator"),
        (changed("text", drop=True), "text"),
        (changed("spans", 0, "colour", value="red"), r"unknown field `\$\.spans\[0\]\.colour`"),
        (changed("homeregion", value="广西"), r"unknown field `\$\.homeregion`"),
        (changed("tuples", 0, "period", "until", value=""), r"\$\.tuples\[0\]\.period\.until"),
        (changed("spans", 0, "text", value="全市"), "s1"),
        (changed("spans", 0, "end", value=12), "s1"),
        (changed("spans", 1, "start", value=5), "s2"),
        (changed("spans", 2, "end", value=99), "outside the text"),
        (changed("tuples", 0, "head", value="s9"), "no span"),
        (changed("tuples", 0, "region", value="s3"), "GROWTH, not REGION"),
        (changed("format", value=2), "newer"),
        ("{", "not a document"),
        ("[]", "not a document"),
    ],
)
def test_a_wrong_field_is_named(line: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_json(line)


def test_predictions_of_a_newer_minor_format_are_read() -> None:
    assert from_json(changed("spans", 0, "colour", value="red"), strict=False).id == "000.txt"


def test_documents_are_frozen() -> None:
    document = from_json(json.dumps(CONTRACT))
    with pytest.raises(AttributeError):
        document.text = "other"


def test_numbering_keeps_links_with_their_spans() -> None:
    text = "广西2亿元"
    spans = (
        Span(id="x", type="MONEY", start=2, end=5, text="2亿元"),
        Span(id="a", type="REGION", start=0, end=2, text="广西"),
    )
    tuples = (MetricTuple(head="x", indicator="signed_amount", status="actual", region="a"),)
    document = number_spans(Document(id="d", text=text, spans=spans, tuples=tuples))
    assert [(s.id, s.text) for s in document.spans] == [("s1", "广西"), ("s2", "2亿元")]
    assert (document.tuples[0].head, document.tuples[0].region) == ("s2", "s1")
    assert not list(problems(document))
