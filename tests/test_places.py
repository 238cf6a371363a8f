"""Mentions of a page -> places: ambiguity, stand-ins, zones, abroad, and what becomes of them in the output."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ARTICLES
from tests.linked import Linked, article
from zsner.document import Document, Span, from_json, json_schema, problems, to_json
from zsner.io.writers import CsvWriter
from zsner.link.linker import link
from zsner.link.page import Page
from zsner.link.period import Periods
from zsner.link.places import Place, Places, place_of
from zsner.link.region import Regions, guess_home


def place(marked: str, home: str | None = None, span: str = "s1") -> Place:
    return place_of(article(marked), span, home_region=home)


def chain(marked: str, home: str | None = None, span: str = "s1") -> str:
    return "/".join(place(marked, home, span).chain)


# ------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("mention", "home", "code", "expected"),
    [
        # the home region decides
        ("鼓楼区", "南京", "320106", "江苏省/南京市/鼓楼区"),
        ("鼓楼区", "徐州", "320302", "江苏省/徐州市/鼓楼区"),
        ("鼓楼区", "福州市", "350102", "福建省/福州市/鼓楼区"),
        ("鼓楼区", "河南", "410204", "河南省/开封市/鼓楼区"),
        ("朝阳区", "北京", "110105", "北京市/朝阳区"),
        ("朝阳区", "长春", "220104", "吉林省/长春市/朝阳区"),
        ("朝阳", "北京市", "110105", "北京市/朝阳区"),
        ("朝阳", "辽宁", "211300", "辽宁省/朝阳市"),
        ("城关区", "兰州", "620102", "甘肃省/兰州市/城关区"),
        ("城关区", "西藏", "540102", "西藏自治区/拉萨市/城关区"),
        ("通州", "南通", "320612", "江苏省/南通市/通州区"),
        ("通州", "北京", "110112", "北京市/通州区"),
        ("吉林", "长春", "220000", "吉林省"),
        ("吉林", "吉林市", "220200", "吉林省/吉林市"),
        ("海南", "三亚", "460000", "海南省"),
        ("海南", "西宁", "632500", "青海省/海南藏族自治州"),
        ("海南", "青海", "632500", "青海省/海南藏族自治州"),
        ("中山", "大连", "210202", "辽宁省/大连市/中山区"),
        ("中山", "湛江", "442000", "广东省/中山市"),
        ("大安", "台灣", None, "台湾省"),
        ("中山", None, "442000", "广东省/中山市"),
        # nothing decides: no code
        ("鼓楼区", None, None, ""),
        ("鼓楼区", "江苏", None, "江苏省"),
        ("通州区", "四川", None, ""),
        # a short name of a county far off is rather another place
        ("新田", "香港", None, ""),
        ("新田", "永州", "431128", "湖南省/永州市/新田县"),
        ("昆山", "贺州", "320583", "江苏省/苏州市/昆山市"),
        # one character
        ("桂", "玉林", "450000", "广西壮族自治区"),
        ("滁", "滁州", "341100", "安徽省/滁州市"),
        ("宁", "石嘴山", "640000", "宁夏回族自治区"),
        ("宁", "南京", "320100", "江苏省/南京市"),
        ("宁", None, None, ""),
        ("苏", "苏州", None, "江苏省"),
        ("蓉", None, "510100", "四川省/成都市"),
        # written with where it lies
        ("湖北省襄阳市襄城区", None, "420602", "湖北省/襄阳市/襄城区"),
        ("福州鼓楼区", "南京", "350102", "福建省/福州市/鼓楼区"),
        ("嘉義縣", None, None, "台湾省/嘉义县"),
        ("乾縣", None, "610424", "陕西省/咸阳市/乾县"),
    ],
)
def test_named_places(mention: str, home: str | None, code: str | None, expected: str) -> None:
    found = place(f"[R{mention}]签约[C5个]。", home)
    assert (found.code, "/".join(found.chain)) == (code, expected)
    assert found.province == (expected.split("/")[0] or None)


def test_places_named_nearest_decide() -> None:
    assert chain("[R福建]走访[R福州]、[R鼓楼区]，又到[R南京]。", None, "s3").endswith("福州市/鼓楼区")
    assert chain("[R福州]签约。\n[R南京]到位[M3亿元]，其中[R鼓楼区]签约[C5个]。", "", "s4") == "江苏省/南京市/鼓楼区"
    assert chain("[R山西]来客。\n[R城区]签约[C5个]。[R晋城市]好。", None, "s2") == "山西省/晋城市/城区"
    assert chain("[O长春市朝阳区商务局]说，[R朝阳区]签约[C5个]。", "", "s2") == "吉林省/长春市/朝阳区"


def test_names_in_the_year_of_the_page() -> None:
    page = "发布日期：{}-08-06\n\n[R巢湖市]签约[C5个]，[R庐江县]开工[C2个]。"
    assert chain(page.format(2008)) == "安徽省/巢湖市"
    assert chain(page.format(2008), None, "s3") == "安徽省/巢湖市/庐江县"
    assert chain(page.format(2021)) == "安徽省/合肥市/巢湖市"
    assert chain(page.format(2021), None, "s3") == "安徽省/合肥市/庐江县"
    assert place("发布日期：2008-08-06\n\n[R襄樊]签约[C5个]。").code == "420600"
    assert place("[R郫县]签约[C5个]。").code == "510124"
    assert place("发布日期：2015-03-02\n\n[R两江新区]签约[C5个]。") == Place("两江新区", None, "zone", ("重庆市",))
    assert place("发布日期：2026-03-02\n\n[R两江新区]签约[C5个]。").code == "500157"


# -------------------------------------------------------------------------- stand-ins


@pytest.mark.parametrize(
    ("mention", "home", "code", "expected"),
    [
        ("全区", "广西", "450000", "广西壮族自治区"),
        ("我区", "襄城区", "420602", "湖北省/襄阳市/襄城区"),
        ("全市", "襄城区", "420600", "湖北省/襄阳市"),
        ("全市", "延庆", "110000", "北京市"),
        ("我市", "昆山", "320583", "江苏省/苏州市/昆山市"),
        ("全省", "襄阳", "420000", "湖北省"),
        ("全区", "贺州", "450000", "广西壮族自治区"),
        ("自治区", "石嘴山", "640000", "宁夏回族自治区"),
        ("全州", "恩施", "422800", "湖北省/恩施土家族苗族自治州"),
        ("全州", "全州", "450324", "广西壮族自治区/桂林市/全州县"),
        ("全县", "桓仁", "210522", "辽宁省/本溪市/桓仁满族自治县"),
        ("全縣", "屏東", None, "台湾省/屏东县"),
        ("全台", None, "710000", "台湾省"),
        ("本港", None, "810000", "香港特别行政区"),
        ("全市", "湖北", None, "湖北省"),
        ("全市", None, None, ""),
        ("全国", "襄阳", None, ""),
        ("三市", "湖南", None, ""),
        ("两地", "襄阳", None, ""),
        ("开发区", "江山", None, "浙江省/衢州市/江山市"),
        ("新区", "贵安新区", None, "贵州省"),
        ("全区", "贵安新区", None, "贵州省"),
        ("全镇", "厚街镇", None, ""),
    ],
)
def test_stand_ins(mention: str, home: str | None, code: str | None, expected: str) -> None:
    found = place(f"[R{mention}]签约[C5个]。", home)
    assert (found.code, "/".join(found.chain)) == (code, expected)


def test_stand_ins_for_what_is_named_before_them() -> None:
    marked = "[R晋城市]招商。\n[R阳城]签约[C12条]。[R该县]组建小分队[C3支]。"
    assert place(marked, "晋城", "s4").code == "140522"
    assert Linked(marked, home="晋城")["3支"].region_name == "阳城县"
    assert chain("[O嘉定区经委]副主任说，[R该区]拜访企业[C3家]。", "上海", "s2") == "上海市/嘉定区"
    assert chain("[R宁波经开区]签约。[R开发区]又开工[C3个]。", "浙江", "s2") == "浙江省/宁波市"
    sections = "[R宜宾]很忙\n[R全市]签约[C8个]。\n[R眉山]也忙\n[R全市]签约[C7个]。\n[R甘孜州]也忙\n[R全州]签约[C6个]。"
    assert place(sections, "眉山", "s2").code == "511500"
    assert place(sections, "眉山", "s8").code == "513300"


def test_a_name_at_odds_with_the_level_of_the_stand_in() -> None:
    linked = Linked("2023年，[R襄城区]签约[C5个]，居[R全省]前列。\n[R全省]共签约[C900个]。", home="襄城")
    assert linked["900个"].region_name == "湖北省"
    assert linked["900个"].region_code == "420000"
    assert Linked("[R全区]签约[C5个]。", home="襄城")["5个"].region_name == "襄城"
    assert Linked("[R全市]签约[C5个]。", home="射洪经济开发区")["5个"].region_name == "射洪市"
    assert Linked("[R全縣]签约[C5个]。", home="屏東縣")["5个"].region_name == "屏东县"


# -------------------------------------------------------------------- zones and beyond


@pytest.mark.parametrize(
    ("mention", "home", "expected"),
    [
        ("射洪经济开发区", "遂宁", "四川省/遂宁市/射洪市"),
        ("潘庄镇", "宁河", "天津市/宁河区"),
        ("北部都会区", "香港", "香港特别行政区"),
        ("梓潼街道", "潼南", "重庆市/潼南区"),  # no part of 梓潼县
        ("岳阳镇", "安岳", "四川省/资阳市/安岳县"),
        ("信都工业园", "贺州", "广西壮族自治区/贺州市"),
        ("日本工业园", "珲春", "吉林省/延边朝鲜族自治州/珲春市"),
        ("泾川（温泉）工业集中区", "平凉", "甘肃省/平凉市/泾川县"),  # no 温泉县
        ("宁滁（来安）合作示范区", "来安", "安徽省/滁州市/来安县"),
        ("深圳（哈尔滨）产业园", "哈尔滨", "黑龙江省/哈尔滨市"),
        ("深圳（哈尔滨）产业园", "深圳", "黑龙江省/哈尔滨市"),
        ("珲春边境经济合作区", None, "吉林省/延边朝鲜族自治州/珲春市"),
        ("惠州大亚湾", "惠州", "广东省/惠州市"),
        ("屏东农业生物科技园区", "台灣", "台湾省/屏东县"),
        ("台州东部新区", "台州", "浙江省/台州市"),
        ("武漢東湖高新區", None, "湖北省/武汉市"),
        ("苏州工业园区", "苏州", "江苏省/苏州市"),
        # groupings, abroad
        ("长三角", "上海", ""),
        ("京津冀", "北京", ""),
        ("粤港澳大湾区", "佛山", ""),
        ("鄱阳湖生态经济区", "九江", ""),
        ("成都平原经济区", "遂宁", ""),
        ("粤澳合作中医药科技产业园", "澳门", ""),
        ("内江荣昌现代农业高新技术产业示范区", "荣昌", ""),
        ("东北", "沈阳", ""),
        ("德国斯图加特", "襄阳", ""),
        ("马来西亚巴生港", "襄阳", ""),
        ("新加坡", "襄阳", ""),
        ("胡志明市", "襄阳", ""),
        ("首尔", None, ""),
    ],
)
def test_places_without_a_code(mention: str, home: str | None, expected: str) -> None:
    found = place(f"[R{mention}]签约[C5个]。", home)
    assert (found.code, "/".join(found.chain)) == (None, expected)


def test_a_visited_town_does_not_lie_at_home() -> None:
    assert chain("[R宁河]赴[R厚街镇]招商。", "宁河", "s2") == ""


@pytest.mark.parametrize(
    ("marked", "home", "expected"),
    [
        ("", "湖北省襄阳市襄城区", "湖北省/襄阳市/襄城区"),
        ("", "臺灣", "台湾省"),
        ("[O辽宁省商务厅]", "朝阳", "辽宁省/朝阳市"),
        ("[R北京市]的[R海淀区]", "朝阳", "北京市/朝阳区"),
        ("[R宝坻区九园工业园区]", "九园工业园区", "天津市/宝坻区"),
        ("", "金沙滩镇", ""),
        ("", "惠水经济开发区", "贵州省/黔南布依族苗族自治州/惠水县"),
        ("", "亚特兰蒂斯", ""),
        ("", "", ""),
    ],
)
def test_home(marked: str, home: str | None, expected: str) -> None:
    page = Page(article(f"{marked}招商忙。[R市区]签约[C5个]。"))
    assert "/".join(d.name for d in Places(Regions(page, home)).where.home) == expected


def test_guess_of_the_home_region() -> None:
    counties = "[R武穴市]签约[C3个]。[R麻城市]签约[C4个]。[R蕲春县]签约[C5个]。[R浠水县]签约[C6个]。"
    assert guess_home(article(f"招商快报\n\n[R全市]招商。{counties}")) == "黄冈"
    assert guess_home(article("[R申城]招商快报\n\n[O市商务委]说，[R浦东]签约[C3个]，[R嘉定]签约[C5个]。")) == "上海"
    assert guess_home(article("[R本港]签约[C3个]，[R港]府高兴，[R新加坡]企业来。")) == "香港"
    assert guess_home(article("[R稍岗镇]招商总结\n\n[R全镇]签约[C3个]，[R稍岗镇]还要加油。")) == "稍岗镇"
    assert guess_home(article("[R长三角]招商忙。")) is None


# ------------------------------------------------------------------------- the output


def test_json() -> None:
    linked = Linked("2023年，[R襄阳市襄城区]签约[C5个]，[R长三角]来客[C9批]。")
    line = to_json(linked.document)
    assert b'"region_code":"420602"' in line
    assert '"region_chain":["湖北省","襄阳市","襄城区"]'.encode() in line
    assert from_json(line) == linked.document
    assert {"region_code", "region_chain"} <= set(json_schema()["$defs"]["MetricTuple"]["properties"])


def test_lines_of_before_are_read() -> None:
    linked = Linked("[R襄阳]签约[C5个]。")
    line = re.sub(rb'"region_code":[^\]]*\],', b"", to_json(linked.document))
    assert b"region_c" not in line
    (t,) = from_json(line).tuples
    assert (t.region_name, t.region_code, t.region_chain) == ("襄阳", None, ())


def test_csv() -> None:
    file = io.BytesIO()
    writer = CsvWriter(file)
    writer.write(Linked("[R湖北]谷城经开区签约[C5个]。\n[R长三角]来客[C9批]。\n[R开发区]签约[C7个]。").document)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
    assert [(r["region_code"], r["province"]) for r in rows[:2]] == [("420000", "湖北省"), ("", "")]


@pytest.mark.parametrize(
    ("number", "names", "home", "expected"),
    [
        (0, {"廣西": "450000", "柳州": "450200", "全區": "450000"}, "广西", "广西壮族自治区"),
        (1, {"宜宾": "511500", "眉山": "511400", "甘孜": "513300"}, "四川", "四川省"),
        (2, {"贵安新区": None, "苏州高新区": None, "贵州": "520000"}, "贵安新区", None),
        (3, {"达州": "511700", "开江县": "511723", "恩阳区": "511903", "平昌": "511923"}, "达州", "四川省"),
        (4, {"襄阳": "420600", "谷城": "420625", "全市": "420600", "全省": "420000"}, "襄阳", "湖北省"),
    ],
)
def test_real_articles(number: int, names: dict[str, str | None], home: str, expected: str | None) -> None:
    text = ARTICLES[number].read_text(encoding="utf-8")
    found = [m for name in names for m in re.finditer(name, text)]
    found.sort(key=lambda m: m.start())
    spans = tuple(
        Span(id=f"s{n}", type="REGION", start=m.start(), end=m.end(), text=m[0]) for n, m in enumerate(found, 1)
    )
    page = Page(Document(id="t", text=text, spans=spans))
    regions = Regions(page, home)
    places = Places(regions, Periods(page).calendar.year)
    seen = set()
    for mention, m in zip(regions.mentions, found, strict=True):
        resolved = places.resolve(mention)
        assert resolved.code == names[m[0]], m[0]
        assert expected in (None, resolved.province)
        seen.add(m[0])
    assert len(seen) > 1


@given(
    st.lists(
        st.sampled_from("全区 我市 该县 开发区 朝阳 鼓楼区 宁 襄阳 德国 三市 长三角 厚街镇 中韩（烟台）产业园".split())
        | st.text(max_size=8),
        max_size=8,
    ),
    st.none() | st.sampled_from(["广西", "朝阳", "贵安新区", "襄陽", "", "x", "九园工业园区"]) | st.text(max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_no_text_and_no_home_break_it(mentions: list[str], home: str | None) -> None:
    clean = [m for m in (re.sub(r"[\[\]\s]", "", m) for m in mentions) if m]
    document = article("。".join(f"[R{m}]签约[C{n}个]" for n, m in enumerate(clean)))
    linked = link(document, home_region=home)
    assert not list(problems(linked))
    for t in linked.tuples:
        assert t.region_code is None or (len(t.region_code) == 6 and t.region_chain)
        assert all(t.region_chain)
    assert from_json(to_json(linked)) == linked
