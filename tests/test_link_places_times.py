"""Figures -> region and period, tables, scores, and what holds for any text."""

import subprocess
import sys
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linked import Linked, article
from zsner.document import Document, Span, problems
from zsner.link.dates import named_year, resolve
from zsner.link.linker import link
from zsner.link.region import guess_home, region_name
from zsner.schema import SPAN_TYPES

# ------------------------------------------------------------------------------ region


@pytest.mark.parametrize(
    ("marked", "head", "region"),
    [
        ("[R全市]签约项目[C5个]。", "5个", "全市"),
        ("[R射洪市]：长板再拉长\n\n前三季度签约项目[C5个]。", "5个", "射洪市"),
        ("[R全市]招商活跃，[O盛屿]总投资[M3亿元]的项目在[R大丰港]开工。", "3亿元", "大丰港"),
        ("[R我县]赴[R上海]、[R昆山]拜访企业[C16家]。", "16家", "我县"),
        ("[R全市]到[R广州]举办推介会[C12场]。", "12场", "全市"),
        ("[R我市]引进来自[R浙江]的项目[C5个]。", "5个", "我市"),
        ("[R遂宁]到位资金[M386亿元]，总量居[R全省]第六。", "386亿元", "遂宁"),
        ("[R全县]签约项目[C9个]。\n拜访企业[C16家]。", "16家", "全县"),
        ("拜访企业[C16家]，[R我县]接待客商[C3批]。", "16家", "我县"),
        ("[R盐都]（[R苏州]）推介会签约项目[C13个]。", "13个", "盐都"),
        ("[R該縣](xiàn)新簽約項目[C8個]。", "8個", "該縣"),
        ("[R贵港]签约[C97个]，数量不及[R桂林]，[M10亿元以上]的就有[C11个]。", "11个", "贵港"),
        ("[R全省]到位[M3亿元]。\n[R甲市][C8个]，[R乙市][C4个]，[R丙市][C2个]。在谈[C3个]。", "3个", "全省"),
        ("[R全省]到位[M3亿元]。\n[R甲市]稳；[R乙市]快；[R丙市]好。在谈[C3个]。", "3个", "全省"),
        ("[R全市]签约[C9个]。\n指挥所设在了[R东莞]。[C32名]干部赴[R东莞]、[R惠州]招商。", "32名", "全市"),
        ("[R全州]到位[M3亿元]。\n[R我县]到位[M2亿元]，在[R全州][C16个]县市中排第四。另有项目[C5个]。", "5个", "我县"),
        ("[R全市]忙。[R甲高新区]举行签约仪式，[C9个]项目签约。", "9个", "甲高新区"),
        ("[R全省]活动举行，主会场设在[R石家庄]。\n签约项目[C5个]。", "5个", "全省"),
    ],
)
def test_region(marked: str, head: str, region: str) -> None:
    assert Linked(marked).region(head) == region


def test_separate_places_pair_up_in_order() -> None:
    linked = Linked(
        "[R麻城市]、[R武穴市]、[R蕲春县]分别签约[C46个]、[C43个]、[C39个]，到位[M3亿元]、[M2亿元]、[M1亿元]。"
    )
    assert [linked.region(h) for h in ("46个", "43个", "39个")] == ["麻城市", "武穴市", "蕲春县"]


def test_stand_ins_are_resolved() -> None:
    linked = Linked("[R嘉興市]招商引資情況通報\n\n上半年，[R全市]簽約項目[C5個]。")
    assert linked["5個"].region_name == "嘉兴"
    assert linked.document.home_region == "嘉兴"


def test_the_given_home_region_wins_and_the_own_is_not_read() -> None:
    marked = "上半年，[R全区]签约项目[C5个]。"
    assert Linked(marked, home="广西")["5个"].region_name == "广西"
    linked = link(Document(**{**_fields(article(marked)), "home_region": "贵州"}))
    assert linked.home_region is None


def _fields(document: Document) -> dict[str, object]:
    return {"id": document.id, "text": document.text, "spans": document.spans}


def test_guess_home() -> None:
    titled = article("[R海口市]召开招商大会\n\n[O海口市商务局]说，[R全市]签约。[R三亚]来学习。")
    assert guess_home(titled) == "海口"
    assert guess_home(article("[O东营港经济开发区投资促进局]2020年工作总结\n\n[R东营]好。")) == "东营港经济开发区"
    assert guess_home(article("没有地名。")) is None


def test_region_name() -> None:
    document = article("[R贺州市]和[R平桂区]\n\n[R我市]签约，[R平桂区]跟进，[R该区]开工。")
    names = [region_name(document, f"s{n}", home_region="贺州") for n in (1, 2, 3, 5)]
    assert names == ["贺州市", "平桂区", "贺州", "平桂区"]


# ------------------------------------------------------------------------------ period


@pytest.mark.parametrize(
    ("marked", "head", "words"),
    [
        ("1—9月，[R全市]签约项目[C5个]。", "5个", "1—9月"),
        ("2023年一季度，[R全市]签约项目[C5个]。", "5个", "2023年一季度"),
        ("截至2023年12月20日，[R全市]签约项目[C5个]。", "5个", "截至2023年12月20日"),
        ("今年以来签约[C5个]。开工[C3个]。", "3个", "今年以来"),
        ("2022年[R全市]招商工作总结\n\n签约项目[C5个]。", "5个", "2022年"),
        ("103年1至6月核准[C5件]。", "5件", "103年1至6月"),
        ("一季度到位[M3亿元]，完成年度目标[M9亿元]的三成，开工[C2个]。", "9亿元", "年度"),
        ("一季度到位[M3亿元]，完成年度目标[M9亿元]的三成，开工[C2个]。", "2个", "一季度"),
        ("5月9日，[O沧浪]投资[M12亿元]的项目开工，达产后年税收[M5500万元]。", "5500万元", None),
        ("[R全市]签约项目[C5个]。", "5个", None),
        ("全年簽約[C5個]，[G比去年同期增長5%]。", "5個", "全年"),
        ("花會期間，共簽約[C5個]。", "5個", "花會期間"),
        ("会战以来，[R全市]签约项目[C5个]。开工[C3个]。", "3个", "会战以来"),
        ("五一之后，[R园区]又有[C9家]企业入驻。", "9家", "五一之后"),
        ("哈洽会、绿博会期间，[R我县]组织企业[C23户]参展。", "23户", "哈洽会、绿博会期间"),
        ("到2026年，力争[R全市]每年招引项目[C100个]。", "100个", "到2026年"),
        ("2025年，力争签约[C9个]；新落地[C5个]。", "9个", "2025年"),
        ("2025年，力争签约[C9个]；确保开工[C5个]。", "5个", "2025年"),
        ("鞍山市2025年招商引资工作计划\n\n聘请顾问[C20位]。", "20位", "2025年"),
        ("上半年签约[C5个]。\n对在谈的[C61个]项目倒排工期，四季度力争再签。", "61个", None),
        ("关于招商的报告\n——2016年8月30日在常委会会议上\n\n现有人员[C11名]。", "11名", None),
        ("3月29日上午，[R江门]2023年一季度集中签约活动举行。签约[C42个]。", "42个", "3月29日上午"),
        ("9月25日下午，东博会期间，签约仪式举行。签约[C42个]。", "42个", "9月25日下午"),
        ("11月日上午，签约[C42个]。", "42个", "11月日上午"),
    ],
)
def test_period(marked: str, head: str, words: str | None) -> None:
    assert Linked(marked).period(head) == words


def test_the_date_of_publication_gives_the_year() -> None:
    linked = Linked(
        "首页 > 招商动态\n\n时间：2022-08-09 08:47　来源：[O市商务局]\n\n1至7月，[R全市]签约项目[C5个]，去年[C3个]。"
    )
    first, second = linked["5个"].period, linked["3个"].period
    assert first is not None and (first.from_, first.to) == ("2022-01-01", "2022-07-31")
    assert second is not None and (second.from_, second.to) == ("2021-01-01", "2021-12-31")


@pytest.mark.parametrize(
    ("words", "year", "dates"),
    [
        ("2023年", None, ("2023-01-01", "2023-12-31")),
        ("2023年一季度", None, ("2023-01-01", "2023-03-31")),
        ("2012年1—9月", None, ("2012-01-01", "2012-09-30")),
        ("2024年2月", None, ("2024-02-01", "2024-02-29")),
        ("2023年上半年", None, ("2023-01-01", "2023-06-30")),
        ("截至2023年12月20日", None, (None, "2023-12-20")),
        ("2023年12月下旬", None, ("2023-12-21", "2023-12-31")),
        ("2月21日至24日", 2023, ("2023-02-21", "2023-02-24")),
        ("103年度", None, ("2014-01-01", "2014-12-31")),
        ("一一四年", None, ("2025-01-01", "2025-12-31")),
        ("二〇一三年", None, ("2013-01-01", "2013-12-31")),
        ("今年首三季", 2023, ("2023-01-01", "2023-09-30")),
        ("前10个月", 2014, ("2014-01-01", "2014-10-31")),
        ("一季度", None, (None, None)),
        ("今年以来", None, (None, None)),
        ("2月30日", 2023, (None, None)),
        ("目前", 2023, (None, None)),
        ("xx年1至10月", None, (None, None)),
    ],
)
def test_dates_of_words(words: str, year: int | None, dates: tuple[str | None, str | None]) -> None:
    assert iso(*resolve(words.replace("—", "-"), year, None)) == dates


@pytest.mark.parametrize(
    ("words", "target", "dates"),
    [
        ("今年以来", False, ("2023-01-01", "2023-05-04")),
        ("4月以来", False, ("2023-04-01", "2023-05-04")),
        ("6月起", True, ("2023-06-01", None)),
        ("到今年底", True, (None, "2023-12-31")),
        ("年底前", True, (None, "2023-12-31")),
        ("截至目前", False, (None, "2023-05-04")),
        ("目前", False, ("2023-05-04", "2023-05-04")),
        ("昨日", False, ("2023-05-03", "2023-05-03")),
        ("上月", False, ("2023-04-01", "2023-04-30")),
        ("上周", False, ("2023-04-24", "2023-04-30")),
        ("上季度", False, ("2023-01-01", "2023-03-31")),
        ("近三年", False, ("2020-05-04", "2023-05-04")),
        ("半年来", False, ("2022-11-04", "2023-05-04")),
        ("十四五期间", True, ("2021-01-01", "2025-12-31")),
        ("十三五以来", False, ("2016-01-01", "2023-05-04")),
        ("近年来", False, (None, None)),
        ("每年", False, (None, None)),
        ("一年", False, (None, None)),
    ],
)
def test_dates_of_words_on_a_dated_page(words: str, target: bool, dates: tuple[str | None, str | None]) -> None:
    assert iso(*resolve(words, 2023, date(2023, 5, 4), target)) == dates


@pytest.mark.parametrize(
    ("page", "dates"),
    [
        # A page of January reports on the year that has passed.
        ("发布时间：2024-01-08\n\n全年，[R全市]签约项目[C5个]。", ("2023-01-01", "2023-12-31")),
        ("发布时间：2024-01-08\n\n2023年招商工作总结\n\n一季度，[R全市]签约项目[C5个]。", ("2023-01-01", "2023-03-31")),
        ("发布时间：2024-03-12\n\n一季度，[R全市]签约项目[C5个]。", ("2024-01-01", "2024-03-31")),
        ("发布时间：2024-01-08\n\n去年4月签约[C3个]，12月[R全市]签约项目[C5个]。", ("2023-12-01", "2023-12-31")),
        # The day that 当天 stands for, and a day without its month.
        ("发布时间：2024-03-12\n\n3月9日，推介会举行。当天，[R全市]签约项目[C5个]。", ("2024-03-09", "2024-03-09")),
        ("发布时间：2024-03-12\n\n26日，[R全市]签约项目[C5个]。", ("2024-02-26", "2024-02-26")),
        ("2024-03-12 16:25　撰文：麦皓文\n\n昨日，[R全市]签约项目[C5个]。", ("2024-03-11", "2024-03-11")),
        ("昨日，[R全市]签约项目[C5个]。\n\n二〇二四年三月十二日", ("2024-03-11", "2024-03-11")),
        ("昨日，[R全市]签约项目[C5个]。\n\n中华民国113年3月12日", ("2024-03-11", "2024-03-11")),
        # No year, no guess; and a forum's clock is not the day of publication.
        ("一季度，[R全市]签约项目[C5个]。", (None, None)),
        ("昨日，[R全市]签约项目[C5个]。\n\nGMT+8, 2024-3-12 10:22 , Processed in 0.083 second(s)", (None, None)),
    ],
)
def test_dates_on_a_page(page: str, dates: tuple[str | None, str | None]) -> None:
    period = Linked(page)["5个"].period
    assert period is not None
    assert (period.from_, period.to) == dates


def iso(first: date | None, last: date | None) -> tuple[str | None, str | None]:
    return (first.isoformat() if first else None), (last.isoformat() if last else None)


def test_named_year() -> None:
    assert [named_year(w) for w in ("2023年", "103年度", "民国一一四年", "今年", "30年")] == [
        2023,
        2014,
        2025,
        None,
        None,
    ]


# ------------------------------------------------------------------------- tables, scores


def test_a_flattened_table_is_read_by_its_columns() -> None:
    linked = Linked(
        "县区\n签约项目\n到位资金\n到位资金同比\n\n[R临渭区]\n[C31个]\n[M18亿元]\n[G+27%]\n\n[R韩城市]\n[C27个]\n[M30亿元]\n[G+35%]\n"
    )
    assert [linked[h].indicator for h in ("31个", "18亿元", "+27%")] == [
        "signed_projects",
        "funds_in_place",
        "funds_in_place",
    ]
    assert [linked.region(h) for h in ("+27%", "27个")] == ["临渭区", "韩城市"]


def test_a_table_in_lines_is_read_by_its_columns() -> None:
    linked = Linked("县区\t签约项目\t到位资金\n[R临渭区]\t[C31个]\t[M18亿元]\n[R韩城市]\t[C27个]\t[M30亿元]\n")
    assert [linked[h].indicator for h in ("27个", "30亿元")] == ["signed_projects", "funds_in_place"]
    assert linked.region("30亿元") == "韩城市"


def test_scores_fall_with_those_of_the_spans() -> None:
    marked = "[R全市]签约项目[C5个]。"
    sure = link(article(marked)).tuples[0].score
    unsure = link(article(marked, {"5个": 0.5, "全市": 0.8})).tuples[0].score
    assert sure is not None and unsure is not None
    assert 0 < unsure < sure <= 1


def test_old_tuples_are_replaced() -> None:
    once = link(article("[R全市]签约项目[C5个]。"))
    assert link(once) == once


# -------------------------------------------------------------------------- robustness

_WORDS = st.sampled_from(
    [
        "签约",
        "项目",
        "5个",
        "亿元以上",
        "3亿元",
        "，",
        "。",
        "；",
        "：",
        "（",
        "）",
        "(xiàng)",
        "全市",
        "上海",
        "同比增长5%",
        "分别",
        "、",
        "2023年",
        "一季度",
        "13月45日",
        "一一四年",
        "截至",
        "达产后",
        "目标",
        "的",
        "在",
        "等",
        "涉及",
        "|",
        "項",
        "县",
        "一、",
        "其中",
        "基金",
        "\u200b",
        "\n",
        "\n\n",
        "\t",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Arbitrary non-overlapping spans over arbitrary text."""
    text = draw(st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=40).map("".join)))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=24, unique=True)))
    spans = []
    for start, end in pairwise(cuts):
        if draw(st.booleans()):
            spans.append(
                Span(
                    id=f"s{len(spans)}",
                    type=draw(st.sampled_from(SPAN_TYPES)),
                    start=start,
                    end=end,
                    text=text[start:end],
                    score=draw(st.one_of(st.none(), st.floats(0, 1))),
                )
            )
    return Document(id="h", text=text, spans=tuple(spans))


@given(documents(), st.one_of(st.none(), st.just("广西")))
@settings(max_examples=300, deadline=None)
def test_link_never_raises_and_keeps_the_contract(document: Document, home: str | None) -> None:
    linked = link(document, home_region=home)
    assert list(problems(linked)) == []
    assert linked.spans == document.spans
    for t in linked.tuples:
        assert t.score is not None and 0 < t.score <= 1
        if t.period is not None:
            assert linked.text[t.period.start : t.period.end] == t.period.text


@given(st.text(max_size=12), st.one_of(st.none(), st.integers(1950, 2100)))
def test_dates_never_raise(words: str, year: int | None) -> None:
    resolve(words, year, date(2024, 2, 29))
    resolve(words, year, None)


def test_a_page_without_stops_is_linked_in_reasonable_time() -> None:
    linked = Linked("[R全市]签约[C5个]，" * 1500)
    assert len(linked.document.tuples) == 1500


def test_torch_is_not_imported() -> None:
    code = (
        "import sys, zsner.link.linker; print(any(m.split('.')[0] in ('torch', 'transformers') for m in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
