"""Systems against each other on the same gold: which is better, how surely, and where.

Each system is compared with the first. A row's interval is by paired bootstrap, its p by
approximate randomisation (`zsner.score.bootstrap`), over articles, or sentences where articles are
few. Two rows decide, span micro and strict tuples; the others tell where to look: of some twenty
rows one falls below 0.05 by chance.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from zsner.document import DataError, Document
from zsner.score.bootstrap import approximate_randomisation, paired_bootstrap
from zsner.score.changes import ArticleChanges, article_changes
from zsner.score.evaluate import pair
from zsner.score.units import ROWS, Array, Unit, counts_by_unit, f1, unit_of

Verdict = Literal["better", "worse", "not distinguishable"]
SIGNIFICANT: Final = 0.05

DECISIVE: Final = ("span.micro", "tuple.strict")
LEFT_OUT: Final = "tuple.period_iso"
"""It is counted on the periods that a system has right, and these are not the same in two systems."""


class System(NamedTuple):
    """Predictions, and what to call them: the file they come from."""

    name: str
    documents: Sequence[Document]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """F1 of the first and the later system, later less first with its 95 % interval, two-sided p."""

    first: float
    later: float
    difference: float
    low: float
    high: float
    p: float

    @property
    def verdict(self) -> Verdict:
        """Of the later system."""
        if self.p >= SIGNIFICANT:
            return "not distinguishable"
        return "better" if self.difference > 0 else "worse"


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A later system against the first: all rows, the verdicts of `DECISIVE` and what changed."""

    first: str
    later: str
    rows: dict[str, Difference]
    verdicts: dict[str, Verdict]
    articles: tuple[ArticleChanges, ...]


class ComparisonReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `zsner compare` measures: each later system against the first."""

    documents: int
    unit: Unit
    samples: int
    seed: int
    comparisons: tuple[Comparison, ...]

    @property
    def worse(self) -> bool:
        """Whether the last system is significantly worse than the first in one of `DECISIVE`."""
        return "worse" in self.comparisons[-1].verdicts.values()


def compare(gold: Sequence[Document], systems: Sequence[System], *, samples: int, seed: int) -> ComparisonReport:
    """Compare each later system with the first on the gold. Raises DataError where there are fewer
    than two, or where predictions do not fit the gold."""
    if len(systems) < 2:
        raise DataError("name at least two files of predictions to compare")
    unit = unit_of(len(gold))
    paired = [_pair(gold, system) for system in systems]
    counts = [counts_by_unit(pairs, unit) for pairs in paired]
    comparisons = []
    for system, pairs, own in zip(systems[1:], paired[1:], counts[1:], strict=True):
        rows = dict(zip(ROWS, differences(counts[0], own, samples, seed), strict=True))
        del rows[LEFT_OUT]
        comparisons.append(
            Comparison(
                first=systems[0].name,
                later=system.name,
                rows=rows,
                verdicts={row: rows[row].verdict for row in DECISIVE},
                articles=tuple(article_changes(g, a, b) for (g, a), (_, b) in zip(paired[0], pairs, strict=True)),
            )
        )
    return ComparisonReport(documents=len(gold), unit=unit, samples=samples, seed=seed, comparisons=tuple(comparisons))


def differences(first: Array, later: Array, samples: int, seed: int) -> list[Difference]:
    """Counts [unit, row, (gold, found, right)] of two systems -> the difference in each row."""
    before, after = f1(first.sum(axis=0)), f1(later.sum(axis=0))
    low, high = paired_bootstrap(first, later, samples, seed)
    p = approximate_randomisation(first, later, samples, seed)
    return [
        Difference(first=a, later=b, difference=b - a, low=lo, high=hi, p=own)
        for a, b, lo, hi, own in np.stack([before, after, low, high, p], axis=1).tolist()
    ]


def _pair(gold: Sequence[Document], system: System) -> list[tuple[Document, Document]]:
    try:
        return pair(gold, system.documents)
    except DataError as error:
        raise DataError(f"{system.name}: {error}") from error
