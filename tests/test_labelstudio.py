"""Documents -> Label Studio tasks and back, and the labelling configuration."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given

from tests.conftest import SEEDS
from tests.documents import doc, documents
from zsner.corpus.labelstudio import annotation, dump_task, find_period, label_config, to_task
from zsner.corpus.tasks import read_annotators, read_task, read_tasks
from zsner.document import Document
from zsner.schema import INDICATORS, SLOTS, SPAN_TYPES, STATUSES


def through_json(document: Document) -> Document | None:
    (task,) = json.loads(dump_task(to_task(document)))
    reading = read_task(task)
    assert not reading.problems
    return reading.document


def test_real_articles_come_back_from_their_tasks(gold: list[Document]) -> None:
    for document in gold:
        assert through_json(document) == document


@given(documents())
def test_any_document_comes_back_from_its_task(document: Document) -> None:
    assert through_json(document) == document


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.json")), ids=lambda p: p.name)
def test_the_stored_annotations_are_canonical_files(path: Path) -> None:
    (reading,) = read_tasks(path)
    assert not reading.problems
    assert dump_task(reading.raw) == path.read_text(encoding="utf-8")


def test_a_task_carries_several_annotations() -> None:
    first, second = doc("<ORG>市委</ORG>部署"), doc("市委部署")
    task = to_task(
        first,
        [
            annotation(first, completed_by=1, ground_truth=False),
            annotation(second, completed_by=2, ground_truth=False),
            annotation(first, completed_by=3, ground_truth=True),
        ],
    )
    (task,) = json.loads(dump_task(task))
    assert read_annotators(task) == {1: first, 2: second}
    assert read_task(task).document == first


def test_a_result_is_one_line_of_the_file() -> None:
    document = doc("<REGION id=r1>广西</REGION>签约<COUNT ind=signed_projects region=r1>5个</COUNT>")
    lines = dump_task(to_task(document)).splitlines()
    results = [json.loads(line.rstrip(",")) for line in lines if line.startswith(('{"id"', '{"type"'))]
    assert [(r["type"], r.get("from_name")) for r in results] == [
        ("labels", "label"),
        ("labels", "label"),
        ("choices", "indicator"),
        ("relation", None),
    ]


def test_a_status_is_written_where_it_is_not_actual() -> None:
    for status, written in (("actual", []), ("target", [["target"]])):
        document = doc(
            f"<REGION id=r1>广西</REGION>签约<COUNT ind=signed_projects status={status} region=r1>5个</COUNT>"
        )
        task = to_task(document)
        results = task["annotations"][0]["result"]
        assert [r["value"]["choices"] for r in results if r.get("from_name") == "status"] == written
        assert read_task(task).document == document


def test_the_configuration_names_every_type_code_and_slot() -> None:
    root = ET.fromstring(label_config())

    def values(tag: str, parent: str = ".") -> list[str | None]:
        return [e.get("value") for e in root.findall(f"{parent}/{tag}")]

    assert values("Label", "Labels") == list(SPAN_TYPES)
    assert values("Relation", "Relations") == list(SLOTS)
    assert values("Choice", "Choices[@name='indicator']") == list(INDICATORS)
    assert values("Choice", "Choices[@name='status']") == list(STATUSES)
    assert values("Text") == ["$text"]
    text = root.find("Text")
    assert text is not None and text.get("granularity") == "symbol"
    hotkeys = [e.get("hotkey") for e in root.iter("Label")]
    assert len(set(hotkeys)) == len(hotkeys)


def test_what_tasks_use_is_in_the_configuration(gold: list[Document]) -> None:
    root = ET.fromstring(label_config())
    controls = {(e.get("name"), e.tag.lower(), e.get("toName")) for e in root if e.get("toName")}
    for document in gold:
        (annotated,) = to_task(document)["annotations"]
        used = {(r["from_name"], r["type"], r["to_name"]) for r in annotated["result"] if r["type"] != "relation"}
        assert used <= controls
    assert all(e.get("perRegion") == "true" for e in root if e.tag in ("Choices", "TextArea"))


@pytest.mark.parametrize(
    ("near", "start"),
    [(9, 6), (3, 0), (0, 0), (6, 0)],
    ids=["last before", "only one before", "first after", "not the one that begins there"],
)
def test_a_period_is_the_nearest_before_its_figure(near: int, start: int) -> None:
    found = find_period("一季度签约，一季度到位", "一季度", near)
    assert found is not None
    assert (found.start, found.end, found.text) == (start, start + 3, "一季度")


@pytest.mark.parametrize("words", ["", "二季度"])
def test_a_period_that_is_not_in_the_text_is_none(words: str) -> None:
    assert find_period("一季度签约", words, 3) is None
