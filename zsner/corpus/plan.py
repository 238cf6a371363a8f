"""The plan of the corpus (`data/plan.tsv`) and how far the articles keep to it.

A row is an article: what it was to be. Genre, level, province, year, script and damage are read from
the article's own data; density and length are measured.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from zsner.corpus.tasks import Problem
from zsner.document import DataError, Document
from zsner.schema import VALUE_TYPES

PLAN: Final = "plan.tsv"
COLUMNS: Final = (
    "id", "split", "batch", "genre", "level", "province", "year", "script", "damage", "density", "length", "topics",
)  # fmt: skip
FACETS: Final = ("split", "density", "length", "script", "damage", "level", "year", "province", "genre")
DENSITIES: Final = ("low", "mid", "high")
TOLERANCE: Final = 0.2
"""Share of the planned number by which the articles of a kind may miss it (one article always may)."""

LENGTH_TOLERANCE: Final = 0.25


class Coverage(NamedTuple):
    """Articles of one kind: how many were planned, how many there are."""

    facet: str
    value: str
    planned: int
    there: int

    @property
    def kept(self) -> bool:
        """Whether the number is near enough to the plan."""
        return abs(self.there - self.planned) <= max(1, TOLERANCE * self.planned)


def read_plan(path: Path) -> list[dict[str, str]]:
    """Rows of a plan, keys as in `COLUMNS`. Raises DataError with the line that is broken."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise DataError(f"{path}: line 1: is not the head line {'<TAB>'.join(COLUMNS)}")
    rows, seen = [], set[str]()
    for n, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise DataError(f"{path}: line {n}: {len(cells)} cells instead of {len(COLUMNS)}; separate them by tabs")
        row = dict(zip(COLUMNS, cells, strict=True))
        if row["id"] in seen:
            raise DataError(f"{path}: line {n}: {row['id']} is planned twice; remove one line")
        if not row["length"].isdigit() or row["density"] not in DENSITIES:
            raise DataError(f"{path}: line {n}: length is a number of characters, density low, mid or high")
        seen.add(row["id"])
        rows.append(row)
    return rows


def density(document: Document) -> str:
    """low, mid or high: below 3, up to 14, more value spans in 1,000 characters."""
    figures = 1000 * sum(s.type in VALUE_TYPES for s in document.spans) / max(1, len(document.text))
    return "low" if figures < 3 else "mid" if figures <= 14 else "high"


def coverage(plan: Sequence[dict[str, str]], splits: dict[str, list[Document]]) -> list[Coverage]:
    """Planned and present articles by facet and value; splits that the plan does not name do not count."""
    named = {row["split"] for row in plan}
    documents = [(split, d) for split, ds in splits.items() if split in named for d in ds]
    found: list[Coverage] = []
    lengths = {row["id"]: row["length"] for row in plan}
    for facet in FACETS:
        planned = Counter(_class(facet, row[facet]) for row in plan)
        there = Counter(_class(facet, _value(facet, split, d, lengths)) for split, d in documents)
        order = (
            sorted(planned | there) if facet in ("year", "length") else [v for v, _ in (planned | there).most_common()]
        )
        found += [Coverage(facet, value, planned[value], there[value]) for value in order]
    return found


def _value(facet: str, split: str, document: Document, lengths: dict[str, str]) -> str:
    if facet == "split":
        return split
    if facet == "density":
        return density(document)
    if facet == "length":
        # An article that is nearly as long as planned counts as planned, on whichever side of a step it ends.
        planned = int(lengths.get(document.id, 0))
        return str(planned if abs(len(document.text) - planned) <= LENGTH_TOLERANCE * planned else len(document.text))
    return document.meta.get(facet) or "-"


def _class(facet: str, value: str) -> str:
    """Years by threes or so, lengths by steps: what is near enough counts as the same."""
    if facet == "year" and value.isdigit():
        low = max(start for start in (0, 2005, 2009, 2013, 2016, 2019, 2022, 2025) if start <= int(value))
        return f"from {low}"
    if facet == "length":
        low = max(start for start in (0, 600, 1300, 2300) if start <= int(value))
        return f"from {low:4}"
    return value


def check_plan(root: Path, splits: dict[str, list[Document]]) -> Iterator[Problem]:
    """Faults between the plan beside `root` and the articles: articles of a planned split that
    the plan does not have, and kinds of articles that miss it by more than `TOLERANCE`."""
    path = root.parent / PLAN
    if not path.exists():
        return
    plan = read_plan(path)

    def problem(task: str, message: str) -> Problem:
        return Problem(level="error", file=str(path), task=task, place="", message=message)

    listed = {row["id"]: row["split"] for row in plan}
    for split, documents in splits.items():
        for d in documents if split in listed.values() else ():
            if listed.get(d.id) != split:
                yield problem(
                    d.id, f"stands in {split} but the plan has it as {listed.get(d.id)!r}; add or mend its row"
                )
    for c in coverage(plan, splits):
        if not c.kept:
            yield problem("-", f"{c.facet} {c.value}: {c.there} articles, {c.planned} planned")


def summary(rows: Iterable[Coverage]) -> list[tuple[str, str]]:
    """(facet, `value there/planned, …`) lines, `!` behind what misses the plan."""
    lines: dict[str, list[str]] = {}
    for c in rows:
        lines.setdefault(c.facet, []).append(f"{c.value} {c.there}/{c.planned}{'' if c.kept else '!'}")
    return [(facet, ", ".join(cells)) for facet, cells in lines.items()]
