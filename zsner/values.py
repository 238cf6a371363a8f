"""Amount text -> `Quantity` in `Decimal`, by the output format; a reason where it cannot.

`parse` folds the text (width, script, damage), takes bound words and currencies off both ends,
and reads what is left as one figure or as a range of two. What it does not understand it
refuses: a wrong amount costs its reader more than a missing one.
"""

import re
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final, cast

import msgspec

from zsner.document import Quantity
from zsner.numerals import (
    DIGITS,
    EXACT,
    MAGNITUDE,
    NUMERAL,
    Unparsable,
    fold_figure,
    number,
    plain,
)
from zsner.schema import Bound, ValueType

# --- words ------------------------------------------------------------------------------


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`values.toml`."""

    home_unit: str
    up: str
    down: str
    filler: str
    leading: dict[Bound, str]
    trailing: dict[Bound, str]
    currency: dict[str, str]
    home: dict[str, str]


_WORDS: Final = msgspec.toml.decode(files("zsner").joinpath("values.toml").read_bytes(), type=_Words)
_MIRROR: Final[dict[Bound, Bound]] = {
    "more_than": "less_than",
    "at_least": "at_most",
    "less_than": "more_than",
    "at_most": "at_least",
}
"""What a bound on the size of a decline says of the (negative) change itself."""

# --- patterns ---------------------------------------------------------------------------

_MAX_LENGTH: Final = 100
"""Characters; far above any real value, and it keeps the patterns cheap on any text."""
_PAIR: Final = re.compile(f"((?:[二三四五六七八九]?十)?)([一二两三四五六七八])([二两三四五六七八九])({MAGNITUDE}?)")


def _groups(table: dict[Bound, str] | dict[str, str]) -> str:
    return "|".join(f"(?P<{key}>{words})" for key, words in table.items())


def _figures(unit: str, sign: str = "") -> str:
    """A figure, or two as a range; groups num, in, mag, unit, sign, with 1 or 2 after the name."""

    def one(n: int) -> str:
        infix = rf"(?P<in{n}>多|余|来|\+)?(?:个(?P<inn{n}>多|余)?(?=[万亿兆]))?"
        return f"(?P<sign{n}>{sign})(?P<num{n}>{NUMERAL}){infix}(?P<mag{n}>{MAGNITUDE})?(?P<unit{n}>{unit})"

    return f"(?:{one(1)}?(?:至|到|-+))?{one(2)}"


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern by its name, compiled when first asked for to keep the import short."""
    if name == "leading":
        source = _groups(_WORDS.leading)
    elif name == "opening":
        source = f"{_groups(_WORDS.leading)}|{_groups(_WORDS.currency)}"
    elif name == "trailing":
        source = f"(?:{_groups(_WORDS.trailing)})$"
    elif name == "currency":
        source = f"{_groups(_WORDS.currency)}|(?P<home>{_WORDS.home_unit})"
    elif name == "MONEY":
        words = "|".join(_WORDS.currency.values())
        source = _figures(rf"(?:元?\(?(?:{words})\)?|{_WORDS.home_unit})?(?:\(含[^()]*\))?")
    elif name == "COUNT":
        source = _figures(r"(?:(?![几数多余来])(?![零一二三四五六七八九两十廿百千万亿兆])[一-鿿()/]){0,6}")
    elif name == "GROWTH":
        unit = f"个?百分点|个点|%|‰|倍半?|成(?:半|[1-9{DIGITS[1:]}])?"
        source = _figures(unit, sign="[-+负]?") + "$"
    elif name == "token":
        source = (
            f"{_groups(_WORDS.leading)}|(?P<down>{_WORDS.down})|(?P<up>{_WORDS.up})|(?P<to>到|至)|(?:{_WORDS.filler})"
        )
    else:
        # Possessive: 年均 is one word or two, and the engine must not try them all in turn.
        tokens = f"(?:{'|'.join(_WORDS.leading.values())}|{_WORDS.down}|{_WORDS.up}|到|至|{_WORDS.filler})*+"
        over = "(?P<over>高于|低于|多于|少于)[^0-9]{0,6}(?:同期|去年|上年|水平),?"
        base = "(?P<base>[^的占]{0,20}[年月季期前初末底届][^的]{0,8}的)"
        than = "(?:与|同|和|跟).{1,20}?相?比,?|[0-9]{1,2}月(?:份|底)?|(?:相比|对比|比|相较于?|较).{1,20}?"
        source = f"(?:{over}|(?P<before>{tokens})(?:{than}|{base})?)(?P<after>{tokens})"
    return re.compile(source, re.IGNORECASE)


# --- reading ----------------------------------------------------------------------------


def parse(text: str, type: ValueType, *, currency: str = "CNY") -> Quantity:
    """Read the text of a MONEY, COUNT or GROWTH span.

    `currency` is the ISO 4217 code of the page (see `declared_currency`): what 元, or no word
    at all, stands for. Amounts come in whole units (元, things; a ratio of 0.388 for 38.8%).
    A bound on a decline bounds the negative number: 下降超过3% is less than -0.03.
    七八亿元 is a range of 7 to 8, but on a TWD page 七八億元 is 78, digit by digit.

    Raises Unparsable, and nothing else, where the text has no value or more than one reading.
    """
    if len(text) > _MAX_LENGTH:
        raise Unparsable(f"{len(text)} characters are too many for a value")
    folded = fold_figure(text)
    folded = re.sub(r"^(亿元?)及\1以上", r"\1以上", folded)
    if type == "GROWTH":
        return _growth(folded, currency)
    rest, bounds, before = folded, list[Bound](), set[str]()
    opening = "opening" if type == "MONEY" else "leading"
    while found := _pattern(opening).match(rest):
        if found.lastgroup in _WORDS.currency:
            before.add(found.lastgroup)
        else:
            bounds.append(cast(Bound, found.lastgroup))
        rest = rest[found.end() :]
    rest, trailing = _close(rest)
    if type == "MONEY" and (size := re.search("量?级$", rest)):
        rest, trailing = rest[: size.start()], [*trailing, "about"]
    figures = _pattern(type).fullmatch(rest)
    if figures is None:
        raise Unparsable(_why(folded))
    low, high = _ends(figures, currency)
    unit = _money_unit(figures, before, currency) if type == "MONEY" else _measure(figures)
    return _quantity(low, high, unit, [*bounds, *_infixes(figures), *trailing])


def _growth(folded: str, currency: str) -> Quantity:
    # 百分之十至十五: one 百分之 holds for both ends.
    numeral = f"({NUMERAL})"
    text = re.sub(f"百分之{numeral}(至|到|-)(?:百分之)?{numeral}(?![%成倍个])", r"\1%\2\3%", folded)
    text = re.sub(f"百分之{numeral}", r"\1%", text)
    text = re.sub(f"千分之{numeral}", r"\1‰", text)
    # 四分之一, 一半: those that a decimal can say.
    text = re.sub(f"([二四五八])分之([{DIGITS[1:]}])", lambda m: f"{100 * number(m[2]) / number(m[1]):f}%", text)
    text = re.sub("(?<![一-鿿]倍)一半", "50%", text)
    text, trailing = _close(text)
    if doubled := re.fullmatch(f"(.*?)翻了?([^0-9]*?)({NUMERAL})?(番|翻|倍)", text):
        bounds, _, _ = _head(doubled[1] + doubled[2])
        times = number(doubled[3]) if doubled[3] else Decimal(1)
        if doubled[4] != "倍":
            if times not in range(1, 21):
                raise Unparsable(f"{folded!r}: 翻番 takes a whole number from 1 to 20")
            times = Decimal(2 ** int(times) - 1)
        return _quantity(times, times, "ratio", [*bounds, *trailing])
    figures = _pattern("GROWTH").search(text)
    if figures is None:
        raise Unparsable(_why(folded))
    bounds, sign, compared = _head(text[: figures.start()])
    kinds = {_growth_unit(u) for u in (figures["unit1"], figures["unit2"]) if u}
    if len(kinds) > 1:
        raise Unparsable(f"{folded!r} mixes {' and '.join(sorted(kinds))}")
    unit = kinds.pop()
    if compared and (unit == "百分点" or (compared == "to" and unit != "倍")):
        raise Unparsable(f"{folded!r} gives a level, not a change")
    if unit == "倍" and not compared and sign is None:
        raise Unparsable(f"{folded!r} may be a growth by or to so many times")
    scale = {"%": -2, "‰": -3, "成": -1}.get(unit, 0)
    # 下降-3.2%: the minus repeats the word; nobody means a rise by it.
    minus = [sign == -1 or figures[name] in ("-", "负") for name in ("sign1", "sign2")]
    if figures["num1"] is None:
        minus[0] = minus[1]
    ends = [
        -end if negative else end
        for end, negative in zip((end.scaleb(scale, EXACT) for end in _ends(figures, currency)), minus, strict=True)
    ]
    if all(minus):
        ends.sort()
    name = "multiple" if compared else "percentage_point" if unit == "百分点" else "ratio"
    bounds = [*bounds, *_infixes(figures), *trailing]
    if all(minus):
        bounds = [_MIRROR.get(bound, bound) for bound in bounds]
    return _quantity(ends[0], ends[1], name, bounds)


def _head(head: str) -> tuple[list[Bound], int | None, str | None]:
    """What stands before a change: bound words, its sign (None without a change word), and
    `base` or `to` where the figure is a multiple of an earlier level."""
    form = _pattern("head").fullmatch(head)
    if form is None:
        raise Unparsable(f"{head!r} does not lead to a change")
    bounds: list[Bound] = []
    sign = None if form["over"] is None else 1 if form["over"] in ("高于", "多于") else -1
    compared = "base" if form["base"] else None
    for token in _pattern("token").finditer(f"{form['before'] or ''}\n{form['after']}"):
        if token.lastgroup in _WORDS.leading:
            bounds.append(token.lastgroup)
        elif token.lastgroup in ("up", "down"):
            # 降幅收窄 is a rise: each word of decline turns the sign.
            sign = (sign or 1) * (-1 if token.lastgroup == "down" else 1)
        elif token.lastgroup == "to":
            compared = "to"
    if compared == "base" and sign is not None:
        compared = None
    return bounds, 1 if compared else sign, compared


def _close(text: str) -> tuple[str, list[Bound]]:
    """`text` without the bound words at its end, and these from the outermost in."""
    bounds: list[Bound] = []
    while found := _pattern("trailing").search(text):
        bounds.append(cast(Bound, found.lastgroup))
        text = text[: found.start()]
    return text, bounds


def _infixes(figures: re.Match[str]) -> list[Bound]:
    words = figures["in2"] or figures["inn2"]
    return [] if not words else ["about"] if words == "来" else ["more_than"]


def _why(text: str) -> str:
    if re.search("[数几若]", text):
        return f"{text!r} names no figure"
    if not re.search(NUMERAL, text):
        return f"no numeral in {text!r}"
    return f"{text!r} is not of a form known here"


def _ends(figures: re.Match[str], currency: str) -> tuple[Decimal, Decimal]:
    """The two figures in the order written, equal if there is but one."""
    right = figures["num2"] + (figures["mag2"] or "")
    if figures["num1"] is None:
        if (pair := _PAIR.fullmatch(right)) and _is_approximate(pair, currency):
            tens, low, high, size = pair.groups()
            return number(tens + low + size), number(tens + high + size)
        one = EXACT.add(number(right), _half(figures["unit2"]))
        return one, one
    left = figures["num1"] + (figures["mag1"] or "")
    first, second = _shared(left, right)
    first = EXACT.add(first, _half(figures["unit1"] or ""))
    return first, EXACT.add(second, _half(figures["unit2"]))


def _is_approximate(pair: re.Match[str], currency: str) -> bool:
    """Whether two digits in a row are a range (五六百 is 500 to 600) or a numeral (五六億, 56)."""
    tens, low, high, size = pair.groups()
    if low + high != "三五" and number(high) - number(low) != 1:
        return False
    return bool(tens) or "两" in low + high or size[:1] in ("十", "百", "千") or currency != "TWD"


def _half(unit: str) -> Decimal:
    """What a unit adds to its numeral: 0.4 for 成4 in 8成4, 0.5 for 成半 and 倍半."""
    last = unit[1:] if unit[:1] in ("成", "倍") else ""
    return Decimal(0) if not last else Decimal("0.5") if last == "半" else number(last) / 10


def _shared(left: str, right: str) -> tuple[Decimal, Decimal]:
    """The ends of a range; a magnitude written once holds for both where that is in order."""
    first, second = number(left), number(right)
    single = f"[0-9.点两{DIGITS}]+({MAGNITUDE})"
    bare = f"[0-9.点两{DIGITS}]+"
    small = f"[两十百千{DIGITS}]+"
    scale = re.fullmatch(single, right) if re.fullmatch(bare, left) else None
    if scale is None and re.fullmatch(small, left):
        scale = re.fullmatch(f"{small}(万亿|亿|万|兆)", right)
    if scale is not None:
        wide = number(left + scale[1])
        return (wide if wide <= second else first), second
    if re.fullmatch(bare, right) and (scale := re.fullmatch(single, left)):
        # 1万-20000 needs no help; 10亿至20 does.
        return first, second if second >= first else number(right + scale[1])
    return first, second


def _growth_unit(unit: str) -> str:
    return unit[0] if unit[0] in "成倍" else "百分点" if unit.endswith("点") else unit


def _measure(figures: re.Match[str]) -> str:
    left, unit = figures["unit1"], figures["unit2"]
    if not unit:
        raise Unparsable(f"no measure word in {figures[0]!r}")
    if left and left != unit:
        raise Unparsable(f"{figures[0]!r} mixes {left} and {unit}")
    money = _pattern("currency").fullmatch(unit)
    if (money and not unit.startswith("块")) or re.fullmatch("个?百分点|倍|成", unit):
        raise Unparsable(f"{unit} in {figures[0]!r} counts no things")
    return unit


def _money_unit(figures: re.Match[str], before: set[str], currency: str) -> str:
    codes: list[str] = []
    for unit in (figures["unit1"], figures["unit2"]):
        words = [m.lastgroup or "" for m in _pattern("currency").finditer(unit or "")]
        codes += words[-1:]
    named = before | (set(codes) - {"home"})
    if len(named) > 1 or len(set(codes)) > 1:
        raise Unparsable(f"{figures[0]!r} is given in two currencies")
    if not codes and not named and not re.search("[万亿兆]", figures[0]):
        raise Unparsable(f"neither currency nor magnitude in {figures[0]!r}")
    return named.pop() if named else currency


def _quantity(low: Decimal, high: Decimal, unit: str, bounds: list[Bound]) -> Quantity:
    low, high = plain(low), plain(high)
    if low > high:
        raise Unparsable(f"the range runs down, from {low} to {high}")
    if low < high:
        return Quantity(amount=None, low=low, high=high, unit=unit, bound="range")
    bound: Bound = next((b for b in bounds if b != "exact"), "exact")
    return Quantity(
        amount=low,
        low=None if bound in ("less_than", "at_most") else low,
        high=None if bound in ("more_than", "at_least") else low,
        unit=unit,
        bound=bound,
    )


# --- the currency of a page -------------------------------------------------------------


def declared_currency(text: str, home_region: str | None) -> str:
    """ISO 4217 code of what 元, or no currency word at all, stands for in the document `text`.

    What it declares, as （新臺幣，下同）, 5亿美元（下同） or （单位：万美元）; else TWD, HKD or MOP
    where `home_region` is there; else CNY. A 单位 is that of a table: one that is not called
    元 (美元, 日元 …) does not count where the text also writes 5亿元 or 300万元.
    """
    words = _groups(_WORDS.currency)
    cues = re.finditer("下同|[单單]位", text)
    near = [fold_figure(text[max(0, cue.start() - 24) : cue.end() + 16]) for cue in cues]
    for part in near:
        same = f"(?:{words})[元计]*(?:{NUMERAL}元?)?[,、;(]*以?下同"
        if found := re.search(same, part, re.IGNORECASE):
            return str(found.lastgroup)
    home = fold_figure(home_region or "").removeprefix("中国")
    local = next((code for code, names in _WORDS.home.items() if re.match(names, home)), "CNY")
    for part in near:
        unit = f"单位(?:为|是)?[:为]?[百千十万亿]*(?:{words})"
        if found := re.search(unit, part, re.IGNORECASE):
            code = str(found.lastgroup)
            if code in ("CNY", "TWD", "HKD", "MOP") or not re.search("[万亿萬億][元圓圆]", text):
                return code
    return local
