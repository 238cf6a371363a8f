"""Broken exports: which annotation counts, tasks and files that are none; the good tasks are kept."""

import copy
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import GOOD, doc, errors, task
from zsner.corpus.exports import task_files
from zsner.corpus.labelstudio import annotation, to_task
from zsner.corpus.tasks import load_documents, read_annotators, read_task, read_tasks
from zsner.document import DataError, Document, problems

Json = dict[str, Any]


# ---------------------------------------------------------------------- which annotation


def annotated(*which: Json, **more: Any) -> Json:
    return {"data": task()["data"], "annotations": list(which), **more}


def submitted(document: Document = GOOD, truth: bool = False, **more: Any) -> Json:
    return annotation(document, completed_by=1, ground_truth=truth) | more


OTHER = doc(GOOD.text, batch="author 1")
"""The same text with nothing marked."""


@pytest.mark.parametrize(
    ("case", "level", "message", "document"),
    [
        (annotated(submitted()), None, "", GOOD),
        (annotated(submitted(OTHER)), None, "", OTHER),
        (annotated(submitted(was_cancelled=True)), "warning", "skipped by its annotator; left out", None),
        (annotated(), "warning", "not annotated yet; left out", None),
        ({"data": task()["data"]}, "warning", "not annotated yet; left out", None),
        (annotated(drafts=[{"result": []}]), "warning", "only a draft; submit it.* Left out", None),
        (annotated(predictions=[{"result": []}]), "warning", "only predictions, no human work; left out", None),
        (annotated(submitted(OTHER), submitted(truth=True)), None, "", GOOD),
        (annotated(submitted(OTHER), submitted()), "error", "2 and none is ground truth; settle one", OTHER),
        (
            annotated(submitted(truth=True), submitted(OTHER, True)),
            "error",
            "several are ground truth; leave the mark",
            GOOD,
        ),
        (annotated(submitted(OTHER, True, was_cancelled=True), submitted()), None, "", GOOD),
        (annotated(submitted(prediction={"result": []})), None, "", GOOD),
        (annotated(submitted(result=None)), "error", "missing; export as raw JSON", OTHER),
    ],
    ids=[
        "one",
        "empty result",
        "skipped",
        "none",
        "no key",
        "draft only",
        "prediction only",
        "ground truth",
        "unsettled",
        "two truths",
        "skipped truth",
        "with prediction",
        "no result",
    ],
)
def test_the_annotation_that_counts(case: Json, level: str | None, message: str, document: Document | None) -> None:

    reading = read_task(case, "export.json")
    assert reading.document == document
    assert [p.level for p in reading.problems] == ([] if level is None else [level])
    if level is not None:
        assert re.search(message, reading.problems[0].message)
        assert "task a-01" in str(reading.problems[0])


def test_each_annotator_is_read_apart() -> None:
    case = annotated(
        submitted(completed_by=7),
        submitted(OTHER, completed_by={"id": 2, "email": "b@example.com"}),
        submitted(completed_by=3, was_cancelled=True),
        submitted(truth=True, completed_by=4),
    )
    assert read_annotators(case) == {7: GOOD, 2: OTHER}
    assert read_annotators({}) == {}


# -------------------------------------------------------------------------- whole tasks


def test_a_field_that_is_not_known_is_warned_of() -> None:
    broken = task()
    broken["data"]["colour"] = "red"
    reading = read_task(broken)
    assert [(p.level, p.place) for p in reading.problems] == [("warning", "data.colour")]
    assert reading.document == GOOD


@pytest.mark.parametrize("data", [{}, {"text": None}, {"text": 5}, None, []])
def test_a_task_without_text_is_refused(data: Any) -> None:
    reading = read_task({"id": 12, "data": data, "annotations": []}, "export.json")
    assert reading.document is None
    assert str(reading.problems[0]) == (
        "error: export.json: task 12 data.text: no text; export the tasks as raw JSON with their data"
    )


MIN = [{"id": 1, "text": "广西签约", "label": [{"start": 0, "end": 2, "text": "广西", "labels": ["REGION"]}]}]
CONLL = "-DOCSTART- -X- O\n广西签约 -X- _ B-REGION\n\n"


def whole(*tasks: Any) -> str:
    return json.dumps(tasks, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "content", "message", "kept"),
    [
        ("e.json", "{not json", "task number 1: the file is no JSON .*; export again", 0),
        ("e.json", "", "the file is no JSON .*; export again", 0),
        ("e.json", "[]", "holds no task; export again", 0),
        ("e.jsonl", "", "holds no task; export again", 0),
        ("e.json", whole(1, "x", None), "task number 2: is no JSON object; export", 0),
        ("e.json", whole(task(), 7), "task number 2: is no JSON object; export", 1),
        ("e.json", "7", "task number 1: is no JSON object; export", 0),
        ("e.json", json.dumps(MIN), "task 1 data.text: no text; export the tasks as raw JSON", 0),
        ("e.json", CONLL, "the file is no JSON .*; export again", 0),
        ("e.conll", CONLL, "the file is no JSON .*; export again", 0),
        ("e.jsonl", json.dumps(task()) + "\n{bad\n\n", "number 2: line 2 is no JSON .*; export again", 1),
        ("e.json", b"\xff\xfe[\0", "the file is no JSON .*; export again", 0),
        ("e.json", '[{"data": {"text": "\\ud83d"}}]', "the file is no JSON .*; export again", 0),
        ("e.json", "[" * 9999, "the file is no JSON .*; export again", 0),
    ],
    ids=[
        "not JSON",
        "empty file",
        "empty list",
        "empty JSONL",
        "no objects",
        "one no object",
        "a number",
        "JSON_MIN",
        "CONLL",
        "CONLL by its name",
        "bad line",
        "UTF-16",
        "half a surrogate",
        "endless nesting",
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: str | bytes, message: str, kept: int) -> None:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    readings = list(read_tasks(file))
    found = [str(p) for r in readings for p in errors(r.problems)]

    assert any(re.search(message, line) for line in found), found
    assert all(line.startswith(f"error: {file}: task ") for line in found)
    assert [r.document for r in readings if r.document] == [GOOD] * kept
    with pytest.raises(
        DataError, match=rf"{re.escape(str(file))}.*\({len(found)} errors? in all; see `zsner data check"
    ):
        load_documents(file)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    for name, content in (("e.json", whole(task())), ("e.jsonl", json.dumps(task()))):
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
        assert load_documents(tmp_path / name) == [GOOD]


def test_files_of_a_folder_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.json").write_text(whole(to_task(doc("乙", id="2"))), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(json.dumps(to_task(doc("甲", id="1"))) + "\n\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not an export", encoding="utf-8")
    assert [f.name for f in task_files(tmp_path)] == ["a.jsonl", "2.json"]
    assert [d.text for d in load_documents(tmp_path)] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("name", "message"), [("missing", "no such file or folder; name"), (".", "no .json or .jsonl")]
)
def test_a_path_without_exports_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_documents(tmp_path / name)


def test_nothing_is_loaded_from_data_with_a_fault(tmp_path: Path) -> None:
    broken = task()
    for result in broken["annotations"][0]["result"]:
        if result["type"] in ("relation", "textarea"):
            result |= {"to_id": "s9", "value": {"text": ["二季度"]}}
    file = tmp_path / "export.json"
    file.write_text(whole(task(), broken), encoding="utf-8")
    with pytest.raises(DataError, match=r"^error: .*export.json: task a-01 .* \(3 errors in all; see"):
        load_documents(file)


def test_two_tasks_of_one_id_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(whole(task(), task()), encoding="utf-8")
    with pytest.raises(DataError, match="two tasks have the id 'a-01'; rename one"):
        load_documents(file)


def test_an_export_without_annotations_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(whole(annotated()), encoding="utf-8")
    with pytest.raises(DataError, match="no annotated task; annotate some"):
        load_documents(file)


# ------------------------------------------------------------------------ anything at all

_ODD: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x",
    "s1",
    [],
    {},
    [1],
    [[]],
    [None],
    [{}],
    {"id": 1},
    10**12,
    ["x", "y"],
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [path, *(p for k in keys for p in places(value[k], (*path, k)))]


@given(st.data())
def test_no_task_is_so_broken_that_reading_it_fails(data: st.DataObject) -> None:
    broken = annotated(submitted(), submitted(truth=True), drafts=[], predictions=[])
    broken = copy.deepcopy(broken)
    for _ in range(data.draw(st.integers(1, 3))):
        *steps, last = data.draw(st.sampled_from(places(broken)[1:]))
        parent = broken
        for step in steps:
            parent = parent[step]
        if data.draw(st.booleans()):
            parent[last] = copy.deepcopy(data.draw(st.sampled_from(_ODD)))
        else:
            del parent[last]
    reading = read_task(broken)
    assert all(str(p) for p in reading.problems)
    for document in (reading.document, *read_annotators(broken).values()):
        assert document is None or not list(problems(document))


def test_an_arrow_turned_round_is_read_by_its_head() -> None:
    broken = task()
    relation = next(r for r in broken["annotations"][0]["result"] if r["type"] == "relation")
    relation |= {"from_id": relation["to_id"], "to_id": relation["from_id"], "direction": "left"}
    assert read_task(broken).document == read_task(task()).document


def test_two_results_for_one_choice_are_an_error() -> None:
    broken = task()
    results = broken["annotations"][0]["result"]
    results.append(next(r for r in results if r.get("from_name") == "indicator"))
    assert any("two results for indicator" in p.message for p in read_task(broken).problems)


@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz"])
def test_a_gzipped_export_is_read_like_any_other(tmp_path: Path, name: str) -> None:
    plain = json.dumps(task(), ensure_ascii=False).encode()
    (tmp_path / name).write_bytes(gzip.compress(plain))
    assert load_documents(tmp_path) == load_documents(tmp_path / name) == [GOOD]
    (tmp_path / name).write_bytes(gzip.compress(plain)[:-20])
    (reading,) = read_tasks(tmp_path)
    assert "no whole gzip file" in reading.problems[0].message
    (tmp_path / name).write_bytes(plain)
    with pytest.raises(DataError, match="no whole gzip file"):
        load_documents(tmp_path)
