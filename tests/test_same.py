"""Repeated statements of one fact."""

import pytest

from tests.linked import article
from zsner.document import Document, problems
from zsner.link.linker import link
from zsner.link.same import group_same
from zsner.pipeline import with_values


def grouped(marked: str, home: str | None = "桂林") -> Document:
    return group_same(with_values(link(article(marked), home_region=home)))


def repeats(marked: str) -> list[tuple[str, str]]:
    """(repeated, fullest statement) as written."""
    document = grouped(marked)
    assert list(problems(document)) == []
    texts = {s.id: s.text for s in document.spans}
    return [(texts[t.head], texts[t.same_as]) for t in document.tuples if t.same_as is not None]


def test_the_title_gives_way_to_the_body() -> None:
    marked = "[R桂林市]一季度签约项目[C87个]\n\n一季度，[R全市]新签约[K驻点招商]项目[C87个]，[G同比增长12%]。"
    assert repeats(marked) == [("87个", "87个")]
    document = grouped(marked)
    first, second = document.tuples
    assert first.same_as == second.head
    assert second.same_as is None


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("超[M2000亿元]", "[M2217亿元]"),  # a bound that the exact amount keeps, within the reach of rounding
        ("[M约320亿元]", "[M318.6亿元]"),
        ("[M320亿元]", "[M320亿元]"),
    ],
)
def test_a_round_figure_is_the_exact_one(title: str, body: str) -> None:
    title = title.replace("超[M", "[M超")
    assert len(repeats(f"[R全市]到位资金{title}\n\n一季度，[R全市]到位资金{body}，[G同比增长12%]。")) == 1


@pytest.mark.parametrize(
    "marked",
    [
        "[R荔浦市]签约项目[C25个]。[R兴安县]签约项目[C25个]。",  # two places
        "2022年，[R全市]签约项目[C87个]。2023年，[R全市]签约项目[C87个]。",  # two years
        "[R全市]签约项目[C87个]。[R全市]开工项目[C87个]。",  # two things counted
        "[R全市]签约项目[C87个]。力争[R全市]签约项目[C87个]。",  # reached, and a goal
        "[O甲公司]在[R全市]投资[M5亿元]。[O乙公司]在[R全市]投资[M5亿元]。",  # two projects that cost the same
        "[R全市]签约[I新材料]项目[C25个]。[R全市]签约[I食品加工]项目[C25个]。",  # two fields
        "[R全市]到位资金[M超2000亿元]。[R全市]到位资金[M3000亿元]。",  # far above the bound
        "[R全市]签约项目[C5个]。签约项目[C5个]。",  # small numbers agree by chance
    ],
)
def test_facts_that_differ_stay_apart(marked: str) -> None:
    assert repeats(marked) == []


def test_real_articles_keep_the_contract(gold: list[Document]) -> None:
    for document in gold:
        found = group_same(with_values(link(document)))
        assert list(problems(found)) == []
        stands = {t.head for t in found.tuples if t.same_as is None}
        assert all(t.same_as in stands for t in found.tuples if t.same_as is not None)
