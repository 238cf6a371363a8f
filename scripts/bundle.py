"""Put the int8 model of a trained folder, with its link scorer, into the package.

python scripts/bundle.py runs/released
"""

import shutil
import sys
from pathlib import Path

from zsner.document import DataError
from zsner.model.folder import BUNDLED, LINKS, ONNX, TOKENIZER, read_manifest, write_manifest


def main(folder: Path) -> None:
    manifest = read_manifest(folder)
    if manifest.kind != "released":
        raise DataError(f"{folder}: is an {manifest.kind} model; the package carries a released one")
    BUNDLED.mkdir(parents=True, exist_ok=True)
    files = [name for name in (ONNX, LINKS, TOKENIZER) if name in manifest.files]
    for name in files:
        shutil.copyfile(folder / name, BUNDLED / name)
    write_manifest(BUNDLED, manifest, files)
    print(f"{BUNDLED}: {manifest.label}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
