"""`zsner compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zsner.document import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from zsner.score.changes import Tally
    from zsner.score.compare import Comparison


def compare_cli(
    predictions: Annotated[
        list[Path],
        typer.Argument(help="Two or more JSONL that `zsner predict` or `zsner link` wrote; - for standard input."),
    ],
    gold: Annotated[Path, typer.Option(help="Gold: a Label Studio export, a folder of them, or JSONL.")],
    samples: Annotated[int, typer.Option(min=100, help="Samples of the bootstrap and of the randomisation.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Where chance begins: the same seed gives the same figures.")] = 2026,
    details: Annotated[
        Path | None, typer.Option(help="Write the spans and tuples that were gained and lost (Markdown).")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write everything here, for machines.")] = None,
) -> None:
    """Compare predictions of model versions on the same gold: each against the first.

    Examples:

        zsner compare old.jsonl new.jsonl --gold data/annotations/test

        zsner compare old.jsonl new.jsonl newer.jsonl --gold data/annotations/dev --details changes.md

        zsner link data/annotations/dev --gold-spans --rules | zsner compare old.jsonl - --gold data/annotations/dev

    For each type and slot: F1 of both, the difference with its 95 % interval (paired bootstrap) and p
    (approximate randomisation, two-sided), over articles, over sentences where there are fewer than ten;
    then how many spans and strict tuples each article gained and lost, how many it has that are wrong,
    and the verdict on span micro and strict tuples: better, worse (p below 0.05) or not distinguishable.

    Exit status: 0 the last is not significantly worse than the first, in neither of the two; 1 it is;
    2 nothing could be compared.
    """
    import msgspec
    from rich.console import Console

    from zsner.io.readers import read_gold, read_predictions
    from zsner.io.writers import opened
    from zsner.score.changes import change_report
    from zsner.score.compare import System, compare

    for option, path in (("--details", details), ("--json", json)):
        if path is not None and not path.parent.is_dir():
            raise DataError(f"{option} {path}: no such folder; make it first")
    documents = read_gold(gold)
    systems = [System(str(path), read_predictions(path)) for path in predictions]
    report = compare(documents, systems, samples=samples, seed=seed)
    if json is not None:
        with opened(json) as file:
            file.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    if details is not None:
        text = "\n".join(change_report(f"{c.later} against {c.first}", c.articles) for c in report.comparisons)
        with opened(details) as file:
            file.write(text.encode("utf-8"))
    console = Console(highlight=False)
    typer.echo(f"{report.documents} documents, {report.samples} samples over {report.unit}s, seed {report.seed}")
    for comparison in report.comparisons:
        typer.echo(f"\n{comparison.later} against {comparison.first}")
        _print_rows(console, comparison)
        _print_articles(console, comparison)
    typer.echo()
    for comparison in report.comparisons:
        typer.echo(f"{comparison.later} against {comparison.first}: {_verdicts(comparison)}")
    if report.worse:
        raise typer.Exit(1)


def _verdicts(comparison: "Comparison") -> str:
    names = {"span.micro": "span micro", "tuple.strict": "strict tuples"}
    parts = []
    for row, verdict in comparison.verdicts.items():
        d = comparison.rows[row]
        parts.append(f"{names[row]} {verdict} ({d.difference:+.4f}, p {d.p:.4f})")
    return "; ".join(parts)


def _print_rows(console: "Console", comparison: "Comparison") -> None:
    from rich.table import Table

    table = Table(show_edge=False)
    for column in ("", "F1 first", "F1 later", "difference", "95 %", "p"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for row, d in comparison.rows.items():
        figures = f"{d.first:.4f}", f"{d.later:.4f}", f"{d.difference:+.4f}", f"{d.low:+.3f} – {d.high:+.3f}"
        table.add_row(row, *figures, f"{d.p:.4f}", style="bold" if row in comparison.verdicts else "")
    console.print(table)


def _print_articles(console: "Console", comparison: "Comparison") -> None:
    """Articles in which something changed, and how many are as they were."""
    from rich.markup import escape
    from rich.table import Table

    from zsner.score.changes import total

    changed = [a for a in comparison.articles if a.changed]
    console.print()
    if changed:
        table = Table(show_edge=False)
        table.add_column("")
        for kind in ("spans", "tuples"):
            for column in ("gained", "lost", "wrong"):
                table.add_column(f"{kind} {column}", justify="right")
        for article in changed:
            table.add_row(escape(article.document), *_cells(article.spans), *_cells(article.tuples))
        table.add_section()
        sums = total(a.spans for a in comparison.articles), total(a.tuples for a in comparison.articles)
        table.add_row("all", *_cells(sums[0]), *_cells(sums[1]), style="bold")
        console.print(table)
    if same := len(comparison.articles) - len(changed):
        console.print(f"{same} documents are as they were")


def _cells(tally: "Tally") -> tuple[str, str, str]:
    return str(tally.gained), str(tally.lost), f"{tally.wrong_first} → {tally.wrong_later}"
