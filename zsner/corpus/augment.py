"""Augmentation of training windows: names are swapped for other names of their type.

A small corpus shows each firm, place and field in one article only; swapping teaches the model
to read the context instead of the name (mention replacement, Dai & Adel 2020).
"""

import random
from collections.abc import Iterable
from typing import Final

from zsner import bio
from zsner.corpus.dataset import Example

SWAPPED: Final = ("ORG", "REGION", "INDUSTRY", "MECHANISM")


class Swapper:
    """Replaces each name with probability `rate` by one drawn from the names of its type in
    `examples`. Other types and the text between are left as they are."""

    def __init__(self, examples: Iterable[Example], rate: float, seed: int, limit: int) -> None:
        self.rate = rate
        self.limit = limit
        self.random = random.Random(seed)
        pools: dict[str, set[str]] = {t: set() for t in SWAPPED}
        for example in examples:
            for span in bio.decode(example.tags):
                if span.type in pools:
                    pools[span.type].add(example.text[span.start : span.end])
        # Sorted: the order of a set is not the same in every process.
        self.pools = {t: sorted(names) for t, names in pools.items()}

    def __call__(self, example: Example) -> Example:
        """A new example; the old one where the new text would be longer than the limit."""
        text, tags, position = "", list[int](), 0
        for span in bio.decode(example.tags):
            name = example.text[span.start : span.end]
            if span.type in SWAPPED and self.random.random() < self.rate:
                name = self.random.choice(self.pools[span.type])
            text += example.text[position : span.start] + name
            tags += example.tags[position : span.start] + bio.encode(len(name), [(span.type, 0, len(name))])
            position = span.end
        text += example.text[position:]
        tags += example.tags[position:]
        if len(text) > self.limit:
            return example
        return example._replace(end=example.start + len(text), text=text, tags=tags)
