"""`zsner model card|info`."""

from pathlib import Path
from typing import Annotated

import typer

from zsner.cli.extras import need

model_app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@model_app.command("card")
def card_cli(
    root: Annotated[Path, typer.Option(help="A clone of the project: its data/ and reports/ are read.")] = Path(),
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: standard output.")] = None,
) -> None:
    """Write the model card from what was measured (reports/, data/annotations), nothing else.

    Example: zsner model card -o model_card.md
    """
    need("evaluate", "seqeval")
    from zsner.io.writers import opened
    from zsner.score.card import model_card

    text = model_card(root)
    with opened(output) as file:
        file.write(text.encode("utf-8"))


@model_app.command("info")
def info_cli(
    model: Annotated[str | None, typer.Argument(help="A model folder; default: the model in the package.")] = None,
) -> None:
    """Check a model folder and print its manifest.

    Example: zsner model info runs/base
    """
    import msgspec

    from zsner.model.folder import find_model, read_manifest

    folder = find_model(model)
    manifest = read_manifest(folder)
    typer.echo(
        msgspec.json.format(
            msgspec.json.encode({"folder": str(folder)} | msgspec.to_builtins(manifest)), indent=2
        ).decode()
    )
