"""Inline markup (`scripts/markup.py`) <-> Documents, and its commands."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from typer.testing import CliRunner, Result

from tests.conftest import ARTICLES, SEEDS
from tests.documents import doc, documents, markup
from zsner.corpus.labelstudio import dump_task, to_task
from zsner.corpus.tasks import load_documents, read_annotators, read_tasks
from zsner.document import DataError, Document

HEADER = "id: a-01\nhome_region: 广西\npublished: 2024-01-31\n---\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(markup.app, [str(a) for a in args])


# ---------------------------------------------------------------------- parse and render


def test_real_articles_come_back_from_markup(gold: list[Document]) -> None:
    for document in gold:
        assert markup.parse(markup.render(document)) == document


@given(documents())
def test_any_document_comes_back_from_markup(document: Document) -> None:
    assert markup.parse(markup.render(document)) == document


def test_markup_is_read() -> None:
    document = markup.parse(
        HEADER + "一季度，<REGION id=r1>广西</REGION>到位"
        '<MONEY ind=funds_in_place status=target period="一季度" region=r1 growth=g1 org=o1,o2>3亿元</MONEY>，'
        "<GROWTH id=g1>增长&lt;3%</GROWTH>；<ORG id=o1>R&amp;D</ORG>、<ORG id=o2>市委</ORG>"
    )
    assert (document.id, document.home_region, document.meta) == (
        "a-01",
        "广西",
        {"published": "2024-01-31", "guidelines": "2"},
    )
    assert document.text == "一季度，广西到位3亿元，增长<3%；R&D、市委"
    assert [(s.id, s.type, s.text) for s in document.spans] == [
        ("s1", "REGION", "广西"),
        ("s2", "MONEY", "3亿元"),
        ("s3", "GROWTH", "增长<3%"),
        ("s4", "ORG", "R&D"),
        ("s5", "ORG", "市委"),
    ]
    (t,) = document.tuples
    assert (t.head, t.indicator, t.status, t.region, t.growth, t.org) == (
        "s2",
        "funds_in_place",
        "target",
        "s1",
        "s3",
        ("s4", "s5"),
    )
    assert t.period is not None and (t.period.text, t.period.start) == ("一季度", 0)


def test_the_dates_of_a_period_come_back() -> None:
    document = doc('一季度到位<MONEY ind=funds_in_place period="一季度" iso=2022-01-01/2022-03-31>3亿元</MONEY>')
    period = document.tuples[0].period
    assert period is not None and (period.from_, period.to) == ("2022-01-01", "2022-03-31")
    assert markup.parse(markup.render(document)) == document


@pytest.mark.parametrize("period", ['“一季度"', "R&D &quot;", "<一季度>", "一\n季"])
def test_a_period_may_hold_anything(period: str) -> None:
    escaped = period.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    body = period.replace("&", "&amp;").replace("<", "&lt;")
    document = doc(f'{body}到位<MONEY ind=funds_in_place period="{escaped}">3亿元</MONEY>')
    (t,) = document.tuples
    assert t.period is not None and t.period.text == period
    assert markup.parse(markup.render(document)) == document


def test_an_unset_status_is_actual_and_a_repeated_link_one() -> None:
    document = doc("<ORG id=o>市委</ORG>派<COUNT ind=personnel org=o,o>5人</COUNT>")
    (t,) = document.tuples
    assert (t.status, t.org) == ("actual", ("s1",))


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("一\n<ORG>市<REGION>委</REGION></ORG>", 6, "<REGION> inside <ORG>; spans are flat"),
        ("一\n二</ORG>", 6, "</ORG> closes nothing"),
        ("<ORG>市委</REGION>", 5, "</REGION> closes nothing"),
        ("一\n\n<ORG>市委\n", 7, "<ORG> is never closed"),
        ("一\n<ORG id=o1 id>市委</ORG>", 6, "not of the form name=value"),
        ("一\n<ORG 甲>市委</ORG>", 6, "not of the form name=value"),
        ("一\n<COUNT ind=jobs ind=other>5人</COUNT>", 6, "ind is given twice"),
        ("一\n<ORG市委</ORG>", 6, "a broken tag near '<ORG市委"),
        ("一\n<ORGAN>市委</ORGAN>", 6, "a broken tag near '<ORGAN>"),
        ("一\n<org>市委</org>", 6, "a broken tag near '<org>"),
        ("增长<3%", 5, "a broken tag near '<3%'; write &lt;"),
        ("一\n<COUNT ind=jobs\n二", 6, "a broken tag near '<COUNT ind=jobs"),
        ("一\n<ORG></ORG>", 6, "<ORG> marks nothing"),
        ("<ORG id=o>市委</ORG>\n<ORG id=o>市委</ORG>", 6, "id o is used twice"),
        ("一\n<COUNT ind=people>5人</COUNT>", 6, "Invalid enum value 'people'"),
        ("一\n<COUNT ind=jobs status=done>5人</COUNT>", 6, "Invalid enum value 'done'"),
        ("一\n<COUNT period=一>5人</COUNT>", 6, "no ind="),
        ("一\n<COUNT ind=jobs place=r>5人</COUNT>", 6, "unknown ['place']"),
        ("一\n<COUNT ind=jobs region=r1>5人</COUNT>", 6, "region=r1 is no id of this file"),
        ("一\n<COUNT ind=jobs org=>5人</COUNT>", 6, "not of the form name=value"),
        ("<REGION id=a>川</REGION><REGION id=b>渝</REGION>\n<COUNT ind=jobs region=a,b>5人</COUNT>", 6, "takes one id"),
        ("<ORG id=o>市委</ORG>\n<COUNT ind=jobs region=o>5人</COUNT>", 6, "region=o is ORG, not REGION"),
        ("一\n<ORG ind=jobs>市委</ORG>", 6, "ORG cannot head a tuple"),
        ("一\n<COUNT ind=jobs period=二季度>5人</COUNT>", 6, "period '二季度' is not in the text"),
    ],
)
def test_a_broken_tag_is_named_with_its_line(body: str, line: int, message: str) -> None:
    with pytest.raises(DataError) as caught:
        markup.parse(HEADER + body, "a.mk")
    assert str(caught.value).startswith(f"a.mk: line {line}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "no line `---`"),
        ("id: a-01\n市委", "no line `---`"),
        ("id: a-01\r\n---\r\n市委", "no line `---`"),
        ("id: a-01\ncolour: red\n---\n", "header line 'colour: red'; known keys: id, home_region"),
        ("id\n---\n", "header line 'id'"),
        ("home_region: 广西\n---\n", "the header has no id"),
        ("id:\n---\n", "the header has no id"),
    ],
)
def test_a_broken_header_is_named(source: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        markup.parse(source, "a.mk")
    assert str(caught.value).startswith("a.mk: ")
    assert message in str(caught.value)


# ------------------------------------------------------------------------------ commands


@pytest.mark.parametrize("article", ARTICLES, ids=lambda p: p.name)
def test_show_check_and_store_give_the_stored_file_back(tmp_path: Path, article: Path) -> None:
    export = SEEDS / f"{article.stem}.json"
    shown = {}
    for name, option in (("settled", ()), ("one", ("--annotator", "1")), ("two", ("--annotator", "2"))):
        result = run("show", export, *option)
        assert result.exit_code == 0
        shown[name] = tmp_path / f"{name}.mk"
        shown[name].write_bytes(result.stdout_bytes)
    result = run("check", shown["settled"], "--raw", article)
    assert result.exit_code == 0, result.output
    result = run(
        "store", shown["settled"], "--folder", tmp_path / "out", "--blind", shown["one"], "--blind", shown["two"]
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / export.name).read_bytes() == export.read_bytes()


def test_store_keeps_carriage_returns_and_odd_blanks(tmp_path: Path) -> None:
    document = doc("一\r\n<ORG>市委</ORG>\u2028\x85二\r", id="b.txt")
    file = tmp_path / "b.mk"
    file.write_bytes(markup.render(document).encode())
    assert run("store", file, "--folder", tmp_path / "new" / "folder").exit_code == 0
    stored = tmp_path / "new" / "folder" / "b.json"
    assert load_documents(stored) == [document]
    assert run("show", stored).stdout_bytes == file.read_bytes()
    assert run("strip", file).stdout_bytes == document.text.encode()


def test_store_refuses_versions_of_another_text(tmp_path: Path) -> None:
    for name, body in (("a", "<ORG>市委</ORG>"), ("b", "市政府")):
        (tmp_path / f"{name}.mk").write_text(HEADER + body, encoding="utf-8")
    result = run("store", tmp_path / "a.mk", "--folder", tmp_path / "out", "--blind", tmp_path / "b.mk")
    assert result.exit_code == 1
    assert "different texts" in result.output
    assert not list(tmp_path.glob("out/*"))
    both = run("store", tmp_path / "a.mk", tmp_path / "b.mk", "--folder", tmp_path, "--blind", tmp_path / "a.mk")
    assert both.exit_code == 2


def test_check_tells_where_the_text_changed(tmp_path: Path) -> None:
    (tmp_path / "a.mk").write_text(HEADER + "一二三<ORG>市委</ORG>", encoding="utf-8")
    (tmp_path / "a.txt").write_text("一二四市委", encoding="utf-8")
    result = run("check", tmp_path / "a.mk", "--raw", tmp_path / "a.txt")
    assert result.exit_code == 1
    assert "text differs from a.txt at character 2" in result.output
    (tmp_path / "a.txt").write_text("一二三市委\n", encoding="utf-8")
    result = run("check", tmp_path / "a.mk", "--raw", tmp_path / "a.txt")
    assert result.exit_code == 1
    assert "at character 5" in result.output


def test_check_prints_guideline_faults(tmp_path: Path) -> None:
    file = tmp_path / "a.mk"
    file.write_text(HEADER + "<REGION>全国</REGION>", encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert "error: a.mk: task a-01 REGION '全国' (s1, line 1): the guidelines leave this word unmarked" in result.output
    file.write_text(HEADER + "<REGION>全区</REGION>", encoding="utf-8")
    result = run("check", file)
    assert (result.exit_code, result.stdout) == (0, "a.mk: 1 spans, 0 tuples\n")


@pytest.mark.parametrize("command", ["check", "list", "strip"])
@pytest.mark.parametrize("content", [b"id: a\n---\n<ORG>", b"id: a\n---\n\xff", None], ids=["tag", "bytes", "missing"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, command: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.mk").write_bytes(content)
    result = run(command, tmp_path / "a.mk")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    assert "a.mk" in result.stderr


def test_show_of_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    for args in ((SEEDS / "000.json", "--annotator", "7"), (tmp_path / "none.json",)):
        result = run("show", *args)
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ") and result.stderr.count("\n") == 1


def test_list_shows_spans_and_tuples_of_markup_and_exports(tmp_path: Path) -> None:
    body = '<REGION id=r>广西</REGION>一季度签约<COUNT ind=signed_projects status=target period="一季度" region=r>5个</COUNT>\n'
    (tmp_path / "a.mk").write_text(HEADER + body, encoding="utf-8")
    (tmp_path / "a.json").write_text(dump_task(to_task(markup.parse(HEADER + body))), encoding="utf-8")
    listed = run("list", tmp_path / "a.mk").stdout
    assert listed == run("list", tmp_path / "a.json").stdout
    assert listed.splitlines() == [
        "s1    REGION    【广西】一季度签约5个⏎",
        "s2    COUNT     广西一季度签约【5个】⏎   -> signed_projects  target  period=一季度  region=广西",
    ]


def test_diff_names_each_difference(tmp_path: Path) -> None:
    first = "<ORG>市委</ORG>，<REGION id=r>广西</REGION>签约<COUNT ind=signed_projects region=r>5个</COUNT>"
    second = "市委，<REGION>广西</REGION>签约<COUNT ind=landed_projects>5个</COUNT>"
    for name, body in (("a", first), ("b", second), ("c", "别的")):
        (tmp_path / f"{name}.mk").write_text(HEADER + body, encoding="utf-8")
    lines = run("diff", tmp_path / "a.mk", tmp_path / "b.mk").stdout.splitlines()
    assert lines[0].split() == ["only", "first", ":", "ORG", "【市委】，广西签约5个"]
    assert [line.split()[0] for line in lines[1:]] == ["indicator", "region", "a.mk:"]
    assert "first signed_projects  second landed_projects" in lines[1]
    assert lines[-1] == "a.mk: spans F1 0.800, strict tuples F1 0.000"
    assert run("diff", tmp_path / "a.mk", tmp_path / "c.mk").exit_code == 1


def test_the_help_of_the_script_names_commands_that_work() -> None:
    shown = [line.split() for line in str(markup.__doc__).splitlines() if "scripts/markup.py" in line]
    assert [words[2] for words in shown] == ["show", "check", "store"]
    assert "--folder" in shown[2]


def test_stored_annotators_are_those_of_the_blind_files() -> None:
    for reading in read_tasks(SEEDS):
        assert set(read_annotators(reading.raw)) == {1, 2}
        (truth,) = [a for a in reading.raw["annotations"] if a["ground_truth"]]
        assert truth["completed_by"] == 3
        assert json.dumps(truth["result"]) != "[]"
