"""Guideline faults that a machine can see: each rule with a bad and a good example."""

import pytest
from hypothesis import given

from tests.documents import doc, documents
from zsner.corpus.check import check_document, leaks
from zsner.document import Document


def faults(body: str, level: str = "error") -> list[str]:
    """`TYPE 'text' (id, line): message` of each fault in a text with tags."""
    return [f"{p.place}: {p.message}" for p in check_document(doc(body)) if p.level == level]


def messages(body: str, level: str = "error") -> str:
    return "\n".join(faults(body, level))


R = "<REGION id=r>广西</REGION>"
"""A place that the figures below belong to."""


def count(text: str) -> str:
    return f"{R}签约<COUNT ind=signed_projects region=r>{text}</COUNT>项目"


def money(text: str) -> str:
    return f"{R}签约<MONEY ind=signed_amount region=r>{text}</MONEY>"


def growth(text: str) -> str:
    return f"{R}出口<GROWTH ind=other region=r>{text}</GROWTH>。"


@pytest.mark.parametrize(
    ("message", "bad", "good"),
    [
        ("crosses a line break", "<ORG>广西\n商会</ORG>", "<ORG>广西商会</ORG>\n"),
        ("crosses a line break", "<ORG>广西\r商会</ORG>", "<ORG>广西 商会</ORG>\n"),
        ("starts or ends with white space", "<ORG>市委 </ORG>书记", "<ORG>市委</ORG> 书记"),
        ("starts or ends with white space", "在<ORG>\u3000市委</ORG>", "在\u3000<ORG>市委</ORG>"),
        ("starts with punctuation", "<MECHANISM>“百日攻坚</MECHANISM>”", "“<MECHANISM>百日攻坚</MECHANISM>”"),
        ("starts with punctuation", "<MECHANISM>“2+1”</MECHANISM>模式", "<MECHANISM>“云上”招商</MECHANISM>"),
        ("starts with punctuation", growth("，增长3%"), growth("-8.92%")),
        ("ends with punctuation", "<ORG>市委，</ORG>", "<REGION>中韩(烟台)</REGION>"),
        ("ends with punctuation", "“<MECHANISM>百日攻坚”</MECHANISM>", "<MECHANISM>产业链“十百千”</MECHANISM>"),
        ("leave this word unmarked", "<MECHANISM>招商引资</MECHANISM>", "<MECHANISM>精准招商</MECHANISM>"),
        ("leave this word unmarked", "<ORG>龙头企业</ORG>", "<ORG>百色市委</ORG>"),
        ("leave this word unmarked", "<REGION>全国</REGION>", "<REGION>全区</REGION>"),
        ("leave this word unmarked", "<INDUSTRY>战略性新兴产业</INDUSTRY>", "<INDUSTRY>电子信息</INDUSTRY>产业"),
        ("has no figure", money("巨额资金"), money("两千亿")),
        ("has no figure", count("多家"), count("五十余家")),
        ("has no figure", growth("大幅增长"), growth("翻一番")),
        ("does not count", count("一个"), count("1个")),
        ("does not count", count("一批"), count("一百个")),
        ("a duration or date is no COUNT", count("750天"), count("750人次")),
        ("a duration or date is no COUNT", count("3个月"), count("3个")),
        ("a duration or date is no COUNT", count("2023年"), count("2023家")),
        ("is an amount of money", count("5亿元"), money("5亿元")),
        ("is an amount of money", count("5亿美元"), money("5亿美元")),
        ("general tail", "<INDUSTRY>汽车产业</INDUSTRY>", "<INDUSTRY>汽车</INDUSTRY>产业"),
        ("general tail", "<INDUSTRY>动力电池项目</INDUSTRY>", "<INDUSTRY>制造业</INDUSTRY>"),
        ("list members", "<INDUSTRY>汽车、电池</INDUSTRY>", "<INDUSTRY>汽车</INDUSTRY>、<INDUSTRY>电池</INDUSTRY>"),
        ("list members", "<REGION>深圳、东莞</REGION>", "<REGION>深圳</REGION>、<REGION>东莞</REGION>"),
        ("every COUNT heads a tuple", f"{R}签约<COUNT>5个</COUNT>", count("5个")),
        ("belongs to no figure", f"{R}<GROWTH>增长3%</GROWTH>", growth("增长3%")),
        (
            "the growth of a figure and heads a tuple",
            f"{R}到位<MONEY ind=other region=r growth=g>3亿</MONEY>，<GROWTH id=g ind=other region=r>增长3%</GROWTH>",
            f"{R}到位<MONEY ind=other region=r growth=g>3亿</MONEY>，<GROWTH id=g>增长3%</GROWTH>",
        ),
        (
            "a filter and heads a tuple",
            f"{R}<MONEY id=m ind=other region=r>亿元以上</MONEY>项目<COUNT ind=other region=r filter=m>5个</COUNT>",
            f"{R}<MONEY id=m>亿元以上</MONEY>项目<COUNT ind=other region=r filter=m>5个</COUNT>",
        ),
        (
            "org '市委' stands in another sentence",
            f"<ORG id=o>市委</ORG>部署。{R}签约<COUNT ind=other region=r org=o>5个</COUNT>",
            f"<ORG id=o>市委</ORG>部署，{R}签约<COUNT ind=other region=r org=o>5个</COUNT>",
        ),
        (
            "industry '汽车' stands in another sentence",
            f"{R}签约<COUNT ind=other region=r industry=i>5个</COUNT>；<INDUSTRY id=i>汽车</INDUSTRY>好",
            f"{R}签约<COUNT ind=other region=r industry=i>5个</COUNT>，<INDUSTRY id=i>汽车</INDUSTRY>好；",
        ),
        (
            "the period crosses a line break",
            f'一季\n度{R}签约<COUNT ind=other region=r period="一季\n度">5个</COUNT>',
            f'一季度\n{R}签约<COUNT ind=other region=r period="一季度">5个</COUNT>',
        ),
    ],
)
def test_a_rule_and_its_breach(message: str, bad: str, good: str) -> None:
    assert message in messages(bad)
    assert not faults(good)


@pytest.mark.parametrize(
    ("message", "bad", "good"),
    [
        (
            "a contiguous hierarchy is one span",
            "<REGION>百色市</REGION><REGION>百东新区</REGION>",
            "<REGION>百色市百东新区</REGION>",
        ),
        (
            "a contiguous hierarchy is one span",
            "<REGION>川</REGION><REGION>渝</REGION>",
            "<REGION>川</REGION>、<REGION>渝</REGION>",
        ),
        ("has no region", "签约<COUNT ind=signed_projects>5个</COUNT>", count("5个")),
        (
            "is not marked in '在昨日会上，市委书记到场'",
            "<ORG>市委</ORG>说，在昨日会上，市委书记到场",
            "<ORG>市委</ORG>、<ORG>市委</ORG>",
        ),
        (
            "is marked as MECHANISM and as ORG",
            "<ORG>小分队甲</ORG>、<MECHANISM>小分队甲</MECHANISM>",
            "<ORG>小分队甲</ORG>",
        ),
    ],
)
def test_a_place_to_look_at(message: str, bad: str, good: str) -> None:
    assert message in messages(bad, "warning")
    assert not faults(good, "warning")


def test_a_region_in_another_sentence_is_right() -> None:
    assert not faults(f"{R}快讯。签约<COUNT ind=signed_projects region=r>5个</COUNT>")
    assert not faults(f"{R}快讯。签约<COUNT ind=signed_projects region=r>5个</COUNT>", "warning")


@pytest.mark.parametrize(
    "body",
    [
        "<REGION>蓉</REGION>城，到蓉投资",
        "<REGION>襄城</REGION>签约，<REGION>襄城区</REGION>落地",
        f"{R}到位<MONEY ind=other region=r>3亿</MONEY>，又3亿",
    ],
    ids=["one character", "inside a longer span", "a value"],
)
def test_what_is_no_inconsistency(body: str) -> None:
    assert "not marked" not in messages(body, "warning")


def test_a_fault_says_where_it_is() -> None:
    (problem,) = check_document(doc("招商\n在<REGION>全国</REGION>", id="a-07"), file="a-07.json")
    assert str(problem) == (
        "error: a-07.json: task a-07 REGION '全国' (s1, line 2): the guidelines leave this word unmarked"
    )


@given(documents())
def test_any_document_can_be_checked(document: Document) -> None:
    for problem in check_document(document):
        assert document.id in str(problem)


def test_real_articles_keep_the_guidelines(gold: list[Document]) -> None:
    assert [str(p) for d in gold for p in check_document(d) if p.level == "error"] == []


@pytest.mark.parametrize(
    ("body", "leak"),
    [
        ("<ORG>江西赣锋锂业</ORG>", ("ORG", "江西赣锋锂业")),
        ("<ORG>市委</ORG>", None),
        ("<ORG>巴中市招商局</ORG>", None),
        ("<REGION>深百产业园</REGION>", ("REGION", "深百产业园")),
        ("<REGION>广西</REGION><REGION>粤港澳大湾区</REGION><REGION>四川省</REGION>", None),
        ("<MECHANISM>三企入桂</MECHANISM>", ("MECHANISM", "三企入桂")),
        ("<MECHANISM>产业链招商</MECHANISM>", None),
        ("<INDUSTRY>先进新材料</INDUSTRY>", None),
    ],
)
def test_names_of_held_out_articles_may_not_train(body: str, leak: tuple[str, str] | None) -> None:
    training, held_out = doc(body, id="train-1"), doc("前文" + body, id="test-1")
    assert list(leaks([training], [held_out])) == ([] if leak is None else [(*leak, "train-1", "test-1")])
    assert not list(leaks([training], [doc("别的", id="test-2")]))
