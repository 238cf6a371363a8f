"""By what other names a place goes: 广西 for 广西壮族自治区, 恩施州, 长白县, 张江高新区, 全区.

The rules work on folded names, so that what they give can be looked for in folded text.
"""

import re
from typing import Final

from zsner.link.cues import pattern

_PEOPLES: Final = (
    "各族|蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|"
    "傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|"
    "锡伯族?|普米族|塔吉克族?|怒族|俄罗斯族|鄂温克族|保安族|裕固族|独龙族"
)
_AUTONOMOUS: Final = re.compile(rf"(.{{2,}}?)(?:{_PEOPLES})*自治([区州县旗])")
_TAIL: Final = re.compile("特别行政区|地区|林区|新区|[省市县区盟旗镇乡]")
_ZONE_KINDS: Final = (
    ("经济技术开发区", ("经济技术开发区", "经济开发区", "经开区", "技术开发区", "开发区")),
    ("经济开发区", ("经济开发区", "经济技术开发区", "经开区", "开发区")),
    ("高新技术产业开发区", ("高新技术产业开发区", "高新技术开发区", "高新技术产业园区", "高新开发区", "高新区")),
    ("高技术产业开发区", ("高技术产业开发区", "高新技术产业开发区", "高新技术开发区", "高新区", "开发区")),
    ("高新技术产业园区", ("高新技术产业园区", "高新技术产业开发区", "高新技术产业园", "高新区")),
    ("高新技术产业示范区", ("高新技术产业示范区", "高新区", "示范区")),
    ("新技术开发区", ("新技术开发区", "新技术产业开发区", "高新技术产业开发区", "高新技术开发区", "高新区")),
)


def division_names(name: str) -> tuple[str, str]:
    """A division's official name -> its name with a plain suffix (恩施州; "" where it is the
    official one) and its short name without any (恩施; "" where a character alone would be left)."""
    if (m := _AUTONOMOUS.fullmatch(name)) is not None:
        stem = m[1].removesuffix("族")
        return stem + m[2], stem
    if name.endswith("特别行政区"):
        return name[:-5] + "特区", name[:-5]
    tail = _TAIL.search(name, max(1, len(name) - 5))
    while tail is not None and tail.end() != len(name):
        tail = _TAIL.search(name, tail.start() + 1)
    if tail is None or tail.start() < 2:
        return "", ""
    return "", name[: tail.start()]


def zone_names(name: str) -> list[str]:
    """The names a development zone goes by, its own first."""
    names = [name]
    for kind, others in _ZONE_KINDS:
        if name.endswith(kind):
            stem = name.removesuffix(kind)
            for bare in {stem, stem.removesuffix("市")}:
                names += [bare + other for other in others if bare + other != name]
            break
    return names


def is_stand_in(text: str) -> bool:
    """Whether a (folded) mention stands for a place that is named elsewhere: 全区, 我市, 新区."""
    return pattern("region", "stand_in").fullmatch(text) is not None


def short_name(name: str) -> str:
    """A place's name without its trailing 省, 市, 县, 镇 or 地区."""
    if len(name) > 3 and name.endswith("地区"):
        return name[:-2]
    return name[:-1] if len(name) > 2 and name[-1] in "省市县镇" else name


def parts(name: str) -> set[str]:
    """The last place of a hierarchy (重庆市荣昌区 -> 荣昌区, 荣昌) and the whole."""
    last = pattern("region", "higher").sub("", name)
    whole = short_name(name)
    return {whole} if len(last) < 2 or is_stand_in(last) else {short_name(last), whole}
