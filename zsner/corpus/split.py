"""Which article is in which split: `data/splits.tsv`, kept beside the data."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final

from zsner.corpus.check import leaks, own_names
from zsner.corpus.names import listed_places
from zsner.corpus.tasks import Problem
from zsner.document import DataError, Document
from zsner.text import fold

SPLITS: Final = ("train", "dev", "test", "fresh", "seeds")
HELD_OUT: Final = ("seeds", "test")
TABLE: Final = "splits.tsv"
COMMON: Final = "common_strings.txt"
SHARED_LENGTH: Final = 12
"""So many characters in a row are no chance any more."""


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


def read_common(path: Path) -> tuple[str, ...]:
    """Strings that training and held-out articles may share, from lines `string<TAB>reason` (compared
    folded and without white space and marks); none where there is no file. Raises DataError for a line without a reason."""
    found = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), 1):
        text, _, reason = line.partition("\t")
        if not text or not reason.strip():
            raise DataError(f"{path}: line {n}: write the string, a tab and the reason why both may have it")
        found.append(_words(text))
    return tuple(found)


def shared_strings(
    training: Iterable[Document], held_out: Iterable[Document], common: Sequence[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """Longest strings of at least `SHARED_LENGTH` characters (folded) that a training and a held-out
    article share, with the two ids; parts of `common` do not count."""
    n = SHARED_LENGTH
    known: dict[str, str] = {}
    for document in held_out:
        text = fold(document.text).text
        for i in range(len(text) - n + 1):
            known.setdefault(text[i : i + n], document.id)
    for document in training:
        text = fold(document.text).text
        shared = [i for i in range(len(text) - n + 1) if text[i : i + n] in known]
        start = None
        for i, after in zip_longest(shared, shared[1:], fillvalue=-1):
            start = i if start is None else start
            if after != i + 1:
                string = text[start : i + n]
                if not any(_words(string) in c for c in common) and not _no_words(string):
                    yield string, document.id, known[text[start : start + n]]
                start = None


def _words(text: str) -> str:
    """Letters, figures and characters alone: marks and line breaks differ from page to page."""
    return "".join(c for c in fold(text).text if c.isalnum())


def _no_words(string: str) -> bool:
    """Whether it is mostly figures, marks and blanks: amounts with their units, dates, rules."""
    return sum("\u4e00" <= c <= "\u9fff" for c in string) < SHARED_LENGTH * 3 // 4


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
    training = [*splits.get("train", ()), *splits.get("dev", ())]
    made = listed_places()
    common = read_common(root.parent / COMMON)
    for held_out in HELD_OUT:
        for text, where, source in shared_strings(training, splits.get(held_out, ()), common):
            message = f"{text!r} stands in {held_out} article {source} too; word it otherwise, or list it in {COMMON}"
            yield problem(str(root), where, message)
        for d in splits.get(held_out, ()):
            for _, name in sorted(n for n in own_names(d) if n[1] in made):
                yield problem("zsner/corpus/names.toml", d.id, f"{name!r} of this article is in the augmentation lists")
        for kind, name, where, source in leaks(training, splits.get(held_out, ())):
            yield problem(
                str(root / "train"), where, f"{kind} {name!r} occurs in {held_out} article {source}; rename it here"
            )
