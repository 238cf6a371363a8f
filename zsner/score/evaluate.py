"""Gold against predictions: matching by id, all scores in one report."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from zsner.document import DataError, Document
from zsner.schema import SPAN_TYPES
from zsner.score.bootstrap import IntervalTally
from zsner.score.calibration import ece, outcomes
from zsner.score.groups import Group, GroupTally
from zsner.score.relaxed import RelaxedTally
from zsner.score.spans import Score, SpanTally
from zsner.score.tuples import TupleTally
from zsner.score.units import Unit


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `zsner evaluate` measures.

    `spans` has the types, `micro` and `macro`, strict; `relaxed` the same by `type`, `partial` and
    `boundary`; `values` the normalised values. `tuples` has `head`, `indicator`, `status`, the slots,
    `period` and `strict`. `intervals` are 95 % by bootstrap over `unit`s for the span types and
    `micro`, `tuple_intervals` for the rows of `tuples` that the gold has; `ece` is the expected
    calibration error of the span confidence. `groups` has strict scores by kind of group and name;
    `confusion` counts gold type -> predicted type, `boundaries` the ends that are off.
    """

    documents: int
    models: tuple[str, ...]
    spans: dict[str, Score]
    relaxed: dict[str, dict[str, Score]]
    values: Score
    tuples: dict[str, Score]
    intervals: dict[str, tuple[float, float]]
    tuple_intervals: dict[str, tuple[float, float]]
    unit: Unit
    ece: float
    confusion: dict[str, dict[str, int]]
    boundaries: dict[str, int]
    groups: dict[str, dict[str, Group]]


Told = Callable[[str], None]
"""Takes a sentence about a document that was left out."""


def paired(
    gold: Sequence[Document], predictions: Iterable[Document], leave_out: Told | None = None
) -> Iterator[tuple[Document, Document]]:
    """Gold and predicted documents of one id, as the predictions come.

    Raises DataError where a prediction is for no gold document or another text, an id occurs twice,
    or a gold document has no prediction; with `leave_out` it is told of them instead.
    """

    def wrong(sentence: str) -> None:
        if leave_out is None:
            raise DataError(f"predictions: {sentence}")
        leave_out(sentence)

    by_id = {d.id: d for d in gold}
    seen: set[str] = set()
    for found in predictions:
        wanted = by_id.get(found.id)
        if wanted is None:
            wrong(f"{found.id!r} is no gold document; predict the gold's texts and nothing else")
        elif found.id in seen:
            wrong(f"id {found.id!r} occurs twice; predict into a new file")
        elif wanted.text != found.text:
            at = next((n for n, (a, b) in enumerate(zip(wanted.text, found.text, strict=False)) if a != b), None)
            place = min(len(wanted.text), len(found.text)) if at is None else at
            wrong(f"{found.id!r} is of another text than the gold, from character {place} on; predict it again")
        else:
            seen.add(found.id)
            yield wanted, found
    missing = [d.id for d in gold if d.id not in seen]
    if missing:
        wrong(
            f"none for {len(missing)} of {len(gold)} gold documents ({', '.join(map(repr, missing[:3]))}"
            f"{', …' if len(missing) > 3 else ''}); predict them, or check that the ids are the same"
        )


def pair(gold: Sequence[Document], predictions: Iterable[Document]) -> list[tuple[Document, Document]]:
    """What `paired` gives, in the order of the gold."""
    found = {wanted.id: (wanted, got) for wanted, got in paired(gold, predictions)}
    return [found[d.id] for d in gold]


def evaluate(gold: Sequence[Document], predictions: Iterable[Document]) -> Report:
    """All scores of predictions against gold. Raises DataError where they do not fit together."""
    return score_pairs(paired(gold, predictions))


def score_pairs(pairs: Iterable[tuple[Document, Document]]) -> Report:
    """All scores of (gold, predicted) documents; none of them is kept."""
    spans, relaxed, tuples = SpanTally(), RelaxedTally(), TupleTally()
    intervals, groups = IntervalTally(), GroupTally()
    scores, right = list[float](), list[bool]()
    models: set[str] = set()
    documents = 0
    for gold, found in pairs:
        documents += 1
        models |= {found.model} if found.model else set()
        for tally in (spans, relaxed, tuples, intervals, groups):
            tally.add(gold, found)
        more, sure = outcomes([(gold, found)])
        scores += more
        right += sure
    held = intervals.intervals()
    tuple_scores = tuples.scores()
    return Report(
        documents=documents,
        models=tuple(sorted(models)),
        spans=spans.scores(),
        relaxed=relaxed.scores(),
        values=relaxed.values(),
        tuples=tuple_scores,
        intervals={row.removeprefix("span."): i for row, i in held.items() if row.startswith("span.")},
        tuple_intervals={row: held[f"tuple.{row}"] for row, s in tuple_scores.items() if s.gold},
        unit=intervals.unit,
        ece=round(ece(scores, right), 4),
        confusion=relaxed.confusion(),
        boundaries=relaxed.boundaries(),
        groups=groups.scores(),
    )


def below(report: Report, bounds: Iterable[str]) -> list[str]:
    """What of `span.micro=0.95`-like bounds the scores miss, as sentences. A bound names `span` or
    `tuple`, a row of the report, and the least F1. Raises DataError for a bound that names none."""
    missed = []
    for bound in bounds:
        name, _, value = bound.partition("=")
        kind, _, row = name.partition(".")
        scores = {"span": report.spans, "tuple": report.tuples}.get(kind, {})
        try:
            least = float(value)
            score = scores[row].f1
        except (KeyError, ValueError) as error:
            known = ", ".join([*(f"span.{r}" for r in report.spans), *(f"tuple.{r}" for r in report.tuples)])
            raise DataError(f"--fail-under {bound}: write NAME=NUMBER, NAME one of {known}") from error
        if score < least:
            missed.append(f"{name} is {score:.4f}, below {least}")
    return missed


SPAN_ROWS: Final = (*SPAN_TYPES, "micro", "macro")
