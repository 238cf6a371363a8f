"""When a figure holds: the time words that bound it (`dates.py` has their dates).

Time words are found on folded text.
"""

import re
from datetime import date
from functools import cache
from typing import Final

from zsner.link.cues import pattern, words
from zsner.link.dates import Calendar, TimeWords
from zsner.link.page import Figure, Item, Page

_YIELD: Final = frozenset({"output_value", "tax_revenue", "jobs"})


@cache
def _expression() -> re.Pattern[str]:
    w = words("period")
    year, part, lead, alone = w["year"], w["part"], w["lead"], w["alone"]
    return re.compile(
        rf"{alone}|{lead}?(?:{year}(?:底|初|末|以来|一年)?(?:{lead}?{part})?(?:底|初|末|以来|起)?|{part}(?:以来)?)"
    )


def find_times(page: Page) -> list[TimeWords]:
    """All time words outside GROWTH spans that may bound a figure, in order. Blanks inside them,
    which damaged pages have, do not count."""
    places = [i for i, char in enumerate(page.masked) if char != " "]
    masked = "".join(page.masked[i] for i in places)
    text = "".join(page.text[i] for i in places)
    found = []
    for m in _expression().finditer(masked):
        start, end = m.span()
        if end == start or pattern("period", "skip_before").search(text[max(0, start - 1) : start]):
            continue
        if pattern("period", "skip_behind").match(text[end : end + 6]):
            continue
        goal = pattern("period", "goal_behind").match(text[end : end + 10]) is not None
        goal = goal or pattern("period", "goal").fullmatch(m.group()) is not None
        found.append(TimeWords(places[start], places[end - 1] + 1, text[start:end], goal))
    return found


class Periods:
    """The time words of a page, ready to be asked for those of a figure."""

    def __init__(self, page: Page, published: date | None = None) -> None:
        self.page = page
        self.times = find_times(page)
        self.by_line: dict[int, list[TimeWords]] = {}
        for time in self.times:
            self.by_line.setdefault(page.line_at(time.start), []).append(time)
        self.furniture = {
            n
            for n, line in enumerate(page.lines)
            if len(pattern("period", "furniture").findall(page.text[line.start : line.end])) > 1
            or _is_date_line(page.masked[line.start : line.end])
            or pattern("period", "speech_day").search(page.text[line.start : line.end])
            or (
                _PUBLISHED.search(page.text[line.start : line.end])
                and pattern("period", "furniture").search(page.text[line.start : line.end])
            )
        }
        self.calendar = Calendar(page, self.times, published)

    def governing(self, figure: Figure) -> tuple[TimeWords | None, str]:
        """The time words that bound a figure, and the rule that found them."""
        item, sentence = figure.item, figure.sentence
        here = self.by_line.get(sentence.line, [])
        own = [t for t in here if sentence.start <= t.start < sentence.end]
        own = [t for t in own if self._may_bound(t, item)]
        left = [t for t in own if t.end <= item.start and not (t.goal and self._of_goal(t, item))]
        yardstick = pattern("status", "yardstick").search(self.page.masked[sentence.start : item.start])
        if figure.status == "target" and not yardstick:
            if figure.indicator in _YIELD:
                words_ = self.page.masked[left[-1].end if left else sentence.start : item.start]
                if pattern("period", "after_completion").search(words_):
                    return None, "period_none"
            if left:
                return self._dated(left), "period_sentence"
            ahead = [t for t in here if t.start < sentence.start and not t.goal]
            joined = [t for t in ahead if not re.search("[。！？]", self.page.masked[t.end : sentence.start])]
            if figure.indicator not in _YIELD and joined:
                return self._dated(joined), "period_paragraph"
            if figure.indicator not in _YIELD and ahead and pattern("period", "ahead").search(ahead[-1].text):
                return ahead[-1], "period_paragraph"
            if figure.indicator not in _YIELD:
                return self._planned_section(sentence.line)
            return None, "period_none"
        if left:
            return self._outer(left, item), "period_sentence"
        behind = [t for t in own if t.start >= item.end and not t.goal and not self._planned(item.end, t.start)]
        if behind:
            return behind[0], "period_right"
        earlier = [t for t in here if t.start < sentence.start and not t.goal]
        passing = (pattern("period", "weak"), pattern("period", "fleeting"))
        earlier = [t for t in earlier if not any(p.fullmatch(t.text) for p in passing)]
        if earlier:
            return self._dated(earlier), "period_paragraph"
        for number in range(sentence.line - 1, -1, -1):
            if number not in self.by_line or not self.page.lines[number].heading or number in self.furniture:
                continue
            held = [t for t in self.by_line[number] if not t.goal]
            if held:
                return held[-1], "period_heading"
        return None, "period_none"

    def _planned_section(self, number: int) -> tuple[TimeWords | None, str]:
        """The time words of a section's heading such as 三、2023年工作打算."""
        for n in range(number - 1, -1, -1):
            line = self.page.lines[n]
            if line.heading and re.match(r"\s*[一二三四五六七八九十]+、", self.page.text[line.start : line.end]):
                held = self.by_line.get(n)
                if held:
                    return held[-1], "period_heading"
                break
        for n, line in enumerate(self.page.lines[:8]):
            title = self.page.text[line.start : line.end]
            if n in self.by_line and line.heading and pattern("status", "plan_title").search(title):
                return self.by_line[n][0], "period_heading"
        return None, "period_none"

    def _may_bound(self, time: TimeWords, item: Item) -> bool:
        """A mere duration (一个月) bounds the figures of its own clause alone."""
        if not pattern("period", "weak").fullmatch(time.text):
            return True
        return time.end <= item.start and "，" not in self.page.masked[time.end : item.start]

    def _of_goal(self, time: TimeWords, item: Item) -> bool:
        """Whether yearly words belong to a goal (完成年度目标58亿元的85%) and not to this figure."""
        return not re.fullmatch(r"[^，。；MCG]*", self.page.masked[time.end : item.start])

    def _outer(self, left: list[TimeWords], item: Item) -> TimeWords:
        """The last time words, but 截至3月底 over 去年 in `截至3月底,去年签约的128个项目已开工79个`."""
        last = self._dated(left)
        attribute = pattern("period", "bare_year").fullmatch(last.text) and pattern("period", "attribute").search(
            self.page.masked[last.end : item.start]
        )
        if len(left) > 1 and attribute and pattern("period", "until").match(left[-2].text):
            return left[-2]
        return last

    def _dated(self, times: list[TimeWords]) -> TimeWords:
        """The last time words, but the date before them where they only name an event (9月25日,博览会期间;
        3月29日,一季度集中签约活动举行) or recur (到2026年,每年引进100个)."""
        last = times[-1]
        recurring = pattern("period", "recurring")
        if recurring.fullmatch(last.text):
            return next((t for t in reversed(times) if not recurring.fullmatch(t.text)), last)
        if len(times) > 1 and not re.search("[。！？；]", self.page.masked[times[-2].end : last.start]):
            if pattern("period", "event_behind").match(self.page.text[last.end : last.end + 24]):
                return times[-2]
            if pattern("period", "during").search(last.text) and pattern("period", "day").search(times[-2].text):
                return times[-2]
        return last

    def _planned(self, start: int, end: int) -> bool:
        between = self.page.text[start : end + 2]
        if pattern("period", "planned").search(between):
            return True
        time = next(t for t in self.times if t.start == end)
        return pattern("period", "to_come").match(self.page.masked[time.end : time.end + 4]) is not None

    def dates(self, place: tuple[int, int], *, target: bool = False) -> tuple[str | None, str | None]:
        """ISO dates of the time words at `place`; None where nothing names them."""
        time = next(t for t in self.times if (t.start, t.end) == place)
        return self.calendar.dates(time, target=target)


def _is_date_line(masked: str) -> bool:
    """Whether a line holds hardly more than a date: a signature, a time stamp."""
    return _PUBLISHED.search(masked) is not None and len(_PUBLISHED.sub("", masked).strip(" O日：:.()（）\t")) <= 8


_PUBLISHED: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
