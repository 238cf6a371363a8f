"""Spans -> metric tuples: the one public step of this room.

The rooms beside it each decide one thing (indicator, region, period, slots); here they are asked
in the order in which one needs the other's answer, sentence by sentence.
"""

import msgspec

from zsner.document import Document, MetricTuple, Period
from zsner.link.cues import pattern, reliability
from zsner.link.indicator import choose_indicator, choose_status, cued_indicator
from zsner.link.orgs import link_orgs
from zsner.link.page import Figure, Item, Page, Sentence
from zsner.link.period import Periods
from zsner.link.places import Places
from zsner.link.region import Regions
from zsner.link.slots import (
    attach_growth,
    is_filter,
    link_filters,
    link_industries,
    link_mechanisms,
)
from zsner.link.table import Cell, find_cells


def link(document: Document, *, home_region: str | None = None) -> Document:
    """The document with its spans linked to metric tuples.

    The spans may be gold or predicted. `home_region` is the place the text is about, where the
    caller knows it; without it, it is guessed (the document's own field is not read).
    """
    page = Page(document)
    regions = Regions(page, home_region)
    sentences = [s for s in page.sentences if s.items]
    filters = {s.start: [i for i in s.of("MONEY") if is_filter(page, i, s)] for s in sentences}
    page.mark_filters([i for held in filters.values() for i in held])
    periods = Periods(page)
    places = Places(regions, periods.calendar.year)
    cells = find_cells(page)
    tuples = []
    figures: list[Figure] = []
    for sentence in sentences:
        found = _figures(page, sentence, filters[sentence.start], regions, figures)
        for figure in found:
            if figure.item.id in cells:
                _from_table(figure, cells[figure.item.id])
        figures.extend(found)
        for figure in found:
            tuples.append(_tuple(document.text, figure, page, regions, periods, places))
    tuples.sort(key=lambda pair: pair[0])
    return msgspec.structs.replace(
        document,
        home_region=home_region if home_region is not None else regions.home,
        tuples=tuple(t for _, t in tuples),
    )


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
        indicator, rule = choose_indicator(page, figure, figures, earlier)
        figure.indicator = indicator
        figure.rules.append(rule)
        figure.status = "target" if choose_status(page, figure, figures) else "actual"
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
        figure.rules = [r for r in figure.rules if r.startswith("region")] + ["table_header"]
        if code == "signed_amount" and any(i.type == "ORG" for i in cell.row):
            figure.indicator = "project_investment"
    figure.status = "target" if pattern("status", "planned_column").search(cell.header) else "actual"
    places = [i for i in cell.row if i.type == "REGION"]
    if places and figure.region is None:
        figure.region = places[0]
        figure.rules.append("region_table")


def _tuple(
    text: str, figure: Figure, page: Page, regions: Regions, periods: Periods, places: Places
) -> tuple[int, MetricTuple]:
    if figure.region is None:
        figure.region, rule = regions.governing(figure)
        figure.rules.append(rule)
    time, rule = periods.governing(figure)
    period = None
    if time is not None:
        start, end = page.folded.to_raw(time.start, time.end)
        first, last = periods.dates(time, target=figure.status == "target")
        period = Period(text=text[start:end], start=start, end=end, from_=first, to=last)
    region = figure.region
    place = None if region is None else places.resolve(region)
    single = [i for i in (region, figure.growth, figure.filter) if i is not None]
    linked = [*single, *figure.org, *figure.industry, *figure.mechanism]
    score = figure.item.score
    if linked:
        score *= sum(i.score for i in linked) / len(linked)
    trust = reliability()
    for rule in figure.rules:
        score *= trust.get(rule, 1.0)
    return figure.item.start, MetricTuple(
        head=figure.item.id,
        indicator=figure.indicator,
        status=figure.status,
        period=period,
        region=None if region is None else region.id,
        region_name=None if region is None else places.called(region),
        region_code=None if place is None else place.code,
        region_chain=() if place is None else place.chain,
        org=_ids(figure.org),
        growth=None if figure.growth is None else figure.growth.id,
        industry=_ids(figure.industry),
        mechanism=_ids(figure.mechanism),
        filter=None if figure.filter is None else figure.filter.id,
        score=round(max(score, 1e-4), 4),
    )


def _ids(items: list[Item]) -> tuple[str, ...]:
    return tuple(i.id for i in sorted(items, key=lambda i: i.number))
