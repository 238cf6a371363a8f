"""Folds: a fair deal of the articles, and models that have not seen what they predict."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT, SEEDS
from tests.documents import doc
from zsner.cli.app import app
from zsner.corpus.dataset import digest
from zsner.corpus.folds import deal, fold_lines, parted
from zsner.corpus.tasks import load_documents
from zsner.document import DataError, Document
from zsner.io.readers import read_predictions
from zsner.model.folder import BUNDLED, MANIFEST, read_manifest
from zsner.score.evaluate import evaluate
from zsner.score.folds import MEASURES, FoldScores, fold_scores, summarise
from zsner.training.config import TrainConfig

DEV = ROOT / "data" / "annotations" / "dev"


def ids(folds: list[list[Document]]) -> list[list[str]]:
    return [[d.id for d in fold] for fold in folds]


def articles(batches: str, spans: int = 1) -> list[Document]:
    """One article for each letter, of the batch of that letter; none for `-`."""
    body = "<ORG>甲公司</ORG>" * spans
    return [doc(body, id=f"x-{n:02}", **({} if b == "-" else {"batch": b})) for n, b in enumerate(batches)]


@pytest.fixture(scope="module")
def dev() -> list[Document]:
    """45 written articles, about as many by each of four authors."""
    return load_documents(DEV)


@pytest.mark.parametrize("k", [2, 3, 4, 7, 45])
@pytest.mark.parametrize("seed", [0, 7])
def test_every_article_is_in_one_fold(dev: list[Document], k: int, seed: int) -> None:
    folds = deal(dev, k, seed)
    assert len(folds) == k
    assert all(folds)
    assert sorted(i for fold in ids(folds) for i in fold) == sorted(d.id for d in dev)


def test_the_deal_hangs_on_documents_number_and_seed_alone(dev: list[Document]) -> None:
    folds = ids(deal(dev, 7))
    assert ids(deal(dev[::-1], 7)) == folds
    assert ids(deal(dev, 7, seed=0)) == folds
    assert len({json.dumps(ids(deal(dev, 7, seed))) for seed in range(5)}) == 5


@pytest.mark.parametrize("k", [2, 5, 7])
@pytest.mark.parametrize("seed", range(3))
def test_folds_have_about_as_many_spans(dev: list[Document], k: int, seed: int) -> None:
    spans = [sum(len(d.spans) for d in fold) for fold in deal(dev, k, seed)]
    mean = sum(spans) / k
    assert all(abs(n - mean) < 0.2 * mean for n in spans)


def test_articles_without_spans_are_shared_out_too() -> None:
    folds = deal([*articles("-" * 6, spans=0), doc("<ORG>甲</ORG>", id="y")], 3)
    assert sorted(map(len, folds)) == [2, 2, 3]


@pytest.mark.parametrize(
    ("batches", "k", "torn"),
    [
        ("aaabbbcccddd", 2, []),
        ("aaabbbcccddd", 4, []),
        ("aaaabbb---", 2, []),
        ("aaabbbcccddd", 3, ["a", "b", "c", "d"]),
        ("aaaaaaaaab-b", 2, ["a"]),
        ("aaabbb", 3, ["a", "b"]),
    ],
    ids=["two each", "one each", "with articles of none", "four among three", "one too large", "fewer than folds"],
)
def test_batches_stay_whole_while_that_is_even(batches: str, k: int, torn: list[str]) -> None:
    folds = deal(articles(batches), k)
    assert set(torn) <= set(parted(folds))
    assert bool(parted(folds)) == bool(torn)
    assert max(map(len, folds)) - min(map(len, folds)) <= (1 if torn else 2)


def test_an_article_of_no_batch_is_of_none_that_has_its_id() -> None:
    documents = [doc("文", id="a"), *(doc("文", id=f"x{n}", batch="a") for n in range(2)), doc("文", id="b")]
    (one,) = (fold for fold in ids(deal(documents, 2)) if "x0" in fold)
    assert one == ["x0", "x1"]


@pytest.mark.parametrize(
    ("k", "message"),
    [
        (1, "1 folds: nothing would be left to train on; name 2 or more"),
        (0, "name 2 or more"),
        (4, "4 folds of 3 articles: one would be empty; name fewer"),
    ],
)
def test_a_number_that_makes_no_folds_is_refused(k: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        deal(articles("---"), k)


def test_one_article_in_two_paths_is_refused() -> None:
    with pytest.raises(DataError, match="two articles have the id 'x-00'"):
        deal(articles("--") + articles("-"), 2)


def test_the_command_writes_a_table(tmp_path: Path, gold: list[Document]) -> None:
    out = tmp_path / "folds.tsv"
    printed = CliRunner().invoke(app, ["data", "folds", str(SEEDS), "--folds", "2"])
    written = CliRunner().invoke(app, ["data", "folds", str(SEEDS), "--folds", "2", "-o", str(out)])
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert printed.stdout.splitlines() == list(fold_lines(deal(gold, 2)))
    assert (written.stdout, out.read_text()) == ("", printed.stdout)
    head, *rows = [line.split("\t") for line in printed.stdout.splitlines()]
    assert head == ["id", "fold"]
    assert [name for name, _ in rows] == [f"{n:03}.txt" for n in range(5)]
    assert {fold for _, fold in rows} == {"1", "2"}
    shown = [[cell.strip() for cell in line.split("│")] for line in printed.stderr.splitlines()]
    for n, fold in enumerate(deal(gold, 2), 1):
        spans, tuples = sum(len(d.spans) for d in fold), sum(len(d.tuples) for d in fold)
        assert [str(n), str(len(fold)), str(spans), str(tuples)] in shown
    assert "batches in several folds (kept whole they would not come out even): seeds" in " ".join(
        printed.stderr.split()
    )


def row(seed: int, fold: int, micro: float | None) -> FoldScores:
    return FoldScores(seed=seed, fold=fold, articles=2, scores=dict.fromkeys(MEASURES, micro))


def test_means_and_spreads() -> None:
    summary = summarise([row(13, 1, 0.8), row(13, 2, 0.9), row(14, 1, 0.6), row(14, 2, 0.9)])
    assert (summary.articles, summary.folds, summary.seeds) == (4, 2, (13, 14))
    micro = summary.measures["span.micro"]
    assert micro.mean == 0.8
    assert micro.over_folds == pytest.approx((0.9 - 0.7) / math.sqrt(2), abs=1e-4)
    assert micro.over_seeds == pytest.approx((0.85 - 0.75) / math.sqrt(2), abs=1e-4)


def test_what_a_fold_has_none_of_does_not_count() -> None:
    gold = doc("<ORG>甲公司</ORG>")
    scores = fold_scores(13, 1, [(gold, gold)]).scores
    assert (scores["span.ORG"], scores["span.MONEY"], scores["tuple.strict"]) == (1.0, None, None)
    micro = summarise([row(13, 1, 0.5), row(13, 2, None)]).measures["span.micro"]
    assert (micro.mean, micro.over_folds, micro.over_seeds) == (0.5, None, None)
    assert summarise([row(13, 1, None)]).measures["span.micro"].mean is None


# Training: one run of two folds that is cut short twice, looked at from several sides.


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """A few steps of an encoder so small that no test waits for it; dev is the last article."""
    from transformers import BertConfig, BertModel

    encoder = tmp_path_factory.mktemp("encoder")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(ROOT / "encoder" / name, encoder)
    vocabulary = json.loads((ROOT / "encoder" / "config.json").read_text())["vocab_size"]
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=vocabulary, **size)).save_pretrained(encoder)
    return TrainConfig(
        name="zsner-test",
        encoder=str(encoder),
        train=tuple(str(SEEDS / f"{n:03}.json") for n in range(4)),
        dev=(str(SEEDS / "004.json"),),
        epochs=1,
        max_steps=2,
        window=128,
        link_epochs=0,
    )


class PowerCut(Exception):
    pass


def cut(step: Callable[..., Any], number: int) -> Callable[..., Any]:
    """The function, which raises PowerCut when it is called for the `number`th time."""
    calls = 0

    def cut_step(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            raise PowerCut
        return step(*args, **kwargs)

    return cut_step


@pytest.fixture(scope="module")
def run(recipe: TrainConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished cross-validation: cut off when the second model is trained but not calibrated, then
    before that model predicts, then gone on with."""
    from zsner.training import folds, train

    folder = tmp_path_factory.mktemp("runs") / "cv"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(train, "calibrate", cut(train.calibrate, 2))
        folds.cross_validate(recipe, 2, folder)
    first, second = (folder / "seed-13" / f"fold-{n}" for n in (1, 2))
    assert (first / folds.PREDICTIONS).exists()
    assert not (second / MANIFEST).exists()
    when = (first / MANIFEST).stat().st_mtime_ns
    with pytest.MonkeyPatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(folds, "load", cut(folds.load, 1))
        folds.cross_validate(recipe, 2, folder, resume=True)
    assert (second / MANIFEST).exists()
    assert not (folder / folds.SUMMARY).exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folds, "train_on", cut(folds.train_on, 1))
        folds.cross_validate(recipe, 2, folder, resume=True)
    assert (first / MANIFEST).stat().st_mtime_ns == when, "a finished model was trained again"
    return folder


def test_no_model_has_seen_what_it_predicts(run: Path, recipe: TrainConfig, gold: list[Document]) -> None:
    predictions = read_predictions(run / "predictions.jsonl")
    assert [d.id for d in predictions] == [d.id for d in gold[:4]]
    for n in (1, 2):
        manifest = read_manifest(run / "seed-13" / f"fold-{n}")
        mine = {d.id for d in predictions if d.model == manifest.label}
        assert mine
        assert manifest.data["train_digest"] == digest(d for d in gold[:4] if d.id not in mine)
        assert manifest.data["dev_digest"] == digest(gold[4:])
        assert (manifest.kind, manifest.recipe["seed"]) == ("evaluation", 13)


def test_the_folder_of_a_fold_is_a_model_and_nothing_half(run: Path) -> None:
    for n in (1, 2):
        folder = run / "seed-13" / f"fold-{n}"
        told = {"zsner.json", "run.json", "metrics.jsonl", "predictions.jsonl"}
        assert {p.name for p in folder.iterdir()} == {*read_manifest(folder).files, *told}


@pytest.fixture(scope="module")
def seeded(run: Path, recipe: TrainConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with another seed. The bundled model stands in for what it would train: it takes no
    time and, unlike two steps of training, predicts something to score."""
    from zsner.training import folds

    folder = tmp_path_factory.mktemp("runs") / "seeded"
    shutil.copytree(run, folder)
    trained: list[str] = []

    def instead(config: TrainConfig, train: list[Document], dev: list[Document], output: Path, resume: bool) -> None:
        trained.append(f"{config.seed} {output.relative_to(folder)}")
        shutil.copytree(BUNDLED, output)

    told: list[FoldScores] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folds, "train_on", instead)
        summary = folds.cross_validate(recipe, 2, folder, seeds=(13, 14), resume=True, scored=told.append)
    assert trained == ["14 seed-14/fold-1", "14 seed-14/fold-2"]
    assert [(r.seed, r.fold) for r in told] == [(13, 1), (13, 2), (14, 1), (14, 2)]
    assert summary == summarise(told)
    return folder


def test_the_predictions_of_each_seed_are_apart(run: Path, seeded: Path, gold: list[Document]) -> None:
    assert (seeded / "predictions.jsonl").read_bytes() == (run / "predictions.jsonl").read_bytes()
    assert [d.id for d in read_predictions(seeded / "predictions-14.jsonl")] == [d.id for d in gold[:4]]


def test_the_summary_is_what_evaluate_says_of_the_predictions(seeded: Path, gold: list[Document]) -> None:
    summary = json.loads((seeded / "summary.json").read_text())
    assert (summary["articles"], summary["folds"], summary["seeds"]) == (4, 2, [13, 14])
    predictions = read_predictions(seeded / "predictions-14.jsonl")
    parts = deal(gold[:4], 2)
    for row in summary["runs"][2:]:
        part = parts[row["fold"] - 1]
        report = evaluate(part, [d for d in predictions if d.id in {p.id for p in part}])
        assert row["articles"] == len(part)
        assert row["scores"]["span.micro"] == round(report.spans["micro"].f1, 4) > 0.8
        assert row["scores"]["tuple.strict"] == round(report.tuples["strict"].f1, 4) > 0.5
    assert all(m["over_seeds"] > 0 for m in summary["measures"].values())


def yaml(recipe: TrainConfig, path: Path) -> str:
    import msgspec

    path.write_bytes(msgspec.yaml.encode(recipe))
    return str(path)


def test_the_command_prints_the_summary(run: Path, recipe: TrainConfig, tmp_path: Path) -> None:
    config = yaml(recipe, tmp_path / "c.yaml")
    done = CliRunner().invoke(app, ["train", config, "--folds", "2", "-o", str(run), "--resume"])
    assert done.exit_code == 0, done.output
    assert "4 articles in 2 folds, seed 13" in done.stdout
    assert all(name in done.stdout for name in MEASURES)
    assert "seed 13, fold 2: " in done.stderr
    mean = json.loads((run / "summary.json").read_text())["measures"]["span.micro"]["mean"]
    assert f"{mean:.4f}" in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--folds", "1"], "1 folds: .*name 2 or more"),
        (["--folds", "5"], "5 folds of 4 articles"),
        (["--folds", "2", "--resume"], "no run to resume; start it without --resume"),
        (["--folds", "2", "--seeds", "13,14,13"], "seeds 13, 14, 13: one is named twice"),
        (["--folds", "2", "--seeds", "13;14"], "--seeds 13;14: write whole numbers with commas"),
        (["--seeds", "13,14"], "--seeds goes with --folds"),
        (["--folds", "2", "-o", "RUN"], "holds a cross-validation; --resume adds seeds"),
        (["--folds", "3", "-o", "RUN", "--resume"], "another configuration or data"),
        (["--folds", "2", "-o", "RUN/seed-13/fold-1"], "holds a finished model"),
    ],
    ids=" ".join,
)
def test_options_that_contradict_each_other_are_told(
    run: Path, recipe: TrainConfig, tmp_path: Path, options: list[str], message: str
) -> None:
    before = sorted(run.rglob("*"))
    config = yaml(recipe, tmp_path / "c.yaml")
    output = [] if "-o" in options else ["-o", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["train", config, *(o.replace("RUN", str(run)) for o in options), *output])
    assert isinstance(done.exception, DataError)
    with pytest.raises(DataError, match=message):
        raise done.exception
    assert not (tmp_path / "out").exists()
    assert sorted(run.rglob("*")) == before


def test_a_type_of_one_fold_only_is_told_before_training(recipe: TrainConfig, tmp_path: Path) -> None:
    import msgspec

    from zsner.training.folds import cross_validate

    growth = msgspec.structs.replace(recipe, train=tuple(str(SEEDS / f"{n:03}.json") for n in (2, 3)), dev=())
    with pytest.raises(DataError, match=r"without fold \d: no training article has a GROWTH span"):
        cross_validate(growth, 2, tmp_path / "cv")
    assert not (tmp_path / "cv").exists()
