"""Inline markup <-> Label Studio's raw export, without loss.

The export is the canonical form; the markup is a view of it for people who write or correct
annotations in an editor, made on demand and not tracked:

    python scripts/markup.py show data/annotations/train/a-01.json.gz > a-01.mk
    python scripts/markup.py check a-01.mk
    python scripts/markup.py store a-01.mk --gzip --folder data/annotations/train

A markup file is a header of `key: value` lines, a line `---`, then the text with tags such as
`<MONEY id=m1 ind=signed_amount period="一季度" region=r1>3亿元</MONEY>`. In the text `<` is
written `&lt;` and `&` is `&amp;`; in a quoted attribute also `>` is `&gt;` and `"` is `&quot;`.
"""

import gzip
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from zsner.corpus.check import check_document
from zsner.corpus.labelstudio import annotation, dump_task, find_period, read_dates, to_task, write_dates
from zsner.corpus.tasks import Reading, read_annotators, read_tasks
from zsner.document import DataError, Document, MetricTuple, Span, number_spans, problems
from zsner.schema import GUIDELINES_VERSION, LIST_SLOTS, META_FIELDS, SLOT_TYPE, SLOTS, SPAN_TYPES, VALUE_TYPES
from zsner.score.spans import span_scores
from zsner.score.tuples import resolve, tuple_scores, wrong_fields

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

_TYPES = "|".join(SPAN_TYPES)
_TAG = re.compile(rf"<(?:/(?P<close>{_TYPES})|(?P<open>{_TYPES})(?P<attrs>(?:\s[^<>]*)?))>")
_ATTR = re.compile(r'\s+([a-z]+)=(?:"([^"]*)"|([^\s"]+))')
_HEADER = ("id", "home_region", *(f for f in META_FIELDS if f != "guidelines"))


def parse(source: str, name: str = "-") -> Document:
    """Markup -> Document. Raises DataError with the line of the fault."""
    head, found, body = source.partition("\n---\n")
    if not found:
        raise DataError(f"{name}: no line `---` between header and text")
    header: dict[str, str | None] = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in _HEADER:
            raise DataError(f"{name}: header line {line!r}; known keys: {', '.join(_HEADER)}")
        header[key.strip()] = value.strip() or None
    if not header.get("id"):
        raise DataError(f"{name}: the header has no id")
    if header.get("published") == "null":
        header["published"] = None

    first_line = head.count("\n") + 3

    def fault(at: int, message: str) -> DataError:
        return DataError(f"{name}: line {first_line + body.count(chr(10), 0, at)}: {message}")

    def plain(start: int, end: int) -> str:
        if (at := body.find("<", start, end)) >= 0:
            raise fault(at, f"a broken tag near {body[at : at + 30]!r}; write &lt; for a < of the text")
        return _unescape(body[start:end])

    text = ""
    spans: list[Span] = []
    heads: list[tuple[str, dict[str, str], int]] = []
    current: tuple[str, dict[str, str], int, int] | None = None
    position = 0
    for tag in _TAG.finditer(body):
        text += plain(position, tag.start())
        position = tag.end()
        if tag["open"]:
            if current is not None:
                raise fault(tag.start(), f"<{tag['open']}> inside <{current[0]}>; spans are flat")
            if _ATTR.sub("", tag["attrs"]).strip():
                raise fault(tag.start(), f"attributes {tag['attrs']!r} are not of the form name=value")
            attrs: dict[str, str] = {}
            for m in _ATTR.finditer(tag["attrs"]):
                if m[1] in attrs:
                    raise fault(tag.start(), f"{m[1]} is given twice")
                attrs[m[1]] = m[3] if m[2] is None else _unquote(m[2])
            current = (tag["open"], attrs, len(text), tag.start())
            continue
        if current is None or current[0] != tag["close"]:
            raise fault(tag.start(), f"</{tag['close']}> closes nothing")
        kind, attrs, start, at = current
        current = None
        if len(text) == start:
            raise fault(at, f"<{kind}> marks nothing")
        id_ = attrs.pop("id", f"#{len(spans)}")
        if any(s.id == id_ for s in spans):
            raise fault(at, f"id {id_} is used twice")
        spans.append(
            Span(id=id_, type=kind, start=start, end=len(text), text=text[start:])  # type: ignore[arg-type]  # the pattern knows only SPAN_TYPES
        )
        if attrs:
            heads.append((id_, attrs, at))
    if current is not None:
        raise fault(current[3], f"<{current[0]}> is never closed")
    text += plain(position, len(body))
    by_id = {s.id: s for s in spans}

    tuples = []
    for id_, attrs, at in heads:
        unknown = attrs.keys() - {"ind", "status", "period", "iso", *SLOTS}
        if unknown or "ind" not in attrs:
            raise fault(at, f"{id_}: unknown {sorted(unknown)}" if unknown else f"{id_}: no ind=")
        if by_id[id_].type not in VALUE_TYPES:
            raise fault(at, f"{id_}: a {by_id[id_].type} cannot head a tuple")
        period = None
        if words := attrs.get("period"):
            period = find_period(text, words, by_id[id_].start)
            if period is None:
                raise fault(at, f"{id_}: period {words!r} is not in the text")
            if iso := attrs.get("iso"):
                try:
                    first, last = read_dates(iso)
                except ValueError as error:
                    raise fault(at, f"{id_}: iso={iso} is not as 2022-01-01/2022-03-31 (.. for an open end)") from error
                period = msgspec.structs.replace(period, from_=first, to=last)
        slots: dict[str, Any] = {}
        for slot in SLOTS:
            if slot not in attrs:
                continue
            targets = tuple(dict.fromkeys(attrs[slot].split(",")))
            for target in targets:
                if target not in by_id:
                    raise fault(at, f"{id_}: {slot}={target} is no id of this file")
                if by_id[target].type != SLOT_TYPE[slot]:
                    raise fault(at, f"{id_}: {slot}={target} is {by_id[target].type}, not {SLOT_TYPE[slot]}")
            if slot in LIST_SLOTS:
                slots[slot] = targets
            elif len(targets) > 1:
                raise fault(at, f"{id_}: {slot} takes one id")
            else:
                slots[slot] = targets[0]
        try:
            tuples.append(
                msgspec.convert(
                    {
                        "head": id_,
                        "indicator": attrs["ind"],
                        "status": attrs.get("status", "actual"),
                        "period": None if period is None else msgspec.to_builtins(period),
                        **slots,
                    },
                    MetricTuple,
                )
            )
        except msgspec.ValidationError as error:
            raise fault(at, f"{id_}: {error}") from error
    meta: dict[str, str | None] = {k: header.get(k) for k in META_FIELDS if k in header}
    meta["guidelines"] = GUIDELINES_VERSION
    document = number_spans(
        Document(
            id=str(header["id"]),
            text=text,
            home_region=header.get("home_region"),
            spans=tuple(spans),
            tuples=tuple(tuples),
            meta=meta,
        )
    )
    for problem in problems(document):
        raise DataError(f"{name}: {problem}")
    return document


def render(document: Document) -> str:
    """Document -> markup; `parse(render(d)) == d` for a canonical document."""
    tuples = {t.head: t for t in document.tuples}
    linked = {i for t in document.tuples for slot in SLOT_TYPE for i in t.linked(slot)}
    header = {"id": document.id, "home_region": document.home_region or ""}
    for field in META_FIELDS:
        if field in document.meta and field != "guidelines":
            header[field] = document.meta[field] or ("null" if field == "published" else "")
    lines = [f"{key}: {value}".rstrip() for key, value in header.items()]
    body, position = "", 0
    for span in document.spans:
        body += _escape(document.text[position : span.start])
        attrs = f" id={span.id}" if span.id in linked else ""
        if (t := tuples.get(span.id)) is not None:
            attrs += f" ind={t.indicator}"
            if t.status != "actual":
                attrs += f" status={t.status}"
            if t.period is not None:
                attrs += f' period="{_escape(t.period.text).replace(">", "&gt;").replace(chr(34), "&quot;")}"'
                if (dates := write_dates(t.period)) is not None:
                    attrs += f" iso={dates}"
            for slot in SLOTS:
                if ids := t.linked(slot):
                    attrs += f" {slot}={','.join(ids)}"
        body += f"<{span.type}{attrs}>{_escape(span.text)}</{span.type}>"
        position = span.end
    return "\n".join(lines) + "\n---\n" + body + _escape(document.text[position:])


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&amp;", "&")


def _unquote(text: str) -> str:
    return _unescape(text.replace("&quot;", '"').replace("&gt;", ">"))


def _read(file: Path) -> Document:
    try:
        return parse(file.read_bytes().decode("utf-8"), file.name)
    except DataError as error:
        raise _end(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _end(f"{file}: {error}") from error


def _tasks(export: Path) -> list[Reading]:
    try:
        return list(read_tasks(export))
    except DataError as error:
        raise _end(str(error)) from error


def _end(message: str) -> typer.Exit:
    typer.echo(f"error: {message}", err=True)
    return typer.Exit(1)


@app.command()
def check(file: list[Path], raw: Annotated[Path | None, typer.Option(help="the text as it was")] = None) -> None:
    """Print what is wrong with markup files; with --raw prove that the text is unchanged."""
    bad = 0
    for one in file:
        document = _read(one)
        for problem in check_document(document, file=one.name):
            typer.echo(str(problem))
            bad += problem.level == "error"
        if raw is not None:
            want = raw.read_bytes().decode("utf-8")
            if want != document.text:
                at = next(
                    (i for i, (a, b) in enumerate(zip(want, document.text, strict=False)) if a != b),
                    min(len(want), len(document.text)),
                )
                typer.echo(
                    f"error: text differs from {raw.name} at character {at}: "
                    f"{want[max(0, at - 15) : at + 15]!r} became {document.text[max(0, at - 15) : at + 15]!r}"
                )
                bad += 1
        typer.echo(f"{one.name}: {len(document.spans)} spans, {len(document.tuples)} tuples")
    raise typer.Exit(1 if bad else 0)


@app.command("list")
def list_(file: Path) -> None:
    """Every span and tuple of a markup file or an export, one a line."""
    documents = [_read(file)] if file.suffix == ".mk" else [r.document for r in _tasks(file) if r.document]
    for document in documents:
        tuples = {t.head: t for t in document.tuples}
        names = {s.id: s.text for s in document.spans}
        for s in document.spans:
            left = document.text[max(0, s.start - 10) : s.start].replace("\n", "⏎")
            right = document.text[s.end : s.end + 8].replace("\n", "⏎")
            line = f"{s.id:5} {s.type:9} {left}【{s.text}】{right}"
            if (t := tuples.get(s.id)) is not None:
                parts = [t.indicator] + ([t.status] if t.status != "actual" else [])
                parts += [f"period={t.period.text}"] if t.period else []
                parts += [f"{slot}={'|'.join(names[i] for i in ids)}" for slot in SLOTS if (ids := t.linked(slot))]
                line += "   -> " + "  ".join(parts)
            typer.echo(line)


@app.command()
def diff(first: Path, second: Path) -> None:
    """What two annotations of one text mark differently, a line each."""
    a, b = _read(first), _read(second)
    if a.text != b.text:
        raise _end("the texts differ")
    text = a.text
    spans = [{(s.start, s.end, s.type) for s in d.spans} for d in (a, b)]
    for start, end, kind in sorted(spans[0] ^ spans[1]):
        who = "first " if (start, end, kind) in spans[0] else "second"
        left, right = text[max(0, start - 12) : start], text[end : end + 12]
        typer.echo(f"only {who}: {kind:9} {left}【{text[start:end]}】{right}".replace("\n", "⏎"))
    tuples = [resolve(d) for d in (a, b)]
    for head in sorted(tuples[0].keys() & tuples[1].keys(), key=lambda k: k[1]):
        one, two = tuples[0][head], tuples[1][head]
        fields = list(wrong_fields(one, two, a.home_region))
        fields += ["period"] if one.period != two.period else []
        for field in fields:
            both = [
                getattr(t, field)
                if field in ("indicator", "status", "period", "region")
                else [text[s:e] for _, s, e in sorted(t.slots[field], key=lambda k: k[1])]
                for t in (one, two)
            ]
            where = text[max(0, head[1] - 12) : head[1]].replace("\n", "⏎")
            typer.echo(f"{field:10} {where}【{text[head[1] : head[2]]}】 first {both[0]}  second {both[1]}")
    micro = span_scores([(a, b)])["micro"].f1
    strict = tuple_scores([(a, b)])["strict"].f1
    typer.echo(f"{first.name}: spans F1 {micro:.3f}, strict tuples F1 {strict:.3f}")


@app.command()
def strip(file: Path) -> None:
    """The text of a markup file without its tags."""
    typer.echo(_read(file).text, nl=False)


@app.command()
def show(
    export: Path,
    annotator: Annotated[int | None, typer.Option(help="completed_by; default: the settled one")] = None,
) -> None:
    """An export of one task -> markup on standard output."""
    for reading in _tasks(export):
        for problem in reading.problems:
            typer.echo(str(problem), err=True)
        document = reading.document if annotator is None else read_annotators(reading.raw).get(annotator)
        if document is None:
            raise _end(f"{export}: no such annotation")
        typer.echo(render(document), nl=False)


@app.command()
def store(
    file: list[Path],
    folder: Annotated[Path, typer.Option(help="where ID.json is written")],
    pack: Annotated[
        bool, typer.Option("--gzip", help="write FOLDER/ID.json.gz, as the training split is kept")
    ] = False,
    blind: Annotated[
        list[Path] | None, typer.Option(help="the annotators' own versions, kept beside the settled one")
    ] = None,
) -> None:
    """Markup files -> exports FOLDER/ID.json (an id that ends in .txt loses it in the file name)."""
    if blind and len(file) > 1:
        raise typer.BadParameter("--blind goes with one file")
    folder.mkdir(parents=True, exist_ok=True)
    for one in file:
        document = _read(one)
        annotations = None
        if blind:
            own = [_read(b) for b in blind]
            if any(b.text != document.text for b in own):
                raise _end(f"{one}: the versions have different texts")
            annotations = [annotation(b, completed_by=n, ground_truth=False) for n, b in enumerate(own, 1)] + [
                annotation(document, completed_by=len(own) + 1, ground_truth=True)
            ]
        target = folder / f"{document.id.removesuffix('.txt')}.json{'.gz' if pack else ''}"
        data = dump_task(to_task(document, annotations)).encode()
        # No time stamp: the same annotation is the same file.
        target.write_bytes(gzip.compress(data, mtime=0) if pack else data)


if __name__ == "__main__":
    app()
