"""The card of the annotated corpus, for `data/annotations/README.md`: its numbers are counted, its head
tells `datasets.load_dataset` what the files hold."""

from pathlib import Path
from typing import Any, Final

from zsner.corpus.split import SPLITS
from zsner.corpus.stats import Stats, stats
from zsner.corpus.tasks import load_documents
from zsner.schema import GUIDELINES_VERSION, META_FIELDS, SPAN_TYPES
from zsner.score.agreement import Agreement, agreement
from zsner.score.card import front_matter

_SPLIT_NOTES: Final = {
    "train": "written after the likeness of real pages",
    "dev": "the same writers, whole batches of theirs; for choosing recipes and for calibration",
    "test": "other writers, other counties; firms, parks and campaigns that `train` and `dev` do not name",
    "fresh": "writers who had seen neither data nor code; scored once, when a recipe is frozen",
    "seeds": "five real pages, never chosen by; the two annotations before settling are in the files too",
}


def data_card(root: Path) -> str:
    """Markdown of the card for the corpus of a clone at `root`. Raises DataError if data are missing."""
    folder = root / "data" / "annotations"
    second = root / "reports" / "agreement"
    parts = [split for split in SPLITS if (folder / split).is_dir()]
    counted = {split: stats(load_documents(folder / split)) for split in parts}
    agreed = {
        "seeds": agreement(folder / "seeds"),
        "dev and test": agreement(second / "first.jsonl.gz", second / "second.jsonl.gz"),
    }
    rows = [
        f"| `{split}` | {s.documents} | {s.characters:,} | {sum(s.spans.values()):,} | {s.tuples:,} | {_traditional(s)} | {_SPLIT_NOTES[split]} |"
        for split, s in counted.items()
    ]
    types = [f"| {t} | " + " | ".join(f"{s.spans[t]:,}" for s in counted.values()) + " |" for t in SPAN_TYPES]
    return f"""{front_matter(_metadata(counted))}
# Investment promotion (招商引资) in Chinese articles: spans and metric tuples

{sum(s.documents for s in counted.values())} Chinese news and government articles on investment promotion, {sum(s.characters for s in counted.values()):,} characters, with {sum(sum(s.spans.values()) for s in counted.values()):,} spans of seven types and {sum(s.tuples for s in counted.values()):,} metric tuples: who promised, signed, landed or paid how much,
where, in which industry, by which way of attracting it. Simplified and Traditional script, page furniture and damage as on real pages.

Written by `zsner data card` from the files in this folder; no number here is typed by hand.

## Use

In a clone, without a network (`datasets` 4.7 or later):

```python
from datasets import load_dataset

corpus = load_dataset("data/annotations")
```

As `zsner` reads it: `zsner data export data/annotations/train --format jsonl` (also `conll`, `bio-jsonl`, and `datasets` for characters with IOB2 tags), `zsner data stats data/annotations`, `zsner data check data/annotations`.

## Splits

| split | articles | characters | spans | tuples | in Traditional script | |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}

| spans | {" | ".join(parts)} |
|---|{"---|" * len(parts)}
{chr(10).join(types)}

Counties, parks, firms and named campaigns of `test` and `seeds` occur neither in `train` nor in `dev`, nor do strings of twelve characters but those listed in `data/common_strings.txt`.

## Features

One article a file, in the form of Label Studio's raw JSON export: a list with one task.

- `data`: `id`, `text`, `home_region` (the place that 全区 or 我市 stands for), `published` (the day, where the page shows it), `guidelines` (their version), and what kind of page it is: `genre`, `level`, `province`, `year`, `script`, `damage`, `batch` (the writer's).
- `annotations`: where there are several, the settled one has `ground_truth`. Its `result` is a list of objects:
  - `labels`: a span, `value.start` and `value.end` in Unicode code points of `data.text`, end exclusive, `value.labels` one of {", ".join(SPAN_TYPES)};
  - `choices` (`indicator`, `status`) and `textarea` (`period`, `period_iso`) with the `id` of a span: this span heads a tuple;
  - `relation`: a slot of a tuple, from its head to a span, `labels` the slot's name.

## How it was annotated

By guidelines of version {GUIDELINES_VERSION}. The articles counted here were annotated a second time by someone who had not seen the first annotation; differences were settled by the guidelines. Before that the two agreed:

| | articles | strict spans F1 | strict tuples F1 |
|---|---|---|---|
{chr(10).join(_agreed(name, a) for name, a in agreed.items())}

## Licence

Apache-2.0 for the annotations and for the articles written for this corpus. The texts of `seeds` are five real pages and were not written for it.

## Limits

- All but `seeds` is written text: it has the forms of real pages, not their facts. Places in it are real; what it tells of firms, figures and events is invented and no record of what happened.
- `seeds` is five articles: scores on it have wide intervals.
- Agreement was measured on part of the articles; most of `train` was annotated once.
"""


def _metadata(counted: dict[str, Stats]) -> dict[str, Any]:
    """The Hub's dataset metadata. Without `dataset_info`, types would be guessed file by file, and differ."""
    strings = {name: "date32" if name == "published" else "string" for name in ("id", "home_region", *META_FIELDS)}
    data = [{"name": name, "dtype": kind} for name, kind in (strings | {"text": "string"}).items()]
    annotation = [
        {"name": "completed_by", "dtype": "int64"},
        {"name": "ground_truth", "dtype": "bool"},
        {"name": "was_cancelled", "dtype": "bool"},
        {"name": "result", "list": "json"},
    ]
    articles = sum(s.documents for s in counted.values())
    return {
        "pretty_name": "Investment promotion in Chinese articles",
        "language": ["zh"],
        "license": "apache-2.0",
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "size_categories": ["n<1K" if articles < 1000 else "1K<n<10K"],
        "tags": ["information-extraction", "chinese", "investment-promotion"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": f"{split}/*.json*"} for split in counted],
            }
        ],
        "dataset_info": {
            "features": [{"name": "data", "struct": data}, {"name": "annotations", "list": annotation}],
        },
    }


def _traditional(counted: Stats) -> int:
    """Articles in Traditional script, native or converted."""
    return sum(n for script, n in counted.facets["script"].items() if script.startswith("hant"))


def _agreed(name: str, found: Agreement) -> str:
    return f"| {name} | {len(found.articles)} | {found.spans['micro'].f1:.3f} | {found.tuples['strict'].f1:.3f} |"
