"""`zsner train`."""

from pathlib import Path
from typing import Annotated

import typer

from zsner.cli.extras import need


def train_cli(
    config: Annotated[Path, typer.Argument(help="A YAML configuration, as configs/base.yaml.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The model folder to write; default: runs/<name of the configuration>."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
) -> None:
    """Fine-tune the encoder on annotations and write a model folder.

    Examples:

        zsner train configs/tiny.yaml --output runs/tiny    a minute or two, to see it work

        zsner train configs/base.yaml --output runs/base    the evaluation model

        zsner train configs/base.yaml --output runs/base --resume

    The folder is what `zsner predict --model` and Hugging Face's AutoTokenizer and
    AutoModelForTokenClassification load. It holds the best epoch by strict micro-F1 on dev.
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
    folder = output or Path("runs") / config.stem
    from zsner.training.train import train

    manifest = train(settings, folder, resume=resume)
    for name, value in manifest.scores.items():
        typer.echo(f"{name} {value}", err=True)
    typer.echo(f"{folder}: {manifest.label}, {manifest.recipe['steps']} steps", err=True)
