"""The learned half of the linker: probabilities of figures and pairs, by an ONNX model.

It reads the encoder's states of the page (the tagger's one forward pass) and the numbers of
`facts.py`, among them what the rules answered. Torch-free; `zsner.training.links` makes it.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zsner.document import DataError
from zsner.link.facts import FIGURE_WIDTH, PAIR_WIDTH, SCORED, Facts, Floats, Ints
from zsner.model.session import open_session
from zsner.schema import INDICATORS

CHOSEN_ONE = ("region", "period")
"""Slots of which one candidate is chosen, or none; the candidates of the others are judged one by one."""


class Scores(NamedTuple):
    """Probabilities: that a figure heads a tuple (f,), its indicator (f, codes), that it is a target
    (f,), that a pair belongs together (n,), that a figure has no place or no time (f, 2)."""

    head: Floats
    indicator: Floats
    target: Floats
    pair: Floats
    none: Floats


class LinkScorer:
    """A link model ready to score pages."""

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        """Load `links.onnx`. Raises DataError if onnxruntime cannot."""
        self._session: Any = open_session(path, threads)
        widths = {i.name: i.shape[-1] for i in self._session.get_inputs()}
        if (widths["numbers"], widths["pair_numbers"]) != (FIGURE_WIDTH, PAIR_WIDTH):
            raise DataError(f"{path}: made by another version of zsner; retrain the model")

    def __call__(self, states: Floats, facts: Facts) -> Scores:
        """Score a page's facts, of one figure or more, by the (length, size) states of its folded text."""
        pairs = facts.pairs
        some = max(1, len(pairs.figure))  # the graph wants one row at least
        figures, logits = self._session.run(
            ["figures", "pairs"],
            {
                "states": states,
                "place": facts.place,
                "sentence": facts.sentence,
                "numbers": facts.numbers,
                "pair_figure": np.resize(pairs.figure, some),
                "pair_place": np.resize(pairs.place, (some, 2)),
                "pair_between": np.resize(pairs.between, (some, 2)),
                "pair_numbers": np.resize(pairs.numbers, (some, pairs.numbers.shape[1])),
            },
        )
        return probabilities(figures, logits[: len(pairs.figure)], pairs.figure, pairs.slot)


def probabilities(figures: Floats, logits: Floats, figure: Ints, slot: Ints) -> Scores:
    """Logits (f, codes + 3) and (n,) -> probabilities; none of the candidates has logit 0."""
    codes = len(INDICATORS)
    pair = 1 / (1 + np.exp(-logits))
    none = np.ones((len(figures), len(CHOSEN_ONE)), np.float32)
    for n, name in enumerate(CHOSEN_ONE):
        mine = slot == SCORED.index(name)
        weight = np.exp(np.minimum(logits[mine], 60))
        total = 1 + np.bincount(figure[mine], weight, minlength=len(figures))
        pair[mine] = weight / total[figure[mine]]
        none[:, n] = 1 / total
    return Scores(
        head=np.asarray(1 / (1 + np.exp(-figures[:, codes + 2])), np.float32),
        indicator=_softmax(figures[:, :codes]),
        target=_softmax(figures[:, codes : codes + 2])[:, 1],
        pair=pair.astype(np.float32),
        none=none,
    )


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)
