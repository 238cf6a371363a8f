"""`zsner.values`: the table by category, properties, currencies, and what the import costs."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zsner.document import Quantity
from zsner.schema import Bound, ValueType
from zsner.values import Unparsable, declared_currency, parse, plain

TABLES = sorted((Path(__file__).parent / "tables").glob("values*.tsv"))
TYPES = st.sampled_from(get_args(ValueType))


def rows() -> Iterator[object]:
    """One parameter a row: (type, input, home, [amount, low, high, unit, bound])."""
    for table in TABLES:
        category = ""
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("# "):
                category = line[2:].split(";")[0]
            elif not line.startswith("type\t"):
                kind, text, home, *expected = line.split("\t")
                name = f"{table.stem}-{number}-{category}-{text}"
                yield pytest.param(kind, text, home, expected, id=name)


def written(value: Quantity) -> list[str]:
    """The value as the table writes it."""
    numbers = ("-" if n is None else str(n) for n in (value.amount, value.low, value.high))
    return [*numbers, value.unit, value.bound]


@pytest.mark.parametrize(("kind", "text", "home", "expected"), list(rows()))
def test_table(kind: ValueType, text: str, home: str, expected: list[str]) -> None:
    if expected[0] == "error":
        with pytest.raises(Unparsable) as caught:
            parse(text, kind, currency=home)
        assert str(caught.value)
    else:
        assert written(parse(text, kind, currency=home)) == expected


def test_table_is_whole() -> None:
    found = [r.values for r in rows()]
    assert len(found) >= 1200
    assert {kind for kind, *_ in found} == set(get_args(ValueType))
    bounds = {expected[4] for *_, expected in found if expected[0] != "error"}
    assert bounds == set(get_args(Bound))


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("MONEY", "数亿元", "names no figure"),
        ("MONEY", "36", "neither currency nor magnitude"),
        ("MONEY", "人民币5亿美元", "two currencies"),
        ("MONEY", "36亿5千", "two readings"),
        ("MONEY", "20亿至10亿元", "runs down"),
        ("COUNT", "20", "no measure word"),
        ("COUNT", "多个", "no numeral"),
        ("COUNT", "5亿元", "counts no things"),
        ("GROWTH", "提高到40%", "a level"),
        ("GROWTH", "3倍", "by or to"),
        ("GROWTH", "占比40.8%", "does not lead to a change"),
        ("GROWTH", "1" * 200 + "%", "too many"),
        ("GROWTH", "增长0.00000001%", "too small"),
    ],
)
def test_the_reason_is_told(kind: ValueType, text: str, reason: str) -> None:
    with pytest.raises(Unparsable, match=reason):
        parse(text, kind)


# Text of the characters that mean something here finds more than text at large.
VOCABULARY = (
    "0123456789.,，．０９零一二三五两兩十百千万萬亿億兆廿卅点壹佰元圆美元人民币新臺幣$￥%％‰倍成半个個家户"
    "百分点之翻番同比环比增长下降收窄幅速去年期的是较比到至不低于超过约近余多来"
    "以上以下左右级数几()（）含+-—～~·  \u200b"
)
NOISE = st.one_of(st.text(max_size=120), st.text(alphabet=VOCABULARY, max_size=24))


@settings(max_examples=400, deadline=None)
@given(NOISE, TYPES, st.sampled_from(["CNY", "TWD"]))
@example("\ud800", "MONEY", "CNY")
@example("5亿\0元", "MONEY", "CNY")
@example("年均" * 50, "GROWTH", "CNY")
@example("亿" * 100, "MONEY", "CNY")
@example("一" * 100, "COUNT", "CNY")
@example("9" * 99 + "亿", "MONEY", "CNY")
@example("", "GROWTH", "CNY")
def test_any_text_is_read_or_refused(text: str, kind: ValueType, currency: str) -> None:
    try:
        value = parse(text, kind, currency=currency)
    except Unparsable as error:
        assert str(error)  # noqa: PT017 - the property covers both outcomes
        return
    assert value.unit
    numbers = [n for n in (value.amount, value.low, value.high) if n is not None]
    for number in numbers:
        assert "E" not in str(number)
        assert number == plain(number) and str(number) == str(plain(number))
    # `amount` is declared without None; the contract has None for a range.
    ends = [value.low, cast(Decimal | None, value.amount), value.high]
    present = [n for n in ends if n is not None]
    assert present == sorted(present)
    assert (ends[1] is None) == (value.bound == "range")
    if value.bound == "range":
        assert value.low is not None and value.high is not None and value.low < value.high


DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """The usual numeral of 1 <= number < 10**16; independent of the code under test."""

    def section(n: int) -> str:
        out, gap = "", False
        for scale, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = n // scale % 10
            if digit:
                out += ("零" if gap and out else "") + DIGITS[digit] + word
            gap = not digit
        return out

    out, gap = "", False
    for scale, word in ((10**12, "万"), (10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // scale % 10**4
        if word == "亿" and not part and out:
            out += "亿"
        if part:
            out += ("零" if out and (gap or part < 1000) else "") + section(part) + word
        gap = not part
    return out


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 10**16 - 1))
@example(10)
@example(10**12)
@example(10**8 + 1)
def test_chinese_numerals_are_read_back(number: int) -> None:
    assert parse(chinese(number) + "元", "MONEY").amount == number


@settings(max_examples=300, deadline=None)
@given(
    st.decimals(0, 10**6, places=4, allow_nan=False),
    st.sampled_from(["", "万", "亿", "万亿", "兆"]),
    st.sampled_from(["{}元", "人民币{}元", "{}美元", "{}新台币", "HK${}"]),
)
def test_what_is_written_is_read_back(number: Decimal, magnitude: str, form: str) -> None:
    scale = {"": 0, "万": 4, "亿": 8, "万亿": 12, "兆": 12}[magnitude]
    text = form.format(f"{number:f}{magnitude}")
    value = parse(text, "MONEY")
    assert value.amount == number.scaleb(scale)
    grouped = form.format(f"{number:,f}{magnitude}")
    wide = text.translate({c: c + 0xFEE0 for c in range(ord("0"), ord("9") + 1)})
    assert parse(grouped, "MONEY") == parse(wide, "MONEY") == value


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.sampled_from(["至", "到", "-", "—", "～"]),
    st.booleans(),
)
def test_ranges_are_read_back(one: int, other: int, between: str, twice: bool) -> None:
    low, high = sorted((one, other))
    value = parse(f"{low}{'家' if twice else ''}{between}{high}家", "COUNT")
    assert value.low == low and value.high == high
    assert value.bound == ("exact" if low == high else "range")


@settings(max_examples=200, deadline=None)
@given(
    st.decimals(0, 1000, places=2, allow_nan=False),
    st.sampled_from(["同比{}{}%", "{}{}%", "比2022年{}{}%", "较上年同期均{}约{}%"]),
)
def test_growth_and_decline_mirror_each_other(number: Decimal, form: str) -> None:
    up = parse(form.format("增长", number), "GROWTH")
    down = parse(form.format("下降", number), "GROWTH")
    assert up.amount == number / 100
    assert down.amount == -up.amount


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+5", "100000"),
        ("12.500", "12.5"),
        ("-0.00", "0"),
        ("100", "100"),
        ("0.000001", "0.000001"),
        ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
    ],
)
def test_plain(number: str, text: str) -> None:
    assert str(plain(Decimal(number))) == text


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E-9"])
def test_plain_refuses_what_it_cannot_write(number: str) -> None:
    with pytest.raises(Unparsable):
        plain(Decimal(number))


@pytest.mark.parametrize(
    ("text", "home", "code"),
    [
        ("投資487億元(新臺幣，下同)", None, "TWD"),
        ("投資487億元（新台幣，下同）", "福建", "TWD"),
        ("投资5亿（美元，下同）", "广西", "USD"),
        ("投资5亿美元（下同）", "广西", "USD"),
        ("人民币5亿元（下同）", "香港", "CNY"),
        ("（以下金额均以港元计，下同）20亿元", "广西", "HKD"),
        ("表1（单位：万美元）", "广西", "USD"),
        ("表1 單位:新台幣億元", None, "TWD"),
        ("总投资5亿元。表1（单位:万美元）", "广西", "CNY"),
        ("单位：亿元", "广西", "CNY"),
        ("责任单位：市商务局，实际使用外资5亿美元", "广西", "CNY"),
        ("（不含农户，下同）引资5亿元", "广西", "CNY"),
        ("投資487億元", "臺灣", "TWD"),
        ("投資487億元", "高雄市", "TWD"),
        ("投資487億元", "中国台湾", "TWD"),
        ("投資20億元", "香港特別行政區", "HKD"),
        ("投資20億元", "澳門", "MOP"),
        ("投资20亿元", "广西", "CNY"),
        ("投资20亿元", None, "CNY"),
        ("", "", "CNY"),
    ],
)
def test_declared_currency(text: str, home: str | None, code: str) -> None:
    assert declared_currency(text, home) == code


@settings(max_examples=100, deadline=None)
@given(NOISE, st.none() | NOISE)
def test_declared_currency_takes_any_text(text: str, home: str | None) -> None:
    assert len(declared_currency(text + "下同 单位", home)) == 3


def test_the_import_stays_cheap() -> None:
    # Both packages wait for the first text that needs them.
    code = "import sys, zsner.values; print([m for m in ('cn2an', 'opencc', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
