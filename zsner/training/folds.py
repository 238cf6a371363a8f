"""Cross-validation: each article is predicted by a model that has not seen it.

folder/run.json                   the configuration, the folds and the data, for --resume
folder/seed-13/fold-1/            the model of all other folds, and its predictions of this one
folder/predictions.jsonl          all articles, by the models of the first seed
folder/predictions-14.jsonl       the same of each further seed
folder/summary.json               scores by fold, means and spreads
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from zsner.corpus.dataset import digest
from zsner.corpus.folds import deal
from zsner.document import DataError, Document, to_json
from zsner.io.readers import read_predictions
from zsner.io.writers import opened
from zsner.model.folder import MANIFEST
from zsner.pipeline import load
from zsner.score.evaluate import pair
from zsner.score.folds import FoldScores, Summary, fold_scores, summarise
from zsner.training.config import TrainConfig
from zsner.training.data import check_types, training_data
from zsner.training.train import CHECKPOINTS, RUN_CONFIG, prepare_run, train_on

PREDICTIONS: Final = "predictions.jsonl"
SUMMARY: Final = "summary.json"


def cross_validate(
    config: TrainConfig,
    folds: int,
    output: Path,
    *,
    seeds: Sequence[int] = (),
    resume: bool = False,
    scored: Callable[[FoldScores], None] = lambda _: None,
) -> Summary:
    """Train by `config` once for each of `folds` parts of its `train` articles (`corpus.folds.deal`)
    and each of `seeds` (none: the configuration's), on the other parts; `scored` is told each row.

    `dev` is used as in any training: it chooses the epoch and calibrates, the part that is held out
    has no say in either. Without `dev` the configuration says how long to train. There is no int8
    gate: what int8 loses is in the scores. `resume` trains what is missing, also further seeds.

    Raises DataError as `deal` and `train` do, for a seed given twice, and for a span type that occurs
    in one part only.
    """
    seeds = tuple(seeds) or (config.seed,)
    if len(set(seeds)) < len(seeds):
        raise DataError(f"seeds {', '.join(map(str, seeds))}: one is named twice and would train the same model again")
    documents, dev = training_data(config.train, config.dev, config.articles)
    parts = deal(documents, folds)
    rest = [[d for other in parts if other is not part for d in other] for part in parts]
    for n, others in enumerate(rest, 1):
        try:
            check_types(others)
        except DataError as error:
            raise DataError(f"without fold {n}: {error}") from error
    _prepare(config, parts, dev, output, resume)
    runs: list[FoldScores] = []
    for seed in seeds:
        predicted: list[Document] = []
        for n, part in enumerate(parts, 1):
            settings = msgspec.structs.replace(
                config, name=f"{config.name}-fold-{n}", kind="evaluation", seed=seed, gate=1.0
            )
            found = _held_out(settings, part, rest[n - 1], dev, output / f"seed-{seed}" / f"fold-{n}")
            predicted += found
            runs.append(fold_scores(seed, n, pair(part, found)))
            scored(runs[-1])
        name = PREDICTIONS if seed == seeds[0] else f"predictions-{seed}.jsonl"
        _write(output / name, [found for _, found in pair(documents, predicted)])
    summary = summarise(runs)
    with opened(output / SUMMARY) as file:
        file.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
    return summary


def _prepare(config: TrainConfig, parts: list[list[Document]], dev: list[Document], output: Path, resume: bool) -> None:
    """As `prepare_run`, for all folds together: a seed may be added, nothing else may change."""
    if (output / SUMMARY).exists() and not resume:
        raise DataError(f"{output}: holds a cross-validation; --resume adds seeds to it, or name another folder")
    settings = msgspec.to_builtins(config)
    del settings["seed"]
    record = {
        "config": settings,
        "folds": [[d.id for d in part] for part in parts],
        "train_digest": digest(d for part in parts for d in part),
        "dev_digest": digest(dev) if dev else None,
    }
    prepare_run(output, record, resume)


def _held_out(
    config: TrainConfig, part: list[Document], rest: list[Document], dev: list[Document], folder: Path
) -> list[Document]:
    """Predictions of `part` by a model of `rest`: trained, trained to its end, or there already."""
    file = folder / PREDICTIONS
    if not file.exists():
        if not (folder / MANIFEST).exists():
            train_on(config, rest, dev, folder, resume=(folder / RUN_CONFIG).exists())
        # Half a gigabyte a fold that nothing needs any more.
        if (folder / CHECKPOINTS).exists():
            shutil.rmtree(folder / CHECKPOINTS)
        nlp = load(folder)
        _write(file, [nlp.process(d) for d in part])
    return read_predictions(file)


def _write(path: Path, documents: Sequence[Document]) -> None:
    with opened(path) as file:
        for document in documents:
            file.write(to_json(document) + b"\n")
