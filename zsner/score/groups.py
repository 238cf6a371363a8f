"""Scores by group: article, genre, script, year, damage and length."""

from collections.abc import Iterator
from typing import Final

import msgspec

from zsner.document import Document
from zsner.score.spans import Score, score, span_keys
from zsner.score.tuples import resolve, wrong_fields

GROUPS: Final = ("genre", "script", "year", "damage", "length", "article")
_LENGTHS: Final = {"under 500": 500, "500 to 999": 1000, "1000 to 1999": 2000}
"""Characters of an article; the name of a group and the bound below which it is."""
_LONG: Final = "2000 and more"


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Strict scores of some articles: spans (micro) and tuples."""

    documents: int
    spans: Score
    tuples: Score


class GroupTally:
    """Strict counts by group, article by article."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, list[int]]] = {kind: {} for kind in GROUPS}

    def add(self, gold: Document, found: Document) -> None:
        """Count one article."""
        wanted, got = span_keys(gold), span_keys(found)
        gold_tuples, found_tuples = resolve(gold), resolve(found)
        right = sum(
            not any(wrong_fields(gold_tuples[head], found_tuples[head], gold.home_region))
            for head in gold_tuples.keys() & found_tuples.keys()
        )
        row = [1, len(wanted), len(got), len(wanted & got), len(gold_tuples), len(found_tuples), right]
        for kind, name in _names(gold):
            counts = self._counts[kind].setdefault(name, [0] * len(row))
            counts[:] = [a + b for a, b in zip(counts, row, strict=True)]

    def scores(self) -> dict[str, dict[str, Group]]:
        """Kind of group -> its name, in order -> scores; a kind that no gold article tells is left out."""
        return {
            kind: {
                name: Group(documents=row[0], spans=score(*row[1:4]), tuples=score(*row[4:]))
                for name, row in sorted(groups.items(), key=lambda group: _order(group[0]))
            }
            for kind, groups in self._counts.items()
            if groups
        }


def _names(document: Document) -> Iterator[tuple[str, str]]:
    for kind in ("genre", "script", "year", "damage"):
        if name := document.meta.get(kind):
            yield kind, name
    yield "length", next((name for name, bound in _LENGTHS.items() if len(document.text) < bound), _LONG)
    yield "article", document.id


def _order(name: str) -> tuple[int, str]:
    """Lengths by size, all else by name."""
    lengths = [*_LENGTHS, _LONG]
    return (lengths.index(name) if name in lengths else -1, name)
