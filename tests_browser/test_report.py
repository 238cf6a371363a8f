"""The page of `zsner evaluate --html` in a browser: keyboard, filters, hostile text, layout."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests_browser.conftest import Opened
from zsner.document import Document, MetricTuple, Span
from zsner.io.readers import read_gold, read_predictions
from zsner.score.errors import mistakes
from zsner.score.evaluate import evaluate, pair
from zsner.score.groups import Group
from zsner.score.link_errors import link_mistakes
from zsner.score.report import Run, html_report
from zsner.score.spans import score

ROOT = Path(__file__).parent.parent
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&<!--"
Look = Callable[..., Opened]


def html(gold: list[Document], found: list[Document], title: str = "x") -> str:
    """A page with every plot."""
    group = Group(documents=2, spans=score(10, 9, 8), tuples=score(5, 4, 3))
    report = msgspec.structs.replace(
        evaluate(gold, found),
        groups={"script": {title: group, "hans": group}},
        confusion={"ORG": {"ORG": 9, "REGION": 1}, "none": {"ORG": 2}},
    )
    runs = [Run(title, ((0.1, 2.0), (0.2, 1.0)), ((1.0, 0.8), (2.0, 0.9)))]
    return html_report(title, report, pair(gold, found), runs=runs)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Document, Document]]:
    gold = read_gold(ROOT / "data" / "annotations" / "test")
    return pair(gold, read_predictions(ROOT / "reports" / "evaluation" / "test.jsonl"))


@pytest.fixture(scope="module")
def real(pairs: list[tuple[Document, Document]]) -> str:
    """The page on forty articles."""
    return html([g for g, _ in pairs], [f for _, f in pairs], "zsner on test")


def document(text: str, *spans: tuple[str, str], id: str = "d", head: str = "", **slots: object) -> Document:
    """A text with spans (type, text), and a figure where a head is given."""
    held = []
    for n, (kind, words) in enumerate(sorted(spans, key=lambda s: text.index(s[1])), 1):
        start = text.index(words)
        held.append(
            Span(id=f"s{n}", type=kind, start=start, end=start + len(words), text=words, score=0.9)  # type: ignore[arg-type]  # plain strings stand for literals
        )
    ids = {s.text: s.id for s in held}
    links = {slot: ids[str(words)] for slot, words in slots.items()}
    tuples = (MetricTuple(head=ids[head], indicator="project_investment", status="actual", **links),) if head else ()  # type: ignore[arg-type]  # plain strings stand for literals
    return Document(id=id, text=text, spans=tuple(held), tuples=tuples)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("place", ["", "#errors"])
def test_it_opens_in_peace_and_fits(look: Look, real: str, place: str, width: int, scheme: str) -> None:
    seen = look(real, place, width=width, scheme=scheme)
    seen.page.wait_for_load_state("networkidle")
    assert [url.split("/")[-1].split("#")[0] for url in seen.requests] == ["report.html"]
    assert not seen.complaints
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    # Nothing is cut either: what is too wide would need a scroll bar of its own.
    for pane in ("#list", "#page", "#figures") if place else (".card",):
        assert seen.page.evaluate(
            "pane => [...document.querySelectorAll(pane)].every(e => e.scrollWidth <= e.clientWidth)", pane
        )


def test_the_keyboard_steps_through_the_errors(look: Look, real: str) -> None:
    seen = look(real, "#errors")
    number = int(seen.place.split(" of ")[1])
    assert seen.place == f"1 of {number}"
    for key, place in [
        ("j", 2),
        ("ArrowDown", 3),
        ("ArrowRight", 4),
        ("k", 3),
        ("ArrowUp", 2),
        ("ArrowLeft", 1),
        ("k", number),
        ("j", 1),
    ]:
        seen.page.keyboard.press(key)
        assert seen.place == f"{place} of {number}", key
        assert seen.current()
        assert seen.is_in_view("#text .current", "#page")
        assert seen.is_in_view("#list .current", "#list")
    assert "next" in seen.page.locator(".hint").inner_text()


def test_the_keyboard_leaves_the_overview_alone(look: Look, real: str) -> None:
    seen = look(real)
    seen.page.keyboard.press("j")
    assert not seen.page.locator("#errors").is_visible()
    seen.page.keyboard.press("ArrowDown")
    # Not by wait_for_function: it needs eval, which the page's policy forbids.
    scrolled = """async () => {
      for (let frame = 0; frame < 200 && !scrollY; frame++) await new Promise(requestAnimationFrame);
      return scrollY > 0;
    }"""
    assert seen.page.evaluate(scrolled)


def test_a_click_in_the_list_jumps_to_the_error(look: Look, real: str, pairs: list[tuple[Document, Document]]) -> None:
    seen = look(real, "#errors")
    (last,) = [m for m in mistakes(pairs) if m.document == "td-10"][-1:]
    row = seen.page.locator("#list button", has_text=last.kind).last
    row.click()
    assert "current" in str(row.get_attribute("class"))
    assert seen.is_in_view("#text .current", "#page")
    assert re.search(r"#error-\d+$", seen.page.url)
    again = look(real, "#" + seen.page.url.split("#")[1])
    assert (again.place, again.current()) == (seen.place, seen.current())


def test_one_article_at_a_time(look: Look, real: str, pairs: list[tuple[Document, Document]]) -> None:
    seen = look(real, "#errors")
    for n in (0, 17, 39):
        gold = pairs[n][0]
        seen.page.locator("#article").select_option(str(n))
        assert seen.page.locator("#text").text_content() == gold.text
        assert seen.page.locator("#figures details").count() == len(
            {gold.span(t.head).start for t in gold.tuples}
            | {pairs[n][1].span(t.head).start for t in pairs[n][1].tuples}
        )


def test_filters(look: Look, real: str, pairs: list[tuple[Document, Document]]) -> None:
    seen = look(real, "#errors")
    rows = seen.page.locator("#list button")
    spans, links = mistakes(pairs), link_mistakes(pairs)
    classes = Counter(m.kind for m in spans)
    for kind, number in classes.items():
        seen.page.locator("#class").select_option(f"span/{kind}")
        assert set(rows.locator(".kind").all_inner_texts()) == {kind}
        assert rows.count() == number
        assert seen.place == f"1 of {number}"
    seen.page.locator("#class").select_option("link/other")
    seen.page.locator("#type").select_option("link/region")
    wanted = [m for m in links if (m.kind, m.field) == ("other", "region")]
    assert rows.count() == len(wanted)
    before = seen.place
    seen.page.keyboard.press("j")  # a select that was used does not keep the keys
    assert seen.place != before
    seen.page.locator("#type").select_option("span/ORG")
    assert rows.count() == 0
    assert seen.place == "0 of 0"
    seen.page.locator("#class").select_option("")
    assert rows.count() == sum(m.type == "ORG" for m in spans)


def test_a_number_of_the_overview_leads_to_its_errors(look: Look, real: str) -> None:
    seen = look(real)
    button = seen.page.locator('button[data-class="span/missed"][data-type="span/ORG"]')
    number = button.inner_text()
    button.click()
    seen.page.locator("#errors").wait_for()
    assert seen.place == f"1 of {number}"
    assert set(seen.page.locator("#list .type").all_inner_texts()) == {"ORG"}


def test_hostile_text_does_not_run(look: Look) -> None:
    words = f"甲{HOSTILE}"
    text = f"{HOSTILE}，{words}在丙县投资3亿元"
    spans = (("ORG", words), ("REGION", "丙县"), ("MONEY", "3亿元"))
    gold = document(text, *spans, id=HOSTILE, head="3亿元", region="丙县")
    found = document(text, *spans[1:], id=HOSTILE, head="3亿元")
    seen = look(html([gold], [found], HOSTILE), "#errors")
    for _ in range(3):
        seen.page.keyboard.press("j")
    assert seen.page.locator("#text").text_content() == text
    assert seen.page.locator("h1").inner_text() == HOSTILE
    assert words in seen.page.locator("#list").inner_text()
    seen.page.wait_for_load_state("networkidle")
    assert not seen.complaints
    assert len(seen.requests) == 1
    # Should markup slip through one day, the page's policy stops it.
    ran = seen.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          return window.ran ?? false;
        }"""
    )
    assert not ran


def test_characters_beyond_the_basic_plane_move_no_span(look: Look) -> None:
    text = "𠮷𠮷😀，１、臺灣𠮷公司在丙縣投資３億元。"
    org, region, money = ("ORG", "臺灣𠮷公司"), ("REGION", "丙縣"), ("MONEY", "３億元")
    gold = document(text, org, region, money)
    found = document(text, ("ORG", "𠮷公司"), money)
    seen = look(html([gold], [found]), "#errors")
    assert seen.page.locator("#text").text_content() == text
    texts = {name: seen.page.locator(f"#text .piece.{name}").all_inner_texts() for name in ("right", "gold", "found")}
    assert texts == {"right": ["３億元"], "gold": ["臺灣", "𠮷公司", "丙縣"], "found": ["𠮷公司"]}
    assert seen.page.locator("#text .gold-ends").all_inner_texts() == ["𠮷公司", "丙縣"]
    assert seen.current() == "臺灣𠮷公司"


def test_a_wrong_link_shows_where_both_sides_link(look: Look) -> None:
    text = "甲县与乙市：丙公司投资3亿元。"
    spans = (("REGION", "甲县"), ("REGION", "乙市"), ("ORG", "丙公司"), ("MONEY", "3亿元"))
    gold = document(text, *spans, head="3亿元", region="甲县")
    found = document(text, *spans, head="3亿元", region="乙市")
    seen = look(html([gold], [found]), "#errors")
    assert seen.current() == "3亿元"
    assert seen.page.locator("#text .wanted").all_inner_texts() == ["甲县"]
    assert seen.page.locator("#text .taken").all_inner_texts() == ["乙市"]
    assert seen.page.locator("#legend :is(.wanted, .taken)").count() == 2
    card = seen.page.locator("#figures details.current")
    assert card.locator("tr.wrong").all_inner_texts() == ["region\t甲县\t乙市"]
    assert "≠ region" in card.inner_text()
