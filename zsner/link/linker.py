"""Spans -> metric tuples: the one public step of this room.

The rooms beside it each decide one thing by rule (indicator, region, period, slots); here they are
asked in the order in which one needs the other's answer, sentence by sentence. Where a link scorer
is given, it decides anew, with the rules' answers among what it sees.
"""

from datetime import date

import msgspec

from zsner.document import Document, MetricTuple, Period
from zsner.link.cues import pattern, reliability
from zsner.link.explain import Explainer
from zsner.link.facts import Facts, Floats, find_facts
from zsner.link.indicator import choose_indicator, choose_status, cued_indicator
from zsner.link.learned import decide
from zsner.link.orgs import link_orgs
from zsner.link.page import Figure, Item, Page, Sentence
from zsner.link.period import Periods
from zsner.link.places import Places
from zsner.link.region import Regions
from zsner.link.scorer import LinkScorer
from zsner.link.slots import (
    attach_growth,
    is_filter,
    link_filters,
    link_industries,
    link_mechanisms,
)
from zsner.link.table import Cell, find_cells


def link(
    document: Document,
    *,
    home_region: str | None = None,
    published: date | None = None,
    scorer: LinkScorer | None = None,
    states: Floats | None = None,
    explain: bool = False,
) -> Document:
    """The document with its spans linked to metric tuples.

    The spans may be gold or predicted. `home_region` is the place the text is about, where the
    caller knows it, `published` its day of publication; without them the one is guessed, the other
    read from the page's furniture (the document's own fields are not read). `scorer` needs the
    (length, size) `states` of the folded text; without it the rules have the last word. `explain` gives
    each tuple its `reasons`.
    """
    ruled = Ruled(document, home_region=home_region, published=published)
    tuples = ruled.tuples
    if scorer is not None and states is not None and ruled.figures:
        facts = ruled.facts()
        tuples = [ruled.tuple_of(f) for f in decide(ruled.page, facts, scorer(states, facts))]
    if explain:
        tuples = [*map(Explainer(ruled.page, ruled.text, ruled.figures, ruled.tuples), tuples)]
    return msgspec.structs.replace(
        document,
        home_region=home_region if home_region is not None else ruled.regions.home,
        tuples=tuple(tuples),
    )


class Ruled:
    """A page linked by rule, with all that was found out on the way."""

    def __init__(self, document: Document, *, home_region: str | None = None, published: date | None = None) -> None:
        self.text = document.text
        self.page = page = Page(document)
        self.regions = Regions(page, home_region)
        sentences = [s for s in page.sentences if s.items]
        filters = {s.start: [i for i in s.of("MONEY") if is_filter(page, i, s)] for s in sentences}
        self.filters = [i for held in filters.values() for i in held]
        page.mark_filters(self.filters)
        self.periods = Periods(page, published)
        self.places = Places(self.regions, self.periods.calendar.year)
        cells = find_cells(page)
        self.figures: list[Figure] = []
        for sentence in sentences:
            found = _figures(page, sentence, filters[sentence.start], self.regions, self.figures)
            for figure in found:
                if figure.item.id in cells:
                    _from_table(figure, cells[figure.item.id])
            self.figures.extend(found)
            for figure in found:
                self._bound(figure)
        self.tuples = [self.tuple_of(f) for f in sorted(self.figures, key=lambda f: f.item.start)]

    def facts(self) -> Facts:
        """What the link scorer sees of the page."""
        ruled = {t.head: t for t in self.tuples}
        return find_facts(self.page, self.regions, self.periods, {i.id for i in self.filters}, ruled)

    def _bound(self, figure: Figure) -> None:
        """The place and the time of a figure."""
        if figure.region is None:
            figure.region, figure.rules["region"] = self.regions.governing(figure)
        time, figure.rules["period"] = self.periods.governing(figure)
        figure.period = None if time is None else (time.start, time.end)

    def tuple_of(self, figure: Figure) -> MetricTuple:
        """The tuple that a finished figure heads."""
        period = None
        if figure.period is not None:
            start, end = self.page.folded.to_raw(*figure.period)
            first, last = self.periods.dates(figure.period, target=figure.status == "target")
            period = Period(text=self.text[start:end], start=start, end=end, from_=first, to=last)
        region = figure.region
        place = None if region is None else self.places.resolve(region)
        return MetricTuple(
            head=figure.item.id,
            indicator=figure.indicator,
            status=figure.status,
            period=period,
            region=None if region is None else region.id,
            region_name=None if region is None else self.places.called(region),
            region_code=None if place is None else place.code,
            region_chain=() if place is None else place.chain,
            org=_ids(figure.org),
            growth=None if figure.growth is None else figure.growth.id,
            industry=_ids(figure.industry),
            mechanism=_ids(figure.mechanism),
            filter=None if figure.filter is None else figure.filter.id,
            score=round(max(_score(figure), 1e-4), 4),
            slot_scores={slot: round(p, 4) for slot, p in figure.sure.items()},
        )


def _score(figure: Figure) -> float:
    """How sure the spans are, times how sure the links are: by the scorer, else by how often the
    rules that decided were right."""
    single = [i for i in (figure.region, figure.growth, figure.filter) if i is not None]
    linked = [*single, *figure.org, *figure.industry, *figure.mechanism]
    score = figure.item.score
    if linked:
        score *= sum(i.score for i in linked) / len(linked)
    if figure.all_right is not None:
        return score * figure.all_right
    trust = reliability()
    for rule in figure.rules.values():
        score *= trust.get(rule, 1.0)
    return score


def _figures(
    page: Page, sentence: Sentence, filters: list[Item], regions: Regions, earlier: list[Figure]
) -> list[Figure]:
    """The figures of one sentence, with everything but region and period of each decided."""
    out = {i.id for i in filters}
    values = [i for i in sentence.of("MONEY", "COUNT") if i.id not in out]
    growths = sentence.of("GROWTH")
    if not values and not growths:
        return []
    yardsticks = {v.id for v in values if pattern("status", "yardstick").search(page.masked[sentence.start : v.start])}
    grown = attach_growth(page, values, growths, yardsticks)
    taken = {g.id for g in grown.values()}
    heads = sorted([*values, *(g for g in growths if g.id not in taken)], key=lambda i: i.start)
    figures: list[Figure] = []
    for item in heads:
        figure = Figure(item, sentence, growth=grown.get(item.id))
        figure.indicator, figure.rules["indicator"] = choose_indicator(page, figure, figures, earlier)
        figure.status, figure.rules["status"] = choose_status(page, figure, figures)
        figures.append(figure)
    link_filters(page, filters, figures)
    link_orgs(page, sentence, figures)
    link_industries(page, sentence, figures)
    link_mechanisms(page, sentence, figures)
    regions.spread(sentence, figures)
    return figures


def _from_table(figure: Figure, cell: Cell) -> None:
    """A figure in a table counts what its column says, in the place of its row."""
    code = cued_indicator(cell.header, figure.item)
    if code is not None:
        figure.indicator = code
        figure.rules["indicator"] = "table_header"
        if code == "signed_amount" and any(i.type == "ORG" for i in cell.row):
            figure.indicator = "project_investment"
    figure.status = "target" if pattern("status", "planned_column").search(cell.header) else "actual"
    figure.rules["status"] = "status_column"
    places = [i for i in cell.row if i.type == "REGION"]
    if places and figure.region is None:
        figure.region = places[0]
        figure.rules["region"] = "region_table"


def _ids(items: list[Item]) -> tuple[str, ...]:
    return tuple(i.id for i in sorted(items, key=lambda i: i.number))
