"""What a figure counts (its indicator code) and whether it is reached (its status)."""

import re
from functools import cache
from typing import Final, NamedTuple, cast

from zsner.link.cues import Cue, indicator_cues, pattern
from zsner.link.page import Figure, Item, Page
from zsner.link.slots import is_organ
from zsner.schema import Indicator, Status

_PROJECT: Final = frozenset(
    {
        "signed_projects",
        "landed_projects",
        "started_projects",
        "completed_projects",
        "pipeline_projects",
    }
)
_NUMERAL: Final = re.compile(
    r"^(?:约|近|将近|超过|超|逾|多达|高达|不足|不到|不少于|不低于|不超过|至少|最多|≥|上)*"
    r"[\d.,，\s·零〇一二三四五六七八九十百千万亿两几多余]*(?:多|余|来)?(?:万|亿)?(?:多|余)?"
)
_TAIL: Final = re.compile(r"(?:及以上|以上|以下|以内|左右|上下|余|多)$")
_LISTED: Final = 16
_CLAUSE: Final = re.compile("[，：。；！？（）\n]")
_VALUE: Final = re.compile("M+|C+")


class _Compiled(NamedTuple):
    cue: Cue
    pattern: re.Pattern[str]
    units: frozenset[str]


@cache
def _cues(kind: str, side: str) -> tuple[_Compiled, ...]:
    table = indicator_cues().money if kind == "MONEY" else indicator_cues().count
    return tuple(
        _Compiled(cue, re.compile(cue.words), frozenset(cue.units.split("|"))) for cue in table if cue.side == side
    )


@cache
def _word(key: str) -> re.Pattern[str]:
    return re.compile(indicator_cues().words[key])


@cache
def _unit_kinds() -> dict[str, str]:
    return {unit: kind for kind, units in indicator_cues().unit.items() for unit in units.split("|")}


def unit_kind(text: str) -> str:
    """What a COUNT's measure word counts: person, firm, team, fund, event, trip, thing, none."""
    measure = _TAIL.sub("", _NUMERAL.sub("", text))
    kinds = _unit_kinds()
    return kinds.get(measure) or kinds.get(measure[:1], "none")


def choose_indicator(page: Page, figure: Figure, before: list[Figure], earlier: list[Figure]) -> tuple[Indicator, str]:
    """The code of a figure and the rule that gave it.

    `before` are the figures of its sentence to its left, `earlier` those of the sentences before,
    all already decided: a figure with no cue of its own counts what the one before it counts.
    """
    kind = figure.item.type
    if kind == "GROWTH":
        return _growth_head(page, figure, before)
    if kind == "MONEY":
        return _money(page, figure, before, earlier)
    return _count(page, figure, before, earlier)


def _nearest(page: Page, figure: Figure, kind: str, unit: str, floor: int) -> tuple[str, int, int]:
    """Indicator, cost and position of the nearest cue; cost counts characters and what stands between."""
    item, sentence = figure.item, figure.sentence
    best = ("", 10_000, -1)
    left = page.masked[floor : item.start]
    for cue, words, units in _cues(kind, "left"):
        if kind == "COUNT" and unit not in units:
            continue
        found = list(words.finditer(left))
        if not found:
            continue
        last = found[-1]
        between = left[last.end() :]
        cost = len(between) + 4 * len(_CLAUSE.findall(between)) + 6 * len(_VALUE.findall(between)) - cue.bonus
        if kind == "COUNT" and _word("of_before").fullmatch(between) and _word("counted").search(left):
            cost += 8
        if cost < best[1]:
            best = (cue.indicator, cost, floor + last.start())
    # In a list (5个、7个、4个项目开工) what stands behind the last speaks for all.
    end = next(g[-1].end for g in page.groups(sentence.of(item.type)) if item in g)
    right = page.masked[end : page.clause_end(end, sentence.end)]
    for cue, words, units in _cues(kind, "right"):
        if kind == "COUNT" and unit not in units:
            continue
        behind = words.search(right)
        if behind is not None and behind.end() - cue.bonus < best[1]:
            best = (cue.indicator, behind.end() - cue.bonus, item.end)
    return best


def _money(page: Page, figure: Figure, before: list[Figure], earlier: list[Figure]) -> tuple[Indicator, str]:
    best, _, at = _nearest(page, figure, "MONEY", "", figure.sentence.start)
    same = [f for f in before if f.item.type == "MONEY"]
    counted = [f for f in before if f.item.type == "COUNT"]
    if (
        same
        and (not best or 0 <= at < same[-1].item.start)
        and not (
            (counted and counted[-1].item.start > same[-1].item.start and counted[-1].indicator in _PROJECT)
            or (best == "" and _firm_near(page, figure, same[-1].item.end))
        )
    ):
        return same[-1].indicator, "money_as_before"
    if _of_fund(page, figure):
        return "fund_size", "money_of_fund"
    if not best and not counted and not figure.org:
        return _from_context(page, figure, "MONEY", "", earlier)
    if best in ("", "invest"):
        return _investment(page, figure, before, earlier)
    return cast(Indicator, best), "money_cue"


def _of_fund(page: Page, figure: Figure) -> bool:
    """Whether a fund is named right behind the money: 出资10亿元设立的…基金."""
    for fund in figure.sentence.of("ORG"):
        if fund.start >= figure.item.end and pattern("slots", "fund").search(fund.text):
            gap = page.masked[figure.item.end : fund.start]
            return re.fullmatch(r"[^，。；MCO]{0,6}", gap) is not None
    return False


def _from_context(page: Page, figure: Figure, kind: str, unit: str, earlier: list[Figure]) -> tuple[Indicator, str]:
    """What a figure counts whose sentence does not say it: what its paragraph counted before, else
    what a heading above names."""
    line = page.lines[figure.sentence.line]
    left = page.masked[figure.sentence.start : figure.item.start]
    project = kind == "COUNT" and _word("project_before").search(left) is not None
    held = [f for f in earlier[-100:] if f.item.start >= line.start]
    for other in held if _word("split").match(left) else reversed(held):
        if project and other.indicator not in _PROJECT:
            continue
        if other.item.type == kind and (kind == "MONEY" or unit_kind(other.item.text) == unit):
            return other.indicator, "paragraph_as_before"
    heads = [(line.start, figure.sentence.start)]
    heads += [
        (h.start, h.end) for h in page.lines[max(0, figure.sentence.line - 30) : figure.sentence.line] if h.heading
    ]
    told = len(re.sub("[A-Z]", "", left)) > _LISTED  # a sentence that tells of something else
    for start, end in [] if told and not project else [heads[0], *reversed(heads[1:])]:
        best = _last_cue(page.masked[start:end], kind, unit)
        if best and not (project and best not in _PROJECT):
            code = "signed_amount" if best == "invest" else best
            return cast(Indicator, code), "heading_cue"
    if project:
        return "signed_projects", "default"
    default = indicator_cues().default[unit if kind == "COUNT" else "money"]
    return cast(Indicator, default), "default"


def cued_indicator(words: str, item: Item) -> Indicator | None:
    """The code that the words of a table's header give to a value below it, None if none."""
    if item.type == "GROWTH":
        best = _last_cue(words, "MONEY", "") or _last_cue(words, "COUNT", "thing")
    else:
        best = _last_cue(words, item.type, unit_kind(item.text) if item.type == "COUNT" else "")
    if not best:
        return None
    return "signed_amount" if best == "invest" else cast(Indicator, best)


def _last_cue(text: str, kind: str, unit: str) -> str:
    """The indicator whose cue ends last in `text`."""
    best, at = "", -1
    for cue, words, units in _cues(kind, "left"):
        if kind == "COUNT" and unit not in units:
            continue
        for found in words.finditer(text):
            if found.end() + cue.bonus > at:
                best, at = cue.indicator, found.end() + cue.bonus
    return best


def _investment(page: Page, figure: Figure, before: list[Figure], earlier: list[Figure]) -> tuple[Indicator, str]:
    """Money invested: of one project, or summed over a set."""
    item, sentence = figure.item, figure.sentence
    counted = [
        f for f in before if f.item.type == "COUNT" and (f.indicator in _PROJECT or f.indicator == "enterprises")
    ]
    floor = counted[-1].item.end if counted else sentence.start
    left = page.masked[floor : item.start]
    right = page.masked[item.start : sentence.end]
    clause = page.masked[page.clause_start(item.start, sentence.start) : item.start]
    of_project = _word("project_of").match(right) is not None or _word("stage_single").search(clause) is not None
    if not of_project and counted and "O" not in left:
        if counted[-1].indicator == "pipeline_projects":
            return "pipeline_amount", "money_of_set"
        return "signed_amount", "money_of_set"
    if _firm_near(page, figure, floor) or of_project:
        return "project_investment", "money_of_project"
    if _word("set_money").search(clause):
        return "signed_amount", "money_words"
    if _word("pipeline").search(clause):
        return "pipeline_amount", "money_words"
    if "I" in left or _word("project").search(left):
        return "project_investment", "money_words"
    line = page.lines[sentence.line]
    if before and before[-1].indicator == "project_investment":
        return "project_investment", "money_words"
    if (
        earlier
        and earlier[-1].item.start >= line.start
        and earlier[-1].indicator in ("project_investment", "output_value")
    ):
        return "project_investment", "money_words"
    return "signed_amount", "money_words"


def _firm_near(page: Page, figure: Figure, floor: int) -> bool:
    return any(
        i.type == "ORG" and floor <= i.start < figure.item.start and not is_organ(i) for i in figure.sentence.items
    )


def _count(page: Page, figure: Figure, before: list[Figure], earlier: list[Figure]) -> tuple[Indicator, str]:
    item, sentence = figure.item, figure.sentence
    unit = unit_kind(item.text)
    same = [f for f in before if f.item.type == "COUNT" and unit_kind(f.item.text) == unit]
    left = page.masked[sentence.start : item.start]
    if same and _word("more").search(left):
        return same[-1].indicator, "count_as_before"
    if unit in ("thing", "team", "firm", "fund") and _beside_team(page, figure):
        return "teams", "count_team"
    right = page.masked[item.end : sentence.end]
    if unit in ("thing", "none", "firm") and (_word("other_noun").match(right) or _word("other_before").search(left)):
        return "other", "count_other"
    best, _, at = _nearest(page, figure, "COUNT", unit, sentence.start)
    if same and (not best or 0 <= at < same[-1].item.start):
        return same[-1].indicator, "count_as_before"
    if not best:
        if unit == "none" and before and before[-1].item.type == "COUNT" and _listed(page, before[-1], figure):
            return before[-1].indicator, "count_as_before"
        if unit == "thing":
            return _from_context(page, figure, "COUNT", unit, earlier)
        return cast(Indicator, indicator_cues().default[unit]), "default"
    return cast(Indicator, best), "count_cue"


def _listed(page: Page, first: Figure, second: Figure) -> bool:
    """Whether two counts are one list: 拜访14家企业和3所院校."""
    return _word("listed").fullmatch(page.gap(first.item, second.item)) is not None


def _beside_team(page: Page, figure: Figure) -> bool:
    """Whether the count is of a team named beside it: 5支产业链招商专班, 招商小分队5支."""
    for near in figure.sentence.of("MECHANISM"):
        gap = page.masked[near.end : figure.item.start] if near.end <= figure.item.start else None
        if gap is None:
            gap = page.masked[figure.item.end : near.start] if near.start >= figure.item.end else None
        if gap is not None and len(gap) <= 3 and "，" not in gap and pattern("slots", "team_noun").search(near.text):
            return True
    return False


def _growth_head(page: Page, figure: Figure, before: list[Figure]) -> tuple[Indicator, str]:
    if _word("growth_other").search(figure.item.text):
        return "other", "growth_points"
    left_floor = before[-1].item.end if before else figure.sentence.start
    best, cost, _ = _nearest(page, figure, "MONEY", "", left_floor)
    thing, thing_cost, _ = _nearest(page, figure, "COUNT", "thing", left_floor)
    if best and cost <= thing_cost:
        code = "signed_amount" if best == "invest" else best
        return cast(Indicator, code), "growth_cue"
    if thing:
        return cast(Indicator, thing), "growth_cue"
    if before:
        return before[-1].indicator, "growth_as_before"
    return "other", "growth_default"


def choose_status(page: Page, figure: Figure, before: list[Figure]) -> tuple[Status, str]:
    """The status of a figure and the rule that gave it; `before` are the figures of its sentence to
    its left."""
    rule = _target(page, figure, before)
    return ("actual", "status_default") if rule is None else ("target", rule)


def _target(page: Page, figure: Figure, before: list[Figure]) -> str | None:
    """The rule by which a figure is a target: still to come, or the yardstick of a completion; None
    if it is reached."""
    item, sentence = figure.item, figure.sentence
    left = page.masked[sentence.start : item.start]
    right = page.masked[item.end : sentence.end]
    if pattern("status", "yardstick").search(left) or pattern("status", "completed").match(right):
        return "status_yardstick"
    planned = "status_plan" if page.plan and not pattern("status", "done").search(left) else None
    if figure.indicator == "project_investment":
        courted = pattern("status", "courted").search(left) is not None or _proposed(page, figure, left)
        return planned or ("status_courted" if courted else None)
    if planned:
        return planned
    if figure.indicator == "pipeline_amount" and not pattern("status", "strive").search(left):
        return None
    onward = list(pattern("status", "onward").finditer(left))
    done = pattern("status", "done")
    if onward and not done.search(left, onward[-1].end()):
        return "status_onward"
    clause = page.masked[page.clause_start(item.start, sentence.start) : item.start]
    if pattern("status", "clause").search(clause):
        return "status_clause"
    if figure.indicator in _YIELD and any(f.indicator == "project_investment" for f in before):
        since = next(f.item.end for f in before if f.indicator == "project_investment")
        done_since = pattern("status", "yielded").search(page.masked[since : item.start])
        if not done_since and not pattern("status", "past").search(left):
            return "status_yield"
    told = onward or done.search(left) or figure.indicator == "pipeline_projects"
    return "status_ahead" if not told and _ahead(page, figure) else None


def _proposed(page: Page, figure: Figure, left: str) -> bool:
    """Whether a firm only means to invest (拟在X投资), where its paragraph tells of no signing."""
    line = page.lines[figure.sentence.line]
    return (
        not line.heading
        and pattern("status", "proposed").search(left) is not None
        and not pattern("status", "signed").search(page.masked[line.start : figure.sentence.start])
    )


def _ahead(page: Page, figure: Figure) -> bool:
    """Whether the sentences before, joined by ；, or the section's heading speak of what is to come."""
    line = page.lines[figure.sentence.line]
    before = re.split("[。！？]", page.masked[line.start : figure.sentence.start])[-1]
    if pattern("status", "onward").search(before):
        return True
    return pattern("status", "ahead").match(page.sections[figure.sentence.line]) is not None


_YIELD: Final = frozenset({"output_value", "tax_revenue", "jobs"})
