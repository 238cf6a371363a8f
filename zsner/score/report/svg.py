"""The little SVG that the plots need: elements with everything escaped, scales, ticks."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

Value = str | float


def element(name: str, *inside: str, **attributes: Value) -> str:
    """An SVG or HTML element. Attributes are escaped (`class_`, `text_anchor`: as `class`,
    `text-anchor`), what is inside is markup already."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{_written(v)}"' for key, v in attributes.items())
    return f"<{name}{written}>{''.join(inside)}</{name}>"


def _written(value: Value) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, class_: str = "", anchor: str = "start") -> str:
    """A label with its baseline at y."""
    return element("text", escape(words), x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def dot(x: float, y: float, radius: float, class_: str, hint: str = "") -> str:
    """A filled circle; `hint` shows under the mouse."""
    inside = element("title", escape(hint)) if hint else ""
    return element("circle", inside, cx=x, cy=y, r=radius, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str) -> str:
    """Points joined by straight lines."""
    return element("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), class_=class_)


def picture(width: float, height: float, name: str, *inside: str) -> str:
    """The whole plot; `name` is what it is for those who cannot see it."""
    return element("svg", *inside, viewBox=f"0 0 {width:.0f} {height:.0f}", class_="plot", role="img", aria_label=name)


class Scale(NamedTuple):
    """From values between `low` and `high` to places between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, number: int = 5) -> list[float]:
    """About `number` round values that begin at or below `low` and end at or above `high`."""
    raw = max(high - low, 1e-9) / number
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * n for n in (1, 2, 5, 10) if size * n >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [round(n * step, 10) for n in range(first, last + 1)]
