"""Resampling of articles or sentences: intervals of a score, and of the difference of two systems.

Counts are those of `zsner.score.units`. A draw of units is a row of weights (how often each is drawn,
or whether it is swapped), and the sums of all draws are one product of matrices.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from zsner.document import Document
from zsner.score.units import ROWS, Array, Unit, counts_by_unit, f1, unit_of

DRAWS: Final = 2000
SEED: Final = 2026
_AT_ONCE: Final = 2_000_000
"""Weights held at a time; 16 MB of them."""


class IntervalTally:
    """Strict counts by article and, while these are few, by sentence."""

    def __init__(self) -> None:
        self._articles: list[Array] = []
        self._sentences: list[Array] = []

    def add(self, gold: Document, found: Document) -> None:
        """Count one article."""
        self._articles.append(counts_by_unit([(gold, found)], "article"))
        if self.unit == "sentence":
            self._sentences.append(counts_by_unit([(gold, found)], "sentence"))

    @property
    def unit(self) -> Unit:
        """What is resampled."""
        return unit_of(len(self._articles))

    def intervals(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Interval of the F1 of each of `ROWS`, by resampling whole articles (Efron 1979), or sentences
        where articles are too few to resample: narrower, because sentences of one article are alike."""
        if not self._articles:
            return {}
        counts = np.concatenate(self._articles if self.unit == "article" else self._sentences)
        low, high = _interval(f1(_resampled(counts, DRAWS, SEED)), level)
        return {row: (round(float(low[i]), 4), round(float(high[i]), 4)) for i, row in enumerate(ROWS)}


def paired_bootstrap(first: Array, later: Array, samples: int, seed: int, level: float = 0.95) -> tuple[Array, Array]:
    """Interval [row], [row] of the difference of F1, `later` less `first`.

    Paired bootstrap (Koehn 2004, "Statistical significance tests for machine translation
    evaluation"; Berg-Kirkpatrick, Burkett and Klein 2012, "An empirical investigation of statistical
    significance in NLP"): both systems are scored on the same draws of units, so what makes an
    article hard for both falls out. The limits are percentiles. Counts are [unit, row, 3].
    """
    both = f1(_resampled(np.stack([first, later], axis=1), samples, seed))
    return _interval(both[:, 1] - both[:, 0], level)


def approximate_randomisation(first: Array, later: Array, samples: int, seed: int) -> Array:
    """Two-sided p [row] of the difference of F1 of two systems, in (0, 1].

    Approximate randomisation (Noreen 1989, "Computer-intensive methods for testing hypotheses"; for
    F1 Yeh 2000): if the systems were alike, it would not matter which of them made which unit's
    predictions. Each sample swaps those of every unit with probability one half; p is the share of
    samples that differ at least as much as the systems do, the systems as they are counted among
    them. It tests each row alone. Counts are [unit, row, 3]; the systems' gold is the same.
    """
    observed = abs(f1(later.sum(axis=0)) - f1(first.sum(axis=0)))
    # Sums are whole numbers and exact; ratios of them that are equal may differ by a rounding.
    observed -= 1e-12
    random = np.random.default_rng(seed)
    at_least = np.zeros(len(observed))
    for size in _batches(samples, len(first)):
        moved = _weighted(random.integers(2, size=(size, len(first)), dtype=np.int8), later - first)
        differences = f1(later.sum(axis=0) - moved) - f1(first.sum(axis=0) + moved)
        at_least += (abs(differences) >= observed).sum(axis=0)
    return (at_least + 1) / (samples + 1)


def _resampled(counts: Array, samples: int, seed: int) -> Array:
    """Sums [sample, …] of as many units as there are, drawn with replacement from [unit, …]."""
    units = len(counts)
    random = np.random.default_rng(seed)
    sums = []
    for size in _batches(samples, units):
        drawn = random.integers(units, size=(size, units)) + units * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units)
        sums.append(_weighted(times, counts))
    return np.concatenate(sums)


def _weighted(weights: np.typing.NDArray[np.integer], counts: Array) -> Array:
    """[sample, unit] and [unit, …] -> sums [sample, …]."""
    return (weights.astype(float) @ counts.reshape(len(counts), -1)).reshape(len(weights), *counts.shape[1:])


def _batches(samples: int, units: int) -> Iterator[int]:
    """Sizes of the parts that samples are made in, for memory."""
    size = max(1, _AT_ONCE // units)
    for done in range(0, samples, size):
        yield min(size, samples - done)


def _interval(values: Array, level: float) -> tuple[Array, Array]:
    """Percentiles [row], [row] of [sample, row] that hold `level` of the samples between them."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
