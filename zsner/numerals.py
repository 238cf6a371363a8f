"""Numerals -> `Decimal`: Arabic, Chinese, mixed, or digit by digit; and the folding of figures.

`number` takes folded text only (half width, Simplified script, no white space or separators).
"""

import re
from decimal import Context, Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC


class Unparsable(ValueError):
    """A span whose value cannot be told; the message says why (`value_error`)."""


# --- folding ----------------------------------------------------------------------------

_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(char): new
    for chars, new in {
        "—–―─﹣−‐‑‒~∼〜～": "-",
        "·・•‧∙﹒": ".",
        "￥": "¥",
        "﹪": "%",
        "≧": "≥",
        "≦": "≤",
        "\u200b\u200c\u200d\u2060\ufeff\u00ad": None,
        "【〔[［": "(",
        "】〕]］": ")",
    }.items()
    for char in chars
}
_CAPITALS: Final = str.maketrans("壹贰弍叁叄参肆伍陆柒捌玖拾佰仟〇○", "一二二三三三四五六七八九十百千零零")
_PINYIN: Final = re.compile(r"\((?=[^)]*[^a-z)])[a-z\u00df-\u024f\u0300-\u036f]{1,7}\)")
"""A syllable in brackets; the lookahead asks for a tone mark, so that (usd) is not taken."""
_THOUSANDS: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")


@cache
def _simplifier() -> "OpenCC":
    # Not at import: pages in Simplified script without values never need the tables.
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplified(text: str) -> str:
    # opencc takes UTF-8, which has no place for half a surrogate pair, and ends at a NUL.
    text = "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)
    return text if text.isascii() else _simplifier().convert(text)


def fold_figure(text: str) -> str:
    """`text` in half width and Simplified script, without white space, separators and pinyin."""
    text = _PINYIN.sub("", "".join(text.translate(_WIDTH).split()))
    text = _simplified(text).translate(_CAPITALS)
    return _THOUSANDS.sub(lambda m: m[0].replace(",", ""), text)


# --- numerals ---------------------------------------------------------------------------

EXACT: Final = Context(prec=120)
"""Wide enough that no product or sum of numerals is rounded."""
_BIG: Final = {
    "兆": Decimal(10**12),
    "万亿": Decimal(10**12),
    "亿": Decimal(10**8),
    "万": Decimal(10**4),
}
_SMALL: Final = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
DIGITS: Final = "零一二三四五六七八九"
_SECTION: Final = re.compile(
    "(?:[1-9一二两三四五六七八九]千)?零?(?:[1-9一二两三四五六七八九]百)?零?"
    "(?:[1-9一二两三四五六七八九]?十|廿)?零?[1-9一二两三四五六七八九]?"
)
MAGNITUDE: Final = "(?:[十百千]?(?:万亿|亿|万|兆)|[十百千])"
NUMERAL: Final = "[0-9.零一二三四五六七八九两十廿卅百千万亿兆点]+"


def plain(number: Decimal) -> Decimal:
    """`number` so that `str()` gives plain notation: no exponent, no trailing zero, no -0.

    Raises Unparsable where `str()` cannot do so (not finite, or digits below 0.000001).
    """
    if not number.is_finite():
        raise Unparsable(f"{number} is no amount")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    result = Decimal("0" if text == "-0" else text)
    if "E" in str(result):
        raise Unparsable(f"{text} is too small for an amount")
    return result


def number(text: str) -> Decimal:
    """The number that a folded numeral stands for: Arabic, Chinese, mixed, or digit by digit."""
    for unit, size in _BIG.items():
        head, found, tail = text.partition(unit)
        if found:
            whole = EXACT.multiply(number(head), size) if head else size
            return EXACT.add(whole, _after(unit, size, tail))
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return Decimal(text)
    if decimal := re.fullmatch(f"([^.点]+)[.点]([0-9{DIGITS}]+)", text):
        places = "".join(str(DIGITS.find(c)) if c in DIGITS else c for c in decimal[2])
        return EXACT.add(number(decimal[1]), Decimal(f"0.{places}"))
    if re.fullmatch(f"[{DIGITS}]+", text):
        return Decimal("".join(str(DIGITS.index(c)) for c in text))
    if scaled := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([十百千])", text):
        return EXACT.multiply(Decimal(scaled[1]), _SMALL[scaled[2]])
    if text in _SMALL or text == "两":
        return _SMALL.get(text, Decimal(2))
    return _section(text)


def _after(unit: str, size: Decimal, tail: str) -> Decimal:
    """What stands after a big unit: 五 in 六亿五 (tenths of it), 5千万 in 36亿5千万."""
    if not tail:
        return Decimal(0)
    if re.fullmatch(f"[1-9两{DIGITS[1:]}]", tail):
        return EXACT.multiply(number(tail), size / 10)
    rest = tail.removeprefix("零")
    if not rest or rest[0] not in f"0123456789两廿{DIGITS}十":
        raise Unparsable(f"{tail!r} after {unit} is no numeral")
    if rest == tail and unit != "万" and not re.search("[万亿兆]", rest):
        # 36亿5千: 5 thousand, or 5 thousand 万 as Taiwan papers shorten it.
        raise Unparsable(f"{tail!r} after {unit} has two readings")
    value = number(rest)
    if value >= size:
        raise Unparsable(f"{tail!r} after {unit} is out of order")
    return value


def _section(text: str) -> Decimal:
    """A numeral below 10 000 with 十 百 千.

    cn2an reads each of the 10 000 well-formed ones right, but makes 120 of 零百二 and 210 of
    十千二, and leaves with KeyError on others; so the form is checked first. Whole numerals are
    not given to it: it knows neither 兆 nor 百亿 nor 1.2万亿, and its decimals are floats.
    """
    text = text.replace("卅", "三十")
    if not text or not _SECTION.fullmatch(text):
        raise Unparsable(f"{text!r} is no numeral")
    # Late: the import takes a tenth of a second, and most figures are Arabic.
    from cn2an import cn2an

    try:
        return Decimal(int(cn2an(text, "smart")))
    except (ValueError, KeyError) as error:
        raise Unparsable(f"{text!r} is no numeral") from error
