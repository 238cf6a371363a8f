"""Bytes -> text, text -> folded text with an offset map, sentences, windows.

Folding prepares text for a model whose vocabulary is simplified, lower-case and without typographic quotes:
one character becomes one character or none, so every position of the folded text has its
position in the text as read.
"""

import codecs
import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from zsner.document import DataError

# ------------------------------------------------------------------- bytes -> text

# Frequent characters of both scripts. In text decoded rightly they are a large share of the
# Chinese characters; in text decoded wrongly hardly any occur.
_FREQUENT: Final = frozenset(
    "的一是不了在人有我他这这个中大来上国和地到说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成"
    "方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此"
    "已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合"
    "回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四"
    "招商引资投项目签约亿万元省市县区园企业百增長個這國資業項簽約億萬縣區產發開會動經濟與對來為進後時從當電場臺灣"
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES: Final = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", *_GUESSES)


class Decoded(NamedTuple):
    """A text and the encoding it was read in; `guessed` where nothing in the bytes names it."""

    text: str
    encoding: str
    guessed: bool


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Bytes -> text. Raises DataError if they are empty, binary, or of no sure encoding.

    A byte order mark or sound UTF-8 settles it. Otherwise GB18030, Big5 and UTF-16 without a
    mark are tried, and the one whose text consists of Chinese in common use is taken; where
    none does, or two do, the caller has to name the encoding.
    """
    if not data.strip():
        raise DataError("is empty; give a text")
    if encoding is not None:
        try:
            return _sound(Decoded(data.decode(encoding), encoding, False))
        except (LookupError, UnicodeDecodeError) as error:
            raise DataError(f"cannot be read as {encoding} ({error}); name another encoding") from error
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return _sound(Decoded(data.decode(name), name, False))
            except UnicodeDecodeError as error:
                raise DataError(f"begins as {name} but is damaged ({error}); convert it to UTF-8") from error
    try:
        text = data.decode("utf-8")
        if "\0" not in text:
            return _sound(Decoded(text, "utf-8", False))
    except UnicodeDecodeError:
        pass  # not UTF-8: the guesses below decide, or report
    scored = []
    for name in _GUESSES:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue  # these bytes cannot be that encoding
        scored.append((_common_share(text), name, text))
    scored.sort(reverse=True)
    if not scored or scored[0][0] < 0.15:
        raise DataError("is binary or of an unknown encoding; convert it to UTF-8 or name it with --encoding")
    if len(scored) > 1 and scored[1][0] > 0.6 * scored[0][0]:
        names = " or ".join(name for _, name, _ in scored[:2])
        raise DataError(f"may be {names}; name it with --encoding")
    return _sound(Decoded(scored[0][2], scored[0][1], True))


def _common_share(text: str) -> float:
    """Share of frequent characters among all that are not ASCII; 0 if control characters occur."""
    wide = [c for c in text if c > "\x7f"]
    if not wide or any(c < " " and c not in "\t\n\r\f\v" for c in text):
        return 0.0
    return sum(c in _FREQUENT for c in wide) / len(wide)


def _sound(decoded: Decoded) -> Decoded:
    controls = sum(c < " " and c not in "\t\n\r\f\v" for c in decoded.text)
    if controls > len(decoded.text) / 100:
        raise DataError("is binary, not text; give a text file")
    if not decoded.text.strip():
        raise DataError("holds only white space; give a text")
    # Some codecs give lone surrogates, which UTF-8 cannot hold. One character for one keeps offsets true.
    return decoded._replace(text=_SURROGATE.sub("\ufffd", decoded.text))


# ------------------------------------------------------------------------ folding

_PAIRS: Final = {
    "“": "「",
    "”": "」",
    "‘": "『",
    "’": "』",
    "＂": '"',
    "—": "-",
    "–": "-",
    "―": "-",
    "－": "-",
    "−": "-",
    "‐": "-",
    "─": "-",
    "…": "·",
    "⋯": "·",
    "•": "·",
    "・": "·",
    "‧": "·",
    "～": "~",
    "〜": "~",
    "．": ".",
    "％": "%",
    "﹪": "%",
    # The encoder was pretrained on text with full-width punctuation; pages mix both.
    ",": "，",
    ":": "：",
    ";": "；",
    "!": "！",
    "?": "？",
    "(": "（",
    ")": "）",
    "\r": "\n",
    "\v": "\n",
    "\f": "\n",
    "\x85": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    # Wrong conversions of simplified pages that OpenCC leaves alone.
    "覈": "核",
}
_KEPT_FULL: Final = frozenset("，：；！？（）")
_INVISIBLE: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
# 項(xiàng)目: letters in brackets behind a character, with a tone mark (or ü) among them.
_PINYIN: Final = re.compile(
    r"(?<=[\u3400-\u9fff])[(（](?=[a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ])[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ]{1,7}[)）]",
    re.IGNORECASE,
)
_CJK: Final = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))


class Folded(NamedTuple):
    """Folded text; `offsets[i]` is where `text[i]` stands in the text as read."""

    text: str
    offsets: list[int]

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Folded [start, end), not empty -> the same stretch in the text as read."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def from_raw(self, start: int, end: int) -> tuple[int, int]:
        """[start, end) of the text as read -> folded; empty if all of it was dropped."""
        return bisect_left(self.offsets, start), bisect_left(self.offsets, end)


@cache
def fold_table() -> dict[int, str]:
    """The one-to-one part of folding, as a table for `str.translate`.

    Traditional to simplified is OpenCC's character table (characters apart, so that none of
    its phrases apply).
    """
    import opencc  # here, because `import zsner` should not pay for its dictionaries

    table: dict[int, str] = {}
    characters = [chr(c) for c in _CJK]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    for old, new in zip(characters, simplified, strict=True):
        if len(new) == 1 and new != old:
            table[ord(old)] = new
    for wide in range(0xFF01, 0xFF5F):
        if chr(wide) not in _KEPT_FULL:
            table[wide] = chr(wide - 0xFEE0).lower()
    for code in range(0x41, 0x250):
        lower = chr(code).lower()
        if len(lower) == 1 and lower != chr(code):
            table[code] = lower
    for code in (0x09, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B)):
        table[code] = " "
    table.update({ord(old): new for old, new in _PAIRS.items()})
    return table


def fold(text: str) -> Folded:
    """Text as read -> folded text with its offset map."""
    mapped = text.translate(fold_table())
    dropped = [m.span() for m in _INVISIBLE.finditer(text)] + [m.span() for m in _PINYIN.finditer(text)]
    if not dropped:
        return Folded(mapped, list(range(len(text))))
    gone = {i for start, end in dropped for i in range(start, end)}
    offsets = [i for i in range(len(text)) if i not in gone]
    return Folded("".join(mapped[i] for i in offsets), offsets)


# ---------------------------------------------------------- sentences and windows

_SENTENCE_END: Final = re.compile(r"[。！？；!?;]+[”’」』）)】]*|\n+")


def sentence_ranges(text: str) -> list[tuple[int, int]]:
    """[start, end) of each sentence; together they cover the text without a gap.

    A sentence ends at 。 ！ ？ ； (or ! ? ;), with the closing quotes behind, and at a line end.
    """
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return [(start, end) for start, end in pairwise([0, *ends]) if end > start]


class Window(NamedTuple):
    """[start, end) is shown to the model; [keep_start, keep_end) of it is scored."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def windows(text: str, size: int, overlap: int = 64, protected: Iterable[tuple[int, int]] = ()) -> list[Window]:
    """Cut `text` into windows of at most `size` characters at sentence ends.

    The kept parts cover the text without gap or overlap. A sentence longer than a window is
    cut into windows that overlap by `overlap` characters, each scored up to the middle of
    the overlap. No cut falls inside a `protected` [start, end) (the spans in training), as
    long as these are shorter than half the overlap.
    """
    if size < 2 * overlap or overlap < 0:
        raise ValueError(f"size {size} must be at least twice the overlap {overlap}")
    inside: dict[int, int] = {}
    for start, end in protected:
        inside.update(dict.fromkeys(range(start + 1, end), start))
    cuts = [end for _, end in sentence_ranges(text)]
    cuts = [c for c in cuts if c not in inside]
    if text and (not cuts or cuts[-1] < len(text)):
        cuts.append(len(text))
    result: list[Window] = []
    begin = position = 0
    for cut in cuts:
        if cut - begin > size and position > begin:
            result.append(Window(begin, position, begin, position))
            begin = position
        if cut - begin > size:
            result.extend(_cut_long(begin, cut, size, overlap, inside))
            begin = cut
        position = cut
    if position > begin:
        result.append(Window(begin, position, begin, position))
    return result


def _cut_long(start: int, end: int, size: int, overlap: int, inside: dict[int, int]) -> list[Window]:
    pieces: list[Window] = []
    shown = kept = start
    while shown + size < end:
        middle = shown + size - overlap // 2
        middle = max(inside.get(middle, middle), kept + 1)
        pieces.append(Window(shown, shown + size, kept, middle))
        kept = middle
        shown += size - overlap
    pieces.append(Window(shown, end, kept, end))
    return pieces
