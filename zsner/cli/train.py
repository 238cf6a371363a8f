"""`zsner train`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zsner.cli.extras import need
from zsner.document import DataError

if TYPE_CHECKING:
    from zsner.score.folds import FoldScores, Summary


def train_cli(
    config: Annotated[Path, typer.Argument(help="A YAML configuration, as configs/base.yaml.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The model folder to write; default: runs/<name of the configuration>, with --folds runs/<name>-folds.",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    folds: Annotated[
        int | None, typer.Option(help="Cross-validate: so many models, each scored on articles held out from it.")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="With --folds: train every fold with each of these, as 13,14.")
    ] = None,
) -> None:
    """Fine-tune the encoder on annotations and write a model folder.

    Examples:

        zsner train configs/tiny.yaml --output runs/tiny    a minute or two, to see it work

        zsner train configs/base.yaml --output runs/base    the evaluation model

        zsner train configs/base.yaml --output runs/base --resume

        zsner train configs/base.yaml --output runs/cv --folds 5 --seeds 13,14

    The folder is what `zsner predict --model` and Hugging Face's AutoTokenizer and
    AutoModelForTokenClassification load. It holds the best epoch by strict micro-F1 on dev.

    With `--folds` the articles of `train` are dealt out (`zsner data folds` shows how) and each fold is
    predicted by a model of the others. `dev`, where the configuration has one, chooses the epoch as
    ever; the fold held out has no say in it. The folder then holds `predictions.jsonl`, which
    `zsner evaluate` and `zsner data doubts` take, and `summary.json`.
    """
    need(
        "train",
        "torch",
        "transformers",
        "datasets",
        "accelerate",
        "yaml",
        "seqeval",
        "onnx",
        "onnxscript",
        "tokenizers",
    )
    from zsner.training.config import read_config

    settings = read_config(config)
    if folds is not None:
        numbers = _numbers(seeds) if seeds is not None else ()
        from zsner.training.folds import cross_validate

        folder = output or Path("runs") / f"{config.stem}-folds"
        _print(cross_validate(settings, folds, folder, seeds=numbers, resume=resume, scored=_tell))
        typer.echo(f"{folder}: predictions.jsonl, summary.json", err=True)
        return
    if seeds is not None:
        raise DataError("--seeds goes with --folds; a single model takes `seed:` from its configuration")
    folder = output or Path("runs") / config.stem
    from zsner.training.train import train

    manifest = train(settings, folder, resume=resume)
    for name, value in manifest.scores.items():
        typer.echo(f"{name} {value}", err=True)
    typer.echo(f"{folder}: {manifest.label}, {manifest.recipe['steps']} steps", err=True)


def _numbers(seeds: str) -> tuple[int, ...]:
    try:
        return tuple(int(seed) for seed in seeds.split(","))
    except ValueError as error:
        raise DataError(f"--seeds {seeds}: write whole numbers with commas between, as 13,14") from error


def _tell(run: "FoldScores") -> None:
    scores = ", ".join(f"{name} {_figure(run.scores[name])}" for name in ("span.micro", "tuple.strict"))
    typer.echo(f"seed {run.seed}, fold {run.fold}: {run.articles} articles, {scores}", err=True)


def _print(summary: "Summary") -> None:
    from rich.console import Console
    from rich.table import Table

    seeds = ", ".join(map(str, summary.seeds))
    console = Console()
    console.print(
        f"strict F1, {summary.articles} articles in {summary.folds} folds, seed {seeds}", style="bold", highlight=False
    )
    table = Table("", show_edge=False)
    for column in ("mean", "± over folds", "± over seeds")[: 3 if len(summary.seeds) > 1 else 2]:
        table.add_column(column, justify="right")
    for name, m in summary.measures.items():
        cells = [m.mean, m.over_folds] + ([m.over_seeds] if len(summary.seeds) > 1 else [])
        table.add_row(name, *map(_figure, cells), style="bold" if name in ("span.micro", "tuple.strict") else "")
    console.print(table)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
