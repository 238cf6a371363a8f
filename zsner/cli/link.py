"""`zsner link`."""

from pathlib import Path
from typing import Annotated

import typer


def link_cli(
    path: Annotated[
        Path, typer.Argument(help="JSONL that `zsner predict` wrote; with --gold-spans annotations: exports or JSONL.")
    ],
    gold_spans: Annotated[
        bool, typer.Option("--gold-spans", help="PATH is annotated: link its spans, forget its tuples.")
    ] = False,
    model: Annotated[str | None, typer.Option(help="A model folder; default: the model in the package.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="By rule alone, without the model's link scorer.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell for each slot who decided, by which rule, on what evidence.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")
    ] = None,
) -> None:
    """Link spans that are there already to metric tuples, and write JSONL.

    Examples:

        zsner link data/annotations/dev --gold-spans --model runs/base | zsner evaluate data/annotations/dev -

        zsner link data/annotations/dev --gold-spans --rules -o ruled.jsonl

    On gold spans this measures linking alone. The model in the package has been trained on every annotated
    article of the project: measure with an evaluation model.
    """
    count, seen = link_documents(path, gold_spans=gold_spans, model=model, rules=rules, explain=explain, output=output)
    if seen:
        typer.echo(
            "note: this released model has been trained on such annotations; it has no score of its own", err=True
        )
    typer.echo(f"{count} document{'s' if count != 1 else ''} linked", err=True)


def link_documents(
    path: Path,
    *,
    gold_spans: bool = False,
    model: str | None = None,
    rules: bool = False,
    explain: bool = False,
    output: Path | None = None,
) -> tuple[int, bool]:
    """Link the documents of `path`; returns how many, and whether a released model linked gold spans."""
    import msgspec

    from zsner.io.readers import read_gold, read_predictions
    from zsner.io.writers import JsonlWriter, opened
    from zsner.pipeline import Pipeline, load, published_of

    documents = read_gold(path) if gold_spans else read_predictions(path)
    nlp = load(model, explain=explain)
    if rules:
        nlp = Pipeline(nlp.tagger, explain=explain)
    with opened(output) as file:
        writer = JsonlWriter(file)
        for document in documents:
            # What the gold knows of its place and day is not handed over.
            home, day = (None, None) if gold_spans else (document.home_region, published_of(document))
            bare = msgspec.structs.replace(document, tuples=(), home_region=None)
            writer.write(nlp.relink(bare, home_region=home, published=day))
    return len(documents), gold_spans and not rules and nlp.tagger.manifest.kind == "released"
