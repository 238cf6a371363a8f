"""What a machine finds across articles, and how it is accepted."""

from pathlib import Path

import pytest

from tests.documents import doc
from zsner.corpus.consistency import across, as_row, read_accepted, uncovered, without_accepted
from zsner.document import DataError


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("到位3.5亿元", "no span covers an amount in '到位3.5亿元'"),
        ("全市签约12个项目", "no span covers a count in '全市签约12个项目'"),
        ("同比增长12.5%", "no span covers a percentage of growth"),
        ("<COUNT ind=other>几个</COUNT>", "cannot be read as a value"),
    ],
)
def test_a_figure_that_is_left_out_is_told(body: str, message: str) -> None:
    assert message in " ".join(p.message for p in uncovered(doc(body)))


@pytest.mark.parametrize(
    "body",
    [
        "到位<MONEY ind=other>3.5亿元</MONEY>",
        "为期3个月，历时5个小时",
        "<GROWTH ind=other>同比增长12.5%</GROWTH>",
        "完成年度任务的45%",
    ],
)
def test_what_is_marked_or_no_value_is_not(body: str) -> None:
    assert not list(uncovered(doc(body)))


def test_a_name_marked_in_others_is_told() -> None:
    marked = [doc("<ORG>市投促局</ORG>发文", id=f"a-{n}") for n in range(3)]
    (problem,) = across([*marked, doc("来自市投促局的消息", id="b")])
    assert problem.task == "b"
    assert problem.message == "is ORG in other articles and not marked in '来自市投促局的消息'"
    assert not list(across([*marked[:2], doc("来自市投促局的消息", id="b")]))
    assert not list(across([*marked, doc("<ORG>市投促局外资科</ORG>", id="b")]))


def test_a_name_with_two_types_is_told() -> None:
    articles = [
        doc("<ORG>光伏园</ORG>", id="a"),
        doc("<ORG>光伏园</ORG>", id="b"),
        doc("<REGION>光伏园</REGION>", id="c"),
    ]
    (problem,) = across(articles)
    assert (problem.task, problem.message) == ("c", "is ORG in other places")


def test_what_is_accepted_is_told_no_more(tmp_path: Path) -> None:
    problems = list(uncovered(doc("到位3.5亿元，又2亿元", id="a-1")))
    assert len(problems) == 2
    table = tmp_path / "accepted.tsv"
    table.write_text("task\ttext\tmessage\treason\n" + "\t".join((*as_row(problems[0]), "a quoted slogan")) + "\n")
    assert list(without_accepted(problems, read_accepted(table))) == problems[1:]


@pytest.mark.parametrize("line", ["a-1\tx\ty\t", "a-1\tx", "a-1\tx\ty\t "])
def test_to_accept_takes_a_reason(tmp_path: Path, line: str) -> None:
    table = tmp_path / "accepted.tsv"
    table.write_text(f"task\ttext\tmessage\treason\n{line}\n")
    with pytest.raises(DataError, match="line 2: .*reason"):
        read_accepted(table)
