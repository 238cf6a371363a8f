"""`zsner predict`."""

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from zsner.cli.extras import need
from zsner.document import DataError, Document, read_day

if TYPE_CHECKING:
    from zsner.io.sources import Source
    from zsner.io.writers import Writer


class Format(StrEnum):
    """What is written."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


_BY_SUFFIX: Final = {
    ".csv": Format.csv,
    ".jsonl": Format.jsonl,
    ".ndjson": Format.jsonl,
    ".parquet": Format.parquet,
    ".xlsx": Format.xlsx,
}
_LIBRARY: Final = {Format.parquet: "pyarrow", Format.xlsx: "xlsxwriter"}
"""What the binary formats need."""


def predict_cli(
    path: Annotated[
        str,
        typer.Argument(
            help="A text, an HTML page (.html), JSONL or Parquet of texts, an archive (.zip .tar .tgz) or a folder "
            "of them, a pattern in quotes, or - for standard input."
        ),
    ],
    model: Annotated[str | None, typer.Option(help="A model folder; default: the model in the package.")] = None,
    format: Annotated[
        Format | None,
        typer.Option(
            help="Default: what the name given with -o ends in (.csv .jsonl .parquet .xlsx); "
            "else table on a terminal, jsonl in a pipe or file."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the texts, where it is not detected right.")] = None,
    text_field: Annotated[str, typer.Option(help="The field of a JSONL or Parquet that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="The one that holds the id.")] = "id",
    home_region: Annotated[str | None, typer.Option(help="The place the texts are about, where you know it.")] = None,
    published: Annotated[
        str | None, typer.Option(help="The day the texts were published, as 2023-05-10, where you know it.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Processor threads to use.")] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Leave out spans below it; default: what the model does best with; 0: none."),
    ] = None,
    min_score: Annotated[
        float | None, typer.Option(min=0, max=1, help="Leave out figures whose score is below it; their spans stay.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell for each slot who decided, by which rule, on what evidence.")
    ] = False,
) -> None:
    """Read articles and write their metric tuples.

    Examples:

        zsner predict data/articles                         a table an article

        zsner predict news.txt --format jsonl > news.jsonl  spans, values and links

        cat page.txt | zsner predict - --format csv         one row a figure

        zsner predict news/ -o news.xlsx                    the same for Excel; .parquet for pandas, DuckDB

        zsner predict news.zip -o news.jsonl                the members of an archive, read where they are

        zsner predict 'news/**/*.html'                      the main text of pages

        zsner predict posts.jsonl.gz --text-field body --id-field url

        tail -f posts.jsonl | zsner predict -               each line is answered as it comes

        zsner predict news/ --min-confidence 0.9            only what the model is sure of

        zsner predict page.txt --explain                    why each figure was linked so

    xlsx and parquet need the extra `tables`, and `-o FILE` or a pipe: they are not for a terminal.
    HTML needs the extra `html`; offsets count in the text taken from the page.

    Exit status: 0 all read; 1 some documents could not be read (each is a line with its error);
    2 nothing could be done.
    """
    failed = predict(
        path,
        model=model,
        format=format,
        output=output,
        encoding=encoding,
        text_field=text_field,
        id_field=id_field,
        home_region=home_region,
        published=published,
        threads=threads,
        min_confidence=min_confidence,
        min_score=min_score,
        explain=explain,
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
    text_field: str = "text",
    id_field: str = "id",
    home_region: str | None = None,
    published: str | None = None,
    threads: int | None = None,
    min_confidence: float | None = None,
    min_score: float | None = None,
    explain: bool = False,
) -> int:
    """Predict `path` and write the result; returns how many documents could not be read."""
    from zsner.io.records import Fields
    from zsner.io.sources import count_sources, read_sources
    from zsner.io.writers import opened
    from zsner.link.gazetteer import gazetteer
    from zsner.pipeline import load, published_of

    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError as error:
            raise DataError(f"--encoding {encoding}: no such encoding; for example utf-8, gb18030, big5") from error
    day = None if published is None else read_day(published, "--published")
    if output is not None and not output.parent.is_dir():
        raise DataError(f"--output {output}: no such folder; make it first")
    terminal = output is None and sys.stdout.isatty()
    if format is None:
        default = Format.table if terminal else Format.jsonl
        format = default if output is None else _BY_SUFFIX.get(output.suffix.lower(), default)
    elif output is not None and _BY_SUFFIX.get(output.suffix.lower(), format) is not format:
        raise DataError(f"--format {format} and --output {output} contradict each other; leave one out or rename it")
    if format in _LIBRARY and terminal:
        raise DataError(f"--format {format} is not for a terminal; name a file with -o, such as -o figures.{format}")
    if explain and format not in (Format.table, Format.jsonl):
        raise DataError(f"--explain has no place in {format}; use --format table or jsonl")
    new_writer = _writer(format)
    sources = read_sources(path, encoding, Fields(text=text_field, id=id_field))
    first = next(sources)  # a path that is not there is told before the model is loaded
    nlp = load(model, threads=threads, min_confidence=min_confidence, explain=explain)
    if home_region and not gazetteer().knows(home_region):
        typer.echo(f"note: home region {home_region} is not a place known here", err=True)
    total = count_sources(path)
    # A bar only where a person waits and it does not run into the table.
    waits = sys.stderr.isatty() and total != 1 and not (format is Format.table and output is None)
    stream: Iterable[Source] = chain([first], sources)
    if waits:
        stream = _with_bar(stream, total)
    failed = 0
    with opened(output) as file:
        writer = new_writer(file)
        for source in stream:
            if source.note:
                typer.echo(f"note: {source.note}", err=True)
            document = source.document
            if isinstance(document, Document):
                document = nlp.process(
                    document,
                    home_region=home_region or document.home_region,
                    published=day or published_of(document),
                )
                document = document if min_score is None else _sure(document, min_score)
            else:
                failed += 1
                typer.echo(f"error: {document.error}", err=True)
            writer.write(document)
            file.flush()  # whoever reads the other end of a pipe need not wait for the next
        for note in writer.close():
            typer.echo(f"note: {note}", err=True)
    return failed


def _writer(format: Format) -> "Callable[[IO[bytes]], Writer]":
    """What writes `format`. Raises DataError if its library is missing, before anything is done."""
    if format in _LIBRARY:
        need("tables", _LIBRARY[format])
        from zsner.io.tables import ParquetWriter, XlsxWriter

        return ParquetWriter if format is Format.parquet else XlsxWriter
    from zsner.io.writers import CsvWriter, JsonlWriter, TableWriter

    writers: dict[Format, Callable[[IO[bytes]], Writer]] = {
        Format.table: TableWriter,
        Format.jsonl: JsonlWriter,
        Format.csv: CsvWriter,
    }
    return writers[format]


def _sure(document: Document, least: float) -> Document:
    """The document without the tuples whose score is below `least`."""
    kept = tuple(t for t in document.tuples if t.score is not None and t.score >= least)
    return msgspec.structs.replace(document, tuples=kept)


def _with_bar(sources: Iterable["Source"], total: int | None) -> Iterable["Source"]:
    from rich.console import Console
    from rich.progress import track

    return track(sources, total=total, description="predict", console=Console(stderr=True), transient=True)
