"""Time and memory of `zsner evaluate` on many articles.

    python scripts/bench_evaluate.py 10000

The articles of `test` and their predictions are repeated under new ids, in a temporary folder.
"""

import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import msgspec

from zsner.document import Document, to_json
from zsner.io.readers import read_gold, read_predictions


def write(path: Path, documents: list[Document], number: int) -> None:
    with path.open("wb") as file:
        for n, document in enumerate(islice(cycle(documents), number)):
            file.write(to_json(msgspec.structs.replace(document, id=f"{n}")) + b"\n")


def main(number: int) -> None:
    gold = read_gold(Path("data/annotations/test"))
    found = {d.id: d for d in read_predictions(Path("reports/evaluation/test.jsonl"))}
    with tempfile.TemporaryDirectory() as folder:
        sides = Path(folder) / "gold.jsonl", Path(folder) / "found.jsonl"
        write(sides[0], gold, number)
        write(sides[1], [found[d.id] for d in gold], number)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "zsner.cli.app", "evaluate", *map(str, sides)], check=True)
        seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{number} articles: {seconds:.0f} s ({cpu:.0f} s of processor time), {usage.ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]))
