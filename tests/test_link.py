"""Spans -> tuples: one case for each rule of the guidelines, then the rooms' public functions.

Articles are written with marks: `[C12个]` is a COUNT span `12个`; the letters are those of
`zsner.link.page.LETTERS`.
"""

import re
import subprocess
import sys
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsner.document import Document, MetricTuple, Span, problems
from zsner.link.linker import link
from zsner.link.page import LETTERS
from zsner.link.period import iso_range, named_year
from zsner.link.region import guess_home, region_name
from zsner.schema import SPAN_TYPES

_TYPES = {letter: kind for kind, letter in LETTERS.items()}


def article(marked: str, scores: dict[str, float] | None = None) -> Document:
    """A Document of marked text; `scores` by the span's text."""
    text, spans, position = "", [], 0
    for m in re.finditer(r"\[([MCGROIK])([^\]]+)\]", marked):
        text += marked[position : m.start()]
        start = len(text)
        text += m[2]
        position = m.end()
        spans.append(
            Span(
                id=f"s{len(spans) + 1}",
                type=_TYPES[m[1]],
                start=start,
                end=len(text),
                text=m[2],
                score=(scores or {}).get(m[2]),
            )
        )
    return Document(id="t", text=text + marked[position:], spans=tuple(spans))


class Linked:
    """A linked article, asked by the text of a head (`12个`, or `12个#2` for its second occurrence)."""

    def __init__(self, marked: str, home: str | None = None) -> None:
        self.document = link(article(marked), home_region=home)
        self.spans = {s.id: s for s in self.document.spans}
        self.tuples = {t.head: t for t in self.document.tuples}

    def __getitem__(self, head: str) -> MetricTuple:
        name, _, number = head.partition("#")
        held = [s for s in self.document.spans if s.text == name]
        return self.tuples[held[int(number or 1) - 1].id]

    def heads(self) -> list[str]:
        return [self.spans[t.head].text for t in self.document.tuples]

    def slot(self, head: str, slot: str) -> list[str]:
        return [self.spans[i].text for i in self[head].linked(slot)]

    def region(self, head: str) -> str | None:
        region = self[head].region
        return None if region is None else self.spans[region].text

    def period(self, head: str) -> str | None:
        period = self[head].period
        return None if period is None else period.text


# ---------------------------------------------------------------- indicator and status


@pytest.mark.parametrize(
    ("marked", "head", "indicator"),
    [
        ("[R全市]新签约项目[C157个]。", "157个", "signed_projects"),
        ("新签约项目[C157个]，协议总投资[M42亿元]。", "42亿元", "signed_amount"),
        ("总投资[M36亿元]的[O四川盛屿]年产5万吨[I磷酸铁锂]项目落地。", "36亿元", "project_investment"),
        ("[O深圳科瑞]投资[M25亿元]在[R信丰]建设[I电路板]项目。", "25亿元", "project_investment"),
        ("实际使用外资[M4827万美元]。", "4827万美元", "funds_in_place"),
        ("到位省外资金[M386亿元]。", "386亿元", "funds_in_place"),
        ("签约项目已注册[C59个]。", "59个", "landed_projects"),
        ("新开工项目[C31个]。", "31个", "started_projects"),
        ("[C7个]项目破土动工。", "7个", "started_projects"),
        ("竣工投产项目[C86个]。", "86个", "completed_projects"),
        ("在谈项目[C7个]，意向投资[M近60亿元]。", "7个", "pipeline_projects"),
        ("在谈项目[C7个]，意向投资[M近60亿元]。", "近60亿元", "pipeline_amount"),
        ("外出招商[C64批次]。", "64批次", "visits_out"),
        ("拜访企业[C275家]。", "275家", "visits_out"),
        ("接待来访客商[C1480人次]。", "1480人次", "visits_in"),
        ("举办推介会[C12场]。", "12场", "events"),
        ("派出[K驻点招商小分队][C48支]。", "48支", "teams"),
        ("组建[C5支][K产业链招商专班]。", "5支", "teams"),
        ("选派[C36名]年轻干部驻点。", "36名", "personnel"),
        ("设立总规模[M60亿元]的[O皖北母基金]。", "60亿元", "fund_size"),
        ("已参股子基金[C6只]。", "6只", "fund_count"),
        ("达产后年产值[M12亿元]、年税收[M4000万元]，新增就业[C620人]。", "12亿元", "output_value"),
        ("达产后年产值[M12亿元]、年税收[M4000万元]，新增就业[C620人]。", "4000万元", "tax_revenue"),
        ("达产后年产值[M12亿元]、年税收[M4000万元]，新增就业[C620人]。", "620人", "jobs"),
        ("入驻企业[C143家]。", "143家", "enterprises"),
        ("把任务分解到[C16个]乡镇。", "16个", "other"),
        ("外资占比46%，[G提高9.7个百分点]。", "提高9.7个百分点", "other"),
        ("產業到位資金[G增長15%以上]。", "增長15%以上", "funds_in_place"),
        ("新簽約項目[C157個]，協議總投資[M42億元]。", "42億元", "signed_amount"),
        ("新簽(qiān)約項(xiàng)目[C157個](gè)。", "157個", "signed_projects"),
    ],
)
def test_indicator(marked: str, head: str, indicator: str) -> None:
    assert Linked(marked)[head].indicator == indicator


def test_a_count_without_a_cue_counts_what_the_paragraph_counted() -> None:
    linked = Linked("新签约项目[C26个]。其中[I旅游][C2个]，[I水电][C4个]。")
    assert [linked[h].indicator for h in ("2个", "4个")] == ["signed_projects"] * 2


def test_a_heading_says_what_its_list_counts() -> None:
    linked = Linked("二、签约项目情况\n\n[R浠水县][C33个]、[R红安县][C29个]。")
    assert linked["33个"].indicator == linked["29个"].indicator == "signed_projects"


@pytest.mark.parametrize(
    ("marked", "head", "status"),
    [
        ("完成年度目标任务[M480亿元]的80.6%。", "480亿元", "target"),
        ("到位资金[M386亿元]，完成年度目标[M480亿元]的80.6%。", "386亿元", "actual"),
        ("力争全年新签约项目[C100个]、到位资金[M950亿元]。", "950亿元", "target"),
        ("達產後年產值可達[M12億元]。", "12億元", "target"),
        ("签约的[O凌越][I零部件]项目计划总投资[M2.6亿元]。", "2.6亿元", "actual"),
        ("[O旭垚阀门]有意在[R建湖]建设基地，投资额[M3亿元]。", "3亿元", "target"),
        ("在谈项目[C7个]。", "7个", "actual"),
        ("五、下步打算\n\n举办推介会[C4场]。", "4场", "target"),
        ("一、目标任务完成情况\n\n举办推介会[C4场]。", "4场", "actual"),
        ("主要领导外出[C64批次]。", "64批次", "actual"),
    ],
)
def test_status(marked: str, head: str, status: str) -> None:
    assert Linked(marked)[head].status == status


# ------------------------------------------------------------------- heads and filters


def test_a_size_filter_heads_nothing_and_restricts_the_set() -> None:
    linked = Linked("新签约[M亿元以上]项目[C47个]，合同引资[M218亿元]；签约[M5亿元以上]的[C6个]。")
    assert linked.heads() == ["47个", "218亿元", "6个"]
    assert [linked.slot(h, "filter") for h in linked.heads()] == [["亿元以上"], ["亿元以上"], ["5亿元以上"]]


@pytest.mark.parametrize(
    "marked", ["投资过[M亿元]的项目仅[C3个]。", "落地过[M亿元]项目[C3个]。", "[M亿元以上]的就有[C3个]。"]
)
def test_the_bound_of_a_filter_may_stand_outside(marked: str) -> None:
    linked = Linked(marked)
    assert linked.heads() == ["3个"]
    assert linked["3个"].filter is not None


def test_a_bounded_amount_that_is_no_size_is_a_figure() -> None:
    assert Linked("签约资金[M600亿元以上]，到位资金[M850亿元以上]。").heads() == ["600亿元以上", "850亿元以上"]


def test_funds_do_not_take_the_filter_of_the_projects() -> None:
    assert Linked("新引进[M亿元以上]项目[C27个]，到位资金[M58亿元]。")["58亿元"].filter is None


def test_a_filter_without_a_figure_carries_nothing() -> None:
    assert Linked("鼓励引进[M亿元以上]项目。").heads() == []


def test_growth_belongs_to_the_figure_before_it() -> None:
    linked = Linked("到位资金[M386亿元]，完成年度目标[M480亿元]的80%，[G同比增长11.7%]，是好成绩。")
    assert linked.heads() == ["386亿元", "480亿元"]
    assert linked.slot("386亿元", "growth") == ["同比增长11.7%"]
    assert linked["480亿元"].growth is None


def test_a_growth_of_no_value_heads_its_own_tuple() -> None:
    linked = Linked("签约额[M3亿元]，[G增长5%]，开工率70%，[G提高6个百分点]。")
    assert linked.heads() == ["3亿元", "提高6个百分点"]


def test_separate_growths_pair_up_in_order() -> None:
    linked = Linked("签约项目[C157个]，总投资[M42亿元]，分别[G同比增长9.8%]、[G18.3%]。")
    assert linked.slot("157个", "growth") == ["同比增长9.8%"]
    assert linked.slot("42亿元", "growth") == ["18.3%"]


def test_one_growth_for_two_figures_goes_to_each() -> None:
    linked = Linked("接待客商[C143批][C510人次]，[G比上年增长两成]。")
    assert linked.slot("143批", "growth") == linked.slot("510人次", "growth") == ["比上年增长两成"]


# --------------------------------------------------------- org, industry, mechanism


def test_the_figures_of_a_project_all_take_its_org_and_field() -> None:
    linked = Linked(
        "[O凌越公司]与[O县政府]签约的[I零部件]项目一期[M2.6亿元]，建成后可年纳税[M3000万元]，带动就业[C400人]。"
    )
    for head in ("2.6亿元", "3000万元", "400人"):
        assert linked.slot(head, "org") == ["凌越公司"]
        assert linked.slot(head, "industry") == ["零部件"]


def test_the_firm_behind_its_money() -> None:
    linked = Linked("总投资[M36亿元]的[O盛屿锂能]年产5万吨[I磷酸铁锂]项目开工。")
    assert linked.slot("36亿元", "org") == ["盛屿锂能"]
    assert linked.slot("36亿元", "industry") == ["磷酸铁锂"]


def test_examples_of_a_set_are_its_orgs_and_reporters_are_not() -> None:
    linked = Linked("据[O市商务局]统计，引进[O盛屿]、[O蓝炬]等[C6户]企业，签约项目[C9个]。")
    assert linked.slot("6户", "org") == ["盛屿", "蓝炬"]
    assert linked.slot("9个", "org") == []


def test_fields_beside_and_behind_a_set() -> None:
    linked = Linked(
        "引进[I线路板]、[I封测]项目[C11个]，协议投资[M88亿元]。签约[C5个]，[M9亿元]，主要集中在[I新能源]和[I装备]领域。"
    )
    assert linked.slot("11个", "industry") == linked.slot("88亿元", "industry") == ["线路板", "封测"]
    assert linked.slot("5个", "industry") == ["新能源", "装备"]


def test_separate_fields_pair_up_in_order() -> None:
    linked = Linked("[I食品]、[I建材]产业链分别签约[C61个]、[C54个]。")
    assert linked.slot("61个", "industry") == ["食品"]
    assert linked.slot("54个", "industry") == ["建材"]


def test_the_way_by_which_a_figure_came() -> None:
    linked = Linked("通过[K驻点招商]、[K商会招商]，[R全市]引进项目[C71个]，合同资金[M165亿元]。")
    assert linked.slot("71个", "mechanism") == linked.slot("165亿元", "mechanism") == ["驻点招商", "商会招商"]


def test_the_counted_team_is_no_way_of_itself() -> None:
    linked = Linked("派出[K招商小分队][C48支]、队员[C193人]，收集线索[C416条]。")
    assert [linked.slot(h, "mechanism") for h in ("48支", "193人", "416条")] == [[], [], ["招商小分队"]]


def test_a_way_only_planned_is_none() -> None:
    assert Linked("深化[K以商招商]，确保到位资金[M30亿元]。").slot("30亿元", "mechanism") == []


def test_slots_stay_inside_the_sentence() -> None:
    linked = Linked("开展[K驻点招商]，聚焦[I锂电]，[O盛屿锂能]来了。\n新签约项目[C5个]，[G增长5%]；在谈[C3个]。")
    for slot in ("org", "industry", "mechanism", "filter"):
        assert linked["5个"].linked(slot) == ()
    assert linked["3个"].growth is None


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
def test_iso_range(words: str, year: int | None, dates: tuple[str | None, str | None]) -> None:
    assert iso_range(words.replace("—", "-"), year, None) == dates


def test_since_the_new_year_ends_with_publication() -> None:
    assert iso_range("今年以来", 2023, date(2023, 5, 4)) == ("2023-01-01", "2023-05-04")


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
def test_iso_range_never_raises(words: str, year: int | None) -> None:
    iso_range(words, year, None)


def test_a_page_without_stops_is_linked_in_reasonable_time() -> None:
    linked = Linked("[R全市]签约[C5个]，" * 1500)
    assert len(linked.document.tuples) == 1500


def test_torch_is_not_imported() -> None:
    code = (
        "import sys, zsner.link.linker; print(any(m.split('.')[0] in ('torch', 'transformers') for m in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
