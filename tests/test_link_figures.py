"""Figures -> indicator, status, filter, growth, org, industry, mechanism: a case for each rule."""

import pytest

from tests.linked import Linked

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
        ("[R怀化]揽金[M超五百亿元]。", "超五百亿元", "signed_amount"),
        ("合同省外资金[M1.02万亿元]。", "1.02万亿元", "signed_amount"),
        ("前10月实现技工贸收入[M112亿元]。", "112亿元", "output_value"),
        ("[O牧源乳业][I奶牛养殖]项目完成投资[M1.3亿元]。", "1.3亿元", "project_investment"),
        ("企业当场下了订单，金额[M460万元]。", "460万元", "other"),
        ("基金出资，撬动社会资本[M近11亿元]。", "近11亿元", "other"),
        ("拿到[M1500万元]首轮投资。", "1500万元", "other"),
        ("单个投资平均[M1.62亿元]。", "1.62亿元", "other"),
        ("[O县委]书记[C3次]南下。", "3次", "visits_out"),
        ("她往我们公司跑了[C17趟]。", "17趟", "visits_out"),
        ("拜访[C14家]企业和[C3所]院校。", "3所", "visits_out"),
        ("[O某某商会]一行[C12人]来[R石景山]考察。", "12人", "visits_in"),
        ("企业家代表[C180余人]应邀走进现场。", "180余人", "visits_in"),
        ("到会企业[C六十余家]。", "六十余家", "visits_in"),
        ("外出考察[C4批次]，协助引进[I数控机床]企业[C3家]落户。", "3家", "enterprises"),
        ("刚投产就招了[C四百来人]。", "四百来人", "jobs"),
        ("干部分成[C9个]小组。", "9个", "teams"),
        ("累计注册各类基金及管理机构[C213家]。", "213家", "fund_count"),
        ("全年否决不符合要求的项目[C17个]。", "17个", "other"),
        ("设标准展位[C260个]。", "260个", "other"),
        ("今年她[C三度]率团出访。", "三度", "visits_out"),
        ("走进高校[C19所]。", "19所", "visits_out"),
        ("开展“[K走出去]”招商[C20批次]。", "20批次", "visits_out"),
        ("由市财政出资[M10亿元]设立的[O雁阵母基金]。", "10亿元", "fund_size"),
        ("二、签约项目\n\n一年下来大厅里摆的长桌上有人吐槽了不少，共记了[C167条]。", "167条", "other"),
        ("每队[C4人]。", "4人", "personnel"),
        ("着力培育[C两个][M百亿级]产业集群。", "两个", "other"),
        ("上年结转的[C14个]项目全部复工。", "14个", "started_projects"),
        ("[C5个]项目开工、[C3个]项目竣工。", "3个", "completed_projects"),
        ("目前已签约[C5个]，另有[C3个]正在洽谈。", "3个", "pipeline_projects"),
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
        ("全年目标引资[M500亿元]。", "500亿元", "target"),
        ("五、下步打算\n\n举办推介会[C4场]。", "4场", "target"),
        ("一、目标任务完成情况\n\n举办推介会[C4场]。", "4场", "actual"),
        ("主要领导外出[C64批次]。", "64批次", "actual"),
        ("鞍山市2025年招商引资工作计划\n\n[R海城市]：引进项目[C90个]。", "90个", "target"),
        ("2020年工作总结和2021年工作打算\n\n[R海城市]：引进项目[C90个]。", "90个", "actual"),
        ("企业来了，[O博进伺服]拟在[R洛江区]投资[M2.2亿元]。", "2.2亿元", "target"),
        ("集中签约项目[C7个]。其中，[O岚山农业]拟在[R维西县]投资[M1.2亿元]。", "1.2亿元", "actual"),
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


def test_the_noun_before_a_growth_takes_up_its_figure() -> None:
    linked = Linked("新签项目[C76个]、合同投资[M573亿元]，项目数[G同比增长8.6%]，投资额[G同比下降3.7%]。")
    assert linked.slot("76个", "growth") == ["同比增长8.6%"]
    assert linked.slot("573亿元", "growth") == ["同比下降3.7%"]


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


@pytest.mark.parametrize(
    ("marked", "head", "orgs"),
    [
        ("[O盛屿]总投资[M48亿元]的[I丙烷]项目、[O津沽新材][I橡胶]项目落户。", "48亿元", ["盛屿"]),
        ("[R榆林]与[O云岫]等企业签订框架协议[C5份]。", "5份", ["云岫"]),
        ("仅[O沪诚电路]一家就先后介绍了[C5批]客商。", "5批", ["沪诚电路"]),
        ("[C9家][I软件]企业入驻，其中包括做[I视觉]的[O目识科技]、做[I云]的[O方寸云]。", "9家", ["目识科技", "方寸云"]),
        ("[O深圳智能装备商会]一行[C12人]来[R津]考察。", "12人", ["深圳智能装备商会"]),
        ("年初，[O区工委]从机关抽调干部，组建专班[C8个]。", "8个", ["区工委"]),
        ("[O市委]主要领导带队拜访企业[C48家]。", "48家", []),
        ("[O县招商局]现有人员[C11名]。", "11名", []),
        ("由[O西咸集团]发起的[O秦汉母基金]规模[M50亿元]。", "50亿元", ["西咸集团", "秦汉母基金"]),
        ("[O沣西天使基金]今年直投项目[C16个]。", "16个", ["沣西天使基金"]),
        ("[C3个]项目签约，总投资[M11亿元]，签约方分别为[O甬辉车灯]和[O海泰船配]。", "11亿元", ["甬辉车灯", "海泰船配"]),
        ("[O湖南银行]、[O农商银行]为企业授信[M3亿多元]。", "3亿多元", ["湖南银行", "农商银行"]),
    ],
)
def test_org(marked: str, head: str, orgs: list[str]) -> None:
    assert Linked(marked).slot(head, "org") == orgs


def test_fields_behind_separate_figures_go_to_each() -> None:
    linked = Linked("[R许昌]、[R新乡]分别承接[C31个]和[C22个]，主要分布在[I装备]和[I生物]领域。")
    assert linked.slot("31个", "industry") == linked.slot("22个", "industry") == ["装备", "生物"]


def test_the_field_of_an_event_and_of_the_next_stage() -> None:
    linked = Linked("举办[I数字经济]投资说明会，签约项目[C13个]。[I锂电]在建项目[C73个]，年内预计竣工[C28个]。")
    assert linked.slot("13个", "industry") == ["数字经济"]
    assert linked.slot("73个", "industry") == linked.slot("28个", "industry") == ["锂电"]


def test_fields_that_teams_and_their_people_work_around() -> None:
    linked = Linked("围绕[I化工]、[I食品]两大产业，组建[K招商分局][C8个]，选派队员[C42人]。")
    assert linked.slot("8个", "industry") == linked.slot("42人", "industry") == ["化工", "食品"]


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


@pytest.mark.parametrize(
    ("marked", "head", "ways"),
    [
        ("新增签约[C22个]，靠的就是[K以商招商]。", "22个", ["以商招商"]),
        ("引入项目[C47个]，“[K基金招商]”成为引进项目的重要来路。", "47个", ["基金招商"]),
        ("撬动[C9个]项目通过[K基金招商]落户。", "9个", ["基金招商"]),
        ("按照“[K一链一团队]”模式，组建[K产业招商团队][C10支]。", "10支", ["一链一团队"]),
        ("聘请“[K招商大使]”[C86位]，召开座谈会[C57场次]。", "57场次", []),
        ("[R甲区]试点“[K拿地即开工]”，[R乙区]设立“[K服务专窗]”，为企业代办事项[C482件]。", "482件", ["服务专窗"]),
    ],
)
def test_way(marked: str, head: str, ways: list[str]) -> None:
    assert Linked(marked).slot(head, "mechanism") == ways


def test_a_way_only_planned_is_none() -> None:
    assert Linked("深化[K以商招商]，确保到位资金[M30亿元]。").slot("30亿元", "mechanism") == []


def test_slots_stay_inside_the_sentence() -> None:
    linked = Linked("开展[K驻点招商]，聚焦[I锂电]，[O盛屿锂能]来了。\n新签约项目[C5个]，[G增长5%]；在谈[C3个]。")
    for slot in ("org", "industry", "mechanism", "filter"):
        assert linked["5个"].linked(slot) == ()
    assert linked["3个"].growth is None
