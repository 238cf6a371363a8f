"""Decoding, folding, sentences and windows."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ARTICLES
from zsner.document import DataError, Document
from zsner.text import decode, fold, sentence_ranges, windows

SENTENCE = "今年一季度，全市招商引资签约项目八十七个，总投资额三百二十亿元，同比增长百分之十二。"
TRADITIONAL = "今年第一季，經濟部核准僑外投資案件，新臺幣一千三百億元，較上年同期增加，主要來自電子產業。"
real = st.sampled_from([p.read_text(encoding="utf-8") for p in ARTICLES])
chinese = st.text(
    alphabet=st.sampled_from("招商引资，。；！？\n 亿元1２ABé“”‘’—…（）()項目\u200b(xiàng)、"), max_size=200
)


@pytest.mark.parametrize(
    ("data", "text", "encoding", "guessed"),
    [
        (SENTENCE.encode(), SENTENCE, "utf-8", False),
        (SENTENCE.encode("utf-8-sig"), SENTENCE, "utf-8-sig", False),
        (SENTENCE.encode("utf-16"), SENTENCE, "utf-16", False),
        (b"\xfe\xff" + SENTENCE.encode("utf-16-be"), SENTENCE, "utf-16", False),
        (SENTENCE.encode("utf-16-le"), SENTENCE, "utf-16-le", True),
        (SENTENCE.encode("gb18030"), SENTENCE, "gb18030", True),
        (TRADITIONAL.encode("big5"), TRADITIONAL, "big5hkscs", True),
        (TRADITIONAL.encode("gb18030"), TRADITIONAL, "gb18030", True),
    ],
)
def test_bytes_are_read_in_their_encoding(data: bytes, text: str, encoding: str, guessed: bool) -> None:
    assert decode(data) == (text, encoding, guessed)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda p: p.name)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_real_articles_come_back_from_every_encoding(path: Path, encoding: str) -> None:
    text = path.read_bytes().decode("utf-8")
    assert decode(text.encode(encoding)).text == text


def test_a_named_encoding_is_taken_and_a_wrong_one_refused() -> None:
    assert decode(SENTENCE.encode("gb18030"), "gb18030") == (SENTENCE, "gb18030", False)
    with pytest.raises(DataError, match="cannot be read as utf-8"):
        decode(SENTENCE.encode("gb18030"), "utf-8")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (bytes(range(256)) * 8, "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\2\3" * 50, "binary"),
        (b"PK\3\4" + b"\x14\0\6\0" * 40, "binary"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        decode(data)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("產業鏈招商", "产业链招商"),
        ("１０４．０８億元", "104.08亿元"),
        ("“雲上”招商", "「云上」招商"),
        ("‘十百千’—…", "『十百千』-·"),
        ("LNG", "lng"),
        ("a\u3000b\xa0c\td", "a b c d"),
        ("簽\u200b約", "签约"),
        ("項(xiàng)目、裝備(bèi)制造", "项目、装备制造"),
        ("液化天然气(LNG)加工", "液化天然气（lng）加工"),
        ("签约,落地", "签约，落地"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(st.one_of(real, chinese, st.text(max_size=80)))
def test_folding_maps_every_character_to_one_or_none(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.offsets)
    assert folded.offsets == sorted(set(folded.offsets))
    assert all(0 <= i < len(text) for i in folded.offsets)
    assert fold(folded.text).text == folded.text or "\u0130" in text


@given(real, st.data())
def test_a_span_survives_the_way_through_folding(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, min(len(text), start + 30)))
    folded = fold(text)
    f_start, f_end = folded.from_raw(start, end)
    if f_start < f_end:
        assert folded.to_raw(f_start, f_end) == (start, end)


@given(st.one_of(real, chinese))
def test_sentences_cover_the_text(text: str) -> None:
    ranges = sentence_ranges(text)
    assert "".join(text[s:e] for s, e in ranges) == text
    assert all("\n" not in text[s:e].rstrip("\n") for s, e in ranges)


def test_a_sentence_ends_at_stops_and_line_ends_only() -> None:
    text = "一，二：三；四。五！”六?七\n八"
    assert [text[s:e] for s, e in sentence_ranges(text)] == ["一，二：三；", "四。", "五！”", "六?", "七\n", "八"]


@given(
    st.one_of(real, chinese, st.text(alphabet="招商，", min_size=300, max_size=900)), st.sampled_from([128, 200, 320])
)
def test_windows_score_every_character_once(text: str, size: int) -> None:
    cut = windows(text, size)
    assert [i for w in cut for i in range(w.keep_start, w.keep_end)] == list(range(len(text)))
    for w in cut:
        assert w.end - w.start <= size
        assert w.start <= w.keep_start < w.keep_end <= w.end


@given(st.text(alphabet="招商，。", min_size=300, max_size=900), st.data())
def test_windows_cut_no_protected_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 25))
    end = start + data.draw(st.integers(1, 24))
    for w in windows(text, 128, 64, [(start, end)]):
        assert not start < w.keep_start < end
        assert not start < w.keep_end < end


def test_real_articles_lose_no_span_to_windows(gold: list[Document]) -> None:
    from zsner.corpus.dataset import examples

    for document in gold:
        found = list(examples(document, 128))
        begins = sum(tag % 2 == 1 for e in found for tag in e.tags)
        assert begins == len(document.spans)
        assert "".join(e.text for e in found) == fold(document.text).text
