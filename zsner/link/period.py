"""When a figure holds: the time words that bound it, and their dates.

Time words are found on folded text. A year is never guessed: `from`/`to` are filled where the
words name a year, or where the text they stand in, or its date of publication, does.
"""

import calendar
import re
from datetime import date
from functools import cache
from typing import Final, NamedTuple

from zsner.link.cues import pattern, words
from zsner.link.page import Figure, Item, Page

_YIELD: Final = frozenset({"output_value", "tax_revenue", "jobs"})
_DIGITS: Final = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}


class TimeWords(NamedTuple):
    """Time words [start, end) of the folded text."""

    start: int
    end: int
    text: str
    goal: bool
    """Whether they are words of a yearly goal (年度目标), which bound its amount alone."""


@cache
def _expression() -> re.Pattern[str]:
    w = words("period")
    year, part, lead, alone = w["year"], w["part"], w["lead"], w["alone"]
    return re.compile(
        rf"{alone}|{lead}?(?:{year}(?:底|初|末|以来|一年)?(?:{lead}?{part})?(?:底|初|末|以来|起)?|{part}(?:以来)?)"
    )


def find_times(page: Page) -> list[TimeWords]:
    """All time words outside GROWTH spans that may bound a figure, in order."""
    found = []
    for m in _expression().finditer(page.masked):
        if pattern("period", "skip_before").search(page.text[max(0, m.start() - 1) : m.start()]):
            continue
        if pattern("period", "skip_behind").match(page.text[m.end() : m.end() + 6]):
            continue
        if m.end() == m.start():
            continue
        goal = pattern("period", "goal_behind").match(page.text[m.end() : m.end() + 10]) is not None
        found.append(
            TimeWords(
                m.start(),
                m.end(),
                page.text[m.start() : m.end()],
                goal or pattern("period", "goal").fullmatch(m.group()) is not None,
            )
        )
    return found


class Periods:
    """The time words of a page, ready to be asked for those of a figure."""

    def __init__(self, page: Page) -> None:
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
        self.published = _published(page)
        self.context_year = self._context_year()

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

    def _context_year(self) -> int | None:
        """The year of the page where it is certain: its publication, else the one year it names."""
        if self.published is not None:
            return self.published.year
        years = {y for t in self.times if (y := named_year(t.text)) is not None}
        return years.pop() if len(years) == 1 else None

    def dates(self, time: TimeWords) -> tuple[str | None, str | None]:
        """ISO dates of time words; None where the year is not certain."""
        return iso_range(time.text, self.context_year, self.published)


def _is_date_line(masked: str) -> bool:
    """Whether a line holds hardly more than a date: a signature, a time stamp."""
    return _PUBLISHED.search(masked) is not None and len(_PUBLISHED.sub("", masked).strip(" O日：:.()（）\t")) <= 8


_PUBLISHED: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")


def _published(page: Page) -> date | None:
    """The date of publication as the page's furniture gives it."""
    for line in page.lines:
        text = page.text[line.start : line.end]
        for m in _PUBLISHED.finditer(text):
            if pattern("period", "furniture").search(text) or len(text.strip()) <= 24:
                try:
                    return date(int(m[1]), int(m[2]), int(m[3]))
                except ValueError:
                    continue  # no date of the calendar, such as 2023-13-40: the next one on the line
    return None


def chinese_number(text: str) -> int | None:
    """`12`, `十二`, `二〇一三`, `一一四` -> int; None if it is none of them."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        left, right = _DIGITS.get(tens, 1 if not tens else -1), _DIGITS.get(ones, 0 if not ones else -1)
        return None if left < 0 or right < 0 else left * 10 + right
    value = 0
    for char in text:
        if char not in _DIGITS:
            return None
        value = value * 10 + _DIGITS[char]
    return value if text else None


_NUMBER: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR: Final = re.compile(r"(民国)?(\d{2,4}|[〇零○一二三四五六七八九十]{2,4})年")


def named_year(text: str) -> int | None:
    """The year that time words name themselves, Republican years (103年度) included."""
    m = _YEAR.search(text)
    if m is None:
        return None
    year = chinese_number(m[2])
    if year is None:
        return None
    if 1949 <= year <= 2100 and not m[1]:
        return year
    if 90 <= year <= 200 or (m[1] and 1 <= year <= 200):
        return year + 1911
    return None


_OFFSETS: Final = (("前年", -2), ("去年", -1), ("上年", -1), ("明年", 1), ("后年", 2))


def iso_range(text: str, year: int | None, published: date | None) -> tuple[str | None, str | None]:
    """ISO dates of time words, given the year of their page (None: not certain)."""
    own = named_year(text)
    if own is None:
        if year is None:
            return None, None
        own = year + next((shift for word, shift in _OFFSETS if word in text), 0)
    body = _YEAR.sub("", text, count=1) if named_year(text) is not None else text
    until = re.match("截|至|到", text.strip()) is not None
    span = _within(body, own, published)
    if span is None:
        return None, None
    first, last = span
    if until:
        return None, last.isoformat()
    return first.isoformat(), last.isoformat() if last else None


_MONTHS: Final = re.compile(rf"({_NUMBER})(?:月份?)?\s*[-至到~]\s*({_NUMBER})月")
_DAY: Final = re.compile(rf"({_NUMBER})月({_NUMBER})[日号](?:\s*[-至到~、]\s*(?:({_NUMBER})月)?({_NUMBER})[日号])?")
_MONTH: Final = re.compile(rf"({_NUMBER})月(?:份|底|末|初)?(上旬|中旬|下旬)?")
_QUARTERS: Final = (
    (r"(?:前|首)(?:三|3)(?:个)?季|1-3季", 1, 9),
    (r"(?:前|首)(?:两|二|2)(?:个)?季|上半年", 1, 6),
    (r"下半年", 7, 12),
    (r"第?[一1]季|首季", 1, 3),
    (r"第?[二2]季", 4, 6),
    (r"第?[三3]季", 7, 9),
    (r"第?[四4]季", 10, 12),
)


def _within(text: str, year: int, published: date | None) -> tuple[date, date] | None:
    """First and last day of time words within `year`; None where they name no span of it."""
    try:
        return _parts(text, year, published)
    except ValueError:
        return None  # such as 2月30日 on a damaged page


def _parts(text: str, year: int, published: date | None) -> tuple[date, date] | None:
    def months(first: int, last: int) -> tuple[date, date]:
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])

    def number(found: str) -> int:
        return chinese_number(found) or 0

    if m := _DAY.search(text):
        first = date(year, number(m[1]), number(m[2]))
        last = date(year, number(m[3] or m[1]), number(m[4])) if m[4] else first
        return first, last
    for words_, low, high in _QUARTERS:
        if re.search(words_, text):
            return months(low, high)
    if m := _MONTHS.search(text):
        return months(number(m[1]), number(m[2]))
    if m := re.search(rf"前({_NUMBER}|两)个?月", text):
        return months(1, number(m[1]))
    if m := _MONTH.search(text):
        month = number(m[1])
        if m[2]:
            low = {"上旬": 1, "中旬": 11, "下旬": 21}[m[2]]
            high = {"上旬": 10, "中旬": 20, "下旬": calendar.monthrange(year, month)[1]}[m[2]]
            return date(year, month, low), date(year, month, high)
        return months(month, month)
    if "以来" in text and published is not None and published.year == year:
        return date(year, 1, 1), published
    if re.search("以来|年初|目前|眼下|日|周|期间|月", text):
        return None
    if _YEAR.search(f"{year}年") and re.fullmatch(
        r"(?:截至|截止|到|至|自|从)?(?:今年|去年|明年|前年|上年度?|本年度?|后年|当年|全年|年内|年底前?|到年底|年度|度|底|末|的|一年|)*",
        text,
    ):
        return months(1, 12)
    return None
