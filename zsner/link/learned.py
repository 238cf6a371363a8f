"""What the link scorer's probabilities decide: figures with their slots filled anew."""

from typing import Final, NamedTuple

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
    choices = [_choose(facts, scores, n) for n in range(len(facts.figures))]
    taken = {
        facts.pairs.names[k]
        for n, choice in enumerate(choices)
        if scores.head[n] >= _LIKELY
        for slot in ("growth", "filter")
        for k in choice.pairs.get(slot, [])
    }
    return [
        _figure(page, items, facts, scores, n, choice)
        for n, (item, choice) in enumerate(zip(facts.figures, choices, strict=True))
        if scores.head[n] >= _LIKELY and item.id not in taken
    ]


class _Choice(NamedTuple):
    """Of one figure: the numbers of the pairs chosen by slot, the probability of what was chosen (for
    list slots of the least sure), and that nothing was left out or taken wrongly."""

    pairs: dict[str, list[int]]
    sure: dict[str, float]
    all_right: float


def _choose(facts: Facts, scores: Scores, n: int) -> _Choice:
    pairs = facts.pairs
    mine = np.flatnonzero(pairs.figure == n)
    by_slot: dict[str, list[int]] = {}
    for k in mine:
        by_slot.setdefault(SCORED[pairs.slot[k]], []).append(int(k))
    chosen: dict[str, list[int]] = {}
    sure: dict[str, float] = {}
    right = 1.0
    for slot, candidates in by_slot.items():
        if slot in CHOSEN_ONE:
            continue
        held = [k for k in candidates if scores.pair[k] >= _LIKELY]
        if slot not in LIST_SLOTS:
            held = sorted(held, key=lambda k: -scores.pair[k])[:1]
        if held:
            chosen[slot], sure[slot] = held, float(min(scores.pair[k] for k in held))
        right *= float(np.prod([scores.pair[k] if k in held else 1 - scores.pair[k] for k in candidates]))
    for number, slot in enumerate(CHOSEN_ONE):
        none = float(scores.none[n, number])
        best = max(by_slot.get(slot, []), key=lambda k: scores.pair[k], default=None)
        if best is not None and scores.pair[best] >= none:
            chosen[slot], sure[slot] = [best], float(scores.pair[best])
        if slot == "region":  # the time is no part of a strict tuple
            right *= sure.get(slot, none)
    return _Choice(chosen, sure, right)


def _figure(page: Page, items: dict[str, Item], facts: Facts, scores: Scores, n: int, choice: _Choice) -> Figure:
    item, pairs = facts.figures[n], facts.pairs

    def linked(slot: str) -> list[Item]:
        return [items[pairs.names[k]] for k in choice.pairs.get(slot, [])]

    def one(slot: str) -> Item | None:
        held = linked(slot)
        return held[0] if held else None

    code = int(scores.indicator[n].argmax())
    target = bool(scores.target[n] > _LIKELY)
    sure = {
        "indicator": float(scores.indicator[n, code]),
        "status": float(scores.target[n] if target else 1 - scores.target[n]),
    }
    time = choice.pairs.get("period", [])
    return Figure(
        item,
        page.sentence_at(item.start),
        indicator=INDICATORS[code],
        status="target" if target else "actual",
        growth=one("growth"),
        filter=one("filter"),
        org=linked("org"),
        industry=linked("industry"),
        mechanism=linked("mechanism"),
        region=one("region"),
        period=(int(pairs.place[time[0], 0]), int(pairs.place[time[0], 1])) if time else None,
        sure=sure | choice.sure,
        all_right=max(_LEAST, float(scores.head[n]) * sure["indicator"] * sure["status"] * choice.all_right),
    )
