"""Other readers beside the model, on the same articles and by the same count: `reports/peers.json`."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from zsner.document import DataError, Document
from zsner.schema import SpanType
from zsner.score.bootstrap import IntervalTally
from zsner.score.spans import Score, span_scores
from zsner.score.tuples import STAND_INS
from zsner.text import fold

PEERS: Final = Path("reports") / "peers.json"
SPLITS: Final = ("test", "seeds")
NAMED: Final = "REGION, names"
"""The row of places without the words that stand for one (全市, 我区), which name-finders do not mark."""
ROWS: Final = ("MONEY", "COUNT", "GROWTH", "REGION", NAMED, "ORG")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A strict score and the 95 % interval of its F1."""

    score: Score
    interval: tuple[float, float]


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """A reader of spans. `outcomes` has its split, then its row (`ROWS`), of the types it claims
    alone; `speed` is in characters a second, over that of zsner's spans; `about` tells version and
    licence."""

    name: str
    about: str
    speed: float
    outcomes: dict[str, dict[str, Outcome]]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """zsner and its peers. `linked` is the speed of zsner with values and links, over its spans alone;
    `in_card` names for each type the peer that the model card shows."""

    zsner: Reader
    peers: tuple[Reader, ...]
    linked: float
    in_card: dict[SpanType, str]


def outcomes(pairs: Iterable[tuple[Document, Document]], types: Collection[SpanType]) -> dict[str, Outcome]:
    """(gold, predicted) documents -> a strict outcome for each of `types`, and for `NAMED` where REGION is one."""
    pairs = [(_only(gold, types), _only(found, types)) for gold, found in pairs]
    rows = _outcomes(pairs, types)
    if "REGION" in types:
        rows[NAMED] = _outcomes([(_names(gold), _names(found)) for gold, found in pairs], ["REGION"])["REGION"]
    return {row: rows[row] for row in ROWS if row in rows}


def _outcomes(pairs: Sequence[tuple[Document, Document]], types: Collection[SpanType]) -> dict[str, Outcome]:
    scores = span_scores(pairs)
    tally = IntervalTally()
    for gold, found in pairs:
        tally.add(gold, found)
    intervals = {row.removeprefix("span."): interval for row, interval in tally.intervals().items()}
    return {t: Outcome(score=scores[t], interval=intervals[t]) for t in types}


def _only(document: Document, types: Collection[SpanType]) -> Document:
    return msgspec.structs.replace(document, spans=tuple(s for s in document.spans if s.type in types), tuples=())


def _names(document: Document) -> Document:
    named = (s for s in document.spans if s.type == "REGION" and fold(s.text).text not in STAND_INS)
    return msgspec.structs.replace(document, spans=tuple(named))


def peers_report(comparison: Comparison) -> str:
    """Markdown of `reports/peers.md`."""
    readers = (comparison.zsner, *comparison.peers)
    head = " | ".join(f"{s}: spans | P | R | F1 | 95 %" for s in SPLITS)
    rows = [
        f"| {row} | {r.name} | " + " | ".join(_cells(r.outcomes[split][row]) for split in SPLITS) + " |"
        for row in ROWS
        for r in readers
        if row in r.outcomes[SPLITS[0]]
    ]
    speeds = [f"| {r.name} | {r.speed:g} | {r.about} |" for r in readers]
    return f"""# Peers

A ready-made reader and a page of regular expressions beside the model, on the articles and annotations of `test` and `seeds`; made by `python scripts/peers.py`.
Scores are strict (type and both boundaries, as `zsner evaluate` counts), intervals by bootstrap. Each reader is scored on the types it claims alone.

| type | reader | {head} |
|---|---|{"---|" * (5 * len(SPLITS))}
{chr(10).join(rows)}

| reader | speed | version, licence, how it was run |
|---|---|---|
{chr(10).join(speeds)}

Speed: characters a second of processor time on the pages of `seeds`, over that of zsner's spans alone; medians of turns taken one after the other in one process, one thread each. With values and links zsner has {comparison.linked:g}.

How to read it

- The model was trained on articles annotated by the guidelines that are scored here, LAC was not. These figures tell what a ready-made reader gives for this task, not which is the better model of Chinese.
- LAC marks every place and organisation; the guidelines want places where, or for which, investment is attracted, no names inside the names of events, firms and people, and organs by their bare names (管委会, 县委). Part of what counts as wrong for LAC is such a difference.
- LAC cuts 湖北省 and 武汉市 apart where the guidelines want one span: "pieces joined" makes one of places that touch.
- `{NAMED}` leaves out, in gold and predictions, the words that stand for the home region (全市, 我区): LAC takes them for common nouns.
- The patterns were written from the guidelines and tried on `train`; neither `test` nor `seeds` was looked at. Examples in the guidelines are from pages like the `seeds`. On MONEY, COUNT and GROWTH they are what a model has to beat; they give no confidence, and nothing for the other four types.
"""


def _cells(outcome: Outcome) -> str:
    s, (low, high) = outcome.score, outcome.interval
    return f"{s.gold} | {s.precision:.3f} | {s.recall:.3f} | **{s.f1:.3f}** | {low:.3f} – {high:.3f}"


def peers_section(root: Path) -> str:
    """The part of the model card about peers, for a clone at `root`: strict F1 of each beside the
    evaluation model. Raises DataError if `reports/peers.json` is missing or of other annotations."""
    comparison = _read(root)
    scores = {s: _scores(root, s) for s in SPLITS}
    rows = []
    for kind, name in comparison.in_card.items():
        cells = []
        for split in SPLITS:
            theirs = next(r for r in comparison.peers if r.name == name).outcomes[split][kind].score
            ours = scores[split][kind]
            if theirs.gold != ours["gold"]:
                raise DataError(f"{root / PEERS}: measured on other annotations of {split}; run `make peers`")
            cells += [f"{ours['f1']:.3f}", f"{theirs.f1:.3f}"]
        rows.append(f"| {kind} | {' | '.join(cells)} | {name} |")
    shown = [r for r in comparison.peers if r.name in comparison.in_card.values()]
    return f"""## Peers

Strict F1 of the evaluation model and of a ready-made or simpler reader of that type, on the same articles ([reports/peers.md](reports/peers.md) tells what is fair to compare).

| spans | {" | ".join(f"{s} | peer, {s}" for s in SPLITS)} | peer |
|---|{"---|" * (2 * len(SPLITS) + 1)}
{chr(10).join(rows)}

{chr(10).join(f"- {r.name}: {r.about} Speed {r.speed:g} times that of zsner's spans." for r in shown)}
"""


def _read(root: Path) -> Comparison:
    path = root / PEERS
    try:
        return msgspec.json.decode(path.read_bytes(), type=Comparison)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path}: {error}; measure it first: make peers") from error


def _scores(root: Path, split: str) -> Any:
    path = root / "reports" / "evaluation" / f"{split}-scores.json"
    try:
        return msgspec.json.decode(path.read_bytes())["spans"]
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path}: {error}; measure it first (see CONTRIBUTING.md, Releasing)") from error
