"""Scores of cross-validation: one row a fold and seed, means and spreads over them."""

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Final

import msgspec

from zsner.document import Document
from zsner.schema import SPAN_TYPES
from zsner.score.spans import span_scores
from zsner.score.tuples import tuple_scores

MEASURES: Final = ("span.micro", *(f"span.{t}" for t in SPAN_TYPES), "tuple.strict")
"""What is told of each fold: strict F1, under the names that `zsner evaluate --fail-under` takes."""


class FoldScores(msgspec.Struct, frozen=True, kw_only=True):
    """Strict F1 of one model on the articles held out from it; None for what their gold has none of.
    Folds count from 1."""

    seed: int
    fold: int
    articles: int
    scores: dict[str, float | None]


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A strict F1: mean over folds and seeds, standard deviation over folds (each the mean over its
    seeds) and over seeds (each the mean over its folds); None where there are fewer than two.

    The deviation over folds says how much articles differ. It is no standard error of the mean:
    the folds share training articles (Bengio and Grandvalet 2004).
    """

    mean: float | None
    over_folds: float | None
    over_seeds: float | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What `zsner train --folds` measures, and the rows it is made from."""

    articles: int
    folds: int
    seeds: tuple[int, ...]
    measures: dict[str, Measure]
    runs: tuple[FoldScores, ...]


def fold_scores(seed: int, fold: int, pairs: Sequence[tuple[Document, Document]]) -> FoldScores:
    """The row of one fold from its (gold, predicted) documents."""
    spans = {f"span.{name}": s for name, s in span_scores(pairs).items()}
    scored = spans | {"tuple.strict": tuple_scores(pairs)["strict"]}
    scores = {name: round(scored[name].f1, 4) if scored[name].gold else None for name in MEASURES}
    return FoldScores(seed=seed, fold=fold, articles=len(pairs), scores=scores)


def summarise(runs: Sequence[FoldScores]) -> Summary:
    """Means and spreads of the rows of all folds, of one seed or several."""
    folds = sorted({r.fold for r in runs})
    seeds = tuple(dict.fromkeys(r.seed for r in runs))

    def measure(name: str) -> Measure:
        by_fold = [_mean(r.scores[name] for r in runs if r.fold == n) for n in folds]
        by_seed = [_mean(r.scores[name] for r in runs if r.seed == n) for n in seeds]
        mean = _mean(r.scores[name] for r in runs)
        return Measure(
            mean=None if mean is None else round(mean, 4), over_folds=_spread(by_fold), over_seeds=_spread(by_seed)
        )

    return Summary(
        articles=sum(r.articles for r in runs if r.seed == seeds[0]),
        folds=len(folds),
        seeds=seeds,
        measures={name: measure(name) for name in MEASURES},
        runs=tuple(runs),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return fmean(known) if known else None


def _spread(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return round(stdev(known), 4) if len(known) > 1 else None
