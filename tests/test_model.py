"""Model folders: found, whole, or refused; the tagger's promises."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ARTICLES
from zsner import bio
from zsner.document import DataError
from zsner.model.folder import BUNDLED, MANIFEST, find_model, read_manifest
from zsner.model.tagger import Tagger
from zsner.text import fold


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED, tmp_path / "model"))


def test_the_bundled_model_is_whole_and_released() -> None:
    manifest = read_manifest(find_model())
    assert manifest.kind == "released"
    assert manifest.tags == bio.TAGS
    assert sum(p.stat().st_size for p in BUNDLED.iterdir()) < 20_000_000


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_damaged_file_is_named(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(DataError, match=rf"{name}: damaged \(checksum"):
        Tagger(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "model.onnx").unlink()
    with pytest.raises(DataError, match=r"model\.onnx: missing"):
        Tagger(copy)


def test_a_damaged_manifest_is_told(copy: Path) -> None:
    (copy / MANIFEST).write_text("{")
    with pytest.raises(DataError, match=r"zsner\.json: damaged"):
        Tagger(copy)


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such model folder"):
        find_model(tmp_path / "nowhere")
    with pytest.raises(DataError, match="is no model folder"):
        find_model(tmp_path)


def test_a_model_for_other_labels_is_refused(copy: Path) -> None:
    path = copy / MANIFEST
    path.write_text(path.read_text().replace("B-MECHANISM", "B-METHOD"))
    with pytest.raises(DataError, match="other labels"):
        Tagger(copy)


def test_scores_do_not_depend_on_neighbours(tagger: Tagger) -> None:
    texts = [fold(p.read_text(encoding="utf-8")).text for p in ARTICLES[:2]]
    alone = [tagger.tag(t) for t in texts]
    assert [tagger.tag(t) for t in reversed(texts)] == alone[::-1]


def test_every_character_gets_probabilities(tagger: Tagger) -> None:
    text = fold(ARTICLES[3].read_text(encoding="utf-8")).text.replace("\n", "")
    log_probs = tagger.log_probs(text)
    assert log_probs.shape == (len(text), len(bio.TAGS))
    assert np.allclose(np.exp(log_probs).sum(-1), 1, atol=1e-4)


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "签", "𠀀\u2603", "招商" * 2000])
def test_any_text_is_tagged(tagger: Tagger, text: str) -> None:
    for span in tagger.tag(text):
        assert 0 <= span.start < span.end <= len(text)
        assert 0 < span.score <= 1


def test_spans_below_the_confidence_asked_for_are_left_out() -> None:
    text = fold(ARTICLES[0].read_text(encoding="utf-8")).text
    everything = Tagger(min_confidence=0.0).tag(text)
    bound = sorted(t.score for t in everything)[len(everything) // 2]
    assert Tagger(min_confidence=bound).tag(text) == [t for t in everything if t.score >= bound]
    assert Tagger().min_confidence == read_manifest(BUNDLED).threshold
