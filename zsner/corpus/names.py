"""Names made from lexicons, for augmentation: places, fields, firms, campaigns."""

import random
from importlib import resources
from typing import Any, Final

import msgspec

_SYLLABLES: Final = (
    "安邦博彩昌诚驰川达德鼎东丰福富冠光广国海汉航浩恒弘宏华辉汇慧吉佳嘉建江捷金锦晶景久聚凯康科坤朗乐力立利联良林凌隆路绿"
    "美铭纳南能鹏普启迁乾清庆荣瑞润森山尚升盛胜石世顺硕思泰腾天通拓旺维文沃西祥翔欣新鑫信兴星旭轩雅亚炎扬阳业一亿毅永优友宇裕"
    "誉元源远越云泽展长哲正志智中众卓兹"
)
_FIRM_FIELDS: Final = (
    "新材料 生物 医药 电子 光电 精工 机械 重工 装备 能源 新能源 食品 农业 物流 供应链 纺织 纸业 化工 环保 科技 智能 半导体 "
    "汽车零部件 轴承 电气 电缆 铝业 铜业 钢构 玻璃 陶瓷 家居 木业 酒业 乳业 茶业 种业 药业 医疗器械 信息 软件 数据 通信 传媒 文旅 投资 控股 实业"
).split()
_FIRM_TAILS: Final = (
    "有限公司",
    "股份有限公司",
    "有限责任公司",
    "集团",
    "集团有限公司",
    "公司",
    "股份",
    "(集团)有限公司",
)
# Ways of attracting by channel, actor, place or method, each before 招商.
_WAYS: Final = (
    "产业链 基金 以商 商会 乡贤 校友 驻点 小分队 场景 飞地 资本 委托 展会 敲门 云端 链主 龙头 靶向 图谱 应用场景 叩门 节会 亲情 "
    "乡情 顾问 中介 平台 科创 赛事 园区 代理 会展 上门 点对点 科技 人才 股权 央企 民企 外资 数字 线上 登门 县级领导 一把手 "
    "领导干部 专班 部门 乡镇 企业家 青年干部 招商专员 科级干部 国企 街道 党政主要领导"
).split()
# Standing arrangements, without the general word (制度, 机制, 模式) that stays outside.
_SYSTEMS: Final = (
    "周调度 月通报 季点评 联席会议 领导包联 首谈报备 项目会审 全程代办 挂图作战 日碰头 旬会商 月观摩 半月督查 周研判 "
    "容缺办理 红黄牌 月擂台 季拉练 揭榜挂帅 首席服务员 项目管家 链长制 包联制 代办制 双组长制 项目秘书制"
).split()
_HEADS: Final = (
    "招商 招引 引资 项目 产业 链上 强链 补链 冬季 春季 夏季 秋季 金秋 开年 年终 双百 百企 千企 万企 百团 百日 百场 三百 四季 走企 访企 "
    "迎商 敲门 出征 拓源 聚链 筑巢 归巢 凤还巢 雁归 老乡回家 头雁 满园 增花 添绿 领航 破冰 破题 攀高 冲刺 提速 扩量 提质"
).split()
_TAILS: Final = (
    "攻坚战 攻坚年 突破年 提升年 落实年 会战 大会战 突破月 推进月 攻坚季 冲刺季 比武月 擂台月 活动月 服务周".split()
)
_STYLES: Final = "一二三四五六七八九十"
_MEASURES: Final = "张 个 支 套 本 项 条 级 链 图 库 单 表 会 专 制 跟 有 定 问".split()


def _lexicon() -> dict[str, Any]:
    return dict(msgspec.toml.decode(resources.files("zsner.corpus").joinpath("names.toml").read_bytes()))


def listed_places() -> set[str]:
    """Counties and zones of the lexicon."""
    lexicon = _lexicon()
    counties = {name for line in lexicon["divisions"].split("\n") if line for name in line.split(" ")[2:]}
    return counties | set(lexicon["zones"].split())


class NameMaker:
    """Makes names of a type and kind (`augment.kind_of`); `random` decides."""

    def __init__(self, random: random.Random) -> None:
        self.random = random
        lexicon = _lexicon()
        self.divisions: list[list[str]] = [line.split(" ") for line in lexicon["divisions"].split("\n") if line]
        self.zones: list[str] = lexicon["zones"].split()
        self.groupings: list[str] = lexicon["groupings"].split()
        self.fields: list[str] = lexicon["fields"].split()

    def __call__(self, type: str, kind: str) -> str | None:
        """A name, or None where there is nothing to make it from."""
        pick = self.random.choice
        match type, kind:
            case "REGION", "county":
                return self._place(3, "县区旗")
            case "REGION", "city":
                return self._place(2, "市州盟")
            case "REGION", "park":
                return pick(self.zones)
            case "REGION", "other":
                return pick(self.groupings) if self.random.random() < 0.2 else self._place(2, "市")[:-1]
            case "ORG", "firm":
                return self._firm()
            case "ORG", "other":
                return self._brand() + pick(["", "", pick(_FIRM_FIELDS)])
            case "INDUSTRY", _:
                names = [f for f in self.fields if (len(f) <= 3) == (kind == "short")]
                return pick(names)
            case "MECHANISM", "way":
                return pick(_WAYS) + "招商"
            case "MECHANISM", "other":
                numbered = pick(_STYLES) + pick(_MEASURES) + pick(_STYLES) + pick(_MEASURES)
                return pick([pick(_SYSTEMS), pick(_SYSTEMS), numbered])
            case "MECHANISM", "campaign":
                return pick(_HEADS) + pick(_HEADS) * (self.random.random() < 0.4) + pick(_TAILS)
        return None

    def _place(self, depth: int, ends: str) -> str:
        """A county (depth 3) or prefecture (2) that ends as asked, with or without what is above it."""
        while True:
            province, city, *counties = self.random.choice(self.divisions)
            chain = [province, city, self.random.choice(counties)][:depth]
            if chain[-1][-1] in ends:
                first = self.random.choices(range(depth), [1, 2, 6][3 - depth :])[0]
                return "".join(c for c in chain[first:] if c != "-")

    def _brand(self) -> str:
        return "".join(self.random.sample(_SYLLABLES, 2 if self.random.random() < 0.8 else 3))

    def _firm(self) -> str:
        place = self._place(2, "市")[:-1][-2:] if self.random.random() < 0.4 else ""
        return place + self._brand() + self.random.choice(_FIRM_FIELDS) + self.random.choice(_FIRM_TAILS)
