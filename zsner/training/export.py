"""fp32 PyTorch model -> int8 ONNX, refused if it scores worse on dev."""

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from zsner import bio
from zsner.document import DataError, Document
from zsner.model.folder import ONNX, TOKENIZER, Manifest, write_manifest
from zsner.model.tagger import Tagger
from zsner.score.spans import strict_micro_f1
from zsner.text import fold


class _Graph(torch.nn.Module):
    """What the exported graph takes and gives: logits for the tags, last states for the links."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        read = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        return read.logits, read.hidden_states[-1]


def export_int8(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    output: Path,
    manifest: Manifest,
    dev: list[Document],
    gate: float,
) -> dict[str, Any]:
    """Write `output/model.onnx` (dynamic int8, per channel; MatMul and embeddings).

    Returns the strict micro-F1 on `dev` of fp32 and of int8, both through the torch-free
    tagger. Raises DataError if int8 loses more than `gate`.
    """
    with TemporaryDirectory() as scratch:
        full = Path(scratch) / "fp32"
        full.mkdir()
        export_fp32(model, full / ONNX)
        quantize(full / ONNX, output / ONNX)
        if not dev:
            return {}
        scores: dict[str, Any] = {}
        for name, onnx in (("fp32", full / ONNX), ("int8", output / ONNX)):
            folder = Path(scratch) / f"score-{name}"
            folder.mkdir()
            (folder / ONNX).symlink_to(onnx.resolve())
            tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
            write_manifest(folder, msgspec.structs.replace(manifest, name=name), [ONNX, TOKENIZER])
            scores[f"dev_span_micro_f1_{name}"] = round(dev_micro_f1(Tagger(folder), dev), 4)
    loss = scores["dev_span_micro_f1_fp32"] - scores["dev_span_micro_f1_int8"]
    if loss > gate:
        (output / ONNX).unlink()
        raise DataError(f"int8 loses {loss:.4f} strict micro-F1 on dev, more than the gate {gate}")
    return scores


def dev_micro_f1(tagger: Tagger, documents: list[Document]) -> float:
    """Strict micro-F1 of a tagger over the folded text of gold documents."""
    gold, found = [], []
    for document in documents:
        folded = fold(document.text)
        spans = [(s.type, *folded.from_raw(s.start, s.end)) for s in document.spans]
        tags = tagger.tag(folded.text)
        gold.append([bio.TAGS[i] for i in bio.encode(len(folded.text), spans)])
        found.append([bio.TAGS[i] for i in bio.encode(len(folded.text), [(t.type, t.start, t.end) for t in tags])])
    return strict_micro_f1(gold, found)


def export_fp32(model: PreTrainedModel, path: Path) -> None:
    """PyTorch model -> fp32 ONNX with inputs `input_ids`, `attention_mask` (batch, length) and
    outputs `logits` (batch, length, tags), `states` (batch, length, size)."""
    # Two tensors: one given twice becomes one input of the graph, and the mask is lost.
    ids, mask = torch.ones((2, 8), dtype=torch.int64), torch.ones((2, 8), dtype=torch.int64)
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    with warnings.catch_warnings():
        # The exporter warns of its own insides (names of axes, packages it could do without).
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            _Graph(model),
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits", "states"],
            dynamic_shapes={"input_ids": {0: batch, 1: length}, "attention_mask": {0: batch, 1: length}},
            external_data=False,
            dynamo=True,
            verbose=False,
        )


def quantize(source: Path, target: Path) -> None:
    """fp32 ONNX -> dynamic int8 ONNX, one scale a channel."""
    with TemporaryDirectory() as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(target),
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
