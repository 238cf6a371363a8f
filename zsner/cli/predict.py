"""`zsner predict`."""

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from zsner.document import DataError

if TYPE_CHECKING:
    from zsner.io.readers import Source


class Format(StrEnum):
    """What is written."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"


def predict_cli(
    path: Annotated[
        str, typer.Argument(help='A text file, a JSONL of {"id", "text"}, a folder, or - for standard input.')
    ],
    model: Annotated[str | None, typer.Option(help="A model folder; default: the model in the package.")] = None,
    format: Annotated[
        Format | None, typer.Option(help="Default: table on a terminal, jsonl in a pipe or file.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the texts, where it is not detected right.")] = None,
    home_region: Annotated[str | None, typer.Option(help="The place the texts are about, where you know it.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Processor threads to use.")] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Leave out spans below it; default: what the model does best with; 0: none."),
    ] = None,
) -> None:
    """Read articles and write their metric tuples.

    Examples:

        zsner predict data/articles                         a table an article

        zsner predict news.txt --format jsonl > news.jsonl  spans, values and links

        cat page.txt | zsner predict - --format csv         one row a figure

        zsner predict news/ --min-confidence 0.9            only what the model is sure of

    Exit status: 0 all read; 1 some documents could not be read (each is a line with its error);
    2 nothing could be done.
    """
    failed = predict(
        path,
        model=model,
        format=format,
        output=output,
        encoding=encoding,
        home_region=home_region,
        threads=threads,
        min_confidence=min_confidence,
    )
    if failed:
        typer.echo(f"{failed} document{'s' if failed > 1 else ''} could not be read", err=True)
        raise typer.Exit(1)


def predict(
    path: str,
    *,
    model: str | None = None,
    format: Format | None = None,
    output: Path | None = None,
    encoding: str | None = None,
    home_region: str | None = None,
    threads: int | None = None,
    min_confidence: float | None = None,
) -> int:
    """Predict `path` and write the result; returns how many documents could not be read."""
    from zsner.document import Document
    from zsner.io.readers import count_sources, read_sources
    from zsner.io.writers import CsvWriter, JsonlWriter, TableWriter, Writer, opened
    from zsner.link.gazetteer import gazetteer
    from zsner.pipeline import load

    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError as error:
            raise DataError(f"--encoding {encoding}: no such encoding; for example utf-8, gb18030, big5") from error
    if output is not None and not output.parent.is_dir():
        raise DataError(f"--output {output}: no such folder; make it first")
    if format is None:
        format = Format.table if output is None and sys.stdout.isatty() else Format.jsonl
    sources = read_sources(path, encoding)
    first = next(sources)  # a path that is not there is told before the model is loaded
    nlp = load(model, threads=threads, min_confidence=min_confidence)
    if home_region and not gazetteer().knows(home_region):
        typer.echo(f"note: home region {home_region} is not a place known here", err=True)
    writers: dict[Format, Callable[[IO[bytes]], Writer]] = {
        Format.table: TableWriter,
        Format.jsonl: JsonlWriter,
        Format.csv: CsvWriter,
    }
    total = count_sources(path)
    # A bar only where a person waits and it does not run into the table.
    waits = sys.stderr.isatty() and total != 1 and not (format is Format.table and output is None)
    stream: Iterable[Source] = chain([first], sources)
    if waits:
        stream = _with_bar(stream, total)
    failed = 0
    with opened(output) as file:
        writer = writers[format](file)
        for source in stream:
            if source.note:
                typer.echo(f"note: {source.note}", err=True)
            document = source.document
            if isinstance(document, Document):
                document = nlp.process(document, home_region=home_region or document.home_region)
            else:
                failed += 1
                typer.echo(f"error: {document.error}", err=True)
            writer.write(document)
        writer.close()
    return failed


def _with_bar(sources: Iterable["Source"], total: int | None) -> Iterable["Source"]:
    from rich.console import Console
    from rich.progress import track

    return track(sources, total=total, description="predict", console=Console(stderr=True), transient=True)
