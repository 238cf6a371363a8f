"""Swapping names keeps the labels on the names."""

from zsner import bio
from zsner.corpus.augment import SWAPPED, Swapper
from zsner.corpus.dataset import Example, examples
from zsner.document import Document


def spans(example: Example) -> list[tuple[str, str]]:
    return [(s.type, example.text[s.start : s.end]) for s in bio.decode(example.tags)]


def test_swapped_windows_hold_names_of_the_same_types(gold: list[Document]) -> None:
    windows = [e for d in gold for e in examples(d, 320)]
    swapper = Swapper(windows, 0.5, seed=1, limit=510)
    changed = 0
    for old in windows:
        new = swapper(old)
        assert len(new.text) == len(new.tags) <= 510
        assert [t for t, _ in spans(new)] == [t for t, _ in spans(old)]
        for (kind, before), (_, after) in zip(spans(old), spans(new), strict=True):
            changed += before != after
            assert after == before if kind not in SWAPPED else after in swapper.pools[kind]
    assert changed > 100


def test_rate_zero_and_a_tight_limit_change_nothing(gold: list[Document]) -> None:
    windows = list(examples(gold[0], 320))
    assert [Swapper(windows, 0.0, seed=1, limit=510)(w) for w in windows] == windows
    assert [Swapper(windows, 1.0, seed=1, limit=1)(w) for w in windows] == windows


def test_the_same_seed_gives_the_same_windows(gold: list[Document]) -> None:
    windows = list(examples(gold[0], 320))
    one, two = (Swapper(windows, 0.5, seed=7, limit=510) for _ in range(2))
    assert [one(w) for w in windows] == [two(w) for w in windows]
