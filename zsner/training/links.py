"""Train the link scorer: small heads on the encoder's frozen states and the numbers of `link/facts.py`.

A figure is its own states (mean of the span, the characters beside it, mean of its sentence) and
numbers; a pair adds the candidate's and those between the two. All states go through one projection
of 512 to 8 x 48 values, so that a page is projected once and spans are differences of sums. Two
small perceptrons judge figures (indicator, status, whether it heads a tuple) and pairs (all slots).
The loss of a place or a time is the negative log-probability of any candidate that is right.
"""

import logging
import random
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional

from zsner.document import Document
from zsner.link.facts import FIGURE_WIDTH, PAIR_WIDTH, SCORED, Facts
from zsner.link.linker import Ruled
from zsner.link.scorer import CHOSEN_ONE
from zsner.model.folder import LINKS, Manifest, write_manifest
from zsner.model.tagger import Tagger
from zsner.pipeline import Pipeline, load
from zsner.schema import INDICATORS
from zsner.score.tuples import same_region, tuple_scores
from zsner.text import fold
from zsner.training.calibrate import tuple_scale

_PARTS: Final = 8
"""Ways in which a state is looked at: of the figure its span, left, right, sentence; of the candidate
its span, left, right; and what is between."""
_SIZE: Final = 48
_HIDDEN: Final = 224


class LinkHeads(nn.Module):
    """States and facts of one page -> (figures, codes + 3) and (pairs,) logits."""

    def __init__(self, states: int, dropout: float = 0.25) -> None:
        super().__init__()
        self.project = nn.Linear(states, _PARTS * _SIZE, bias=False)
        self.dropout = nn.Dropout(0.2)

        def head(width: int, out: int) -> nn.Sequential:
            return nn.Sequential(
                nn.LayerNorm(width), nn.Linear(width, _HIDDEN), nn.GELU(), nn.Dropout(dropout), nn.Linear(_HIDDEN, out)
            )

        self.figure = head(4 * _SIZE + FIGURE_WIDTH, len(INDICATORS) + 3)
        self.pair = head(9 * _SIZE + PAIR_WIDTH, 1)

    def forward(
        self,
        states: torch.Tensor,
        place: torch.Tensor,
        sentence: torch.Tensor,
        numbers: torch.Tensor,
        pair_figure: torch.Tensor,
        pair_place: torch.Tensor,
        pair_between: torch.Tensor,
        pair_numbers: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        looks = self.project(self.dropout(states)).view(-1, _PARTS, _SIZE)
        edge = torch.zeros_like(looks[:1])
        sums = torch.cat([edge, looks.cumsum(0)])
        padded = torch.cat([edge, looks, edge])  # at i + 1 the state of character i

        def mean(part: int, spans: torch.Tensor) -> torch.Tensor:
            length = (spans[:, 1] - spans[:, 0]).clamp(min=1).unsqueeze(1)
            return (sums[spans[:, 1], part] - sums[spans[:, 0], part]) / length

        def beside(left: int, right: int, spans: torch.Tensor) -> list[torch.Tensor]:
            return [padded[spans[:, 0], left], padded[spans[:, 1] + 1, right]]

        own = torch.cat([mean(0, place), *beside(1, 2, place), mean(3, sentence)], 1)
        figures = self.figure(torch.cat([own, numbers], 1))
        of_figure, candidate = own[pair_figure], mean(4, pair_place)
        seen = [of_figure, candidate, *beside(5, 6, pair_place), mean(7, pair_between)]
        met = of_figure[:, :_SIZE] * candidate
        pairs = self.pair(torch.cat([*seen, met, pair_numbers], 1))
        return figures, pairs.squeeze(1)


class LinkPage(NamedTuple):
    """One gold page: states, facts, and what is right."""

    states: torch.Tensor
    inputs: tuple[torch.Tensor, ...]
    slot: torch.Tensor
    heads: torch.Tensor
    indicator: torch.Tensor
    target: torch.Tensor
    right: torch.Tensor
    nothing: torch.Tensor
    """(figures, 2): that the gold names no place, no time."""


def add_links(
    output: Path, manifest: Manifest, train: Sequence[Document], dev: Sequence[Document], *, epochs: int, seed: int
) -> Manifest:
    """Give the model folder `output` a link scorer and its manifest what dev says of it: strict
    tuple F1 on gold spans by rule and learned, and the scale of tuple scores."""
    tagger = Tagger(output)
    export_links(train_links(link_pages(tagger, train), epochs=epochs, seed=seed), output / LINKS)
    manifest = write_manifest(output, manifest, [*manifest.files, LINKS])
    if not dev:
        return manifest
    scores = dict(manifest.scores)
    for name, nlp in (("rules", Pipeline(tagger)), ("links", load(output))):
        relinked = [(d, nlp.relink(msgspec.structs.replace(d, tuples=()))) for d in dev]
        scores[f"dev_tuple_strict_{name}"] = round(tuple_scores(relinked)["strict"].f1, 4)
    scale = tuple_scale(load(output), dev)
    manifest = msgspec.structs.replace(manifest, scores=scores, tuple_scale=scale)
    return write_manifest(output, manifest, [*manifest.files])


def link_pages(tagger: Tagger, documents: Sequence[Document]) -> list[LinkPage]:
    """What is learned from: the pages with figures, read by the tagger once."""
    return [p for d in documents if (p := _page(tagger, d)) is not None]


def train_links(pages: Sequence[LinkPage], *, epochs: int = 10, seed: int = 13, rate: float = 1e-3) -> LinkHeads:
    """Heads fitted to the gold tuples of `pages`."""
    torch.manual_seed(seed)
    order = random.Random(seed)
    pages = list(pages)
    model = LinkHeads(pages[0].states.shape[1])
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    steps = epochs * len(pages) // _BATCH + epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (0.1 * steps)) * max(0.01, 1 - step / steps)
    )
    model.train()
    for _ in range(epochs):
        order.shuffle(pages)
        for start in range(0, len(pages), _BATCH):
            batch = pages[start : start + _BATCH]
            loss = sum((_loss(model, page) for page in batch), torch.zeros(()))
            loss = loss / max(10, sum(len(page.heads) for page in batch))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    model.eval()
    return model


_BATCH: Final = 2
"""Pages a step."""


def _page(tagger: Tagger, document: Document) -> LinkPage | None:
    bare = msgspec.structs.replace(document, tuples=(), home_region=None)
    ruled = Ruled(bare)
    facts = ruled.facts()
    if not facts.figures:
        return None
    _, states = tagger.read(ruled.page.text)
    gold = {t.head: t for t in document.tuples}
    held = [gold.get(i.id) for i in facts.figures]
    return LinkPage(
        # Half precision: a corpus of states stays in memory.
        states=torch.from_numpy(states).to(torch.bfloat16),
        inputs=inputs(facts),
        slot=torch.from_numpy(facts.pairs.slot),
        heads=torch.tensor([t is not None for t in held]),
        indicator=torch.tensor([0 if t is None else INDICATORS.index(t.indicator) for t in held]),
        target=torch.tensor([int(t is not None and t.status == "target") for t in held]),
        right=torch.from_numpy(_right(document, ruled, facts)),
        nothing=torch.tensor([[t is not None and getattr(t, s) is None for s in CHOSEN_ONE] for t in held]),
    )


def inputs(facts: Facts) -> tuple[torch.Tensor, ...]:
    """The facts as the arguments of `LinkHeads` behind the states."""
    p = facts.pairs
    arrays = (facts.place, facts.sentence, facts.numbers, p.figure, p.place, p.between, p.numbers)
    return tuple(torch.from_numpy(a) for a in arrays)


def _right(document: Document, ruled: Ruled, facts: Facts) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """For each pair whether the gold links it; a place by its name, a time by its words."""
    gold = {t.head: t for t in document.tuples}
    texts = {s.id: s.text for s in document.spans}
    pairs = facts.pairs
    right = np.zeros(len(pairs.figure), np.bool_)
    for k, (n, slot, name) in enumerate(zip(pairs.figure, pairs.slot, pairs.names, strict=True)):
        t = gold.get(facts.figures[n].id)
        if t is None:
            continue
        kind = SCORED[slot]
        if kind == "region":
            right[k] = t.region is not None and same_region(texts[name], texts[t.region], document.home_region)
        elif kind == "period":
            words = ruled.page.text[pairs.place[k, 0] : pairs.place[k, 1]]
            right[k] = t.period is not None and words.replace(" ", "") == _bare(t.period.text)
        else:
            right[k] = name in t.linked(kind)
    return right


def _bare(text: str) -> str:
    return "".join(fold(text).text.split())


def _loss(model: LinkHeads, page: LinkPage) -> torch.Tensor:
    figures, pairs = model(page.states.float(), *page.inputs)
    codes = len(INDICATORS)
    loss = functional.binary_cross_entropy_with_logits(figures[:, codes + 2], page.heads.float(), reduction="sum")
    heads = figures[page.heads]
    for logits, gold in (
        (heads[:, :codes], page.indicator[page.heads]),
        (heads[:, codes : codes + 2], page.target[page.heads]),
    ):
        loss = loss + functional.cross_entropy(logits, gold, reduction="sum", label_smoothing=0.05)
    figure = page.inputs[3]
    single = torch.zeros(len(pairs), dtype=torch.bool)
    for n, name in enumerate(CHOSEN_ONE):
        mine = page.slot == SCORED.index(name)
        single |= mine
        loss = loss + _one_of(pairs[mine], figure[mine], page.right[mine], page.nothing[:, n], page.heads)
    rest = ~single
    return loss + functional.binary_cross_entropy_with_logits(pairs[rest], page.right[rest].float(), reduction="sum")


def _one_of(
    logits: torch.Tensor, figure: torch.Tensor, right: torch.Tensor, nothing: torch.Tensor, heads: torch.Tensor
) -> torch.Tensor:
    """Negative log-probability of the right candidates of each figure, or of none of them; figures
    whose right answer is no candidate do not count."""
    total = _log_sums(logits, figure, len(heads), floor=0.0)
    gold = torch.where(nothing, torch.zeros(()), _log_sums(logits[right], figure[right], len(heads), floor=None))
    found = torch.zeros(len(heads), dtype=torch.bool)
    found[figure[right]] = True
    counted = (found | nothing) & heads
    return (total - gold)[counted].sum()


def _log_sums(logits: torch.Tensor, figure: torch.Tensor, number: int, floor: float | None) -> torch.Tensor:
    """log of the sum of exp(logits) by figure; with `floor`, of exp(floor) too."""
    highest = torch.full((number,), -1e4 if floor is None else floor)
    highest = highest.scatter_reduce(0, figure, logits.detach(), "amax")
    sums = torch.zeros(number) if floor is None else torch.exp(floor - highest)
    sums = sums.scatter_add(0, figure, torch.exp(logits - highest[figure]))
    return highest + torch.log(sums + 1e-9)


def export_links(model: LinkHeads, path: Path) -> None:
    """Write the heads as fp32 ONNX with the inputs that `zsner.link.scorer` gives."""
    states = model.project.in_features
    length, figures, pairs = (torch.export.Dim(n, min=1) for n in ("length", "figures", "pairs"))
    arguments = (
        torch.zeros(7, states),
        torch.zeros(3, 2, dtype=torch.int64),
        torch.zeros(3, 2, dtype=torch.int64),
        torch.zeros(3, FIGURE_WIDTH),
        torch.zeros(5, dtype=torch.int64),
        torch.zeros(5, 2, dtype=torch.int64),
        torch.zeros(5, 2, dtype=torch.int64),
        torch.zeros(5, PAIR_WIDTH),
    )
    names = ("states", "place", "sentence", "numbers", "pair_figure", "pair_place", "pair_between", "pair_numbers")
    sizes = (length, figures, figures, figures, pairs, pairs, pairs, pairs)
    with warnings.catch_warnings():
        # The exporter warns of its own insides, as for the encoder.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            model,
            arguments,
            str(path),
            input_names=list(names),
            output_names=["figures", "pairs"],
            dynamic_shapes={name: {0: size} for name, size in zip(names, sizes, strict=True)},
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    _strip(path)


def _strip(path: Path) -> None:
    """Take out what the exporter notes of the code it came from, its paths among it."""
    model = onnx.load(path)
    for part in (model.graph, *model.graph.node, *model.graph.value_info):
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, path)
