"""`zsner data check|stats|export|agreement|doubts|folds|card|config`."""

import sys
from collections.abc import Iterable, Iterator
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
    accept: Annotated[
        bool, typer.Option("--as-accepted", help="Print warnings as rows for accepted.tsv, to be given a reason.")
    ] = False,
) -> None:
    """Print everything that is wrong with annotations: task, place, remedy.

    Examples:

        zsner data check data/annotations

        zsner data check export.json --warnings

    A warning that is right as it is goes, with a reason, into `accepted.tsv` beside the folder
    (`--as-accepted` prints the rows); it is not told again.

    Exit status 1 if there is an error.
    """
    from collections import Counter

    from zsner.corpus.check import check_document
    from zsner.corpus.consistency import ACCEPTED, across, as_row, read_accepted, uncovered, without_accepted
    from zsner.corpus.plan import check_plan
    from zsner.corpus.split import SPLITS, check_splits
    from zsner.corpus.tasks import Problem, read_tasks

    counts: Counter[str] = Counter()
    by_split: dict[str, list[Document]] = {}
    files: dict[str, str] = {}
    table = path.parent / ACCEPTED
    accepted = read_accepted(table) if table.exists() else set()

    def show(problems: Iterable[Problem]) -> None:
        for problem in without_accepted(problems, accepted):
            counts[problem.level] += 1
            if accept:
                if problem.level == "warning":
                    typer.echo("\t".join((*as_row(problem), "")))
            elif problem.level != "warning" or warnings or "left out" in problem.message:
                typer.echo(str(problem))

    documents: list[Document] = []
    for reading in read_tasks(path):
        show(reading.problems)
        if reading.document is None:
            continue
        document = reading.document
        file = reading.file
        if document.id in files:
            typer.echo(f"error: {file}: task {document.id}: {files[document.id]} has this id too; rename one")
            counts["error"] += 1
        files[document.id] = file
        documents.append(document)
        show((*check_document(document, file), *uncovered(document, file)))
        split = Path(file).parent.name
        if split in SPLITS:
            by_split.setdefault(split, []).append(document)
    show(across(documents, files))
    if path.is_dir() and path.name not in SPLITS and by_split:
        show((*check_splits(path, by_split), *check_plan(path, by_split)))
    counts["documents"] = len(documents)
    typer.echo(
        f"{counts['documents']} articles: {counts['error']} errors, {counts['repaired']} repaired, "
        f"{counts['warning']} warnings" + ("" if warnings or not counts["warning"] else " (--warnings shows them)")
    )
    if counts["error"]:
        raise typer.Exit(1)


@data_app.command("stats")
def stats_cli(path: DataPath = Path("data/annotations")) -> None:
    """Count articles, spans, tuples and what kinds of article there are, split by split.

    Example: zsner data stats data/annotations, which is what it counts if none is named
    """
    from rich.console import Console
    from rich.table import Table

    from zsner.corpus.plan import DENSITIES, PLAN, TOLERANCE, coverage, read_plan, summary
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
        **{
            f"  in articles of {k} density": [f"{s.figures.get(k, 0):.1f}" for s in counted.values()] for k in DENSITIES
        },
        **{f"articles of {k} density": [s.density[k] for s in counted.values()] for k in DENSITIES},
        "spans": [sum(s.spans.values()) for s in counted.values()],
        **{f"  {t}": [s.spans[t] for s in counted.values()] for t in SPAN_TYPES},
        "tuples": [s.tuples for s in counted.values()],
    }
    codes = {i for s in counted.values() for i, n in s.indicators.items() if n}
    rows |= {f"  {i}": [s.indicators[i] for s in counted.values()] for i in sorted(codes)}
    for label, row in rows.items():
        table.add_row(label, *map(str, row))
    console.print(table)
    plan = path.parent / PLAN
    if plan.exists():
        console.print(f"\nthere/planned by {plan} (! misses it by more than {TOLERANCE:.0%})", highlight=False)
        splits = {p.name: load_documents(p) for p in parts}
        for facet, line in summary(coverage(read_plan(plan), splits)):
            console.print(f"{facet}: {line}", highlight=False)
        return
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
def agreement_cli(
    path: DataPath,
    second: Annotated[
        Path | None, typer.Argument(help="The other annotator's, where each has files of his own.")
    ] = None,
) -> None:
    """Agreement of two annotators before settling: strict span F1 and strict tuples.

    Examples:

        zsner data agreement data/annotations/seeds

        zsner data agreement reports/agreement/first.jsonl.gz reports/agreement/second.jsonl.gz
    """
    need("evaluate", "seqeval")
    from rich.console import Console
    from rich.table import Table

    from zsner.schema import SPAN_TYPES
    from zsner.score.agreement import agreement

    found = agreement(path, second)
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


@data_app.command("doubts")
def doubts_cli(
    path: DataPath,
    predictions: Annotated[Path, typer.Argument(help="JSONL by models that have not seen the articles.")],
    least: Annotated[float, typer.Option(help="Leave out what the model is less sure of.")] = 0.0,
) -> None:
    """Print where predictions disagree with annotations, the surest first: labels to look at.

    Example: zsner data doubts data/annotations/train runs/folds/predictions.jsonl --least 0.8

    Columns: confidence, article, line, the annotation's span, the model's span, context.
    """
    need("evaluate", "seqeval")
    from zsner.corpus.doubts import doubts
    from zsner.corpus.tasks import load_documents
    from zsner.io.readers import read_predictions
    from zsner.score.evaluate import pair

    for d in doubts(pair(load_documents(path), read_predictions(predictions))):
        if d.confidence >= least:
            sides = ["-" if s is None else f"{s.type} {s.text}" for s in (d.given, d.seen)]
            typer.echo("\t".join([f"{d.confidence:.2f}", d.document, str(d.line), *sides, d.context]))


@data_app.command("folds")
def folds_cli(
    paths: Annotated[list[Path], typer.Argument(help="Label Studio exports or folders of them, dealt out together.")],
    folds: Annotated[int, typer.Option(help="How many parts.")],
    seed: Annotated[int, typer.Option(help="Another seed gives other folds, as even as these.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: standard output.")] = None,
) -> None:
    """Deal articles out into folds for cross-validation: a line `id<TAB>fold` for each.

    Examples:

        zsner data folds data/annotations/train --folds 5

        zsner data folds data/annotations/train data/annotations/dev --folds 5 --seed 7 -o folds.tsv

    Folds have about as many spans each. Articles of one batch (one author) stay together unless a fold
    would then be off the mean by more than a fifth. With the default seed these are the folds of
    `zsner train --folds`.
    """
    from rich.console import Console
    from rich.table import Table

    from zsner.corpus.folds import deal, fold_lines, parted
    from zsner.corpus.tasks import load_documents
    from zsner.io.writers import opened

    dealt = deal([d for path in paths for d in load_documents(path)], folds, seed)
    with opened(output) as file:
        for line in fold_lines(dealt):
            file.write(f"{line}\n".encode())
    table = Table("fold", show_edge=False)
    for column in ("articles", "spans", "tuples"):
        table.add_column(column, justify="right")
    for n, fold in enumerate(dealt, 1):
        spans, tuples = sum(len(d.spans) for d in fold), sum(len(d.tuples) for d in fold)
        table.add_row(str(n), str(len(fold)), str(spans), str(tuples))
    console = Console(stderr=True)
    console.print(table)
    if torn := parted(dealt):
        console.print(
            f"batches in several folds (kept whole they would not come out even): {', '.join(torn)}", highlight=False
        )


@data_app.command("card")
def card_cli(
    root: Annotated[Path, typer.Option(help="A clone of the project: its data/ and reports/ are read.")] = Path(),
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: standard output.")] = None,
) -> None:
    """Write the card of the corpus (a Hugging Face dataset card), its numbers counted from the data.

    Example: zsner data card -o data/annotations/README.md
    """
    need("train", "seqeval", "yaml")
    from zsner.io.writers import opened
    from zsner.score.data_card import data_card

    text = data_card(root)
    with opened(output) as file:
        file.write(text.encode("utf-8"))


@data_app.command("config")
def config_cli() -> None:
    """Print the Label Studio labelling configuration (XML) of this project."""
    from zsner.corpus.labelstudio import label_config

    sys.stdout.write(label_config())
