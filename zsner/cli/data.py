"""`zsner data check|stats|export|agreement|config`."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zsner.cli.extras import need
from zsner.document import DataError, Document

data_app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")
DataPath = Annotated[Path, typer.Argument(help="A Label Studio export (raw JSON, JSONL of tasks) or a folder of them.")]


@data_app.command("check")
def check_cli(
    path: DataPath,
    warnings: Annotated[bool, typer.Option(help="Print warnings too: places to look at.")] = False,
) -> None:
    """Print everything that is wrong with annotations: task, place, remedy.

    Examples:

        zsner data check data/annotations

        zsner data check export.json --warnings

    Exit status 1 if there is an error.
    """
    from collections import Counter

    from zsner.corpus.check import check_document
    from zsner.corpus.split import SPLITS, check_splits
    from zsner.corpus.tasks import Problem, read_tasks

    counts: Counter[str] = Counter()
    by_split: dict[str, list[Document]] = {}
    ids: dict[str, str] = {}

    def show(problem: Problem) -> None:
        counts[problem.level] += 1
        if problem.level != "warning" or warnings or "left out" in problem.message:
            typer.echo(str(problem))

    for reading in read_tasks(path):
        for problem in reading.problems:
            show(problem)
        if reading.document is None:
            continue
        document = reading.document
        counts["documents"] += 1
        file = reading.file
        if document.id in ids:
            typer.echo(f"error: {file}: task {document.id}: {ids[document.id]} has this id too; rename one")
            counts["error"] += 1
        ids[document.id] = file
        for problem in check_document(document, file):
            show(problem)
        split = Path(file).parent.name
        if split in SPLITS:
            by_split.setdefault(split, []).append(document)
    if path.is_dir() and path.name not in SPLITS and by_split:
        for problem in check_splits(path, by_split):
            show(problem)
    typer.echo(
        f"{counts['documents']} articles: {counts['error']} errors, {counts['repaired']} repaired, "
        f"{counts['warning']} warnings" + ("" if warnings or not counts["warning"] else " (--warnings shows them)")
    )
    if counts["error"]:
        raise typer.Exit(1)


@data_app.command("stats")
def stats_cli(path: DataPath) -> None:
    """Count articles, spans, tuples and what kinds of article there are, split by split.

    Example: zsner data stats data/annotations
    """
    from rich.console import Console
    from rich.table import Table

    from zsner.corpus.split import SPLITS
    from zsner.corpus.stats import stats
    from zsner.corpus.tasks import load_documents
    from zsner.schema import SPAN_TYPES

    parts = [path / s for s in SPLITS if (path / s).is_dir()] or [path]
    counted = {p.name: stats(load_documents(p)) for p in parts}
    console = Console()
    table = Table(show_edge=False)
    table.add_column("")
    for name in counted:
        table.add_column(name, justify="right")
    rows: dict[str, list[object]] = {
        "articles": [s.documents for s in counted.values()],
        "characters": [s.characters for s in counted.values()],
        "figures per 1,000": [f"{s.figures_per_1000:.1f}" for s in counted.values()],
        "articles with few / some / many figures": [" / ".join(map(str, s.density.values())) for s in counted.values()],
        "spans": [sum(s.spans.values()) for s in counted.values()],
        **{f"  {t}": [s.spans[t] for s in counted.values()] for t in SPAN_TYPES},
        "tuples": [s.tuples for s in counted.values()],
    }
    codes = {i for s in counted.values() for i, n in s.indicators.items() if n}
    rows |= {f"  {i}": [s.indicators[i] for s in counted.values()] for i in sorted(codes)}
    for label, row in rows.items():
        table.add_row(label, *map(str, row))
    console.print(table)
    for name, s in counted.items():
        for field, values in s.facets.items():
            console.print(f"{name} {field}: " + ", ".join(f"{k} {n}" for k, n in values.items()), highlight=False)


class Export(StrEnum):
    """Forms of `zsner data export`."""

    conll = "conll"
    bio_jsonl = "bio-jsonl"
    datasets = "datasets"
    jsonl = "jsonl"


@data_app.command("export")
def export_cli(
    path: DataPath,
    format: Annotated[
        Export,
        typer.Option(
            help="conll and bio-jsonl: a tag a character; datasets: a folder for datasets.load_from_disk; jsonl: the output format."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Default: standard output (not for datasets).")
    ] = None,
) -> None:
    """Write annotations as CoNLL, BIO JSONL, a `datasets.Dataset` or contract JSONL.

    Examples:

        zsner data export data/annotations/train --format conll -o train.conll

        zsner data export data/annotations/dev --format datasets -o dev_dataset
    """
    from zsner.corpus.tasks import load_documents
    from zsner.io.writers import opened

    documents = load_documents(path)
    if format is Export.datasets:
        need("train", "datasets")
        from zsner.corpus.dataset import to_dataset

        if output is None:
            raise DataError("--format datasets writes a folder; name it with --output")
        if output.exists():
            raise DataError(f"{output}: is there already; name a new folder")
        aside = output.with_name(output.name + ".partial")
        to_dataset(documents).save_to_disk(str(aside))
        aside.rename(output)
        return
    with opened(output) as file:
        for line in _export_lines(documents, format):
            file.write(line + b"\n")


def _export_lines(documents: list[Document], format: Export) -> Iterator[bytes]:
    import msgspec

    from zsner import bio
    from zsner.corpus.dataset import examples, to_conll
    from zsner.document import to_json

    if format is Export.conll:
        yield from (line.encode() for line in to_conll(documents))
    elif format is Export.jsonl:
        yield from (to_json(d) for d in documents)
    else:
        for document in documents:
            for e in examples(document, 320):
                row = {"document": e.document, "start": e.start, "tokens": list(e.text)}
                yield msgspec.json.encode(row | {"ner_tags": [bio.TAGS[t] for t in e.tags]})


@data_app.command("agreement")
def agreement_cli(path: DataPath) -> None:
    """Agreement of two annotators before settling: strict span F1 and strict tuples.

    Example: zsner data agreement data/annotations/seeds
    """
    need("evaluate", "seqeval")
    from rich.console import Console
    from rich.table import Table

    from zsner.schema import SPAN_TYPES
    from zsner.score.agreement import agreement

    found = agreement(path)
    console = Console()
    table = Table("article", "spans F1", "strict tuples F1", show_edge=False)
    for name, spans, tuples in found.articles:
        table.add_row(name, f"{spans:.4f}", f"{tuples:.4f}")
    table.add_row("all", f"{found.spans['micro'].f1:.4f}", f"{found.tuples['strict'].f1:.4f}", style="bold")
    console.print(table)
    console.print("by type: " + ", ".join(f"{t} {found.spans[t].f1:.3f}" for t in SPAN_TYPES), highlight=False)
    console.print(
        "by slot: " + ", ".join(f"{k} {v.f1:.3f}" for k, v in found.tuples.items() if k != "strict"), highlight=False
    )


@data_app.command("config")
def config_cli() -> None:
    """Print the Label Studio labelling configuration (XML) of this project."""
    from zsner.corpus.labelstudio import label_config

    sys.stdout.write(label_config())
