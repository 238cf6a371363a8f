"""Fine-tune the encoder on gold Documents with `transformers.Trainer`.

data -> windows -> Trainer (best epoch by strict micro-F1 on dev) -> model folder -> int8 ONNX
     -> link scorer on the states that it gives.
"""

import json
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import torch
from safetensors.torch import load_file
from transformers import (
    AutoModelForTokenClassification,
    DataCollatorForTokenClassification,
    EarlyStoppingCallback,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)
from transformers.utils import logging as hf_logging

from zsner import bio
from zsner.corpus.augment import Augmenter, Rates
from zsner.corpus.dataset import Example, digest, examples, to_dataset
from zsner.document import DataError, Document
from zsner.model.folder import MANIFEST, ONNX, Manifest, write_manifest
from zsner.model.tagger import Tagger
from zsner.schema import GUIDELINES_VERSION
from zsner.score.spans import strict_micro_f1
from zsner.training.calibrate import calibrate
from zsner.training.config import TrainConfig
from zsner.training.data import training_data
from zsner.training.export import export_int8
from zsner.training.links import add_links
from zsner.training.tokenizer import MAX_TOKENS, load_tokenizer
from zsner.training.trainer import IGNORED, SpanTrainer
from zsner.version import __version__

_PACKAGES: Final = (
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "onnx",
    "onnxruntime",
    "seqeval",
    "numpy",
    "OpenCC",
)
RUN_CONFIG: Final = "run.json"
"""Written when a run starts: its configuration and data, so that --resume continues the same run."""
CHECKPOINTS: Final = "checkpoints"


def train(config: TrainConfig, output: Path, *, resume: bool = False) -> Manifest:
    """Train by `config` and write a model folder to `output`.

    An interrupted run leaves checkpoints below `output`; `resume` goes on from the last one.
    Raises DataError if `output` holds a finished model or another run, or int8 fails the gate.
    """
    train_docs, dev_docs = training_data(config.train, config.dev, config.articles)
    return train_on(config, train_docs, dev_docs, output, resume=resume)


def train_on(
    config: TrainConfig, train_docs: list[Document], dev_docs: list[Document], output: Path, *, resume: bool = False
) -> Manifest:
    """As `train`, on these documents instead of those that `config` names."""
    record = {
        "config": msgspec.to_builtins(config),
        "train_digest": digest(train_docs),
        "dev_digest": digest(dev_docs) if dev_docs else None,
    }
    prepare_run(output, record, resume)
    checkpoints = output / CHECKPOINTS

    # Which weights are new and how fast files load is no news to who trains.
    hf_logging.set_verbosity_error()
    hf_logging.disable_progress_bar()
    set_seed(config.seed)
    tokenizer = load_tokenizer(_encoder(config.encoder))
    model = AutoModelForTokenClassification.from_pretrained(
        config.encoder,
        dtype=torch.float32,  # the folder is stored as fp16, and trains badly in it
        num_labels=len(bio.TAGS),
        id2label=dict(enumerate(bio.TAGS)),
        label2id=dict(bio.TAG_ID),
        hidden_dropout_prob=config.dropout,
        classifier_dropout=config.dropout,
        attention_probs_dropout_prob=0.0,  # it costs a third of a step and gains nothing (reports/ablations.md)
    )
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    augmenter = None
    if config.augment != Rates():
        windows = [e for d in train_docs for e in examples(d, config.window, config.overlap)]
        augmenter = Augmenter(windows, config.augment, config.seed, MAX_TOKENS - 2)
    train_set = to_dataset(train_docs, config.window, config.overlap).with_transform(_Encode(vocabulary, augmenter))
    dev_set = to_dataset(dev_docs, config.window, config.overlap).with_transform(_Encode(vocabulary))

    trainer = SpanTrainer(
        zsner_config=config,
        model=model,
        args=_arguments(config, checkpoints, bool(dev_docs)),
        train_dataset=train_set,
        eval_dataset=dev_set if dev_docs else None,
        data_collator=DataCollatorForTokenClassification(tokenizer, label_pad_token_id=IGNORED),
        processing_class=tokenizer,
        compute_metrics=_metrics if dev_docs else None,
        callbacks=[_JsonLines(output / "metrics.jsonl")]
        + ([EarlyStoppingCallback(config.patience)] if dev_docs and not config.average else []),
    )
    # Its own bar writes the logs to standard output.
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(_Bar())
    trainer.train(resume_from_checkpoint=bool(resume and any(checkpoints.glob("checkpoint-*"))))

    if config.average:
        _average(trainer.model, sorted(checkpoints.glob("checkpoint-*"), key=_step)[-config.average :])
    # Made aside: whoever is interrupted between model, calibration and links has no half of them.
    aside = output / "model.partial"
    if aside.exists():
        shutil.rmtree(aside)
    trainer.model.save_pretrained(aside)
    tokenizer.save_pretrained(aside)
    files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    manifest = Manifest(
        name=config.name,
        version=__version__,
        kind=config.kind,
        guidelines=GUIDELINES_VERSION,
        tags=bio.TAGS,
        window=config.window,
        overlap=config.overlap,
        temperature=1.0 if dev_docs else config.temperature,
        threshold=0.0 if dev_docs else config.threshold,
        tuple_scale=(1.0, 0.0) if dev_docs else config.tuple_scale,
        recipe=record["config"] | {"steps": _best_step(trainer)},
        data={
            "train": len(train_docs),
            "dev": len(dev_docs),
            "spans": sum(len(d.spans) for d in train_docs),
            "train_digest": record["train_digest"],
            "dev_digest": record["dev_digest"],
        },
        scores={},
        packages={"python": platform.python_version()} | {p: metadata.version(p) for p in _PACKAGES},
        git_commit=_git_commit(),
        files={},
    )
    # Read back: the Trainer has wrapped the model it trained in autocast.
    model = AutoModelForTokenClassification.from_pretrained(aside, dtype=torch.float32).eval()
    scores = export_int8(model, tokenizer, aside, manifest, dev_docs, config.gate)
    manifest = write_manifest(aside, msgspec.structs.replace(manifest, scores=scores), [*files, ONNX])
    if dev_docs:
        found = calibrate(Tagger(aside), dev_docs)
        scores["dev_span_micro_f1"], scores["dev_ece"] = round(found.f1, 4), round(found.ece, 4)
        manifest = msgspec.structs.replace(
            manifest, temperature=found.temperature, threshold=found.threshold, scores=scores
        )
        manifest = write_manifest(aside, manifest, [*files, ONNX])
    if config.link_epochs:
        manifest = add_links(aside, manifest, train_docs, dev_docs, epochs=config.link_epochs, seed=config.seed)
    # The manifest last: a folder that has one is whole.
    for name in (*manifest.files, MANIFEST):
        (aside / name).replace(output / name)
    shutil.rmtree(aside)
    return manifest


def _encoder(name: str) -> str:
    """A folder that is there, or a hub name; a clear word where neither is to be had."""
    if Path(name).is_dir():
        return name
    if name == "encoder" or name.startswith((".", "/")):
        raise DataError(
            f"encoder `{name}`: no such folder here (it is in a clone of the project, not in the wheel); "
            "set `encoder:` to the folder of a Chinese BERT or to the hub name BAAI/bge-small-zh-v1.5"
        )
    return name


def prepare_run(output: Path, record: dict[str, Any], resume: bool) -> None:
    """Make `output` the folder of a new run, or see that the run in it is the one of `record`.

    Raises DataError if it holds something else, or there is nothing to resume."""
    if (output / MANIFEST).exists():
        raise DataError(f"{output}: holds a finished model; name another folder with --output")
    run = output / RUN_CONFIG
    if run.exists():
        if not resume:
            raise DataError(f"{output}: holds an unfinished run; go on with --resume, or name another folder")
        if json.loads(run.read_text(encoding="utf-8")) != json.loads(json.dumps(record)):
            raise DataError(f"{output}: its run had another configuration or data; start in another folder")
    elif output.exists() and any(output.iterdir()):
        raise DataError(f"{output}: is not empty; name a new folder with --output")
    elif resume:
        raise DataError(f"{output}: no run to resume; start it without --resume")
    output.mkdir(parents=True, exist_ok=True)
    run.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


class _Encode:
    """Rows of `to_dataset` -> token and label ids, [CLS] and [SEP] around them; augmented anew at
    each look."""

    def __init__(self, vocabulary: dict[str, int], augmenter: Augmenter | None = None) -> None:
        self.vocabulary = vocabulary
        self.augmenter = augmenter

    def __call__(self, rows: dict[str, list[Any]]) -> dict[str, list[list[int]]]:
        ids, unknown = self.vocabulary, self.vocabulary["[UNK]"]
        encoded: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
        for tokens, tags in zip(rows["tokens"], rows["ner_tags"], strict=True):
            window = Example("", 0, len(tokens), "".join(tokens), list(tags))
            if self.augmenter is not None:
                window = self.augmenter(window)
            encoded["input_ids"].append([ids["[CLS]"], *(ids.get(c, unknown) for c in window.text), ids["[SEP]"]])
            encoded["attention_mask"].append([1] * (len(window.text) + 2))
            encoded["labels"].append([IGNORED, *window.tags, IGNORED])
        return encoded


def _arguments(config: TrainConfig, checkpoints: Path, with_dev: bool) -> TrainingArguments:
    choose = with_dev and not config.average
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=config.epochs,
        max_steps=config.max_steps,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=2 * config.batch_size,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup_steps=config.warmup,
        lr_scheduler_type="linear",
        seed=config.seed,
        use_cpu=not torch.cuda.is_available(),
        bf16=_has_bf16() if config.bf16 is None else config.bf16,
        train_sampling_strategy="group_by_length",
        eval_strategy="epoch" if with_dev else "no",
        save_strategy="epoch",
        save_total_limit=max(2, config.average),
        load_best_model_at_end=choose,
        metric_for_best_model="f1" if choose else None,
        greater_is_better=True if choose else None,
        logging_steps=20,
        disable_tqdm=False,
        report_to=["tensorboard"] if config.tensorboard else [],
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _has_bf16() -> bool:
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text() or "amx_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:  # no Linux: fp32 is right everywhere
        return False


def _metrics(prediction: Any) -> dict[str, float]:
    """Strict micro-F1 over the windows of dev, after constrained decoding."""
    gold, found = [], []
    for logits, labels in zip(prediction.predictions, prediction.label_ids, strict=True):
        real = labels != IGNORED
        gold.append([bio.TAGS[i] for i in labels[real]])
        best = bio.viterbi(bio.log_softmax(logits[real].astype(np.float32)))
        found.append([bio.TAGS[i] for i in best])
    return {"f1": strict_micro_f1(gold, found)}


class _JsonLines(TrainerCallback):
    """Everything the Trainer logs, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": state.global_step, **(logs or {})}) + "\n")


class _Bar(ProgressCallback):
    """The progress bar, with the last figures beside it instead of lines that push it away."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, str] = {}

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        for key, label in (("loss", "loss"), ("eval_f1", "dev F1")):
            if key in (logs or {}):
                self.figures[label] = f"{float((logs or {})[key]):.4f}"
        if self.training_bar is not None:
            self.training_bar.set_postfix(self.figures)


def _best_step(trainer: Trainer) -> int:
    """The step whose weights were kept: what a released model is trained for."""
    best = trainer.state.best_model_checkpoint if trainer.args.load_best_model_at_end else None
    # A run that is resumed at its very end makes one more step, at learning rate 0.
    return _step(Path(best)) if best else min(trainer.state.global_step, trainer.state.max_steps)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rsplit("-", 1)[1])


def _average(model: torch.nn.Module, checkpoints: list[Path]) -> None:
    """Set the weights to the mean of those of the checkpoints (Izmailov et al. 2018)."""
    states = [load_file(c / "model.safetensors") for c in checkpoints]
    model.load_state_dict({name: torch.stack([s[name] for s in states]).mean(0) for name in states[0]})


def _git_commit() -> str | None:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, cwd=Path.cwd())
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository: not known
        return None
    return done.stdout.strip()
