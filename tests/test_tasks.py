"""Broken results of an annotation: every fault is named with task, place and remedy, the rest is kept."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.documents import GOOD, doc, errors, marked, task
from zsner.corpus.labelstudio import to_task
from zsner.corpus.tasks import read_task

Json = dict[str, Any]


def results(broken: Json) -> list[Json]:
    return broken["annotations"][0]["result"]


def one(broken: Json, kind: str, id: str | None = None, name: str | None = None) -> Json:
    """The first result of a kind (of a region, of a control)."""
    return next(
        r
        for r in results(broken)
        if r["type"] == kind and id in (None, r.get("id")) and name in (None, r.get("from_name"))
    )


def region(id: str, label: str, start: int, end: int) -> Json:
    value = {"start": start, "end": end, "text": GOOD.text[start:end], "labels": [label]}
    return {"id": id, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


ALL = marked(GOOD)


# ------------------------------------------------------------- one broken region or relation


def wrong_offsets(t: Json) -> None:
    one(t, "labels", "s4")["value"]["start"] -= 3


def offsets_past_the_end(t: Json) -> None:
    one(t, "labels", "s4")["value"]["end"] = 999


def offsets_reversed(t: Json) -> None:
    one(t, "labels", "s4")["value"] |= {"start": 9, "end": 3}


def offsets_missing(t: Json) -> None:
    del one(t, "labels", "s4")["value"]["start"]


def offsets_in_words(t: Json) -> None:
    one(t, "labels", "s4")["value"]["start"] = "9"


def text_changed(t: Json) -> None:
    t["data"]["text"] = t["data"]["text"].replace("百色市委", "河池市委")


def overlap(t: Json) -> None:
    s4 = GOOD.span("s4")
    results(t).append(region("n1", "ORG", s4.start + 2, s4.end + 2))


def nested(t: Json) -> None:
    s4 = GOOD.span("s4")
    results(t).append(region("n1", "REGION", s4.end - 2, s4.end))


def twice(t: Json) -> None:
    s4 = GOOD.span("s4")
    results(t).append(region("n1", "ORG", s4.start, s4.end))


def unknown_label(t: Json) -> None:
    one(t, "labels", "s4")["value"]["labels"] = ["PLACE"]


def two_labels(t: Json) -> None:
    one(t, "labels", "s4")["value"]["labels"] = ["ORG", "REGION"]


def no_label(t: Json) -> None:
    del one(t, "labels", "s4")["value"]["labels"]


def no_region_id(t: Json) -> None:
    del one(t, "labels", "s4")["id"]


def duplicate_ids(t: Json) -> None:
    one(t, "labels", "s4")["id"] = "s1"


def unknown_kind(t: Json) -> None:
    results(t).append({"id": "n1", "type": "rectanglelabels", "value": {"x": 1}})


def unknown_control(t: Json) -> None:
    results(t).append({"id": "s2", "type": "choices", "from_name": "mood", "value": {"choices": ["good"]}})


def value_is_no_object(t: Json) -> None:
    one(t, "labels", "s4")["value"] = ["ORG"]


def result_is_no_object(t: Json) -> None:
    results(t).append("s9")


def unknown_indicator(t: Json) -> None:
    one(t, "choices", "s2", "indicator")["value"]["choices"] = ["contracts"]


def two_indicators(t: Json) -> None:
    one(t, "choices", "s2", "indicator")["value"]["choices"] = ["jobs", "other"]


def no_indicator(t: Json) -> None:
    results(t).remove(one(t, "choices", "s2", "indicator"))


def unknown_status(t: Json) -> None:
    chosen = copy.deepcopy(one(t, "choices", "s2", "indicator"))
    chosen["from_name"], chosen["value"]["choices"] = "status", ["planned"]
    results(t).append(chosen)


def indicator_of_a_place(t: Json) -> None:
    one(t, "choices", "s2", "indicator")["id"] = "s1"


def indicator_of_nothing(t: Json) -> None:
    results(t).append({"id": "s9", "type": "choices", "from_name": "indicator", "value": {"choices": ["jobs"]}})


def period_not_in_the_text(t: Json) -> None:
    one(t, "textarea")["value"]["text"] = ["二季度"]


def two_periods(t: Json) -> None:
    one(t, "textarea")["value"]["text"] = ["一季度", "今年"]


def period_iso(t: Json, dates: str) -> None:
    results(t).append({"id": "s2", "type": "textarea", "from_name": "period_iso", "value": {"text": [dates]}})


def dates_of_no_form(t: Json) -> None:
    period_iso(t, "2022-01-01")


def dates_that_run_backwards(t: Json) -> None:
    period_iso(t, "2022-03-31/2022-01-01")


def dates_without_a_period(t: Json) -> None:
    results(t).remove(one(t, "textarea"))
    period_iso(t, "2022-01-01/..")


def dangling_relation(t: Json) -> None:
    one(t, "relation")["to_id"] = "s9"


def relation_without_label(t: Json) -> None:
    del one(t, "relation")["labels"]


def relation_with_unknown_label(t: Json) -> None:
    one(t, "relation")["labels"] = ["place"]


def relation_to_a_wrong_type(t: Json) -> None:
    one(t, "relation")["to_id"] = "s4"


def two_regions_of_a_figure(t: Json) -> None:
    results(t).append(region("n1", "REGION", 0, 2))
    results(t).append({"type": "relation", "from_id": "s2", "to_id": "n1", "labels": ["region"]})


def relation_from_a_place(t: Json) -> None:
    results(t).append({"type": "relation", "from_id": "s1", "to_id": "s4", "labels": ["org"]})


WITHOUT_S4 = ALL[:3]
REGIONS = [
    (wrong_offsets, r"region s4 \[", "mark it again", WITHOUT_S4),
    (offsets_past_the_end, r"region s4 \[", "mark it again", WITHOUT_S4),
    (offsets_reversed, "region s4", "mark it again", WITHOUT_S4),
    (offsets_missing, "region s4", "mark it again", WITHOUT_S4),
    (offsets_in_words, "region s4", "mark it again", WITHOUT_S4),
    (text_changed, r"region s4 \[", "'百色市委' but the text there is '河池市委'.*mark it again", WITHOUT_S4),
    (overlap, r"region n1 \[", "overlaps ORG '百色市委'.*keep one", ALL),
    (nested, r"region n1 \[", "overlaps ORG '百色市委'.*keep one", ALL),
    (twice, r"region n1 \[", "overlaps ORG '百色市委'.*keep one", ALL),
    (unknown_label, "region s4", "PLACE.*choose one of MONEY", WITHOUT_S4),
    (two_labels, "region s4", "ORG.*REGION.*choose one of MONEY", WITHOUT_S4),
    (no_label, "region s4", "choose one of MONEY", WITHOUT_S4),
    (no_region_id, "region number", "no id; export as raw JSON", WITHOUT_S4),
    (duplicate_ids, "region s1", "used twice; give one a new id", WITHOUT_S4),
    (unknown_kind, "result n1", "rectanglelabels.*remove it", ALL),
    (unknown_control, "region s2", "'mood'.*remove it", ALL),
    (value_is_no_object, "region s4", "mark it again", WITHOUT_S4),
    (result_is_no_object, "result", "no JSON object; export", ALL),
    (unknown_indicator, "region s2", "indicator.*contracts.*choose one of signed_projects", ALL),
    (two_indicators, "region s2", "indicator.*choose one of signed_projects", ALL),
    (no_indicator, "region s2", "no indicator; choose one", ALL),
    (unknown_status, "region s2", "status.*planned.*choose one of actual, target", ALL),
    (indicator_of_a_place, "region s1 '广西'", "REGION cannot head a tuple; remove", ALL),
    (indicator_of_nothing, "region s9", "no .*label; remove it", ALL),
    (period_not_in_the_text, "region s2", "'二季度' is not in the text; copy it as written", ALL),
    (two_periods, "region s2", "period.*write one", ALL),
    (dates_of_no_form, "region s2", "'2022-01-01'; write them as", ALL),
    (dates_that_run_backwards, "region s2", "'2022-03-31/2022-01-01'; write them as", ALL),
    (dates_without_a_period, "region s2", "no period; write its words", ALL),
    (dangling_relation, "relation s2 -> s9", "dangling.*s9.*remove it", ALL),
    (relation_without_label, "relation s2 -> s1", "choose one of region", ALL),
    (relation_with_unknown_label, "relation s2 -> s1", "place.*choose one of region", ALL),
    (relation_to_a_wrong_type, "relation s2 -> s4", "region ends in ORG, not REGION; ", ALL),
    (two_regions_of_a_figure, "region s2", "2 relations region; .*remove", [("REGION", "招商"), *ALL]),
    (relation_from_a_place, "region s1", "no indicator; choose one", ALL),
]


@pytest.mark.parametrize(("breaking", "place", "message", "kept"), REGIONS, ids=lambda c: getattr(c, "__name__", ""))
def test_a_broken_result_is_named_and_the_rest_kept(
    breaking: Callable[[Json], None], place: str, message: str, kept: list[tuple[str, str]]
) -> None:
    broken = task()
    breaking(broken)
    reading = read_task(broken, "export.json")
    found = errors(reading.problems)
    assert found
    assert any(str(p).startswith("error: export.json: task a-01 ") for p in found)

    assert any(re.search(place, p.place) and re.search(message, p.message) for p in found), "\n".join(map(str, found))
    assert marked(reading.document) == kept


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022-01-01/2022-03-31", "2022-01-01", "2022-03-31"),
        ("../2022-03-31", None, "2022-03-31"),
        (" 2022-01-01/.. ", "2022-01-01", None),
        ("", None, None),
    ],
)
def test_the_dates_of_a_period_are_read(written: str, first: str | None, last: str | None) -> None:
    dated = task()
    period_iso(dated, written)
    reading = read_task(dated)
    assert not errors(reading.problems)
    assert reading.document is not None
    period = reading.document.tuples[0].period
    assert period is not None and (period.from_, period.to) == (first, last)


@pytest.mark.parametrize(
    "breaking", [dangling_relation, relation_without_label, period_not_in_the_text, unknown_status]
)
def test_a_tuple_outlives_a_fault_in_one_slot(breaking: Callable[[Json], None]) -> None:
    broken = task()
    breaking(broken)
    document = read_task(broken).document
    assert document is not None
    assert [(t.head, t.indicator, t.growth) for t in document.tuples] == [("s2", "signed_projects", "s3")]


def test_regions_inside_one_another_leave_flat_spans() -> None:
    """A long region with two short ones inside: each of the two is a fault."""
    broken = task()
    start = GOOD.span("s4").start
    results(broken).extend([region("n1", "REGION", start + 1, start + 2), region("n2", "ORG", start + 3, start + 4)])
    reading = read_task(broken)
    assert [p.place.split()[1] for p in errors(reading.problems)] == ["n1", "n2"]
    assert marked(reading.document) == ALL


def test_a_region_that_overlaps_a_refused_one_only_is_kept() -> None:
    broken = task()
    end = GOOD.span("s4").end
    results(broken).extend([region("n1", "ORG", end - 1, end + 2), region("n2", "INDUSTRY", end + 1, end + 3)])
    reading = read_task(broken)
    assert [p.place.split()[1] for p in errors(reading.problems)] == ["n1"]
    assert marked(reading.document) == [*ALL, ("INDUSTRY", GOOD.text[end + 1 : end + 3])]


# ------------------------------------------------------------------------------ repaired


def test_utf16_offsets_are_recognised_and_repaired() -> None:
    broken = task()
    for r in results(broken):
        if "value" in r and "start" in r["value"]:
            r["value"] |= {key: len(GOOD.text[: r["value"][key]].encode("utf-16-le")) // 2 for key in ("start", "end")}
    assert one(broken, "labels", "s1")["value"]["start"] == GOOD.span("s1").start + 1
    reading = read_task(broken, "export.json")
    assert [p.level for p in reading.problems] == ["repaired"]
    assert str(reading.problems[0]) == (
        "repaired: export.json: task a-01 offsets: 4 regions counted UTF-16 units; now code points"
    )
    assert reading.document == GOOD


def test_white_space_of_the_server_is_no_fault() -> None:
    """`value.text` comes with double blanks collapsed and a line break as backslash-n."""
    document = doc("签约<MONEY ind=signed_amount>3  亿\n元</MONEY>")
    broken = to_task(document)
    for r in results(broken):
        r["value"]["text"] = "3 亿\\n元"
    one(broken, "choices", name="indicator")["value"].pop("text")
    reading = read_task(broken)
    assert not reading.problems
    assert reading.document == document


def test_results_need_no_shown_text() -> None:
    broken = task()
    for r in results(broken):
        if r["type"] == "labels":
            del r["value"]["text"]
    assert read_task(broken).document == GOOD
