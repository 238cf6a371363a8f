"""The slots that link inside the sentence: filter, growth, industry, mechanism (`orgs.py` has org)."""

import re

from zsner.link.cues import pattern
from zsner.link.page import Figure, Item, Page, Sentence

PROJECT_MONEY = frozenset({"project_investment", "output_value", "tax_revenue", "jobs", "other"})
_SET = frozenset(
    {
        "signed_projects",
        "signed_amount",
        "landed_projects",
        "started_projects",
        "completed_projects",
        "pipeline_projects",
        "pipeline_amount",
        "enterprises",
        "funds_in_place",
    }
)


# ------------------------------------------------------------------------- filter


def is_filter(page: Page, item: Item, sentence: Sentence) -> bool:
    """Whether a MONEY span is a size filter (签约**亿元以上**项目) and heads nothing."""
    left = page.masked[sentence.start : item.start]
    right = page.masked[item.end : sentence.end]
    bound = (
        pattern("slots", "bound").search(item.text) is not None
        or pattern("slots", "bound_before").search(left) is not None
    )
    ranged = pattern("slots", "range").search(item.text) is not None
    if bound and pattern("slots", "size_sure").match(right):
        return True
    if not (bound or ranged) or pattern("slots", "not_size").search(left):
        return False
    noun = pattern("slots", "size_noun").match(right)
    if noun is not None and (bound or "C" in page.masked[item.end : page.clause_end(item.end, sentence.end)]):
        return True
    return pattern("slots", "size_count").match(right) is not None


def link_filters(page: Page, filters: list[Item], figures: list[Figure]) -> None:
    """A filter restricts the figures behind it up to the next filter, and the count it stands behind."""
    for figure in figures:
        nearest = [f for f in filters if f.end <= figure.item.start]
        if figure.indicator not in _SET and not (nearest and figure.item.type != "MONEY"):
            continue
        if nearest:
            between = page.masked[nearest[-1].end : figure.item.start]
            apart = figure.indicator not in _SET or figure.indicator == "funds_in_place"
            if apart and not (
                re.fullmatch(r"[^，。；MCGO]{0,8}", between) or pattern("slots", "share").search(between)
            ):
                continue
            if "O" not in between or figure.item.type == "COUNT":
                figure.filter = nearest[-1]
        else:
            behind = [f for f in filters if f.start >= figure.item.end]
            if behind and re.fullmatch(r"[^，。；MCGO]{0,6}", page.masked[figure.item.end : behind[0].start]):
                figure.filter = behind[0]


# ------------------------------------------------------------------------- growth


def attach_growth(page: Page, values: list[Item], growths: list[Item], yardsticks: set[str]) -> dict[str, Item]:
    """Value id -> its growth. A growth in no value of the result heads a tuple of its own."""
    links: dict[str, Item] = {}
    for group in page.groups(growths):
        left = [v for v in values if v.end <= group[0].start and v.id not in yardsticks and v.id not in links]
        if len(group) > 1:
            if len(left) >= len(group):
                for value, growth in zip(left[-len(group) :], group, strict=True):
                    links[value.id] = growth
            continue
        growth = group[0]
        if pattern("slots", "points").search(growth.text):
            continue
        named = _named_by(page, left, growth)
        if named is not None:
            links[named.id] = growth
            continue
        if left and _owns(page, left[-1], growth):
            links[left[-1].id] = growth
            if len(left) > 1 and _shared(page, left[-2], left[-1], growth):
                links[left[-2].id] = growth
            continue
        right = [v for v in values if v.start >= growth.end]
        if right and pattern("slots", "growth_to").match(page.masked[growth.end : right[0].start]):
            links[right[0].id] = growth
    return links


def _named_by(page: Page, left: list[Item], growth: Item) -> Item | None:
    """The value that the noun before a growth takes up: 新签项目76个、合同投资5亿元，项目数同比增长8%，投资额…"""
    if not left:
        return None
    tail = re.split("[，；]", page.masked[left[-1].end : growth.start])[-1]
    for key, kind in (("count_again", "COUNT"), ("money_again", "MONEY")):
        if pattern("slots", key).fullmatch(tail):
            return next((v for v in reversed(left) if v.type == kind), None)
    return None


def _owns(page: Page, value: Item, growth: Item) -> bool:
    between = page.gap(value, growth)
    tail = between.rsplit("，", 1)[-1]
    return pattern("slots", "growth_block").search(tail) is None and not set("RI") & set(tail)


def _shared(page: Page, first: Item, second: Item, growth: Item) -> bool:
    if page.gap(first, second) == "":
        return True
    between = page.gap(second, growth) + growth.text
    return page.joined(first, second) and pattern("slots", "each").search(between) is not None


# ------------------------------------------------------------ industry, mechanism


def is_organ(item: Item) -> bool:
    """Whether an ORG is an organ, association or medium rather than a firm."""
    return pattern("slots", "organ").search(item.text) is not None


def link_industries(page: Page, sentence: Sentence, figures: list[Figure]) -> None:
    """The fields of a set (I、I项目12个; 12个…涉及I、I; 围绕I、I…) or of a project."""
    groups = page.groups(sentence.of("INDUSTRY"))
    if not groups:
        return
    _spread_fields(page, groups, figures)
    around = [g for g in groups if pattern("slots", "around").search(page.masked[sentence.start : g[0].start])]
    taken: Figure | None = None
    for figure in figures:
        if figure.industry:
            taken = figure
            continue
        fields = _own_fields(page, sentence, figure, groups)
        if fields:
            figure.industry = fields
            taken = figure
        elif taken is not None and _same_set(page, taken, figure):
            figure.industry = list(taken.industry)
            taken = figure
        else:
            held = [g for g in around if g[-1].end <= figure.item.start]
            if held and figure.indicator not in PROJECT_MONEY:
                figure.industry = held[-1]
    _fields_behind(page, sentence, groups, figures)


def _spread_fields(page: Page, groups: list[list[Item]], figures: list[Figure]) -> None:
    """`A、B、C产业链分别签约61个、54个、47个`: pair a list of fields with each list of as many figures."""
    by_id = {f.item.id: f for f in figures}
    for group in groups:
        for row in page.groups([f.item for f in figures]):
            if len(group) < 2 or len(row) != len(group) or row[0].start < group[-1].end:
                continue
            between = page.masked[group[-1].end : row[0].start]
            if "I" not in between and pattern("slots", "pairwise").search(between + row[0].text):
                for item, value in zip(group, row, strict=True):
                    by_id[value.id].industry = [item]


def _own_fields(page: Page, sentence: Sentence, figure: Figure, groups: list[list[Item]]) -> list[Item]:
    item = figure.item
    left = [g for g in groups if g[-1].end <= item.start]
    right = [g for g in groups if g[0].start >= item.end]
    if figure.indicator in PROJECT_MONEY and item.type != "GROWTH" and (figure.org or figure.indicator != "other"):
        return _project_fields(page, figure, left, right)
    if left and figure.indicator != "events":
        between = page.masked[left[-1][-1].end : item.start]
        if re.fullmatch(r"[^，。；：MCGORIF]{0,12}F*[^，。；：MCGORIF]{0,8}", between):
            return left[-1]
        if item.type == "GROWTH" and not set("MCOR") & set(between):
            return left[-1]
        if figure.indicator in _SET and pattern("slots", "field_of_event").fullmatch(between):
            return left[-1]
    if right and item.type == "COUNT" and re.fullmatch(r"的?", page.masked[item.end : right[0][0].start]):
        return right[0]
    return []


def _project_fields(page: Page, figure: Figure, left: list[list[Item]], right: list[list[Item]]) -> list[Item]:
    """The field of one project: named behind its money or its firm, else before them."""
    item = figure.item
    if right:
        between = page.masked[item.end : right[0][0].start]
        if re.fullmatch(r"的[^，。；MC]{0,16}|\s*O*", between) or (
            re.fullmatch(r"[^。；CO]{0,40}", between) and pattern("slots", "build").search(between)
        ):
            return right[0]
    if figure.org:
        behind = [g for g in left if g[0].start >= figure.org[-1].end]
        if behind:
            return behind[-1]
    if left and not (set("C") & set(page.masked[left[-1][-1].end : item.start]) and not figure.org):
        return left[-1] if not figure.org or left[-1][-1].end >= figure.org[0].start - 12 else []
    return []


def _same_set(page: Page, taken: Figure, figure: Figure) -> bool:
    """Whether a figure without a field of its own is of the set or project of the one before."""
    between = page.masked[taken.item.end : figure.item.start]
    if set("RIO") & set(between):
        return False
    if figure.item.type == "GROWTH":
        return "C" not in between and "M" not in between
    if figure.indicator in PROJECT_MONEY and taken.indicator in PROJECT_MONEY:
        return True
    if figure.item.type == "MONEY" and taken.item.type == "COUNT":
        return "F" not in between
    if pattern("slots", "next_stage").fullmatch(between):
        return True
    return (
        len(taken.industry) == 1
        and pattern("slots", "among").search(between) is not None
        and figure.item.type == "COUNT"
        and ("F" in between or "C" not in between)
    )


def _fields_behind(page: Page, sentence: Sentence, groups: list[list[Item]], figures: list[Figure]) -> None:
    """`签约12个、30亿元,主要集中在I、I`: fields named behind a set go to its count and its money."""
    for group in groups:
        held = [f for f in figures if f.item.end <= group[0].start]
        if not held:
            continue
        between = page.masked[held[-1].item.end : group[0].start]
        if "I" in between or not pattern("slots", "fields_behind").search(between):
            continue
        among = page.masked.rfind("其中", held[0].item.end, group[0].start)
        if among >= 0 and "，" in page.masked[held[-1].item.end : group[0].start] and len(held) > 2:
            held = [f for f in held if f.item.end <= among]
        behind = [f for f in figures if f.item.start >= group[-1].end and f.indicator == "signed_amount"]
        if (
            behind
            and not set("ROC") & set(page.masked[group[-1].end : behind[0].item.start])
            and not behind[0].industry
        ):
            behind[0].industry = list(group)
        for number in range(len(held) - 1, -1, -1):
            figure = held[number]
            if figure.indicator not in _SET | {"fund_count", "fund_size", "teams"} or set("RO") & set(
                page.masked[figure.item.end : held[-1].item.start]
            ):
                break
            figure.industry = (
                list(group) if not figure.industry else sorted({*figure.industry, *group}, key=lambda i: i.number)
            )
            rest = number and page.joined(held[number - 1].item, figure.item)
            if (figure.item.type == "COUNT" or figure.filter is not None) and not rest:
                break


_NO_WAY = frozenset({"other", "fund_size", "fund_count", "output_value", "jobs", "tax_revenue"})


def link_mechanisms(page: Page, sentence: Sentence, figures: list[Figure]) -> None:
    """The ways to the left of a figure in its sentence; the counted team itself, and what is only
    deepened in a plan, left out."""
    groups = page.groups(sentence.of("MECHANISM"))
    for figure in figures:
        left = [g for g in groups if g[-1].end <= figure.item.start]
        if left and _counted_title(page, left[-1], figures):
            continue
        behind = [g for g in groups if g[0].start >= figure.item.end]
        behind = [] if figure.indicator == "project_investment" else behind
        if behind and pattern("slots", "way_behind").search(page.masked[figure.item.end : behind[0][0].start]):
            figure.mechanism = list(behind[0])
            continue
        if behind and pattern("slots", "way_praised").match(page.masked, behind[0][-1].end):
            figure.mechanism = list(behind[0])
            continue
        if figure.indicator in ("teams", "personnel"):
            figure.mechanism = _way_of_people(page, sentence, figure, groups)
            continue
        if not left:
            continue
        group = left[-1]
        lead = page.masked[sentence.start : group[0].start]
        between = page.masked[group[-1].end : figure.item.start]
        if lead.endswith("《") or (
            figure.status == "target" and not page.plan and pattern("slots", "way_planned").search(lead)
        ):
            continue
        if figure.indicator == "other" and pattern("slots", "way_helped").search(between):
            apart = max((n for n, g in enumerate(left) if n and "R" in page.gap(left[n - 1][-1], g[0])), default=0)
            figure.mechanism = [k for g in left[apart:] for k in g]
            continue
        if figure.org and figure.org[0].start > group[-1].end and pattern("slots", "part_of").search(between):
            continue
        if figure.indicator in _NO_WAY and not pattern("slots", "way_before").search(lead):
            continue
        # A team that is the sentence's subject came by the figure as much as its way did.
        subject = groups[0] if groups[0][0] == sentence.items[0] and _is_team(groups[0][0]) else []
        figure.mechanism = [*subject, *group] if subject is not group else list(group)


def _counted_title(page: Page, group: list[Item], figures: list[Figure]) -> bool:
    """Whether the group is a title that counted people hold (聘请招商大使86位), which is no way."""
    return any(
        f.indicator == "personnel" and re.fullmatch("[」』”]?", page.masked[group[-1].end : f.item.start]) is not None
        for f in figures
        if f.item.start >= group[-1].end
    ) and not _is_team(group[-1])


def _is_team(item: Item) -> bool:
    return pattern("slots", "team_noun").search(item.text) is not None


def _way_of_people(page: Page, sentence: Sentence, figure: Figure, groups: list[list[Item]]) -> list[Item]:
    """The way by which teams or people were set up (按照…模式), or that they are sent to follow (开展…)."""
    for group in groups:
        if group[-1].end <= figure.item.start:
            if pattern("slots", "way_before").search(page.masked[sentence.start : group[0].start]):
                return list(group)
        elif _is_team(group[0]):
            continue
        elif group[0].start >= figure.item.end:
            between = page.masked[figure.item.end : group[0].start]
            if pattern("slots", "way_followed").fullmatch(between):
                return list(group)
    return []
