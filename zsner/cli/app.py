"""The command line: `zsner COMMAND`. Each command parses its options and calls one function."""

import sys
from typing import Annotated

import typer

from zsner.cli.compare import compare_cli
from zsner.cli.data import data_app
from zsner.cli.evaluate import evaluate_cli
from zsner.cli.link import link_cli
from zsner.cli.model import model_app
from zsner.cli.predict import predict_cli
from zsner.cli.train import train_cli
from zsner.document import DataError
from zsner.version import __version__

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help=(
        "Investment-promotion (招商引资) metrics from Chinese news: who promised, signed, landed or paid how much, "
        "where, in which industry, by which way of attracting it.\n\n"
        "`zsner predict data/articles` reads articles, `zsner train configs/base.yaml` makes a model, "
        "`zsner evaluate GOLD PREDICTIONS` scores one."
    ),
)
app.command("predict")(predict_cli)
app.command("train")(train_cli)
app.command("evaluate")(evaluate_cli)
app.command("compare")(compare_cli)
app.command("link")(link_cli)
app.add_typer(data_app, name="data", help="Check, count and convert annotations: `zsner data check data/annotations`.")
app.add_typer(model_app, name="model", help="What is known about models: `zsner model info runs/base`.")


@app.command("schema")
def schema_cli() -> None:
    """Print the JSON Schema of one line of `zsner predict`."""
    import msgspec

    from zsner.document import json_schema

    typer.echo(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())


def _version(value: bool) -> None:
    if value:
        typer.echo(f"zsner {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None: ...


def main() -> None:
    """Entry point. Bad input ends in one line on standard error and exit status 2."""
    try:
        app()
    except DataError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of the pipe has had enough (`zsner predict … | head`): no fault of ours.
        sys.stderr.close()
        sys.exit(141)


if __name__ == "__main__":
    main()
