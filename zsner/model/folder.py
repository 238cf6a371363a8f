"""What a model folder holds, its checksums, and where models are found.

zsner.json         the manifest: name, version, how it was made, scores, checksums
tokenizer.json     one character -> one token
model.onnx         int8, what prediction runs: tags, and states for the links
links.onnx         the link scorer (models that rules alone link for have none)
config.json, model.safetensors, tokenizer_config.json
                   the fp32 Hugging Face model (trained folders; not in the bundled one)
"""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from zsner.document import DataError

MANIFEST: Final = "zsner.json"
ONNX: Final = "model.onnx"
LINKS: Final = "links.onnx"
TOKENIZER: Final = "tokenizer.json"
BUNDLED: Final = Path(__file__).parent.parent / "models" / "base"


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known about a model. `window` and `overlap` are in characters; logits are divided by
    `temperature` (Guo et al. 2017) before they become probabilities; spans whose confidence is
    below `threshold` are left out. `tuple_scale` (a, b) makes the link scorer's tuple scores true:
    the logit of a score times a, plus b (Platt 1999)."""

    format: int = 1
    name: str
    version: str
    kind: Literal["evaluation", "released"]
    guidelines: str
    tags: tuple[str, ...]
    window: int
    overlap: int
    temperature: float = 1.0
    threshold: float = 0.0
    tuple_scale: tuple[float, float] = (1.0, 0.0)
    recipe: dict[str, Any]
    data: dict[str, Any]
    scores: dict[str, Any]
    packages: dict[str, str]
    git_commit: str | None
    files: dict[str, str]

    @property
    def label(self) -> str:
        """What predictions name as their model: `zsner-base 0.1.0`."""
        return f"{self.name} {self.version}"


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest, files: list[str]) -> Manifest:
    """Write `zsner.json` with the checksums of `files`; last, so that a folder that has one is whole."""
    manifest = msgspec.structs.replace(manifest, files={name: file_digest(folder / name) for name in sorted(files)})
    target = folder / MANIFEST
    aside = target.with_suffix(".partial")
    aside.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    aside.replace(target)
    return manifest


def find_model(name: str | Path | None = None) -> Path:
    """The folder of a model: the bundled one for None or "base", else the folder named.

    Raises DataError if there is none.
    """
    folder = BUNDLED if name is None or str(name) == "base" else Path(name)
    if not (folder / MANIFEST).is_file():
        if folder == BUNDLED:
            raise DataError(f"{folder}: the bundled model is not installed; name one with --model DIR")
        what = "is no model folder (no zsner.json in it)" if folder.is_dir() else "no such model folder"
        raise DataError(f"{folder}: {what}; name one that `zsner train` wrote, or leave --model out")
    return folder


def decode_manifest(path: Path) -> Manifest:
    """A manifest as it stands in a file, its model's files not looked at. Raises DataError if it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: damaged ({error}); restore or retrain the model") from error


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a model folder. Raises DataError if a file is missing or damaged."""
    manifest = decode_manifest(folder / MANIFEST)
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise DataError(f"{path}: missing; restore the file or retrain the model")
        if file_digest(path) != digest:
            raise DataError(f"{path}: damaged (checksum differs from {MANIFEST}); restore it or retrain")
    return manifest
