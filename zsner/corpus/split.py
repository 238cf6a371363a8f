"""Which article is in which split: `data/splits.tsv`, kept beside the data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from zsner.corpus.check import leaks
from zsner.corpus.tasks import Problem
from zsner.document import DataError, Document

SPLITS: Final = ("train", "dev", "test", "seeds")
HELD_OUT: Final = ("seeds", "test")
TABLE: Final = "splits.tsv"


def read_splits(table: Path) -> dict[str, str]:
    """Article id -> split, from a `splits.tsv` (`id<TAB>split<TAB>batch`, a head line).

    Raises DataError with the line that is broken."""
    found: dict[str, str] = {}
    for n, row in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
        id_, _, rest = row.partition("\t")
        split = rest.partition("\t")[0]
        if n == 1 and (id_, split) != ("id", "split"):
            raise DataError(f"{table}: line 1: {row!r} is no head line; write id<TAB>split<TAB>batch")
        if n == 1 or not row:
            continue
        if split not in SPLITS:
            raise DataError(f"{table}: line {n}: {row!r}; write id<TAB>split, one of {', '.join(SPLITS)}")
        if id_ in found:
            raise DataError(f"{table}: line {n}: {id_} is listed twice; remove one line")
        found[id_] = split
    return found


def write_splits(table: Path, splits: dict[str, list[Document]]) -> None:
    """Write the split table of documents by split."""
    lines = ["id\tsplit\tbatch"]
    for split in SPLITS:
        lines += [f"{d.id}\t{split}\t{d.meta.get('batch') or ''}" for d in splits.get(split, ())]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")


def check_splits(root: Path, splits: dict[str, list[Document]]) -> Iterator[Problem]:
    """Faults between splits: articles in two of them or not where the table says, batches torn
    between train and dev, names of held-out articles that occur in training."""

    def problem(file: str, task: str, message: str) -> Problem:
        return Problem(level="error", file=file, task=task, place="", message=message)

    table = root.parent / TABLE
    listed = read_splits(table) if table.exists() else {}
    seen: dict[str, str] = {}
    for split, documents in splits.items():
        for d in documents:
            if d.id in seen:
                yield problem(str(root / split), d.id, f"is in {seen[d.id]} too; keep one")
            seen[d.id] = split
            if table.exists() and listed.get(d.id) != split:
                yield problem(
                    str(table), d.id, f"listed as {listed.get(d.id)!r} but stands in {split}; correct the table"
                )
    for gone in sorted(listed.keys() - seen.keys()):
        yield problem(str(table), gone, "is listed but there is no such article; remove the line")
    batches = {s: {d.meta.get("batch") for d in splits.get(s, ())} - {None} for s in ("train", "dev")}
    for batch in sorted(str(b) for b in batches["train"] & batches["dev"]):
        yield problem(str(root), f"batch {batch}", "is in train and in dev; an author's batch stays whole")
    for held_out in HELD_OUT:
        training = [*splits.get("train", ()), *splits.get("dev", ())]
        for kind, name, where, source in leaks(training, splits.get(held_out, ())):
            yield problem(
                str(root / "train"), where, f"{kind} {name!r} occurs in {held_out} article {source}; rename it here"
            )
