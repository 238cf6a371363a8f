"""`zsner evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zsner.cli.extras import need
from zsner.document import DataError

if TYPE_CHECKING:
    from zsner.score.evaluate import Report


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
    json: Annotated[Path | None, typer.Option(help="Write all scores here, for machines.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to look at: scores, plots, every error in its article.")
    ] = None,
    runs: Annotated[
        list[Path] | None,
        typer.Option(help="With --html: show the learning curve of this run folder; may be repeated."),
    ] = None,
) -> None:
    """Score predictions against gold: strict spans, slots, strict tuples.

    Examples:

        zsner evaluate data/annotations/seeds reports/evaluation/seeds.jsonl

        zsner evaluate data/annotations/dev --model runs/base --json scores.json

        zsner evaluate data/annotations/test predictions.jsonl --fail-under span.micro=0.95

        zsner evaluate data/annotations/test predictions.jsonl --html report.html --runs runs/base

    Spans are scored by seqeval (strict, IOB2) and by an independent count that must agree.
    A strict tuple has head, indicator, status, region, growth, filter, orgs, industries and
    mechanisms right; the period is scored apart.
    """
    need("evaluate", "seqeval")
    import msgspec

    from zsner.io.readers import read_gold, read_predictions
    from zsner.io.writers import opened
    from zsner.score.errors import error_report, mistakes
    from zsner.score.evaluate import below, evaluate, pair
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
    if predictions is not None:
        found = read_predictions(predictions)
    else:
        from zsner.pipeline import load

        nlp = load(model)
        found = [nlp.process(d, home_region=d.home_region if given_home_region else None) for d in documents]
    report = evaluate(documents, found)
    if json is not None:
        aside = json.with_name(json.name + ".partial")
        aside.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        aside.replace(json)
    if errors is not None:
        pairs = pair(documents, found)
        text = error_report(gold.name, mistakes(pairs)) + "\n" + link_report(gold.name, link_mistakes(pairs))
        errors.write_text(text, encoding="utf-8")
    if html is not None:
        page = html_report(f"zsner on {gold.name}", report, pair(documents, found), runs=curves)
        with opened(html) as file:
            file.write(page.encode())
    _print(report)
    missed = below(report, fail_under or ())
    for sentence in missed:
        typer.echo(sentence, err=True)
    if missed:
        raise typer.Exit(1)


def _print(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    from zsner.score.evaluate import SPAN_ROWS

    console = Console()
    console.print(f"{report.documents} documents, {', '.join(report.models) or 'model not named'}")
    for title, scores, names in (
        ("spans, strict", report.spans, SPAN_ROWS),
        ("tuples", report.tuples, tuple(report.tuples)),
    ):
        table = Table(title=title, show_edge=False, title_justify="left", title_style="bold")
        table.add_column("")
        for column in ("precision", "recall", "F1", "gold", "found", "right"):
            table.add_column(column, justify="right")
        if scores is report.spans:
            table.add_column(f"95 % ({report.unit}s)", justify="right")
        for name in names:
            if (s := scores.get(name)) is not None:
                figures = [f"{x:.4f}" for x in (s.precision, s.recall, s.f1)]
                counts = [""] * 3 if name == "macro" else [str(n) for n in (s.gold, s.found, s.right)]
                interval = [" – ".join(f"{x:.3f}" for x in report.intervals[name])] if name in report.intervals else []
                table.add_row(
                    name,
                    *figures,
                    *counts,
                    *(interval if scores is report.spans else []),
                    style="bold" if name in ("micro", "strict") else "",
                )
        console.print(table)
        console.print()
    console.print(f"expected calibration error of the span confidence {report.ece:.4f}", highlight=False)
