"""The model card, from measured results only."""

import json
from pathlib import Path
from typing import Any

from zsner.corpus.split import SPLITS
from zsner.corpus.stats import stats
from zsner.corpus.tasks import load_documents
from zsner.document import DataError
from zsner.model.folder import BUNDLED, LINKS, read_manifest
from zsner.model.versions import EVALUATION
from zsner.schema import SPAN_TYPES
from zsner.score.agreement import agreement
from zsner.score.peers import peers_section

COLUMNS = {"seeds": "seeds (real pages)", "fresh": "fresh", "test": "test", "dev": "dev"}
CORPUS = "zsner-corpus"
"""What cards call the articles of `data/annotations`."""


_BEHIND = " **It is of an earlier recipe**, made from fewer articles and linking by rule alone: weaker than the figures below until the next release."


def model_card(root: Path) -> str:
    """Markdown of the card for a clone at `root`. Raises DataError if a result is missing."""
    data = root / "data" / "annotations"
    parts = [p for p in SPLITS if (data / p).is_dir()]
    counted = {p: stats(load_documents(data / p)) for p in parts}
    agreed = agreement(data / "seeds")
    model = _result(root, "model.json")
    # `fresh` is scored once, when the recipe is frozen: until then it has no column.
    columns = {c: t for c, t in COLUMNS.items() if c != "fresh" or (root / EVALUATION / "fresh-scores.json").exists()}
    scores = {name: _result(root, f"{name}-scores.json") for name in columns}
    errors = ", ".join(f"{scores[c]['ece']:.3f} on `{c}`" for c in columns)
    speed = _result(root, "speed.json")
    bundled = read_manifest(BUNDLED)

    rows = [
        f"| {name} | {s.documents} | {s.characters:,} | {sum(s.spans.values()):,} | {s.tuples:,} | {s.figures_per_1000:.1f} |"
        for name, s in counted.items()
    ]
    types = [
        f"| {t} | " + " | ".join(_f1(scores[c], t) for c in columns) + f" | {agreed.spans[t].f1:.3f} |"
        for t in (*SPAN_TYPES, "micro", "macro")
    ]
    types.append("| micro, 95 % interval | " + " | ".join(_interval(scores[c]) for c in columns) + " | |")
    # `fresh` was scored once, before there was a link scorer.
    linked = [c for c in columns if c != "fresh"]
    agreed_tuples = {"tuples": {k: {"gold": v.gold, "f1": v.f1} for k, v in agreed.tuples.items()}}
    given = [{"tuples": _result(root, f"{c}-links.json")} for c in linked]
    slots = [
        f"| {name} | "
        + " | ".join(_tuple(s, name) for s in [*(scores[c] for c in linked), *given, agreed_tuples])
        + " |"
        for name in agreed.tuples
    ]
    low_high = (scores[c].get("tuple_intervals", {}).get("strict") for c in linked)
    ends = (" – ".join(f"{x:.3f}" for x in i) if i else "" for i in low_high)
    slots.append("| strict, 95 % interval | " + " | ".join([*ends, *[""] * (len(linked) + 1)]) + " |")
    ruled = (
        f" On `fresh`, scored once, the rules alone gave {scores['fresh']['tuples']['strict']['f1']:.3f} strict."
        if "fresh" in scores
        else ""
    )
    recipe = model["recipe"]
    behind = "" if LINKS in bundled.files else _BEHIND
    return f"""{front_matter(_metadata(bundled.name, scores))}
# {bundled.label}

Reads Chinese news and government articles on investment promotion (招商引资) and marks seven kinds of spans: {", ".join(SPAN_TYPES)}.
A small scorer on the encoder's states, which sees the answers of linking rules too, links the spans into metric tuples: who promised, signed, landed or paid how much, where, in which industry, by which way of attracting it.

Written by `zsner model card` from the files under `reports/evaluation` and `data/annotations`; nothing here is typed by hand.

## Model

A Chinese BERT (4 layers, hidden size 512, 17 M parameters; pruned vocabulary of single characters) with a token classifier over IOB2 tags, one token a character,
windows of {bundled.window} characters, legal-transition Viterbi decoding. The package carries it as dynamic int8 ONNX.

- The *evaluation model* trained on `train` ({model["data"]["train"]} articles, {recipe["steps"]} steps); `dev` served the choice of the recipe, the int8 gate and the calibration. It never saw `test`, `fresh` and `seeds`, nor an article with their firms, counties, parks or campaigns. **All scores below are its scores.**
- The *released model* in the package trained on everything with the same recipe for {bundled.recipe["steps"]} steps. It has no score of its own: it has seen the test.{behind}

Digests (SHA-256): training data `{model["data"]["train_digest"][:16]}…`, dev `{model["data"]["dev_digest"][:16]}…`, int8 model `{model["files"]["model.onnx"][:16]}…`; the whole manifest is `reports/evaluation/model.json`, the predictions scored here are beside it, and `make reproduce` trains the evaluation model anew.

## Data

Articles and annotations by guidelines version {bundled.guidelines}. The `seeds` are five real pages, seen by the authors of the guidelines; all others were written for this project after the likeness of real pages: `test` by other writers than
`train` and `dev`, in counties that those do not name, `fresh` by writers who had seen neither data nor code; it is scored once, when the recipe is frozen.

| split | articles | characters | spans | tuples | figures per 1,000 characters |
|---|---|---|---|---|---|
{chr(10).join(rows)}

Two annotators marked the five `seeds` articles independently of each other; before their differences were settled they agreed with F1 {agreed.spans["micro"].f1:.3f} on strict spans and {agreed.tuples["strict"].f1:.3f} on strict tuples.

## Scores

Strict F1: type and both boundaries right (seqeval, `mode="strict"`, IOB2).

| spans | {" | ".join(columns.values())} | two annotators on seeds |
|---|{"---|" * len(columns)}---|
{chr(10).join(types)}

End to end, from text alone (no home region given); then links alone, on the gold spans. A strict tuple has head, indicator, status, region, growth, filter, orgs, industries and mechanisms right.
`period_iso` is the share of right dates among periods with the right words.{ruled}

| tuples | {" | ".join(linked)} | {" | ".join(f"{c}, gold spans" for c in linked)} | two annotators on seeds |
|---|{"---|" * (2 * len(linked))}---|
{chr(10).join(slots)}

int8 against fp32 on `dev`, strict span micro-F1: {model["scores"]["dev_span_micro_f1_int8"]:.4f} against {model["scores"]["dev_span_micro_f1_fp32"]:.4f}.

{peers_section(root)}
## Speed

{speed["cores"]} cores, median of {speed["runs"]} runs, the five articles ({speed["characters"]:,} characters): {speed["characters_per_second"]:,} characters a second, values and links included. A cold `zsner predict` on one article takes {speed["cold_ratio"]:.1f} times as long as importing onnxruntime.

## Limits

- `test`, `fresh` and `dev` are text written for this project; `seeds` is real but small: five articles (its interval is over sentences, the others over articles).
- The linking rules were written on `train` and their errors on `dev` were read too, and the scale of tuple scores is fitted there: the `dev` column of tuples is optimistic, the others were not looked at for it.
- Links learned from such pages: a page of another kind gives figures with the wrong indicator rather than none.
- Periods become ISO dates only where the page itself, or its day of publication, names the year.
- The span confidence is a probability, calibrated on `dev` by temperature {model.get("temperature", 1.0)}: expected calibration error {errors}.
- Names of firms and campaigns are the weakest (see ORG and MECHANISM); slogans are sometimes taken for campaigns.

## Use

```bash
zsner predict FILE|DIR|-
```

```python
import zsner

nlp = zsner.load()
doc = nlp("一季度,全市签约项目87个,总投资额320亿元,同比增长12%。")
```
"""


def front_matter(fields: dict[str, Any]) -> str:
    """The YAML head of a card by the Hub's metadata, between its lines of dashes."""
    import yaml

    return f"---\n{yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=120)}---\n"


def _metadata(name: str, scores: dict[str, Any]) -> dict[str, Any]:
    """The model card's head; its `model-index` has the strict span scores of the evaluation model."""
    return {
        "language": ["zh"],
        "license": "apache-2.0",
        "library_name": "transformers",
        "pipeline_tag": "token-classification",
        "base_model": "BAAI/bge-small-zh-v1.5",
        "datasets": [CORPUS],
        "metrics": list(_METRICS),
        "tags": ["token-classification", "ner", "information-extraction", "chinese", "onnx", "investment-promotion"],
        "model-index": [
            {
                "name": name,
                "results": [
                    {
                        "task": {"type": "token-classification", "name": "Named entities, evaluation model"},
                        "dataset": {"type": CORPUS, "name": "zsner corpus", "split": split},
                        "metrics": [
                            {"type": m, "name": f"strict span micro {m}", "value": round(found["spans"]["micro"][m], 4)}
                            for m in _METRICS
                        ],
                    }
                    for split, found in scores.items()
                ],
            }
        ],
    }


_METRICS = ("precision", "recall", "f1")


def _result(root: Path, name: str) -> Any:
    path = root / EVALUATION / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}; measure it first (see CONTRIBUTING.md, Releasing)") from error


def _f1(scores: Any, name: str) -> str:
    found = scores["spans"].get(name)
    return "" if found is None else f"{found['f1']:.3f}"


def _interval(scores: Any) -> str:
    low, high = scores["intervals"]["micro"]
    return f"{low:.3f} – {high:.3f}"


def _tuple(scores: Any, name: str) -> str:
    found = scores["tuples"][name]
    return f"{found['f1']:.3f}" if found["gold"] else "–"
