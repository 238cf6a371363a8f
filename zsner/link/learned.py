"""What the link scorer's probabilities decide: figures with their slots filled anew."""

from collections import defaultdict
from typing import Final

import numpy as np

from zsner.link.facts import SCORED, Facts
from zsner.link.page import Figure, Item, Page
from zsner.link.scorer import CHOSEN_ONE, Scores
from zsner.schema import INDICATORS, LIST_SLOTS

_LIKELY: Final = 0.5
_LEAST: Final = 1e-3


def decide(page: Page, facts: Facts, scores: Scores) -> list[Figure]:
    """The figures that head tuples, each with indicator, status, slots and how sure they are.

    A GROWTH that a value takes and a MONEY that is a size filter head none.
    """
    items = {i.id: i for i in page.items}
    chosen: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    best: dict[tuple[int, int], int] = {}
    pairs = facts.pairs
    for k, (n, slot, p) in enumerate(zip(pairs.figure, pairs.slot, scores.pair, strict=True)):
        name = SCORED[slot]
        if name in LIST_SLOTS:
            if p >= _LIKELY:
                chosen[int(n)][name].append(k)
        elif (held := best.get((int(n), int(slot)))) is None or p > scores.pair[held]:
            best[int(n), int(slot)] = k
    for (n, slot), k in best.items():
        name = SCORED[slot]
        least = scores.none[n, CHOSEN_ONE.index(name)] if name in CHOSEN_ONE else _LIKELY
        if scores.pair[k] >= least:
            chosen[n][name].append(k)
    taken = {
        pairs.names[k]
        for n, slots in chosen.items()
        if scores.head[n] >= _LIKELY
        for name in ("growth", "filter")
        for k in slots[name]
    }
    figures = []
    for n, item in enumerate(facts.figures):
        if scores.head[n] < _LIKELY or item.id in taken:
            continue
        figures.append(_figure(page, items, facts, scores, n, chosen[n]))
    return figures


def _figure(
    page: Page, items: dict[str, Item], facts: Facts, scores: Scores, n: int, chosen: dict[str, list[int]]
) -> Figure:
    item, pairs = facts.figures[n], facts.pairs

    def linked(slot: str) -> list[Item]:
        return [items[pairs.names[k]] for k in chosen.get(slot, [])]

    def one(slot: str) -> Item | None:
        held = linked(slot)
        return held[0] if held else None

    code = int(scores.indicator[n].argmax())
    target = bool(scores.target[n] > _LIKELY)
    time = chosen.get("period", [])
    figure = Figure(
        item,
        page.sentence_at(item.start),
        indicator=INDICATORS[code],
        status="target" if target else "actual",
        growth=one("growth") if item.type != "GROWTH" else None,
        filter=one("filter"),
        org=linked("org"),
        industry=linked("industry"),
        mechanism=linked("mechanism"),
        region=one("region"),
        period=(int(pairs.place[time[0], 0]), int(pairs.place[time[0], 1])) if time else None,
    )
    figure.sure = _sureness(facts, scores, n, code, target, chosen)
    return figure


def _sureness(facts: Facts, scores: Scores, n: int, code: int, target: bool, chosen: dict[str, list[int]]) -> float:
    """Probability that everything but the time is right, were the parts independent."""
    sure = float(scores.head[n]) * float(scores.indicator[n, code])
    sure *= float(scores.target[n] if target else 1 - scores.target[n])
    place = chosen.get("region", [])
    sure *= float(scores.pair[place[0]] if place else scores.none[n, CHOSEN_ONE.index("region")])
    taken = {k for held in chosen.values() for k in held}
    mine = np.flatnonzero(facts.pairs.figure == n)
    for k in mine:
        if SCORED[facts.pairs.slot[k]] not in CHOSEN_ONE:
            sure *= float(scores.pair[k] if int(k) in taken else 1 - scores.pair[k])
    return max(sure, _LEAST)
