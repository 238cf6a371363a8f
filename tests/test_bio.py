"""Tags and constrained decoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsner import bio
from zsner.schema import SPAN_TYPES


@st.composite
def flat_spans(draw: st.DrawFn) -> tuple[int, list[tuple[str, int, int]]]:
    spans, position = [], 0
    for _ in range(draw(st.integers(0, 8))):
        start = position + draw(st.integers(0, 5))
        position = start + draw(st.integers(1, 6))
        spans.append((draw(st.sampled_from(SPAN_TYPES)), start, position))
    return position + draw(st.integers(0, 4)), spans


@given(flat_spans())
def test_spans_come_back_from_their_tags(case: tuple[int, list[tuple[str, int, int]]]) -> None:
    length, spans = case
    assert [(s.type, s.start, s.end) for s in bio.decode(bio.encode(length, spans))] == spans


@pytest.mark.parametrize("spans", [[("ORG", 0, 3), ("REGION", 2, 4)], [("ORG", 3, 6)], [("ORG", 2, 2)]])
def test_spans_that_do_not_fit_are_refused(spans: list[tuple[str, int, int]]) -> None:
    with pytest.raises(ValueError, match="span"):
        bio.encode(5, spans)


def test_an_inside_tag_without_its_begin_is_refused() -> None:
    with pytest.raises(ValueError, match="follows no ORG"):
        bio.decode([bio.TAG_ID["B-REGION"], bio.TAG_ID["I-ORG"]])


@given(st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_viterbi_finds_the_best_legal_sequence(length: int, seed: int) -> None:
    """Against exhaustive search over a few tags."""
    rng = np.random.default_rng(seed)
    log_probs = bio.log_softmax(rng.normal(size=(length, len(bio.TAGS))).astype(np.float32) * 3)
    best = bio.viterbi(log_probs)
    bio.decode(best)
    score = sum(float(log_probs[i, t]) for i, t in enumerate(best))
    reach = {t: float(log_probs[0, t]) for t in range(len(bio.TAGS)) if not bio.TAGS[t].startswith("I-")}
    for i in range(1, length):
        reach = {
            t: max(s for p, s in reach.items() if bio.LEGAL[p, t]) + float(log_probs[i, t])
            for t in range(len(bio.TAGS))
            if any(bio.LEGAL[p, t] for p in reach)
        }
    assert score == pytest.approx(max(reach.values()), abs=1e-3)


def test_confidence_falls_with_doubt() -> None:
    def span_score(margin: float) -> float:
        logits = np.zeros((4, len(bio.TAGS)), dtype=np.float32)
        for i, tag in enumerate(["O", "B-MONEY", "I-MONEY", "O"]):
            logits[i, bio.TAG_ID[tag]] = margin
        log_probs = bio.log_softmax(logits)
        (span,) = bio.score_spans(log_probs, [bio.Tagged("MONEY", 1, 3)])
        return span.score

    assert 0 < span_score(1) < span_score(4) < span_score(9) <= 1
