"""Regular expressions for MONEY, COUNT and GROWTH: the baseline that a model has to beat.

A page of patterns written from the annotation guidelines and tried on `train`. They read folded text
(`zsner.text.fold`): Simplified script, half-width figures, full-width commas and brackets, `-` for every
dash. Damaged pages have blanks in and around figures, so most gaps allow one.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from zsner.schema import SpanType
from zsner.text import fold


class Found(NamedTuple):
    """A span [start, end) of some type."""

    type: SpanType
    start: int
    end: int


def _pattern(source: str) -> re.Pattern[str]:
    """A verbose pattern in which `_` is a blank that may be missing."""
    return re.compile(source.replace("_", r"\ ?"), re.VERBOSE)


_DIGITS: Final = r"(?<!\d，)(?<![\d.])\d+(?:，_\d{3}(?!\d))*(?:_[.·]_\d+|\ \d+)*"
_HANZI: Final = r"[〇零一二两三四五六七八九十百千]+(?:_·_[〇一二三四五六七八九]+)?"
_NUMBER: Final = f"(?:{_DIGITS}|{_HANZI})"
# 签约 is no 约.
_ABOUT: Final = "大约|(?<!签)约|将近|接近|近|超过|超|逾|不足|不到|不少于|不低于|不超过|至少|最多|多达|高达|≥"
_BEHIND: Final = "及?以上|以下|以内|左右|上下(?!游)"

# ------------------------------------------------------------------------------------ MONEY

_CURRENCY: Final = (
    "元人民币|元|美元|美金|欧元|日元|日圆|港元|港币|英镑|澳门元|澳元|加元|新加坡元|新元|新台币|台币|韩元|瑞士法郎"
)
_PREFIX: Final = "人民币|新台币|澳门币|港币"
_SCALE: Final = "[十百千]?_[万亿兆]"
_AMOUNT: Final = f"{_NUMBER}_(?:个(?=[万亿])|[多余来])?_(?:{_SCALE}_)*[多余]?_"
# What counts other things by the ten thousand: 5万人, 3亿吨.
_OTHER_UNIT: Final = "[人次户名个家件吨千瓦平亩斤立辆台套条方只支页里公颗张闽]|_\\d"

_MONEY: Final = _pattern(rf"""
    (?:(?:{_ABOUT})_)? (?:(?:{_PREFIX})(?:{_ABOUT})?_)?
    (?: {_AMOUNT}(?:{_CURRENCY})?_[至到~-]_{_AMOUNT}(?:{_CURRENCY})             # 10亿至20亿元
      | (?:{_AMOUNT})+级?(?:{_CURRENCY})                                        # 3197亿元, 2亿5千万元
      | (?<![\d十百千万亿])[十百千]?[亿万](?:{_CURRENCY})(?={_BEHIND}|级)       # 亿元以上
      | (?:上|(?<=超)|(?<=近)|(?<=逾))[十百千]?[亿万](?:{_CURRENCY})            # 上亿元
      | [十百千]亿(?=级)                                                        # 百亿级
      | {_NUMBER}_(?:个(?=亿)|[多余来])?(?:[万千]?亿|(?<=\d)万)(?!{_OTHER_UNIT})  # 3个亿
    )
    (?:级|_(?:{_BEHIND}))?
""")

# ------------------------------------------------------------------------------------ COUNT

_MEASURE: Final = (
    "批次|场次|人次|家次|趟次|台次|台套|个|家|支|人|名|位|场|次|条|项|批|只|宗|笔|份|件|座|栋|幢|户|对|所|辆|台|套"
    "|间|案|趟|团|张|处|轮"
)
_NO_MEASURE: Final = (
    "个?(?:多?月|百分点|亿|万|多?小时|工作日|季度|方面|环节|层面|阶段|星期|交易日|年头|维度|方向)"
    "|人民|家庭|项目|位数|名单|对[一接]|条(?:主?线|例)|步|位访客"
)
# A numeral of one Chinese character rarely counts results (三个集群, 两张王牌).
_TENS: Final = f"(?:{_DIGITS}|(?=[一二三四五六七八九]?[十百千]){_HANZI})"

_COUNT: Final = _pattern(rf"""
    (?:(?:{_ABOUT})_)? (?:上(?=[十百千]))?
    (?<![第前十百千“「+]) (?<!第\ ) {_TENS}_(?:[至到~-]_{_DIGITS}_)?
    (?:[万千]_(?:{_NUMBER}_)?千?_)? [多余来]?_
    (?!{_NO_MEASURE}) (?:{_MEASURE}) (?:_(?:{_BEHIND}))?
""")
_PAGE_COUNTER: Final = re.compile("(?:浏览|点击|点阅|阅读|访问)(?:次数|人次|率|量|数)?[：: ]*$")

# ----------------------------------------------------------------------------------- GROWTH

_EARLIER: Final = (
    r"(?:\d+年度?|上年度?|去年|前年|上一?[届月批年]|上一?季度?|[年月]初|前一年|上半年|[一二三四]季度|\d+至\d+月)"
    "(?:同期|全年|末)?"
)
_COMPARED: Final = f"(?:同比|环比|按年|按月|[比较]{_EARLIER})"
_CHANGE: Final = (
    "增长|增加|增幅|增速|增进|净增|微增|大增|激增|增|提升|提高|上升|上扬|上涨|成长|净升|升幅|回升|升|多出|高出|多了|多"
    "|下降|下滑|减少|回落|收窄|降幅|微降|降低|降|少了|衰退|减"
)
_TENTHS: Final = r"[一二两三四五六七八九\d]成[半一二三四五六七八九\d]?"
_CHANGED_BY: Final = (
    f"[+-]?_(?:{_DIGITS}_[多余]?_(?:个?百分点|%|倍)|{_TENTHS}|四分之一|[一二两三四五六七八九十]+倍)(?:多|有余)?"
)

_GROWTH: Final = _pattern(rf"""
    (?:{_COMPARED}_(?:分别|均|再|将|又|还)*_|年(?=[增减]))?
    (?:{_CHANGE})_(?:均|分别)?(?:达到|达|为|保持在)?_(?:{_ABOUT})?_{_CHANGED_BY}(?:_(?:{_BEHIND}))?
  | (?:{_COMPARED}_)?翻(?:了近?[一二两三四\d]?|[一二两三四])[番倍]多?
  | {_EARLIER}_的_{_CHANGED_BY}
  | (?<![\d%亿万个])[+]{_DIGITS}_%
""")
# 同比分别增长47.5%、62.8%: the members behind the first of a list.
_MEMBER: Final = _pattern(f"_(?:[、和，]|以及)_({_CHANGED_BY})")


def find(text: str) -> list[Found]:
    """Spans of a text as read, in order, flat; where they overlap, GROWTH before MONEY before COUNT."""
    folded = fold(text)
    taken = bytearray(len(folded.text))
    found = []
    for span in (*_growth(folded.text), *_money(folded.text), *_count(folded.text)):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            found.append(span)
    return [Found(s.type, *folded.to_raw(s.start, s.end)) for s in sorted(found, key=lambda s: s.start)]


def _growth(text: str) -> Iterator[Found]:
    for match in _GROWTH.finditer(text):
        yield Found("GROWTH", *match.span())
        at = match.end()
        while member := _MEMBER.match(text, at):
            yield Found("GROWTH", *member.span(1))
            at = member.end()


def _money(text: str) -> Iterator[Found]:
    for match in _MONEY.finditer(text):
        yield Found("MONEY", match.start(), match.start() + len(match[0].rstrip()))


def _count(text: str) -> Iterator[Found]:
    for match in _COUNT.finditer(text):
        if not _PAGE_COUNTER.search(text, max(0, match.start() - 8), match.start()):
            yield Found("COUNT", *match.span())
