"""Measure prediction speed and start-up, for the model card.

    python scripts/measure_speed.py > reports/evaluation/speed.json

Figures are medians. The start-up is a ratio of interleaved runs, `zsner predict` on one article
against `import onnxruntime`, because absolute times say more of the machine than of the code.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import zsner

RUNS = 7
ARTICLES = sorted((Path(__file__).parent.parent / "data" / "articles").glob("*.txt"))


def seconds(command: list[str]) -> float:
    # Compiled modules may be cached, as they are in an installed package.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    texts = [p.read_text(encoding="utf-8") for p in ARTICLES]
    characters = sum(map(len, texts))
    nlp = zsner.load()
    for text in texts:
        nlp(text)
    rates = []
    for _ in range(RUNS):
        start = time.perf_counter()
        for text in texts:
            nlp(text)
        rates.append(characters / (time.perf_counter() - start))
    predict = [sys.executable, "-m", "zsner.cli.app", "predict", str(ARTICLES[1])]
    bare = [sys.executable, "-c", "import onnxruntime"]
    ratios = [seconds(predict) / seconds(bare) for _ in range(RUNS)]
    result = {
        "cores": os.cpu_count(),
        "runs": RUNS,
        "characters": characters,
        "characters_per_second": int(round(statistics.median(rates), -2)),
        "cold_ratio": round(statistics.median(ratios), 2),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
