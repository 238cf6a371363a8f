"""The page of the report: tables and plots as HTML, the browser's data as JSON, one file."""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

import msgspec

from zsner.document import Document
from zsner.schema import INDICATORS, SPAN_TYPES
from zsner.score import errors as span_errors
from zsner.score import link_errors
from zsner.score.calibration import bins, outcomes
from zsner.score.evaluate import SPAN_ROWS, Report
from zsner.score.report import browser, plots
from zsner.score.report.runs import Run
from zsner.score.report.svg import element
from zsner.score.spans import Score

LEVELS: Final[dict[browser.Level, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    "span": ("Errors on spans", span_errors.CLASSES, SPAN_TYPES),
    "link": ("Errors of links, of figures that both sides have", link_errors.LINK_CLASSES, link_errors.FIELDS),
    "figure": ("Figures of one side only, though both have the head", browser.FIGURE_CLASSES, INDICATORS),
}
"""Kinds of errors in the browser: heading, classes, types."""


def html_report(
    title: str,
    report: Report,
    pairs: Sequence[tuple[Document, Document]],
    *,
    runs: Sequence[Run] = (),
) -> str:
    """The report on (gold, predicted) documents, as the text of one HTML file; `runs` are the training runs
    whose curves it shows."""
    shown = browser.articles(pairs)
    listed = browser.errors(pairs, shown)
    style, script = _file("report.css"), _file("report.js")
    data = msgspec.json.encode({"articles": shown, "errors": listed, "types": SPAN_TYPES})
    return Template(_file("report.html")).substitute(
        policy=f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        title=escape(title),
        about=escape(f"{report.documents} articles · {', '.join(report.models) or 'model not named'}"),
        style=style,
        script=script,
        summary=_summary(report),
        tables=_tables(report),
        plots=_plots(report, pairs, runs),
        errors="".join(_counts(level, listed) for level in LEVELS),
        number=str(len(listed)),
        # The only sign that could end the element that holds the data.
        data=data.decode().replace("<", "\\u003c"),
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """What the page's policy calls an inline style or script: no other is applied or run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _summary(report: Report) -> str:
    low_high = " – ".join(f"{x:.3f}" for x in report.intervals.get("micro", ()))
    figures = [
        ("span F1, strict, micro", f"{report.spans['micro'].f1:.3f}", low_high and f"95 %: {low_high}"),
        ("tuple F1, strict", f"{report.tuples['strict'].f1:.3f}", f"{report.tuples['strict'].gold} figures"),
        ("calibration error", f"{report.ece:.3f}", "of the span confidence"),
    ]
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{value}<small>{escape(note)}</small></dd></div>"
        for name, value, note in figures
    )


def _tables(report: Report) -> str:
    return _table(
        "Spans",
        f"Type and both boundaries right. Intervals by bootstrap over {report.unit}s.",
        {n: report.spans[n] for n in SPAN_ROWS if n in report.spans},
        report.intervals,
    ) + _table(
        "Tuples",
        "Strict: head, indicator, status, region, growth, filter, orgs, industries and mechanisms right.",
        report.tuples,
        report.tuple_intervals,
    )


def _table(title: str, note: str, scores: Mapping[str, Score], intervals: Mapping[str, tuple[float, float]]) -> str:
    columns = ("", "precision", "recall", "F1", "gold", "found", "right", "95 %")
    rows = [element("tr", *(element("th", escape(c)) for c in columns))]
    for name, s in scores.items():
        # The macro mean is over types: no counts belong to it.
        counts = ("", "", "") if name == "macro" else (str(s.gold), str(s.found), str(s.right))
        cells = [f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", *counts]
        cells.append(" – ".join(f"{x:.3f}" for x in intervals.get(name, ())))
        strong = "strong" if name in ("micro", "strict") else ""
        rows.append(element("tr", element("th", escape(name)), *(element("td", c) for c in cells), class_=strong))
    return _card(title, note, element("table", *rows, class_="scores"))


def _card(title: str, note: str, *inside: str) -> str:
    return element("section", element("h2", escape(title)), element("p", note), *inside, class_="card")


def _plots(
    report: Report,
    pairs: Sequence[tuple[Document, Document]],
    runs: Sequence[Run],
) -> str:
    cards = [_card("F1 by type", "With 95 % intervals.", plots.f1_plot(report.spans, report.intervals))]
    note = "Gold types in rows, found types in columns; the shade is the share of the row (square root)."
    cards.append(_card("Confusion between types", note, plots.confusion_plot(report.confusion)))
    if any(s.score is not None for _, found in pairs for s in found.spans):
        note = "How many spans of a confidence are right; on the dashed line the confidence is just what it says. The area of a dot is the number of spans."
        cards.append(_card("Reliability", note, plots.reliability_plot(bins(*outcomes(pairs)))))
    if any(r.scores for r in runs):
        note = f"Strict span F1 by epoch. {plots.run_keys(runs)}"
        cards.append(_card("Learning curve, development data", note, plots.score_curves(runs)))
    if any(r.losses for r in runs):
        note = f"Loss on the training data by epoch, decimal logarithm. {plots.run_keys(runs)}"
        cards.append(_card("Learning curve, loss", note, plots.loss_curves(runs)))
    for kind, by_name in report.groups.items():
        if kind != "article":  # the error browser has these
            note = "Strict F1 of spans (dot) and tuples (ring), with the number of articles."
            cards.append(_card(f"Scores by {kind}", note, plots.groups_plot(by_name)))
    return "".join(cards)


def _counts(level: browser.Level, listed: Sequence[browser.Error]) -> str:
    """Errors by class and type; a number leads to its errors."""
    title, classes, types = LEVELS[level]
    counts = Counter((e.kind, e.type) for e in listed if e.level == level)
    types = tuple(t for t in types if level != "figure" or any(counts[c, t] for c in classes))
    if not counts:
        return ""
    most = max(counts.values())
    rows = [element("tr", element("th"), *(element("th", escape(t)) for t in types), element("th", "all"))]
    for kind in classes:
        cells = [_leading(level, kind, t, counts[kind, t], most) for t in types]
        cells.append(_leading(level, kind, "", sum(counts[kind, t] for t in types), 0))
        rows.append(element("tr", element("th", escape(kind)), *cells))
    note = "A number leads to its errors."
    return _card(title, note, element("table", *rows, class_="counts"))


def _leading(level: str, kind: str, type_: str, count: int, most: int) -> str:
    if not count:
        return element("td", "·", class_="nothing")
    heat = f"heat-{1 + 4 * count // most}" if most else "strong"
    filters = {"data_class": f"{level}/{kind}", "data_type": f"{level}/{type_}" if type_ else ""}
    return element("td", element("button", str(count), type="button", **filters), class_=heat)
