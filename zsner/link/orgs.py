"""Who invests, signs or acts: the slot `org`."""

from typing import Final

from zsner.link.cues import pattern
from zsner.link.page import Figure, Item, Page, Sentence
from zsner.link.slots import PROJECT_MONEY, is_organ

_FUND: Final = frozenset({"fund_size", "fund_count"})
_ACTED: Final = frozenset({"visits_out", "teams", "personnel"})


def link_orgs(page: Page, sentence: Sentence, figures: list[Figure]) -> None:
    """Who invests: the firm of a project takes all the project's figures, a fund its figures; the
    firms named in `X、Y等20家` take that count."""
    groups = []
    loan = pattern("slots", "loan").search(page.masked, sentence.start, sentence.end) is not None
    for group in page.groups(sentence.of("ORG")):
        firms = [
            o
            for o in group
            if (not is_organ(o) or (loan and pattern("slots", "bank").search(o.text)))
            and not pattern("slots", "alias").search(page.masked[sentence.start : o.start])
        ]
        if firms:
            groups.append(firms)
    taken: Figure | None = None
    for figure in figures:
        item = figure.item
        left = [g for g in groups if g[-1].end <= item.start]
        right = [g for g in groups if g[0].start >= item.end]
        between_left = page.masked[left[-1][-1].end : item.start] if left else ""
        between_right = page.masked[item.end : right[0][0].start] if right else ""
        if figure.indicator in PROJECT_MONEY | _FUND:
            if right and pattern("slots", "owner_behind").fullmatch(between_right):
                figure.org = right[0]
            elif left and (
                figure.indicator != "other" or "C" not in between_left or _of_fund(left[-1][-1], between_left)
            ):
                figure.org = [*(_founders(page, left) if figure.indicator == "fund_size" else []), *left[-1]]
        elif left and pattern("slots", "invested").fullmatch(between_left):
            figure.org = left[-1]
        elif left and item.type == "COUNT" and figure.indicator != "visits_out":
            of_fund = pattern("slots", "fund").search(left[-1][-1].text) and any(f.indicator in _FUND for f in figures)
            if of_fund or _of_fund(left[-1][-1], between_left) or pattern("slots", "examples").fullmatch(between_left):
                figure.org = left[-1]
        elif (
            taken is not None
            and (item.type, taken.item.type) == ("MONEY", "COUNT")
            and not set("RO") & set(page.masked[taken.item.end : item.start])
        ):
            figure.org = list(taken.org)
        if not figure.org:
            figure.org = _actors(page, sentence, figure)
        if figure.org:
            taken = figure


def _founders(page: Page, left: list[list[Item]]) -> list[Item]:
    """Who set up the fund named last: 由X集团发起的Y基金."""
    if len(left) < 2 or not pattern("slots", "fund").search(left[-1][0].text):
        return []
    between = page.gap(left[-2][-1], left[-1][0])
    return left[-2] if pattern("slots", "founded").fullmatch(between) else []


def _of_fund(org: Item, between: str) -> bool:
    """Whether a fund itself invested in, or drew, what is counted (…基金直投项目16个, 撬动社会资本11亿元)."""
    return (
        pattern("slots", "fund").search(org.text) is not None
        and pattern("slots", "fund_acts").search(between) is not None
    )


def _actors(page: Page, sentence: Sentence, figure: Figure) -> list[Item]:
    """Who acts or comes without being a firm's project: a delegation (O一行12人), the organ that sets
    up teams or calls on firms (O…拜访8家), the firms that a count is broken down to (其中包括…)."""
    item = figure.item
    orgs = sentence.of("ORG")
    left = [o for o in orgs if o.end <= item.start]
    if figure.item.type == "COUNT" and left:
        between = page.masked[left[-1].end : item.start]
        if figure.indicator == "visits_in" and pattern("slots", "delegation").fullmatch(between):
            return [left[-1]]
        subject = next(g for g in page.groups(orgs) if g[0] == orgs[0])
        lead = page.masked[sentence.start : subject[0].start]
        behind = page.masked[subject[-1].end : item.start]
        if (
            figure.indicator in _ACTED
            and pattern("slots", "subject_lead").fullmatch(lead)
            and pattern("slots", "subject_acts").match(behind)
        ):
            return [o for o in subject if o.end <= item.start]
    right = page.groups([o for o in orgs if o.start >= item.end])
    between = page.masked[item.end : right[0][0].start] if right else ""
    if figure.indicator == "enterprises" and pattern("slots", "broken_down").search(between):
        return [o for g in right for o in g]
    if figure.indicator in ("signed_projects", "signed_amount") and pattern("slots", "parties").search(between):
        return list(right[0])
    return []
