"""Augmentation of training windows, anew at each look: names, figures, noise, lost characters.

A small corpus shows each firm, place and field in one article only; replacing them teaches the model
to read the context instead of the name (mention replacement, Dai & Adel 2020). Windows are folded
text, so script, width and bracketed pinyin need no augmentation: folding has taken them away.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import msgspec

from zsner import bio
from zsner.corpus.dataset import Example
from zsner.corpus.names import NameMaker
from zsner.schema import VALUE_TYPES

SWAPPED: Final = ("ORG", "REGION", "INDUSTRY", "MECHANISM")


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often each kind of augmentation happens; 0 leaves it out.

    `names`: share of names replaced by one of their kind; `made`: share of these that are made
    from lexicons instead of drawn from the corpus; `figures`: share of value spans with other
    digits and units; `noise`: share of windows with blanks around figures, half-width or doubled
    punctuation; `lost`: share of characters lost, in a tenth of the windows.
    """

    names: float = 0.0
    made: float = 0.0
    figures: float = 0.0
    noise: float = 0.0
    lost: float = 0.0

    def __post_init__(self) -> None:
        for field in msgspec.structs.fields(Rates):
            if not 0 <= getattr(self, field.name) <= 1:
                raise ValueError(f"`augment.{field.name}` lies in [0, 1]")


_KINDS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "REGION": (
        ("stand-in", "[全我本该][省市区州县旗镇]|自治区|新区|园区|区内|市内|县内|省内"),
        ("letter", "."),
        ("park", ".*(?:园区?|开发区|新区|高新区|经开区|示范区|试验区|基地|合作区)"),
        ("county", ".*[县区旗]"),
        ("city", ".*[市州盟]"),
        ("province", ".*(?:省|自治区)"),
    ),
    "ORG": (
        ("firm", ".*(?:公司|集团|股份|企业|厂)"),
        ("organ", ".*(?:局|委|部|办|厅|政府|政协|人大|中心|专班|组|院|会|处)"),
        ("bank", ".*(?:银行|基金|资本|证券|创投)"),
        ("school", ".*(?:大学|学院|学校)"),
        ("media", ".*(?:报|网|社|台|客户端|融媒体中心)"),
    ),
    "INDUSTRY": (("short", ".{1,3}"),),
    "MECHANISM": (
        ("way", ".*招商"),
        ("system", ".*(?:机制|制度?|模式|工作法)"),
        ("campaign", ".*(?:年|月|季|周|战)"),
        ("team", ".*(?:队|组|专班|员|官|大使|顾问)"),
    ),
}
_PATTERNS: Final = {t: tuple((name, re.compile(p)) for name, p in kinds) for t, kinds in _KINDS.items()}
_DIGIT: Final = re.compile("[0-9]")
_UNITS: Final = (("亿元", "万元", "亿美元", "亿港元", "亿"), ("万元", "亿元", "万美元"), ("亿美元", "万美元", "亿欧元"))
_COUNTERS: Final = ("个", "家", "宗", "项", "件", "户", "批", "批次", "场", "名", "人", "支", "只")


def kind_of(type: str, name: str) -> str:
    """What sort of name of its type it is: names are replaced within their kind, so that 全市
    stays a stand-in and a bureau an organ."""
    return next((kind for kind, pattern in _PATTERNS[type] if pattern.fullmatch(name)), "other")


class Augmenter:
    """Augments windows by `rates`. The same `seed` and order of calls gives the same windows.

    Names come from `examples` (the training windows) and from `NameMaker`. A window that would
    grow beyond `limit` characters is left as it is.
    """

    def __init__(self, examples: Iterable[Example], rates: Rates, seed: int, limit: int) -> None:
        self.rates = rates
        self.limit = limit
        self.random = random.Random(seed)
        self.make = NameMaker(self.random)
        pools: dict[tuple[str, str], set[str]] = defaultdict(set)
        for example in examples:
            for span in bio.decode(example.tags):
                if span.type in SWAPPED:
                    name = example.text[span.start : span.end]
                    pools[span.type, kind_of(span.type, name)].add(name)
        # Sorted: the order of a set is not the same in every process.
        self.pools = {key: sorted(names) for key, names in pools.items()}

    def __call__(self, example: Example) -> Example:
        """A new example, of the same span types in the same order as long as nothing is lost."""
        text, tags, position = "", list[int](), 0
        for span in bio.decode(example.tags):
            old = example.text[span.start : span.end]
            new = self._replacement(span.type, old)
            text += example.text[position : span.start] + new
            tags += example.tags[position : span.start] + bio.encode(len(new), [(span.type, 0, len(new))])
            position = span.end
        text += example.text[position:]
        tags += example.tags[position:]
        if self.random.random() < self.rates.noise:
            text, tags = self._noise(text, tags)
        if self.rates.lost and self.random.random() < 0.1:
            text, tags = self._lose(text, tags)
        if not 0 < len(text) <= self.limit:
            return example
        return example._replace(end=example.start + len(text), text=text, tags=tags)

    def _replacement(self, type: str, old: str) -> str:
        if type in VALUE_TYPES:
            return self._figure(type, old) if self.random.random() < self.rates.figures else old
        if type not in SWAPPED or self.random.random() >= self.rates.names:
            return old
        kind = kind_of(type, old)
        if self.random.random() < self.rates.made and (made := self.make(type, kind)):
            return made
        return self.random.choice(self.pools.get((type, kind)) or [old])

    def _figure(self, type: str, old: str) -> str:
        """Other digits in the same places; now and then another unit or counter."""
        first = True

        def digit(match: re.Match[str]) -> str:
            nonlocal first
            low, first = (1 if first else 0), False
            return str(self.random.randint(low, 9))

        new = _DIGIT.sub(digit, old)
        if self.random.random() < 0.3:
            if type == "MONEY":
                for unit, *others in _UNITS:
                    if new.endswith(unit):
                        return new.removesuffix(unit) + self.random.choice(others)
            if type == "COUNT" and new.endswith(_COUNTERS) and new[-2:] not in _COUNTERS and len(new) > 1:
                return new[:-1] + self.random.choice(_COUNTERS)
        return new

    def _noise(self, text: str, tags: list[int]) -> tuple[str, list[int]]:
        """One habit of a careless page, through the whole window."""
        habit = self.random.randrange(4)
        if habit == 0:
            return text.translate(str.maketrans("，：；（）", ",:;()")), tags
        if habit == 1:
            return text.translate(str.maketrans(",:;()", "，：；（）")), tags
        places = [i for i, c in enumerate(text) if (c in ",，" if habit == 2 else c.isdigit() != text[i - 1].isdigit())]
        for i in sorted(self.random.sample(places, min(len(places), 6)), reverse=True):
            # A character put in before a span's first stands outside it, else it is of the span.
            inside = (bio.TAGS[tags[i]].startswith("I-") and tags[i]) or 0
            text, tags = text[:i] + (text[i] if habit == 2 else " ") + text[i:], [*tags[:i], inside, *tags[i:]]
        return text, tags

    def _lose(self, text: str, tags: list[int]) -> tuple[str, list[int]]:
        """Characters that scraping lost; a span of one character is never lost whole."""
        kept: list[int] = []
        for i in range(len(text)):
            alone = bio.TAGS[tags[i]].startswith("B-") and not self._goes_on(tags, i)
            if alone or text[i] == "\n" or self.random.random() >= self.rates.lost:
                kept.append(i)
        new: list[int] = []
        last = -1
        for i in kept:
            tag = bio.TAGS[tags[i]]
            # Where the first character of a span is lost, the next one begins it.
            begins = tag.startswith("I-") and (
                not new or any(bio.TAGS[tags[j]][:2] == "B-" for j in range(last + 1, i))
            )
            new.append(bio.TAG_ID["B-" + tag[2:]] if begins else tags[i])
            last = i
        return "".join(text[i] for i in kept), new

    @staticmethod
    def _goes_on(tags: list[int], i: int) -> bool:
        return i + 1 < len(tags) and bio.TAGS[tags[i + 1]].startswith("I-")
