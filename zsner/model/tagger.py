"""Torch-free tagging: folded text -> spans with confidence, by an ONNX model."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from zsner import bio
from zsner.bio import Floats, Tagged
from zsner.document import DataError
from zsner.model.folder import ONNX, TOKENIZER, find_model, read_manifest
from zsner.model.session import open_session
from zsner.text import windows

_BATCH_TOKENS: Final = 1024
"""Most tokens, padding included, of one forward pass: larger batches are slower on a CPU."""


class Tagger:
    """A model ready to tag.

    The windows of one text are batched among themselves only, because dynamic int8 takes one
    activation scale from a whole batch: so a text's scores do not depend on its neighbours.
    """

    def __init__(
        self, folder: Path | None = None, *, threads: int | None = None, min_confidence: float | None = None
    ) -> None:
        """Load the model in `folder` (None: the bundled one); `threads` None leaves it to the
        runtime, `min_confidence` None to the model: spans below it are left out. Raises DataError
        if the folder is incomplete or damaged."""
        self.folder = folder = find_model(folder)
        self.manifest = read_manifest(folder)
        if self.manifest.tags != bio.TAGS:
            raise DataError(f"{folder}: made for other labels ({', '.join(self.manifest.tags)}); retrain it")
        self.min_confidence = self.manifest.threshold if min_confidence is None else min_confidence
        tokenizer = msgspec.json.decode((folder / TOKENIZER).read_bytes())
        self._ids: dict[str, int] = tokenizer["model"]["vocab"]
        self._unknown = self._ids["[UNK]"]
        self._session: Any = open_session(folder / ONNX, threads)
        given = {output.name: output.shape for output in self._session.get_outputs()}
        self._outputs = [name for name in ("logits", "states") if name in given]
        self._states = int(given["states"][-1]) if "states" in given else 0

    def tag(self, text: str) -> list[Tagged]:
        """Spans of a folded text, in order, flat, none across a line break, none less sure than
        `min_confidence`."""
        return self.decode(text, self.log_probs(text))

    def decode(self, text: str, log_probs: Floats) -> list[Tagged]:
        """The spans that `read` has found."""
        spans: list[Tagged] = []
        start = 0
        for line in text.split("\n"):
            part = log_probs[start : start + len(line)]
            found = bio.score_spans(part, bio.decode(bio.viterbi(part)))
            kept = (s for s in found if s.score >= self.min_confidence)
            spans.extend(s._replace(start=s.start + start, end=s.end + start) for s in kept)
            start += len(line) + 1
        return spans

    def log_probs(self, text: str) -> Floats:
        """(length, tags) log-probabilities of a folded text; every character is scored once."""
        return self.read(text)[0]

    def read(self, text: str) -> tuple[Floats, Floats]:
        """Log-probabilities (length, tags) and the encoder's last states (length, size) of a folded
        text; no states, (length, 0), of a model that does not give them."""
        cut = windows(text, self.manifest.window, self.manifest.overlap)
        log_probs = np.empty((len(text), len(bio.TAGS)), dtype=np.float32)
        states = np.empty((len(text), self._states), dtype=np.float32)
        read = self.forward([text[w.start : w.end] for w in cut])
        for window, (logits, hidden) in zip(cut, read, strict=True):
            kept = slice(window.keep_start - window.start, window.keep_end - window.start)
            log_probs[window.keep_start : window.keep_end] = bio.log_softmax(logits[kept] / self.manifest.temperature)
            states[window.keep_start : window.keep_end] = hidden[kept]
        return log_probs, states

    def forward(self, texts: Sequence[str]) -> list[tuple[Floats, Floats]]:
        """Logits and states of each text, in the order given."""
        none: Floats = np.empty((0, 0), dtype=np.float32)
        results: list[tuple[Floats, Floats]] = [(none, none)] * len(texts)
        for batch in _batches([len(t) + 2 for t in texts]):
            longest = max(len(texts[i]) for i in batch) + 2
            ids = np.full((len(batch), longest), self._ids["[PAD]"], dtype=np.int64)
            mask = np.zeros((len(batch), longest), dtype=np.int64)
            for row, i in enumerate(batch):
                tokens = [self._ids.get(c, self._unknown) for c in texts[i]]
                ids[row, : len(tokens) + 2] = [self._ids["[CLS]"], *tokens, self._ids["[SEP]"]]
                mask[row, : len(tokens) + 2] = 1
            logits, *more = self._session.run(self._outputs, {"input_ids": ids, "attention_mask": mask})
            states = more[0] if more else np.empty((*ids.shape, 0), dtype=np.float32)
            for row, i in enumerate(batch):
                results[i] = logits[row, 1 : len(texts[i]) + 1], states[row, 1 : len(texts[i]) + 1]
        return results


def _batches(lengths: Sequence[int]) -> Iterable[list[int]]:
    """Indices by falling length, as many to a batch as fit the token budget."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if batch and lengths[batch[0]] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
