"""`zsner evaluate`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from zsner.cli.extras import need
from zsner.document import DataError

if TYPE_CHECKING:
    from zsner.score.evaluate import Report
    from zsner.score.spans import Score


class GroupKind(StrEnum):
    """What articles can be grouped by."""

    genre = "genre"
    script = "script"
    year = "year"
    damage = "damage"
    length = "length"
    article = "article"


def evaluate_cli(
    gold: Annotated[Path, typer.Argument(help="Gold: a Label Studio export, a folder of them, or JSONL.")],
    predictions: Annotated[
        Path | None, typer.Argument(help="JSONL that `zsner predict` or `zsner link` wrote; - for standard input.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Predict the gold texts with this model instead.")] = None,
    given_home_region: Annotated[
        bool, typer.Option("--given-home-region", help="With --model: hand it the gold's home regions.")
    ] = False,
    fail_under: Annotated[
        list[str] | None, typer.Option(help="Exit with 1 where a score is lower, as span.micro=0.95; may be repeated.")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option(help="Write the errors on spans and links by class, with examples (Markdown).")
    ] = None,
    by: Annotated[
        list[GroupKind] | None, typer.Option(help="Show the scores by a kind of group too; may be repeated.")
    ] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Tell of predictions that do not fit the gold, and score the rest.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write all scores here, for machines.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to look at: scores, plots, every error in its article.")
    ] = None,
    runs: Annotated[
        list[Path] | None,
        typer.Option(help="With --html: show the learning curve of this run folder; may be repeated."),
    ] = None,
) -> None:
    """Score predictions against gold: spans, values, slots, tuples.

    Examples:

        zsner evaluate data/annotations/seeds reports/evaluation/seeds.jsonl

        zsner evaluate data/annotations/dev --model runs/base --json scores.json

        zsner evaluate data/annotations/test predictions.jsonl --fail-under span.micro=0.95

        zsner evaluate data/annotations/test reports/evaluation/test.jsonl --by genre --by damage

        zsner evaluate data/annotations/test predictions.jsonl --html report.html --runs runs/base

    Spans are scored by seqeval (strict, IOB2) and by an independent count that must agree; beside that by
    type alone (any overlap), in part (half a point for an overlap of the right type) and by boundaries alone.
    Values are right where the normalised value is, whatever the boundaries.
    A strict tuple has head, indicator, status, region, growth, filter, orgs, industries and
    mechanisms right; the period is scored apart.
    """
    need("evaluate", "seqeval")
    import msgspec

    from zsner.io.readers import read_gold, stream_predictions
    from zsner.io.writers import opened
    from zsner.score.errors import error_report, mistakes
    from zsner.score.evaluate import below, paired, score_pairs
    from zsner.score.link_errors import link_mistakes, link_report
    from zsner.score.report import html_report, read_run

    if (predictions is None) == (model is None):
        raise DataError("name either PREDICTIONS or --model")
    if given_home_region and model is None:
        raise DataError("--given-home-region goes with --model; the predictions are made already")
    if runs and html is None:
        raise DataError("--runs goes with --html, which shows their curves")
    curves = [read_run(folder) for folder in runs or ()]
    documents = read_gold(gold)
    left = _tell if leave_out else None
    if predictions is not None:
        found = stream_predictions(predictions, left)
    else:
        from zsner.pipeline import load

        nlp = load(model)
        found = (nlp.process(d, home_region=d.home_region if given_home_region else None) for d in documents)
    pairs = paired(documents, found, left)
    kept = list(pairs) if errors is not None or html is not None else []
    report = score_pairs(kept or pairs)
    if errors is not None:
        text = error_report(gold.name, mistakes(kept)) + "\n" + link_report(gold.name, link_mistakes(kept))
        with opened(errors) as file:
            file.write(text.encode())
    if html is not None:
        page = html_report(f"zsner on {gold.name}", report, kept, runs=curves)
        with opened(html) as file:
            file.write(page.encode())
    if json is not None:
        with opened(json) as file:
            file.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    _print(report, by or [])
    missed = below(report, fail_under or ())
    for sentence in missed:
        typer.echo(sentence, err=True)
    if missed:
        raise typer.Exit(1)


def _tell(sentence: str) -> None:
    typer.echo(f"left out: {sentence}", err=True)


def _print(report: "Report", by: Sequence[GroupKind]) -> None:
    from rich.console import Console
    from rich.table import Table

    from zsner.score.evaluate import SPAN_ROWS

    console = Console()

    def table(title: str, *columns: str) -> Table:
        new = Table(title=title, show_edge=False, title_justify="left", title_style="bold", padding=(0, 1, 0, 0))
        new.add_column("", no_wrap=True)
        for column in columns:
            new.add_column(column, justify="right", no_wrap=True)
        return new

    console.print(f"{report.documents} documents, {', '.join(report.models) or 'model not named'}\n")
    spans = table("spans, strict", *_COLUMNS, f"95 % ({report.unit}s)")
    for name in SPAN_ROWS:
        if (score := report.spans.get(name)) is not None:
            figures = [*_figures(score)[:3], "", "", ""] if name == "macro" else _figures(score)
            interval = "–".join(f"{x:.3f}" for x in report.intervals.get(name, ()))
            spans.add_row(name, *figures, interval, style="bold" if name == "micro" else "")
    console.print(spans, "")
    kinds = list(report.relaxed)
    looser = table("spans, F1 by looser measures", *kinds)
    for name in SPAN_ROWS[:-1]:
        scores = [report.relaxed[k].get(name) for k in kinds]
        looser.add_row(name, *("" if s is None else f"{s.f1:.4f}" for s in scores))
    console.print(looser, "")
    values = report.values
    for line in (
        f"values right {values.right} of {values.gold}, F1 {values.f1:.4f}",
        "boundaries off: " + ", ".join(f"{side} {number}" for side, number in report.boundaries.items()),
        f"expected calibration error of the span confidence {report.ece:.4f}\n",
    ):
        console.print(line, highlight=False)
    confusion = table("gold spans (rows) and what overlaps them", *(n.lower()[:8] for n in report.confusion))
    for name, row in report.confusion.items():
        confusion.add_row(name, *("" if row[n] == 0 else str(row[n]) for n in report.confusion))
    console.print(confusion, "")
    tuples = table("tuples", *_COLUMNS, f"95 % ({report.unit}s)")
    for name, score in report.tuples.items():
        interval = "–".join(f"{x:.3f}" for x in report.tuple_intervals.get(name, ()))
        tuples.add_row(name, *_figures(score), interval, style="bold" if name == "strict" else "")
    console.print(tuples, "")
    for kind in by:
        groups = table(f"by {kind}", "articles", "spans F1", "gold spans", "tuples F1", "gold tuples")
        for name, g in report.groups.get(kind, {}).items():
            cells = f"{g.documents}", f"{g.spans.f1:.4f}", f"{g.spans.gold}", f"{g.tuples.f1:.4f}", f"{g.tuples.gold}"
            groups.add_row(name, *cells)
        console.print(groups, "")


_COLUMNS: Final = ("precision", "recall", "F1", "gold", "found", "right")


def _figures(score: "Score") -> list[str]:
    return [
        *(f"{x:.4f}" for x in (score.precision, score.recall, score.f1)),
        *(str(n) for n in (score.gold, score.found, score.right)),
    ]
