"""Names -> divisions: aliases, hierarchies, zones, names of the past."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsner.link.aliases import division_names, zone_names
from zsner.link.gazetteer import NOW, Gazetteer, _rows, gazetteer
from zsner.text import fold

PROVINCES = (
    """
110000 北京市 北京 京|120000 天津市 天津 津|130000 河北省 河北 冀|140000 山西省 山西 晋|150000 内蒙古自治区 内蒙古 蒙|210000 辽宁省 辽宁 辽
220000 吉林省 吉林 吉|230000 黑龙江省 黑龙江 黑|310000 上海市 上海 沪|320000 江苏省 江苏 苏|330000 浙江省 浙江 浙|340000 安徽省 安徽 皖
350000 福建省 福建 闽|360000 江西省 江西 赣|370000 山东省 山东 鲁|410000 河南省 河南 豫|420000 湖北省 湖北 鄂|430000 湖南省 湖南 湘
440000 广东省 广东 粤|450000 广西壮族自治区 广西 桂|460000 海南省 海南 琼|500000 重庆市 重庆 渝|510000 四川省 四川 川|520000 贵州省 贵州 黔
530000 云南省 云南 滇|540000 西藏自治区 西藏 藏|610000 陕西省 陕西 陕|620000 甘肃省 甘肃 甘|630000 青海省 青海 青
640000 宁夏回族自治区 宁夏 宁|650000 新疆维吾尔自治区 新疆 新|710000 台湾省 台湾 台|810000 香港特别行政区 香港 港|820000 澳门特别行政区 澳门 澳
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.fixture(scope="module")
def table() -> Gazetteer:
    return gazetteer()


def meanings(table: Gazetteer, name: str) -> dict[str, str]:
    """Code (or key) of each meaning of today, or else of the last day -> its chain."""
    readings = table.lookup(fold(name).text)
    last = max((r.division.until for r in readings), default=NOW)
    return {
        r.division.key: "/".join(d.name for d in table.chain(r.division)) for r in readings if r.division.until == last
    }


@pytest.mark.parametrize("row", PROVINCES)
def test_provinces(table: Gazetteer, row: str) -> None:
    code, full, short, character = row.split()
    for name in (full, short, character):
        assert meanings(table, name)[code] == full
    assert len(PROVINCES) == 34


@pytest.mark.parametrize(
    ("name", "code", "chain"),
    [
        # with and without their suffix
        ("襄阳", "420600", "湖北省/襄阳市"),
        ("襄阳市", "420600", "湖北省/襄阳市"),
        ("襄城区", "420602", "湖北省/襄阳市/襄城区"),
        ("义乌", "330782", "浙江省/金华市/义乌市"),
        ("神农架", "429021", "湖北省/神农架林区"),
        ("大兴安岭地区", "232700", "黑龙江省/大兴安岭地区"),
        ("锡林郭勒盟", "152500", "内蒙古自治区/锡林郭勒盟"),
        ("镶黄旗", "152528", "内蒙古自治区/锡林郭勒盟/镶黄旗"),
        ("浦东", "310115", "上海市/浦东新区"),
        ("香港特区", "810000", "香港特别行政区"),
        # autonomous units by their short names
        ("恩施州", "422800", "湖北省/恩施土家族苗族自治州"),
        ("甘孜州", "513300", "四川省/甘孜藏族自治州"),
        ("黔东南州", "522600", "贵州省/黔东南苗族侗族自治州"),
        ("巴音郭楞", "652800", "新疆维吾尔自治区/巴音郭楞蒙古自治州"),
        ("长白县", "220623", "吉林省/白山市/长白朝鲜族自治县"),
        ("桓仁", "210522", "辽宁省/本溪市/桓仁满族自治县"),
        ("双江县", "530925", "云南省/临沧市/双江拉祜族佤族布朗族傣族自治县"),
        ("积石山县", "622927", "甘肃省/临夏回族自治州/积石山保安族东乡族撒拉族自治县"),
        ("东乡县", "622926", "甘肃省/临夏回族自治州/东乡族自治县"),
        # abbreviations
        ("蓉", "510100", "四川省/成都市"),
        ("穗", "440100", "广东省/广州市"),
        ("蜀", "510000", "四川省"),
        ("鹏城", "440300", "广东省/深圳市"),
        ("申城", "310000", "上海市"),
        ("八桂", "450000", "广西壮族自治区"),
        ("呼市", "150100", "内蒙古自治区/呼和浩特市"),
        ("内蒙", "150000", "内蒙古自治区"),
        # one without a prefecture, one without a county
        ("仙桃", "429004", "湖北省/仙桃市"),
        ("澄迈县", "469023", "海南省/澄迈县"),
        ("石河子", "659001", "新疆维吾尔自治区/石河子市"),
        ("东莞", "441900", "广东省/东莞市"),
        # Traditional script; 乾 folds to 干
        ("廣西", "450000", "广西壮族自治区"),
        ("臺灣", "710000", "台湾省"),
        ("乾县", "610424", "陕西省/咸阳市/乾县"),
        # new
        ("和康县", "653228", "新疆维吾尔自治区/和田地区/和康县"),
        ("错那市", "540581", "西藏自治区/山南市/错那市"),
    ],
)
def test_names(table: Gazetteer, name: str, code: str, chain: str) -> None:
    assert meanings(table, name)[code] == chain


@pytest.mark.parametrize(
    ("name", "code", "chain"),
    [
        ("襄樊市", "420600", "湖北省/襄樊市"),
        ("襄樊", "420600", "湖北省/襄樊市"),
        ("莱芜市", "371200", "山东省/莱芜市"),
        ("静海县", "120223", "天津市/静海县"),
        ("郫县", "510124", "四川省/成都市/郫县"),
        ("崇文区", "110103", "北京市/崇文区"),
        ("塘沽区", "120107", "天津市/塘沽区"),
        ("铜仁地区", "522200", "贵州省/铜仁地区"),
        ("思茅市", "530800", "云南省/思茅市"),
        ("绍兴县", "330621", "浙江省/绍兴市/绍兴县"),
        ("即墨市", "370282", "山东省/青岛市/即墨市"),
        ("萝岗区", "440116", "广东省/广州市/萝岗区"),
        ("江北县", "510224", "四川省/重庆市/江北县"),
        ("渝北区", "500112", "重庆市/渝北区"),
    ],
)
def test_names_of_the_past_keep_their_codes(table: Gazetteer, name: str, code: str, chain: str) -> None:
    assert meanings(table, name) == {code: chain}


def test_a_name_in_its_time(table: Gazetteer) -> None:
    held = {r.division.key: r.division for r in table.lookup("巢湖市")}
    assert (held["341400"].since, held["341400"].until) == (1999, 2011)
    assert (held["340181"].since, held["340181"].until) == (2011, NOW)
    counties = {r.division.key for r in table.lookup("无为县")}
    assert {"341422", "340225"} <= counties
    assert table.by_code("420600", 2008).name == "襄樊市"
    assert table.by_code("420600").name == "襄阳市"


@pytest.mark.parametrize(
    ("name", "chain", "rest"),
    [
        ("湖北省襄阳市襄城区", "湖北省/襄阳市/襄城区", ""),
        ("百色市百东新区深百产业园", "广西壮族自治区/百色市", "百东新区深百产业园"),
        ("四川射洪经济开发区", "四川省/遂宁市/射洪市", "经济开发区"),
        ("深圳龙岗", "广东省/深圳市/龙岗区", ""),
        ("上海市徐汇区", "上海市/徐汇区", ""),
        ("甘肃省天水市麦积区社棠镇", "甘肃省/天水市/麦积区", "社棠镇"),
        ("台北市内湖区", "台湾省/台北市/内湖区", ""),
        ("新疆喀什经济开发区", "新疆维吾尔自治区/喀什地区", "经济开发区"),
        ("泸州白酒产业园区", "四川省/泸州市", "白酒产业园区"),
        ("中韩（烟台）产业园", "山东省/烟台市", "中韩（烟台）产业园"),
        ("贵港国家生态工业（制糖）示范园区", "广西壮族自治区/贵港市", "国家生态工业制糖示范园区"),
        ("中国香港", "香港特别行政区", ""),
    ],
)
def test_hierarchies(table: Gazetteer, name: str, chain: str, rest: str) -> None:
    assert chain in meanings(table, name).values()
    assert rest in {r.rest for r in table.lookup(name)}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("武汉东湖高新区", "武汉市"),
        ("东湖高新区", "武汉市"),
        ("射阳港经济开发区", "射阳县"),
        ("苏州工业园区", "苏州市"),
        ("苏州宿迁工业园区", "宿迁市"),
        ("吉林经开区", "吉林市"),
        ("昆山高新区", "昆山市"),
        ("江宁开发区", "江宁区"),
        ("中关村", "北京市"),
        ("张江", "浦东新区"),
        ("横琴粤澳深度合作区", "珠海市"),
        ("前海", "深圳市"),
        ("临港新片区", "上海市"),
        ("松山湖高新区", "东莞市"),
        ("襄樊经济技术开发区", "襄阳市"),
        ("井冈山经开区", "吉安市"),
        ("明水经济技术开发区", "章丘区"),
        ("雄安新区", "河北省"),
        ("西咸新区", "陕西省"),
        ("贵安新区", "贵州省"),
        ("江北新区", "南京市"),
        ("西海岸新区", "青岛市"),
        ("赣江新区", "江西省"),
        ("阜阳合肥现代产业园区", "阜阳市"),
    ],
)
def test_zones_lie_in_a_division(table: Gazetteer, name: str, place: str) -> None:
    places = set()
    for reading in table.lookup(name):
        assert reading.division.code is None or reading.rest
        chain = table.chain(reading.division)
        places.add(next(d.name for d in reversed(chain) if d.level != "zone" and d.until == NOW))
    assert places == {place}


@pytest.mark.parametrize("name", ["松山市", "北海道", "阜阳宿州产业园", "斯图加特", "长三角", "全区", "市", "", " "])
def test_what_is_no_place_has_no_reading(table: Gazetteer, name: str) -> None:
    assert not table.lookup(name)


def test_all_meanings_are_told(table: Gazetteer) -> None:
    assert set(meanings(table, "鼓楼区")) == {"320106", "320302", "350102", "410204"}
    assert {"110105", "220104", "211300"} <= set(meanings(table, "朝阳"))
    assert {"110112", "320612"} <= set(meanings(table, "通州区"))


def test_every_chain_begins_with_a_province(table: Gazetteer) -> None:
    names = set()
    for versions in table._versions.values():
        for division in versions:
            chain = table.chain(division)
            names.add(chain[0].name)
            assert chain[0].level == "province"
            assert len(chain) <= 3
            assert division.code is None or division.code[:2] == chain[0].key[:2]
    assert names == {row.split()[1] for row in PROVINCES}


def test_aliases() -> None:
    assert division_names("广西壮族自治区") == ("广西区", "广西")
    assert division_names("沙县") == ("", "")
    assert division_names("鄂伦春自治旗") == ("鄂伦春旗", "鄂伦春")
    assert "苏州高新区" in zone_names("苏州高新技术产业开发区")
    assert zone_names("张江") == ["张江"]


def test_it_is_not_read_before_it_is_needed() -> None:
    code = "import zsner\nfrom zsner.link import gazetteer as g\nassert g.gazetteer.cache_info().currsize == 0"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_is_read_fast() -> None:
    def read() -> float:
        begin = time.process_time()
        gazetteer.__wrapped__()
        return time.process_time() - begin

    assert min(read() for _ in range(3)) < 0.15  # 0.03 on an idle core


def test_rows_without_years() -> None:
    (division, folded), *_ = _rows("110000\t北京市\t\t1\t\t\t")
    assert (division.since, division.until, folded) == (0, NOW, "北京市")


@given(st.text(max_size=40) | st.text("省市县区州港台湾广西吉林开发高新产业园（）·中国阳朝", max_size=24))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_looked_up(text: str) -> None:
    for reading in gazetteer().lookup(fold(text).text):
        assert len(reading.rest) <= len(text)
