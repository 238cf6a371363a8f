"""Put the int8 model of a trained folder, with its link scorer, into the package, and record the release.

    python scripts/bundle.py runs/released

Refused where the evaluation model of its recipe (`reports/evaluation/`) is significantly worse on `test`
than that of an earlier release (`reports/releases/`).
"""

import shutil
import sys
from pathlib import Path

from zsner.document import DataError
from zsner.model.folder import BUNDLED, LINKS, ONNX, TOKENIZER, decode_manifest, read_manifest, write_manifest
from zsner.model.versions import EVALUATION, RECORD
from zsner.score.releases import record, worse_than_recorded

CALIBRATED = ("temperature", "threshold", "tuple_scale")
"""What a released model has from the evaluation model of its recipe."""


def main(folder: Path, root: Path = Path()) -> None:
    manifest = read_manifest(folder)
    if manifest.kind != "released":
        raise DataError(f"{folder}: is an {manifest.kind} model; the package carries a released one")
    evaluated = decode_manifest(root / EVALUATION / RECORD)
    if any(getattr(manifest, name) != getattr(evaluated, name) for name in CALIBRATED):
        raise DataError(
            f"{folder}: {root / EVALUATION} is of another recipe ({', '.join(CALIBRATED)}); measure its own"
        )
    if worse := worse_than_recorded(root, manifest.version):
        raise DataError(f"{folder}: its evaluation model is worse on test; not released. {'; '.join(worse)}")
    recorded = record(root, manifest.version)
    BUNDLED.mkdir(parents=True, exist_ok=True)
    files = [name for name in (ONNX, LINKS, TOKENIZER) if name in manifest.files]
    for name in files:
        shutil.copyfile(folder / name, BUNDLED / name)
    write_manifest(BUNDLED, manifest, files)
    print(f"{BUNDLED}: {manifest.label}, recorded in {recorded}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
