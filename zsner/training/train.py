"""Fine-tune the encoder on gold Documents with `transformers.Trainer`.

data -> windows -> Trainer (best epoch by strict micro-F1 on dev) -> model folder -> int8 ONNX.
"""

import json
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import torch
from transformers import (
    AutoModelForTokenClassification,
    BertForTokenClassification,
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
from zsner.corpus.augment import Swapper
from zsner.corpus.dataset import Example, digest, examples, to_dataset
from zsner.corpus.tasks import load_documents
from zsner.document import DataError, Document
from zsner.model.folder import MANIFEST, Manifest, write_manifest
from zsner.schema import GUIDELINES_VERSION
from zsner.score.spans import strict_micro_f1
from zsner.training.config import TrainConfig
from zsner.training.export import export_int8
from zsner.training.tokenizer import MAX_TOKENS, load_tokenizer
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
_IGNORED: Final = -100
RUN_CONFIG: Final = "run.json"
"""Written when a run starts: its configuration and data, so that --resume continues the same run."""


def train(config: TrainConfig, output: Path, *, resume: bool = False) -> Manifest:
    """Train by `config` and write a model folder to `output`.

    An interrupted run leaves checkpoints below `output`; `resume` goes on from the last one.
    Raises DataError if `output` holds a finished model or another run, or int8 fails the gate.
    """
    train_docs = _load(config.train)
    dev_docs = _load(config.dev) if config.dev else []
    shared = {d.id for d in train_docs} & {d.id for d in dev_docs}
    if shared:
        raise DataError(f"dev and train share {len(shared)} articles ({min(shared)}, …); part them")
    record = {
        "config": msgspec.to_builtins(config),
        "train_digest": digest(train_docs),
        "dev_digest": digest(dev_docs) if dev_docs else None,
    }
    checkpoints = _prepare(output, record, resume)

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
    )
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    swapper = None
    if config.swap:
        windows = [e for d in train_docs for e in examples(d, config.window, config.overlap)]
        swapper = Swapper(windows, config.swap, config.seed, MAX_TOKENS - 2)
    train_set = to_dataset(train_docs, config.window, config.overlap).with_transform(_Encode(vocabulary, swapper))
    dev_set = to_dataset(dev_docs, config.window, config.overlap).with_transform(_Encode(vocabulary))

    trainer = _SpanTrainer(
        zsner_config=config,
        model=model,
        args=_arguments(config, checkpoints, bool(dev_docs)),
        train_dataset=train_set,
        eval_dataset=dev_set if dev_docs else None,
        data_collator=DataCollatorForTokenClassification(tokenizer, label_pad_token_id=_IGNORED),
        processing_class=tokenizer,
        compute_metrics=_metrics if dev_docs else None,
        callbacks=[_JsonLines(output / "metrics.jsonl")]
        + ([EarlyStoppingCallback(config.patience)] if dev_docs else []),
    )
    # Its own bar writes the logs to standard output.
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(_Bar())
    trainer.train(resume_from_checkpoint=bool(resume and any(checkpoints.glob("checkpoint-*"))))

    trainer.model.save_pretrained(output)
    tokenizer.save_pretrained(output)
    files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    manifest = Manifest(
        name=config.name,
        version=__version__,
        kind=config.kind,
        guidelines=GUIDELINES_VERSION,
        tags=bio.TAGS,
        window=config.window,
        overlap=config.overlap,
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
    model = AutoModelForTokenClassification.from_pretrained(output, dtype=torch.float32).eval()
    scores = export_int8(model, tokenizer, output, manifest, dev_docs, config.gate)
    manifest = msgspec.structs.replace(manifest, scores=scores)
    return write_manifest(output, manifest, [*files, "model.onnx"])


def _load(paths: tuple[str, ...]) -> list[Document]:
    return [d for path in paths for d in load_documents(Path(path))]


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


def _prepare(output: Path, record: dict[str, Any], resume: bool) -> Path:
    """The checkpoint folder of a new or resumed run in `output`."""
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
    return output / "checkpoints"


class _Encode:
    """Rows of `to_dataset` -> token and label ids, [CLS] and [SEP] around them; augmented anew at
    each look."""

    def __init__(self, vocabulary: dict[str, int], swapper: Swapper | None = None) -> None:
        self.vocabulary = vocabulary
        self.swapper = swapper

    def __call__(self, rows: dict[str, list[Any]]) -> dict[str, list[list[int]]]:
        ids, unknown = self.vocabulary, self.vocabulary["[UNK]"]
        encoded: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
        for tokens, tags in zip(rows["tokens"], rows["ner_tags"], strict=True):
            window = Example("", 0, len(tokens), "".join(tokens), list(tags))
            if self.swapper is not None:
                window = self.swapper(window)
            encoded["input_ids"].append([ids["[CLS]"], *(ids.get(c, unknown) for c in window.text), ids["[SEP]"]])
            encoded["attention_mask"].append([1] * (len(window.text) + 2))
            encoded["labels"].append([_IGNORED, *window.tags, _IGNORED])
        return encoded


def _arguments(config: TrainConfig, checkpoints: Path, with_dev: bool) -> TrainingArguments:
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
        save_total_limit=2,
        load_best_model_at_end=with_dev,
        metric_for_best_model="f1" if with_dev else None,
        greater_is_better=True if with_dev else None,
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


class _SpanTrainer(Trainer):
    """Trainer with layer-wise learning-rate decay (as in ULMFiT, Howard & Ruder 2018)."""

    def __init__(self, *, zsner_config: TrainConfig, **kwargs: Any) -> None:
        self.zsner_config = zsner_config
        super().__init__(**kwargs)

    optimizer: torch.optim.Optimizer | None

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        if self.optimizer is None:
            config = self.zsner_config
            model: BertForTokenClassification = self.model
            depth = model.config.num_hidden_layers
            groups = []
            for name, parameter in model.named_parameters():
                rate = config.learning_rate * config.layer_decay ** (depth - _layer(name, depth))
                if name.startswith("classifier"):
                    rate = config.head_learning_rate
                decay = 0.0 if name.endswith("bias") or "LayerNorm" in name else config.weight_decay
                groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
            self.optimizer = torch.optim.AdamW(groups)
        return self.optimizer


def _layer(name: str, depth: int) -> int:
    """Height of a parameter: 0 for embeddings, n for the n-th layer, depth + 1 above."""
    if ".embeddings." in name:
        return 0
    if ".layer." in name:
        return int(name.split(".layer.")[1].split(".")[0]) + 1
    return depth + 1


def _metrics(prediction: Any) -> dict[str, float]:
    """Strict micro-F1 over the windows of dev, after constrained decoding."""
    gold, found = [], []
    for logits, labels in zip(prediction.predictions, prediction.label_ids, strict=True):
        real = labels != _IGNORED
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
    best = trainer.state.best_model_checkpoint
    # A run that is resumed at its very end makes one more step, at learning rate 0.
    return int(str(best).rsplit("-", 1)[1]) if best else min(trainer.state.global_step, trainer.state.max_steps)


def _git_commit() -> str | None:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, cwd=Path.cwd())
    except (OSError, subprocess.CalledProcessError):  # no git, or no repository: not known
        return None
    return done.stdout.strip()
