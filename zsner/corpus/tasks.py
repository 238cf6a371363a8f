"""Read Label Studio exports into Documents and name everything that is wrong with them.

The server hardly validates, so nothing is taken on trust: a fault never stops the reading of
other tasks, and every one becomes a `Problem` with its place and a remedy.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from zsner.corpus.exports import raw_tasks, task_files
from zsner.corpus.labelstudio import find_period, read_dates
from zsner.document import DataError, Document, MetricTuple, Period, Span, number_spans
from zsner.schema import (
    INDICATORS,
    LIST_SLOTS,
    META_FIELDS,
    SLOT_TYPE,
    SPAN_TYPES,
    STATUSES,
    VALUE_TYPES,
)

_KNOWN_DATA: Final = {"id", "home_region", "text", *META_FIELDS}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of the data: where it is, what it is and what to do about it."""

    level: Literal["error", "repaired", "warning"]
    file: str
    task: str
    place: str
    message: str

    def __str__(self) -> str:
        place = f" {self.place}" if self.place else ""
        return f"{self.level}: {self.file}: task {self.task}{place}: {self.message}"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one task. `document` is None where there is nothing to use."""

    document: Document | None
    problems: tuple[Problem, ...]
    file: str
    raw: dict[str, Any]


class _Reader:
    """Reads one task; collects the problems on the way."""

    def __init__(self, task: dict[str, Any], file: str, number: int) -> None:
        self.task = task
        self.file = file
        data = task.get("data")
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.name = str(self.data.get("id") or task.get("id") or f"number {number}")
        self.problems: list[Problem] = []

    def say(self, level: Literal["error", "repaired", "warning"], place: str, message: str) -> None:
        self.problems.append(Problem(level=level, file=self.file, task=self.name, place=place, message=message))

    def base(self) -> Document | None:
        text = self.data.get("text")
        if not isinstance(text, str):
            self.say("error", "data.text", "no text; export the tasks as raw JSON with their data")
            return None
        for key in sorted(self.data.keys() - _KNOWN_DATA):
            self.say("warning", f"data.{key}", "unknown field, not read; remove it")
        meta = {k: None if self.data[k] is None else str(self.data[k]) for k in META_FIELDS if k in self.data}
        home = self.data.get("home_region")
        return Document(id=self.name, text=text, home_region=str(home) if home else None, meta=meta)

    def choose(self) -> dict[str, Any] | None:
        """The annotation that counts: submitted, ground truth first."""
        annotations = _objects(self.task.get("annotations"))
        done = [a for a in annotations if not a.get("was_cancelled")]
        truth = [a for a in done if a.get("ground_truth")]
        if len(truth) > 1:
            self.say("error", "annotations", "several are ground truth; leave the mark on one")
            return truth[0]
        if truth:
            return truth[0]
        if len(done) > 1:
            self.say("error", "annotations", f"{len(done)} and none is ground truth; settle one")
        if done:
            return done[0]
        if annotations:
            self.say("warning", "annotations", "skipped by its annotator; left out")
        elif self.task.get("drafts"):
            self.say("warning", "annotations", "only a draft; submit it in Label Studio. Left out")
        elif self.task.get("predictions"):
            self.say("warning", "annotations", "only predictions, no human work; left out")
        else:
            self.say("warning", "annotations", "not annotated yet; left out")
        return None

    def annotation(self, base: Document, ann: dict[str, Any]) -> Document:
        results = ann.get("result")
        if not isinstance(results, list):
            self.say("error", "result", "missing; export as raw JSON, not JSON_MIN")
            results = []
        if strays := len(results) - len(_objects(results)):
            self.say("error", "result", f"{strays} entries are no JSON object; export as raw JSON")
        results = _objects(results)
        spans = self._spans(base.text, results)
        tuples = self._tuples(base.text, spans, results)
        return number_spans(msgspec.structs.replace(base, spans=tuple(spans.values()), tuples=tuple(tuples)))

    def _spans(self, text: str, results: list[dict[str, Any]]) -> dict[str, Span]:
        raw: list[tuple[str, str, int, int, str | None]] = []
        for n, r in enumerate(results):
            if r.get("type") != "labels":
                continue
            place = f"region {r.get('id', f'number {n}')}"
            value = _value(r)
            labels, shown = _strings(value.get("labels")), value.get("text")
            start, end = value.get("start"), value.get("end")
            if type(start) is not int or type(end) is not int or not 0 <= start < end:
                self.say("error", place, f"offsets {start!r}..{end!r} are no span; mark it again")
            elif len(labels) != 1 or labels[0] not in SPAN_TYPES:
                self.say("error", place, f"label {labels} is no label; choose one of {', '.join(SPAN_TYPES)}")
            elif not isinstance(r.get("id"), str):
                self.say("error", place, "has no id; export as raw JSON")
            else:
                raw.append((r["id"], labels[0], start, end, shown if isinstance(shown, str) else None))
        raw = self._right_offsets(text, raw)
        spans: dict[str, Span] = {}
        for id_, label, start, end, _ in raw:
            if id_ in spans:
                self.say("error", f"region {id_}", "this id is used twice; give one a new id")
                continue
            spans[id_] = Span(id=id_, type=label, start=start, end=end, text=text[start:end])  # type: ignore[arg-type]  # checked against SPAN_TYPES above
        kept: Span | None = None
        for span in sorted(spans.values(), key=lambda s: (s.start, s.end)):
            if kept is None or span.start >= kept.end:
                kept = span
                continue
            self.say(
                "error",
                f"region {span.id} [{span.start}, {span.end})",
                f"{span.type} {span.text!r} overlaps {kept.type} {kept.text!r}; spans are flat: keep one",
            )
            del spans[span.id]
        return spans

    def _right_offsets(
        self, text: str, raw: list[tuple[str, str, int, int, str | None]]
    ) -> list[tuple[str, str, int, int, str | None]]:
        """Offsets in code points; UTF-16 offsets of other tools are recognised and repaired."""
        if all(_fits(text, start, end, shown) for _, _, start, end, shown in raw):
            return raw
        units = _utf16_to_code_points(text)
        repaired = [(i, label, units.get(s, -1), units.get(e, -1), shown) for i, label, s, e, shown in raw]
        if all(s >= 0 and _fits(text, s, e, shown) for _, _, s, e, shown in repaired):
            self.say("repaired", "offsets", f"{len(raw)} regions counted UTF-16 units; now code points")
            return repaired
        good = []
        for region in raw:
            i, label, start, end, shown = region
            if _fits(text, start, end, shown):
                good.append(region)
            else:
                found = text[start:end]
                self.say(
                    "error",
                    f"region {i} [{start}, {end})",
                    f"{label} is {shown!r} but the text there is {found!r}; the text was changed "
                    "after annotation: mark it again",
                )
        return good

    def _tuples(self, text: str, spans: dict[str, Span], results: list[dict[str, Any]]) -> Iterator[MetricTuple]:
        choices: dict[str, dict[str, str]] = {}
        links: dict[str, dict[str, list[str]]] = {}
        for r in results:
            kind, value, id_ = r.get("type"), _value(r), str(r.get("id"))
            if kind in ("choices", "textarea"):
                name = r.get("from_name")
                picked = _strings(value.get("choices" if kind == "choices" else "text"))
                known = {"indicator": INDICATORS, "status": STATUSES}.get(str(name))
                place = f"region {id_}"
                if name not in ("indicator", "status", "period", "period_iso"):
                    self.say("error", place, f"control {name!r} is not of the labelling configuration; remove it")
                elif id_ not in spans:
                    self.say("error", place, f"{name} of a region that has no (good) label; remove it")
                elif known is not None and (len(picked) != 1 or picked[0] not in known):
                    self.say("error", place, f"{name} {picked} is no code; choose one of {', '.join(known)}")
                elif len(picked) != 1:
                    wanted = "as FROM/TO" if name == "period_iso" else "as it stands in the text"
                    self.say("error", place, f"{len(picked)} periods {picked}; write one, {wanted}")
                else:
                    if str(name) in choices.setdefault(id_, {}):
                        self.say("error", place, f"has two results for {name}; remove one")
                    choices[id_][str(name)] = picked[0]
            elif kind == "relation":
                self._relation(spans, r, links)
            elif kind != "labels":
                self.say("error", f"result {id_}", f"unknown kind {kind!r}; remove it")
        for head in sorted(links.keys() - choices.keys()):
            self.say("error", f"region {head}", "has relations but no indicator; choose one")
        for head, picked_by in choices.items():
            place = f"region {head} {spans[head].text!r}"
            if "indicator" not in picked_by:
                self.say("error", place, "has a status or period but no indicator; choose one")
                continue
            if spans[head].type not in VALUE_TYPES:
                self.say("error", place, f"a {spans[head].type} cannot head a tuple; remove its indicator")
                continue
            words = picked_by.get("period")
            period = find_period(text, words, spans[head].start) if words else None
            if words and period is None:
                self.say("error", place, f"period {words!r} is not in the text; copy it as written")
            if dates := picked_by.get("period_iso", "").strip():
                period = self._dated(place, period, dates)
            slots: dict[str, Any] = {}
            for slot, targets in links.get(head, {}).items():
                if slot in LIST_SLOTS:
                    slots[slot] = tuple(dict.fromkeys(targets))
                else:
                    slots[slot] = targets[0]
                    if len(targets) > 1:
                        self.say("error", place, f"{len(targets)} relations {slot}; it takes one: remove the others")
            yield MetricTuple(
                head=head,
                indicator=picked_by["indicator"],  # type: ignore[arg-type]  # checked above
                status=picked_by.get("status", "actual"),  # type: ignore[arg-type]  # checked above
                period=period,
                **slots,
            )

    def _dated(self, place: str, period: Period | None, dates: str) -> Period | None:
        if period is None:
            self.say("error", place, f"has dates {dates!r} but no period; write its words")
            return None
        try:
            first, last = read_dates(dates)
        except ValueError:  # told as a problem of the task, with its place
            self.say("error", place, f"dates {dates!r}; write them as 2022-01-01/2022-03-31, .. for an open end")
            return period
        return msgspec.structs.replace(period, from_=first, to=last)

    def _relation(self, spans: dict[str, Span], r: dict[str, Any], links: dict[str, dict[str, list[str]]]) -> None:
        source, target = str(r.get("from_id")), str(r.get("to_id"))
        if r.get("direction") == "left":  # the annotator turned the arrow round
            source, target = target, source
        place = f"relation {source} -> {target}"
        # The key is absent where the annotator chose no label.
        labels = _strings(r.get("labels"))
        if len(labels) != 1 or labels[0] not in SLOT_TYPE:
            self.say("error", place, f"label {labels} is no slot; choose one of {', '.join(SLOT_TYPE)}")
        elif source not in spans or target not in spans:
            missing = source if source not in spans else target
            self.say("error", place, f"dangling: region {missing} is not there; remove it")
        elif spans[target].type != SLOT_TYPE[labels[0]]:
            found, wanted = spans[target].type, SLOT_TYPE[labels[0]]
            self.say("error", place, f"{labels[0]} ends in {found}, not {wanted}; draw it to a {wanted}")
        else:
            links.setdefault(source, {}).setdefault(labels[0], []).append(target)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _value(result: dict[str, Any]) -> dict[str, Any]:
    value = result.get("value")
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> list[str]:
    """What was chosen or written: a list, or a single string."""
    return [str(v) for v in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _fits(text: str, start: int, end: int, shown: str | None) -> bool:
    """Whether [start, end) is the shown text. The server collapses double blanks in
    `value.text` and writes a line break as backslash-n, so white space does not count."""
    if end > len(text):
        return False
    if shown is None:
        return True
    return _bare(text[start:end]) == _bare(shown)


def _bare(text: str) -> str:
    return "".join(text.replace("\\n", "").split())


def _utf16_to_code_points(text: str) -> dict[int, int]:
    units, table = 0, {}
    for n, char in enumerate(text):
        table[units] = n
        units += 2 if ord(char) > 0xFFFF else 1
    table[units] = len(text)
    return table


def read_task(task: Any, file: str = "-", number: int = 1) -> Reading:
    """One task -> its Document (None where there is none to use) and its problems."""
    if not isinstance(task, dict):
        problem = Problem(
            level="error", file=file, task=f"number {number}", place="", message="is no JSON object; export as raw JSON"
        )
        return Reading(document=None, problems=(problem,), file=file, raw={})
    reader = _Reader(task, file, number)
    document = reader.base()
    if document is not None:
        ann = reader.choose()
        document = None if ann is None else reader.annotation(document, ann)
    return Reading(document=document, problems=tuple(reader.problems), file=file, raw=task)


def read_annotators(task: dict[str, Any]) -> dict[int, Document]:
    """The Document of each annotator (`completed_by`) of a task, the settled one left out."""
    documents: dict[int, Document] = {}
    for ann in _objects(task.get("annotations")):
        if ann.get("was_cancelled") or ann.get("ground_truth"):
            continue
        reader = _Reader(task, "-", 1)
        base = reader.base()
        if base is None:
            continue
        # A number in exports, an object with `id` in the answers of some routes.
        who = ann.get("completed_by")
        who = who.get("id") if isinstance(who, dict) else who
        documents[who if isinstance(who, int) else 0] = reader.annotation(base, ann)
    return documents


def read_tasks(path: Path) -> Iterator[Reading]:
    """Every task of a raw JSON export, a JSONL of tasks, or a folder of them."""
    for file in task_files(path):
        number = 0
        for number, (task, fault) in enumerate(raw_tasks(file), 1):
            if fault is None:
                yield read_task(task, str(file), number)
            else:
                problem = Problem(level="error", file=str(file), task=f"number {number}", place="", message=fault)
                yield Reading(document=None, problems=(problem,), file=str(file), raw={})
        if number == 0:
            problem = Problem(level="error", file=str(file), task="-", place="", message="holds no task; export again")
            yield Reading(document=None, problems=(problem,), file=str(file), raw={})


def load_documents(path: Path) -> list[Document]:
    """Gold Documents of an export or a folder of them.

    Raises DataError if any task has an error, or two tasks have one id: nothing is trained
    or scored on data that is silently short.
    """
    documents: list[Document] = []
    errors: list[Problem] = []
    for reading in read_tasks(path):
        errors.extend(p for p in reading.problems if p.level == "error")
        if reading.document is not None:
            documents.append(reading.document)
    if errors:
        raise DataError(f"{errors[0]} ({len(errors)} errors in all; see `zsner data check {path}`)")
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            raise DataError(f"{path}: two tasks have the id {document.id!r}; rename one")
        seen.add(document.id)
    if not documents:
        raise DataError(f"{path}: no annotated task; annotate some, or name another path")
    return documents
