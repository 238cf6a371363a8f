"""What the link scorer sees of a page beside the encoder's states: figures, the candidates for
their slots, and a row of numbers for each pair.

The numbers tell where the two stand (distance, sentence, line, list, what is between them), what
each is, and what the rules answered: the scorer learns when to follow them. Everything is counted
by cumulative sums over the page, so that a pair costs no walk over the text.
"""

from collections import Counter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zsner.document import MetricTuple
from zsner.link.aliases import is_stand_in, short_name
from zsner.link.cues import pattern
from zsner.link.page import FILTER, LETTERS, Item, Page
from zsner.link.period import Periods
from zsner.link.region import Regions
from zsner.schema import INDICATORS, SENTENCE_SLOTS, SLOT_TYPE, VALUE_TYPES

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

SCORED: Final = ("region", "period", *SENTENCE_SLOTS)
"""The slots that the scorer scores pairs for."""
BETWEEN: Final = 160
"""Characters between figure and candidate whose states are looked at."""
_MARKS: Final = "，；。：、（\n"
_KINDS: Final = "".join(LETTERS.values()) + FILTER
_VALUES: Final = ("MONEY", "COUNT", "GROWTH")
_EARLIER_PLACES: Final = 14
_EARLIER_TIMES: Final = 8

_PAIR: Final = 27 + len(_MARKS) + 2 * len(_KINDS)
_FIGURE: Final = 5 + 2 * len(INDICATORS) + 7
_OF_SLOT: Final = {"region": 19, "period": 14}
FIGURE_WIDTH: Final = _FIGURE
PAIR_WIDTH: Final = _PAIR + _FIGURE + sum(_OF_SLOT.values()) + len(SCORED)


class Pairs(NamedTuple):
    """Candidates of all slots, sorted by slot as in SCORED: for each its figure's number, slot's number,
    place [start, end), what is between it and its figure, and its row of numbers."""

    figure: Ints
    slot: Ints
    place: Ints
    between: Ints
    numbers: Floats
    names: list[str]
    """The span's id; for a period `start:end`."""


class Facts(NamedTuple):
    """One page: its value spans as figures with place, sentence and numbers, and their pairs."""

    figures: list[Item]
    place: Ints
    sentence: Ints
    numbers: Floats
    pairs: Pairs


class _Candidate(NamedTuple):
    figure: int
    name: str
    start: int
    end: int
    ruled: bool
    alike: bool
    own: tuple[float, ...]


def find_facts(
    page: Page, regions: Regions, periods: Periods, filters: set[str], ruled: dict[str, MetricTuple]
) -> Facts:
    """The figures of a page with their candidates; `ruled` are the tuples of the rules by head."""
    return _Finder(page, regions, periods, filters, ruled).facts()


class _Finder:
    def __init__(
        self, page: Page, regions: Regions, periods: Periods, filters: set[str], ruled: dict[str, MetricTuple]
    ) -> None:
        self.page, self.regions, self.periods, self.ruled = page, regions, periods, ruled
        self.filters = filters
        self.items = {i.id: i for i in page.items}
        self.values = [i for i in page.items if i.type in VALUE_TYPES]
        self.place = np.array([(i.start, i.end) for i in self.values], np.int64).reshape(-1, 2)
        self.line_starts = np.array([line.start for line in page.lines])
        self.headings = np.array([line.heading for line in page.lines])
        self.sentence_starts = np.array([s.start for s in page.sentences])
        self.sentence_ends = np.array([s.end for s in page.sentences])
        self.of_sentence = self._sentence_of(self.place[:, 0])
        self.sentence = np.stack([self.sentence_starts[self.of_sentence], self.sentence_ends[self.of_sentence]], 1)
        self.line = self._line_of(self.place[:, 0])
        self.groups = self._groups()
        self.numbers = self._figures()
        self.marks, self.kinds, self.among = self._sums()

    def facts(self) -> Facts:
        parts = [self._pairs(slot, self._candidates(slot)) for slot in SCORED]
        joined = Pairs(
            np.concatenate([p.figure for p in parts]),
            np.concatenate([p.slot for p in parts]),
            np.concatenate([p.place for p in parts]),
            np.concatenate([p.between for p in parts]),
            np.concatenate([p.numbers for p in parts]),
            [name for p in parts for name in p.names],
        )
        return Facts(self.values, self.place, self.sentence, self.numbers, joined)

    # ------------------------------------------------------------------- the page

    def _line_of(self, positions: Ints) -> Ints:
        return np.maximum(np.searchsorted(self.line_starts, positions, side="right") - 1, 0)

    def _sentence_of(self, positions: Ints) -> Ints:
        return np.maximum(np.searchsorted(self.sentence_starts, positions, side="right") - 1, 0)

    def _groups(self) -> dict[str, tuple[int, int]]:
        """Span id -> its number in its list and the length of the list."""
        found = {}
        for sentence in self.page.sentences:
            by_type: dict[str, list[Item]] = {}
            for item in sentence.items:
                by_type.setdefault(item.type, []).append(item)
            for items in by_type.values():
                for group in self.page.groups(items):
                    found.update({item.id: (n, len(group)) for n, item in enumerate(group)})
        return found

    def _sums(self) -> tuple[Ints, Ints, Ints]:
        """How many marks, spans by type and 其中 stand before each position."""
        size = len(self.page.masked)
        chars = np.array([ord(c) for c in self.page.masked], np.int64)
        marks = np.stack([chars == ord(c) for c in _MARKS], 1) if size else np.zeros((0, len(_MARKS)), bool)
        kinds = np.zeros((size, len(_KINDS)), np.int64)
        for item in self.page.items:
            letter = FILTER if item.id in self.filters else LETTERS[item.type]
            kinds[item.start, _KINDS.index(letter)] += 1
        among = np.zeros((size, 1), np.int64)
        at = self.page.masked.find("其中")
        while at >= 0:
            among[at] = 1
            at = self.page.masked.find("其中", at + 1)

        def before(counted: NDArray[np.generic]) -> Ints:
            return np.concatenate([np.zeros((1, counted.shape[1]), np.int64), np.cumsum(counted, 0, dtype=np.int64)])

        return before(marks), before(kinds), before(among)[:, 0]

    # ---------------------------------------------------------------- the figures

    def _figures(self) -> Floats:
        numbers = np.zeros((len(self.values), _FIGURE), np.float32)
        codes = len(INDICATORS)
        for n, item in enumerate(self.values):
            ruled = self.ruled.get(item.id)
            row = numbers[n]
            row[_VALUES.index(item.type)] = 1
            row[3:5] = ruled is None, item.id in self.filters
            if ruled is not None:
                row[5 + INDICATORS.index(ruled.indicator)] = 1
                row[5 + 2 * codes + (ruled.status == "target")] = 1
            before = self.ruled.get(self.values[n - 1].id) if n and self._same_sentence(n - 1, n) else None
            if before is not None:
                row[5 + codes + INDICATORS.index(before.indicator)] = 1
            number, length = self.groups[item.id]
            heading = bool(self.headings[self.line[n]])
            row[7 + 2 * codes :] = length > 1, number == 0, min(length, 5) / 5, self.page.plan, heading
        return numbers

    def _same_sentence(self, one: int, other: int) -> bool:
        return bool(self.of_sentence[one] == self.of_sentence[other])

    def _ruled(self, n: int) -> MetricTuple | None:
        return self.ruled.get(self.values[n].id) if 0 <= n < len(self.values) else None

    # ------------------------------------------------------------- the candidates

    def _candidates(self, slot: str) -> list[_Candidate]:
        if slot == "region":
            return self._places()
        if slot == "period":
            return self._times()
        found = []
        for n, item in enumerate(self.values):
            if slot == "growth" and item.type == "GROWTH":
                continue
            ruled = self._ruled(n)
            linked = set() if ruled is None else set(ruled.linked(slot))  # type: ignore[arg-type]  # region and period are taken above
            for c in self.page.sentences[self.of_sentence[n]].of(SLOT_TYPE[slot]):  # type: ignore[index]  # as above
                if c.id != item.id:
                    found.append(_Candidate(n, c.id, c.start, c.end, c.id in linked, c.id in linked, ()))
        return found

    def _places(self) -> list[_Candidate]:
        """Places of the sentence, some before it, two behind it, those of headings and the home."""
        regions, page = self.regions, self.page
        mentions = regions.mentions
        starts = np.array([m.start for m in mentions], np.int64)
        lines = self._line_of(starts)
        heading_lines = sorted({int(n) for n in lines if self.headings[n]})
        always = [m for m, n in zip(mentions, lines, strict=True) if self.headings[n]][:3] + regions.home_mentions[:2]
        names = [short_name(m.text) for m in mentions]
        often = Counter(names)
        home = short_name(regions.home) if regions.home else None
        homes = {m.id for m in regions.home_mentions}
        headings = {m.id for m in regions.headings.values()}
        number_of = {m.id: i for i, m in enumerate(mentions)}

        def ruled_name(n: int) -> str | None:
            ruled = self._ruled(n)
            return None if ruled is None or ruled.region is None else short_name(self.items[ruled.region].text)

        found = []
        for n in range(len(self.values)):
            first = int(np.searchsorted(starts, self.sentence[n, 0]))
            behind = int(np.searchsorted(starts, self.sentence[n, 1]))
            chosen = set(range(max(0, first - _EARLIER_PLACES), min(behind + 2, len(mentions))))
            chosen |= {number_of[m.id] for m in always}
            above = [x for x in heading_lines if x <= self.line[n]]
            heading = above[-1] if above else -1
            short = heading >= 0 and page.lines[heading].end - page.lines[heading].start < 20
            own, left, right = ruled_name(n), ruled_name(n - 1), ruled_name(n + 1)
            ruled = self._ruled(n)
            in_line = (i for i in range(len(mentions)) if lines[i] == self.line[n])
            leading = next((i for i in in_line if regions.roles[mentions[i].id] != "out"), -1)
            section = regions.section(int(self.line[n]))
            for i in sorted(chosen):
                m, name = mentions[i], names[i]
                role = regions.roles[m.id]
                about = (
                    *(role == r for r in ("out", "located", "topic")),
                    is_stand_in(m.text),
                    name == home,
                    m.id in homes,
                    min(often[name], 8) / 8,
                    m.id in headings,
                    m.id in regions.listed,
                    m.id in regions.aside,
                    lines[i] == heading,
                    lines[i] == heading and short,
                    name == left,
                    name == right,
                    i == leading,
                    section is not None and section.id == m.id,
                    m.text[-1:] in "省市",
                    m.text[-1:] in "县区州旗",
                    pattern("region", "zone").fullmatch(m.text) is not None,
                )
                is_ruled = ruled is not None and ruled.region == m.id
                found.append(_Candidate(n, m.id, m.start, m.end, is_ruled, name == own, tuple(float(x) for x in about)))
        return found

    def _times(self) -> list[_Candidate]:
        """Time words of the sentence, some before it, and those of headings."""
        page, times = self.page, self.periods.times
        starts = np.array([t.start for t in times], np.int64)
        lines = self._line_of(starts)
        in_headings = [
            i for i in range(len(times)) if self.headings[lines[i]] and lines[i] not in self.periods.furniture
        ]

        def ruled_place(n: int) -> tuple[int, int] | None:
            ruled = self._ruled(n)
            return (
                None
                if ruled is None or ruled.period is None
                else page.folded.from_raw(ruled.period.start, ruled.period.end)
            )

        def ruled_text(n: int) -> str | None:
            at = ruled_place(n)
            return None if at is None else page.text[at[0] : at[1]].replace(" ", "")

        found = []
        for n in range(len(self.values)):
            first = int(np.searchsorted(starts, self.sentence[n, 0]))
            behind = int(np.searchsorted(starts, self.sentence[n, 1]))
            above = [i for i in in_headings if lines[i] <= self.line[n]]
            chosen = {*range(max(0, first - _EARLIER_TIMES), behind), *in_headings[:3], *above[-2:]}
            at, own, left, right = ruled_place(n), ruled_text(n), ruled_text(n - 1), ruled_text(n + 1)
            for i in sorted(chosen):
                t = times[i]
                about = (
                    t.goal,
                    lines[i] in self.periods.furniture,
                    "年" in t.text,
                    "月" in t.text,
                    "日" in t.text,
                    t.text[0] in "截到至",
                    "以来" in t.text,
                    t.text in ("目前", "眼下", "如今"),
                    min(len(t.text), 10) / 10,
                    t.text == left,
                    t.text == right,
                    bool(above) and above[-1] == i,
                    pattern("period", "weak").fullmatch(t.text) is not None,
                    pattern("period", "fleeting").fullmatch(t.text) is not None,
                )
                found.append(
                    _Candidate(
                        n, f"{t.start}:{t.end}", t.start, t.end, at == (t.start, t.end), t.text == own,
                        tuple(float(x) for x in about),
                    )
                )  # fmt: skip
        return found

    # ------------------------------------------------------------------ the pairs

    def _pairs(self, slot: str, candidates: list[_Candidate]) -> Pairs:
        size = len(candidates)
        if not size:
            none = np.zeros(0, np.int64)
            return Pairs(none, none, np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64), _empty(), [])
        figure = np.array([c.figure for c in candidates], np.int64)
        start = np.array([c.start for c in candidates], np.int64)
        end = np.array([c.end for c in candidates], np.int64)
        head, tail = self.place[figure, 0], self.place[figure, 1]
        left = end <= head
        low = np.minimum(np.where(left, end, tail), np.where(left, head, start))
        high = np.maximum(np.where(left, head, start), low)
        line = self._line_of(start)
        lines_off = np.abs(line - self.line[figure])
        group = np.array([self.groups.get(c.name, (0, 1)) for c in candidates])
        own_group = np.array([self.groups[self.values[c.figure].id] for c in candidates])
        others = np.unique(start)
        nth = np.where(
            left,
            np.searchsorted(others, head) - 1 - np.searchsorted(others, start),
            np.searchsorted(others, start) - np.searchsorted(others, tail),
        )
        in_line, in_sentence = start - self.line_starts[line], start - self.sentence_starts[self._sentence_of(start)]
        pairwise = np.array(["分别" in self.page.text[a:b] for a, b in self.sentence])
        columns = [
            left,
            np.log1p(high - low) / 6,
            (start >= self.sentence[figure, 0]) & (start < self.sentence[figure, 1]),
            lines_off == 0,
            np.minimum(lines_off, 10) / 10,
            np.minimum(lines_off, 3) / 3,
            line < 3,
            self.headings[line],
            start < self.sentence[figure, 0],
            [c.ruled for c in candidates],
            [c.alike for c in candidates],
            group[:, 1] > 1,
            np.minimum(group[:, 1], 6) / 6,
            group[:, 0] == 0,
            group[:, 0] == group[:, 1] - 1,
            (group[:, 1] > 1) & (group == own_group).all(1),
            nth == 0,
            nth == 1,
            np.clip(nth, 0, 6) / 6,
            pairwise[figure],
            self.among[high] > self.among[low],
            high == low,
            end - start == 1,
            np.minimum(end - start, 12) / 12,
            in_line < 3,
            in_sentence < 2,
            np.minimum(in_sentence, 30) / 30,
        ]
        kinds = np.clip(self.kinds[high] - self.kinds[low], 0, 4)
        own = np.zeros((size, sum(_OF_SLOT.values()) + len(SCORED)), np.float32)
        if slot in _OF_SLOT:
            at = 0 if slot == "region" else _OF_SLOT["region"]
            own[:, at : at + _OF_SLOT[slot]] = [c.own for c in candidates]
        own[:, sum(_OF_SLOT.values()) + SCORED.index(slot)] = 1
        numbers = np.concatenate(
            [
                np.stack([np.asarray(c, np.float32) for c in columns], 1),
                np.clip(self.marks[high] - self.marks[low], 0, 3) / 3,
                kinds / 4,
                kinds == 0,
                self.numbers[figure],
                own,
            ],
            1,
            dtype=np.float32,
        )
        return Pairs(
            figure,
            np.full(size, SCORED.index(slot), np.int64),
            np.stack([start, end], 1),
            np.stack([low, np.minimum(high, low + BETWEEN)], 1),
            numbers,
            [c.name for c in candidates],
        )


def _empty() -> Floats:
    return np.zeros((0, PAIR_WIDTH), np.float32)
