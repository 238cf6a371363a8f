"""What a set of annotated articles holds, in numbers."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from zsner.corpus.plan import density
from zsner.document import Document
from zsner.schema import INDICATORS, SPAN_TYPES, VALUE_TYPES


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over documents. `density` counts articles by figures per 1,000 characters
    (`plan.density`); `figures` are the value spans in each of these classes per 1,000 characters."""

    documents: int
    characters: int
    spans: dict[str, int]
    tuples: int
    indicators: dict[str, int]
    density: dict[str, int]
    figures: dict[str, float]
    facets: dict[str, dict[str, int]]

    @property
    def figures_per_1000(self) -> float:
        """Value spans per 1,000 characters."""
        return 1000 * sum(self.spans[t] for t in VALUE_TYPES) / max(1, self.characters)


def _rate(documents: Sequence[Document]) -> float:
    figures = sum(s.type in VALUE_TYPES for d in documents for s in d.spans)
    return 1000 * figures / max(1, sum(len(d.text) for d in documents))


def stats(documents: Sequence[Document]) -> Stats:
    """Count spans, tuples and the facets genre, script, year and batch."""
    spans: Counter[str] = Counter(s.type for d in documents for s in d.spans)
    indicators: Counter[str] = Counter(t.indicator for d in documents for t in d.tuples)
    classes = Counter(density(d) for d in documents)
    facets = {
        field: dict(Counter(d.meta.get(field) or "-" for d in documents).most_common())
        for field in ("genre", "script", "year", "batch")
    }
    return Stats(
        documents=len(documents),
        characters=sum(len(d.text) for d in documents),
        spans={t: spans[t] for t in SPAN_TYPES},
        tuples=sum(len(d.tuples) for d in documents),
        indicators={i: indicators[i] for i in INDICATORS},
        density={k: classes[k] for k in ("low", "mid", "high")},
        figures={k: _rate([d for d in documents if density(d) == k]) for k in classes},
        facets=facets,
    )
