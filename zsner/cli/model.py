"""`zsner model list|info|diff|card`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zsner.cli.extras import need

if TYPE_CHECKING:
    from rich.table import Table

model_app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")
Root = Annotated[Path, typer.Option(help="A clone of the project: its data/ and reports/ are read.")]


@model_app.command("list")
def list_cli(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Model folders, or folders of them; default: runs/ of the clone.")
    ] = None,
    root: Root = Path(),
) -> None:
    """List the versions of the model: the one in the package, trained folders, recorded releases.

    Examples:

        zsner model list

        zsner model list runs/base runs/ablations

    Spans (micro) and tuples are strict F1 on `test`, where that model was measured; a released model
    has none, it has seen the test. A release is shown by its evaluation model.
    """
    from rich.table import Table

    from zsner.model.versions import model_versions

    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name in ("where", "name", "version", "kind", "articles", "data", "test spans", "test tuples", "MB", "date"):
        table.add_column(name, justify="right" if name in ("articles", "test spans", "test tuples", "MB") else "left")
    for model in model_versions(root, folders):
        known = model.manifest
        table.add_row(
            model.place,
            known.name,
            model.version,
            known.kind,
            str(known.data["train"]),
            known.data["train_digest"][:12],
            *("–" if score is None else f"{score:.3f}" for score in (model.spans, model.tuples)),
            "–" if model.size is None else f"{model.size / 1e6:.1f}",
            model.date or "–",
        )
    _print(table)


@model_app.command("diff")
def diff_cli(
    one: Annotated[str, typer.Argument(help="A model folder, a recorded release, or `bundled`.")],
    other: Annotated[str, typer.Argument(help="The same.")],
    root: Root = Path(),
) -> None:
    """Print what differs between two models: recipe, data, scores, packages, files.

    Examples:

        zsner model diff bundled runs/released

        zsner model diff reports/releases/0.1.0 reports/releases/0.2.0

    Exit status as of diff: 0 nothing differs, 1 something does, 2 one of them cannot be read.
    """
    from rich.markup import escape
    from rich.table import Table

    from zsner.model.versions import differences, read_version

    found = differences(*(read_version(place, root, whole=True) for place in (one, other)))
    if not found:
        return
    table = Table("", escape(one), escape(other), show_edge=False, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.overflow = "fold"
    for key, *sides in found:
        # Digests of one kind differ early; their whole length is in `zsner model info`.
        table.add_row(key, *("–" if s is None else escape(s[:16] + "…" if len(s) == 64 else s) for s in sides))
    _print(table)
    raise typer.Exit(1)


@model_app.command("card")
def card_cli(
    root: Root = Path(),
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: standard output.")] = None,
) -> None:
    """Write the model card from what was measured (reports/, data/annotations), nothing else.

    Example: zsner model card -o model_card.md
    """
    need("train", "seqeval", "yaml")
    from zsner.io.writers import opened
    from zsner.score.card import model_card

    text = model_card(root)
    with opened(output) as file:
        file.write(text.encode("utf-8"))


@model_app.command("info")
def info_cli(
    model: Annotated[
        str, typer.Argument(help="A model folder or a recorded release; default: the model in the package.")
    ] = "bundled",
    root: Root = Path(),
) -> None:
    """Check a model folder and print what is known of it (JSON): recipe, data, scores, checksums.

    Examples:

        zsner model info runs/base

        zsner model info reports/releases/0.1.0
    """
    import msgspec

    from zsner.model.versions import read_version

    known = read_version(model, root, whole=True)
    measured = {"test": {"spans": known.spans, "tuples": known.tuples}} if known.spans is not None else {}
    facts = {"folder": str(known.folder), "size": known.size, "date": known.date, **measured}
    facts |= msgspec.to_builtins(known.manifest) | {"version": known.version}
    typer.echo(msgspec.json.format(msgspec.json.encode(facts), indent=2).decode())


def _print(table: "Table") -> None:
    """Off a terminal no width is known: wide enough to read."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)
