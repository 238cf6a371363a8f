"""Documents for tests: written in the project's markup, or drawn by hypothesis."""

import copy
import importlib.util
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.conftest import ROOT
from zsner.corpus.labelstudio import find_period, to_task
from zsner.corpus.tasks import Problem
from zsner.document import Document, MetricTuple, Span, number_spans, problems
from zsner.schema import INDICATORS, LIST_SLOTS, SLOT_TYPE, SPAN_TYPES, STATUSES, VALUE_TYPES


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


markup = _load("markup")
"""`scripts/markup.py`, which is not installed."""


def doc(body: str, id: str = "a-01", **header: str) -> Document:
    """The Document of a text with tags, by `scripts/markup.py`."""
    lines = [f"{key}: {value}" for key, value in {"id": id, "published": "null", **header}.items()]
    return markup.parse("\n".join(lines) + "\n---\n" + body)


# What real pages hold, and what the notations have to escape.
_TOKENS = (
    *"招商引资亿元个，。 \n\t\r\\n<>&\"'“”=#/",
    *(
        "\u200b",
        "\xa0",
        "\u2028",
        "😀",
        "𠀀",
        "広",
        "  ",
        "\\n",
        "&lt;",
        "&amp;",
        "&quot;",
        "<MONEY",
        "</ORG>",
        "---",
        "\n---\n",
    ),
)


def _texts(least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(_TOKENS), min_size=least, max_size=most).map("".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any gold Document in canonical form: flat numbered spans, tuples with all slots."""
    text, spans = draw(_texts(0, 6)), []
    for n in range(draw(st.integers(0, 7))):
        inside = draw(_texts(1, 4))
        kind = draw(st.sampled_from(SPAN_TYPES))
        spans.append(Span(id=f"x{n}", type=kind, start=len(text), end=len(text + inside), text=inside))
        text += inside + draw(_texts(0, 4))
    tuples = []
    for head in (s for s in spans if s.type in VALUE_TYPES and draw(st.booleans())):
        slots: dict[str, Any] = {}
        for slot, kind in SLOT_TYPE.items():
            ids = [s.id for s in spans if s.type == kind and s is not head and draw(st.booleans())]
            slots[slot] = tuple(ids) if slot in LIST_SLOTS else (ids[0] if ids else None)
        at = draw(st.integers(0, len(text) - 1))
        words = draw(st.sampled_from(["", text[at : at + 3]]))
        tuples.append(
            MetricTuple(
                head=head.id,
                indicator=draw(st.sampled_from(INDICATORS)),
                status=draw(st.sampled_from(STATUSES)),
                period=find_period(text, words, head.start),
                **slots,
            )
        )
    meta = {"published": draw(st.sampled_from([None, "2024-01-31"])), "guidelines": "2"}
    for field in ("genre", "year", "batch"):
        value = draw(st.sampled_from([None, "一", "a: b"]))
        meta |= {field: value} if draw(st.booleans()) else {}
    return number_spans(
        Document(
            id=draw(st.sampled_from(["a-01", "000.txt"])),
            text=text,
            home_region=draw(st.sampled_from([None, "广西"])),
            spans=tuple(spans),
            tuples=tuple(tuples),
            meta=meta,
        )
    )


GOOD = doc(
    "招商😀要闻\n一季度，<REGION id=r1>广西</REGION>签约项目"
    '<COUNT ind=signed_projects period="一季度" region=r1 growth=g1>582个</COUNT>，'
    "<GROWTH id=g1>同比增长57.9%</GROWTH>，<ORG>百色市委</ORG>部署。",
    batch="author 1",
)
"""Spans s1 广西, s2 582个, s3 同比增长57.9%, s4 百色市委; an emoji stands before them."""


def task() -> dict[str, Any]:
    """The task of GOOD, to be broken."""
    return copy.deepcopy(to_task(GOOD))


def errors(found: tuple[Problem, ...]) -> list[Problem]:
    return [p for p in found if p.level == "error"]


def marked(document: Document | None) -> list[tuple[str, str]]:
    assert document is not None
    assert not list(problems(document))
    return [(s.type, s.text) for s in document.spans]
