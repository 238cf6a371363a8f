"""Try recipes on dev, one run after the other; what is measured already is not run again.

    python scripts/ablate.py scripts/ablations.yaml
    python scripts/ablate.py scripts/learning_curve.yaml

The file names a `screening` recipe and `tries`: what each changes in it, for which seeds. Results go to
`reports/<name of the file>.jsonl` (one line a run) and `.md`. Only train and dev are read.
"""

import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

from zsner.corpus.tasks import load_documents
from zsner.model.tagger import Tagger
from zsner.pipeline import Pipeline
from zsner.schema import SPAN_TYPES
from zsner.score.spans import span_scores
from zsner.training.config import TrainConfig
from zsner.training.train import train


def run(name: str, settings: dict[str, Any], seed: int) -> dict[str, Any]:
    """Train one recipe and score its int8 model on dev."""
    config = msgspec.convert(settings | {"name": "ablation", "seed": seed, "gate": 1.0}, TrainConfig)
    folder = Path("runs/ablations") / f"{config.articles}-{name}-{seed}"
    started = time.monotonic()
    manifest = train(config, folder, resume=(folder / "run.json").exists())
    minutes = (time.monotonic() - started) / 60
    nlp = Pipeline(Tagger(folder))
    dev = [d for path in config.dev for d in load_documents(Path(path))]
    scores = span_scores([(d, nlp.process(d)) for d in dev])
    return {
        "try": name,
        "seed": seed,
        "settings": settings,
        "data": manifest.data,
        "fp32": manifest.scores["dev_span_micro_f1_fp32"],
        "int8": manifest.scores["dev_span_micro_f1_int8"],
        "minutes": round(minutes, 1),
        **{t: round(scores[t].f1, 4) for t in (*SPAN_TYPES, "micro")},
    }


def table(lines: list[dict[str, Any]], plan: Path) -> str:
    """Markdown: one row a try and sample of articles (known by its spans), means over its seeds."""
    groups: dict[tuple[int, int, int, str], list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        data = line["data"]
        groups[data["dev"], data["train"], data["spans"], line["try"]].append(line)
    rows = [
        "# Recipes tried on dev",
        "",
        f"Strict span F1 on `dev` of the int8 model; made by `python scripts/ablate.py {plan}`.",
        "Only rows of one dev and one sample of articles, known by its number of spans, compare. A run is not",
        "repeated to the last digit: rows of one seed that are half a point apart say little.",
        "",
        "| dev | articles | spans | try | seeds | micro | spread | " + " | ".join(SPAN_TYPES) + " | minutes |",
        "|" + "---|" * (8 + len(SPAN_TYPES)),
    ]
    for (dev, articles, spans, name), runs in sorted(groups.items()):
        micro = [r["micro"] for r in runs]
        spread = f"{max(micro) - min(micro):.4f}" if len(micro) > 1 else ""
        means = " | ".join(f"{statistics.mean(r[t] for r in runs):.3f}" for t in SPAN_TYPES)
        minutes = statistics.mean(r["minutes"] for r in runs)
        rows.append(
            f"| {dev} | {articles} | {spans} | {name} | {len(runs)} | {statistics.mean(micro):.4f} | {spread} | {means} | {minutes:.0f} |"
        )
    return "\n".join(rows) + "\n"


def main() -> None:
    source = Path(sys.argv[1])
    plan = msgspec.yaml.decode(source.read_bytes())
    results = Path("reports") / f"{source.stem}.jsonl"
    lines = [msgspec.json.decode(row) for row in results.read_bytes().splitlines()] if results.exists() else []
    done = {(r["try"], r["seed"], msgspec.json.encode(r["settings"], order="sorted")) for r in lines}
    for name, change in plan["tries"].items():
        seeds = change.pop("seeds", [13])
        settings = plan["screening"] | change
        for seed in seeds:
            if (name, seed, msgspec.json.encode(settings, order="sorted")) in done:
                continue
            lines.append(run(name, settings, seed))
            with results.open("ab") as file:
                file.write(msgspec.json.encode(lines[-1]) + b"\n")
            results.with_suffix(".md").write_text(table(lines, source), encoding="utf-8")
            print(name, seed, lines[-1]["micro"], f"{lines[-1]['minutes']} min", flush=True)


if __name__ == "__main__":
    main()
