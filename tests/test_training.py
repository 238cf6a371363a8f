"""Training for real, on little: save, reload, predict; parity; what a run refuses."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

import zsner
from tests.conftest import ARTICLES, ROOT, SEEDS
from zsner import bio
from zsner.corpus.tasks import load_documents
from zsner.document import DataError, problems
from zsner.link.facts import SCORED
from zsner.link.linker import Ruled
from zsner.link.scorer import CHOSEN_ONE, LinkScorer, probabilities
from zsner.model.folder import MANIFEST, read_manifest, write_manifest
from zsner.model.tagger import Tagger
from zsner.pipeline import Pipeline, load
from zsner.schema import SLOTS
from zsner.text import fold, windows
from zsner.training import train as training
from zsner.training.config import TrainConfig, read_config
from zsner.training.data import training_data
from zsner.training.export import export_fp32
from zsner.training.links import LinkHeads, export_links, inputs
from zsner.training.tokenizer import load_tokenizer

TEXT = "一季度，全市新签约项目87个，总投资额320亿元，\n同比增长12%；“链长制” 招商（LNG）。𠀀"


def test_a_trained_folder_predicts(tiny_model: Path) -> None:
    document = zsner.load(tiny_model)(ARTICLES[3].read_text(encoding="utf-8"), id="003.txt")
    assert document.model == f"zsner-test {zsner.__version__}"
    assert not list(problems(document))


def test_the_manifest_says_how_the_model_was_made(tiny_model: Path) -> None:
    manifest = read_manifest(tiny_model)
    assert manifest.recipe["learning_rate"] == 1e-3
    assert manifest.recipe["steps"] == 12
    assert manifest.data["train"] == 2
    assert len(manifest.data["train_digest"]) == 64
    assert {"torch", "transformers", "python"} <= set(manifest.packages)
    assert {"dev_span_micro_f1_fp32", "dev_span_micro_f1_int8"} <= set(manifest.scores)
    assert set(manifest.files) == {
        "config.json",
        "model.safetensors",
        "model.onnx",
        "links.onnx",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    lines = (tiny_model / "metrics.jsonl").read_text().splitlines()
    assert any("eval_f1" in json.loads(line) for line in lines)


def test_hugging_face_reads_one_token_a_character(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    folded = fold(TEXT).text
    encoded = tokenizer(folded, return_offsets_mapping=True)
    assert encoded["offset_mapping"][1:-1] == [(i, i + 1) for i in range(len(folded))]
    ids = Tagger(tiny_model)._ids
    assert encoded["input_ids"][1:-1] == [ids.get(c, ids["[UNK]"]) for c in folded]
    assert ids[" "] != ids["[UNK]"]
    assert ids["\n"] != ids["[UNK]"]


def test_hugging_face_and_onnx_give_the_same_labels(tiny_model: Path, tmp_path: Path) -> None:
    """fp32 PyTorch through Hugging Face's tokenizer against fp32 ONNX through ours."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    model = AutoModelForTokenClassification.from_pretrained(tiny_model, dtype=torch.float32).eval()
    assert [model.config.id2label[i] for i in range(len(bio.TAGS))] == list(bio.TAGS)
    fp32 = tmp_path / "fp32"
    fp32.mkdir()
    export_fp32(model, fp32 / "model.onnx")
    shutil.copy(tiny_model / "tokenizer.json", fp32)
    write_manifest(fp32, read_manifest(tiny_model), ["model.onnx", "tokenizer.json"])
    tagger = Tagger(fp32)
    for article in ARTICLES[:3]:
        folded = fold(article.read_text(encoding="utf-8")).text
        texts = [folded[w.start : w.end] for w in windows(folded, 128)]
        for text, (ours, states) in zip(texts, tagger.forward(texts), strict=True):
            with torch.no_grad():
                read = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
            theirs = read.logits[0, 1:-1].numpy()
            assert np.abs(theirs - ours).max() < 1e-3
            assert np.abs(read.hidden_states[-1][0, 1:-1].numpy() - states).max() < 1e-2
            clear = np.sort(theirs, axis=-1)[:, -1] - np.sort(theirs, axis=-1)[:, -2] > 1e-3
            assert (theirs.argmax(-1) == ours.argmax(-1))[clear].all()


def test_the_link_scorer_decides_and_keeps_the_contract(tiny_model: Path) -> None:
    learned, ruled = load(tiny_model), Pipeline(Tagger(tiny_model))
    assert learned.scorer is not None
    for document in load_documents(SEEDS)[:3]:
        bare = msgspec.structs.replace(document, tuples=())
        relinked = learned.relink(bare)
        assert not list(problems(relinked))
        assert relinked.spans == ruled.relink(bare).spans
        assert all(t.score is not None and 0 < t.score <= 1 for t in relinked.tuples)
        for t in relinked.tuples:
            filled = {"indicator", "status"} | {s for s in SLOTS if t.linked(s)} | ({"period"} if t.period else set())
            assert set(t.slot_scores) == filled
            assert all(0 < p <= 1 for p in t.slot_scores.values())


def test_the_link_scorer_in_onnx_is_the_one_that_was_trained(tiny_model: Path, tmp_path: Path) -> None:
    heads = LinkHeads(512).eval()
    export_links(heads, tmp_path / "links.onnx")
    assert str(ROOT).encode() not in (tmp_path / "links.onnx").read_bytes()  # the exporter's stack traces
    scorer, tagger = LinkScorer(tmp_path / "links.onnx"), Tagger(tiny_model)
    for document in load_documents(SEEDS):
        facts = Ruled(document).facts()
        states = tagger.read(fold(document.text).text)[1]
        with torch.no_grad():
            figures, pairs = heads(torch.from_numpy(states), *inputs(facts))
        ours = scorer(states, facts)
        theirs = probabilities(figures.numpy(), pairs.numpy(), facts.pairs.figure, facts.pairs.slot)
        for one, other in zip(ours, theirs, strict=True):
            assert np.abs(one - other).max() < 1e-4
        chosen = np.isin(facts.pairs.slot, [SCORED.index(s) for s in CHOSEN_ONE[:1]])
        total = np.bincount(facts.pairs.figure[chosen], ours.pair[chosen], minlength=len(facts.figures))
        assert np.abs(total + ours.none[:, 0] - 1).max() < 1e-4


def test_a_link_scorer_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export_links(LinkHeads(512).eval(), tmp_path / "links.onnx")
    monkeypatch.setattr("zsner.link.scorer.PAIR_WIDTH", 3)
    with pytest.raises(DataError, match="made by another version of zsner; retrain"):
        LinkScorer(tmp_path / "links.onnx")


def test_the_hugging_face_pipeline_loads_it(tiny_model: Path) -> None:
    tagger = pipeline("token-classification", model=str(tiny_model))
    folded = fold("广西签约项目582个").text
    for found in tagger(folded):
        assert found["word"] == folded[found["start"] : found["end"]]
        assert found["entity"] in bio.TAGS


def test_the_base_encoder_is_loaded_whole() -> None:
    tokenizer = load_tokenizer(str(ROOT / "encoder"))
    vocabulary = tokenizer.get_vocab()
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))
    assert all(len(piece) == 1 or piece.startswith("[") for piece in vocabulary)


def test_int8_that_loses_too_much_is_refused(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zsner.corpus.tasks import load_documents
    from zsner.training import export

    model = AutoModelForTokenClassification.from_pretrained(tiny_model, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    scores = iter([0.9, 0.8])
    monkeypatch.setattr(export, "dev_micro_f1", lambda *_: next(scores))
    with pytest.raises(DataError, match=r"int8 loses 0\.1000"):
        export.export_int8(
            model, tokenizer, tmp_path, read_manifest(tiny_model), load_documents(SEEDS / "002.json"), 0.003
        )
    assert not list(tmp_path.iterdir())


def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = TrainConfig(encoder=str(ROOT / "encoder"), train=(str(SEEDS / "001.json"),), epochs=2, window=128)

    def power_cut(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training._JsonLines, "on_save", power_cut)
        training.train(config, tmp_path / "run")
    (checkpoint,) = (tmp_path / "run" / "checkpoints").iterdir()
    half = int(checkpoint.name.removeprefix("checkpoint-"))
    assert not (tmp_path / "run" / MANIFEST).exists()
    with pytest.raises(DataError, match="unfinished run.*--resume"):
        training.train(config, tmp_path / "run")
    other = TrainConfig(encoder=config.encoder, train=config.train, epochs=3, window=128)
    with pytest.raises(DataError, match="another configuration"):
        training.train(other, tmp_path / "run", resume=True)
    manifest = training.train(config, tmp_path / "run", resume=True)
    assert manifest.recipe["steps"] == 2 * half
    steps = [json.loads(line)["step"] for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert min(steps) > half, "the first half was done again"
    with pytest.raises(DataError, match="finished model"):
        training.train(config, tmp_path / "run", resume=True)


def test_train_refuses_what_cannot_work(tmp_path: Path) -> None:
    seeds = (str(SEEDS / "004.json"),)
    with pytest.raises(DataError, match="BAAI/bge-small-zh-v1.5"):
        training.train(TrainConfig(encoder="./nowhere", train=(str(SEEDS),)), tmp_path / "a")
    with pytest.raises(DataError, match="no training article has a GROWTH span"):
        training.train(TrainConfig(train=seeds), tmp_path / "d")
    with pytest.raises(DataError, match="share 1 articles"):
        training.train(TrainConfig(train=seeds, dev=seeds), tmp_path / "b")
    with pytest.raises(DataError, match="no such file or folder"):
        training.train(TrainConfig(train=("nowhere",)), tmp_path / "c")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    with pytest.raises(DataError, match="not empty"):
        training.train(TrainConfig(encoder=str(ROOT / "encoder"), train=(str(SEEDS),)), tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A `data` folder with the five articles as train and a split table."""
    shutil.copytree(SEEDS, tmp_path / "annotations" / "train")
    rows = [f"{n:03}.txt\ttrain\tseeds" for n in range(5)]
    (tmp_path / "splits.tsv").write_text("\n".join(["id\tsplit\tbatch", *rows]) + "\n")
    return tmp_path


def test_a_corpus_in_order_is_read(corpus: Path) -> None:
    train, dev = training_data((str(corpus / "annotations" / "train"),), ())
    assert (len(train), dev) == (5, [])
    three = training_data((str(corpus / "annotations" / "train"),), (), articles=3)[0]
    four = training_data((str(corpus / "annotations" / "train"),), (), articles=4)[0]
    assert {d.id for d in three} < {d.id for d in four}
    with pytest.raises(DataError, match="asks for more than the 5"):
        training_data((str(corpus / "annotations" / "train"),), (), articles=6)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("003.txt\ttrain", "003.txt\tdev", "003.txt is listed as 'dev' but stands in"),
        ("003.txt\ttrain", "003.txt\ttrian", "line 5: .*one of train, dev"),
        ("003.txt\ttrain\tseeds\n", "", "003.txt is listed as None"),
    ],
)
def test_a_split_table_that_disagrees_stops_training(corpus: Path, old: str, new: str, message: str) -> None:
    table = corpus / "splits.tsv"
    table.write_text(table.read_text().replace(old, new))
    with pytest.raises(DataError, match=message):
        training_data((str(corpus / "annotations" / "train"),), ())


def test_annotations_by_other_guidelines_stop_training(corpus: Path) -> None:
    file = corpus / "annotations" / "train" / "002.json"
    file.write_text(file.read_text().replace('"guidelines":"2"', '"guidelines":"1"'))
    with pytest.raises(DataError, match=r"different guideline versions: 1 \(002.txt, …\), 2"):
        training_data((str(corpus / "annotations" / "train"),), ())


@pytest.mark.parametrize("way", [{"adversarial": 1.0}, {"average": 2}], ids=str)
def test_other_ways_to_train_work(way: dict[str, Any], tmp_path: Path) -> None:
    config = TrainConfig(
        encoder=str(ROOT / "encoder"),
        train=(str(SEEDS / "000.json"),),
        dev=(str(SEEDS / "002.json"),),
        epochs=2,
        window=128,
        gate=1.0,
        **way,
    )
    manifest = training.train(config, tmp_path / "run")
    assert 0 <= manifest.scores["dev_ece"] <= 1
    assert manifest.temperature > 0
    assert not list(problems(zsner.load(tmp_path / "run")(TEXT)))


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("train: [a]\nlerning_rate: 1\n", "unknown key `lerning_rate`; did you mean `learning_rate`"),
        ("train: [a]\ncolour: red\n", "unknown key `colour`"),
        ("train: [a]\nepochs: many\n", r"epochs"),
        ("train: []\n", "names no data"),
        ("epochs: 3\n", "train"),
        ("train: [a]\nwindow: 900\n", "510"),
        ("train: [a]\nlearning_rate: 0\n", "above 0"),
        ("train: [a]\nkind: released\ndev: [b]\n", "leave `dev` out"),
        ("train: [a]\naugment: {lost: 2}\n", r"augment.lost"),
        ("train: [a]\naugment: {swap: 1}\n", "swap"),
        ("just text", "no list of"),
        ("a: [", "no YAML"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, yaml: str, message: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(yaml)
    with pytest.raises(DataError, match=message):
        read_config(file)


@pytest.mark.parametrize("file", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.name)
def test_the_configurations_that_come_along_are_right(file: Path) -> None:
    config = read_config(file)
    assert all((ROOT / path).exists() for path in (*config.train, *config.dev, config.encoder))


def test_any_chinese_bert_gets_a_character_tokeniser(tmp_path: Path) -> None:
    """As a hub name would: a folder with a word-piece vocabulary and nothing of this project."""
    pieces = [
        "[PAD]",
        "[unused1]",
        "[unused2]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "招",
        "商",
        "##商",
        "2",
        "2023",
        "亿",
    ]
    (tmp_path / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    (tmp_path / "config.json").write_text('{"model_type": "bert", "vocab_size": 13}')
    tokenizer = load_tokenizer(str(tmp_path))
    ids = tokenizer("招商 2023亿\n")["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids) == [
        "[CLS]",
        "招",
        "商",
        " ",
        "2",
        "[UNK]",
        "2",
        "[UNK]",
        "亿",
        "\n",
        "[SEP]",
    ]
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n招\n", encoding="utf-8")
    with pytest.raises(DataError, match="unused1"):
        load_tokenizer(str(tmp_path))
