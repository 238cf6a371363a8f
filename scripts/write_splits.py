"""Write `data/splits.tsv` from the folders under `data/annotations`."""

from pathlib import Path

from zsner.corpus.split import SPLITS, TABLE, write_splits
from zsner.corpus.tasks import load_documents

DATA = Path(__file__).parent.parent / "data"

if __name__ == "__main__":
    folders = {split: DATA / "annotations" / split for split in SPLITS}
    write_splits(DATA / TABLE, {s: load_documents(p) for s, p in folders.items() if p.is_dir()})
