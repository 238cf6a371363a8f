"""`--explain`: each slot's reason, by rule and by the scorer."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import zsner
from tests.conftest import ARTICLES
from tests.linked import article
from zsner.cli.app import app
from zsner.document import Reason, from_json, to_json
from zsner.link.linker import link
from zsner.schema import SLOTS


def explained(marked: str) -> dict[str, dict[str, Reason]]:
    document = link(article(marked), explain=True)
    return {document.span(t.head).text: t.reasons or {} for t in document.tuples}


def test_rules_name_themselves_and_where_the_spans_stand() -> None:
    found = explained("一季度，[R全市]新签约[I新材料]项目[C12个]，[G增长8%]。\n力争到2027年产值[M3亿元]。")
    count, money = found["12个"], found["3亿元"]
    assert {r.by for r in count.values()} == {"rule"}
    assert (count["indicator"].rule, count["indicator"].evidence) == ("count_cue", "全市新签约新材料项目12个")
    assert count["status"].rule == "status_default"
    assert (count["region"].rule, count["region"].evidence) == ("region_left", "same clause, 8 characters before")
    assert count["growth"].evidence == "same sentence, 1 character behind"
    assert count["period"].evidence == "same sentence, 11 characters before"
    assert count["industry"].instead is None
    assert (money["status"].rule, money["region"].evidence) == ("status_onward", "1 line above")
    assert "industry" not in money


def test_nothing_is_explained_unasked() -> None:
    assert not any(t.reasons for t in link(article("新签约项目[C12个]。")).tuples)


@pytest.mark.parametrize("path", ARTICLES[:3], ids=lambda p: p.name)
def test_the_scorer_tells_what_the_rules_would_have_said(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = zsner.load(explain=True)(text)
    plain = zsner.load()(text)
    assert [t.head for t in document.tuples] == [t.head for t in plain.tuples]
    assert from_json(to_json(document)) == document
    for t in document.tuples:
        filled = {"indicator", "status"} | {s for s in SLOTS if t.linked(s)} | ({"period"} if t.period else set())
        assert t.reasons
        assert filled <= t.reasons.keys()
        for slot, reason in t.reasons.items():
            assert reason.by == "scorer"
            # An empty slot is told of only where the rules would have filled it.
            assert reason.evidence if slot in filled else reason.instead
    assert any(r.instead for t in document.tuples for r in (t.reasons or {}).values())


def test_at_the_command_line(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("2023年一季度，广西新签约项目582个，总投资额3197亿元。", encoding="utf-8")
    shown = CliRunner().invoke(app, ["predict", str(page), "--explain", "--format", "table"])
    assert shown.exit_code == 0, shown.output
    assert "decided by" in shown.output
    assert "same clause" in shown.output
    lines = CliRunner().invoke(app, ["predict", str(page), "--explain", "--format", "jsonl"])
    assert '"reasons":{"indicator":' in lines.output


@pytest.mark.parametrize("name", ["csv", "xlsx", "parquet"])
def test_a_table_file_has_no_place_for_reasons(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["predict", str(ARTICLES[0]), "--explain", "-o", str(tmp_path / f"x.{name}")])
    assert result.exit_code == 1
    assert f"--explain has no place in {name}; use --format table or jsonl" in str(result.exception)
    assert not list(tmp_path.iterdir())
