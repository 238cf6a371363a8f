"""Versions of the model: what there is, what differs, what a release is held against."""

import bz2
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from zsner.cli.app import app
from zsner.document import DataError
from zsner.io.readers import read_gold, read_predictions
from zsner.model.folder import BUNDLED, MANIFEST, file_digest, read_manifest
from zsner.model.versions import EVALUATION, RELEASES, differences, model_versions, read_version, releases
from zsner.score.evaluate import evaluate
from zsner.score.releases import record, worse_than_recorded

NEWEST = releases(ROOT)[-1]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model folder like the bundled one."""
    return Path(shutil.copytree(BUNDLED, tmp_path / "runs" / "mine"))


def change(manifest: Path, old: str, new: str) -> None:
    text = manifest.read_text(encoding="utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new), encoding="utf-8")


def test_every_released_model_is_listed_with_its_scores() -> None:
    listed = {m.place: m for m in model_versions(ROOT, [])}
    assert listed["bundled"].version == read_manifest(BUNDLED).version
    # It has seen the test.
    assert listed["bundled"].spans is None
    for folder in releases(ROOT):
        scores = json.loads((folder / "test-scores.json").read_bytes())
        one = listed[str(folder)]
        assert one.version == folder.name
        assert one.manifest.kind == "evaluation"
        assert one.spans == pytest.approx(scores["spans"]["micro"]["f1"], abs=5e-5)
        assert one.tuples == pytest.approx(scores["tuples"]["strict"]["f1"], abs=5e-5)
        assert one.date is not None and one.date.startswith("20")


def test_releases_come_in_order_of_their_versions(tmp_path: Path) -> None:
    for version in ("0.10.0", "0.9.0", "0.9.0rc1", "1.0.0"):
        folder = tmp_path / RELEASES / version
        folder.mkdir(parents=True)
        shutil.copyfile(NEWEST / "model.json", folder / "model.json")
    assert [p.name for p in releases(tmp_path)] == ["0.9.0rc1", "0.9.0", "0.10.0", "1.0.0"]


def test_a_trained_folder_has_the_scores_that_were_measured_on_its_files(model: Path) -> None:
    known = json.loads((NEWEST / "model.json").read_bytes())["files"]
    bare = read_version(str(model), ROOT)
    assert (bare.spans, bare.size) == (None, sum((model / n).stat().st_size for n in bare.manifest.files))
    for name in ("model.onnx", "links.onnx"):
        change(model / MANIFEST, file_digest(model / name), known[name])
    assert read_version(str(model), ROOT).spans == read_version(str(NEWEST), ROOT).spans
    assert read_version(str(model), model).spans is None


@pytest.mark.parametrize("folder", releases(ROOT), ids=lambda p: p.name)
@pytest.mark.parametrize("split", ["test", "seeds"])
def test_recorded_scores_are_those_of_the_recorded_predictions(folder: Path, split: str) -> None:
    gold = read_gold(ROOT / "data" / "annotations" / split)
    report = evaluate(gold, read_predictions(folder / f"{split}.jsonl.bz2"))
    recorded = json.loads((folder / f"{split}-scores.json").read_bytes())
    for kind, row in (("spans", "micro"), ("tuples", "strict")):
        assert recorded[kind][row]["f1"] == getattr(report, kind)[row].f1


def test_list_finds_models_below_a_folder(model: Path) -> None:
    done = CliRunner().invoke(app, ["model", "list", str(model.parent), "--root", str(model)])
    assert done.exit_code == 0
    version = read_manifest(model).version
    assert [line.split("│")[2].strip() for line in done.output.splitlines()[2:]] == [version, version]
    assert str(model)[:20] in done.output
    with pytest.raises(DataError, match="no model in or below it"):
        list(model_versions(ROOT, [ROOT / "configs"]))


def test_equal_models_differ_in_nothing(model: Path) -> None:
    done = CliRunner().invoke(app, ["model", "diff", "bundled", str(model), "--root", str(ROOT)])
    assert (done.exit_code, done.output) == (0, "")


def test_differences_are_named_and_told_by_the_exit_status(model: Path) -> None:
    recipe = read_manifest(model).recipe
    change(model / MANIFEST, f'"epochs": {recipe["epochs"]}', '"epochs": 99')
    change(
        model / MANIFEST, '"kind": "released",\n    "encoder"', '"kind": "released",\n    "new": true,\n    "encoder"'
    )
    found = differences(read_version("bundled", ROOT), read_version(str(model), ROOT))
    assert sorted(found) == [("recipe.epochs", str(recipe["epochs"]), "99"), ("recipe.new", None, "true")]
    done = CliRunner().invoke(app, ["model", "diff", "bundled", str(model)])
    assert done.exit_code == 1
    assert "recipe.epochs" in done.output and "99" in done.output


def test_info_tells_what_is_known() -> None:
    for place in ("bundled", str(NEWEST)):
        done = CliRunner().invoke(app, ["model", "info", place, "--root", str(ROOT)])
        told, model = json.loads(done.output), read_version(place, ROOT)
        assert told["data"]["train_digest"] == model.manifest.data["train_digest"]
        assert told["files"] == model.manifest.files
        assert (told["version"], told["size"]) == (model.version, model.size)
        assert ("test" in told) == (place != "bundled")


def test_releases_differ_in_data_and_scores() -> None:
    first, newest = (read_version(str(p), ROOT) for p in (releases(ROOT)[0], NEWEST))
    keys = {key for key, _, _ in differences(first, newest)}
    assert {"version", "data.train_digest", "test.spans", "test.tuples", "files.model.onnx"} <= keys
    assert "name" not in keys


def test_a_damaged_model_is_no_model_to_compare(model: Path) -> None:
    (model / "tokenizer.json").write_text("{}")
    with pytest.raises(DataError, match=r"tokenizer\.json: damaged"):
        read_version(str(model), ROOT, whole=True)
    done = CliRunner().invoke(app, ["model", "diff", "bundled", str(model / "nowhere")])
    assert isinstance(done.exception, DataError)


def test_a_cut_file_of_predictions_is_told(tmp_path: Path) -> None:
    whole = (NEWEST / "seeds.jsonl.bz2").read_bytes()
    for data in (whole[: len(whole) // 2], b"{}"):
        (tmp_path / "cut.jsonl.bz2").write_bytes(data)
        with pytest.raises(DataError, match=r"cut\.jsonl\.bz2: is no whole \.bz2 file"):
            read_predictions(tmp_path / "cut.jsonl.bz2")
    (tmp_path / "whole.jsonl").write_bytes(bz2.decompress(whole))
    assert read_predictions(tmp_path / "whole.jsonl") == read_predictions(NEWEST / "seeds.jsonl.bz2")


def unpacked(folder: Path, evaluation: Path) -> None:
    """What a recorded release predicted, as the evaluation of today."""
    evaluation.mkdir(parents=True, exist_ok=True)
    for split in ("test", "seeds"):
        (evaluation / f"{split}.jsonl").write_bytes(bz2.decompress((folder / f"{split}.jsonl.bz2").read_bytes()))
        shutil.copyfile(folder / f"{split}-scores.json", evaluation / f"{split}-scores.json")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose releases are those recorded here, and whose evaluation model is the newest of them."""
    root = tmp_path / "clone"
    shutil.copytree(ROOT / "data" / "annotations" / "test", root / "data" / "annotations" / "test")
    shutil.copytree(ROOT / RELEASES, root / RELEASES)
    unpacked(NEWEST, root / EVALUATION)
    shutil.copyfile(NEWEST / "model.json", root / EVALUATION / "model.json")
    return root


def test_a_model_as_good_as_the_last_is_recorded(clone: Path) -> None:
    assert worse_than_recorded(clone, "9.0.0") == []
    folder = record(clone, "9.0.0")
    assert releases(clone)[-1] == folder
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {p.name: p.read_bytes() for p in NEWEST.iterdir()}
    # The same model again is no harm; another one is not that version.
    record(clone, "9.0.0")
    with pytest.raises(DataError, match=r"another model is recorded as 0\.1\.0"):
        record(clone, "0.1.0")


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`scripts/bundle.py`, with a package of its own."""
    spec = importlib.util.spec_from_file_location("bundle", ROOT / "scripts" / "bundle.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "BUNDLED", tmp_path / "package")
    return script


def test_a_worse_model_is_not_released(clone: Path, model: Path, bundle: Any) -> None:
    change(model / MANIFEST, f'"version": "{read_manifest(model).version}"', '"version": "9.0.0"')
    unpacked(releases(ROOT)[0], clone / EVALUATION)
    with pytest.raises(DataError, match=r"worse on test; not released\. span\.micro: 0\.8\d+, 0\.2\.0 has 0\.9\d+"):
        bundle.main(model, clone)
    assert not bundle.BUNDLED.exists()
    assert not (clone / RELEASES / "9.0.0").exists()


def test_a_model_that_was_not_measured_is_not_released(clone: Path, model: Path, bundle: Any) -> None:
    change(model / MANIFEST, f'"temperature": {read_manifest(model).temperature}', '"temperature": 9.0')
    with pytest.raises(DataError, match="is of another recipe"):
        bundle.main(model, clone)
    assert not bundle.BUNDLED.exists()


def test_a_model_that_is_not_worse_is_packaged_and_recorded(clone: Path, model: Path, bundle: Any) -> None:
    change(model / MANIFEST, f'"version": "{read_manifest(model).version}"', '"version": "9.0.0"')
    bundle.main(model, clone)
    assert read_manifest(bundle.BUNDLED).version == "9.0.0"
    assert releases(clone)[-1].name == "9.0.0"


def test_the_releases_are_compared_by_one_command() -> None:
    files = [str(folder / "test.jsonl.bz2") for folder in releases(ROOT)]
    gold = ROOT / "data" / "annotations" / "test"
    done = CliRunner().invoke(app, ["compare", *files, "--gold", str(gold), "--samples", "500"])
    assert done.exit_code == 0
    assert done.output.count(" against ") == 2 * (len(files) - 1)
