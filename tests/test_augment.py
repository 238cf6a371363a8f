"""Augmentation changes names, figures and noise, never what is labelled."""

import random

import pytest

from zsner import bio
from zsner.corpus.augment import SWAPPED, Augmenter, Rates, kind_of
from zsner.corpus.dataset import Example, examples
from zsner.corpus.names import NameMaker
from zsner.document import Document
from zsner.schema import VALUE_TYPES

ALL = Rates(names=0.5, made=0.5, figures=0.5, noise=0.5, lost=0.05)


def spans(example: Example) -> list[tuple[str, str]]:
    return [(s.type, example.text[s.start : s.end]) for s in bio.decode(example.tags)]


@pytest.fixture(scope="module")
def windows(gold: list[Document]) -> list[Example]:
    return [e for d in gold for e in examples(d, 320)]


def test_names_are_replaced_within_their_kind(windows: list[Example]) -> None:
    augment = Augmenter(windows, Rates(names=0.5, made=0.3), seed=1, limit=510)
    changed = 0
    for old in windows:
        new = augment(old)
        assert len(new.text) == len(new.tags) <= 510
        assert [t for t, _ in spans(new)] == [t for t, _ in spans(old)]
        for (kind, before), (_, after) in zip(spans(old), spans(new), strict=True):
            changed += before != after
            assert after == before or kind in SWAPPED
            if kind_of(kind, before) in ("stand-in", "letter", "organ", "team") if kind in SWAPPED else False:
                assert kind_of(kind, after) == kind_of(kind, before)
    assert changed > 100


def test_figures_keep_their_shape(windows: list[Example]) -> None:
    augment = Augmenter(windows, Rates(figures=1.0), seed=1, limit=510)
    changed = 0
    for old in windows:
        for (kind, before), (_, after) in zip(spans(old), spans(augment(old)), strict=True):
            changed += before != after
            if kind not in VALUE_TYPES:
                assert after == before
            else:
                assert sum(c.isdigit() for c in after) == sum(c.isdigit() for c in before)
    assert changed > 100


def test_noise_and_loss_keep_tags_legal(windows: list[Example]) -> None:
    augment = Augmenter(windows, ALL, seed=3, limit=510)
    new = [augment(w) for _ in range(20) for w in windows]
    for example in new:
        assert len(example.text) == len(example.tags)
        bio.decode(example.tags)  # raises where an I- has lost its B-
    assert any(",," in e.text or "，，" in e.text for e in new)
    assert any(len(e.text) < len(w.text) for e, w in zip(new, windows * 20, strict=True))


def test_loss_gives_the_next_character_the_beginning() -> None:
    text = "甲公司乙公司，到昌签约" * 20
    tags = bio.encode(11, [("ORG", 0, 3), ("ORG", 3, 6), ("REGION", 8, 9)]) * 20
    augment = Augmenter([], Rates(lost=0.4), seed=5, limit=510)
    for _ in range(100):
        found = [name for kind, name in spans(augment(Example("d", 0, len(text), text, tags))) if kind == "ORG"]
        assert all(len(name) <= 3 for name in found)
        assert all(name in "甲公司" or name in "乙公司" or set(name) <= set("甲乙公司") for name in found)


def test_rate_zero_and_a_tight_limit_change_nothing(windows: list[Example]) -> None:
    assert [Augmenter(windows, Rates(), seed=1, limit=510)(w) for w in windows] == windows
    assert [Augmenter(windows, Rates(names=1.0), seed=1, limit=1)(w) for w in windows] == windows


def test_the_same_seed_gives_the_same_windows(windows: list[Example]) -> None:
    one, two = (Augmenter(windows, ALL, seed=7, limit=510) for _ in range(2))
    assert [one(w) for w in windows] == [two(w) for w in windows]


def test_a_rate_outside_its_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match=r"augment\.lost"):
        Rates(lost=1.5)


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("REGION", "county"), ("REGION", "city"), ("REGION", "park"), ("REGION", "other"), ("ORG", "firm"), ("ORG", "other"),
        ("INDUSTRY", "short"), ("INDUSTRY", "other"), ("MECHANISM", "way"), ("MECHANISM", "other"), ("MECHANISM", "campaign"),
    ],
)  # fmt: skip
def test_made_names_are_of_the_kind_asked_for(type: str, kind: str) -> None:
    make = NameMaker(random.Random(2))
    made = [make(type, kind) for _ in range(300)]
    assert len(set(made)) > 15
    assert all(made)
    if kind not in ("other", "short"):
        assert sum(kind_of(type, str(name)) == kind for name in made) > 270
