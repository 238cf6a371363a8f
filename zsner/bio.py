"""Spans <-> one BIO tag a character, legal transitions, constrained decoding."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zsner.schema import SPAN_TYPES

TAGS: Final[tuple[str, ...]] = ("O", *(f"{p}-{t}" for t in SPAN_TYPES for p in "BI"))
"""IOB2 tags; the index is the class id of the model."""

TAG_ID: Final[dict[str, int]] = {tag: i for i, tag in enumerate(TAGS)}

Floats = NDArray[np.float32]


class Tagged(NamedTuple):
    """A typed stretch [start, end) of a tag sequence; `score` is its confidence in (0, 1]."""

    type: str
    start: int
    end: int
    score: float = 1.0


def encode(length: int, spans: Iterable[tuple[str, int, int]]) -> list[int]:
    """(type, start, end) spans -> `length` tag ids. Raises ValueError on overlap or overrun."""
    tags = [0] * length
    for kind, start, end in spans:
        if not 0 <= start < end <= length:
            raise ValueError(f"span [{start}, {end}) does not fit a text of {length}")
        if any(tags[start:end]):
            raise ValueError(f"span [{start}, {end}) overlaps another")
        tags[start:end] = [TAG_ID[f"B-{kind}"]] + [TAG_ID[f"I-{kind}"]] * (end - start - 1)
    return tags


def decode(tags: Sequence[int]) -> list[Tagged]:
    """Legal tag ids -> spans in order. An I- without its B- is a ValueError."""
    spans: list[Tagged] = []
    start, kind = -1, ""
    for position, tag in enumerate([*tags, 0]):
        name = TAGS[tag]
        if name == f"I-{kind}" and start >= 0:
            continue
        if start >= 0:
            spans.append(Tagged(kind, start, position))
            start = -1
        if name.startswith("I-"):
            raise ValueError(f"{name} at {position} follows no {name[2:]}")
        if name != "O":
            start, kind = position, name[2:]
    return spans


def _transitions() -> NDArray[np.bool_]:
    """[from, to] -> whether the tag `to` may follow `from`."""
    legal = np.ones((len(TAGS), len(TAGS)), dtype=bool)
    for tag, i in TAG_ID.items():
        if tag.startswith("I-"):
            legal[:, i] = False
            legal[[TAG_ID[f"B-{tag[2:]}"], i], i] = True
    return legal


LEGAL: Final = _transitions()
_PENALTY: Final = np.where(LEGAL, 0.0, -1e9).astype(np.float32)
_START: Final = np.array([-1e9 if t.startswith("I-") else 0.0 for t in TAGS], dtype=np.float32)


def log_softmax(logits: Floats) -> Floats:
    """Row-wise log-probabilities, shape kept."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)


def viterbi(log_probs: Floats) -> list[int]:
    """Best legal tag sequence for (length, tags) log-probabilities (Viterbi, hard constraints)."""
    length = len(log_probs)
    if length == 0:
        return []
    # Where the best tags are legal as they are, they are the best legal sequence.
    greedy = log_probs.argmax(axis=-1)
    if _START[greedy[0]] == 0 and LEGAL[greedy[:-1], greedy[1:]].all():
        return [int(t) for t in greedy]
    score = log_probs[0] + _START
    back = np.empty((length, len(TAGS)), dtype=np.int64)
    for position in range(1, length):
        reach = score[:, None] + _PENALTY
        back[position] = reach.argmax(axis=0)
        score = reach.max(axis=0) + log_probs[position]
    best = [int(score.argmax())]
    for position in range(length - 1, 0, -1):
        best.append(int(back[position, best[-1]]))
    return best[::-1]


def score_spans(log_probs: Floats, spans: Iterable[Tagged]) -> list[Tagged]:
    """The spans with a confidence each: the probability of its tags, times the probability that
    it ends where it does, as if positions were independent (calibrated, that came nearest to the
    share of right spans: nearer than the mean or the least probability of the tags)."""
    scored = []
    for span in spans:
        path = [TAG_ID[f"B-{span.type}"]] + [TAG_ID[f"I-{span.type}"]] * (span.end - span.start - 1)
        inside = log_probs[np.arange(span.start, span.end), path].sum()
        ends = 1.0
        if span.end < len(log_probs):
            ends = 1.0 - float(np.exp(log_probs[span.end, TAG_ID[f"I-{span.type}"]]))
        score = float(np.exp(inside)) * ends
        scored.append(span._replace(score=round(min(max(score, 1e-4), 1.0), 4)))
    return scored
