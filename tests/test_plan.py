"""The plan of the corpus: read, counted against what is there."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.documents import doc
from zsner.corpus.plan import COLUMNS, check_plan, coverage, density, read_plan, summary
from zsner.document import DataError, Document

HEAD = "\t".join(COLUMNS)
ROW = "{id}\ttrain\tw1\tnewsletter\tcounty\t湖北\t{year}\thans\tnone\tlow\t300\t-"


def plan(folder: Path, *rows: str) -> Path:
    path = folder / "plan.tsv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def article(id: str, **changed: str) -> Document:
    meta = {
        "genre": "newsletter",
        "level": "county",
        "province": "湖北",
        "year": "2020",
        "script": "hans",
        "damage": "none",
    }
    return doc("招商" * 150, id=id, **(meta | changed))


def test_articles_that_keep_to_the_plan_are_no_fault(tmp_path: Path) -> None:
    plan(tmp_path, *(ROW.format(id=f"a-{n}", year=2020) for n in range(10)))
    articles = [article(f"a-{n}") for n in range(10)]
    assert not list(check_plan(tmp_path / "annotations", {"train": articles, "seeds": [article("s")]}))
    assert "2019 10/10" in dict(summary(coverage(read_plan(tmp_path / "plan.tsv"), {"train": articles})))["year"]


def test_a_kind_that_misses_the_plan_is_told(tmp_path: Path) -> None:
    plan(tmp_path, *(ROW.format(id=f"a-{n}", year=2020) for n in range(10)))
    articles = [article(f"a-{n}", genre="speech" if n < 3 else "newsletter") for n in range(10)]
    found = [p.message for p in check_plan(tmp_path / "annotations", {"train": articles})]
    assert found == ["genre newsletter: 7 articles, 10 planned", "genre speech: 3 articles, 0 planned"]


def test_an_article_that_is_not_planned_is_told(tmp_path: Path) -> None:
    plan(tmp_path, ROW.format(id="a-1", year=2020))
    found = [p.message for p in check_plan(tmp_path / "annotations", {"train": [article("a-1"), article("b-1")]})]
    assert found == ["stands in train but the plan has it as None; add or mend its row"]


def test_density_is_measured() -> None:
    def with_figures(n: int) -> Document:
        return doc("<MONEY ind=other>3亿元</MONEY>，" * n + "文" * (1000 - 4 * n))

    assert [density(with_figures(n)) for n in (0, 2, 3, 14, 15)] == ["low", "low", "mid", "mid", "high"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a-1\ttrain"], "line 2: 2 cells instead of 12"),
        ([ROW.format(id="a", year=2020)] * 2, "line 3: a is planned twice"),
        ([ROW.format(id="a", year=2020).replace("low", "little")], "line 2: .*density low, mid or high"),
    ],
)
def test_a_broken_plan_names_its_line(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_plan(plan(tmp_path, *rows))


def test_the_plan_has_every_province_and_year() -> None:
    rows = read_plan(ROOT / "data" / "plan.tsv")
    assert len({r["province"] for r in rows} - {"-"}) == 34
    assert {int(r["year"]) for r in rows if r["year"] != "-"} >= set(range(2006, 2027))
    assert sum(r["split"] in ("train", "dev") for r in rows) >= 300
    assert sum(r["split"] == "test" for r in rows) == 40
