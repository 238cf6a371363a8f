"""Time words -> ISO dates, from the text alone.

`Calendar` knows the day of publication and every time expression of a page; `dates` resolves one
of them. "Now" is the day of publication. A year is taken from the words themselves, from what
governs them (their sentence, the page's year of report), or from the day of publication; it is
never guessed, and an end that nothing names is None.
"""

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from zsner.link.cues import pattern
from zsner.link.page import Page

Dates = tuple[date | None, date | None]
"""First and last day, both inclusive; None where an end is open, or both where nothing is certain."""


class TimeWords(NamedTuple):
    """Time words [start, end) of the folded text."""

    start: int
    end: int
    text: str
    goal: bool
    """Whether they are words of a yearly goal (年度目标), which bound its amount alone."""


# ------------------------------------------------------------------------------- numerals

_DIGITS: Final = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_N: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"


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


_YEAR: Final = re.compile(r"(民国)?(\d{2,4}|[〇零○一二三四五六七八九十]{2,4})年")
_YEARS: Final = re.compile(r"(\d{4})年?(?:至|到|-|~)(\d{4})年")
_FISCAL: Final = re.compile(
    r"(\d{4}|[〇零○一二三四五六七八九]{4})(?:至|/|-)(\d{2,4}|[〇零○一二三四五六七八九]{2,4})年度"
)


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


# --------------------------------------------------------------------------- publication

_DAY_OF_YEAR: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d|二[〇零○一二三四五六七八九]{3}|(?:民国)?1[01]\d(?=年))\s*[-/.年]\s*"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[-/.月]\s*(\d{1,2}|[一二三四五六七八九十]{1,3})(?!\d)"
)


def find_published(page: Page) -> date | None:
    """The day of publication as the page's furniture gives it: beside 发布时间 and its kin, with a
    time of day, in a line by itself, near the top or the foot. None where no line looks like it."""
    best: tuple[int, date] | None = None
    filled = [line for line in page.lines if page.text[line.start : line.end].strip()]
    for n, line in enumerate(filled):
        text = page.text[line.start : line.end]
        for m in _DAY_OF_YEAR.finditer(text):
            near = text[max(0, m.start() - 12) : m.end() + 10]
            if pattern("period", "viewed").search(near):
                continue
            day = _day_of(m)
            if day is None:
                continue
            votes = 4 * (pattern("period", "published").search(text[max(0, m.start() - 8) : m.start()]) is not None)
            votes += 2 * (re.match(r"日?\s*\d{1,2}[:：]\d\d", text[m.end() :]) is not None)
            votes += 2 * (len(text.strip()) <= 24)
            votes += pattern("period", "furniture").search(text) is not None
            votes += (n < 8) + (n >= len(filled) - 3)
            votes += line.heading and text[m.end() :].strip("日 ）)，") == ""
            votes += text[: m.start()].strip(" （(—-") == ""
            votes -= 3 * ("。" in text[m.end() :] and len(text) > 60 and not votes >= 4)
            if votes >= 2 and (best is None or votes > best[0]):
                best = votes, day
    return None if best is None else best[1]


def _day_of(m: re.Match[str]) -> date | None:
    parts = [chinese_number(re.sub("民国", "", g)) for g in m.groups()]
    if None in parts:
        return None
    year, month, day = (p or 0 for p in parts)
    try:
        return date(year + 1911 if year < 200 else year, month, day)
    except ValueError:
        return None  # no day of the calendar, such as 2023-13-40


# ------------------------------------------------------------------------------ calendar

_OFFSETS: Final = (("前年", -2), ("去年", -1), ("上年", -1), ("明年", 1), ("后年", 2), ("今年", 0), ("本年", 0))
_DURING: Final = re.compile("当天|当日|同日|当晚|当月|^(?:会议?|活动|大会|展会|仪式|会展)?期间$")
_DAY_ONLY: Final = re.compile(rf"({_N})[日号]")


class Calendar:
    """The dates of a page's time words. `published` overrides what its furniture says."""

    def __init__(self, page: Page, times: Sequence[TimeWords], published: date | None = None) -> None:
        self.page = page
        self.times = times
        self.published = published if published is not None else find_published(page)
        self._report_year = self._year_of_report()

    @property
    def year(self) -> int | None:
        """The year of the page: of its publication, else the one its title reports on."""
        return self._report_year if self.published is None else self.published.year

    def dates(self, time: TimeWords, *, target: bool = False) -> tuple[str | None, str | None]:
        """ISO dates of time words; None where nothing names an end. `target`: they bound something
        still to come, which may lie behind the day of publication."""
        first, last = self._resolve(time, target)
        return (first.isoformat() if first else None), (last.isoformat() if last else None)

    def _resolve(self, time: TimeWords, target: bool) -> Dates:
        text = re.sub(r"[\s“”「」（）()]", "", time.text)
        if _DURING.search(text) and not re.search(r"\d月|十[一二三四五]", text):
            return self._day_before(time, month="当月" in text)
        if (day := _DAY_ONLY.search(text)) and "月" not in text:
            return self._day_alone(chinese_number(day[1]) or 0, text, time)
        if named_year(text) is not None:
            return resolve(text, None, self.published, target)
        shift = next((shift for word, shift in _OFFSETS if word in text), None)
        if shift is not None:
            base = self.published.year if self.published else self._year_before(time)
            return resolve(text, None if base is None else base + shift, self.published, target)
        year = self._sentence_year(time) or self._outer_year(time)
        found = resolve(text, year, self.published, target)
        if year is None or target or self.published is None:
            return found
        end = found[1] or found[0]
        if end is None or end <= self.published:
            return found
        # What is over, or begun, by the day of publication: 全年 on a page of January is the year
        # that has passed, 一季度 on one of March is not.
        earlier = resolve(text, year - 1, self.published, target)
        before = earlier[1] or earlier[0]
        return earlier if before is None or end - self.published > self.published - before else found

    def _day_before(self, time: TimeWords, *, month: bool) -> Dates:
        """The day (or month) named last before 当天, 会议期间."""
        for earlier in reversed([t for t in self.times if t.end <= time.start]):
            if re.search(rf"{_N}月{_N}[日号]" if not month else rf"{_N}月", earlier.text):
                first, last = self._resolve(earlier, False)
                if month and first is not None:
                    return _months(first.year, first.month, first.month)
                return first, last
        return None, None

    def _day_alone(self, day: int, text: str, time: TimeWords) -> Dates:
        """`26日`, in the month named before it, else in that of publication."""
        months = [t for t in self.times if t.end <= time.start and re.search(rf"{_N}月", t.text)]
        sentence = self.page.sentence_at(time.start)
        near = [t for t in months if t.start >= sentence.start]
        try:
            if near:
                first, _ = self._resolve(near[-1], False)
                return (first.replace(day=day),) * 2 if first else (None, None)
            if self.published is None:
                return None, None
            base = self.published
            if day > base.day:
                base = base.replace(day=1) - timedelta(days=1)
            return (base.replace(day=day),) * 2
        except ValueError:
            return None, None  # such as 31日 of a month of 30

    def _sentence_year(self, time: TimeWords) -> int | None:
        """The year named last before, in the same sentence (去年1月…，12月…)."""
        sentence = self.page.sentence_at(time.start)
        for earlier in reversed([t for t in self.times if sentence.start <= t.start and t.end <= time.start]):
            if (own := named_year(earlier.text)) is not None:
                return own
            shift = next((shift for word, shift in _OFFSETS if word in earlier.text), None)
            if shift is not None and self.published is not None:
                return self.published.year + shift
        return None

    def _outer_year(self, time: TimeWords) -> int | None:
        if self.published is None:
            return self._year_before(time)
        # A page of the first months that reports on the year before.
        if self._report_year is not None and self.published.month <= 3:
            return self._report_year
        return self.published.year

    def _year_before(self, time: TimeWords) -> int | None:
        """Without a day of publication: the year named last before, else the only one on the page."""
        named = [(t.start, y) for t in self.times if not t.goal and (y := named_year(t.text)) is not None]
        before = [y for start, y in named if start < time.start]
        if self._report_year is not None:
            return self._report_year
        years = {y for _, y in named}
        return before[-1] if before else years.pop() if len(years) == 1 else None

    def _year_of_report(self) -> int | None:
        """The year that the title says the page is about, where it is one."""
        for line in [x for x in self.page.lines if self.page.text[x.start : x.end].strip()][:8]:
            text = self.page.text[line.start : line.end]
            if line.heading and not _DAY_OF_YEAR.search(text) and (year := named_year(text)) is not None:
                return (
                    year if self.published is None or self.published.year - 1 <= year <= self.published.year else None
                )
        return None


# ------------------------------------------------------------------------------- one span

_MONTHS: Final = re.compile(rf"({_N})(?:月份?)?\s*[-至到~]\s*({_N})月")
_DAY: Final = re.compile(rf"({_N})月({_N})[日号](?:\s*[-至到~、]\s*(?:({_N})月)?({_N})[日号])?")
_MONTH: Final = re.compile(rf"({_N})月(?:份)?(底|末|初|上旬|中旬|下旬)?")
_QUARTERS: Final = (
    (r"[前首](?:三|3)(?:个)?季|1-3季|第?一至三季", 1, 9),
    (r"[前首](?:两|二|2)(?:个)?季|上半年", 1, 6),
    (r"下半年", 7, 12),
    (r"第?[一1]季|首季", 1, 3),
    (r"第?[二2]季", 4, 6),
    (r"第?[三3]季", 7, 9),
    (r"第?[四4]季", 10, 12),
)
_HOLIDAYS: Final = (("国庆|十一(?!五)", 10, 1, 7), ("五一|劳动节", 5, 1, 5), ("元旦", 1, 1, 3))
_BACK: Final = re.compile(r"(?:近|过去|最近|这)?([一二两三四五六七八九十\d]{1,2})(个月|年)(?:来|以来|里|间|$)")


def resolve(text: str, year: int | None, published: date | None, target: bool = False) -> Dates:
    """Dates of time words without blanks and brackets, given their year (None: not certain)."""
    try:
        return _resolve(text, year, published, target)
    except (ValueError, OverflowError):
        return None, None  # such as 2月30日 on a damaged page


def _resolve(text: str, year: int | None, published: date | None, target: bool) -> Dates:
    now = published
    if m := _YEARS.search(text):
        return date(int(m[1]), 1, 1), date(int(m[2]), 12, 31)
    if m := _FISCAL.search(text):
        start = chinese_number(m[1]) or 0
        return date(start, 4, 1), date(start + 1, 3, 31)
    if m := re.search(r"十([一二三四五])?五?(?=期间|时期|以来)", text):
        begin = 2001 + 5 * (_DIGITS[m[1]] if m[1] else 0)  # the tenth five-year plan: 2001 to 2005
        return date(begin, 1, 1), now if "以来" in text else date(begin + 4, 12, 31)
    relative = _relative(text, now)
    if relative is not None:
        return relative
    own = named_year(text)
    year = year if own is None else own
    if year is None:
        return None, None
    since = re.search("以来|起$|起至今|至今$|^自|^从", text) is not None
    until = re.match("截|至|到", text) is not None or re.search("底前|末前|之前$|前$", text) is not None
    body = text if own is None else _YEAR.sub("", text, count=1)
    first, last = _span(body, year)
    if first is None or last is None:
        return None, None
    if since and not until:
        return first, None if target else now
    return (None, last) if until else (first, last)


def _relative(text: str, now: date | None) -> Dates | None:
    """Words that need the day of publication alone; None if they are none of them."""
    if re.search("截至目前|截止目前|到目前为止|至今$|迄今|截至发稿|截至记者", text) and not re.search(
        r"\d|今年|去年", text
    ):
        return None, now
    if re.fullmatch("目前|眼下|如今|现在|现阶段|现时|当前|今日|今天|日前", text):
        return (None, None) if text == "日前" else (now, now)
    if re.match("昨", text):
        return (None, None) if now is None else (now - timedelta(days=1),) * 2
    if re.match("前[日天]", text):
        return (None, None) if now is None else (now - timedelta(days=2),) * 2
    if m := re.search("(上|本|这)个?(月|季度|周|星期)", text):
        return (None, None) if now is None else _calendar_unit(now, m[2][0], back=m[1] == "上")
    if "每" in text or re.search("届时|多年|近年来|近些年", text):
        return None, None
    half = re.fullmatch("(?:近|过去|这)?半年(?:来|多来)", text)
    if half or (m := re.fullmatch(_BACK, text)) is not None:
        if now is None:
            return None, None
        number = 6 if half else chinese_number(m[1].replace("两", "二")) or 0  # type: ignore[index]  # one of them matched
        months = number if half or "月" in m[2] else 12 * number  # type: ignore[index]  # as above
        bare = not half and not re.match("近|过去|最近|这", text) and not text.endswith(("来", "里"))
        return (None, None) if bare else (_months_back(now, months), now)
    return None


def _calendar_unit(now: date, unit: str, *, back: bool) -> Dates:
    """This, or the last, month, quarter or week (Monday to Sunday)."""
    if unit in "周星":
        monday = now - timedelta(days=now.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    size = 1 if unit == "月" else 3
    number = now.year * 12 + (now.month - 1) // size * size - size * back
    return _months(number // 12, number % 12 + 1, number % 12 + size)


def _months_back(now: date, months: int) -> date:
    number = now.year * 12 + now.month - 1 - months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(now.day, calendar.monthrange(year, month + 1)[1]))


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _span(text: str, year: int) -> Dates:
    """First and last day of what is named within `year`."""

    def number(found: str) -> int:
        return chinese_number(found.replace("两", "二")) or 0

    for words_, month, low, high in _HOLIDAYS:
        if re.search(words_, text):
            return date(year, month, low), date(year, month, high)
    if m := _DAY.search(text):
        first = date(year, number(m[1]), number(m[2]))
        last = date(year, number(m[3] or m[1]), number(m[4])) if m[4] else first
        return first, last
    for words_, low, high in _QUARTERS:
        if re.search(words_, text):
            return _months(year, low, high)
    if m := _MONTHS.search(text):
        return _months(year, number(m[1]), number(m[2]))
    if m := re.search(rf"[前头首]({_N}|两)个?月", text):
        return _months(year, 1, number(m[1]))
    if m := _MONTH.search(text):
        return _part_of_month(year, number(m[1]), m[2], limit=re.match("截|至|到|自|从", text) is not None)
    if re.search("[年岁][末终]?底|年末|^底|^末", text):
        end = date(year, 12, 31)
        return (date(year, 1, 1) if re.match("截|至|到", text) or "前" in text else end), end
    if re.search("年初|^初", text):
        return date(year, 1, 1), date(year, 1, 1)
    if re.search("日|周|期间|月|秋|春|夏|冬", text):
        return None, None
    if re.fullmatch(
        r"(?:截至|截止|到|至|自|从)?(?:今年|去年|明年|前年|上年度?|本年度?|后年|当年|全年|年内|年度|度|的|一年|以来|起|)*",
        text,
    ):
        return _months(year, 1, 12)
    return None, None


def _part_of_month(year: int, month: int, part: str | None, *, limit: bool) -> Dates:
    first, last = _months(year, month, month)
    if part in ("底", "末"):
        return (first if limit else last), last
    if part == "初":
        return first, first
    low, high = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, last.day)}.get(part or "", (1, last.day))
    return first.replace(day=low), first.replace(day=high)
