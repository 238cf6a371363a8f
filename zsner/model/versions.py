"""Which versions of the model there are: the one in the package, trained folders, recorded releases.

A recorded release is a folder `reports/releases/VERSION` with the manifest of its evaluation model
(`model.json`), that model's predictions on `test` and `seeds`, and their scores.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from zsner.document import DataError
from zsner.model.folder import (
    BUNDLED,
    LINKS,
    MANIFEST,
    ONNX,
    Manifest,
    decode_manifest,
    find_model,
    read_manifest,
)

EVALUATION: Final = Path("reports") / "evaluation"
RELEASES: Final = Path("reports") / "releases"
RECORD: Final = "model.json"
"""The manifest of a model whose files are not beside it."""
PACKAGED: Final = "bundled"
"""What the model in the package is called where a folder could be named."""


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One model and what is known of it. `place` is how it was named; `version` is that of the release for a recorded one, whatever
    its manifest says. `spans` (micro) and `tuples` (end to end) are strict F1 on `test`, None where
    that was not measured; `size` is in bytes, None where the files are not there; `date` is an ISO day."""

    place: str
    folder: Path
    version: str
    manifest: Manifest
    size: int | None = None
    date: str | None = None
    spans: float | None = None
    tuples: float | None = None


def model_versions(root: Path, folders: Sequence[Path] | None = None) -> Iterator[ModelVersion]:
    """The model in the package, those in or below `folders` (None: `runs/` of a clone at `root`, where there
    is one), and the releases recorded there. Raises DataError for a folder without a model."""
    if (BUNDLED / MANIFEST).is_file():
        yield read_version(PACKAGED, root)
    if folders is None:
        folders = [runs] if (runs := root / "runs").is_dir() else []
    for folder in folders:
        found = sorted(p.parent for p in folder.rglob(MANIFEST))
        if not found and folder != root / "runs":
            raise DataError(
                f"{folder}: no model in or below it (no {MANIFEST}); name a folder that `zsner train` wrote"
            )
        yield from (read_version(str(f), root) for f in found)
    yield from (read_version(str(r), root) for r in releases(root))


def releases(root: Path) -> list[Path]:
    """The folders of recorded releases in a clone at `root`, by version."""
    return sorted((p.parent for p in (root / RELEASES).glob(f"*/{RECORD}")), key=lambda p: _order(p.name))


def read_version(place: str, root: Path, *, whole: bool = False) -> ModelVersion:
    """The model at `place`: `bundled`, a model folder, or a folder with the manifest alone (a release).
    Scores and days of release come from a clone at `root`, where there is one.

    `whole`: check the model's files too. Raises DataError if there is no model, or it is damaged.
    """
    folder = BUNDLED if place == PACKAGED else Path(place)
    if (folder / RECORD).is_file() and not (folder / MANIFEST).is_file():
        manifest = decode_manifest(folder / RECORD)
        version, size, date = folder.name, None, None
    else:
        folder = find_model(folder)
        manifest = read_manifest(folder) if whole else decode_manifest(folder / MANIFEST)
        version, date = manifest.version, None
        size = sum(p.stat().st_size for name in manifest.files if (p := folder / name).is_file())
        if folder != BUNDLED:
            date = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC).date().isoformat()
    spans, tuples = _measured(manifest, folder, root)
    return ModelVersion(
        place=place,
        folder=folder,
        version=version,
        manifest=manifest,
        size=size,
        date=date or _released(root).get(version),
        spans=spans,
        tuples=tuples,
    )


def differences(one: ModelVersion, other: ModelVersion) -> list[tuple[str, str | None, str | None]]:
    """What differs between two models: (`recipe.epochs`, of the one, of the other), None where one of
    them has no such entry. In the order of the manifest; `test.spans` and `test.tuples` are what was
    measured on `test`."""
    left, right = _facts(one), _facts(other)
    keys = [*left, *(k for k in right if k not in left)]
    sections = list(dict.fromkeys(k.partition(".")[0] for k in keys))
    keys.sort(key=lambda k: sections.index(k.partition(".")[0]))
    return [(k, left.get(k), right.get(k)) for k in keys if left.get(k) != right.get(k)]


def _facts(model: ModelVersion) -> dict[str, str]:
    """Everything known of a model, flat, as text."""
    known = msgspec.to_builtins(model.manifest) | {"version": model.version}
    known["test"] = {"spans": model.spans, "tuples": model.tuples}
    return dict(_flat(known))


def _flat(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        elif value is not None:
            yield above + key, value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _measured(manifest: Manifest, folder: Path, root: Path) -> tuple[float | None, float | None]:
    """Strict F1 on `test`, from beside the manifest or from the reports on the model with the same files."""
    for measured in (folder, root / EVALUATION, *releases(root)):
        record, scores = measured / RECORD, measured / "test-scores.json"
        if record.is_file() and scores.is_file() and _same_model(decode_manifest(record), manifest):
            found = msgspec.json.decode(scores.read_bytes())
            return round(found["spans"]["micro"]["f1"], 4), round(found["tuples"]["strict"]["f1"], 4)
    return None, None


def _same_model(one: Manifest, other: Manifest) -> bool:
    return all(one.files.get(name) == other.files.get(name) for name in (ONNX, LINKS))


def _released(root: Path) -> dict[str, str]:
    """Version -> day of release, from the headings of the changelog (`## 0.2.0 (2026-11-22)`)."""
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
    return dict(re.findall(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", text, re.MULTILINE))


def _order(version: str) -> tuple[tuple[int, str], ...]:
    """0.10.0 comes after 0.9.0."""
    return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in version.split("."))
