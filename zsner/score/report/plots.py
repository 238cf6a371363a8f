"""The plots of the report, as SVG. Colours and letters come from the page's style sheet."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from zsner.schema import SPAN_TYPES
from zsner.score.calibration import BINS, Bin
from zsner.score.groups import Group
from zsner.score.relaxed import NONE
from zsner.score.report.runs import Run
from zsner.score.report.svg import Scale, Value, dot, element, line, path, picture, text, ticks
from zsner.score.spans import Score

WIDTH: Final = 560
ROW: Final = 26


def f1_plot(scores: Mapping[str, Score], intervals: Mapping[str, tuple[float, float]]) -> str:
    """F1 of each span type and of all, with its interval; types that no gold span has are left out."""
    names = [n for n in (*SPAN_TYPES, "micro") if n in scores and (scores[n].gold or n == "micro")]
    held = {n: (scores[n].f1, *intervals.get(n, (scores[n].f1, scores[n].f1))) for n in names}
    marks = ticks(min(low for _, low, _ in held.values()), 1.0)
    bottom = ROW * len(names) + 16
    x = Scale(marks[0], marks[-1], 96, WIDTH - 70)
    drawn = _upright(marks, x, 8, bottom)
    for n, name in enumerate(names):
        y = 8 + ROW * (n + 0.5)
        f1, low, high = held[name]
        s = scores[name]
        drawn += [
            text(86, y + 4, name, "strong" if name == "micro" else "", "end"),
            line(x(low), y, x(high), y, f"whisker ink of-{name}"),
            dot(x(f1), y, 5.5, f"fill of-{name}", f"{name}: F1 {f1:.4f} ({low:.3f} – {high:.3f}), {s.gold} gold spans"),
            text(WIDTH - 8, y + 4, f"{f1:.3f}", "strong number" if name == "micro" else "number", "end"),
        ]
    return picture(WIDTH, bottom + 24, "F1 by span type", *drawn)


def confusion_plot(confusion: Mapping[str, Mapping[str, int]]) -> str:
    """Gold types (rows) by found types (columns) with their counts; the shade is the share of the row."""
    names = [*SPAN_TYPES, NONE]
    left, top, wide = 96, 30, (WIDTH - 104) / len(names)
    drawn = [
        text(left + wide * (n + 0.5), 20, "missed" if name == NONE else name, "tiny", "middle")
        for n, name in enumerate(names)
    ]
    for r, gold in enumerate(names):
        row = confusion.get(gold, {})
        total = sum(row.values()) or 1
        y = top + ROW * r
        drawn.append(text(86, y + 17, "invented" if gold == NONE else gold, "small", "end"))
        for c, found in enumerate(names):
            count = row.get(found, 0)
            x = left + wide * c
            hint = element("title", f"gold {gold}, found {found}: {count}")
            right = "right" if gold == found else "wrong"
            # A square root: errors are a few in a hundred, and should be seen.
            shade = math.sqrt(count / total) if count else 0.0
            box: dict[str, Value] = {"x": x + 1, "y": y + 1, "width": wide - 2, "height": ROW - 2, "rx": 3}
            drawn.append(element("rect", **box, class_="cell"))
            drawn.append(element("rect", hint, **box, class_=right, fill_opacity=f"{0.75 * shade:.2f}"))
            if count:
                drawn.append(text(x + wide / 2, y + 17, str(count), "small number", "middle"))
    return picture(WIDTH, top + ROW * len(names) + 6, "Confusion between span types", *drawn)


def reliability_plot(stretches: Sequence[Bin]) -> str:
    """Share of right spans against confidence; a dot is a bin, its area the number of spans."""
    high = 340.0
    x, y = Scale(0, 1, 50, WIDTH - 16), Scale(0, 1, high - 40, 14)
    marks = ticks(0, 1)
    most = max(b.spans for b in stretches)
    drawn = [
        *_upright(marks, x, 14, high - 40),
        *_level(marks, y, 50, WIDTH - 16),
        line(x(0), y(0), x(1), y(1), "diagonal"),
        path([(x(b.confidence), y(b.accuracy)) for b in stretches], "curve ink of-micro"),
    ]
    for b in stretches:
        hint = f"{b.spans} spans of confidence {b.confidence:.3f} on average: {b.accuracy:.3f} are right"
        drawn.append(
            dot(x(b.confidence), y(b.accuracy), 4 + 12 * math.sqrt(b.spans / most), "fill of-micro soft", hint)
        )
    drawn.append(text((50 + WIDTH - 16) / 2, high - 6, f"confidence, in {BINS} bins", "small", "middle"))
    return picture(WIDTH, high, "Share of right spans by confidence", *drawn)


def groups_plot(groups: Mapping[str, Group]) -> str:
    """F1 of spans (dot) and of strict tuples (ring) by group, with the number of articles."""
    held = [s.f1 for g in groups.values() for s in (g.spans, g.tuples) if s.gold + s.found]
    marks = ticks(min(held, default=0.0), 1.0)
    bottom = ROW * len(groups) + 16
    x = Scale(marks[0], marks[-1], 156, WIDTH - 16)
    drawn = _upright(marks, x, 8, bottom)
    for n, (name, g) in enumerate(groups.items()):
        y = 8 + ROW * (n + 0.5)
        drawn += [text(114, y + 4, name, "", "end"), text(142, y + 4, str(g.documents), "small number", "end")]
        if g.spans.gold + g.spans.found and g.tuples.gold + g.tuples.found:
            drawn.append(line(x(g.tuples.f1), y, x(g.spans.f1), y, "join"))
        if g.tuples.gold + g.tuples.found:
            drawn.append(dot(x(g.tuples.f1), y, 5, "ring", f"{name}: strict tuples {g.tuples.f1:.4f}"))
        if g.spans.gold + g.spans.found:
            drawn.append(dot(x(g.spans.f1), y, 5, "fill of-micro", f"{name}: spans {g.spans.f1:.4f}"))
    return picture(WIDTH, bottom + 24, "F1 by group", *drawn)


def score_curves(runs: Sequence[Run]) -> str:
    """Strict span F1 on the development data by epoch, a line a run."""
    return _curves("F1 on the development data", [(r.name, r.scores) for r in runs], dots=True)


def loss_curves(runs: Sequence[Run]) -> str:
    """Training loss by epoch, as its decimal logarithm, a line a run."""
    logs = [(r.name, [(epoch, math.log10(loss)) for epoch, loss in r.losses]) for r in runs]
    return _curves("Training loss, logarithm", logs)


def _curves(name: str, curves: Sequence[tuple[str, Sequence[tuple[float, float]]]], dots: bool = False) -> str:
    high = 300.0
    values = [v for _, points in curves for _, v in points]
    across = ticks(0, max(e for _, points in curves for e, _ in points), 8)
    up = ticks(min(values), max(values))
    x, y = Scale(across[0], across[-1], 50, WIDTH - 16), Scale(up[0], up[-1], high - 40, 14)
    drawn = [*_upright(across, x, 14, high - 40), *_level(up, y, 50, WIDTH - 16)]
    for n, (run, points) in enumerate(curves):
        drawn.append(path([(x(e), y(v)) for e, v in points], f"curve ink of-{_colour(n)}"))
        if dots:
            drawn += [dot(x(e), y(v), 3.5, f"fill of-{_colour(n)}", f"{run}, epoch {e:g}: {v:.4f}") for e, v in points]
    drawn.append(text((50 + WIDTH - 16) / 2, high - 6, "epoch", "small", "middle"))
    return picture(WIDTH, high, name, *drawn)


def run_keys(runs: Sequence[Run]) -> str:
    """The runs' names (HTML), each after a dot in its colour."""
    dots = [element("b", "●", class_=f"key of-{_colour(n)}") for n, _ in enumerate(runs)]
    return " ".join(element("span", mark, " ", escape(run.name)) for mark, run in zip(dots, runs, strict=True))


def _colour(n: int) -> str:
    """The nth run's colour: those of the span types, blue before the others."""
    return SPAN_TYPES[(n + 1) % len(SPAN_TYPES)]


def _upright(values: Sequence[float], x: Scale, top: float, bottom: float) -> list[str]:
    """Vertical lines at the values, which stand below them."""
    return [
        part
        for v in values
        for part in (line(x(v), top, x(v), bottom, "grid"), text(x(v), bottom + 16, f"{v:g}", "small", "middle"))
    ]


def _level(values: Sequence[float], y: Scale, left: float, right: float) -> list[str]:
    """Horizontal lines at the values, which stand left of them."""
    return [
        part
        for v in values
        for part in (line(left, y(v), right, y(v), "grid"), text(left - 8, y(v) + 4, f"{v:g}", "small", "end"))
    ]
